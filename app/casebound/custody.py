"""Ledger entries in plain words, for people who read the custody record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from casebound.acts import REDONE, UNDONE
from casebound.case import LedgerEntry

TITLES: Final[dict[str, str]] = {
    "created": "Case started",
    "received": "Original received",
    "imported": "Source import finished",
    "import-stopped": "Import stopped",
    "attached": "File attached",
    "opened": "Item opened",
    "revealed": "Sensitive item uncovered",
    "annotated": "Marked",
    "linked": "Linked",
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
    "copied": "Copy of a case: the log goes on under a new name",
}

_CHANGED: Final[dict[str, str]] = {
    "mark": "Mark removed",
    "exhibit": "Exhibit caption changed",
    "finding": "Finding changed",
    "attachment": "Attachment cover changed",
    "view": "View changed",
    "chronology": "Evidence timeline changed",
    "hold": "Hold corrected",
    "transfer": "Transfer corrected",
}
_REMOVED: Final[dict[str, str]] = {
    "exhibit": "Exhibit removed",
    "view": "View removed",
    "chronology": "Taken off the evidence timeline",
    "hold": "Hold entered by mistake",
    "transfer": "Transfer entered by mistake",
}
_BACK: Final[dict[str, str]] = {UNDONE: "{} taken back", REDONE: "{} done again"}
_THINGS: Final[dict[str, str]] = {
    "mark": "Mark",
    "exhibit": "Exhibit",
    "finding": "Finding",
    "measure": "Number",
    "view": "View",
    "chronology": "Entry of the evidence timeline",
    "attachment": "Change of an attachment",
}

_SOURCE_TITLES: Final[dict[str, str]] = {
    "Set-aside rows were read again.": "Rows read again",
    "How the export was made was stated.": "Origin of a source stated",
}
_MADE: Final[dict[str, str]] = {
    "exhibit": "Exhibit chosen",
    "finding": "Finding written",
    "measure": "Number measured",
    "view": "View saved",
    "chronology": "Put on the evidence timeline",
}
_TRANSFERS: Final[dict[str, str]] = {
    "received": "Received from a custodian",
    "transferred": "Handed to a custodian",
    "acknowledged": "Transfer acknowledged",
}
_MARKS: Final[dict[str, str]] = {"note": "Note written", "tag": "Tag put", "bookmark": "Bookmark set"}
_MARKED: Final[dict[str, str]] = {"note": "Note", "tag": "Tag", "bookmark": "Bookmark"}
_ITEMS: Final[dict[str, str]] = {
    "source": "source S-{:0>2}",
    "attachment": "attachment {}",
    "mark": "mark {}",
    "exhibit": "{}",
    "finding": "{}",
    "measure": "{}",
    "package": "package version {}",
    "checkpoint": "checkpoint {}",
    "receipt": "receipt {}",
    "entity": "entity {}",
    "view": "{}",
    "chronology": "{}",
    "hold": "{}",
    "transfer": "{}",
}


def describe(entry: LedgerEntry) -> tuple[str, str]:
    """Title and detail of an entry: "Source import finished", "fs-audit.csv: 4,160,002 rows in, 37 set aside".

    The detail says what the case still holds of it. Where a text was withheld or erased, the item is still named.
    """
    record = entry.disclosures.get("record")
    facts = record if isinstance(record, Mapping) else {}
    return _title(entry, facts), _detail(entry, facts)


def _title(entry: LedgerEntry, record: Mapping[str, object]) -> str:
    if entry.action == "annotated":
        return _MARKS.get(str(record.get("kind")), "Marked")
    if entry.action == "derived":
        return _MADE.get(entry.item_type, "Derived")
    if entry.action == "corrected":
        back = _BACK.get(_text(entry.disclosures.get("reason")), "")
        if back:
            return back.format(_again(entry, record, back.startswith("{} taken")))
        if record.get("removed") and entry.item_type in _REMOVED:
            return _REMOVED[entry.item_type]
        if entry.item_type == "source" and _text(entry.disclosures.get("text")).startswith("clock "):
            return "Clock corrected"
        if entry.item_type == "source":
            return _SOURCE_TITLES.get(_text(entry.disclosures.get("reason")), "Source corrected")
        return _CHANGED.get(entry.item_type, "Corrected")
    if entry.item_type == "transfer" and entry.action in _TRANSFERS:
        return _TRANSFERS[entry.action]
    if entry.action == "linked" and entry.item_type == "attachment":
        return "Attachment linked"
    if entry.action == "opened" and entry.item_type == "attachment":
        return "Attachment opened"
    if entry.action == "exported" and entry.item_type == "exhibit":
        return "Exhibit given alone"
    return TITLES.get(entry.action, entry.action.replace("-", " ").capitalize())


def _again(entry: LedgerEntry, record: Mapping[str, object], undone: bool) -> str:
    """What was taken back or done again. What the item is now says whether that was its making or its removal."""
    what = _MARKED.get(str(record.get("kind")), "") or _THINGS.get(entry.item_type, "Change")
    if entry.item_type == "mark" and undone is not bool(record.get("removed")):
        return f"Removal of a {what.lower()}"
    return what


def _detail(entry: LedgerEntry, record: Mapping[str, object]) -> str:
    said = entry.disclosures
    item = _ITEMS.get(entry.item_type, "").format(entry.item_id)
    name = _text(said.get("name")) or _text(said.get("title"))
    match entry.action:
        case "created":
            return ", ".join(part for part in (_text(record.get("number")), name) if part)
        case "hold-placed" | "received" | "transferred" if entry.item_type in ("hold", "transfer"):
            return _held_or_moved(item, entry.disclosures, record)
        case "copied":
            prior = said.get("prior")
            return f"Before: {_text(prior.get('log_origin'))}" if isinstance(prior, Mapping) else ""
        case "received":
            return _joined(name or item, _bytes(said.get("counts")))
        case "imported":
            return _joined(name or item, _rows(said.get("counts")))
        case "import-stopped":
            return _joined(name, _text(said.get("reason")))
        case "attached":
            return _joined(f"Attachment {entry.item_id}", _text(said.get("name")) or _text(record.get("name")))
        case "corrected" if entry.item_type == "source" and "counts" in said:
            return _joined(item, _mended(said.get("counts")))
        case "corrected" if entry.item_type == "source" and "text" in said:
            return _joined(item, ", because: ".join(filter(None, (_text(said["text"]), _text(said.get("reason"))))))
        case "corrected" if entry.item_type == "attachment":
            return (
                f"Attachment {entry.item_id}: {'covered until asked for' if record.get('sensitive') else 'uncovered'}"
            )
        case "linked":
            events = record.get("events")
            count = len(events) if isinstance(events, list | tuple) else 0
            return f"Attachment {entry.item_id}: {count} event{'' if count == 1 else 's'}"
        case "annotated" | "corrected" if entry.item_type == "mark":
            return _joined(_place(record) or item, _text(said.get("text")) or _text(record.get("text")))
        case "opened" | "revealed" if entry.item_type == "event":
            return _event(name)
        case "export-prepared":
            recipient = _text(record.get("recipient_class"))
            return _joined(item + (f" for {recipient}" if recipient else ""), _text(said.get("purpose")))
    told = name or _text(said.get("text")) or _text(said.get("purpose"))
    if not told and entry.action == "corrected":
        told = _text(record.get("caption")) or _text(record.get("sentence")) or _text(record.get("title"))
    reason = _text(said.get("reason"))
    return _joined(item, told or ("" if reason in _BACK else reason))


def _held_or_moved(item: str, said: Mapping[str, object], record: Mapping[str, object]) -> str:
    """ "T-01, Outside counsel, attachment 3: Advice": what, who and why."""
    named = record.get("items")
    things = [
        _ITEMS.get(str(each[0]), "{}").format(each[1])
        for each in (named if isinstance(named, list | tuple) else ())
        if isinstance(each, list | tuple) and len(each) == 2
    ]
    shown = things if len(things) <= 4 else [*things[:4], f"{len(things) - 4:,} more"]
    parts = [item, _text(said.get("name")), *shown, _text(said.get("text"))]
    return _joined(", ".join(filter(None, parts)), _text(said.get("purpose")) or _text(said.get("reason")))


def _joined(head: str, rest: str) -> str:
    text = f"{head}: {rest}" if head and rest else head or rest
    return text[:1].upper() + text[1:] if text.startswith(("source ", "package ", "attachment ", "mark ")) else text


def _place(record: Mapping[str, object]) -> str:
    if isinstance(record.get("attachment"), int):
        return f"Attachment {record['attachment']}"
    if record.get("field"):
        return f"{record['field']} {record.get('value')}"
    if record.get("from"):
        return f"{_short(record.get('from'))} to {_short(record.get('to'))}"
    return _event(_text(record.get("event")))


def _short(written: object) -> str:
    """A time of a record without what it does not need: "2026-03-02 09:30:00 UTC"."""
    return _text(written).replace("T", " ").removesuffix("Z").removesuffix(".000000") + " UTC"


def _event(name: str) -> str:
    origin, _, row = name.partition("/")
    return f"{origin[:8]}…/{row}" if row else name


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(counts: object, key: str) -> int:
    value = counts.get(key) if isinstance(counts, Mapping) else None
    return value if isinstance(value, int) else 0


def _bytes(counts: object) -> str:
    return f"{_number(counts, 'bytes'):,} bytes" if isinstance(counts, Mapping) else ""


def _rows(counts: object) -> str:
    if not isinstance(counts, Mapping):
        return ""
    parts = [f"{_number(counts, 'kept'):,} rows in", f"{_number(counts, 'quarantined'):,} set aside"]
    duplicates = _number(counts, "duplicates")
    if duplicates:
        parts.append(f"{duplicates:,} duplicates")
    return ", ".join(parts)


def _mended(counts: object) -> str:
    if not isinstance(counts, Mapping):
        return ""
    parts = [f"{_number(counts, 'kept'):,} of {_number(counts, 'read'):,} set-aside rows in"]
    for key, words in (("duplicates", "duplicates"), ("quarantined", "still set aside")):
        if number := _number(counts, key):
            parts.append(f"{number:,} {words}")
    return ", ".join(parts)
