"""Keys and relations between the tables of a case, recognised from the rows themselves.

A key is a column whose values are all there and all different. A relation is a column of some table whose values are
looked for in a key of another one: how many different values are found there, how many are missing, and in how many
rows. Only columns that could be meant so are compared: those with compatible names, and those that name a thing (role
"id" or "entity") whose first values are found. Keys of several columns are not looked for.
"""

# ruff: noqa: S608 - names are quoted by casebound.sqltext, values are parameters or quoted literals

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from casebound.case import ColumnRole, Source
from casebound.duck import ask, connect, number, watched
from casebound.errors import BadCase
from casebound.scratch import scratch_folder
from casebound.sqltext import name_sql, text_sql
from casebound.work import Progress, silent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from casebound.events import Events

_NAMING = (ColumnRole.ID, ColumnRole.ENTITY, ColumnRole.ACTOR, ColumnRole.OBJECT)
_KEY_ROLES = (ColumnRole.ID, ColumnRole.ENTITY)
_SAMPLED = 200  # values of a column that are looked for in every key before all of them are
_ENOUGH = 0.5  # share of the values that must be found where the names do not agree
_EXAMPLES = 5
_ROWS = "rows.duckdb"
_IDENTIFIER = re.compile(r"(?:^|[_.\s-])(?:id|uuid|guid|key|fingerprint|hash|email|ip)$|(?:Id|ID|Uuid|UUID)$")


@dataclass(frozen=True, slots=True)
class Relation:
    """Values of `table.column` looked for in `key_table.key_column`, which has every value once."""

    table: str
    column: str
    key_table: str
    key_column: str
    values: int  # different values, not counting empty ones
    found: int  # of them, those that the key has
    rows: int  # rows with a value
    rows_missing: int  # rows whose value the key does not have
    examples: tuple[str, ...]  # some of the values that are missing

    @property
    def missing(self) -> int:
        return self.values - self.found

    @property
    def words(self) -> str:
        """The relation in one sentence."""
        told = f"{self.table}.{self.column} → {self.key_table}.{self.key_column}: "
        told += f"{self.found:,} of {self.values:,} values found"
        if self.missing:
            rows = f"{self.rows_missing:,} {'row' if self.rows_missing == 1 else 'rows'}"
            return f"{told}, {self.missing:,} missing ({rows})."
        return f"{told}."


@dataclass(frozen=True, slots=True)
class _Column:
    table: str
    name: str
    role: ColumnRole
    distinct: int  # about


@dataclass(slots=True)
class _Table:
    name: str
    rows: int
    columns: dict[str, _Column]
    stores: list[tuple[str, tuple[str, ...]]]  # schema, and the columns that it has

    def sql(self, column: str) -> str:
        """All values of a column as text."""
        return " UNION ALL ".join(
            f"SELECT CAST({name_sql(column)} AS VARCHAR) AS v FROM {store}.rows"
            for store, names in self.stores
            if column in names
        )


def relations(events: Events, progress: Progress = silent) -> tuple[Relation, ...]:
    """The relations between the tables of a case; those with the same name in several sources are one table.

    Reads the stores by itself, with a scratch folder to spill into, so it may take a while on many million rows and is
    stopped by `progress`. Raises `BadCase` where rows cannot be read.
    """
    import duckdb

    with scratch_folder() as scratch:
        connection = connect(None, scratch)
        try:
            tables = _tables(connection, events.path, events.sources)
            return _found(connection, tables, progress)
        except (duckdb.IOException, duckdb.CatalogException) as error:
            raise BadCase(
                "The rows of this case cannot be compared with each other: a file of them cannot be read.",
                "Run `casebound check` on the case.",
                meaning="The originals and people's work are not affected.",
                where=str(events.path),
            ) from error
        finally:
            connection.close()


def _tables(connection: DuckDBPyConnection, case: Path, sources: Sequence[Source]) -> list[_Table]:
    tables: dict[str, _Table] = {}
    for source in sources:
        for folder in (source.generation, *(mend.generation for mend in source.mends)):
            store = f"s{sum(len(table.stores) for table in tables.values())}"
            ask(connection, f"ATTACH {text_sql(str(case / 'rows' / folder / _ROWS))} AS {store} (READ_ONLY)")
            described = ask(connection, f"SELECT name, role, distinct_values FROM {store}.columns ORDER BY number")
            table = tables.setdefault(source.table, _Table(source.table, 0, {}, []))
            table.rows += number(connection, f"SELECT count(*) FROM {store}.rows")
            table.stores.append((store, tuple(str(name) for name, *_ in described)))
            for name, role, distinct in described:
                old = table.columns.get(name)
                chosen = ColumnRole(role) if old is None or old.role is ColumnRole.TEXT else old.role
                table.columns[name] = _Column(source.table, name, chosen, int(distinct) + (old.distinct if old else 0))
    return list(tables.values())


