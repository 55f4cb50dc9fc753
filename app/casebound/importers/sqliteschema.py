"""What an SQLite file says of itself: its tables, and what in it is not read. Nothing in it is run or trusted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from casebound.errors import BadSource
from casebound.importers.batch import LONGEST_RECORD, MOST_COLUMNS
from casebound.sqltext import name_sql

_MOST_TABLES = 1_000
_MOST_ENTRIES = 100_000
FAULTS = (sqlite3.Error, UnicodeDecodeError)
"""What reading a damaged file raises: SQLite's words may quote bytes of the file that are no characters."""
_ROWIDS = ("rowid", "_rowid_", "oid")
_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_PRAGMA, sqlite3.SQLITE_FUNCTION})
_INNER = ("data", "idx", "docsize", "config", "segments", "segdir", "stat", "node", "rowid", "parent")
"""Tables of full-text and R-tree indexes; the texts themselves are in one that ends in _content, and are read."""
_FUNCTIONS = ("count", "substr")


@dataclass(frozen=True, slots=True)
class Table:
    """An ordinary table: its stored columns, the name its rowid goes by ("" where it has none), and the columns that
    would have to be computed.
    """

    name: str
    columns: tuple[str, ...]
    rowid: str
    computed: tuple[str, ...]

    def words(self) -> Iterator[str]:
        """What a person must know of it, a sentence each."""
        yield (
            "The line of a row is its rowid."
            if self.rowid
            else "The table has no rowids; the line of a row is its number in the order of its primary key."
        )
        if self.computed:
            yield f"Columns that would have to be computed are not stored and were not read: {_listed(self.computed)}."


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of a file, and what else is in it."""

    tables: tuple[Table, ...]
    views: tuple[str, ...]
    virtual: tuple[str, ...]
    indexes: tuple[str, ...]  # tables in which virtual ones keep how to find things
    unnamed: int  # tables whose name or columns cannot be told
    triggers: int
    free_pages: int
    logged: bool  # whether the file is of a database whose last changes go to a file of their own first
    beside: tuple[str, ...]  # such files lying beside it, with something in them

    def words(self) -> Iterator[str]:
        """What a person must know of the file, a sentence each."""
        if self.views:
            yield f"Views are questions, not rows, and were not run: {_listed(self.views)}."
        if self.virtual:
            yield f"Virtual tables need programs of their own and were not read: {_listed(self.virtual)}."
        if self.indexes:
            yield f"Tables that are indexes of virtual ones hold no rows and were not read: {_listed(self.indexes)}."
        if self.unnamed:
            yield f"{self.unnamed:,} tables have no name or no column that can be told, and were not read."
        if self.triggers:
            yield f"{self.triggers:,} {'trigger' if self.triggers == 1 else 'triggers'} did not run."
        if self.free_pages:
            yield f"{self.free_pages:,} free pages of the file may hold deleted rows; they were not read."
        if self.beside:
            yield (
                f"Beside the file lies {_listed(self.beside)}: changes that stand only there are not in the file and "
                f"were not read. Have them written into the file, and export it again."
            )
        elif self.logged:
            yield (
                "The database wrote its changes to a file of its own (-wal) first; what was not yet carried over when "
                "it was copied is not in it."
            )


def open_database(path: Path, name: str) -> sqlite3.Connection:
    """The file, read-only and as it stands. Close it. Raises `BadSource`."""
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False, isolation_level=None
        )
    except FAULTS as error:
        raise _bad(name, _words(error)) from error
    try:
        connection.text_factory = _decoded
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2 * LONGEST_RECORD)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.setlimit(sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 1)
        connection.setlimit(sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 100)
        for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON", "mmap_size = 0"):
            connection.execute(f"PRAGMA {pragma}").close()
        connection.set_authorizer(_allowed)
    except FAULTS as error:
        connection.close()
        raise _bad(name, _words(error)) from error
    return connection


def schema_of(connection: sqlite3.Connection, path: Path, name: str) -> Schema:
    """What the file holds. Raises `BadSource` where that cannot be told, or is more than any export has."""
    try:
        entries = connection.execute(
            f"SELECT type, name, rootpage, substr(sql, 1, 40) FROM main.sqlite_schema LIMIT {_MOST_ENTRIES + 1}"  # noqa: S608
        ).fetchall()
        free = int(connection.execute("PRAGMA freelist_count").fetchone()[0])
        if len(entries) > _MOST_ENTRIES:
            raise _bad(name, f"its schema has more than {_MOST_ENTRIES:,} entries")
        found: dict[str, list[str]] = {"plain": [], "view": [], "virtual": []}
        triggers = unnamed = 0
        for kind, title, root, sql in entries:
            triggers += kind == "trigger"
            if kind not in ("table", "view") or str(title).startswith("sqlite_"):
                continue
            if not _sayable(title):
                unnamed += 1
            elif kind == "view":
                found["view"].append(title)
            else:
                virtual = not root or str(sql).upper().startswith("CREATE VIRTUAL")
                found["virtual" if virtual else "plain"].append(title)
        inner = {f"{one}_{part}" for one in found["virtual"] for part in _INNER}
        indexes = tuple(title for title in found["plain"] if title in inner)
        found["plain"] = [title for title in found["plain"] if title not in inner]
        if len(found["plain"]) > _MOST_TABLES:
            raise _bad(name, f"it has {len(found['plain']):,} tables, and {_MOST_TABLES:,} can be read")
        tables = [_table(connection, title, name) for title in found["plain"]]
    except FAULTS as error:
        raise _bad(name, _words(error)) from error
    with path.open("rb") as stream:
        head = stream.read(20)
    beside = [path.with_name(path.name + end) for end in ("-wal", "-journal")]
    return Schema(
        tuple(table for table in tables if table is not None),
        tuple(found["view"]),
        tuple(found["virtual"]),
        indexes,
        unnamed + sum(table is None for table in tables),
        triggers,
        free,
        head[18:20] == b"\x02\x02",
        tuple(one.name for one in beside if one.is_file() and one.stat().st_size),
    )


def _table(connection: sqlite3.Connection, title: str, name: str) -> Table | None:
    columns: list[str] = []
    computed: list[str] = []
    for _, column, _, _, _, _, hidden in connection.execute(f"PRAGMA main.table_xinfo({name_sql(title)})"):
        if not _sayable(column):
            return None
        (computed if hidden == 2 else columns).append(column)
    if not columns:
        return None
    if len(columns) >= MOST_COLUMNS:  # SQLite answers with no more, and the rowid is one of them
        raise _bad(name, f"its table “{title}” has {len(columns):,} columns, and {MOST_COLUMNS - 1:,} can be read")
    taken = {column.lower() for column in (*columns, *computed)}
    rowid = next((one for one in _ROWIDS if one not in taken), "")
    if rowid:
        try:
            connection.execute(f"SELECT {rowid} FROM main.{name_sql(title)} LIMIT 0").close()  # noqa: S608
        except sqlite3.OperationalError:
            rowid = ""  # WITHOUT ROWID
    return Table(title, tuple(columns), rowid, tuple(computed))


def _allowed(action: int, first: str | None, second: str | None, _database: str | None, _inner: str | None) -> int:
    """What a statement of ours may do; everything else, whoever asks for it, may not."""
    if action not in _ALLOWED or (action == sqlite3.SQLITE_FUNCTION and second not in _FUNCTIONS):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _sayable(text: object) -> bool:
    """Whether a name can be written into a statement."""
    if not isinstance(text, str) or "\0" in text:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(f"“{name[:60]}”" for name in names[:10])
    return f"{shown} and {len(names) - 10:,} more" if len(names) > 10 else shown


def _words(error: Exception) -> str:
    return "its schema is damaged" if isinstance(error, UnicodeDecodeError) else str(error)[:200]


def _bad(name: str, why: str) -> BadSource:
    return BadSource(
        f"“{name}” cannot be read as an SQLite database: {why}.",
        "Ask for the export again; a copy made while a program was writing is often damaged.",
        where=name,
    )
