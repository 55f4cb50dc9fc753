"""The text indexes of a case: built beside the rows, named in case.db when they are whole, never in the ledger.

They are a cache: nothing that a person did or brought in is in them, and one that is missing only makes search slower.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from casebound.duck import refusals_in_words
from casebound.store import models
from casebound.store.database import told
from casebound.store.disk import HALF, TEXT, hash_file, make_folder, protect, settle, settle_folder
from casebound.store.folder import Folder
from casebound.work import Cancelled, Progress
from casebound_packaging.times import stamp

if TYPE_CHECKING:
    from casebound.textindex import Texts


def build_missing(
    folder: Folder, clock: Callable[[], datetime], turn: threading.RLock, progress: Progress, least_rows: int | None
) -> int:
    """Build every index that is missing, and name it. Returns how many were built.

    Those that were whole before a stop stay. Raises `CannotWrite` where the disk refuses.
    """
    # A case opens without numpy.
    from casebound.rowstore import ROWS
    from casebound.textindex import LEAST_ROWS, index_path

    wanted = _missing(folder, LEAST_ROWS if least_rows is None else least_rows)
    total, done = sum(texts.rows for texts in wanted.values()), 0
    for generation, texts in wanted.items():
        step = _behind(progress, done, total)
        target = index_path(folder.path, generation)
        with told(target), refusals_in_words():
            digest = _build_whole(folder.rows / generation / ROWS, target, generation, texts, step)
        with turn:
            if folder.closed:
                raise Cancelled
            with folder.database.writing() as session:
                built = models.TextIndexRow(generation=generation, digest=digest, built_at=stamp(clock()))
                session.merge(built)
        done += texts.rows
    return len(wanted)


def _behind(progress: Progress, before: int, whole: int) -> Progress:
    """Progress of one index among all of them."""

    def step(done: int, total: int, note: str = "") -> None:
        progress(before + done, whole, note or "Building the text index")

    return step


def _missing(folder: Folder, least_rows: int) -> dict[str, Texts]:
    """Generations with rows on the timeline that have no index that can be used, and what it would hold."""
    from casebound.rowstore import ROWS
    from casebound.textindex import index_path, opened, supported, texts_of

    if not supported() or (folder.path / TEXT).is_symlink():
        return {}
    source, mend = models.SourceRow, models.MendRow
    with folder.database.reading() as session:
        there = [*session.scalars(select(source.generation).where(source.timed >= least_rows).order_by(source.number))]
        there += session.scalars(select(mend.generation).where(mend.timed >= least_rows).order_by(mend.number))
        named = frozenset(session.scalars(select(models.TextIndexRow.generation)))
    wanted = {}
    for generation in there:
        texts = texts_of(folder.rows / generation / ROWS)
        with opened(index_path(folder.path, generation), generation, texts.rows) as index:
            if texts.columns and (index is None or generation not in named):
                wanted[generation] = texts
    return wanted


def _build_whole(rows: Path, target: Path, generation: str, texts: Texts, progress: Progress) -> str:
    """Build an index under a half name, force it to the disk, and give it its name. Returns its SHA-256."""
    from casebound.textindex import build

    make_folder(target.parent)
    half = target.with_name(HALF + target.name)
    half.unlink(missing_ok=True)
    try:
        build(rows, half, generation, texts, progress)
        digest = hash_file(half, lambda done, total, note="": progress(texts.rows, texts.rows, note))[0]
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


def named(folder: Folder) -> dict[str, str]:
    """The digest of every index that case.db names, by generation."""
    with folder.database.reading() as session:
        return {row.generation: row.digest for row in session.scalars(select(models.TextIndexRow))}
