"""The connection to case.db: how it is opened so that nothing finished is ever lost and nothing half-done is ever seen.

WAL with synchronous=FULL: a commit that returned is on the disk. Writers begin IMMEDIATE; who looks
cannot write.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from casebound.errors import BadCase, CannotWrite

APPLICATION_ID: Final = 0x43424E44  # "CBND", in the file's header: case.db is ours before a table is read
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Database:
    """case.db opened. `mode` is "rw" for the one writer, "ro" to look, "immutable" for a read-only medium."""

    def __init__(self, path: Path, mode: str) -> None:
        self.path = path
        self.writable = mode == "rw"
        query = {"rw": "mode=rw", "ro": "mode=ro", "immutable": "mode=ro&immutable=1"}[mode]
        address = f"{path.absolute().as_uri()}?{query}"

        def connect() -> sqlite3.Connection:
            # Autocommit: BEGIN is ours to say (below). Threads take turns with a connection; the pool sees to that.
            return sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False, timeout=10)

        self.engine: Engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool)
        event.listen(self.engine, "connect", self._prepare)
        event.listen(self.engine, "begin", _begin)
        self._writing = self.engine.execution_options(writing=True)

    def _prepare(self, connection: Any, _: object) -> None:
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA trusted_schema=OFF")
        if self.writable:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
        else:
            connection.execute("PRAGMA query_only=ON")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent view. Rows read here must not leave the block."""
        with told(self.path), Session(self.engine) as session, session.begin():
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: everything or nothing. Raises `CannotWrite` where the disk refuses."""
        with told(self.path), Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """One transaction for a change of the schema."""
        with told(self.path), self._writing.begin() as connection:
            yield connection

    def close(self) -> None:
        """Put what the write-ahead log holds into case.db, so that the one file is whole, and let go."""
        try:
            if self.writable:
                with self.engine.connect() as connection:
                    connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
        except DatabaseError:
            pass  # the log stays beside the file and is read at the next opening; nothing is lost
        except sqlite3.Error:
            pass
        finally:
            self.engine.dispose()


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system refuse into words."""
    try:
        yield
    except DBAPIError as error:
        raise _in_words(error.orig, path) from error
    except sqlite3.Error as error:
        raise _in_words(error, path) from error
    except OSError as error:
        raise cannot_write(error, path) from error


def _in_words(error: BaseException | None, path: Path) -> Exception:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
        return CannotWrite(
            "The change could not be written: the disk is full or refuses.",
            "Make room on the disk, or check it, and try again.",
            meaning="Nothing was changed in the case.",
            where=str(path),
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")):
        return CannotWrite(
            "The change could not be written: the case may only be read here.",
            "Copy the case to a folder of your own and open it there.",
            meaning="Nothing was changed in the case.",
            where=str(path),
        )
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return CannotWrite(
            "Another program is busy with this case's database.",
            "Close that program and try again.",
            meaning="Nothing was changed in the case.",
            where=str(path),
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_CANTOPEN", "SQLITE_ERROR", "SQLITE_SCHEMA")):
        return BadCase(
            f"The case's database cannot be read: {error}.",
            "Use the last copy of the case, or a sealed package of it.",
            meaning="The originals under evidence/ do not depend on it and can still be checked by their names.",
            where=str(path),
        )
    return error if isinstance(error, Exception) else RuntimeError("the database failed without saying why")


def cannot_write(error: OSError, path: Path | str) -> CannotWrite:
    """A refusal of the file system in words."""
    if error.errno in _FULL:
        why, hint = "the disk is full", "Make room on the disk and try again."
    elif error.errno in (errno.EACCES, errno.EPERM):
        why, hint = "this account may not write there", "Choose another folder, or have the permission given."
    elif error.errno == errno.EROFS:
        why, hint = "the medium is read-only", "Copy it to a folder of your own first."
    elif error.errno == errno.ENOENT:
        why, hint = "the folder is not there", "Create the folder first, or choose another."
    else:
        why, hint = (os.strerror(error.errno) if error.errno else str(error)).lower(), "Check the disk and try again."
    return CannotWrite(
        f"Could not write: {why}.", hint, meaning="Nothing was changed in the case.", where=str(error.filename or path)
    )
