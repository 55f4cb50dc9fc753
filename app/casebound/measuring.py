"""Numbers that anyone can count again: one SQL statement, the same over the live store and over the tables of a
package.
"""

# ruff: noqa: S608 - names are quoted by casebound.sqltext, values are parameters or quoted literals

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from casebound.duck import ask
from casebound.errors import BadRequest
from casebound.filter_fields import check_fields
from casebound.filter_sql import MarkLookup, Scope, condition
from casebound.filtering import parse
from casebound.generations import Generation, Generations
from casebound.sqltext import name_sql, text_sql


def measure(
    rows: Generations,
    tables: Sequence[Generation],
    table: str,
    where: str,
    distinct: str,
    window: str,
    marks: MarkLookup | None,
) -> tuple[int, str]:
    """Count, and the SQL that was run.

    It reads one relation named like the table, with the columns of `data/tables/<table>.csv`.
    """
    names = columns_of(tables)
    roles = tables[0].roles
    if any(one.roles != roles for one in tables):
        # Roles that differ between sources would make one word mean two columns.
        roles = {role: name for role, name in roles.items() if all(one.roles.get(role) == name for one in tables)}
    scope = Scope(names, roles, tuple(dict.fromkeys(source for one in tables for source in one.scope.sources)))
    found = parse(where)
    check_fields(found, [scope])
    column = next((name for name in names if name.lower() == distinct.lower()), "") or roles.get(distinct.lower(), "")
    if distinct and not column:
        raise BadRequest(
            f"“{table}” has no column “{distinct}” to count.", "Its columns are: " + ", ".join(names[:30]) + "."
        )
    counted = f"count(DISTINCT NULLIF({name_sql(column)}, ''))" if distinct else "count(*)"
    conditions = [part for part in (condition(found, scope, marks), window) if part != "true"] or ["true"]
    sql = f"SELECT {counted} FROM {name_sql(table)} WHERE {' AND '.join(conditions)}"
    view = " UNION ALL BY NAME ".join(as_text(one) for one in tables)
    with closing(rows.cursor()) as cursor:
        ask(cursor, f"CREATE TEMP VIEW {name_sql(table)} AS {view}")
        return int(ask(cursor, sql)[0][0]), sql


def columns_of(tables: Sequence[Generation]) -> tuple[str, ...]:
    """The columns of several sources of a table, each once, as it was first spelled: SQL knows no upper and lower."""
    found: dict[str, str] = {}
    for one in tables:
        for name in one.scope.columns:
            found.setdefault(name.lower(), name)
    return tuple(found.values())


def as_text(one: Generation) -> str:
    """The rows of a source as a package's table holds them, but for the time, which needs no text here."""
    cells = "".join(f", CAST({name_sql(name)} AS VARCHAR) AS {name_sql(name)}" for name in one.scope.columns)
    time = f"_time_us + {one.shift_us}" if one.shift_us else "_time_us"
    return f"SELECT {text_sql(one.identity)} || _ordinal AS _row, {time} AS _time_us{cells} FROM {one.store}.rows"
