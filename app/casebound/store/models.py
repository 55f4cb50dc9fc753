"""The tables of case.db. Times are text as `casebound_packaging.times.stamp` writes them; events are named by identity.

What the ledger is told of a row after a change is in `casebound.store.records`.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, MetaData, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


STRICT: Final = {"sqlite_strict": True}
"""SQLite then keeps only what the column's type says, whoever writes."""


class Flag(TypeDecorator[bool]):
    """True or false, kept as 1 or 0 (strict tables know no BOOLEAN)."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: object) -> int | None:
        """What is written."""
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: object) -> bool | None:
        """What is read. Anything but 0 and 1 was written by somebody else, and is told by a check."""
        return value if value not in (0, 1) else bool(value)  # type: ignore[return-value]


class Base(DeclarativeBase):
    """The root of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {str: Text, bytes: LargeBinary, bool: Flag}
    __table_args__: Any = STRICT


class CaseRow(Base):
    """The one row that says which case this is, and how long its ledger is."""

    __tablename__ = "case"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # always 1
    number: Mapped[str]
    title: Mapped[str]
    created_at: Mapped[str]
    log_id: Mapped[str]
    ledger_size: Mapped[int]
    ledger_head: Mapped[str]
    home: Mapped[str]  # where the folder lies, as `casebound.store.home` tells it; not in the ledger


class LedgerRow(Base):
    """One line as hashed. The other columns repeat what the line says, so that it can be found."""

    __tablename__ = "ledger"
    __table_args__ = (Index("ix_ledger_item", "item_type", "item_id"), STRICT)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[bytes]
    hash: Mapped[str]
    item_type: Mapped[str]
    item_id: Mapped[str]


def stored(line: object) -> bytes:
    """A line as bytes, whatever type somebody's editor left it as: SQLite's columns hold anything."""
    return line if isinstance(line, bytes) else str(line).encode("utf-8", "backslashreplace")


class DisclosureRow(Base):
    """A text behind a commitment of a line. Erasing one leaves the chain whole."""

    __tablename__ = "disclosure"

    seq: Mapped[int] = mapped_column(ForeignKey("ledger.seq"), primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(primary_key=True)
    encoded: Mapped[str]


class SourceRow(Base):
    """A table brought in."""

    __tablename__ = "source"
    __table_args__ = (UniqueConstraint("sha256", "member", "table_name"), STRICT)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    member: Mapped[str]
    table_name: Mapped[str]
    format: Mapped[str]
    mapping: Mapped[str]  # JSON
    read: Mapped[int]
    kept: Mapped[int]
    quarantined: Mapped[int]
    duplicates: Mapped[int]
    timed: Mapped[int]
    first_us: Mapped[int | None]
    last_us: Mapped[int | None]
    expected: Mapped[int | None]
    expected_from: Mapped[str]
    origin: Mapped[str | None]  # JSON
    generation: Mapped[str]
    generation_digest: Mapped[str]  # over the files of the generation
    rows_digest: Mapped[str]  # over the rows themselves
    importer: Mapped[str]
    imported_at: Mapped[str]
    imported_by: Mapped[str]
    warnings: Mapped[str]  # JSON
    clock_us: Mapped[int]  # correction of the source's clock, added to every time
    clock_reason: Mapped[str]


class MendRow(Base):
    """Set-aside rows of a source, read again by another recipe."""

    __tablename__ = "mend"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[int] = mapped_column(ForeignKey("source.number"))
    recipe: Mapped[str]  # JSON
    read: Mapped[int]
    kept: Mapped[int]
    quarantined: Mapped[int]
    duplicates: Mapped[int]
    timed: Mapped[int]
    first_us: Mapped[int | None]
    last_us: Mapped[int | None]
    generation: Mapped[str]
    generation_digest: Mapped[str]  # over the files of the generation
    rows_digest: Mapped[str]  # over the rows themselves
    importer: Mapped[str]
    by: Mapped[str]
    at: Mapped[str]


class TextIndexRow(Base):
    """A full-text index that was built: a cache beside the rows, which can be built again."""

    __tablename__ = "text_index"

    generation: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]  # SHA-256 of the index file
    built_at: Mapped[str]


class ColumnCodesRow(Base):
    """The codes of one column that were built: a cache beside the rows, which can be built again."""

    __tablename__ = "column_codes"

    generation: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]  # SHA-256 of the file
    built_at: Mapped[str]


class AttachmentRow(Base):
    """A file kept byte for byte, and a link of the attachment chain."""

    __tablename__ = "attachment"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str]
    size: Mapped[int]
    name: Mapped[str]
    title: Mapped[str]
    media_type: Mapped[str]
    sensitive: Mapped[bool]
    origin: Mapped[str | None]  # JSON
    by: Mapped[str]
    at: Mapped[str]
    line_seq: Mapped[int]
    line_hash: Mapped[str]
    previous_hash: Mapped[str]


