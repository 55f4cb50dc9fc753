"""What somebody did in one change, as it can be taken back: which ledger lines it wrote, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

UNDONE: Final = "Taken back."
REDONE: Final = "Done again."
"""What the line of an undo and of a redo gives as its reason."""

MADE: Final = frozenset({"annotated", "derived"})
"""Actions that make an item; taking one back removes it."""
UNDOABLE: Final = frozenset(
    {
        ("annotated", "mark"),
        ("derived", "exhibit"),
        ("derived", "finding"),
        ("derived", "measure"),
        ("derived", "view"),
        ("derived", "chronology"),
        ("linked", "attachment"),
        *(
            ("corrected", item)
            for item in ("mark", "exhibit", "finding", "measure", "view", "chronology", "attachment")
        ),
    }
)
"""Action and item of the lines that can be taken back. What comes in and what leaves the case cannot."""


@dataclass(frozen=True, slots=True)
class Act:
    """One change that can be taken back: ledger lines `first` to `last`, all of them written by `by`."""

    first: int
    last: int
    by: str
    words: str  # "Tag “pool-a” on 1,000 events"


_MANY: Final = {
    "mark": "marks",
    "exhibit": "exhibits",
    "finding": "findings",
    "measure": "numbers",
    "view": "views",
    "chronology": "entries of the evidence timeline",
    "attachment": "attachments",
}
_ONE: Final = {"exhibit": "Exhibit", "finding": "Finding", "measure": "Number", "view": "View", "chronology": "Entry"}
_MARKS: Final = {"note": "Note", "tag": "Tag", "bookmark": "Bookmark"}


def words(action: str, item: tuple[str, str], record: Mapping[str, object], count: int) -> str:
    """What a change did, by its first line and how many lines it has: "Exhibit EX-0003", "Caption of EX-0003"."""
    kind, number = item
    if action == "annotated":
        return f"{_mark(record)} on {_place(record, count)}"
    if action == "derived":
        return f"{_ONE.get(kind, kind.capitalize())} {number}" if count == 1 else f"{count:,} {_MANY.get(kind, kind)}"
    if action == "linked":
        return f"Link of attachment {number}"
    what = _mark(record).lower() if kind == "mark" else f"attachment {number}" if kind == "attachment" else number
    if count > 1 and kind != "exhibit":
        what = f"{count:,} {_MANY.get(kind, kind)}"
    if record.get("removed") is True:
        return f"Removal of {what}"
    verb = {"exhibit": "Caption", "attachment": "Cover"}.get(kind, "Change")
    return f"{verb} of {what}"


def _mark(record: Mapping[str, object]) -> str:
    name = _MARKS.get(str(record.get("kind")), "Mark")
    text = str(record.get("text") or "")
    shown = text if len(text) <= 40 else text[:39] + "…"
    return f"{name} “{shown}”" if name == "Tag" else name


def _place(record: Mapping[str, object], count: int) -> str:
    if count > 1:
        return f"{count:,} events"
    if isinstance(record.get("attachment"), int):
        return f"attachment {record['attachment']}"
    if record.get("field"):
        return f"{record['field']}: {record.get('value')}"
    return "a range of time" if record.get("from") else "an event"
