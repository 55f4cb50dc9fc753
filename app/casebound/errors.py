"""The case's own failures, below the one root that lies in the lowest layer.

::

    CaseboundError (casebound_packaging.errors)
    ├── BadSource        a file to bring in cannot be read at all; names file and line
    ├── BadCase          a folder is no case, is damaged, or is of a newer version
    ├── CaseLocked       somebody else is writing to the case; names who, where and since when
    ├── BadRequest       what was asked for does not exist or does not fit: an unknown event, an empty note
    └── NothingToDo      asked for what is already so (a file already brought in); nothing was changed

Names end in what happened. `exit_code` is what the command line returns (2: wrong usage or unreadable input, 1: the
work failed).
"""

from __future__ import annotations

from casebound_packaging.errors import BadIdentity, CannotWrite, CaseboundError, UnreadablePackage

__all__ = [
    "BadCase",
    "BadIdentity",
    "BadRequest",
    "BadSource",
    "CannotWrite",
    "CaseLocked",
    "CaseboundError",
    "NothingToDo",
    "UnreadablePackage",
]


class BadSource(CaseboundError):
    """A file to bring in cannot be read at all. Nothing was added to the case."""

    exit_code = 2


class BadCase(CaseboundError):
    """A folder is not a case, is damaged, or was written by a newer version."""

    exit_code = 2


class CaseLocked(CaseboundError):
    """Another program has the case open for writing."""

    exit_code = 1


class BadRequest(CaseboundError):
    """What was asked for does not exist in this case, or does not fit."""

    exit_code = 2


class NothingToDo(CaseboundError):
    """What was asked for is already so; nothing was changed."""

    exit_code = 1
