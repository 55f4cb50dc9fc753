"""Filters over a generation of rows with the help of its text index, where it has one.

The rows are the same with and without: what the index names is looked at again with the very condition that a search
without it uses. Counts that go into findings and packages are made without any index (`casebound.measuring`).
"""

# ruff: noqa: S608 - names are quoted by casebound.sqltext, values are parameters or quoted literals

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np

from casebound.duck import ask
from casebound.filter_sql import MarkLookup, condition, word_columns, word_in
from casebound.filter_tree import Filter, Word
from casebound.textindex import Int64s, TextIndex, opened

if TYPE_CHECKING:
    from casebound.generations import Generation

# Looking at one row in eight costs about what looking at all of them in their order does.
_SHARE = 8


def matching(one: Generation, found: Filter, marks: MarkLookup | None, window: str) -> Int64s:
    """Positions of the rows of a generation that match a filter and the condition `window`, sorted."""
    chosen: dict[str, Int64s] = {}

    def known(word: Word) -> str:
        name = f"word_{word.position}"
        if name not in chosen:
            rows = _holding(one, word)
            if rows is None:
                return ""
            chosen[name] = rows
        return f"(_position IN (SELECT p FROM {name}))"

    where = condition(found, one.scope, marks, known)
    if isinstance(found.root, Word) and chosen and window == "true":
        return next(iter(chosen.values()))
    return one.positions(f"{where} AND {window}", chosen)


def _holding(one: Generation, word: Word) -> Int64s | None:
    """Exactly the rows that hold a text in any column; None where looking at all of them is as good."""
    with opened(one.text_index, one.name, len(one.times)) as index:
        if index is None:
            return None
        with closing(one.cursor()) as cursor:
            lowered = str(ask(cursor, "SELECT lower(?)", [word.text])[0][0])
        candidates = index.rows(lowered, max(1_000, len(one.times) // _SHARE))
        if candidates is None:
            return None
        return _looked_at(one, word, lowered, index, candidates)


def _looked_at(one: Generation, word: Word, lowered: str, index: TextIndex, candidates: Int64s) -> Int64s:
    indexed = frozenset(index.columns)
    columns = word_columns(word, one.scope)
    inside = [name for name in columns if name in indexed]
    others = [name for name in columns if name not in indexed and index.may_hold(name, lowered)]
    held = np.empty(0, dtype=np.int64)
    if inside and len(candidates):
        where = f"_position IN (SELECT p FROM candidates) AND {word_in(word, one.scope, inside)}"
        held = one.positions(where, {"candidates": candidates})
    if others:
        held = np.union1d(held, one.positions(word_in(word, one.scope, others)))
    return held
