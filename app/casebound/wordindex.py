"""The words of a generation's texts: which rows hold each of them.

A word is a stretch of letters, digits, underscores and of all signs beyond ASCII, as DuckDB's `lower` writes it. A text
that is one stretch of these can only stand inside of words, so the rows of all words that hold it are exactly the rows
that hold the text. Any other text narrows the rows: those that hold the whole words in it, and words that end and begin
like its ends. Part of the file of `casebound.textindex`, built and checked there.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]
TABLES = {
    "words": "CREATE VIRTUAL TABLE words USING fts5(text, content='', detail=none, columnsize=0, "
    "tokenize='ascii tokenchars _')",
    "vocabulary": "CREATE TABLE vocabulary (word TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID",
    "long": "CREATE TABLE long (position INTEGER PRIMARY KEY)",
}
LONGEST = 30_000
"""Bytes of a row's texts whose words are indexed: FTS5 cuts words of 32,768. A longer row is always looked at."""
_WORD = re.compile(r"[0-9A-Za-z_\u0080-\U0010ffff]+")
_WORDS = 400  # words that are asked for together
_STEP = 2_000_000  # rows whose positions are asked for together
_NEW = 0.25  # of the words of some rows, how many may be new ones in texts whose words are worth an index


@dataclass(frozen=True, slots=True)
class Holding:
    """Rows that hold a text, sorted: exactly those, or those that may."""

    rows: Int64s
    exact: bool


def wordy(texts: Sequence[str]) -> bool:
    """Whether texts are made of words that come again, and not of names that stand once."""
    words = [word for text in texts for word in _WORD.findall(text)]
    return len(words) > 0 and len(set(words)) <= _NEW * len(words)


def finish(index: sqlite3.Connection) -> None:
    """Write which words there are, and in how many rows each stands."""
    index.execute("CREATE VIRTUAL TABLE temp.seen USING fts5vocab(main, words, row)")
    index.execute("INSERT INTO vocabulary SELECT term, doc FROM temp.seen")
    index.execute("DROP TABLE temp.seen")


def holding(index: sqlite3.Connection, lowered: str, low: int, high: int, count: int, most: int) -> Holding | None:
    """The rows of `low` to `high` (exclusive) that hold a text, or may; None where that cannot be said, or where more
    than `most` would have to be looked at. `count` is how many rows there are.

    Raises what SQLite raises.
    """
    pieces = list(_WORD.finditer(lowered))
    if not pieces:
        return None
    if pieces[0].span() == (0, len(lowered)):
        found = _words(index, "instr(word, ?)", lowered)
        if found is None:
            return None
        if any(each == count for _, each in found):
            return Holding(np.arange(low, high, dtype=np.int64), True)
        return Holding(_rows(index, _any(found), low, high), True) if found else Holding(_none(), True)
    asked = []
    least = count
    for piece in pieces:
        begins, ends = piece.start() > 0, piece.end() < len(lowered)
        where = "word = ?" if begins and ends else "substr(word, 1, length(?1)) = ?1"
        found = _words(index, where if begins else "substr(word, -length(?1)) = ?1", piece[0])
        if found is None:
            continue
        if not found:
            return Holding(_none(), True)
        least = min(least, sum(each for _, each in found))
        if not any(each == count for _, each in found):
            asked.append(f"({_any(found)})")
    if not asked or least * (high - low) > 4 * most * count:
        return None
    rows = _rows(index, " AND ".join(asked), low, high)
    return Holding(rows, False) if len(rows) <= most else None


def _words(index: sqlite3.Connection, where: str, text: str) -> list[tuple[str, int]] | None:
    """Words that are so, with the number of their rows; None where they are too many to ask for."""
    sql = f"SELECT word, count FROM vocabulary WHERE {where} LIMIT {_WORDS + 1}"  # noqa: S608 - conditions of our own
    found = [(str(word), int(count)) for word, count in index.execute(sql, (text,))]
    return found if len(found) <= _WORDS else None


def _any(words: Sequence[tuple[str, int]]) -> str:
    return " OR ".join('"' + word.replace('"', '""') + '"' for word, _ in words)


def _rows(index: sqlite3.Connection, asked: str, low: int, high: int) -> Int64s:
    """The positions that a question of FTS5 finds. As one text: ten times as fast as row by row."""
    found = []
    for start in range(low, high, _STEP):
        sql = "SELECT group_concat(rowid, ' ') FROM words WHERE words MATCH ? AND rowid >= ? AND rowid < ?"
        text = index.execute(sql, (asked, start, min(start + _STEP, high))).fetchone()[0]
        if text:
            found.append(np.fromstring(text, dtype=np.int64, sep=" "))
    return np.concatenate(found) if found else _none()


def _none() -> Int64s:
    return np.empty(0, dtype=np.int64)
