"""Case folders that were open before: where they are, when that was, and whether they can be opened now."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from casebound_ui.desktop.casethings import Thing
from casebound_ui.desktop.preferences import Preferences
from casebound_ui.desktop.wording import inert, moment

MISSING, READ_ONLY, READY = "missing", "read only", ""


@dataclass(frozen=True, slots=True)
class RecentCase:
    """One folder. `state` is a word for what stands in the way, "" for nothing."""

    path: Path
    opened_at: datetime | None
    state: str

    @property
    def words(self) -> str:
        """What is known of it, in one line."""
        said = f"opened {moment(self.opened_at)} UTC" if self.opened_at is not None else ""
        told = {
            MISSING: "The folder is not there: moved, renamed, or on a drive that is not connected",
            READ_ONLY: "Read only: it opens for looking",
            READY: "",
        }[self.state]
        return ". ".join(part for part in (told, said[:1].upper() + said[1:]) if part)


def recent_cases(preferences: Preferences) -> list[RecentCase]:
    """The remembered folders, last opened first."""
    remembered = preferences.remembered
    return [RecentCase(Path(text), _when(remembered.opened_at.get(text)), state_of(text)) for text in remembered.recent]


def state_of(text: str) -> str:
    """Whether the case in a folder can be opened and written."""
    base = Path(text, "case.db")
    try:
        if not base.is_file():
            return MISSING
        return READY if os.access(base, os.W_OK) and os.access(text, os.W_OK) else READ_ONLY
    except (OSError, ValueError):
        return MISSING


def recent_things(preferences: Preferences, open_case: Callable[[Path], object]) -> list[Thing]:
    """The folders that can be opened, for the palette."""

    def way(path: Path) -> Callable[[], object]:
        return lambda: open_case(path)

    return [
        Thing(
            f"case {case.path}",
            inert(case.path.stem, 200),
            f"{case.words}. {inert(str(case.path.parent), 300)}",
            "Case",
            "briefcase",
            way(case.path),
        )
        for case in recent_cases(preferences)
        if case.state != MISSING
    ]


def _when(stamp: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(stamp or "")
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
