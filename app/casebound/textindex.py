"""The text index of one generation: which rows may hold a text, without reading their texts.

An SQLite file beside the rows, `text/<generation>.db`, that can be deleted and built again at any time. Of texts whose
words come again it holds the words (`casebound.wordindex`). Of names, which stand once, it holds every three characters
that stand side by side (FTS5, trigram, without the texts), as DuckDB's `lower` writes them, by the row's `_position`. A
text of three characters and more can only stand in rows that hold all of its own threes, so what the index names is
never too few rows; `casebound.textsearch` then looks at those rows themselves.
Read docs/adr/0009 before changing anything: the index may only ever save work, never decide what matches.
"""

# ruff: noqa: S608 - names are quoted by casebound.sqltext, values are parameters

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from casebound import wordindex
from casebound.case import ColumnRole
from casebound.duck import ask, connect
from casebound.sqltext import name_sql
from casebound.store.disk import TEXT
from casebound.work import Progress

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Int64s = NDArray[np.int64]
FORMAT = "2"
LEAST_ROWS = 20_000
"""Generations of fewer rows have none: all of them are looked through in a few milliseconds."""
SHORTEST = 3  # characters; what is shorter is looked for in the rows themselves
_LONGEST = 65_536  # characters of a row's texts that are indexed; a longer row is named for every text
_MANY = 1_000  # different values; a column of fewer is looked through in no time, because each value stands once
_SHARE = 8  # a column is indexed where it has a value of its own for every eighth row: else looking is nearly as fast
_STEP = 4_096  # rows that are read together
_FEW = 6  # threes of a text that are asked for: the rarest
_ASKED = 64  # characters of a long text whose threes are compared
_OFTEN = 8  # times as many rows as would be looked at: then the rarest three is too frequent to ask for
_SEEN = 2_000_000  # rows of a long table whose values were told apart when it was written
_SAMPLE = 20_000  # rows that are looked at to tell words from names
_TABLES = {
    "about": "CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
    "large": "CREATE TABLE large (position INTEGER PRIMARY KEY)",
    "threes": "CREATE VIRTUAL TABLE threes USING fts5(text, content='', detail=none, columnsize=0, "
    "tokenize='trigram case_sensitive 1')",
    "counts": "CREATE TABLE counts (three TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID",
    **wordindex.TABLES,
}
_PARTS = ("data", "idx", "config", "content", "docsize")
_KNOWN = {*_TABLES, *(f"{name}_{part}" for name in ("threes", "words") for part in _PARTS)}


def index_path(case_path: Path, generation: str) -> Path:
    """Where the index of a generation lies."""
    return case_path / TEXT / f"{generation}.db"


