"""Numbers that a stranger can count again: each as SQL over the enclosed tables, with the result it must give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version

from casebound.case import Measure, Snapshot, Source
from casebound.errors import CaseboundError
from casebound.events import Events
from casebound.quarantine import kept_since
from casebound.sqltext import text_sql
from casebound_exporters.timeline import utc
from casebound_packaging.canonical import canonical
from casebound_packaging.member import Member


@dataclass(frozen=True, slots=True)
class Question:
    """A measure, the sources that were in the case when it was counted, and the SQL that counts it in the package."""

    measure: Measure
    sources: tuple[Source, ...]
    sql: str
    denominator_sql: str | None


def question(snapshot: Snapshot, events: Events, measure: Measure) -> Question:
    """The SQL of a measure. It counts again what was counted then, whatever was brought in since.

    Raises `CaseboundError` where the rows of the case no longer give the number.
    """
    table = [source for source in snapshot.sources if source.table == measure.table]
    then = tuple(_as_it_was(source, measure.at) for source in table if source.imported_at <= measure.at)
    later = len(then) < len(table)
    now = {source.number: len(source.mends) for source in table}
    since = [
        str(row)
        for source in then
        if len(source.mends) < now[source.number]
        for row in kept_since(*events.parts(source.number), len(source.mends))
    ]
    with Events.open(snapshot.path, then) if later or since else _borrowed(events) as rows:
        sql = _counted(rows, measure, measure.where, (measure.distinct,), measure.result)
        of = None
        if measure.denominator is not None:
            ways = tuple(dict.fromkeys((measure.distinct, "")))
            of = _counted(rows, measure, measure.of_where, ways, measure.denominator)
    if later:
        only = " OR ".join(f"starts_with(_row, {text_sql(_identity(source))})" for source in then)
        sql, of = f"{sql} AND ({only})", f"{of} AND ({only})" if of else None
    if since:
        without = f"_row NOT IN ({', '.join(map(text_sql, since))})"
        sql, of = f"{sql} AND {without}", f"{of} AND {without}" if of else None
    return Question(measure, tuple(source for source in table if source.imported_at <= measure.at), sql, of)


def _as_it_was(source: Source, at: datetime) -> Source:
    """A source without the rows that were mended after `at`."""
    later = [one for one in source.mends if one.at > at]
    if not later:
        return source
    kept, double = sum(one.kept for one in later), sum(one.duplicates for one in later)
    return replace(
        source,
        mends=tuple(one for one in source.mends if one.at <= at),
        kept=source.kept - kept,
        duplicates=source.duplicates - double,
        quarantined=source.quarantined + kept + double,
        timed=source.timed - sum(one.timed for one in later),
    )


def _counted(events: Events, measure: Measure, where: str, ways: Sequence[str], expected: int) -> str:
    found = 0
    for distinct in ways:
        found, sql = events.measure(measure.table, where, distinct, measure.from_us, measure.to_us)
        if found == expected:
            return sql
    raise CaseboundError(
        f"The number {measure.number} was counted as {expected:,}, and the rows of the case now give {found:,}.",
        "Rows that were mended and a clock that was corrected change numbers: measure it again, and cite the new one.",
        meaning="Nothing was sealed: a number that cannot be recomputed must not be printed.",
        where=measure.number,
    )


class _borrowed:
    def __init__(self, events: Events) -> None:
        self._events = events

    def __enter__(self) -> Events:
        return self._events

    def __exit__(self, *_: object) -> None:
        return None


def _identity(source: Source) -> str:
    member = f"!{source.member}" if source.member else ""
    return f"{source.sha256}{member}/{source.table}/"


def members(questions: Sequence[Question], tables: Mapping[str, str]) -> list[Member]:
    """`data/queries/Q-0001.sql` and `.json`. `tables` is the member path of each table's CSV."""
    made: list[Member] = []
    for one in questions:
        measure = one.measure
        window = None
        if measure.from_us is not None or measure.to_us is not None:
            window = {
                "from": None if measure.from_us is None else utc(measure.from_us),
                "to": None if measure.to_us is None else utc(measure.to_us),
            }
        record = {
            "query": measure.number,
            "question": measure.question,
            "engine": "duckdb",
            "engine_version": version("duckdb"),
            "tables": {measure.table: tables[measure.table]},
            "parameters": {},
            "window": window,
            "unit": measure.unit,
            "result": measure.result,
            "denominator": measure.denominator,
            "denominator_of": measure.denominator_of or None if measure.denominator is not None else None,
            "denominator_sql": one.denominator_sql,
            "filter": measure.where,
        }
        path = f"data/queries/{measure.number}"
        made.append(Member(f"{path}.sql", "query", "application/sql", f"{one.sql};\n".encode()))
        made.append(Member(f"{path}.json", "query", "application/json", canonical(record) + b"\n"))
    return made


def loader(tables: Mapping[str, tuple[str, Sequence[str]]]) -> Member | None:
    """`data/queries/tables.sql`: makes a view of each enclosed table, guard stripped, for the queries to read.

    `tables` is (member path, column names) by table name. Run from the package's folder:
    `cat data/queries/tables.sql data/queries/Q-0001.sql | duckdb`.
    """
    if not tables:
        return None
    return Member("data/queries/tables.sql", "query", "application/sql", load_sql(tables).encode("utf-8"))


def load_sql(tables: Mapping[str, tuple[str, Sequence[str]]]) -> str:
    """The text of `data/queries/tables.sql`."""
    from casebound.sqltext import name_sql

    parts = []
    for table, (path, columns) in sorted(tables.items()):
        typed = ", ".join(f"{text_sql(name)}: 'VARCHAR'" for name in columns)
        cells = ",\n    ".join(
            f"CASE WHEN starts_with({name_sql(name)}, '''') THEN substr({name_sql(name)}, 2) "
            f"ELSE {name_sql(name)} END AS {name_sql(name)}"
            for name in columns
        )
        parts.append(
            f"CREATE TEMP VIEW {name_sql(table)} AS SELECT\n    {cells}\n"
            f"  FROM read_csv({text_sql(path)}, columns = {{{typed}}}, header = true, auto_detect = false, "
            "delim = ',', quote = '\"', escape = '\"', nullstr = '', allow_quoted_nulls = false, "
            "strict_mode = true, max_line_size = 67108864);\n"
        )
    return "".join(parts)
