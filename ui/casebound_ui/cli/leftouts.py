"""What came with the tables and is none: told file by file, with the reason."""

from __future__ import annotations

from collections.abc import Sequence

from casebound.foundtables import Fate, LeftOut
from casebound_ui.cli import terminal

_SHOWN = 20


def left_out_facts(one: LeftOut, attachment: int | None = None) -> dict[str, object]:
    """A file without rows, with the keys of `import --json`: no table, no rows, and why."""
    return {
        "file": str(one.path),
        "sha256": None,
        "source": None,
        "member": one.member,
        "table": None,
        "read": 0,
        "kept": 0,
        "quarantined": 0,
        "duplicates": 0,
        "first": None,
        "last": None,
        "zone": None,
        "warnings": [],
        "left_out": str(one.fate),
        "reason": one.reason,
        "size": one.size,
        "attachment": attachment,
    }


def tell_left_out(rest: Sequence[tuple[LeftOut, int | None]]) -> None:
    """Name every file that gave no rows; the reason once where many share it."""
    groups: dict[str, list[tuple[LeftOut, int | None]]] = {}
    for one, attachment in rest:
        name = one.member or one.path.name
        groups.setdefault(one.reason.replace(f"“{name}”", "It"), []).append((one, attachment))
    for reason, listed in groups.items():
        terminal.say(terminal.inert(f"Not brought in as rows: {reason}"))
        for one, attachment in listed[:_SHOWN]:
            kept = f" (attachment {attachment})" if attachment else ""
            terminal.say(terminal.inert(f"      {one.name}{kept}"))
        if len(listed) > _SHOWN:
            terminal.say(f"      and {len(listed) - _SHOWN:,} more; --json names all.")
    loose = sum(one.attachable and attachment is None for one, attachment in rest)
    if loose:
        terminal.say(f"{terminal.count(loose, 'file')} can be attached: --attach-rest does it, or casebound attach.")
    if any(one.fate is Fate.UNREADABLE and one.member for one, _ in rest):
        terminal.say("The archive itself is kept byte for byte, with what could not be read in it.")
