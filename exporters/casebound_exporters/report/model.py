"""Everything the report prints, as one frozen value.

The page builder reads nothing else, so a report is a pure function of a `ReportModel`. Every text is as found in the
case and may be hostile; it is made harmless where it is set (casebound_exporters.report.text). Digests are SHA-256,
lower-case hex. Moments are
already written out, with the word UTC where they are UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from casebound_exporters.report.viewmodel import ViewEntry

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Excerpt(Generic[T]):
    """The items printed out of `total`, and the package member that holds them all."""

    items: tuple[T, ...]
    total: int
    elsewhere: str  # "data/timeline.csv"; "" where everything is always printed

    @property
    def cut(self) -> bool:
        """Whether something was left out here."""
        return len(self.items) < self.total


def excerpt(items: Sequence[T], most: int, elsewhere: str) -> Excerpt[T]:
    """The first `most` items."""
    return Excerpt(tuple(items[:most]), len(items), elsewhere)


@dataclass(frozen=True, slots=True)
class Cover:
    """The first page: what this is, for whom, and the four values that tie the report to its evidence."""

    case_number: str
    case_title: str
    organisation: str
    recipient_class: str  # legal, reviewer, partner, government
    purpose: str
    legal_basis: str
    package_id: str
    version: int
    supersedes: str  # package id or ""
    evidence_root: str
    signer: str
    fingerprint: str  # of the certificate
    key_fingerprint: str
    spoken: str  # six words of the certificate's fingerprint
    self_issued: bool
    log_origin: str
    log_size: int
    log_root: str
    sealed_at: datetime
    limits: tuple[str, ...]
    log_note: str = ""  # the signed checkpoint, as its file has it


@dataclass(frozen=True, slots=True)
class Number:
    """A measured number with what it takes to recompute it."""

    query: str  # Q-0001
    question: str
    result: int
    unit: str
    window: str  # "1 Sep 2026 00:00 to … UTC" or "no window: the whole of the source"
    denominator: int | None
    denominator_of: str
    condition: str  # filter as written, or ""
    table: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """One finding as it stands in the bottom line."""

    number: str
    sentence: str
    reasoning: str
    ask: str
    likelihood: str
    confidence: str
    confidence_basis: str
    clause: str
    supports: tuple[str, ...]  # "EX-0001, caption"
    contradicts: tuple[str, ...]
    numbers: tuple[Number, ...]
    limits: str
    state: str
    views: tuple[str, ...] = ()  # V-01; each is drawn where the first finding shows it
    views_withheld: tuple[str, ...] = ()  # shown by the finding, and not given to this recipient


@dataclass(frozen=True, slots=True)
class Reason:
    """Why rows were set aside, how many, and the first of them."""

    reason: str
    count: int
    first_line: int
    first_raw: str
    first_offset: int = -1


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One table that was brought in, and what became of its rows."""

    label: str  # S-01
    file: str
    table: str
    format: str
    sha256: str
    size: int
    read: int
    kept: int
    quarantined: int
    duplicates: int
    enclosed: int
    filtered: int
    not_selected: int
    expected: int | None
    expected_from: str
    first: str
    last: str
    zone: str
    zone_origin: str
    origin: tuple[tuple[str, str], ...] | None  # None is "not stated"
    imported: str
    importer: str
    reasons: tuple[Reason, ...]
    warnings: tuple[str, ...]
    compared: tuple[tuple[str, str], ...] = ()  # (what was stated, in words what came)
    mends: tuple[str, ...] = ()  # what was read again: when, how, by whom and with what result, a sentence each
    repeated: str = ""  # where its repeated rows stand first
    aside_file: str = ""  # where the rows set aside are enclosed
    clock: str = ""  # how the clock was corrected, and why; "" where it was not


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the evidence timeline."""

    utc: str
    raw: str
    zone: str
    zone_origin: str
    source: str
    line: int | None
    caption: str
    detail: str
    exhibit: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels to print: RGB, eight bits each, row by row. They were decoded in another process."""

    width: int
    height: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class ExhibitEntry:
    """One exhibit as printed."""

    number: str
    caption: str
    kind: str  # "attachment" or "event"
    sensitive: bool
    title: str
    file: str  # member path
    original_name: str
    media_type: str
    size: int
    sha256: str
    origin: tuple[tuple[str, str], ...] | None
    attachment: int | None
    line_seq: int
    line_hash: str
    previous_hash: str
    source: str
    source_line: int | None
    event: str  # row identity
    utc: str
    raw: str
    zone: str
    time_note: str
    fields: Excerpt[tuple[str, str]]
    withheld_fields: int
    notes: tuple[str, ...]
    picture: Picture | None
    picture_note: str  # why no picture is printed, or ""


@dataclass(frozen=True, slots=True)
class CustodyEntry:
    """One line of the custody record."""

    seq: int
    time: str
    name: str  # "" where it is withheld
    key: str  # SHA-256 of the key that acted, or "unauthenticated"
    action: str
    item: str
    hash: str
    omitted: bool = False
    withheld: bool = False  # the line is given, and its texts are not


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One attachment in the attachment chain."""

    number: int
    title: str
    exhibit: str  # "" when it is not in this package
    sha256: str
    seq: int
    own: str
    previous: str


@dataclass(frozen=True, slots=True)
class Totals:
    """What the package as a whole holds and leaves out."""

    complete: bool
    rows_kept: int
    rows_enclosed: int
    attachments_held: int
    attachments_enclosed: int
    attachments_withheld: int
    ledger_lines: int
    ledger_omitted: int


@dataclass(frozen=True, slots=True)
class ReportModel:
    """The whole report."""

    cover: Cover
    judgements: tuple[Judgement, ...]
    numbers: tuple[Number, ...]
    sources: tuple[SourceEntry, ...]
    timeline: Excerpt[Moment]
    exhibits: Excerpt[ExhibitEntry]
    custody: Excerpt[CustodyEntry]
    chain: Excerpt[ChainLink]
    totals: Totals
    seals: tuple[str, ...]  # "01-examiner"
    stamp_asked: bool  # whether a time stamp was asked for; the report is set before the answer
    verifier_enclosed: bool
    tools: tuple[tuple[str, str], ...]  # (name, version)
    views: tuple[ViewEntry, ...] = ()
    timeline_said: tuple[str, ...] = ()  # whose order the evidence timeline is in, and what is not in it
