"""The axis: which times get a tick, and the larger unit they stand in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from casebound.timescale import DAY, HOUR, MILLISECOND, MINUTE, SECOND, View
from casebound.timetext import DAYS, LONG_MONTHS, MONTHS, micros, moment

ROOM = 88  # pixels a label and its air need

_FIXED: tuple[int, ...] = (
    *(n * MILLISECOND // 10 for n in (1, 2, 5)),
    *(n * MILLISECOND for n in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
    *(n * SECOND for n in (1, 2, 5, 10, 15, 30)),
    *(n * MINUTE for n in (1, 2, 5, 10, 15, 30)),
    *(n * HOUR for n in (1, 2, 3, 6, 12)),
    *(n * DAY for n in (1, 2, 7, 14)),
)
_MONTHS = (1, 3, 6)
_YEARS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
_MONTH = 30 * DAY
_YEAR = 365 * DAY


@dataclass(frozen=True, slots=True)
class Tick:
    """One tick and its label."""

    time: int
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """`ticks` on the lower line.

    `contexts` (the day, month or year they stand in) on the upper, the first one from the left edge on.
    """

    ticks: tuple[Tick, ...]
    contexts: tuple[Tick, ...]


def axis(view: View, width: float, room: float = ROOM) -> Axis:
    """Ticks at least `room` pixels apart for `view`, drawn `width` pixels wide."""
    least = view.span * room / max(width, 1)
    for step in _FIXED:
        if step >= least:
            return _clock_axis(view, step) if step < DAY else _day_axis(view, step)
    for months in _MONTHS:
        if months * _MONTH >= least:
            return _month_axis(view, months)
    years = next((n for n in _YEARS if n * _YEAR >= least), _YEARS[-1])
    return Axis(tuple(Tick(time, str(moment(time).year)) for time in _year_starts(view, years)), ())


def _clock_axis(view: View, step: int) -> Axis:
    ticks = []
    for time in _grid(view, step):
        at = moment(time)
        label = f"{at.hour:02d}:{at.minute:02d}"
        if step < MINUTE:
            label += f":{at.second:02d}"
        if step < SECOND:
            label += f".{at.microsecond // 1000:03d}"
        if step < MILLISECOND:
            label = f".{at.microsecond:06d}"
        ticks.append(Tick(time, label))
    contexts = [_day_context(view.start), *(_day_context(time) for time in _grid(view, DAY) if time > view.start)]
    return Axis(tuple(ticks), tuple(contexts))


def _day_context(time: int) -> Tick:
    at = moment(time)
    return Tick(time, f"{DAYS[at.weekday()]} {at.day} {MONTHS[at.month - 1]} {at.year}")


def _day_axis(view: View, step: int) -> Axis:
    ticks = tuple(Tick(time, str(moment(time).day)) for time in _grid(view, step))
    return Axis(ticks, tuple(_month_context(time) for time in (view.start, *_month_starts(view, 1))))


def _month_context(time: int) -> Tick:
    at = moment(time)
    return Tick(time, f"{LONG_MONTHS[at.month - 1]} {at.year}")


def _month_axis(view: View, months: int) -> Axis:
    ticks = tuple(Tick(time, MONTHS[moment(time).month - 1]) for time in _month_starts(view, months))
    return Axis(ticks, tuple(Tick(time, str(moment(time).year)) for time in (view.start, *_year_starts(view, 1))))


def _grid(view: View, step: int) -> Iterator[int]:
    time = -(-view.start // step) * step
    while time < view.end:
        yield time
        time += step


def _month_starts(view: View, every: int) -> Iterator[int]:
    """The first moments of every `every`-th month inside the view, after its start."""
    at = moment(view.start)
    month = at.year * 12 + at.month - 1
    while True:
        month += 1
        year, index = divmod(month, 12)
        if year > 9999:
            return
        time = micros(datetime(year, index + 1, 1, tzinfo=UTC))
        if time >= view.end:
            return
        if index % every == 0 and time > view.start:
            yield time


def _year_starts(view: View, every: int) -> Iterator[int]:
    year = moment(view.start).year
    year += every - year % every if every > 1 else 1
    while year <= 9999 and (time := micros(datetime(year, 1, 1, tzinfo=UTC))) < view.end:
        yield time
        year += every
