"""What a case is made of, as frozen values: the only data that crosses a thread or a layer.

Times are aware UTC `datetime`s for people's work, and int64 microseconds since 1970 UTC (`*_us`) for events.
Digests are SHA-256, lower-case hex.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from casebound.custodyacts import CheckpointMade, Direction, Hold, Receipt, Transfer
from casebound.errors import BadRequest
from casebound.judgements import ChronologyEntry, Confidence, Finding, Likelihood, Measure, SavedView

__all__ = [
    "Actor",
    "Attachment",
    "CheckpointMade",
    "ChronologyEntry",
    "Column",
    "ColumnRole",
    "Confidence",
    "Direction",
    "Event",
    "EventId",
    "Exhibit",
    "Finding",
    "Hold",
    "LedgerEntry",
    "Likelihood",
    "Mark",
    "MarkKind",
    "Measure",
    "Mend",
    "Preview",
    "Receipt",
    "SavedView",
    "SealedPackage",
    "SetAside",
    "Snapshot",
    "Source",
    "TableMapping",
    "Transfer",
]


@dataclass(frozen=True, slots=True, order=True)
class EventId:
    """The identity of a row, which survives every later import.

    (SHA-256 of the original, member inside it or "", table, record ordinal from 0).
    Written `sha256[!member]/table/ordinal`.
    """

    sha256: str
    member: str
    table: str
    ordinal: int

    def __str__(self) -> str:
        member = f"!{self.member}" if self.member else ""
        return f"{self.sha256}{member}/{self.table}/{self.ordinal}"

    @classmethod
    def parse(cls, text: str) -> EventId:
        """Read the written form. Raises `BadRequest` where the text is not of it."""
        head, _, ordinal = text.strip().rpartition("/")
        origin, _, table = head.rpartition("/")
        sha256, _, member = origin.partition("!")
        if not (
            ordinal.isascii()
            and ordinal.isdigit()
            and len(ordinal) <= 18
            and table
            and len(sha256) == 64
            and set(sha256) <= set("0123456789abcdef")
        ):
            raise BadRequest(
                f"“{text}” is not the name of an event.",
                "Use the name that `casebound events --json` prints under “event”.",
            )
        return cls(sha256, member, table, int(ordinal))


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an unlocked key, or a typed name that nobody has authenticated."""

    name: str
    key: str = ""  # SPKI fingerprint, hex; empty means unauthenticated

    @property
    def authenticated(self) -> bool:
        return bool(self.key)


class ColumnRole(StrEnum):
    """What a column of a source is for. A table has at most one of each of TIME to OBJECT."""

    TIME = "time"
    ACTOR = "actor"  # who did it: account, user, client address
    ACTION = "action"  # what was done
    OBJECT = "object"  # to what
    ID = "id"  # the row's own key; declared duplicates share it
    ENTITY = "entity"  # any other thing worth following: key, session, organisation, address
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a source as mapped: its name in the original, its role, and how a time in it is to be read."""

    name: str
    role: ColumnRole = ColumnRole.TEXT
    time_format: str = "auto"  # one of `casebound.moments.FORMATS`, or a strptime format


@dataclass(frozen=True, slots=True)
class TableMapping:
    """How one table is read: shown to a person before the import, changeable, and kept with the source.

    `zone` is an IANA name or a fixed offset such as "+02:00", used for times that carry none; "" means none was
    chosen, and times without a zone are then read as UTC and said to be assumed. `zone_origin` says who chose:
    "in the value", "manifest.json", "chosen by NAME", "assumed".
    """

    table: str
    columns: tuple[Column, ...]
    zone: str = ""
    zone_origin: str = "assumed"
    encoding: str = "utf-8"
    delimiter: str = ","
    header_line: int = 1  # line in the file that holds the header, from 1; 0 when the file has none
    recognised_as: str = ""  # name of the recogniser that proposed it, for example "requests export"
    header_rows: int = 1  # how many records from `header_line` on make up the names together
    time_base: str = ""  # ISO 8601 with a zone: what relative times are counted from; "" where none was stated
    time_base_origin: str = ""  # who stated it: "manifest.json", "chosen by NAME"

    def named(self, role: ColumnRole) -> str:
        """The name of the column with this role, or "" where the table has none."""
        return next((column.name for column in self.columns if column.role is role), "")


@dataclass(frozen=True, slots=True)
class Preview:
    """What bringing in a file would do, before anything is kept."""

    path: Path
    format: str  # the importer's own word: "csv", "jsonl", "json", "xlsx" …
    mapping: TableMapping
    rows: tuple[tuple[str | None, ...], ...]  # the first rows as text, in column order
    time_samples: tuple[tuple[str, str], ...]  # (raw, how it would read, UTC ISO or the reason it would be set aside)
    evidence: tuple[str, ...]  # why encoding, delimiter, header and roles were so judged, one sentence each
    member: str = ""  # what inside the file: a sheet, a path in an archive, or both as "path!sheet"


@dataclass(frozen=True, slots=True)
class Mend:
    """Set-aside rows of a source that were read again by another recipe. Its rows are a generation of their own.

    read = kept + quarantined + duplicates: `read` rows left the quarantine of the source, `quarantined` of them could
    not be read by the new recipe either and stay there.
    """

    number: int  # over the whole case, from 1
    source: int
    recipe: Mapping[str, object]  # what was changed, and for which rows
    read: int
    kept: int
    quarantined: int
    duplicates: int
    timed: int
    first_us: int | None
    last_us: int | None
    generation: str
    rows_digest: str
    importer: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Source:
    """One table brought in. read = kept + quarantined + duplicates, always; with what `mends` moved between them."""

    number: int  # shown as S-01
    name: str  # file name as it came
    sha256: str  # of the original
    size: int
    member: str
    table: str
    format: str
    mapping: TableMapping
    read: int
    kept: int
    quarantined: int
    duplicates: int
    timed: int  # kept rows that stand on the timeline (all, or none where the table has no time column)
    first_us: int | None
    last_us: int | None
    expected: int | None  # rows expected by the manifest or as stated
    expected_from: str
    origin: Mapping[str, object] | None  # how the export was made, as stated; None is "not stated"
    generation: str  # folder under rows/
    rows_digest: str
    importer: str  # name and version
    imported_at: datetime
    imported_by: str
    warnings: tuple[str, ...] = ()
    mends: tuple[Mend, ...] = ()
    clock_us: int = 0  # correction of the source's clock, in `first_us`, `last_us` and every event; rows keep the raw
    clock_reason: str = ""  # why, as a person stated it

    @property
    def label(self) -> str:
        return f"S-{self.number:02d}"


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row set aside, kept as found."""

    source: int
    ordinal: int  # record ordinal in the original, from 0
    line: int  # first line of the record, from 1 (row number for workbooks, element number for JSON arrays)
    offset: int  # first byte in the original; -1 where the format has none
    code: str  # "time", "columns", "encoding", "json", "duplicate-key", "too-long" …
    reason: str  # one sentence a person understands
    raw: str  # the record as found; undecodable bytes as \\xNN


