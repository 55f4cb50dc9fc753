"""All rows of a case, read only: events in the order of time, filters, lanes, raw records. Reading may happen on any
thread.

Positions are places in the order of time of this very set of sources; they shift with every import and are never
stored. What lasts is
`EventId`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from casebound import quarantine, timeledger
from casebound.case import ColumnRole, Event, EventId, SetAside, Source
from casebound.errors import BadRequest
from casebound.filter_sql import MarkLookup, check_fields, condition, window
from casebound.filtering import parse
from casebound.generations import Generation, Generations, Row
from casebound.importers.batch import Refused
from casebound.measuring import columns_of, measure
from casebound.quarantine import Choice, Group
from casebound.rawrecords import RawRecord, raw_record
from casebound.textsearch import matching
from casebound.timeledger import TimesRead
from casebound.timeorder import Int64s, TimeOrder

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


@dataclass(frozen=True, slots=True)
class Selection:
    """Events that match: global positions, sorted, out of `of` events."""

    positions: Int64s
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Lanes:
    """Events told apart by the values of one field: the most frequent first. Code -1 is every other value, and none."""

    labels: tuple[str, ...]
    codes: NDArray[np.int16]  # one for each global position
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A field that can be filtered by."""

    name: str
    sources: tuple[int, ...]
    role: ColumnRole
    distinct_hint: int  # about how many different values


@dataclass(frozen=True, slots=True)
class Repetition:
    """A record left out because it repeats an earlier one, of `first_source` where that is another source."""

    source: int
    ordinal: int
    line: int
    first_ordinal: int
    first_line: int
    first_source: int | None = None


