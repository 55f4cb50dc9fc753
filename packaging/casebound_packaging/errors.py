"""Everything that can go wrong and is not our bug, as one tree.

::

    CaseboundError                 title, meaning, hint: drawn the same way by the window and the command line
    ├── UnreadablePackage          not a package, damaged container, or a newer format
    ├── BadIdentity                an identity file cannot be used: wrong passphrase, wrong purpose, expired
    ├── CannotWrite                the disk is full, the folder is missing, no permission
    └── (casebound.errors adds the case's own: BadSource, CaseLocked, BadCase, BadRequest …)

A fault of the world is a `CaseboundError`. Anything else that escapes is a bug of ours and is shown as one. A verifier
raises only `UnreadablePackage`; everything it finds wrong is returned, every finding and never only the first.
"""

from __future__ import annotations


class CaseboundError(Exception):
    """A fault of the world, told to a person.

    `title` says what happened and where, in one sentence. `meaning` says what it means for the evidence. `hint`
    says what to do. `where` is the file, line or item concerned. All are plain text and may be shown as they are.
    """

    exit_code = 1

    def __init__(self, title: str, hint: str = "", *, meaning: str = "", where: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.hint = hint
        self.meaning = meaning
        self.where = where

    def paragraph(self) -> str:
        """Title, meaning and hint as one paragraph, for a terminal."""
        return " ".join(part.strip() for part in (self.title, self.meaning, self.hint) if part.strip())


class UnreadablePackage(CaseboundError):
    """The file is not an evidence package that this version can read."""

    exit_code = 2


class BadIdentity(CaseboundError):
    """A key or certificate file cannot be used to sign."""

    exit_code = 2


class CannotWrite(CaseboundError):
    """Something could not be written; nothing half-written is left behind."""
