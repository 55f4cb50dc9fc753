"""Scratch folders outside any case: for the owner alone, gone when the block ends; and what a killed program left in
them is cleared away by the next one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = "casebound-scratch-"
_LOCK = "in-use"
_GRACE = 3600  # seconds that a folder without a lock is left alone: it may just be in the making


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A new empty folder below the system's folder for such things (TMPDIR)."""
    _sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as made:
        folder = Path(made)
        with (folder / _LOCK).open("wb") as lock:
            _hold(lock.fileno())
            room = folder / "room"
            room.mkdir(mode=0o700)
            yield room


def _hold(file: int) -> bool:
    """Lock a file until it is closed, however the program ends. False where another program has it."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sweep(base: Path) -> None:
    """Delete folders of ours that no running program holds. Those of other people are not touched."""
    if sys.platform == "win32":
        return  # there, the system's own clearing of the folder has to do
    for folder in base.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            state = folder.lstat()
            if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.getuid():
                continue
            try:
                lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
            except FileNotFoundError:
                if time.time() - state.st_mtime > _GRACE:
                    shutil.rmtree(folder)
                continue
            try:
                if _hold(lock):
                    shutil.rmtree(folder)
            finally:
                os.close(lock)
