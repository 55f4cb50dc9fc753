"""Writing hostile names and values into SQL."""

from __future__ import annotations

import re
from pathlib import Path


def name_sql(name: str) -> str:
    """A quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


def text_sql(value: str) -> str:
    """A quoted string literal. DuckDB reads no escapes in it but the doubled quote."""
    return "'" + value.replace("'", "''") + "'"


def path_sql(path: Path) -> str:
    """A file to read, as a literal in which no sign of its name stands for several files."""
    return text_sql(re.sub(r"([\[*?])", r"[\1]", str(path)))
