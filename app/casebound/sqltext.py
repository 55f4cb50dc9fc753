"""Writing hostile names and values into SQL."""

from __future__ import annotations


def name_sql(name: str) -> str:
    """A quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


def text_sql(value: str) -> str:
    """A quoted string literal. DuckDB reads no escapes in it but the doubled quote."""
    return "'" + value.replace("'", "''") + "'"
