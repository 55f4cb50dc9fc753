"""What is set aside now: the records that no generation of their source could keep, grouped by what is wrong with them.

A record that a mend read again belongs to the last generation that read it: it is kept there, or is a duplicate there,
or is set aside there with the new reason.
"""

# ruff: noqa: S608 - names are our own, values are parameters or quoted literals

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from casebound.case import EventId, SetAside
from casebound.duck import ask
from casebound.errors import BadSource
from casebound.generations import Generation, Generations
from casebound.importers.batch import Refused
from casebound.sqltext import text_sql

_FIELDS = "_ordinal, _line, _offset, _length, _code, _reason, _raw"
_PAGE = 2_000
# Values differ and what is wrong with them does not: digits become 9, words in quotes become a.
_QUOTED = "regexp_extract(_reason, '“([^”]*)”', 1)"
_SHAPE = f"""CASE WHEN _code = 'columns' THEN substr(_reason, 1, 200)
    WHEN _code IN ('duplicate-key', 'too-long', 'json') THEN ''
    ELSE substr(regexp_replace(replace(_reason, '“' || {_QUOTED} || '”',
        '“' || regexp_replace({_QUOTED}, '\\p{{L}}+', 'a', 'g') || '”'), '[0-9]', '9', 'g'), 1, 200) END"""


@dataclass(frozen=True, slots=True)
class Group:
    """Set-aside records of a source that are set aside for one reason and look alike.

    `name` is how a person asks for it: the code, or "time-2" where the code stands for several shapes.
    """

    source: int
    name: str
    code: str
    shape: str
    count: int
    first: SetAside


@dataclass(frozen=True, slots=True)
class Choice:
    """Which set-aside records of a source are meant: of one code, of one shape of it, or these ordinals; else all."""

    code: str = ""
    shape: str | None = None
    ordinals: frozenset[int] | None = None

    @property
    def condition(self) -> str:
        """As SQL over the set-aside records."""
        parts = [f"_code = {text_sql(self.code)}"] if self.code else []
        if self.shape is not None:
            parts.append(f"({_SHAPE}) = {text_sql(self.shape)}")
        if self.ordinals is not None:
            listed = ", ".join(str(int(ordinal)) for ordinal in sorted(self.ordinals)) or "NULL"
            parts.append(f"_ordinal IN ({listed})")
        return " AND ".join(parts) or "true"


def records(rows: Generations, stores: Sequence[Generation], choice: Choice | None = None) -> Iterator[Refused]:
    """The set-aside records of one source, in the order of the original. `stores` are its generations, oldest first."""
    where = (choice or Choice()).condition
    with closing(rows.cursor()) as cursor:
        cursor.execute(f"SELECT {_FIELDS} FROM ({_current(stores)}) WHERE {where} ORDER BY _ordinal")
        while page := cursor.fetchmany(_PAGE):
            for ordinal, line, offset, length, code, reason, raw in page:
                yield Refused(ordinal, line, offset, length, code, reason, raw)


def set_aside(rows: Generations, stores: Sequence[Generation], choice: Choice | None = None) -> Iterator[SetAside]:
    """The set-aside records of one source as values."""
    number = stores[0].source.number
    for one in records(rows, stores, choice):
        yield SetAside(number, one.ordinal, one.line, one.offset, one.code, one.reason, one.raw)


def require_few(count: int, most: int | None, name: str) -> None:
    """Raises `BadSource` where more rows of the file are set aside than a person allowed."""
    if most is not None and count > most:
        raise BadSource(
            f"More than {most:,} {'row' if most == 1 else 'rows'} of “{name}” would be set aside.",
            "Look at the preview and change how it is read, or allow more.",
            meaning="Nothing was brought in.",
            where=name,
        )


def groups(rows: Generations, stores: Sequence[Generation]) -> tuple[Group, ...]:
    """The set-aside records of one source by what is wrong with them, the largest group first."""
    number = stores[0].source.number
    with closing(rows.cursor()) as cursor:
        found = ask(
            cursor,
            f"""WITH aside AS (SELECT *, {_SHAPE} AS shape FROM ({_current(stores)})),
            counted AS (SELECT _code, shape, count(*) AS n, min(_ordinal) AS first FROM aside GROUP BY 1, 2)
            SELECT c._code, c.shape, c.n, a._ordinal, a._line, a._offset, a._reason, a._raw
            FROM counted c JOIN aside a ON a._ordinal = c.first ORDER BY c.n DESC, c.first""",
        )
    of_code: dict[str, int] = {}
    for code, *_ in found:
        of_code[code] = of_code.get(code, 0) + 1
    given: dict[str, int] = {}
    made = []
    for code, shape, count, ordinal, line, offset, reason, raw in found:
        given[code] = given.get(code, 0) + 1
        name = code if of_code[code] == 1 else f"{code}-{given[code]}"
        first = SetAside(number, ordinal, line, offset, code, reason, raw)
        made.append(Group(number, name, code, shape, int(count), first))
    return tuple(made)


def repeated(rows: Generations, stores: Sequence[Generation]) -> dict[int, int]:
    """How many records of a source were left out as duplicates, by the number of the source of the first of each."""
    found: dict[int, int] = {}
    for one in stores:
        with closing(rows.cursor()) as cursor:
            names = {name for name, *_ in ask(cursor, f"DESCRIBE {one.store}.duplicates")}
            first = "_first_source" if "_first_source" in names else "NULL"  # stores of the first version lack it
            counted = ask(cursor, f"SELECT {first}, count(*) FROM {one.store}.duplicates GROUP BY 1")
        for source, count in counted:
            number = one.source.number if source is None else int(source)
            found[number] = found.get(number, 0) + int(count)
    return dict(sorted(found.items()))


def kept_since(rows: Generations, stores: Sequence[Generation], mends: int) -> list[EventId]:
    """The rows of a source that joined it after its first `mends` mends."""
    found = []
    for one in stores[1 + mends :]:
        source = one.source
        with closing(rows.cursor()) as cursor:
            ordinals = ask(cursor, f"SELECT _ordinal FROM {one.store}.rows ORDER BY 1")
        found += [EventId(source.sha256, source.member, source.table, int(ordinal)) for (ordinal,) in ordinals]
    return found


def _current(stores: Sequence[Generation]) -> str:
    """Set-aside records as they stand after the last mend, as a query."""
    first, *mends = stores
    found = f"SELECT {_FIELDS} FROM {first.store}.quarantine"
    for one in mends:
        read = " UNION ALL ".join(
            f"SELECT _ordinal FROM {one.store}.{table}" for table in ("rows", "quarantine", "duplicates")
        )
        found = (
            f"SELECT * FROM ({found}) WHERE _ordinal NOT IN ({read}) "
            f"UNION ALL SELECT {_FIELDS} FROM {one.store}.quarantine"
        )
    return found