@dataclass(frozen=True, slots=True)
class Event:
    """One row on the timeline, with everything that says where it came from."""

    id: EventId
    source: int
    time_us: int
    time_raw: str
    zone: str  # what was applied: "+02:00", "UTC", "Europe/Berlin"
    zone_origin: str  # "in the value", "manifest.json", "chosen by …", "assumed"
    line: int
    actor: str
    action: str
    object: str
    fields: Mapping[str, str | None] = field(default_factory=dict)  # every column of the original, as text
    time_note: str = ""  # "" or what is uncertain: "fraction beyond microseconds kept in raw", "repeated hour" …
    time_rule: str = ""  # which rule read the raw text: "ISO 8601", "milliseconds since 1970", "day first" …
    time_precision_us: int = 1  # the smallest step the raw text can tell: 1_000_000 where it has whole seconds
    time_uncertain_us: int = 0  # the moment lies between time_us and time_us + this; 0 where it is exact
    clock_us: int = 0  # the source's clock correction, which `time_us` includes


class MarkKind(StrEnum):
    NOTE = "note"
    TAG = "tag"
    BOOKMARK = "bookmark"


@dataclass(frozen=True, slots=True)
class Mark:
    """A person's note, tag or bookmark: on an event, an attachment, a range of time, or an entity.

    A range is `from_us` to `to_us`, both in it. An entity is one value of a column, wherever it stands.
    """

    number: int
    kind: MarkKind
    event: EventId | None
    attachment: int | None
    text: str
    by: str
    at: datetime
    removed: bool = False
    from_us: int | None = None
    to_us: int | None = None
    field: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of any kind, kept byte for byte, and a link of the attachment chain."""

    number: int  # 1, 2, 3 …
    sha256: str
    size: int
    name: str  # as it came
    title: str
    media_type: str
    sensitive: bool
    origin: Mapping[str, object] | None
    events: tuple[EventId, ...]  # events it is attached to
    by: str
    at: datetime
    line_seq: int
    line_hash: str  # own hash in the chain
    previous_hash: str  # hash of the line that attached the one before; 64 zeros first


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An event or an attachment chosen as evidence, numbered for ever."""

    number: str  # EX-0001
    event: EventId | None
    attachment: int | None
    caption: str
    by: str
    at: datetime
    removed: bool = False


@dataclass(frozen=True, slots=True)
class SealedPackage:
    """A package that left the case."""

    version: int
    package_id: str
    name: str  # file name under packages/ or where it was written
    path: str
    sha256: str  # of the ZIP; "" while only prepared
    size: int
    recipient_class: str
    purpose: str
    legal_basis: str
    prepared_at: datetime
    exported: bool
    checkpoint_size: int
    checkpoint_root: str
    stamped: bool = False  # known only to who has just sealed it
    stamp_told: tuple[str, ...] = ()  # what came of asking for time stamps, in sentences


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One ledger line with the disclosures the case still holds for it."""

    seq: int
    line: bytes  # as stored, without LF
    hash: str
    prev: str
    time: datetime
    actor: str  # fingerprint or "unauthenticated"
    action: str
    item_type: str
    item_id: str
    disclosures: Mapping[str, object]
    disclosed: tuple[str, ...]  # the b64u forms, in stored order


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A case at one moment, complete but for its rows, which `casebound.events` serves."""

    path: Path
    number: str
    title: str
    created_at: datetime
    log_origin: str
    read_only: bool
    sources: tuple[Source, ...]
    attachments: tuple[Attachment, ...]
    marks: tuple[Mark, ...]  # without removed ones
    exhibits: tuple[Exhibit, ...]  # without removed ones
    findings: tuple[Finding, ...]
    measures: tuple[Measure, ...]
    packages: tuple[SealedPackage, ...]
    ledger_size: int
    ledger_head: str  # hash of the last line
    views: tuple[SavedView, ...] = ()  # without removed ones
    chronology: tuple[ChronologyEntry, ...] = ()  # without removed ones, in the order that people gave them
    holds: tuple[Hold, ...] = ()  # without those entered by mistake; released ones are among them
    transfers: tuple[Transfer, ...] = ()  # without those entered by mistake
    receipts: tuple[Receipt, ...] = ()
    checkpoints: tuple[CheckpointMade, ...] = ()