def supported() -> bool:
    """Whether this SQLite has what an index needs (FTS5 with trigrams, 3.34)."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute(_TABLES["threes"])
        except sqlite3.OperationalError:
            return False
    return True


def _lowered_by() -> str:
    """Whose `lower` made the texts: another version may know other letters, and the index would hide some rows."""
    import duckdb

    return str(duckdb.__version__)


@dataclass(frozen=True, slots=True)
class Texts:
    """What of a generation is indexed."""

    rows: int
    columns: tuple[str, ...]  # by their threes
    words: tuple[str, ...]  # by their words
    letters: tuple[str, ...]  # columns of which the index knows nothing but which bytes occur in them


def texts_of(rows: Path) -> Texts:
    """What an index of this row store would hold."""
    with contextlib.closing(connect(rows, None, read_only=True)) as store:
        count = int(ask(store, "SELECT count(*) FROM rows")[0][0])
        described = ask(store, "SELECT name, role, distinct_values FROM columns WHERE type = 'VARCHAR' ORDER BY number")
        own = [each for each in described if each[1] != ColumnRole.TIME and each[2] * _SHARE >= min(count, _SEEN)]
        words = [name for name, *_ in own if wordindex.wordy(_some(store, name, count))]
    names = [name for name, *_ in own if name not in words]
    indexed = {*names, *words}
    many = [name for name, _, distinct in described if distinct >= min(_MANY, count // _SHARE) and name not in indexed]
    return Texts(count, tuple(names), tuple(words), tuple(many))


def _some(store: DuckDBPyConnection, name: str, count: int) -> list[str]:
    """Texts of a column from all over the table."""
    column, step = name_sql(name), max(count // _SAMPLE, 1)
    starts = range(0, count, max(count // 8, 1)) if step > 1 else (0,)
    length = _SAMPLE // len(starts)
    where = " OR ".join(f"_position BETWEEN {start} AND {start + length - 1}" for start in starts)
    return [text for (text,) in ask(store, f"SELECT lower({column}) FROM rows WHERE ({where}) AND {column} <> ''")]


def build(rows: Path, target: Path, generation: str, texts: Texts, progress: Progress) -> None:
    """Write the index of the row store `rows` to the new file `target`. What raises leaves a file to be deleted.

    `progress` is told of rows. Memory stays below about 600 MB.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with (
        contextlib.closing(connect(rows, None, read_only=True)) as store,
        contextlib.closing(sqlite3.connect(target, isolation_level=None)) as index,
    ):
        # It works behind a person's back, and needs each block of rows once.
        ask(store, "SET threads = 1")
        ask(store, "SET memory_limit = '400MB'")
        # A half file is thrown away whole, so it needs no journal.
        for setting in ("journal_mode = OFF", "synchronous = OFF", "temp_store = MEMORY", "cache_size = -32768"):
            index.execute(f"PRAGMA {setting}")
        for sql in _TABLES.values():
            index.execute(sql)
        for name in ("threes", "words"):
            index.execute(f"INSERT INTO {name} ({name}, rank) VALUES ('hashsize', 33554432)")
        index.execute("BEGIN")
        seen = np.zeros((len(texts.letters), 256), dtype=bool)
        for start in range(0, texts.rows, _STEP):
            progress(start, texts.rows)
            _add(store, index, texts, start)
            _look(store, texts, start, seen)
        progress(texts.rows, texts.rows)
        wordindex.finish(index)
        index.execute("CREATE VIRTUAL TABLE temp.seen USING fts5vocab(main, threes, row)")
        index.execute("INSERT INTO counts SELECT term, doc FROM temp.seen")
        index.execute("DROP TABLE temp.seen")
        letters = {
            name: bytes(np.flatnonzero(line).astype(np.uint8)).hex()
            for name, line in zip(texts.letters, seen, strict=True)
        }
        about = {
            "format": FORMAT,
            "generation": generation,
            "rows": str(texts.rows),
            "lowered": _lowered_by(),
            "columns": json.dumps(texts.columns),
            "words": json.dumps(texts.words),
            "letters": json.dumps(letters),
        }
        index.executemany("INSERT INTO about VALUES (?, ?)", about.items())
        index.execute("COMMIT")
        progress(texts.rows, texts.rows)


def _add(store: DuckDBPyConnection, index: sqlite3.Connection, texts: Texts, start: int) -> None:
    """Index some rows."""
    kinds = ((texts.columns, "threes", f"length(text) <= {_LONGEST}", "large"),)
    for names, table, fits, large in (*kinds, (texts.words, "words", f"strlen(text) <= {wordindex.LONGEST}", "long")):
        if not names:
            continue
        parts = ", ".join(f"lower({name_sql(name)})" for name in names)
        # A line feed stands between two texts; the tokenizers end at a NUL, so none is in it.
        text = f"replace(concat_ws(chr(10), {parts}), chr(0), ' ')"
        found = store.execute(
            f"SELECT _position, CASE WHEN {fits} THEN text END FROM (SELECT _position, {text} AS text "
            f"FROM rows WHERE _position >= {start} AND _position < {start + _STEP}) ORDER BY _position"
        )
        while some := found.fetchmany(512):
            kept = (row for row in some if row[1] is not None)
            index.executemany(f"INSERT INTO {table} (rowid, text) VALUES (?, ?)", kept)
            index.executemany(f"INSERT INTO {large} VALUES (?)", ((row[0],) for row in some if row[1] is None))


def _look(store: DuckDBPyConnection, texts: Texts, start: int, seen: NDArray[np.bool_]) -> None:
    """Which bytes occur in the other columns."""
    for line, name in zip(seen, texts.letters, strict=True):
        found = store.execute(
            f"SELECT lower({name_sql(name)}) FROM rows WHERE _position >= {start} AND _position < {start + _STEP}"
        )
        while some := found.fetchmany(512):
            text = "".join(value for (value,) in some if value).encode("utf-8", "surrogatepass")
            line[np.frombuffer(text, dtype=np.uint8)] = True


