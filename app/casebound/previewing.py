"""What bringing in a file would do: its tables, their columns and how their times would read. Nothing is kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from casebound import exportmanifest
from casebound.case import ColumnRole, Preview, TableMapping
from casebound.errors import BadRequest
from casebound.importers import importer_for
from casebound.importers.layout import Importer, Layout
from casebound.mappedtimes import stated_base
from casebound.mappings import changed, choices_of
from casebound.moments import Ambiguous, Moment, Unread, read, relative, settle, utc_text
from casebound.recognition import propose
from casebound.timecolumn import DayMonth
from casebound.zones import find_zone

_SAMPLES = 8
_SHOWN = 50


def preview(
    path: Path, *, table: str = "", zone: str = "", mapping: Mapping[str, object] | None = None, name: str = ""
) -> tuple[Preview, ...]:
    """What bringing in `path` would do, one for each table in it. Nothing is kept.

    `zone` is for times that carry none. `mapping` is what a person chose (`casebound.mappings`). `name` is the file's
    own name where
    `path` is a copy of it. Raises `BadSource` where the file cannot be read at all, `BadRequest` where a choice does
    not fit.
    """
    path, name = Path(path), name or Path(path).name
    importer = importer_for(path, name)
    said = dict(mapping or {})
    layouts = importer.layouts(path, name, choices_of(said))
    table = table or str(said.get("table", "") or "")
    if table and len(layouts) > 1:
        members = ", ".join(f"“{layout.member}”" for layout in layouts)
        raise BadRequest(
            f"“{name}” holds several tables ({members}); one name does not fit them.", "Leave the name out."
        )
    zone = zone or str(said.get("zone", "") or "")
    return tuple(_preview(path, name, importer, layout, table, zone, said, len(layouts) == 1) for layout in layouts)


def _preview(
    path: Path,
    name: str,
    importer: Importer,
    layout: Layout,
    table: str,
    zone: str,
    said: Mapping[str, object],
    only: bool,
) -> Preview:
    table = _table_name(table or layout.table)
    proposal = propose(table, layout.columns, layout.rows, layout.roles)
    stated = exportmanifest.beside(path, table, name)
    chosen = zone or stated.zone
    find_zone(chosen)
    mapping = TableMapping(
        table,
        proposal.columns,
        chosen,
        "chosen" if zone else stated.zone_origin,
        layout.encoding,
        layout.delimiter,
        layout.header_line,
        layout.recognised_as or proposal.recognised_as,
        header_rows=layout.header_rows,
    )
    applies = only or not said.get("columns")
    mapping = changed(mapping, said) if applies else _changed_where_named(mapping, said)
    samples, words = _time_samples(mapping, layout)
    evidence = (*layout.evidence, *proposal.evidence, *words)
    return Preview(path, importer.format, mapping, layout.rows[:_SHOWN], samples, evidence, layout.member)


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


def _table_name(text: str) -> str:
    """A name that can stand in a row's identity and in a file name."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_")[:60]
    return name or "table"