class AttachmentEventRow(Base):
    """An event that an attachment was put to."""

    __tablename__ = "attachment_event"

    attachment: Mapped[int] = mapped_column(ForeignKey("attachment.number"), primary_key=True, autoincrement=False)
    event: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]


class MarkRow(Base):
    """A note, tag or bookmark."""

    __tablename__ = "mark"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    event: Mapped[str | None] = mapped_column(index=True)
    attachment: Mapped[int | None] = mapped_column(ForeignKey("attachment.number"))
    text: Mapped[str]
    by: Mapped[str]
    at: Mapped[str]
    removed: Mapped[bool]
    from_us: Mapped[int | None]  # a range of time, in place of an event
    to_us: Mapped[int | None]
    field: Mapped[str]  # an entity, in place of an event: a column and one of its values
    value: Mapped[str]


class ExhibitRow(Base):
    """An event or an attachment chosen as evidence."""

    __tablename__ = "exhibit"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event: Mapped[str | None]
    attachment: Mapped[int | None] = mapped_column(ForeignKey("attachment.number"))
    caption: Mapped[str]
    by: Mapped[str]
    at: Mapped[str]
    removed: Mapped[bool]
    line_seq: Mapped[int]
    line_hash: Mapped[str]


class CommitmentRow(Base):
    """One field of an event exhibit, salted; what a recipient is given is chosen among these."""

    __tablename__ = "exhibit_commitment"

    exhibit: Mapped[int] = mapped_column(ForeignKey("exhibit.number"), primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    encoded: Mapped[str]


class FindingRow(Base):
    """One sentence a person could defend."""

    __tablename__ = "finding"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sentence: Mapped[str]
    reasoning: Mapped[str]
    supports: Mapped[str]  # JSON
    contradicts: Mapped[str]  # JSON
    measures: Mapped[str]  # JSON
    clause: Mapped[str]
    likelihood: Mapped[str]
    confidence: Mapped[str]
    confidence_basis: Mapped[str]
    ask: Mapped[str]
    limits: Mapped[str]
    state: Mapped[str]
    by: Mapped[str]
    at: Mapped[str]
    changed_at: Mapped[str]
    views: Mapped[str]  # JSON
    removed: Mapped[bool]


class MeasureRow(Base):
    """A number with everything needed to recompute it."""

    __tablename__ = "measure"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    question: Mapped[str]
    table_name: Mapped[str]
    where: Mapped[str]
    unit: Mapped[str]
    distinct: Mapped[str]
    from_us: Mapped[int | None]
    to_us: Mapped[int | None]
    result: Mapped[int]
    of_where: Mapped[str]
    denominator: Mapped[int | None]
    denominator_of: Mapped[str]
    by: Mapped[str]
    at: Mapped[str]
    removed: Mapped[bool]


class SavedViewRow(Base):
    """What a person was looking at, kept so that it can be looked at again and shown."""

    __tablename__ = "saved_view"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str]
    where: Mapped[str]
    from_us: Mapped[int | None]
    to_us: Mapped[int | None]
    lanes: Mapped[str]
    columns: Mapped[str]  # JSON
    sort: Mapped[str]
    descending: Mapped[bool]
    colour: Mapped[str]
    look: Mapped[str]  # JSON
    by: Mapped[str]
    at: Mapped[str]
    changed_at: Mapped[str]
    removed: Mapped[bool]


class ChronologyRow(Base):
    """One entry of the evidence timeline: an exhibit or a range, in the place that a person gave it."""

    __tablename__ = "chronology"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[str]  # the order is that of these texts; see `casebound.store.chronology`
    exhibit: Mapped[int | None] = mapped_column(ForeignKey("exhibit.number"))
    from_us: Mapped[int | None]
    to_us: Mapped[int | None]
    caption: Mapped[str]
    by: Mapped[str]
    at: Mapped[str]
    removed: Mapped[bool]


class PackageRow(Base):
    """A package prepared, and once it is sealed, where it went. `path` is a convenience and not in the ledger."""

    __tablename__ = "package"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    package_id: Mapped[str]
    name: Mapped[str]
    path: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    recipient_class: Mapped[str]
    purpose: Mapped[str]
    legal_basis: Mapped[str]
    prepared_at: Mapped[str]
    exported: Mapped[bool]
    evidence_root: Mapped[str]
    checkpoint_size: Mapped[int]
    checkpoint_root: Mapped[str]
    checkpoint: Mapped[str]  # the signed note
