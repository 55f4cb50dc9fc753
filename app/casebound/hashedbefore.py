"""What a full check has read already, so that one that was stopped, or that a crash ended, goes on where it was.

It is kept with the settings of whoever checks and never in the case: what lies in the folder that is being checked can
be written by whoever changed it. A file counts as read only while its size, its times and its number on the disk are
what they were; a check that comes to its end forgets all of it, and the next one reads every byte.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from pathlib import Path
from typing import Final

from casebound.identities import home

LEAST: Final = 256 << 20
"""Bytes to hash below which a check begins again: it is done sooner than anybody asks."""
_OLDEST: Final = 7 * 86400  # seconds after which a check begins anew
_TOGETHER: Final = 64  # files that are written down at once


class HashedBefore:
    """The files of one case folder that a check under way has found as recorded."""

    def __init__(self, case: Path, log_id: str, folder: Path | None = None) -> None:
        """`folder` is where it is kept; else with the user's own settings."""
        name = hashlib.sha256(f"{case.resolve()}\n{log_id}".encode("utf-8", "backslashreplace")).hexdigest()[:32]
        self._path = (folder or home() / "checks") / f"{name}.jsonl"
        self._known: dict[str, str] = {}
        self._new: dict[str, str] = {}
        self.resumed = 0  # files that need not be read again
        with contextlib.suppress(OSError, ValueError, AttributeError):
            if time.time() - self._path.stat().st_mtime < _OLDEST:
                for line in self._path.read_text("utf-8").splitlines():
                    self._known.update(json.loads(line))

    def has(self, name: str, *paths: Path) -> bool:
        """Whether these files were found as recorded, and are still the same ones."""
        known = self._known.get(name)
        same = bool(known) and known == _looks(paths)
        self.resumed += same
        return same

    def add(self, name: str, *paths: Path) -> None:
        """These files are as recorded."""
        self._new[name] = _looks(paths)
        if len(self._new) >= _TOGETHER:
            self.keep()

    def keep(self) -> None:
        """Write down what is new. Where that cannot be, the next check reads these files again."""
        new, self._new = self._new, {}
        if new:
            with contextlib.suppress(OSError):
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
                with os.fdopen(file, "w", encoding="utf-8") as stream:
                    stream.write(json.dumps(new) + "\n")

    def forget(self) -> None:
        """The check came to its end."""
        self._new = {}
        with contextlib.suppress(OSError):
            self._path.unlink()


def _looks(paths: tuple[Path, ...]) -> str:
    """Size, times and number of each file; a change of its content changes at least one of them. "" of none at all."""
    try:
        found = [path.stat() for path in paths]
    except OSError:
        return ""
    return " ".join(f"{one.st_ino}:{one.st_size}:{one.st_mtime_ns}:{one.st_ctime_ns}" for one in found)
