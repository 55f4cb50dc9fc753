"""Event times as people read them: always UTC, always with the month in letters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from casebound.timescale import DAY, EARLIEST, HOUR, LATEST, MINUTE, SECOND, View, bin_start, months_of

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONG_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(time_us: int) -> datetime:
    """The aware UTC time of `time_us`, held inside the years 1 to 9999."""
    return _EPOCH + timedelta(microseconds=min(max(time_us, EARLIEST), LATEST - 1))


def micros(at: datetime) -> int:
    """Microseconds since 1970 UTC, exactly. `at` must be aware."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def date_text(time_us: int) -> str:
    """“12 Mar 2026”."""
    at = moment(time_us)
    return f"{at.day:02d} {MONTHS[at.month - 1]} {at.year}"


def clock_text(time_us: int, digits: int | None = None) -> str:
    """“21:14:07”, with `digits` decimals; None takes as many as the time has, in threes."""
    at = moment(time_us)
    text = f"{at.hour:02d}:{at.minute:02d}:{at.second:02d}"
    fraction = f"{at.microsecond:06d}"
    if digits is None:
        digits = 0 if not at.microsecond else 3 if fraction.endswith("000") else 6
    return f"{text}.{fraction[:digits]}" if digits else text


def table_text(time_us: int, digits: int | None = None) -> str:
    """A row's time: “12 Mar 2026  21:14:07”."""
    return f"{date_text(time_us)}  {clock_text(time_us, digits)}"


def long_text(time_us: int) -> str:
    """“Thu 12 Mar 2026, 21:14:07 UTC”."""
    at = moment(time_us)
    return f"{DAYS[at.weekday()]} {date_text(time_us)}, {clock_text(time_us)} UTC"


def edge_text(time_us: int, span: int) -> str:
    """The start or end of a stretch, no finer than it needs: “10 Mar 2026 00:00”."""
    at = moment(time_us)
    text = f"{date_text(time_us)} {at.hour:02d}:{at.minute:02d}"
    if span >= 10 * MINUTE and not time_us % MINUTE:
        return text
    text += f":{at.second:02d}"
    if span >= 10 * SECOND and not time_us % SECOND:
        return text
    return f"{text}.{at.microsecond // 1000:03d}" if span < 10 * SECOND else text


def cell_text(start: int, step: int) -> str:
    """The heading of one bin: “Tuesday 3 March 2026” for a day, “Tue 3 Mar 2026, 16:00 to 16:10” for less."""
    at = moment(start)
    if months := months_of(step):
        last = moment(bin_start(start, step, 1) - 1)
        if months % 12:
            return f"{LONG_MONTHS[at.month - 1]} to {LONG_MONTHS[last.month - 1]} {last.year}"
        return f"{at.year}" if at.year == last.year else f"{at.year} to {last.year}"
    if step == DAY:
        return f"{LONG_DAYS[at.weekday()]} {at.day} {LONG_MONTHS[at.month - 1]} {at.year}"
    if step > DAY:
        return f"{date_text(start)} to {date_text(start + step - 1)}"
    day = f"{DAYS[at.weekday()]} {at.day} {MONTHS[at.month - 1]} {at.year}"
    return f"{day}, {_clock(start, step)} to {_clock(start + step, step)}"


def _clock(time_us: int, step: int) -> str:
    at = moment(time_us)
    if step >= MINUTE:
        return f"{at.hour:02d}:{at.minute:02d}"
    text = f"{at.hour:02d}:{at.minute:02d}:{at.second:02d}"
    return text if step >= SECOND else f"{text}.{at.microsecond // 1000:03d}"


def spoken(view: View) -> str:
    """A view as it is read aloud: “10 to 16 March 2026”, “12 March 2026, 20:30 to 21:50”."""
    first, last = moment(view.start), moment(view.end)
    if view.span >= DAY:
        if first.date() == last.date():
            return f"{first.day} {LONG_MONTHS[first.month - 1]} {first.year}"
        head = f"{first.day}"
        if (first.month, first.year) != (last.month, last.year):
            head += f" {LONG_MONTHS[first.month - 1]}"
        if first.year != last.year:
            head += f" {first.year}"
        return f"{head} to {last.day} {LONG_MONTHS[last.month - 1]} {last.year}"
    step = MINUTE if view.span >= HOUR else SECOND if view.span >= MINUTE else 1_000
    day = f"{first.day} {LONG_MONTHS[first.month - 1]} {first.year}"
    head, tail = _clock(view.start, step), _clock(view.end, step)
    if first.date() == last.date():
        return f"{day}, {head} to {tail}"
    return f"{day}, {head} to {last.day} {LONG_MONTHS[last.month - 1]} {last.year}, {tail}"


def read_moment(text: str, near: int) -> int | None:
    """A time a person typed, read as UTC unless it says otherwise; a time of day alone is on the day of `near`.

    None: not a time.
    """
    words = text.strip().removesuffix("UTC").strip().replace(" ", "T", 1)
    if len(words) <= 8 and ":" in words:
        day = moment(near)
        words = f"{day.year:04d}-{day.month:02d}-{day.day:02d}T{words}"
    try:
        at = datetime.fromisoformat(words)
        return micros(at if at.tzinfo is not None else at.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None
