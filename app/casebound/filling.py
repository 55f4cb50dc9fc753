"""Filling the table of a generation with arranged rows, block by block, on as many threads as there are cores.

Each block is one transaction; they end in the order of the blocks, so that the table lies in the order of positions.
"""

# ruff: noqa: S608 - names are quoted by casebound.sqltext, values are parameters or quoted literals

from __future__ import annotations

import codecs
import hashlib
import json
import os
import queue
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from casebound.arranging import Arrangement
from casebound.duck import ask, write_failures
from casebound.importers.records import Dialect, next_record
from casebound.sqltext import name_sql, path_sql, text_sql
from casebound.stagedtext import Text
from casebound.staging import Staging, texts
from casebound.work import Progress

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

KNOWN = (
    "_position BIGINT NOT NULL, _ordinal BIGINT NOT NULL, _line BIGINT, _offset BIGINT, _length BIGINT, "
    "_time_us BIGINT, _reading USMALLINT"
)
"""What a table that `insert` fills has before the columns of the original."""
_MOST_THREADS = 4
_BEAT = 0.05  # seconds between two looks at progress
_DIGEST = "casebound rows 2"
_AT_ONCE = 512  # parts written by one call
_LINE, _BUFFER = 2 * 1024 * 1024, 8 * 1024 * 1024  # bytes: the longest line usually, and what is read at once


def fill(
    staging: Staging,
    arrangement: Arrangement,
    position: NDArray[Any],
    types: Sequence[str],
    progress: Progress,
) -> str:
    """Write `store.rows`. Returns the digest of the rows.

    `position` is that of each staged row. The digest is SHA-256 over a heading (the names of the columns and their
    types) and, for each block, SHA-256 over the positions, places, times and readings of its rows as int64, least byte
    first, and over the text of rows that do not stand plainly in the original. The same original, mapping and importer
    give the same again.
    """
    connection = staging.connection
    # Long texts are written twice as fast by zstd, and half as large.
    packed = {index: " USING COMPRESSION zstd" for index in staging.long or () if types[index] == "VARCHAR"}
    cells = "".join(
        f", {name_sql(name)} {kind}{packed.get(index, '')}"
        for index, (name, kind) in enumerate(zip(staging.columns, types, strict=True))
    )
    ask(connection, f"CREATE TABLE store.rows ({KNOWN}{cells})")
    heading = json.dumps([_DIGEST, list(staging.columns), list(types)], ensure_ascii=False)
    total = hashlib.sha256(heading.encode("utf-8", "backslashreplace"))
    work = _Work(staging, position, types)
    # One checkpoint at the end: rewriting row groups that are not full would cost more than they waste.
    for setting in ("threads = 1", "max_vacuum_tasks = 0", "wal_autocheckpoint = '1TB'"):
        ask(connection, f"SET {setting}")
    try:
        work.start()
        for text in arrangement.texts():
            _until(partial(work.offer, text), work, progress)
        _until(work.finished, work, progress)
        work.raise_failure()
    finally:
        work.end()
        ask(connection, f"SET threads = {os.cpu_count() or 2}")
    for number in range(len(work.digests)):
        total.update(work.digests[number])
    return total.hexdigest()


def _until(attempt: Callable[[], bool], work: _Work, progress: Progress) -> None:
    """Try until it is done; ask meanwhile whether a person wants to stop, and whether a thread failed."""
    while True:
        progress(work.done, work.rows, "Sorting by time")
        work.raise_failure()
        if attempt():
            return


