"""Custody entries in words: what was done, to what, and the facts the case still holds about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casebound_ui.desktop.wording import counted, inert, short_hash

ACTIONS = {
    "created": "Case started",
    "received": "Original received",
    "imported": "Export brought in",
    "import-stopped": "Bringing in stopped",
    "attached": "File attached",
    "opened": "Item opened",
    "revealed": "Sensitive item revealed",
    "annotated": "Marked",
    "linked": "Link added",
    "redacted": "Redacted",
    "derived": "Derived",
    "reviewed": "Reviewed",
    "signed": "Signed",
    "export-prepared": "Package prepared",
    "exported": "Package sealed",
    "transferred": "Handed over",
    "verified": "Package checked",
    "checked": "Case checked",
    "acknowledged": "Receipt recorded",
    "hold-placed": "Hold placed",
    "hold-released": "Hold released",
    "corrected": "Corrected",
    "checkpointed": "Checkpoint made",
    "merged": "Copy merged",
    "identity-created": "Signing key made",
}

# Where the plain word says too little, the kind of item decides.
BY_ITEM = {
    ("annotated", "event"): "Event marked",
    ("annotated", "mark"): "Mark made",
    ("annotated", "attachment"): "Attachment marked",
    ("annotated", "finding"): "Finding changed",
    ("derived", "finding"): "Finding written",
    ("corrected", "finding"): "Finding changed",
    ("derived", "exhibit"): "Exhibit chosen",
    ("linked", "exhibit"): "Exhibit chosen",
    ("corrected", "exhibit"): "Exhibit changed",
    ("derived", "measure"): "Number measured",
    ("corrected", "mark"): "Mark removed",
    ("opened", "attachment"): "Attachment opened",
    ("opened", "case"): "Case opened",
    ("revealed", "attachment"): "Sensitive attachment revealed",
    ("linked", "attachment"): "Attachment linked",
    ("corrected", "attachment"): "Attachment changed",
}

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
}

_COUNTS = (
    ("read", "rows read"),
    ("kept", "kept"),
    ("quarantined", "set aside"),
    ("duplicates", "duplicates"),
)


def title(action: str, item: str) -> str:
    """What was done, in two or three words."""
    return BY_ITEM.get((action, item)) or ACTIONS.get(action, action.replace("-", " ").capitalize())


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


def summary(action: str, item: tuple[str, str], disclosures: Mapping[str, Any]) -> str:
    """One line below the title: the item, its name, and what counts."""
    parts = [item_name(item)] if item[0] not in ("", "case") else []
    for name in ("name", "title", "text", "purpose", "reason"):
        value = disclosures.get(name)
        if isinstance(value, str) and value:
            parts.append(inert(value, 120))
            break
    else:
        record = disclosures.get("record")
        if isinstance(record, dict):
            for name in ("name", "sentence", "text", "caption", "question", "title"):
                if isinstance(record.get(name), str) and record[name]:
                    parts.append(inert(record[name], 120))
                    break
    counts = disclosures.get("counts")
    if isinstance(counts, dict):
        parts.append(_counts(counts))
    return ", ".join(part for part in parts if part)


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
