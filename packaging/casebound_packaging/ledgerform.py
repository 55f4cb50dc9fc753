"""The bytes of a well-formed ledger line, told by one pattern: what `ledgerline.read` accepts, at a tenth of the time.

A line has one spelling only (RFC 8785), few keys, and values of narrow forms, so a pattern over its bytes can say that
it is well-formed and take out what a chain is checked by. Where the pattern does not fit, the line is not yet wrong
(a tool's name may hold any text): `ledgerline.read` decides, and says what is wrong. A test compares the two.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from casebound_packaging.ledgerline import ACTIONS, ITEM_TYPES, read
from casebound_packaging.merkle import leaf_hash

_HASH: Final = rb"[0-9a-f]{64}"
_HASHES: Final = rb'\[(?:"' + _HASH + rb'"(?:,"' + _HASH + rb'")*)?\]'
_DIGEST: Final = rb'"[A-Za-z0-9_-]{43}"'
_NUMBER: Final = rb"(?:0|[1-9][0-9]{0,14})"  # below 2**53
_TEXT: Final = rb"[ !#-\[\]-~]*"  # ASCII that needs no escape
_LINE: Final = re.compile(
    rb'\{"_sd":\[((?:' + _DIGEST + rb"(?:," + _DIGEST + rb')*)?)\],"action":"([a-z-]{1,20})",'
    rb'"actor":"(?:' + _HASH + rb'|unauthenticated)",'
    rb'(?:"attachment":(' + _NUMBER + rb'),"attachment_prev":"(' + _HASH + rb')",)?"clock":"system",'
    rb'(?:"corrects":(' + _NUMBER + rb'),)?"inputs":' + _HASHES + rb","
    rb'"item":\{"id":"[A-Za-z0-9._-]{1,64}","type":"([a-z]{1,12})"\},"outputs":' + _HASHES + rb","
    rb'"prev":"(' + _HASH + rb')","seq":(' + _NUMBER + rb"),"
    rb'"time":"([0-9]{4}-[0-9]{2}-[0-9]{2})T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z",'
    rb'"tool":\{"name":"' + _TEXT + rb'","version":"' + _TEXT + rb'"\},"v":1\}'
)
_OMITTED: Final = re.compile(rb'\{"omitted":"(' + _HASH + rb')","seq":(' + _NUMBER + rb")\}")
_ACTIONS: Final = frozenset(action.encode("ascii") for action in ACTIONS)
_ITEM_TYPES: Final = frozenset(kind.encode("ascii") for kind in ITEM_TYPES)
_SD: Final = len(b'{"_sd":[')
_DIGEST_LENGTH: Final = 46  # with its quotes and a comma


class Entry(NamedTuple):
    """What a chain is checked by. `hash` is the line's own, or the one that an omitted line states.

    `committed` is how many bytes of the line hold its commitments: 0 where it has none to show, because it is omitted
    or cannot be read. `prev` is "" there as well.
    """

    seq: int
    hash: str
    prev: str = ""
    committed: int = 0
    created: bool = False
    omitted: bool = False
    attachment: int = 0  # its number, where the line attaches one
    attachment_prev: str = ""


def entry(data: bytes) -> Entry:
    """Read a stored line, or an omitted one. Raises `ValueError` where it is not a well-formed line of version 1."""
    found = _LINE.fullmatch(data)
    if found is None:
        hidden = _OMITTED.fullmatch(data)
        return _slow(data) if hidden is None else Entry(int(hidden[2]), hidden[1].decode("ascii"), omitted=True)
    digests, action, attachment, attachment_prev, corrects, kind, prev, seq, day = found.groups()
    number = int(seq)
    if (
        action not in _ACTIONS
        or kind not in _ITEM_TYPES
        or not _in_order(digests)
        or not _is_day(day)
        or (attachment is None) is (action == b"attached")
        or (corrects is None) is (action == b"corrected")
        or (corrects is not None and int(corrects) >= number)
        or attachment == b"0"
    ):
        return _slow(data)
    return Entry(
        number,
        leaf_hash(data).hex(),
        prev.decode("ascii"),
        _SD + len(digests),
        action == b"created",
        False,
        0 if attachment is None else int(attachment),
        "" if attachment is None else attachment_prev.decode("ascii"),
    )


def _slow(data: bytes) -> Entry:
    record = read(data)
    seq = int(str(record["seq"]))
    if "omitted" in record:
        return Entry(seq, str(record["omitted"]), omitted=True)
    attachment = record.get("attachment")
    return Entry(
        seq,
        leaf_hash(data).hex(),
        str(record["prev"]),
        data.index(b"]"),  # the first key is `_sd`, and no digest holds a bracket
        record["action"] == "created",
        False,
        attachment if isinstance(attachment, int) else 0,
        str(record.get("attachment_prev", "")),
    )


def committed(data: bytes, entry: Entry) -> frozenset[str]:
    """The digests of the disclosures that a line commits to."""
    listed = data[_SD : entry.committed].decode("ascii")
    return frozenset(listed[1:-1].split('","')) if listed else frozenset()


def commitments(entry: Entry) -> int:
    """How many disclosures a line commits to."""
    return (entry.committed - _SD + 1) // _DIGEST_LENGTH if entry.committed > _SD else 0


def _in_order(digests: bytes) -> bool:
    """Sorted, each once; an empty list is."""
    each = digests.split(b",")
    return len(each) < 2 or (sorted(each) == each and len(set(each)) == len(each))


@lru_cache(maxsize=4096)
def _is_day(written: bytes) -> bool:
    try:
        date.fromisoformat(written.decode("ascii"))
    except ValueError:
        return False
    return True
