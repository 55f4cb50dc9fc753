"""What the program remembers about its user between runs, in one small JSON file: never anything of a case's content.

Recent case folders, theme, text size, keys, the window's place, the typed name, how many covered items were uncovered
today (only where the person wants that counted). The signers this person has confirmed stand in a file beside it, which
the command line shares (`casebound.knownsigners`); where a person was in each case in files of its own (`whereabouts`).
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from casebound.errors import CannotWrite
from casebound.knownsigners import KnownSigner, KnownSigners

RECENT = 6


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the window comes back with on this computer; nothing of a case's evidence is in it."""

    theme: str = "system"  # "system", "light" or "dark"
    text_scale: float = 1.0
    name: str = ""
    narrow: bool = False
    letters: bool = True  # whether keys of a single letter act
    contrast: bool = False  # lines and states drawn stronger
    still: bool = False  # nothing moves or blinks by itself
    zone: str = ""  # zone of the local time beside UTC; "" is the one that the export was read in
    come_back: bool = True  # open a case where it was left
    count_reveals: bool = False
    break_note: bool = False
    reveals: tuple[str, int] = ("", 0)  # the day (UTC, ISO) and how many covered items were uncovered on it
    place: tuple[int, int, int, int] | None = None  # the window: left, top, width, height
    filled: bool = False  # the window fills the screen
    recent: tuple[str, ...] = ()
    opened_at: Mapping[str, str] = field(default_factory=dict)  # when each recent case was opened last, ISO, UTC


class Preferences:
    """The file and what is in it. A missing or damaged file means the defaults; writing replaces it whole."""

    def __init__(self, folder: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.path = folder / "window.json"
        self.clock = clock
        self._known = KnownSigners(folder)
        self.signers = self._known.all()
        if self.signers and not self._known.path.exists():  # noted by version 0.1.0, in the file that is written anew
            with suppress(CannotWrite):
                self._known.confirm(self.signers[-1])
        self.remembered = self._read()

    def keep(self, **changes: Any) -> None:
        """Change what is remembered. A folder that cannot be written is not worth stopping for: it is forgotten."""
        self.remembered = replace(self.remembered, **changes)
        try:
            self._write()
        except OSError:
            return

    def opened(self, case: Path) -> None:
        """Put a case folder first among the recent ones."""
        text = str(case)
        recent = (text, *(path for path in self.remembered.recent if path != text))[:RECENT]
        times = {**self.remembered.opened_at, text: self.clock().isoformat(timespec="seconds")}
        self.keep(recent=recent, opened_at={path: times[path] for path in recent if path in times})

    def forget(self, case: str) -> None:
        """Take a case folder off the list of recent ones."""
        rest = {path: at for path, at in self.remembered.opened_at.items() if path != case}
        self.keep(recent=tuple(path for path in self.remembered.recent if path != case), opened_at=rest)

    @property
    def reveals_today(self) -> int:
        """How many covered items were uncovered today, as far as that is counted."""
        day, count = self.remembered.reveals
        return count if day == self.clock().date().isoformat() else 0

    def revealed(self) -> int:
        """Count one more, here and nowhere else; the count of today."""
        count = self.reveals_today + 1
        self.keep(reveals=(self.clock().date().isoformat(), count))
        return count

    def signer(self, fingerprint: str) -> KnownSigner | None:
        """The confirmed signer with this fingerprint of a certificate or of a key."""
        wanted = fingerprint.lower()
        return next((known for known in self.signers if wanted and wanted in (known.fingerprint, known.key)), None)

    def confirm(self, fingerprint: str, name: str, how: str, key: str = "") -> KnownSigner:
        """Remember that this person has compared the fingerprint with its owner. Raises `CannotWrite`."""
        known = KnownSigner(fingerprint.lower(), name, self.clock(), how, key.lower())
        self._known.confirm(known)
        self.signers = self._known.all()
        return known

    def _read(self) -> Remembered:
        try:
            data = json.loads(self.path.read_text(encoding="utf-8"))
            return Remembered(
                theme=data["theme"] if data.get("theme") in ("light", "dark") else "system",
                text_scale=min(2.0, max(0.9, float(data.get("text_scale", 1.0)))),
                name=str(data.get("name", "")),
                narrow=bool(data.get("narrow", False)),
                letters=bool(data.get("letters", True)),
                contrast=bool(data.get("contrast", False)),
                still=bool(data.get("still", False)),
                zone=str(data.get("zone", "")),
                come_back=bool(data.get("come_back", True)),
                count_reveals=bool(data.get("count_reveals", False)),
                break_note=bool(data.get("break_note", False)),
                reveals=_reveals(data.get("reveals")),
                place=_place(data.get("place")),
                filled=bool(data.get("filled", False)),
                recent=tuple(str(path) for path in data.get("recent", []))[:RECENT],
                opened_at={str(path): str(at) for path, at in dict(data.get("opened_at", {})).items()},
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return Remembered()

    def _write(self) -> None:
        now = self.remembered
        data = {
            "theme": now.theme,
            "text_scale": now.text_scale,
            "name": now.name,
            "narrow": now.narrow,
            "letters": now.letters,
            "contrast": now.contrast,
            "still": now.still,
            "zone": now.zone,
            "come_back": now.come_back,
            "count_reveals": now.count_reveals,
            "break_note": now.break_note,
            "reveals": list(now.reveals),
            "place": None if now.place is None else list(now.place),
            "filled": now.filled,
            "opened_at": dict(now.opened_at),
            "recent": list(now.recent),
        }
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".window-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(data, stream, indent=1)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _reveals(found: object) -> tuple[str, int]:
    if isinstance(found, list) and len(found) == 2 and isinstance(found[0], str) and type(found[1]) is int:
        return found[0], max(found[1], 0)
    return "", 0


def _place(found: object) -> tuple[int, int, int, int] | None:
    if isinstance(found, list) and len(found) == 4 and all(type(n) is int and abs(n) < 100_000 for n in found):
        left, top, width, height = found
        return left, top, width, height
    return None
