"""DuckDB as it is used here: it loads nothing from anywhere, spills into a folder of ours, and long statements
answer Stop.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casebound.errors import CannotWrite
from casebound.work import Progress

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "1GB"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_BEAT = 0.05  # seconds between two looks at progress


def connect(path: Path | None, scratch: Path | None, *, read_only: bool = False) -> DuckDBPyConnection:
    """A connection to a file, or to memory where `path` is None. Spills into `scratch`; without it, never."""
    import duckdb

    return duckdb.connect(
        str(path) if path else ":memory:",
        read_only=read_only,
        config={
            "memory_limit": MEMORY,
            "temp_directory": str(scratch) if scratch else "",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "preserve_insertion_order": "true",
        },
    )


def ask(connection: DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of the answer. Every statement is finished: an open result blocks the connection."""
    return connection.execute(sql, list(parameters) or None).fetchall()


def number(connection: DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> int:
    """The one number that is the answer."""
    return int(ask(connection, sql, parameters)[0][0])


def write_failures() -> tuple[type[Exception], ...]:
    """What DuckDB raises where the disk or the memory refuses; a commit that cannot be written is a failed transaction
    to it, and fatal to what comes after."""
    import duckdb

    return (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.TransactionException, duckdb.FatalException)


@contextmanager
def refusals_in_words() -> Iterator[None]:
    """What the disk refuses while rows are written, in words. Raises `CannotWrite`. Can stand before a function."""
    known: tuple[type[Exception], ...] = (*write_failures(), OSError, MemoryError)
    try:
        yield
    except known as error:
        if isinstance(error, OSError) and error.errno not in _FULL:
            raise
        why = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else "the disk is full"
        hint = "Make room on the disk and try again."
        if isinstance(error, MemoryError):
            why, hint = "there is not enough memory", "Close other programs and try again."
        raise CannotWrite(
            f"The rows could not be written: {why}.",
            hint,
            meaning="Nothing was changed in the case.",
        ) from error


def watched(connection: DuckDBPyConnection, sql: str, progress: Progress, note: str) -> None:
    """Execute on a thread of its own while `progress` is asked; where that raises, interrupt, wait for the end, and
    let it pass.
    """
    failure: list[BaseException] = []

    def work() -> None:
        try:
            ask(connection, sql)
        except BaseException as error:  # noqa: BLE001 - carried to the caller's thread
            failure.append(error)

    progress(0, 0, note)
    thread = threading.Thread(target=work, name="casebound-sql", daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            progress(0, 0, note)
            thread.join(_BEAT)
    except BaseException:
        while thread.is_alive():
            connection.interrupt()
            thread.join(_BEAT)
        raise
    if failure:
        raise failure[0]
