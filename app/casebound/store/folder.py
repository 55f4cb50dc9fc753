"""The folder of a case on the disk: made whole or not at all, opened to write by one, to look by anybody."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import select

from casebound.case import Actor
from casebound.clock import Clock
from casebound.errors import BadCase, BadRequest
from casebound.store import models, schema
from casebound.store.change import begin_ledger, sentence, surroundings
from casebound.store.custodymodels import ReceiptRow
from casebound.store.database import APPLICATION_ID, Database, cannot_write
from casebound.store.disk import settle_folder
from casebound.store.evidence import Evidence
from casebound.store.home import home
from casebound.store.lock import Lock
from casebound.store.unfinished import Unfinished

DATABASE: Final = "case.db"
_MAGIC: Final = b"SQLite format 3\x00"


@dataclass(slots=True)
class Folder:
    """An open case folder. `swept` says what earlier sessions had left unfinished; it is gone now."""

    path: Path
    database: Database
    evidence: Evidence
    unfinished: Unfinished
    lock: Lock | None
    swept: tuple[str, ...] = ()
    closed: bool = False
    _copy: Path | None = None  # private copy of the database, where its log could not be read in place

    @property
    def read_only(self) -> bool:
        """Whether nothing may be written, and so nothing is recorded."""
        return self.lock is None

    @property
    def rows(self) -> Path:
        """Where the generations of rows lie."""
        return self.path / "rows"

    def home(self) -> str:
        """Where the folder lies, as `casebound.store.home` tells it."""
        return home(self.path, self.path / DATABASE)

    def named_originals(self) -> frozenset[str]:
        """The digests of every original that case.db names."""
        with self.database.reading() as session:
            return frozenset(
                digest
                for column in (models.SourceRow.sha256, models.AttachmentRow.sha256, ReceiptRow.sha256)
                for digest in session.scalars(select(column))
            )

    def named_generations(self) -> frozenset[str]:
        """The names of every generation that case.db names."""
        with self.database.reading() as session:
            return frozenset(session.scalars(select(models.SourceRow.generation))) | frozenset(
                session.scalars(select(models.MendRow.generation))
            )

    def close(self) -> None:
        """Leave one whole file behind, and let others write."""
        self.closed = True
        try:
            if self.lock is not None:
                self.unfinished.end()
        finally:
            self.database.close()
            if self.lock is not None:
                self.lock.release()
            if self._copy is not None:
                shutil.rmtree(self._copy, ignore_errors=True)


def create(path: Path, number: str, title: str, actor: Actor, clock: Clock) -> None:
    """Make a new case at `path`. Raises `BadRequest` where something is there, `CannotWrite` where it cannot be."""
    number = sentence(number, "The case number", longest=60)
    title = sentence(title, "The title", longest=500)
    if path.is_symlink() or (path.exists() and (not path.is_dir() or any(path.iterdir()))):
        raise BadRequest(
            f"There is something at {path} already.",
            "Choose another name for the case.",
            meaning="Nothing was changed.",
        )
    half = path.parent / f".half-{secrets.token_hex(6)}"
    try:
        half.mkdir(mode=0o700)
    except OSError as error:
        raise cannot_write(error, path.parent) from error
    try:
        for name in ("evidence", "rows", "packages"):
            (half / name).mkdir(mode=0o700)
        # Made before SQLite does, so that it and its log are the owner's alone whatever the umask.
        os.close(os.open(half / DATABASE, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        database = Database(half / DATABASE, "rw")
        try:
            with database.migrating() as connection:
                connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
                schema.upgrade(connection)
            with database.writing() as session:
                begin_ledger(session, number, title, actor, clock(), home(half, half / DATABASE))
        finally:
            database.close()
        settle_folder(half)
        if path.is_dir():
            path.rmdir()  # empty, and Windows does not put a folder in place of another
        half.replace(path)
        settle_folder(path.parent)
    except OSError as error:
        raise cannot_write(error, path) from error
    finally:
        shutil.rmtree(half, ignore_errors=True)


def open_folder(path: Path, actor: Actor, *, write: bool, clock: Clock) -> Folder:
    """Open a case. On a read-only medium it is opened to look, whatever was asked.

    Raises `BadCase` for what is no case or is of a newer version, `CaseLocked` where somebody else writes.
    """
    _require_case(path)
    if not (os.access(path, os.W_OK) and os.access(path / DATABASE, os.W_OK)):
        return _open_unwritable(path)
    if not write:
        return _checked(_folder(path, Database(path / DATABASE, "ro"), None))
    lock = Lock(path, actor.name, surroundings()[1], clock())
    try:
        folder = _checked(_folder(path, Database(path / DATABASE, "rw"), lock))
        try:
            folder.swept = folder.unfinished.sweep(lock.taken_ns)
        except OSError as error:
            folder.database.close()
            raise cannot_write(error, path) from error
        except BaseException:
            folder.database.close()
            raise
        return folder
    except BaseException:
        lock.release()
        raise


def _folder(path: Path, database: Database, lock: Lock | None) -> Folder:
    evidence = Evidence(path / "evidence")

    def originals() -> frozenset[str]:
        return folder.named_originals()

    def generations() -> frozenset[str]:
        return folder.named_generations()

    unfinished = Unfinished(path / "unfinished", evidence, path / "rows", originals, generations)
    folder = Folder(path, database, evidence, unfinished, lock)
    return folder


def _open_unwritable(path: Path) -> Folder:
    """Nothing can be written, not even SQLite's own log: read case.db as a file that nobody changes.

    A log that was left beside it holds the last changes and cannot be read in place; then a private copy is read.
    """
    log = path / f"{DATABASE}-wal"
    if not (log.exists() and log.stat().st_size):
        return _checked(_folder(path, Database(path / DATABASE, "immutable"), None))
    private = Path(tempfile.mkdtemp(prefix="casebound-"))
    try:
        for name in (DATABASE, log.name):
            shutil.copyfile(path / name, private / name)
        folder = _checked(_folder(path, Database(private / DATABASE, "ro"), None))
        folder._copy = private
        return folder
    except BaseException:
        shutil.rmtree(private, ignore_errors=True)
        raise


def _checked(folder: Folder) -> Folder:
    """Bring the schema up to date, or refuse what is not ours."""
    database = folder.database
    try:
        with contextlib.ExitStack() as stack:
            if database.writable:
                connection = stack.enter_context(database.migrating())
            else:
                connection = stack.enter_context(database.reading()).connection()
            found = schema.revision(connection)
            schema.require_known(found, folder.path)
            if database.writable:
                schema.require_plain(connection, folder.path)
            if found != schema.REVISIONS[-1]:
                if not database.writable:
                    raise BadCase(
                        "The case was written by an older version and must be brought up to date first.",
                        "Open it once for writing, in a folder of your own.",
                        where=str(folder.path),
                    )
                schema.upgrade(connection)
        return folder
    except BaseException:
        database.engine.dispose()
        raise


def _require_case(path: Path) -> None:
    where = str(path)
    if not path.exists():
        raise BadCase(f"There is no case at {path}.", "Check the name and the folder.", where=where)
    if not path.is_dir():
        raise BadCase(
            f"{path} is a file, not a case.",
            "A case is a folder. To check a sealed package, use “casebound verify”.",
            where=where,
        )
    try:
        with (path / DATABASE).open("rb") as stream:
            head = stream.read(100)
    except FileNotFoundError:
        raise BadCase(
            f"{path} is a folder, but not a case: it holds no {DATABASE}.",
            "Choose the folder of a case; its name ends in .casebound unless it was renamed.",
            where=where,
        ) from None
    except OSError as error:
        raise BadCase(
            f"The case at {path} cannot be read: {os.strerror(error.errno or 0).lower()}.",
            "Check that this account may read it.",
            where=where,
        ) from error
    if len(head) < 100 or head[:16] != _MAGIC or struct.unpack(">I", head[68:72])[0] != APPLICATION_ID:
        raise BadCase(
            f"{path} is not a case of this program: its {DATABASE} is something else, or was damaged.",
            "Use the last copy of the case, or a sealed package of it.",
            meaning="Nothing was changed in it.",
            where=where,
        )
