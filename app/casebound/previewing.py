"""What bringing in a file would do: its tables, their columns and how their times would read. Nothing is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from casebound.case import ColumnRole, Preview, TableMapping
from casebound.errors import BadRequest, BadSource
from casebound.foundtables import Fate, FoundTable, LeftOut, tables_in
from casebound.importers.layout import Layout
from casebound.mappedtimes import stated_base
from casebound.mappings import changed, choices_of
from casebound.moments import Ambiguous, Moment, Unread, read, relative, settle, utc_text
from casebound.recognition import propose
from casebound.timecolumn import DayMonth
from casebound.work import Progress, silent
from casebound.zones import find_zone

_SAMPLES = 8
_SHOWN = 50
_NAMED = 20


@dataclass(frozen=True, slots=True)
class Looked:
    """What is in a file: its tables as they would be read, and what of it gives no rows, with the reasons."""

    path: Path
    previews: tuple[Preview, ...]
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()  # what is odd about an archive


def look(
    path: Path,
    *,
    table: str = "",
    zone: str = "",
    mapping: Mapping[str, object] | None = None,
    name: str = "",
    progress: Progress = silent,
    alone: bool = True,
    member: str = "",
) -> Looked:
    """What bringing in `path` would do: one preview for each table in it, or in the files of an archive.

    `zone` is for times that carry none. `mapping` is what a person chose (`casebound.mappings`). `name` is the file's
    own name where `path` is a copy of it. `alone` is False for one of many files that nobody named one by one: a note
    among them is then no table. With `member`, of an archive only that file is looked at. Raises `BadSource` where the
    file cannot be read at all, `BadRequest` where a choice does not fit.
    """
    path, name = Path(path), name or Path(path).name
    said = dict(mapping or {})
    table = table or str(said.get("table", "") or "")
    found = tables_in(path, name, table, choices_of(said), progress, alone=alone, member=member)
    tables = found.tables
    if table and len(tables) > 1:
        listed = ", ".join(f"“{one.member}”" for one in tables[:_NAMED])
        raise BadRequest(
            f"“{name}” holds several tables ({listed}); one name does not fit them.", "Leave the name out."
        )
    zone = zone or str(said.get("zone", "") or "")
    previews = tuple(_preview(path, one, zone, said, len(tables) == 1) for one in tables)
    return Looked(path, previews, tuple(found.left_out), found.notes)


def preview(
    path: Path,
    *,
    table: str = "",
    zone: str = "",
    mapping: Mapping[str, object] | None = None,
    name: str = "",
    member: str = "",
) -> tuple[Preview, ...]:
    """The tables that `look` finds. Raises what it raises, and `BadSource` for an archive without any table."""
    looked = look(path, table=table, zone=zone, mapping=mapping, name=name, member=member)
    require_tables(looked, name or Path(path).name)
    return looked.previews


def require_tables(looked: Looked, name: str) -> None:
    """Raise `BadSource` where nothing of a file can be brought in as rows, with the reason of its first member."""
    if looked.previews:
        return
    first = next((one for one in looked.left_out if one.fate is not Fate.MANIFEST), None)
    told = f" “{first.member}”: {first.reason}" if first is not None else ""
    more = f" And {len(looked.left_out) - 1:,} more." if len(looked.left_out) > 1 else ""
    raise BadSource(
        f"There is no table in “{name}”{'' if looked.left_out else ', which is empty'}.{told}{more}",
        (first.hint if first is not None and len(looked.left_out) == 1 else "") or "Attach it to the case instead.",
        meaning="Nothing was brought in.",
        where=name,
    )


def _preview(path: Path, found: FoundTable, zone: str, said: Mapping[str, object], only: bool) -> Preview:
    importer, layout, stated = found.importer, found.layout, found.stated
    proposal = propose(found.table, layout.columns, layout.rows, layout.roles)
    chosen = zone or stated.zone
    find_zone(chosen)
    mapping = TableMapping(
        found.table,
        proposal.columns,
        chosen,
        "chosen" if zone else stated.zone_origin,
        layout.encoding,
        layout.delimiter,
        layout.header_line,
        layout.recognised_as or proposal.recognised_as,
        header_rows=layout.header_rows,
        time_base=stated.time_base,
        time_base_origin=stated.time_base_origin,
    )
    applies = only or not said.get("columns")
    mapping = changed(mapping, said) if applies else _changed_where_named(mapping, said)
    samples, words = _time_samples(mapping, layout)
    evidence = (*layout.evidence, *found.notes, *proposal.evidence, *words)
    return Preview(path, importer.format, mapping, layout.rows[:_SHOWN], samples, evidence, found.member)


def _changed_where_named(mapping: TableMapping, said: Mapping[str, object]) -> TableMapping:
    """Of several tables, each takes from the mapping the columns that it has."""
    columns = said.get("columns")
    names = {column.name for column in mapping.columns}
    own = {name: value for name, value in columns.items() if name in names} if isinstance(columns, Mapping) else {}
    return changed(mapping, {"columns": own, "time_base": said.get("time_base", "")})


def _time_samples(mapping: TableMapping, layout: Layout) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """How the first different times would read, and what a person must know or decide about them."""
    time = next((column for column in mapping.columns if column.role is ColumnRole.TIME), None)
    if time is None:
        return (), ("No column holds times: the rows are kept as a table and are not on the timeline.",)
    index = [column.name for column in mapping.columns].index(time.name)
    days, samples = DayMonth(), dict[str, str]()
    zone, base, zoneless = find_zone(mapping.zone), stated_base(mapping), 0
    rules: Counter[str] = Counter()
    for row in layout.rows:
        raw = row[index] or ""
        found = read(raw, time.time_format)
        days.count(found, raw)
        if isinstance(found, Ambiguous):
            one, two = (settle(reading, zone, mapping.zone_origin) for reading in (found.day_first, found.month_first))
            told = " or ".join(utc_text(moment.time_us) for moment in (one, two) if isinstance(moment, Moment))
            samples.setdefault(raw, f"{told}: day first or month first?")
            continue
        moment = found if isinstance(found, Unread) else settle(found, zone, mapping.zone_origin, base)
        if isinstance(moment, Moment):
            zoneless += moment.zone_origin == mapping.zone_origin
            rules[moment.rule] += 1
            samples.setdefault(raw, utc_text(moment.time_us))
        else:
            samples.setdefault(raw, f"set aside: {moment.reason}")
    words = []
    if len(rules) > 1:
        told = ", ".join(f"{count:,} by {rule}" for rule, count in rules.most_common())
        words.append(f"Times in “{time.name}” are written in several ways; of the first rows, {told} are read.")
    if relative(time.time_format) and base is None:
        words.append(f"Times in “{time.name}” count from a moment that is not stated: a time base is needed.")
    if days.either:
        words.append(ambiguity(time.name, days, "the first rows"))
    if zoneless:
        assumed = (
            "UTC is assumed" if mapping.zone_origin == "assumed" else f"{zone.name} is used ({mapping.zone_origin})"
        )
        words.append(f"Times in “{time.name}” carry no zone: {assumed}.")
    return tuple(list(samples.items())[:_SAMPLES]), tuple(words)


def ambiguity(column: str, days: DayMonth, where: str) -> str:
    only = []
    if days.day_first:
        only.append(f"{days.day_first:,} only day first")
    if days.month_first:
        only.append(f"{days.month_first:,} only month first")
    rest = f"; {' and '.join(only)}" if only else ""
    counted = f"{days.either:,} {'time' if days.either == 1 else 'times'}"
    return f"In {where}, {counted} in “{column}” such as “{days.example}” can be read day first or month first{rest}."
