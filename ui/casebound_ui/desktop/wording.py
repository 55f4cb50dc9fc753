"""How numbers, times, sizes and fingerprints are written in the window. Everything is UTC."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def count(number: int) -> str:
    """A number with thousands separators."""
    return f"{number:,}"


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 row", "2 rows"."""
    return f"{count(number)} {one if number == 1 else (many or one + 's')}"


def size(octets: int) -> str:
    """A file size in decimal units, one digit after the point where it helps."""
    if octets < 1000:
        return counted(octets, "byte")
    value = float(octets)
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        if value < 999.5:
            return f"{value:.1f} {unit}" if value < 9.95 else f"{value:.0f} {unit}"
    return f"{value / 1000:.1f} PB"


def day(moment: datetime) -> str:
    """ "23 Nov 2026"."""
    at = moment.astimezone(UTC)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def moment(at: datetime) -> str:
    """ "23 Nov 2026, 12:04:11"."""
    utc = at.astimezone(UTC)
    return f"{day(utc)}, {utc:%H:%M:%S}"


def full_moment(at: datetime) -> str:
    """ "Mon 23 Nov 2026, 12:04:11 UTC"."""
    return f"{_DAYS[at.astimezone(UTC).weekday()]} {moment(at)} UTC"


def from_us(microseconds: int | None) -> str:
    """An event time, int64 microseconds since 1970 UTC, or "no time"."""
    return "no time" if microseconds is None else moment(_EPOCH + timedelta(microseconds=microseconds))


def span(first_us: int | None, last_us: int | None) -> str:
    """What a source covers: "1 Mar 2026 to 6 Apr 2026"."""
    if first_us is None or last_us is None:
        return "no times"
    first, last = (day(_EPOCH + timedelta(microseconds=us)) for us in (first_us, last_us))
    return first if first == last else f"{first} to {last}"


def short_hash(digest: str) -> str:
    """ "9f2c 41aa … e81b 5c60" of a hex digest; the digest itself where it is short."""
    if len(digest) <= 20:
        return digest
    return f"{digest[:4]} {digest[4:8]} … {digest[-8:-4]} {digest[-4:]}"


def grouped(digest: str, group: int = 4) -> str:
    """A hex digest in groups, for reading aloud or comparing."""
    return " ".join(digest[i : i + group] for i in range(0, len(digest), group))


def key_name(fingerprint: str) -> str:
    """A key as people see it: "4F2A 91C7"."""
    return f"{fingerprint[:4]} {fingerprint[4:8]}".upper()


def initials(name: str) -> str:
    words = [word for word in name.replace(".", " ").split() if word]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def inert(text: str, limit: int = 0) -> str:
    """Text from evidence, safe to draw on one line: control and direction characters are shown as `U+XXXX`."""
    shown = "".join(
        " " if ch in "\t" else (f"⟨U+{ord(ch):04X}⟩" if unicodedata.category(ch) in ("Cc", "Cf", "Cs") else ch)
        for ch in text[: limit * 4 if limit else len(text)]
    )
    return shown if not limit or len(shown) <= limit else shown[: limit - 1] + "…"


def remaining(done: int, total: int, seconds: float) -> str:
    """ "about 4 minutes left": only after 5 % and 3 seconds, and rounded; otherwise nothing."""
    if total <= 0 or seconds < 3 or done < total * 0.05 or done >= total:
        return ""
    left = seconds * (total - done) / done
    if left < 10:
        return "a few seconds left"
    if left < 90:
        return f"about {round(left / 10) * 10} seconds left"
    return f"about {counted(round(left / 60), 'minute')} left"


def readable_times(text: str) -> str:
    """ISO times in a text as people read them: "2026-03-01 10:00:05 UTC", a fraction only where it says something."""
    return re.sub(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d*?)0*)?(?:Z|\+00:00)", _readable, text)


def _readable(found: re.Match[str]) -> str:
    fraction = f".{found[3]}" if found[3] else ""
    return f"{found[1]} {found[2]}{fraction} UTC"
