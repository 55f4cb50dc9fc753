"""How a person arranged the timeline of each case, outside of the case: a small file beside the window's own.

How high the timeline stands over its table, and which columns the table has.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

MOST = 50


class Splits:
    """Sizes and columns by case. A missing or damaged file means the defaults; without a folder nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._path = None if folder is None else folder / "timeline.json"

    def get(self, case: str) -> list[int] | None:
        sizes = self._of(case).get("sizes")
        if isinstance(sizes, list) and len(sizes) == 2 and all(isinstance(n, int) and n >= 0 for n in sizes):
            return sizes
        return None

    def columns(self, case: str) -> object:
        """What was kept of the columns, as it stands in the file (`Columns.from_plain` reads it); None for nothing."""
        return self._of(case).get("columns")

    def keep(self, case: str, sizes: list[int]) -> None:
        """Remember; a folder that cannot be written is not worth stopping work for."""
        self._keep(case, "sizes", sizes)

    def keep_columns(self, case: str, plain: object) -> None:
        """The same of the columns; None forgets them."""
        self._keep(case, "columns", plain)

    def _of(self, case: str) -> dict[str, object]:
        found = self._read().get(case)
        return found if isinstance(found, dict) else {"sizes": found}  # an earlier version kept the sizes alone

    def _keep(self, case: str, name: str, value: object) -> None:
        if self._path is None:
            return
        known, own = self._read(), self._of(case)
        known.pop(case, None)
        known[case] = {**own, name: value}
        kept = dict(list(known.items())[-MOST:])
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, written = tempfile.mkstemp(dir=self._path.parent, prefix=".timeline-")
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(kept, stream)
            Path(written).replace(self._path)
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
