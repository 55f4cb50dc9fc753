"""Rows that the case has already: export windows that overlap, and rows that a mend reads beside those that were kept.

Two rows are the same where the declared key, the time and every value are; a column that only one of them has counts as
empty in the other. The same row again is left out as a duplicate of the first occurrence. Another row under the same
key is no duplicate: both are kept where they come from two exports, and the later is set aside where they come from
one, as it would have been when that one was brought in.
"""

# ruff: noqa: S608 - names are quoted by casebound.sqltext, values are parameters or quoted literals

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from casebound.case import ColumnRole, Source, TableMapping
from casebound.duck import ask, number, watched
from casebound.filling import KNOWN, insert
from casebound.generation import SourceDraft
from casebound.keys import text_keys
from casebound.repetitions import taken
from casebound.rowstore import ROWS
from casebound.sqltext import name_sql, text_sql
from casebound.stagedtext import StagedText
from casebound.staging import Duplicate, Staging
from casebound.work import Progress
from casebound.writtentimes import shown

_NOTE = "Looking for rows that the case has already"
_EXAMPLES = 3
_PAGE = 2_000
_STEP = 200_000


@dataclass(frozen=True, slots=True)
class Earlier:
    """Rows of a source that are in the case: the stores of its generations, and the column that is its key."""

    number: int
    label: str
    stores: tuple[Path, ...]
    key: str
    own: bool = False  # the source whose rows are staged