class TextIndex:
    """An index opened to look into. Nothing in it is taken at its word: it names rows that are then looked at."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        rows: int,
        columns: tuple[str, ...],
        words: tuple[str, ...],
        letters: dict[str, bytes],
    ) -> None:
        self._connection, self._rows = connection, rows
        self.columns, self.words = columns, words
        self._letters = letters

    def may_hold(self, column: str, lowered: str) -> bool:
        """Whether a column that is not indexed may hold this text."""
        letters = self._letters.get(column)
        return letters is None or set(lowered.encode("utf-8", "surrogatepass")) <= set(letters)

    def rows(self, lowered: str, most: int) -> Int64s | None:
        """Positions of at least all rows whose indexed texts hold this text, as DuckDB lowers it; sorted.

        None where they are more than `most`, where the text is too short, or where the index cannot be read.
        """
        text = lowered.replace("\0", " ")
        threes = list(dict.fromkeys(text[at : at + SHORTEST] for at in range(min(len(text), _ASKED) - SHORTEST + 1)))
        if not threes:
            return None
        try:
            rarest = self._rarest(threes)
            if rarest and rarest[0][1] > _OFTEN * most:
                return None
            asked = " ".join('"' + three.replace('"', '""') + '"' for three, _ in rarest[:_FEW])
            found = self._positions("SELECT rowid FROM threes WHERE threes MATCH ? LIMIT ?", (asked, most + 1))
            if len(found) <= most:
                large = self._positions("SELECT position FROM large LIMIT ?", (most + 1,))
                found = np.unique(np.concatenate((found, large)))
        except (sqlite3.Error, OverflowError, UnicodeEncodeError, TypeError):
            return None
        return found if len(found) <= most else None

    def holding(self, lowered: str, low: int, high: int, most: int) -> wordindex.Holding | None:
        """The rows of `low` to `high` (exclusive) whose words hold a text, or may; those with long texts are in
        `always`. None where looking through the rows is as good.
        """
        try:
            return wordindex.holding(self._connection, lowered, low, high, self._rows, most)
        except (sqlite3.Error, OverflowError, UnicodeEncodeError, TypeError, ValueError):
            return None

    def always(self, most: int) -> Int64s | None:
        """Rows with texts too long for the index of words; None where they are more than `most`."""
        try:
            found = self._positions("SELECT position FROM long ORDER BY position LIMIT ?", (most + 1,))
        except (sqlite3.Error, OverflowError, TypeError):
            return None
        return found if len(found) <= most else None

    def _rarest(self, threes: Sequence[str]) -> list[tuple[str, int]]:
        """Each of these with the number of its rows, the rarest first."""
        sql = "SELECT count FROM counts WHERE three = ?"
        found = [(three, self._connection.execute(sql, (three,)).fetchone()) for three in threes]
        return sorted(((three, row[0] if row else 0) for three, row in found), key=lambda item: int(item[1]))

    def _positions(self, sql: str, parameters: tuple[str | int, ...]) -> Int64s:
        return np.fromiter((row[0] for row in self._connection.execute(sql, parameters)), dtype=np.int64)


@contextlib.contextmanager
def opened(path: Path, generation: str, rows: int) -> Iterator[TextIndex | None]:
    """The index of a generation; None where there is none, or where it is not of these rows, or strange."""
    with contextlib.ExitStack() as stack:
        found = None
        with contextlib.suppress(OSError, sqlite3.Error, ValueError, KeyError, TypeError, AttributeError):
            if path.is_file() and not path.is_symlink():
                address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
                connection = sqlite3.connect(address, uri=True, isolation_level=None)
                stack.callback(connection.close)
                found = _known(connection, generation, rows)
        yield found


def _known(connection: sqlite3.Connection, generation: str, rows: int) -> TextIndex | None:
    for setting in ("trusted_schema = OFF", "mmap_size = 0", "query_only = ON", "cell_size_check = ON"):
        connection.execute(f"PRAGMA {setting}")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 64 * 1024 * 1024)
    made = {name: (kind, sql) for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_master")}
    ours = all(made.get(name) == ("table", sql) for name, sql in _TABLES.items())
    if not ours or any(name not in _KNOWN or kind != "table" for name, (kind, _) in made.items()):
        return None
    about = dict(connection.execute("SELECT key, value FROM about LIMIT 20"))
    said = tuple(about[key] for key in ("format", "generation", "rows", "lowered"))
    if said != (FORMAT, generation, str(rows), _lowered_by()):
        return None
    columns, words, letters = (json.loads(about[key]) for key in ("columns", "words", "letters"))
    known = {name: bytes.fromhex(of) for name, of in letters.items()}
    return TextIndex(connection, rows, tuple(map(str, columns)), tuple(map(str, words)), known)
