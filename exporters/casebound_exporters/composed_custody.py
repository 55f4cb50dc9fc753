"""The custody record and the attachment chain as printed: from the lines and texts that this recipient gets, and
from no others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from casebound.case import LedgerEntry, Source
from casebound.custody import describe
from casebound_exporters.contents import Contents
from casebound_exporters.report.model import ChainLink, CustodyEntry, Excerpt, excerpt
from casebound_packaging.canonical import load
from casebound_packaging.disclosure import parse
from casebound_packaging.ledger import line_hash, read
from casebound_packaging.times import parse_stamp

if TYPE_CHECKING:
    from casebound.store.packages import Prepared

MOST_LINES: Final = 400
_WHO: Final = frozenset({"actor_name", "host", "system_account"})  # given even where nothing else of a line is
MOST_LINKS: Final = 400


def custody(prepared: Prepared, sources: Sequence[Source] = ()) -> Excerpt[CustodyEntry]:
    """The first and the last lines; the last is always the preparation of this package. Rows of `sources` are named
    by the source's label, as everywhere in the report.
    """
    said: defaultdict[int, list[str]] = defaultdict(list)
    for seq, encoded in prepared.disclosures:
        said[seq].append(encoded)
    numbered = list(enumerate(prepared.lines))
    if len(numbered) > MOST_LINES:
        half = MOST_LINES // 2
        numbered = numbered[:half] + numbered[-half:]
    files = [source.sha256[:8] for source in sources]
    labels = {
        f"{short}…/": f"{source.label}/"
        for short, source in zip(files, sources, strict=True)
        if files.count(short) == 1  # a workbook of several tables has one fingerprint and several labels
    }
    shown = tuple(_line(seq, line, said[seq], labels) for seq, line in numbered)
    return Excerpt(shown, len(prepared.lines), "data/custody/ledger.jsonl")


def _line(seq: int, data: bytes, said: list[str], labels: Mapping[str, str]) -> CustodyEntry:
    if data.startswith(b'{"omitted":'):
        found: Any = load(data)
        return CustodyEntry(seq, "", "", "", "", "", str(found["omitted"]), omitted=True)
    line: Any = read(data)
    texts = {one.name: one.value for one in map(parse, said)}
    about = line["item"]
    entry = LedgerEntry(
        seq,
        data,
        line_hash(data),
        line["prev"],
        parse_stamp(line["time"]),
        line["actor"],
        line["action"],
        about["type"],
        about["id"],
        texts,
        tuple(said),
    )
    title, detail = describe(entry)
    for short, label in labels.items():
        if detail.startswith(short):
            detail = label + detail.removeprefix(short)
    name = str(texts.get("actor_name") or "")
    when = line["time"].replace("T", " ").removesuffix("Z")
    silent = bool(line["_sd"]) and set(texts) <= _WHO
    return CustodyEntry(seq, when, name, entry.actor, title, detail, entry.hash, withheld=silent)


def chain(contents: Contents) -> Excerpt[ChainLink]:
    """Every attachment of the case, enclosed or not. What is not enclosed is not named, as in the enclosed ledger."""
    exhibits = {one.attachment.number: one.exhibit.number for one in contents.chosen if one.attachment is not None}
    links = [
        ChainLink(
            number=attachment.number,
            title=(attachment.title or attachment.name) if attachment.number in exhibits else "",
            exhibit=exhibits.get(attachment.number, ""),
            sha256=attachment.sha256,
            seq=attachment.line_seq,
            own=attachment.line_hash,
            previous=attachment.previous_hash,
        )
        for attachment in contents.snapshot.attachments
    ]
    return excerpt(links, MOST_LINKS, "data/custody/ledger.jsonl")
