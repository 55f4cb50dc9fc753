"""What the program remembers about its user between runs, in one small JSON file: never anything of a case's content.

Recent case folders, theme, text size, single-letter keys, the typed name, and the signers this person has confirmed.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RECENT = 6


@dataclass(frozen=True, slots=True)
class KnownSigner:
    """A signer whose key a person has confirmed, and how."""

    fingerprint: str  # SHA-256 of the certificate, hex
    name: str
    confirmed_at: datetime
    how: str  # "by phone", "in person", "from the organisation's list"


@dataclass(frozen=True, slots=True)
class Remembered:
    theme: str = "system"  # "system", "light" or "dark"
    text_scale: float = 1.0
    name: str = ""
    narrow: bool = False
    letters: bool = True  # whether keys of a single letter act
    recent: tuple[str, ...] = ()
    signers: tuple[KnownSigner, ...] = ()


class Preferences:
    """The file and what is in it. A missing or damaged file means the defaults; writing replaces it whole."""

    def __init__(self, folder: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.path = folder / "window.json"
        self.clock = clock
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
        others = [path for path in self.remembered.recent if path != text]
        self.keep(recent=(text, *others)[:RECENT])

    def signer(self, fingerprint: str) -> KnownSigner | None:
        return next((known for known in self.remembered.signers if known.fingerprint == fingerprint.lower()), None)

    def confirm(self, fingerprint: str, name: str, how: str) -> KnownSigner:
        """Remember that this person has compared the fingerprint with its owner."""
        known = KnownSigner(fingerprint.lower(), name, self.clock(), how)
        others = [other for other in self.remembered.signers if other.fingerprint != known.fingerprint]
        self.keep(signers=(*others, known))
        return known

    def _read(self) -> Remembered:
        try:
            data = json.loads(self.path.read_text(encoding="utf-8"))
            signers = tuple(
                KnownSigner(
                    str(item["fingerprint"]),
                    str(item["name"]),
                    datetime.fromisoformat(item["confirmed_at"]).astimezone(UTC),
                    str(item["how"]),
                )
                for item in data.get("signers", [])
            )
            return Remembered(
                theme=data["theme"] if data.get("theme") in ("light", "dark") else "system",
                text_scale=min(2.0, max(0.9, float(data.get("text_scale", 1.0)))),
                name=str(data.get("name", "")),
                narrow=bool(data.get("narrow", False)),
                letters=bool(data.get("letters", True)),
                recent=tuple(str(path) for path in data.get("recent", []))[:RECENT],
                signers=signers,
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
            "recent": list(now.recent),
            "signers": [
                {"fingerprint": s.fingerprint, "name": s.name, "confirmed_at": s.confirmed_at.isoformat(), "how": s.how}
                for s in now.signers
            ],
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
