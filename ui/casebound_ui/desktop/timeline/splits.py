"""How high a person made the timeline over its table, for each case: a small file beside the window's own."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

MOST = 50


class Splits:
    """Sizes by case. A missing or damaged file means the defaults; without a folder nothing is remembered."""

    def __init__(self, folder: Path | None) -> None:
        self._path = None if folder is None else folder / "timeline.json"

    def get(self, case: str) -> list[int] | None:
        sizes = self._read().get(case)
        if isinstance(sizes, list) and len(sizes) == 2 and all(isinstance(n, int) and n >= 0 for n in sizes):
            return sizes
        return None

    def keep(self, case: str, sizes: list[int]) -> None:
        """Remember; a folder that cannot be written is not worth stopping work for."""
        if self._path is None:
            return
        known = self._read()
        known.pop(case, None)
        known[case] = sizes
        kept = dict(list(known.items())[-MOST:])
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".timeline-")
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(kept, stream)
            Path(name).replace(self._path)
        except OSError:
            return

    def _read(self) -> dict[str, object]:
        if self._path is None:
            return {}
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}
