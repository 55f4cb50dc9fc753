"""What marks can be put on besides one event: several rows, a range of time, an entity. Free of Qt."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from casebound.case import Event, Mark, Snapshot
from casebound.events import Events
from casebound_ui.desktop.timeline.dates import edge_text
from casebound_ui.desktop.timeline.scale import duration
from casebound_ui.desktop.wording import counted, inert

MOST_ROWS = 10_000  # rows that are marked in one act
MOST_EXHIBITS = 1_000  # rows that become exhibits in one act
MANY = 50  # exhibits in one act above which a person is asked once more


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows by their places among `events`, which are the same events for good: the next import makes others."""

    events: Events
    positions: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.positions)

    def read(self) -> list[Event]:
        """The rows themselves; called on a worker."""
        return self.events.at(np.asarray(self.positions, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Many:
    """Several rows that a person selected; `count` of them, exactly. More than one act takes are not named here."""

    rows: Rows
    count: int

    @property
    def title(self) -> str:
        return f"{counted(self.count, 'event')} selected"

    @property
    def facts(self) -> list[tuple[str, str]]:
        return []


@dataclass(frozen=True, slots=True)
class Range:
    """A range of time that a person dragged: `start` is in it, `end` is not. `count` events of it are listed."""

    start: int
    end: int
    count: int = field(compare=False)  # of another filter, it is the same range
    filtered: bool = field(default=False, compare=False)

    @property
    def last(self) -> int:
        """The last microsecond in it, as marks keep it."""
        return self.end - 1

    @property
    def title(self) -> str:
        return f"Range of {duration(self.end - self.start)}"

    @property
    def facts(self) -> list[tuple[str, str]]:
        span = self.end - self.start
        listed = f"{self.count:,}" + (", with this filter" if self.filtered else "")
        return [
            ("From", f"{edge_text(self.start, span)} UTC"),
            ("To", f"{edge_text(self.end, span)} UTC"),
            ("Lasts", duration(span)),
            ("Events", listed),
        ]


@dataclass(frozen=True, slots=True)
class Entity:
    """One value of a column, wherever it stands."""

    field: str
    value: str

    @property
    def title(self) -> str:
        return inert(self.value, 200)

    @property
    def facts(self) -> list[tuple[str, str]]:
        return [("Column", self.field)]


Subject = Many | Range | Entity


def marks_on(subject: Subject, snapshot: Snapshot) -> list[Mark]:
    """The marks that are on it as a whole: those of a range or an entity; several rows have none in common."""
    if isinstance(subject, Range):
        return [m for m in snapshot.marks if (m.from_us, m.to_us) == (subject.start, subject.last) and not m.removed]
    if isinstance(subject, Entity):
        return [m for m in snapshot.marks if (m.field, m.value) == (subject.field, subject.value) and not m.removed]
    return []


def entity_marks(event: Event, snapshot: Snapshot) -> list[Mark]:
    """The marks on entities that this event has: any value of its columns, or who did what to what."""
    held = {name.casefold(): value for name, value in event.fields.items()}
    held |= {"actor": event.actor, "action": event.action, "object": event.object} | {
        name: value for name, value in held.items() if name in ("actor", "action", "object")
    }
    return [m for m in snapshot.marks if m.field and not m.removed and held.get(m.field.casefold()) == m.value]


def range_marks(event: Event, snapshot: Snapshot) -> list[Mark]:
    """The marks on ranges of time in which this event lies."""
    return [
        mark
        for mark in snapshot.marks
        if mark.from_us is not None and mark.to_us is not None and mark.from_us <= event.time_us <= mark.to_us
    ]
