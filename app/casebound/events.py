"""All rows of a case, read only: events in the order of time, filters, lanes, raw records. Reading may happen on any
thread.

Positions are places in the order of time of this very set of sources; they shift with every import and are never
stored. What lasts is
`EventId`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from casebound import quarantine, timeledger
from casebound.case import ColumnRole, Event, EventId, SetAside, Source
from casebound.codedcolumns import CodedColumns
from casebound.columncodes import Named
from casebound.errors import BadRequest
from casebound.eventnames import EventNames
from casebound.eventpages import EventPages
from casebound.facets import Among, Facets
from casebound.filter_fields import check_fields
from casebound.filter_sql import MarkLookup, condition, window
from casebound.filtering import parse
from casebound.generations import Generation, Generations
from casebound.importers.batch import Refused
from casebound.measuring import columns_of, measure
from casebound.orders import Orders
from casebound.quarantine import Choice, Group
from casebound.rawrecords import RawRecord, raw_record
from casebound.rowmasks import RowMasks, at_least
from casebound.selections import Facet, FieldInfo, Lanes, Repetition, Seen, Selection
from casebound.timeledger import TimesRead
from casebound.timeorder import Int64s, TimeOrder
from casebound.uncertaintimes import Uncertain, uncertain
from casebound.work import Progress, silent

_PAGE = 8_192  # rows that are asked for together in an export
# Of several roles that a name has in several sources, the one that tells most.
_TELLING = (
    ColumnRole.ACTOR,
    ColumnRole.ACTION,
    ColumnRole.OBJECT,
    ColumnRole.TIME,
    ColumnRole.ENTITY,
    ColumnRole.ID,
    ColumnRole.NUMBER,
    ColumnRole.TEXT,
)


class Events:
    """The rows of some sources of a case. Close it, or use it as a context manager, to let go of the files."""

    def __init__(self, case_path: Path, sources: Sequence[Source], codes: Named | None = None) -> None:
        self._path = Path(case_path)
        self.sources = tuple(sorted(sources, key=lambda source: source.number))
        self._rows = Generations(self._path, self.sources)
        self._order = TimeOrder([generation.times for generation in self._rows])
        self._pages = EventPages(self._rows, self._order)
        self._names = EventNames(self._rows, self._order, self.sources)
        self._coded = CodedColumns(self._path, self._rows, codes or {})
        self._facets = Facets(self._rows, self._order, self._coded)
        self._orders = Orders(self._path, self._rows, self._coded, self._facets)

    @classmethod
    def open(cls, case_path: Path, sources: Sequence[Source], codes: Named | None = None) -> Events:
        """Raises `BadCase` where rows of a source are missing or damaged.

        `codes` are the digests of the columns' codes that case.db names (`Case.column_codes`); without them all answers
        are the same, and slower.
        """
        return cls(case_path, sources, codes)

    def use_codes(self, codes: Named) -> None:
        """More columns have codes now."""
        self._coded.use(codes)

    def close(self) -> None:
        self._pages.close()
        self._rows.close()

    def __enter__(self) -> Events:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def path(self) -> Path:
        """The folder of the case."""
        return self._path

    @property
    def count(self) -> int:
        """How many events stand on the timeline."""
        return self._order.count

    @property
    def times(self) -> Int64s:
        """Microseconds UTC by global position: sorted, read only, memory-mapped where there is one source."""
        return self._order.times

    @property
    def span(self) -> tuple[int, int] | None:
        """First and last time, or None without events."""
        return (int(self.times[0]), int(self.times[-1])) if self.count else None

    def page(self, start: int, stop: int, selection: Selection | None = None) -> list[Event]:
        """Events at global positions `start` to `stop` (exclusive), or at those places of a selection."""
        start, stop = max(0, start), min(stop, selection.count if selection else self.count)
        if stop <= start:
            return []
        chosen = selection.positions[start:stop] if selection else np.arange(start, stop, dtype=np.int64)
        return self.at(chosen)

    def at(self, positions: Int64s) -> list[Event]:
        """Events at these global positions, in this order."""
        return self._pages.at(positions)

    def get(self, event: EventId) -> Event:
        """The event of this identity. Raises `BadRequest` where the case has none."""
        return self._names.get(event)

    def position(self, event: EventId) -> int | None:
        """Where an event stands now among all of them; None where it does not."""
        return self._names.position(event)

    def find(self, text: str) -> EventId:
        """The identity a person typed, as `casebound.eventnames` reads it. Raises `BadRequest`."""
        return self._names.find(text)

    def select(
        self, where: str, from_us: int | None = None, to_us: int | None = None, *, marks: MarkLookup | None = None
    ) -> Selection:
        """Events that match a filter ("" is all) with from_us ≤ time < to_us.

        Raises `FilterError` (`casebound.filtering`).
        """
        found = parse(where)
        check_fields(found, [one.scope for one in self._rows])
        if found.root is None:
            low, high = self._ranks(from_us, to_us)
            return Selection(np.arange(low, high, dtype=np.int64), high - low, self.count)
        low, high = self._ranks(from_us, to_us)
        masks = RowMasks(self._rows, self._order, self._coded, found, marks)
        positions = masks.positions(low, high)
        return Selection(positions, len(positions), self.count)

    def first(
        self,
        where: str,
        limit: int,
        from_us: int | None = None,
        to_us: int | None = None,
        *,
        marks: MarkLookup | None = None,
    ) -> list[int]:
        """The first `limit` positions that match, in the order of time, found without waiting for all.

        Raises `FilterError` (`casebound.filtering`).
        """
        found = parse(where)
        check_fields(found, [one.scope for one in self._rows])
        low, high = self._ranks(from_us, to_us)
        return RowMasks(self._rows, self._order, self._coded, found, marks).first(limit, low, high)

    def neighbours(self, position: int, span_us: int) -> tuple[int, int]:
        """The first position at most `span_us` before the event at `position`, and the first one later than that
        after it.
        """
        time = int(self.times[position])
        ends = np.array([time - span_us, time + span_us + 1], dtype=np.int64)
        low, high = np.searchsorted(self.times, ends)
        return int(low), int(high)

    def lanes(self, field: str, limit: int = 12) -> Lanes:
        """Events by "source", "table", "actor", "action", "object" or any column.

        Raises `BadRequest` for a field that no source has.
        """
        return self._facets.lanes(field, limit)

    def codes(self, field: str) -> Lanes:
        """Events told apart by a field, for colour. Raises `BadRequest` for a field that no source has."""
        return self._facets.lanes(field, 12)

    def facet(
        self, field: str, selection: Selection | None = None, low: int = 0, high: int | None = None, limit: int = 12
    ) -> Facet:
        """The values of a field among the events of ranks `low` to `high` (exclusive; None is the end) of a selection,
        or of all. Raises `BadRequest` for a field that no source has.
        """
        return self._facets.facet(field, Among.of(self._order, selection, low, high), limit)

    def every_value(self, field: str, selection: Selection | None = None, most: int = 1_000_000) -> Facet:
        """The same with every value, however rare, all counted exactly. Raises `BadRequest` where they are more than
        `most`, and for a field that no source has.
        """
        return self._facets.every(field, Among.of(self._order, selection, 0, None), most)

    def seen(self, field: str, value: str) -> Seen:
        """How often, when first and when last a value stands in a field, exactly so. Raises `BadRequest` for a field
        that no source has.
        """
        return self._facets.seen(field, value, self.at)

    def ordered(
        self,
        by: str,
        descending: bool,
        selection: Selection | None = None,
        low: int = 0,
        high: int | None = None,
        *,
        start: int = 0,
        stop: int | None = None,
        progress: Progress = silent,
    ) -> Int64s:
        """Positions of the events of ranks `low` to `high` in the order of a column; of these, places `start` to
        `stop` (None is the end).

        Numbers come as numbers where the column is numeric, before what is no number; texts by their characters; what
        is empty last, in either direction; equal ones by time.
        """
        among = Among.of(self._order, selection, low, high)
        return self._orders.ordered(by, descending, among, start, stop, progress)

    def _ranks(self, from_us: int | None, to_us: int | None) -> tuple[int, int]:
        """The first position with from_us ≤ time < to_us, and the first one after them."""
        ends = [at_least(self.times, end) if end is not None else None for end in (from_us, to_us)]
        low, high = ends[0] or 0, ends[1] if ends[1] is not None else self.count
        return low, max(low, high)

    def fields(self) -> tuple[FieldInfo, ...]:
        """Every column of every source, in the order of the sources; columns of the same name are one field."""
        found: dict[str, FieldInfo] = {}
        for one in self._rows:
            for name, role, distinct in one.described:
                old = found.get(name.lower())
                numbers = tuple(dict.fromkeys((*(old.sources if old else ()), one.source.number)))
                hint = max(distinct, old.distinct_hint if old else 0)
                chosen = min(role, old.role, key=_TELLING.index) if old else role
                found[name.lower()] = FieldInfo(old.name if old else name, numbers, chosen, hint)
        return tuple(found.values())

    def values(self, field: str, prefix: str = "", limit: int = 50) -> list[tuple[str, int]]:
        """The most frequent values of a field among the events, with counts; only those that begin with `prefix`, in
        either case. Raises `BadRequest` for a field that no source has.
        """
        return self._facets.values(field, prefix, limit)

    def uncertain(self) -> Uncertain | None:
        """How much later than its time each event may have been; None where every time is exact."""
        return uncertain(self._rows, self._order)

    def source_times(self, number: int) -> Int64s:
        """The times of the events of one source, sorted; empty where its table has none."""
        own = [one.times for one in self._rows if one.source.number == number and one.timed]
        if len(own) == 1:
            return own[0]
        return np.sort(np.concatenate(own), kind="stable") if own else np.empty(0, dtype=np.int64)

    def set_aside(self, source: int | None = None) -> list[SetAside]:
        """Records that are set aside now, in the order of their originals."""
        return [row for stores in self._names.of_source(source) for row in quarantine.set_aside(self._rows, stores)]

    def set_aside_groups(self, source: int | None = None) -> list[Group]:
        """The same by what is wrong with them, each with its count and its first record."""
        return [group for stores in self._names.of_source(source) for group in quarantine.groups(self._rows, stores)]

    def set_aside_where(self, source: int, choice: Choice) -> Iterator[Refused]:
        """The records of a source that are set aside and meant by `choice`, with their places in the original."""
        for stores in self._names.of_source(source):
            yield from quarantine.records(self._rows, stores, choice)

    def parts(self, source: int) -> tuple[Generations, list[Generation]]:
        """The generations of a source, oldest first, as `casebound.quarantine` counts them."""
        return self._rows, [one for stores in self._names.of_source(source) for one in stores]

    def repetitions(self, source: int | None = None) -> list[Repetition]:
        """Records left out as duplicates, each with the first occurrence."""
        return [
            Repetition(one.source.number, *row)
            for one in self._rows
            if source in (None, one.source.number)
            for row in one.repetitions()
        ]

    def time_ledger(self, source: int) -> list[TimesRead]:
        """In which ways the times of a source were read, the most frequent first; none where it has no times."""
        return timeledger.time_ledger(*self.parts(source))

    def raw(self, event: EventId) -> RawRecord:
        """The record as it stands in the original. Raises `BadRequest` where the case has no such row."""
        return raw_record(self._path, self._names.generation(event), event)

    def columns(self, table: str) -> tuple[str, ...]:
        """The columns of all sources of a table, in order, each once and as it was first spelled."""
        return columns_of(self._tables(table))

    def measure(
        self,
        table: str,
        where: str = "",
        distinct: str = "",
        from_us: int | None = None,
        to_us: int | None = None,
        *,
        marks: MarkLookup | None = None,
    ) -> tuple[int, str]:
        """Count rows of a table, or the different values of `distinct`, and the SQL that counts the same in a
        package.
        """
        return measure(self._rows, self._tables(table), table, where, distinct, window(from_us, to_us), marks)

    def export_rows(
        self,
        table: str,
        where: str = "",
        from_us: int | None = None,
        to_us: int | None = None,
        *,
        marks: MarkLookup | None = None,
    ) -> Iterator[tuple[EventId, int | None, dict[str, str | None]]]:
        """Rows of a table that match, source by source in the order of time, those that were read again behind the
        others of their source: identity, time (None in a table without times), columns.
        """
        found = parse(where)
        tables = self._tables(table)
        check_fields(found, [one.scope for one in tables])
        first = {name.lower(): name for name in columns_of(tables)}
        for one in tables:
            where_sql = f"{condition(found, one.scope, marks)} AND {window(from_us, to_us, one.shift_us)}"
            local = one.positions(where_sql)
            names = [first[name.lower()] for name in one.scope.columns]
            for start in range(0, len(local), _PAGE):
                yield from one.rows(local[start : start + _PAGE], names)

    def _tables(self, table: str) -> list[Generation]:
        found = [one for one in self._rows if one.source.table == table]
        if not found:
            names = ", ".join(sorted({one.source.table for one in self._rows})) or "none yet"
            raise BadRequest(f"The case has no table “{table}”.", f"Its tables are: {names}.")
        return found


__all__ = [
    "Events",
    "Facet",
    "FieldInfo",
    "Lanes",
    "MarkLookup",
    "RawRecord",
    "Repetition",
    "Seen",
    "Selection",
]