def _found(connection: DuckDBPyConnection, tables: list[_Table], progress: Progress) -> tuple[Relation, ...]:
    keys = [(table, column) for table in tables for column in _keys(connection, table, progress)]
    columns = [
        (table, column) for table in tables for column in table.columns.values() if _may_refer(column) and table.rows
    ]
    ask(connection, "CREATE TEMP TABLE sampled (number BIGINT, v VARCHAR)")
    if keys:
        for index, (table, column) in enumerate(columns):
            progress(index, len(columns), "Looking at the columns")
            ask(
                connection,
                f"INSERT INTO sampled SELECT {index}, v FROM "
                f"(SELECT DISTINCT v FROM ({table.sql(column.name)}) WHERE v <> '' LIMIT {_SAMPLED})",
            )
    sampled = dict(ask(connection, "SELECT number, count(*) FROM sampled GROUP BY 1"))
    result = []
    for done, (key_table, key) in enumerate(keys):
        progress(done, len(keys), "Comparing tables")
        hits = dict(
            ask(
                connection,
                f"SELECT number, count(*) FROM sampled WHERE v IN ({key_table.sql(key.name)}) GROUP BY 1",
            )
        )
        for index, (table, column) in enumerate(columns):
            if not sampled.get(index) or (table is key_table and column.name == key.name):
                continue
            named = _compatible(column.name, key.name, key_table.name)
            if not named and hits.get(index, 0) < max(2, _ENOUGH * sampled[index]):
                continue
            if any(other is table and mine.name == column.name for other, mine in keys) and not _owns(
                key_table.name, key.name
            ):
                continue  # two keys alike: the table that is named after the key has it
            relation = _compared(connection, table, column, key_table, key, progress)
            if named or relation.found >= _ENOUGH * relation.values:
                result.append(relation)
    result.sort(key=lambda one: (one.table, one.column, -one.found, one.key_table))
    return tuple(result)


def _keys(connection: DuckDBPyConnection, table: _Table, progress: Progress) -> list[_Column]:
    """The columns whose values are all there and all different."""
    found = []
    for column in table.columns.values():
        stated = column.role is ColumnRole.ID
        may = stated or (column.role in _KEY_ROLES or _owns(table.name, column.name))
        if not may or table.rows < 1 or column.distinct < 0.9 * table.rows:
            continue
        watched(
            connection,
            f"CREATE OR REPLACE TEMP TABLE looked AS SELECT count(*) FILTER (v <> '') AS filled, "
            f"count(DISTINCT v) FILTER (v <> '') AS different FROM ({table.sql(column.name)})",
            progress,
            "Looking for keys",
        )
        filled, different = ask(connection, "SELECT filled, different FROM looked")[0]
        if filled == different == table.rows:
            found.append(column)
    return found


def _compared(
    connection: DuckDBPyConnection, table: _Table, column: _Column, key_table: _Table, key: _Column, progress: Progress
) -> Relation:
    watched(
        connection,
        f"""CREATE OR REPLACE TEMP TABLE compared AS
        WITH used AS (SELECT v, count(*) AS n FROM ({table.sql(column.name)}) WHERE v <> '' GROUP BY v),
        there AS (SELECT v FROM ({key_table.sql(key.name)}))
        SELECT used.v, used.n, there.v IS NOT NULL AS found FROM used LEFT JOIN there ON used.v = there.v""",
        progress,
        f"Comparing {table.name} with {key_table.name}",
    )
    values, found, rows, missing = ask(
        connection,
        "SELECT count(*), count(*) FILTER (found), COALESCE(sum(n), 0), COALESCE(sum(n) FILTER (NOT found), 0) "
        "FROM compared",
    )[0]
    examples = ask(connection, f"SELECT v FROM compared WHERE NOT found ORDER BY n DESC, v LIMIT {_EXAMPLES}")
    return Relation(
        table.name,
        column.name,
        key_table.name,
        key.name,
        int(values),
        int(found),
        int(rows),
        int(missing),
        tuple(str(value) for (value,) in examples),
    )


def _may_refer(column: _Column) -> bool:
    return column.role in _NAMING or bool(_IDENTIFIER.search(column.name))


def _compatible(column: str, key: str, key_table: str) -> bool:
    """Whether a column is named as if it referred to this key: account_id, created_by_account_id, or account_id for
    the id of accounts.
    """
    column, key = _simple(column), _simple(key)
    if key in ("id", "uuid", "guid", "key", "name"):
        return any(column == f"{name}_{key}" or column.endswith(f"_{name}_{key}") for name in _singular(key_table))
    return column == key or column.endswith(f"_{key}")


def _owns(table: str, column: str) -> bool:
    """Whether a table is named after this key: accounts.account_id, accounts.id."""
    column = _simple(column)
    return column in ("id", "uuid", "guid") or any(column == f"{name}_id" for name in _singular(table))


def _singular(table: str) -> tuple[str, ...]:
    name = _simple(table)
    short = name[:-3] + "y" if name.endswith("ies") else name.removesuffix("s")
    return tuple(dict.fromkeys((short, name)))


def _simple(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[\s.-]+", "_", spaced).lower()
