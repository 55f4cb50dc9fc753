"""Local time beside UTC: the second line of the axis, nights, and where clocks change. Free of Qt.

Events stand in UTC, always. A zone only adds a line of labels under it; where its clocks go back an hour stands there
twice, where they go forward one is missing, as they did on the wall.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from casebound.errors import BadRequest
from casebound.zones import Zone, find_zone, offset_name
from casebound_ui.desktop.timeline.dates import MONTHS, clock_text, date_text, moment
from casebound_ui.desktop.timeline.scale import DAY, EARLIEST, HOUR, LATEST, MINUTE, SECOND, View
from casebound_ui.desktop.timeline.ticks import Tick, axis

EVENING, MORNING = 18 * HOUR, 8 * HOUR  # a night, on the clock of its zone
PROBE = DAY  # clocks change at most once in as long
DETAILED = 800 * DAY  # in longer views an hour is less than a pixel: one offset serves for all of it
_EDGE = 2 * DAY  # Python's calendar ends here; its last days have the offset of the day before


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of UTC during which the offset of a zone stays the same."""

    start: int
    end: int
    offset: int  # microseconds east of UTC


@dataclass(frozen=True, slots=True)
class Change:
    """Where clocks change, and by how much: positive where they go forward."""

    time: int
    by: int
    offset: int  # from here on

    @property
    def words(self) -> str:
        """“+1 h”."""
        minutes = abs(self.by) // MINUTE
        size = f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
        return f"{'+' if self.by > 0 else '−'}{size}"


@dataclass(frozen=True, slots=True)
class LocalZone:
    """A time zone by its name: “Europe/Berlin”, “+02:00”, “UTC”."""

    zone: Zone

    @classmethod
    def named(cls, name: str) -> LocalZone | None:
        """The zone of this name; None for "" and for what is no zone."""
        try:
            return cls(find_zone(name)) if name.strip() else None
        except BadRequest:
            return None

    @property
    def name(self) -> str:
        return self.zone.name if self.zone.fixed is None or self.zone.name == "UTC" else f"UTC{self.zone.name}"

    def offset(self, time: int) -> int:
        """Microseconds that the zone's clocks are ahead of UTC at `time`."""
        if self.zone.fixed is not None:
            return self.zone.fixed * SECOND
        return _offset(self.zone.name, min(max(time, EARLIEST + _EDGE), LATEST - _EDGE) // SECOND)

    def stages(self, view: View) -> tuple[Stage, ...]:
        """The view cut where clocks change; whole where an hour is less than a pixel."""
        return _stages(self, view)

    def changes(self, view: View) -> tuple[Change, ...]:
        """Where clocks change in a view."""
        stages = self.stages(view)
        return tuple(
            Change(after.start, after.offset - before.offset, after.offset) for before, after in pairwise(stages)
        )

    def offsets(self, view: View) -> str:
        """How far from UTC its clocks are in this view: “+01:00”, “+01:00/+02:00” where they change in it.

        "" for an offset, whose name says it.
        """
        if self.zone.fixed is not None:
            return ""
        if view.span > DETAILED:
            samples = [view.start + view.span * n // 64 for n in range(65)]
            offsets = sorted({self.offset(time) for time in samples})
        else:
            offsets = sorted({stage.offset for stage in self.stages(view)})
        names = [offset_name(offset // SECOND) for offset in offsets]
        return "/".join(names if len(names) < 3 else (names[0], "…", names[-1]))

    def text(self, time: int) -> str:
        """A time on the zone's clock: “12 Mar 2026, 22:14:07 (UTC+01:00)”."""
        offset = self.offset(time)
        local = time + offset
        return f"{date_text(local)}, {clock_text(local)} (UTC{offset_name(offset // SECOND)})"


@lru_cache(maxsize=64)
def _stages(zone: LocalZone, view: View) -> tuple[Stage, ...]:
    if zone.zone.fixed is not None or view.span > DETAILED:
        return (Stage(view.start, view.end, zone.offset(view.start + view.span // 2)),)
    made: list[Stage] = []
    begin, offset = view.start, zone.offset(view.start)
    for time in (*range(view.start // PROBE * PROBE + PROBE, view.end, PROBE), view.end):
        after = zone.offset(time)
        if after == offset:
            continue
        low, high = (time - PROBE) // SECOND, time // SECOND
        while high - low > 1:  # clocks change at a whole second
            middle = (low + high) // 2
            low, high = (middle, high) if zone.offset(middle * SECOND) == offset else (low, middle)
        if begin < high * SECOND < view.end:
            made.append(Stage(begin, high * SECOND, offset))
            begin = high * SECOND
        offset = after
    return (*made, Stage(begin, view.end, zone.offset(begin)))


@lru_cache(maxsize=65_536)
def _offset(name: str, second: int) -> int:
    at = moment(second * SECOND).astimezone(ZoneInfo(name))
    return (at.utcoffset() or timedelta()) // timedelta(microseconds=1)


def local_ticks(zone: LocalZone, view: View, width: float, room: float) -> tuple[Tick, ...]:
    """Ticks of a zone's own clock in a view, `room` pixels apart; midnights of clock times are named by their day."""
    made: list[Tick] = []
    for stage in zone.stages(view):
        span = stage.end - stage.start
        local = View(stage.start + stage.offset, stage.end + stage.offset)
        for tick in axis(local, width * span / view.span, room).ticks:
            label = tick.label
            if label.startswith("00:00") and not tick.time % DAY:
                at = moment(tick.time)
                label = f"{at.day} {MONTHS[at.month - 1]}"
            made.append(Tick(tick.time - stage.offset, label))
    return tuple(made)


def nights(zone: LocalZone | None, view: View) -> tuple[tuple[int, int], ...]:
    """The stretches of a view from 18:00 to 08:00, by the clock of a zone, or by UTC."""
    found: list[tuple[int, int]] = []
    stages = zone.stages(view) if zone is not None else (Stage(view.start, view.end, 0),)
    for stage in stages:
        day = (stage.start + stage.offset - MORNING) // DAY * DAY
        while day + EVENING < stage.end + stage.offset:
            start, end = day + EVENING - stage.offset, day + DAY + MORNING - stage.offset
            low, high = max(start, stage.start), min(end, stage.end)
            if low < high:
                if found and found[-1][1] == low:  # clocks change at night: one night all the same
                    found[-1] = (found[-1][0], high)
                else:
                    found.append((low, high))
            day += DAY
    return tuple(found)