class _Work:
    """The threads that insert, and what is between them."""

    def __init__(self, staging: Staging, position: NDArray[Any], types: Sequence[str]) -> None:
        self._staging, self._position, self._types = staging, position, types
        self._queue: queue.Queue[tuple[int, Text] | None] = queue.Queue(maxsize=1)
        self._turn = threading.Condition()
        self._next = self._given = 0
        self._failure: BaseException | None = None
        self._stopped = False
        self.digests: dict[int, bytes] = {}
        self.done, self.rows = 0, staging.count
        count = max(1, min(_MOST_THREADS, os.cpu_count() or 1))
        self._cursors = [staging.connection.cursor() for _ in range(count)]
        self._threads = [
            threading.Thread(target=self._run, args=(index,), name=f"casebound-rows-{index}", daemon=True)
            for index in range(count)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def offer(self, text: Text) -> bool:
        """Hand over one block; False where there is no room yet."""
        try:
            self._queue.put((self._given, text), timeout=_BEAT)
        except queue.Full:
            return False
        self._given += 1
        return True

    def finished(self) -> bool:
        """Whether every block is in the table."""
        with self._turn:
            return self._turn.wait_for(lambda: self._next == self._given or self._failure is not None, _BEAT)

    def raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def end(self) -> None:
        """Let the threads go, whatever they are doing."""
        with self._turn:
            self._stopped = True
            self._turn.notify_all()
        while any(thread.is_alive() for thread in self._threads):
            for cursor in self._cursors if self._next < self._given else ():
                cursor.interrupt()
            try:
                self._queue.put(None, timeout=_BEAT)
            except queue.Full:
                self._queue.get()
            for thread in self._threads:
                thread.join(_BEAT)
        for cursor in self._cursors:
            cursor.close()

    def _run(self, index: int) -> None:
        block = self._staging.scratch / f"block-{index}.csv"
        try:
            while (given := self._queue.get()) is not None and not self._stopped:
                number, text = given
                arrays = {"_position": self._position[text.rows].astype(np.int64)} | self._staging.known(text.rows)
                self.digests[number] = _digest(text, arrays)
                self._insert(self._cursors[index], block, number, text, arrays)
        except BaseException as error:  # noqa: BLE001 - carried to the caller's thread
            with self._turn:
                self._failure = self._failure or error
                self._turn.notify_all()
        finally:
            block.unlink(missing_ok=True)

    def _insert(
        self, cursor: DuckDBPyConnection, block: Path, number: int, text: Text, arrays: dict[str, NDArray[Any]]
    ) -> None:
        ask(cursor, "BEGIN")
        insert(cursor, "store.rows", block, self._staging.delimiter, text, arrays, self._types)
        with self._turn:
            self._turn.wait_for(lambda: self._next == number or self._stopped or self._failure is not None)
            if self._stopped or self._failure is not None:
                return
        ask(cursor, "COMMIT")
        with self._turn:
            self._next += 1
            self.done += len(text.rows)
            self._turn.notify_all()


def insert(
    cursor: DuckDBPyConnection,
    table: str,
    block: Path,
    delimiter: str,
    text: Text,
    arrays: dict[str, NDArray[Any]],
    types: Sequence[str],
) -> None:
    """Insert rows into a table inside the caller's transaction, in the order of `_position`.

    `arrays` are what is known of each row (`_position`, places and, in a table with times, moments), `text` are their
    values. DuckDB reads the text from the file `block`; where it does not find the records that were found before it,
    the values are read by our own rules.
    """
    import duckdb

    longest = _write(block, text, int(arrays["_length"].max(initial=0)))
    columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(types)))
    # DuckDB's strict mode finds no line that ends with CR and LF. What is read here was found to be plain before.
    strict = "true" if text.newline == "\\n" else "false"
    source = f"""read_csv({path_sql(block)}, auto_detect = false, header = false, delim = {text_sql(delimiter)},
        quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, strict_mode = {strict}, comment = '',
        new_line = '{text.newline}', columns = {{{columns}}}, max_line_size = {longest},
        buffer_size = {max(2 * longest, _BUFFER)}, parallel = false)"""
    # A record too many has no position, one too few no ordinal: neither may be NULL.
    place = "_position, CASE WHEN _read THEN _ordinal END, _line, _offset, _length"
    moment = "_time_us, _reading" if "_time_us" in arrays else "NULL, NULL"
    cells = "".join(f", CAST(c{index} AS {kind})" for index, kind in enumerate(types))
    wanted = f"INSERT INTO {table} SELECT {place}, {moment}{cells} FROM"
    cursor.register("places", arrays)
    try:
        ask(cursor, f"{wanted} (SELECT *, true AS _read FROM {source}) POSITIONAL JOIN places{_sorted(arrays)}")
    except duckdb.Error as error:
        if isinstance(error, (duckdb.InterruptException, *write_failures())):
            raise
        ask(cursor, "ROLLBACK")
        ask(cursor, "BEGIN")
        rows = _records(text.whole(), Dialect(delimiter.encode(), b"\n", "utf-8"), len(types))
        if len(rows) != len(arrays["_position"]):
            raise AssertionError("records were lost between being split and being read") from error
        values = dict(arrays)
        for index, column in enumerate(zip(*rows, strict=True)):
            values[f"c{index}"] = texts(list(column))
        cursor.register("incoming", values)
        ask(cursor, "SET pandas_analyze_sample = 0")
        ask(cursor, f"{wanted} (SELECT *, true AS _read FROM incoming){_sorted(arrays)}")
        cursor.unregister("incoming")
    cursor.unregister("places")


def _sorted(arrays: dict[str, NDArray[Any]]) -> str:
    position = arrays["_position"]
    return "" if (position[1:] > position[:-1]).all() else " ORDER BY _position"


def _records(text: bytes, dialect: Dialect, width: int) -> list[list[str | None]]:
    rows: list[list[str | None]] = []
    position = 0
    while position < len(text):
        record = next_record(text, position, dialect, True)
        if record is None or record.values is None or len(record.values) != width:
            if text[position : position + 1] == b"\n" and width == 1:
                rows.append([None])
                position += 1
                continue
            raise AssertionError("a record changed between being split and being read")
        rows.append(record.values)
        position = record.next
    return rows


def _digest(text: Text, arrays: dict[str, NDArray[Any]]) -> bytes:
    digest = hashlib.sha256()
    for values in arrays.values():
        digest.update(np.ascontiguousarray(values, dtype="<i8").data)
    # What stands in the original is told by its places there.
    for part in text.parts if text.own else ():
        digest.update(part)
    return digest.digest()


def _write(block: Path, text: Text, longest: int) -> int:
    """Write a text over the last one. Returns how many bytes a line of it has at most, with room to spare."""
    with block.open("r+b" if block.exists() else "w+b", buffering=0) as stream:
        # DuckDB takes a mark at the beginning for the file's own: where a value begins with one, it gets another.
        if text.parts and text.parts[0][:3] == codecs.BOM_UTF8:
            stream.write(codecs.BOM_UTF8)
        for first in range(0, len(text.parts), _AT_ONCE):
            rest = [memoryview(part) for part in text.parts[first : first + _AT_ONCE]]
            while rest:
                done = os.writev(stream.fileno(), rest) if hasattr(os, "writev") else stream.write(rest[0])
                while rest and done >= len(rest[0]):
                    done -= len(rest.pop(0))
                if done:
                    rest[0] = rest[0][done:]
        size = stream.tell()
        stream.truncate()
    return min(max(4 * longest, _LINE), size + 1) if text.own else max(longest + 2, _LINE)
