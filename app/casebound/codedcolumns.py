"""The codes of the columns of a case's rows, as far as they are there: read from the cache in the case's folder, or
made for this session.
"""

# ruff: noqa: S608 - names are quoted by casebound.sqltext, values are parameters or quoted literals

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from casebound.columncodes import MOST, WORDS, ColumnCodes, Named, codes_path, known, load, made, numeric
from casebound.sqltext import name_sql

if TYPE_CHECKING:
    from casebound.generations import Generation

_KEPT = 128 * 1024 * 1024  # bytes of codes made for this session that are kept; those of files are mapped pages
Key = tuple[int, str]


class CodedColumns:
    """Codes by generation (its index) and column. Any thread may ask."""

    def __init__(self, case_path: Path, rows: Sequence[Generation], named: Named) -> None:
        self._path, self._rows = case_path, rows
        self._named: Mapping[tuple[str, str], str] = dict(named)
        self._turn = threading.Lock()
        self._loaded: dict[Key, ColumnCodes | None] = {}
        self._made: OrderedDict[Key, ColumnCodes | None] = OrderedDict()

    def use(self, named: Named) -> None:
        """Use these files, by their digests: more were built."""
        with self._turn:
            self._named = dict(named)
            self._loaded = {key: codes for key, codes in self._loaded.items() if codes is not None}

    def at_hand(self, index: int, column: str) -> ColumnCodes | None:
        """The codes of a column where they need not be made first."""
        key = (index, column)
        with self._turn:
            if key not in self._loaded:
                self._loaded[key] = self._load(index, column)
            return self._loaded[key] or self._made.get(key)

    def of(self, index: int, column: str) -> ColumnCodes | None:
        """The codes of a column, made where they are nowhere; None where it has too many values."""
        found = self.at_hand(index, column)
        if found is not None:
            return found
        key = (index, column)
        with self._turn:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        codes = self._make(index, column)
        with self._turn:
            self._made[key] = codes
            while (
                sum(one.codes.nbytes for one in self._made.values() if one is not None) > _KEPT and len(self._made) > 1
            ):
                self._made.popitem(last=False)
        return codes

    def holding(self, index: int, column: str, condition: str) -> NDArray[np.bool_] | None:
        """For each value of a column at hand, whether the rows that hold it meet an SQL condition on that column."""
        found = self.at_hand(index, column)
        if found is None:
            return None
        cast = "BIGINT" if column in self._rows[index].scope.numbers else "VARCHAR"
        with closing(self._rows[index].cursor()) as cursor:
            known(cursor, found.values)
            sql = f"SELECT p FROM (SELECT p, CAST(v AS {cast}) AS {name_sql(column)} FROM {WORDS}) WHERE {condition}"
            chosen = cursor.execute(sql).fetchnumpy()["p"]
        table = np.zeros(len(found.values), dtype=np.bool_)
        table[np.asarray(chosen, dtype=np.int64)] = True
        return table

    def _load(self, index: int, column: str) -> ColumnCodes | None:
        one = self._rows[index]
        digest = self._named.get((one.name, column))
        if digest is None:
            return None
        path = codes_path(self._path, one.name, one.number_of(column))
        return load(path, one.name, column, len(one.times), digest)

    def _make(self, index: int, column: str) -> ColumnCodes | None:
        one = self._rows[index]
        roles = {name: (role, distinct) for name, role, distinct in one.described}
        role, distinct = roles[column]
        if distinct > 2 * MOST:
            return None
        kind = "BIGINT" if column in one.scope.numbers else "VARCHAR"
        with closing(one.cursor()) as cursor:
            return made(cursor, f"{one.store}.rows", column, numeric(kind, role), len(one.times))
