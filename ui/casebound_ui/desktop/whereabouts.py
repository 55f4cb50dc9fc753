"""Where a person was in each case, so that opening it again brings them back there.

Kept beside the window's own preferences, in the person's folder: one file for each case, readable for them alone (0600
in a folder of 0700), named by a digest, so that a list of files names no case. It is not kept in the case folder, on
purpose: looking at a case must leave nothing in it but custody entries, a case may lie on a medium that cannot be
written, and whoever is handed the folder next has a place of their own. What a person typed as a filter may name an
account; that is the most that stands here of a case's content, and the settings have a switch that forgets all of it.

A file that is missing, damaged, foreign or from a later version means the defaults.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

MOST = 50  # cases; the ones not opened for longest are forgotten
LARGEST = 200_000  # bytes of a file that is taken for one


class Whereabouts:
    """States by case. `case` is what names a case for good, wherever its folder lies: the origin of its record."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "whereabouts"

    def get(self, case: str) -> dict[str, object]:
        """What was kept for a case; empty where nothing was, or nothing that can be read."""
        path = self._path(case)
        try:
            if path.stat().st_size > LARGEST:
                return {}
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def keep(self, case: str, state: Mapping[str, object]) -> None:
        """Remember; a folder that cannot be written, or a state too large, is not worth stopping work for."""
        text = json.dumps(state)
        if len(text) > LARGEST:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=self._folder, prefix=".at-")  # made for its owner alone
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as stream:
                    stream.write(text)
                Path(name).replace(self._path(case))
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
            self._thin_out()
        except OSError:
            return

    def forget(self) -> None:
        """Forget every case."""
        for path in self._files():
            path.unlink(missing_ok=True)

    def _thin_out(self) -> None:
        files = self._files()
        for path in sorted(files, key=lambda path: path.stat().st_mtime_ns)[: max(len(files) - MOST, 0)]:
            path.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        try:
            return [path for path in self._folder.iterdir() if path.suffix == ".json"]
        except OSError:
            return []

    def _path(self, case: str) -> Path:
        return self._folder / f"{hashlib.sha256(case.encode()).hexdigest()[:32]}.json"
