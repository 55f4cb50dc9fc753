"""The stretch of time in view and its pixels.

Times are int64 microseconds since 1970 UTC, as Python integers; differences are taken before anything becomes a
float, so that views of six centuries and views of a millisecond are equally exact. A view is half open:
`start <= time < end`.
"""

from __future__ import annotations

from dataclasses import dataclass

MILLISECOND = 1_000
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

SHORTEST = MILLISECOND  # nobody zooms in further than this
EARLIEST = -62_135_596_800 * SECOND  # 0001-01-01, where clocks that were never set stand
LATEST = 253_402_300_800 * SECOND  # the end of 9999, the first moment that no label can name

MONTH = 2_629_746 * SECOND  # the mean month of the Gregorian calendar, by which calendar rungs are measured

# Rungs up to 28 days are that long. Those above it are months and years of the calendar, each where it really begins:
# their number here is their mean length, and `months_of` tells how many months they are.
LADDER: tuple[int, ...] = (
    *(n * MILLISECOND for n in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
    *(n * SECOND for n in (1, 2, 5, 10, 15, 30)),
    *(n * MINUTE for n in (1, 2, 5, 10, 15, 30)),
    *(n * HOUR for n in (1, 2, 3, 4, 6, 12)),
    *(n * DAY for n in (1, 2, 7, 14, 28)),
    *(n * MONTH for n in (3, 6)),
    *(n * 12 * MONTH for n in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
)
SMALLEST_CELL = 7  # pixels
NIGHT_BELOW = 12 * DAY  # shorter views are shaded from 18:00 to 08:00 UTC


@dataclass(frozen=True, slots=True)
class View:
    """A stretch of time, `start <= time < end`, in microseconds."""

    start: int
    end: int

    @property
    def span(self) -> int:
        return self.end - self.start

    def x(self, time: int, width: float) -> float:
        """Where `time` stands, in pixels from the left edge of a canvas `width` pixels wide."""
        return (time - self.start) * width / self.span

    def time(self, x: float, width: float) -> int:
        """The time at pixel `x`."""
        return self.start + round(x * self.span / width)

    def contains(self, time: int) -> bool:
        return self.start <= time < self.end

    def zoomed(self, factor: float, at: int) -> View:
        """`factor` times as long, with `at` staying at the same pixel."""
        span = min(max(round(self.span * factor), SHORTEST), LATEST - EARLIEST)
        start = at - round((at - self.start) * span / self.span)
        return View(start, start + span).kept()

    def panned(self, by: int) -> View:
        return View(self.start + by, self.end + by).kept()

    def centred(self, at: int) -> View:
        return self.panned(at - (self.start + self.span // 2))

    def kept(self) -> View:
        """The same length, moved inside the years 1 to 9999."""
        span = min(self.span, LATEST - EARLIEST)
        start = min(max(self.start, EARLIEST), LATEST - span)
        return View(start, start + span)


def step_for(span: int, width: float) -> int:
    """The smallest rung of the ladder that is at least `SMALLEST_CELL` pixels wide."""
    for step in LADDER:
        if step * width >= SMALLEST_CELL * span:
            return step
    return LADDER[-1]


def months_of(step: int) -> int:
    """How many months of the calendar a rung of the ladder is; 0 where it is a fixed length of time."""
    return step // MONTH if step > 28 * DAY else 0


def bin_start(time: int, step: int, further: int = 0) -> int:
    """Where the bin that holds `time` begins, or the bin `further` ones on, on the absolute grid.

    Fixed lengths count from 1970-01-01 UTC, months and years from the year 0 of the Gregorian calendar, so that tens
    of years begin at 1990 and 2000.
    """
    months = months_of(step)
    if not months:
        return (time // step + further) * step
    year, month = _year_and_month(time)
    return _month_start(((year * 12 + month - 1) // months + further) * months)


def _year_and_month(time: int) -> tuple[int, int]:
    """Of a time in any year, before 1 and after 9999 as well."""
    days = time // DAY + 719_468  # since 0000-03-01 (Howard Hinnant, “chrono-compatible low-level date algorithms”)
    era, of_era = divmod(days, 146_097)
    years = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * years + years // 4 - years // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return era * 400 + years + (month <= 2), month


def _month_start(months: int) -> int:
    """The first moment of a month, counted from January of the year 0."""
    year, index = divmod(months, 12)
    year -= index < 2
    era, of_era = divmod(year, 400)
    of_year = (153 * ((index + 10) % 12) + 2) // 5
    days = era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year
    return (days - 719_468) * DAY


def whole(first: int, last: int, width: float = 660) -> View:
    """The view of a whole case: every event inside it, edges on the grid of its own bins."""
    if last - first < SECOND:
        middle = first + (last - first) // 2
        return View(middle - 30 * SECOND, middle + 30 * SECOND).kept()
    step = step_for(last - first + 1, width)
    start, end = bin_start(first, step), bin_start(last, step, 1)
    return View(max(start, EARLIEST), min(end, LATEST))


def fitted(first: int, last: int) -> View:
    """A view with air around the stretch from `first` to `last`."""
    air = max((last - first) // 4, 30 * SECOND if last == first else SHORTEST)
    return View(first - air, last + air + 1).kept()


def limited(view: View, bounds: View) -> View:
    """`view` held so that it never leaves `bounds` behind.

    No longer than them, and always overlapping half of itself.
    """
    if view.span >= bounds.span:
        return bounds
    slack = view.span // 2
    start = min(max(view.start, bounds.start - slack), bounds.end - view.span + slack)
    return View(start, start + view.span).kept()


def step_label(step: int) -> str:
    """How a bin is named under the histogram: “per 2 h”, “per 10 years”."""
    if months := months_of(step):
        if months % 12:
            return f"per {months} months"
        return "per year" if months == 12 else f"per {months // 12} years"
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s")):
        if step % unit == 0:
            return f"per {step // unit:,} {name}"
    return f"per {step // MILLISECOND} ms"


def duration(span: int) -> str:
    """A length of time in its two largest units: “1 h 20 min”, “6 d”."""
    if span < MILLISECOND:
        return f"{span} µs"
    if span < SECOND:
        return f"{span / MILLISECOND:.4g} ms"
    if span < MINUTE:
        return f"{span / SECOND:.4g} s"
    units = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"))
    at = next(index for index, (unit, _) in enumerate(units) if span >= unit)
    unit, name = units[at]
    parts = [f"{span // unit:,} {name}"]
    if at + 1 < len(units) and (rest := span % unit // units[at + 1][0]):
        parts.append(f"{rest} {units[at + 1][1]}")
    return " ".join(parts)
