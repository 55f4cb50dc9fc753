"""One line of the ledger: structure and salted commitments, as RFC 8785 bytes that are hashed ever after.

A line names who did what to which item and when, and holds the digests of everything that could name a person or a file
(`casebound_packaging.disclosure`). Its hash is its RFC 6962 leaf: SHA-256(0x00 ‖ line without LF).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casebound_packaging import __version__
from casebound_packaging.canonical import canonical, canonical_plain, load
from casebound_packaging.disclosure import Disclosure
from casebound_packaging.merkle import leaf_hash
from casebound_packaging.times import parse_stamp, stamp

GENESIS: Final = "0" * 64
"""What the first line has before it."""

UNAUTHENTICATED: Final = "unauthenticated"

ACTIONS: Final = frozenset(
    {
        "created",
        "received",
        "imported",
        "import-stopped",
        "attached",
        "opened",
        "revealed",
        "annotated",
        "linked",
        "redacted",
        "derived",
        "reviewed",
        "signed",
        "export-prepared",
        "exported",
        "transferred",
        "verified",
        "checked",
        "acknowledged",
        "hold-placed",
        "hold-released",
        "corrected",
        "checkpointed",
        "merged",
        "copied",
        "identity-created",
    }
)
ITEM_TYPES: Final = frozenset(
    {
        "case",
        "source",
        "attachment",
        "event",
        "mark",
        "exhibit",
        "finding",
        "measure",
        "package",
        "checkpoint",
        "receipt",
        "entity",
        "view",
        "chronology",
        "hold",
        "transfer",
    }
)

_LARGEST: Final = 2**53 - 1
_HEX: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DIGEST: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_ITEM_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_KEYS: Final = frozenset(
    {"v", "seq", "prev", "time", "clock", "actor", "action", "item", "inputs", "outputs", "tool", "_sd"}
)
_ATTACHED: Final = _KEYS | {"attachment", "attachment_prev"}
_CORRECTED: Final = _KEYS | {"corrects"}


@dataclass(frozen=True, slots=True)
class Line:
    """A ledger line before it is written.

    `actor` is the SPKI fingerprint of the unlocked key, hex, or `UNAUTHENTICATED`. `inputs` and `outputs` are SHA-256
    of high-entropy files only. `attachment` and `attachment_prev` belong to `attached`, `corrects` to `corrected`.
    """

    seq: int
    prev: str
    time: datetime
    actor: str
    action: str
    item_type: str
    item_id: str
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    disclosures: tuple[Disclosure, ...] = ()
    attachment: int | None = None
    attachment_prev: str = ""
    corrects: int | None = None


def compose(line: Line) -> bytes:
    """The stored bytes of a line, without LF. Raises `ValueError` where the line is not of version 1."""
    names = [disclosure.name for disclosure in line.disclosures]
    if len(set(names)) != len(names):
        raise ValueError("two disclosures of one line have the same name")
    record: dict[str, object] = {
        "v": 1,
        "seq": line.seq,
        "prev": line.prev,
        "time": stamp(line.time),
        "clock": "system",
        "actor": line.actor,
        "action": line.action,
        "item": {"type": line.item_type, "id": line.item_id},
        "inputs": list(line.inputs),
        "outputs": list(line.outputs),
        "tool": {"name": "casebound", "version": __version__},
        "_sd": sorted(disclosure.digest for disclosure in line.disclosures),
    }
    if line.attachment is not None or line.attachment_prev:
        record["attachment"] = line.attachment
        record["attachment_prev"] = line.attachment_prev
    if line.corrects is not None:
        record["corrects"] = line.corrects
    fault = _fault(record)
    if fault:
        raise ValueError(fault)
    return canonical_plain(record)  # which the record now is known to be


def compose_attached(
    *,
    seq: int,
    prev: str,
    time: str,
    actor: str,
    number: int,
    inputs: Sequence[str],
    digests: Sequence[str],
    attachment_prev: str,
) -> bytes:
    """What `compose` writes of an `attached` line, at a tenth of the time (a test compares the two).

    For the writer of very many, who made every part with this package: `time` with `stamp`, hashes and digests, which
    need no escaping. Nothing is checked here.
    """
    listed, given = '","'.join(sorted(digests)), ",".join(f'"{one}"' for one in inputs)
    return (
        f'{{"_sd":["{listed}"],"action":"attached","actor":"{actor}","attachment":{number},'
        f'"attachment_prev":"{attachment_prev}","clock":"system","inputs":[{given}],'
        f'"item":{{"id":"{number}","type":"attachment"}},"outputs":[],"prev":"{prev}","seq":{seq},"time":"{time}",'
        f'"tool":{{"name":"casebound","version":"{__version__}"}},"v":1}}'
    ).encode("ascii")


def line_hash(data: bytes) -> str:
    """The hash of a line as stored, without its LF, hex. An omitted line has the hash of the line it stands for."""
    if data.startswith(b'{"omitted":"'):
        record = read(data)
        if "omitted" in record:
            return str(record["omitted"])
    return leaf_hash(data).hex()


def omitted(seq: int, hash: str) -> bytes:
    """What stands in place of a line that a recipient does not get; the chain and the tree still hold."""
    record = {"omitted": hash, "seq": seq}
    fault = _omission_fault(record)
    if fault:
        raise ValueError(fault)
    return canonical(record)


def read(data: bytes) -> dict[str, object]:
    """The object of a line, or of an omitted line. Raises `ValueError` where it is not a well-formed line of version 1.

    Well-formed includes being exactly the RFC 8785 form: one record has one spelling.
    """
    record = load(data)
    if not isinstance(record, dict):
        raise ValueError("not a JSON object")
    fault = _omission_fault(record) if "omitted" in record else _fault(record)
    if fault:
        raise ValueError(fault)
    # Every value is now text, a whole number or a list or object of them under known ASCII keys.
    if canonical_plain(record) != data:
        raise ValueError("not written as RFC 8785")
    return record


def _count(value: object, least: int = 0) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= _LARGEST


def _hash(value: object) -> bool:
    return isinstance(value, str) and _HEX.fullmatch(value) is not None


def _omission_fault(record: dict[str, object]) -> str:
    if record.keys() != {"omitted", "seq"}:
        return "an omitted line has the keys “omitted” and “seq” and no other"
    if not _hash(record["omitted"]):
        return "“omitted” is not a SHA-256"
    return "" if _count(record["seq"]) else "“seq” is not a number from 0"


def _fault(record: dict[str, object]) -> str:
    """What is wrong with the structure, or ""."""
    if not _count(record.get("v"), 1) or record["v"] != 1:
        return "“v” is not 1"
    action = record.get("action")
    if not isinstance(action, str) or action not in ACTIONS:
        return "“action” is not one of this version's"
    keys = _ATTACHED if action == "attached" else _CORRECTED if action == "corrected" else _KEYS
    if record.keys() != keys:
        wrong = sorted(record.keys() ^ keys)
        return f"keys missing or too many: {', '.join(wrong)[:200]}"
    if not _count(record["seq"]):
        return "“seq” is not a number from 0"
    if not _hash(record["prev"]):
        return "“prev” is not a SHA-256"
    if not _is_time(record["time"]):
        return "“time” is not a time of the form 2026-03-01T09:30:00.000000Z"
    if record["clock"] != "system":
        return "“clock” is not “system”"
    if record["actor"] != UNAUTHENTICATED and not _hash(record["actor"]):
        return "“actor” is neither a key's fingerprint nor “unauthenticated”"
    return _parts_fault(record) or _links_fault(record, action)


def _parts_fault(record: dict[str, object]) -> str:
    item, tool = record["item"], record["tool"]
    if not (isinstance(item, dict) and item.keys() == {"type", "id"}):
        return "“item” has not just a type and an id"
    kind, number = item["type"], item["id"]
    if not (isinstance(kind, str) and kind in ITEM_TYPES):
        return "the item's type is not one of this version's"
    if not (isinstance(number, str) and _ITEM_ID.fullmatch(number)):
        return "the item's id is not a short code"
    if not (
        isinstance(tool, dict)
        and tool.keys() == {"name", "version"}
        and all(isinstance(value, str) for value in tool.values())
    ):
        return "“tool” has not just a name and a version"
    for key in ("inputs", "outputs"):
        hashes = record[key]
        if not (isinstance(hashes, list) and all(_hash(value) for value in hashes)):
            return f"“{key}” is not a list of SHA-256"
    digests = record["_sd"]
    if not (
        isinstance(digests, list)
        and all(isinstance(value, str) and _DIGEST.fullmatch(value) for value in digests)
        and digests == sorted(set(digests))
    ):
        return "“_sd” is not a sorted list of digests, each once"
    return ""


def _links_fault(record: dict[str, object], action: str) -> str:
    seq = record["seq"]
    if action == "attached":
        if not _count(record["attachment"], 1):
            return "“attachment” is not a number from 1"
        if not _hash(record["attachment_prev"]):
            return "“attachment_prev” is not a SHA-256"
    if action == "corrected":
        corrects = record["corrects"]
        if not (isinstance(corrects, int) and isinstance(seq, int) and _count(corrects) and corrects < seq):
            return "“corrects” is not an earlier line"
    return ""


def _is_time(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        parse_stamp(value)
    except ValueError:
        return False
    return True