class Events:
    """The rows of some sources of a case. Close it, or use it as a context manager, to let go of the files."""

    def __init__(self, case_path: Path, sources: Sequence[Source]) -> None:
        self._path = Path(case_path)
        self.sources = tuple(sorted(sources, key=lambda source: source.number))
        self._rows = Generations(self._path, self.sources)
        self._order = TimeOrder([generation.times for generation in self._rows])
        self._by_identity: dict[tuple[str, str, str], list[int]] = {}
        for index, one in enumerate(self._rows):
            identity = (one.source.sha256, one.source.member, one.source.table)
            self._by_identity.setdefault(identity, []).append(index)

    @classmethod
    def open(cls, case_path: Path, sources: Sequence[Source]) -> Events:
        """Raises `BadCase` where rows of a source are missing or damaged."""
        return cls(case_path, sources)

    def close(self) -> None:
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
        found: list[Event | None] = [None] * len(positions)
        generation, local = self._order.split(positions)
        for index in np.unique(generation).tolist():
            places = np.flatnonzero(generation == index)
            rows = self._rows[index].events(local[places])
            for place, event in zip(places.tolist(), rows, strict=True):
                found[place] = event
        return [event for event in found if event is not None]

    def get(self, event: EventId) -> Event:
        """The event of this identity. Raises `BadRequest` where the case has none."""
        found = self._found(event)
        if found is None:
            raise BadRequest(
                f"The case has no event {event}.", "It may be a row that was set aside: see `casebound quarantine`."
            )
        if found[1].local < 0:
            raise BadRequest(
                f"{event} is a row of a table without times, not an event.", "Choose an event of the timeline."
            )
        return found[1].event

    def position(self, event: EventId) -> int | None:
        """Where an event stands now among all of them; None where it does not."""
        if (event.sha256, event.member, event.table) not in self._by_identity:
            return None
        found = self._found(event)
        if found is None or found[1].local < 0:
            return None
        return int(self._order.places(found[0], np.array([found[1].local], dtype=np.int64))[0])

    def find(self, text: str) -> EventId:
        """The identity a person typed: whole, or with the SHA-256 cut short, or `table/ordinal` or `S-02/ordinal`
        where that is one source.

        Raises `BadRequest` where it names none or several.
        """
        head, _, ordinal = text.strip().rpartition("/")
        matching = [source for source in self.sources if _names(head, source)] if ordinal.isdecimal() else []
        if not matching:
            raise BadRequest(
                f"“{text}” names no event of this case.",
                "Use the name that `casebound events --json` prints under “event”.",
            )
        if len(matching) > 1:
            labels = ", ".join(source.label for source in matching)
            raise BadRequest(f"“{text}” could be a row of {labels}.", "Write more of the name.")
        source = matching[0]
        event = EventId(source.sha256, source.member, source.table, int(ordinal))
        self.get(event)
        return event

    def select(
        self, where: str, from_us: int | None = None, to_us: int | None = None, *, marks: MarkLookup | None = None
    ) -> Selection:
        """Events that match a filter ("" is all) with from_us ≤ time < to_us.

        Raises `FilterError` (`casebound.filtering`).
        """
        found = parse(where)
        check_fields(found, [one.scope for one in self._rows])
        if found.root is None:
            low = int(np.searchsorted(self.times, from_us)) if from_us is not None else 0
            high = int(np.searchsorted(self.times, to_us)) if to_us is not None else self.count
            return Selection(np.arange(low, max(low, high), dtype=np.int64), max(0, high - low), self.count)
        parts = []
        for index, one in enumerate(self._rows):
            if one.timed:
                local = matching(one, found, marks, window(from_us, to_us, one.shift_us))
                parts.append(self._order.places(index, local))
        positions = np.sort(np.concatenate(parts)) if parts else np.empty(0, dtype=np.int64)
        return Selection(positions, len(positions), self.count)

    def lanes(self, field: str, limit: int = 12) -> Lanes:
        """Events by "source", "table", "actor", "action", "object" or any column.

        Raises `BadRequest` for a field that no source has.
        """
        codes = np.full(self.count, -1, dtype=np.int16)
        timed = [(index, one) for index, one in enumerate(self._rows) if one.timed]
        if field.lower() in ("source", "table"):
            names = [
                f"{one.source.label} {one.source.name}" if field.lower() == "source" else one.source.table
                for _, one in timed
            ]
            totals: dict[str, int] = {}
            for name, (index, _) in zip(names, timed, strict=True):
                totals[name] = totals.get(name, 0) + self._order.size(index)
            labels = tuple(sorted(totals, key=lambda name: (-totals[name], name))[:limit])
            for name, (index, _) in zip(names, timed, strict=True):
                if name in labels:
                    local = np.arange(self._order.size(index), dtype=np.int64)
                    codes[self._order.places(index, local)] = labels.index(name)
            return Lanes(labels, codes, tuple(totals[name] for name in labels))
        labels_counts = self.values(field, "", limit)
        labels = tuple(value for value, _ in labels_counts)
        for index, one in timed:
            if column := one.column(field):
                codes[self._order.places(index, np.arange(self._order.size(index), dtype=np.int64))] = one.codes(
                    column, labels
                )
        return Lanes(labels, codes, tuple(count for _, count in labels_counts))

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
        either case.
        """
        totals: dict[str, int] = {}
        known = field.lower() in ("actor", "action", "object")
        for one in self._rows:
            if column := one.column(field):
                known = True
                for value, count in one.values(column, prefix) if one.timed else ():
                    totals[value] = totals.get(value, 0) + count
        if not known:
            raise BadRequest(
                f"No source has a field “{field}”.", "Choose one of the fields that `casebound sources` names."
            )
        return sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:limit]

    def source_times(self, number: int) -> Int64s:
        """The times of the events of one source, sorted; empty where its table has none."""
        own = [one.times for one in self._rows if one.source.number == number and one.timed]
        if len(own) == 1:
            return own[0]
        return np.sort(np.concatenate(own), kind="stable") if own else np.empty(0, dtype=np.int64)

    def set_aside(self, source: int | None = None) -> list[SetAside]:
        """Records that are set aside now, in the order of their originals."""
        return [row for stores in self._of(source) for row in quarantine.set_aside(self._rows, stores)]

    def set_aside_groups(self, source: int | None = None) -> list[Group]:
        """The same by what is wrong with them, each with its count and its first record."""
        return [group for stores in self._of(source) for group in quarantine.groups(self._rows, stores)]

    def set_aside_where(self, source: int, choice: Choice) -> Iterator[Refused]:
        """The records of a source that are set aside and meant by `choice`, with their places in the original."""
        for stores in self._of(source):
            yield from quarantine.records(self._rows, stores, choice)

    def parts(self, source: int) -> tuple[Generations, list[Generation]]:
        """The generations of a source, oldest first, as `casebound.quarantine` counts them."""
        return self._rows, [one for stores in self._of(source) for one in stores]

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
        found = self._found(event)
        index = found[0] if found is not None else self._by_identity[event.sha256, event.member, event.table][0]
        return raw_record(self._path, self._rows[index], event)

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

    def _of(self, source: int | None) -> list[list[Generation]]:
        """The generations of each source, or of this one."""
        return [
            [self._rows[index] for index in indices]
            for indices in self._by_identity.values()
            if source in (None, self._rows[indices[0]].source.number)
        ]

    def _found(self, event: EventId) -> tuple[int, Row] | None:
        """The generation that holds a row, and the row; None where none does."""
        indices = self._by_identity.get((event.sha256, event.member, event.table))
        if indices is None:
            raise BadRequest(
                f"The case has no source for {event}.",
                "Use the name that `casebound events --json` prints under “event”.",
            )
        for index in indices:
            row = self._rows[index].by_ordinal(event.ordinal)
            if row is not None:
                return index, row
        return None


def _names(head: str, source: Source) -> bool:
    if head.lower() in (source.label.lower(), source.table.lower()):
        return True
    member = f"!{source.member}" if source.member else ""
    if head == f"{source.sha256}{member}/{source.table}":
        return True
    origin, _, table = head.partition("/")
    return len(origin) >= 4 and source.sha256.startswith(origin.partition("!")[0]) and table in ("", source.table)


__all__ = ["Events", "FieldInfo", "Lanes", "MarkLookup", "RawRecord", "Repetition", "Selection"]
