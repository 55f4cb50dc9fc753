"""Texts in the columns of a generation that have no codes: with the help of its text index, where it has one.

The rows are the same with and without: what the index names is looked at again with the very condition that a search
without it uses. Counts that go into findings and packages are made without any index (`casebound.measuring`).
"""

# ruff: noqa: S608 - names are quoted by casebound.sqltext, values are parameters or quoted literals

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from casebound.duck import ask
from casebound.filter_sql import word_in
from casebound.filter_tree import Word
from casebound.sqltext import name_sql, text_sql
from casebound.textindex import Int64s, TextIndex, opened

if TYPE_CHECKING:
    from casebound.generations import Generation

# Looking at one row in sixteen by their positions costs about what looking at all of them in their order does.
_SHARE = 16
_FEW = 20_000  # rows that are looked up in the index where only a stretch of the rows is asked for
_SIGNS = frozenset("0123456789 -_.:,;/+*=()[]{}<>#%&@!?$'\"|~^`")


@dataclass(frozen=True, slots=True)
class _Held:
    """What the index knows of a text: the rows of `columns` that hold it, and columns that cannot."""

    rows: Int64s
    columns: frozenset[str]
    never: frozenset[str]
    whole: bool  # whether more was looked up than a stretch needs


class Texts:
    """What is looked for in the texts of one generation."""

    def __init__(self, one: Generation) -> None:
        self._one = one
        self._lowered: dict[str, str] = {}
        self._held: dict[str, _Held] = {}

    def holding(self, word: Word, columns: Sequence[str], low: int, high: int) -> tuple[Int64s, list[str]]:
        """Positions of `low` to `high` (exclusive) that hold a text in some of these columns; and the columns that are
        still to be looked through.
        """
        one = self._one
        whole = high - low == len(one.times)
        with opened(one.text_index, one.name, len(one.times)) as index:
            if index is None:
                return np.empty(0, dtype=np.int64), list(columns)
            held = self._held.get(word.text)
            if held is None or (whole and not held.whole):
                held = self._held[word.text] = self._by_threes(index, word, columns, whole)
            begin, end = np.searchsorted(held.rows, np.array([low, high], dtype=np.int64)).tolist()
            rows, known = held.rows[begin:end], held.columns
            inside = [name for name in columns if name in index.words]
            if inside:
                found = self._by_words(index, word, inside, low, high)
                if found is not None:
                    rows, known = np.concatenate((rows, found)), known | frozenset(inside)
        return rows, [name for name in columns if name not in known and name not in held.never]

    def condition(self, word: Word, columns: Sequence[str]) -> str:
        """The condition that a text stands in one of these columns, in either case, in SQL."""
        if set(word.text) <= _SIGNS:
            # No letter becomes one of these, nor one of these another: as it stands is as good, and half the work.
            scope = self._one.scope
            texts = [f"CAST({name_sql(n)} AS VARCHAR)" if n in scope.numbers else name_sql(n) for n in columns]
            return " OR ".join(f"COALESCE(contains({text}, {text_sql(word.text)}), false)" for text in texts)
        return word_in(word, self._one.scope, columns)

    def _by_threes(self, index: TextIndex, word: Word, columns: Sequence[str], whole: bool) -> _Held:
        """Rows that hold a text in one of the columns of names."""
        one, lowered = self._one, self._lower(word.text)
        others = [name for name in columns if name not in index.columns and name not in index.words]
        never = frozenset(name for name in others if not index.may_hold(name, lowered))
        inside = [name for name in columns if name in index.columns]
        most = max(1_000, len(one.times) // _SHARE)
        candidates = index.rows(lowered, most if whole else min(most, _FEW)) if inside else None
        if candidates is None:
            return _Held(np.empty(0, dtype=np.int64), frozenset(), never, whole or not inside)
        return _Held(self._looked_at(word, inside, candidates), frozenset(inside), never, True)

    def _by_words(self, index: TextIndex, word: Word, inside: Sequence[str], low: int, high: int) -> Int64s | None:
        """Rows that hold a text in one of the columns of words; None where looking through them is as good."""
        most = max(1_000, (high - low) // _SHARE)
        found, long = index.holding(self._lower(word.text), low, high, most), index.always(_FEW)
        if found is None or long is None:
            return None
        rows = found.rows if found.exact else self._looked_at(word, inside, found.rows)
        long = long[(long >= low) & (long < high)]
        return np.concatenate((rows, self._looked_at(word, inside, long))) if len(long) else rows

    def _looked_at(self, word: Word, inside: Sequence[str], candidates: Int64s) -> Int64s:
        """Those of some rows that hold a text in one of these columns, sorted."""
        if not len(candidates):
            return candidates
        where = f"_position IN (SELECT p FROM candidates) AND ({self.condition(word, inside)})"
        return self._one.positions(where, {"candidates": candidates})

    def _lower(self, text: str) -> str:
        if text not in self._lowered:
            with closing(self._one.cursor()) as cursor:
                self._lowered[text] = str(ask(cursor, "SELECT lower(?)", [text])[0][0])
        return self._lowered[text]
