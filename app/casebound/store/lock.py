"""One writer at a time: a lock of the operating system on a file that says who has it.

The lock goes with the process, however it ends, so that a killed program never leaves a case locked. The words in the
file are for the second opener's message only; nothing is decided by them.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Final

from casebound.errors import CaseLocked
from casebound.store.database import cannot_write
from casebound_packaging.times import parse_stamp, stamp

_LONGEST: Final = 4096
_BYTE: Final = 1 << 30  # Windows locks bytes, and nobody may read a locked one: lock one far behind the words


class Lock:
    """The writer's lock on a case folder, held until `release`."""

    def __init__(self, folder: Path, who: str, host: str, now: datetime) -> None:
        """Take the lock. Raises `CaseLocked` that names who has it, or `CannotWrite`."""
        path = folder / "lock"
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        except OSError as error:
            raise cannot_write(error, path) from error
        try:
            _take(self._file)
        except OSError as error:
            held = os.pread(self._file, _LONGEST, 0) if hasattr(os, "pread") else os.read(self._file, _LONGEST)
            os.close(self._file)
            raise _locked(folder, held) from error
        try:
            words = json.dumps({"who": who, "host": host, "since": stamp(now)}, ensure_ascii=True).encode("ascii")
            os.ftruncate(self._file, 0)
            os.lseek(self._file, 0, os.SEEK_SET)
            os.write(self._file, words)
            os.fsync(self._file)
            # Everything in the folder that was made before this moment was made by an earlier session. The file
            # system's own clock is asked, because it stamps the files that will be compared.
            self.taken_ns = os.fstat(self._file).st_mtime_ns
        except OSError as error:
            self.release()
            raise cannot_write(error, path) from error

    def release(self) -> None:
        """Let another program write. Harmless to call again."""
        if self._file >= 0:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, 0)
            os.close(self._file)  # closing releases the lock
            self._file = -1


def _take(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(file, _BYTE, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        # flock and not lockf: lockf would let the same process take it twice, and lose it when any copy is closed.
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _locked(folder: Path, held: bytes) -> CaseLocked:
    who, where, since = "Somebody", "", ""
    try:
        words = json.loads(held)
        who = str(words["who"]) or who
        where = f" on {words['host']}" if words["host"] else ""
        since = f" since {parse_stamp(str(words['since'])):%Y-%m-%d %H:%M} UTC"
    except (ValueError, KeyError, TypeError):
        pass  # taken this very moment, and not yet said by whom
    return CaseLocked(
        f"{who} has this case open for writing{where}{since}.",
        "Wait until it is closed there, or open it to look only.",
        meaning="Nothing was changed.",
        where=str(folder),
    )
