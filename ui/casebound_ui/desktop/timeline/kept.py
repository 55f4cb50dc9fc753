"""What a person arranged beside the timeline, for each case: a small file of plain values beside the window's own."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

MOST = 50  # cases remembered, the latest of them


class Kept:
    """Plain values by case. A missing or damaged file means nothing is known; without a folder nothing is kept."""

    def __init__(self, folder: Path | None, name: str) -> None:
        self._path = None if folder is None else folder / name

    def get(self, case: str) -> Mapping[str, object]:
        """What was kept for a case; whoever asks checks each value, for anybody may have written the file."""
        found = self._read().get(case)
        return found if isinstance(found, dict) else {}

    def keep(self, case: str, values: Mapping[str, object]) -> None:
        """Remember; a folder that cannot be written is not worth stopping work for."""
        if self._path is None:
            return
        known = self._read()
        known.pop(case, None)
        known[case] = dict(values)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.stem}-")
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(dict(list(known.items())[-MOST:]), stream)
            Path(name).replace(self._path)
        except OSError:
            return

    def _read(self) -> dict[str, object]:
        if self._path is None:
            return {}
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}
