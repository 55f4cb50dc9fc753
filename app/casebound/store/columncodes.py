"""The codes of a case's columns: built beside the rows, named in case.db when they are whole, never in the ledger.

They are a cache: nothing that a person did or brought in is in them, and one that is missing only makes reading slower.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from casebound.duck import refusals_in_words
from casebound.store import models
from casebound.store.database import told
from casebound.store.disk import CODES, HALF, hash_file, make_folder, protect, settle, settle_folder
from casebound.store.folder import Folder
from casebound.work import Cancelled, Progress
from casebound_packaging.times import stamp

NOTE = "Preparing the columns for filters and facets"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A column of which codes are missing."""

    generation: str
    rows: int
    number: int
    name: str


def build_missing(
    folder: Folder, clock: Callable[[], datetime], turn: threading.RLock, progress: Progress, least_rows: int | None
) -> int:
    """Build the codes of every column that is worth it and lacks them, and name them. Returns how many were built.

    Those that were whole before a stop stay. Raises `CannotWrite` where the disk refuses.
    """
    # A case opens without numpy.
    from casebound.columncodes import LEAST_ROWS, codes_path

    wanted = _missing(folder, LEAST_ROWS if least_rows is None else least_rows)
    total, done, built = sum(one.rows for one in wanted), 0, 0
    for one in wanted:
        step = _behind(progress, done, total)
        target = codes_path(folder.path, one.generation, one.number)
        with told(target), refusals_in_words():
            digest = _build_whole(folder, target, one, step)
        done += one.rows
        if not digest:
            continue
        with turn:
            if folder.closed:
                raise Cancelled
            with folder.database.writing() as session:
                row = models.ColumnCodesRow(
                    generation=one.generation, name=one.name, digest=digest, built_at=stamp(clock())
                )
                session.merge(row)
        built += 1
    return built


def _behind(progress: Progress, before: int, whole: int) -> Progress:
    """Progress of one column among all of them."""

    def step(done: int, total: int, note: str = "") -> None:
        progress(before + done, whole, note or NOTE)

    return step


def _missing(folder: Folder, least_rows: int) -> list[_Wanted]:
    """Columns of the generations with rows on the timeline that are worth it and have no file that is named."""
    from casebound.columncodes import codes_path, worthwhile
    from casebound.rowstore import ROWS

    if (folder.path / CODES).is_symlink():
        return []
    source, mend = models.SourceRow, models.MendRow
    with folder.database.reading() as session:
        there = [(row.generation, row.timed) for row in session.scalars(select(source).order_by(source.number))] + [
            (row.generation, row.timed) for row in session.scalars(select(mend).order_by(mend.number))
        ]
    known = named(folder)
    wanted = []
    for generation, rows in there:
        if rows < max(least_rows, 1):
            continue
        for number, name in worthwhile(folder.rows / generation / ROWS):
            if (generation, name) not in known or not codes_path(folder.path, generation, number).is_file():
                wanted.append(_Wanted(generation, rows, number, name))
    return wanted


def _build_whole(folder: Folder, target: Path, one: _Wanted, progress: Progress) -> str:
    """Build the codes of a column under a half name, force them to the disk, and give them their name.

    Returns their SHA-256; "" where the column has too many values after all.
    """
    from casebound.columncodes import build
    from casebound.rowstore import ROWS

    make_folder(target.parent)
    half = target.with_name(HALF + target.name)
    half.unlink(missing_ok=True)
    try:
        if not build(folder.rows / one.generation / ROWS, half, one.generation, one.name, progress):
            return ""
        digest = hash_file(half)[0]
        settle(half)
        protect(half)
        if target.exists():
            target.chmod(0o600)  # Windows puts nothing in the place of a file that cannot be written
        half.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)
        raise
    settle_folder(target.parent)
    return digest


def named(folder: Folder) -> dict[tuple[str, str], str]:
    """The digest of every file of codes that case.db names, by generation and column."""
    with folder.database.reading() as session:
        return {(row.generation, row.name): row.digest for row in session.scalars(select(models.ColumnCodesRow))}
