"""The actions and items of the custody record in words, and the facts that an entry discloses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casebound_ui.desktop.wording import counted, inert, short_hash

ITEMS = {
    "case": "Case",
    "source": "Source",
    "attachment": "Attachment",
    "event": "Event",
    "mark": "Mark",
    "exhibit": "Exhibit",
    "finding": "Finding",
    "measure": "Number",
    "package": "Package version",
    "checkpoint": "Checkpoint",
    "receipt": "Receipt",
    "entity": "Entity",
    "view": "View",
    "chronology": "Entry of the evidence timeline",
    "hold": "Hold",
    "transfer": "Transfer",
}

_COUNTS = (
    ("read", "rows read"),
    ("kept", "kept"),
    ("quarantined", "set aside"),
    ("duplicates", "duplicates"),
)


def item_name(item: tuple[str, str]) -> str:
    """ "Attachment 3", "Exhibit EX-0002", "Source S-04"."""
    kind, identity = item
    if kind == "source" and identity.isdigit():
        identity = f"S-{int(identity):02d}"
    if kind == "event":
        head, _, tail = identity.partition("/")
        identity = f"{head[:8]}…/{tail}" if len(head) > 20 else identity
    if kind == "case":
        return "Case"
    return f"{ITEMS.get(kind, kind.capitalize())} {identity}".strip()


def facts(
    entry: Mapping[str, Any], item: tuple[str, str], disclosures: Mapping[str, Any], person: str
) -> tuple[tuple[str, str], ...]:
    """What the entry says, as label and value."""
    key = str(entry.get("actor", ""))
    found = [("Person", person), ("Key", "not unlocked" if key == "unauthenticated" else short_hash(key))]
    host = disclosures.get("host")
    if host:
        found.append(("Computer", inert(str(host), 60)))
    found.append(("Item", item_name(item)))
    for name, shown in (
        ("name", "Name"),
        ("title", "Title"),
        ("text", "Text"),
        ("purpose", "Purpose"),
        ("reason", "Reason"),
    ):
        if disclosures.get(name):
            found.append((shown, inert(str(disclosures[name]), 400)))
    counts = disclosures.get("counts")
    if isinstance(counts, dict):
        found.append(("Rows", _counts(counts)))
    for name, shown in (("inputs", "Went in"), ("outputs", "Came out")):
        values = entry.get(name)
        if isinstance(values, list):
            found.extend((shown, short_hash(str(value))) for value in values[:4])
            if len(values) > 4:
                found.append(("", f"and {counted(len(values) - 4, 'more')}"))
    return tuple((name, value) for name, value in found if value)


def _counts(counts: Mapping[str, Any]) -> str:
    known = [f"{counts[name]:,} {word}" for name, word in _COUNTS if isinstance(counts.get(name), int)]
    rest = [
        f"{value:,} {name}"
        for name, value in counts.items()
        if isinstance(value, int) and name not in {key for key, _ in _COUNTS}
    ]
    return ", ".join(known + rest)