@dataclass(frozen=True, slots=True)
class Clash:
    """The same key with other content: where it stands here, and where in the other source."""

    key: str
    line: int
    first_line: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a table that is being read shares with one source of the case."""

    label: str
    same: int  # rows that stand there already and are counted once
    other: int  # rows with a key that stands there with other content; kept
    examples: tuple[Clash, ...]


def earlier(
    case_path: Path,
    sources: Sequence[Source],
    mapping: TableMapping,
    own: int = 0,
    drafts: Sequence[SourceDraft] = (),
) -> tuple[Earlier, ...]:
    """The sources of the same table with a declared key, in the order in which they came; `own` first.

    `drafts` were read before in the same work, and will be numbered after the others.
    """
    if not mapping.named(ColumnRole.ID):
        return ()
    found = []
    for source in sorted(sources, key=lambda source: (source.number != own, source.number)):
        names = (source.generation, *(one.generation for one in source.mends))
        stores = tuple(case_path / "rows" / name / ROWS for name in names)
        found.append((source.number, source.mapping, stores))
    following = max((source.number for source in sources), default=0) + 1
    found += [(number, draft.mapping, (draft.generation / ROWS,)) for number, draft in enumerate(drafts, following)]
    return tuple(
        Earlier(number, f"S-{number:02d}", stores, key, number == own)
        for number, other, stores in found
        if other.table == mapping.table and (key := other.named(ColumnRole.ID))
    )


def reconcile(staging: Staging, sources: Sequence[Earlier], progress: Progress) -> tuple[Overlap, ...]:
    """Compare what is staged with rows of the case, before it is written; what stands there already is left out."""
    key = staging.mapping.named(ColumnRole.ID)
    if not key or not sources:
        return ()
    staging.finish()
    keys = np.sort(staging.places["key"].whole())
    found = []
    for one in sources:
        same, other, examples = 0, 0, list[Clash]()
        for path in one.stores:
            ask(staging.connection, f"ATTACH {text_sql(str(path))} AS earlier (READ_ONLY)")
            try:
                if not _met(staging, one, keys, progress):
                    continue
                part = _compare(staging, one, key, progress)
            finally:
                ask(staging.connection, "DETACH earlier")
            same, other, examples = same + part.same, other + part.other, [*examples, *part.examples]
        if same or other:
            found.append(Overlap(one.label, same, other, tuple(examples[:_EXAMPLES])))
    return tuple(found)


def words(overlaps: Sequence[Overlap], key: str) -> list[str]:
    """What a person is told of it."""
    told = []
    for one in overlaps:
        if one.same:
            are = "row stands" if one.same == 1 else "rows stand"
            told.append(f"{one.same:,} {are} already in {one.label} with the same {key} and content; counted once.")
        if one.other:
            are = "row has" if one.other == 1 else "rows have"
            first = "; ".join(
                f"{shown(each.key)} in line {each.line:,} and in line {each.first_line:,} of {one.label}"
                for each in one.examples
            )
            told.append(
                f"{one.other:,} {are} the {key} of a row that stands in {one.label} with other content. "
                f"Both were kept: {first}."
            )
    return told


def _compare(staging: Staging, one: Earlier, key: str, progress: Progress) -> Overlap:
    """Compare with one store, attached as `earlier`."""
    connection = staging.connection
    here, there = f"c{staging.columns.index(key)}", f"CAST(e.{name_sql(one.key)} AS VARCHAR)"
    watched(
        connection,
        f"""CREATE OR REPLACE TEMP TABLE met AS SELECT s._ordinal, e._ordinal AS first FROM staged s
        JOIN earlier.rows e ON {there} = s.{here} WHERE s.{here} <> ''""",
        progress,
        _NOTE,
    )
    watched(
        connection,
        f"""CREATE OR REPLACE TEMP TABLE compared AS
        SELECT m._ordinal, s._line, s._offset, s._length, m.first, e._line AS first_line, s.{here} AS key,
            {_alike(staging)} AS same
        FROM met m JOIN staged s ON s._ordinal = m._ordinal JOIN earlier.rows e ON e._ordinal = m.first""",
        progress,
        _NOTE,
    )
    same = number(connection, "SELECT count(*) FROM compared WHERE same")
    other = number(connection, "SELECT count(*) FROM compared WHERE NOT same")
    if same:
        rows = ask(connection, "SELECT _ordinal, _line, _offset, first, first_line FROM compared WHERE same")
        source = None if one.own else one.number
        staging.standing += [Duplicate(int(a), int(b), int(c), int(d), int(e), source) for a, b, c, d, e in rows]
    if other and one.own:
        _set_aside(staging, progress)
        return Overlap(one.label, same, 0, ())
    clashes = ask(
        connection,
        f"SELECT key, _line, first_line FROM compared WHERE NOT same ORDER BY _ordinal LIMIT {_EXAMPLES}",
    )
    return Overlap(one.label, same, other, tuple(Clash(*clash) for clash in clashes))


def _alike(staging: Staging) -> str:
    """The condition that a row staged (s) and a row of the earlier store (e) are the same in time and every value."""
    there = {name.lower(): name for (name,) in ask(staging.connection, "SELECT name FROM earlier.columns")}
    here = {name.lower(): f"s.c{index}" for index, name in enumerate(staging.columns)}
    parts = ["s._time_us IS NOT DISTINCT FROM e._time_us"]
    for name in dict.fromkeys((*here, *there)):
        other = f"CAST(e.{name_sql(there[name])} AS VARCHAR)" if name in there else "NULL"
        parts.append(f"{here.get(name, 'NULL')} IS NOT DISTINCT FROM {other}")
    return " AND ".join(parts)


def _set_aside(staging: Staging, progress: Progress) -> None:
    """Set aside what has a key of the same export with other content."""
    connection = staging.connection
    cells = ", ".join(f"s.c{index}" for index in range(len(staging.columns)))
    rows = ask(
        connection,
        f"""SELECT m._ordinal, m._line, m._offset, m._length, m.first_line, {cells}
        FROM compared m JOIN staged s ON s._ordinal = m._ordinal WHERE NOT m.same ORDER BY m._ordinal""",
    )
    staging.clashing += [int(row[0]) for row in rows]
    for start in range(0, len(rows), _PAGE):
        progress(start, len(rows), _NOTE)
        staging.set_aside(
            [
                taken(staging, (ordinal, line, offset, length), first_line, values)
                for ordinal, line, offset, length, first_line, *values in rows[start : start + _PAGE]
            ]
        )


def _met(staging: Staging, one: Earlier, keys: NDArray[np.uint64], progress: Progress) -> bool:
    """Make the table `staged` of the rows whose keys may stand in the store attached as `earlier`: usually none.

    Its columns are c0, c1 … What another store has been found to hold is not compared again.
    """
    connection = staging.connection
    count = number(connection, "SELECT count(*) FROM earlier.rows")
    key = f"CAST({name_sql(one.key)} AS VARCHAR)"
    met: list[NDArray[np.uint64]] = []
    for start in range(0, count, _STEP):
        progress(start, count, _NOTE)
        span = f"_position >= {start} AND _position < {start + _STEP}"
        found = connection.execute(f"SELECT coalesce({key}, '') AS k FROM earlier.rows WHERE {span}").fetchnumpy()
        theirs = text_keys(list(found["k"]))
        place = np.minimum(np.searchsorted(keys, theirs), max(len(keys) - 1, 0))
        met.append(theirs[(theirs != 0) & (keys[place] == theirs)] if len(keys) else theirs[:0])
    shared = np.unique(np.concatenate(met)) if met else keys[:0]
    if not len(shared):
        return False
    ordinals = staging.places["ordinal"].whole()
    done = [one.ordinal for one in staging.standing] + staging.clashing
    rows = np.flatnonzero(np.isin(staging.places["key"].whole(), shared) & ~np.isin(ordinals, done))
    cells = "".join(f", c{index} VARCHAR" for index in range(len(staging.columns)))
    ask(connection, f"CREATE OR REPLACE TABLE staged ({KNOWN}{cells})")
    text, block = StagedText(staging), staging.scratch / "staged.csv"
    for start in range(0, len(rows), _STEP):
        progress(start, len(rows), _NOTE)
        page = rows[start : start + _STEP]
        arrays = {"_position": page} | staging.known(page)
        ask(connection, "BEGIN")
        types = ["VARCHAR"] * len(staging.columns)
        insert(connection, "staged", block, staging.delimiter, text.text(page), arrays, types)
        ask(connection, "COMMIT")
    return True
