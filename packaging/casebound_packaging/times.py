"""Times as every file of a package has them: UTC, always six fraction digits, `2026-03-01T09:30:00.000000Z`."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

_FORM: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\.([0-9]{6})Z", re.ASCII)


def stamp(moment: datetime) -> str:
    """Write an aware time. Raises `ValueError` for a time without a zone."""
    if moment.utcoffset() is None:
        raise ValueError("a time without a zone cannot be written")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def parse_stamp(text: str) -> datetime:
    """Read exactly the written form. Raises `ValueError` for any other notation and for dates that do not exist."""
    form = _FORM.fullmatch(text)
    if form is None:
        raise ValueError(f"{text[:40]!r} is not a time of the form 2026-03-01T09:30:00.000000Z")
    year, month, day, hour, minute, second, fraction = (int(part) for part in form.groups())
    return datetime(year, month, day, hour, minute, second, fraction, tzinfo=UTC)
