"""Keeping as attachments what came with the tables and is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from casebound.case import Attachment
from casebound.errors import NothingToDo
from casebound.foundtables import LeftOut
from casebound.scratch import scratch_folder
from casebound.unpacking import readable
from casebound.work import Progress, silent

if TYPE_CHECKING:
    from casebound.document import Case

_LONGEST_NAME = 200  # bytes that every file system takes


@dataclass(frozen=True, slots=True)
class Attached:
    """What became of one file: its attachment, or why there is none."""

    left_out: LeftOut
    attachment: Attachment | None
    reason: str = ""


def attach_rest(case: Case, left_out: Sequence[LeftOut], progress: Progress = silent) -> tuple[Attached, ...]:
    """Attach every file that was left out and can be attached, each with where it came from as its origin.

    A member of an archive is unpacked for it. Raises `BadSource` where a file cannot be read any more, and `Cancelled`;
    what was attached before stays, and custody has each.
    """
    made = []
    for one in left_out:
        if not one.attachable:
            continue
        try:
            made.append(Attached(one, _attach(case, one, progress)))
        except NothingToDo as error:
            made.append(Attached(one, None, error.title))
    return tuple(made)


def _attach(case: Case, one: LeftOut, progress: Progress) -> Attachment:
    if not one.member:
        return case.attach(one.path, origin={"brought_with": one.path.parent.name}, progress=progress)
    with (
        scratch_folder() as temp,
        readable(one.path, one.path.name, one.member, temp / "unpacked", progress) as opened,
    ):
        named = opened.path.with_name(_file_name(opened.name))
        if named != opened.path:
            opened.path.rename(named)
        origin = {"archive": one.path.name, "member": one.member, "sha256": opened.sha256}
        return case.attach(named, origin=origin, progress=progress)


def _file_name(member: str) -> str:
    """The name of a member as a file: without its folders, and short enough."""
    path = PurePosixPath(member)
    name = path.name or "file"
    if len(name.encode()) <= _LONGEST_NAME:
        return name
    ending = path.suffix[:20]
    return name.encode()[: _LONGEST_NAME - len(ending.encode())].decode("utf-8", "ignore") + ending
