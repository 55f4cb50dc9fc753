"""How counts, sizes, moments and digests are written for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(when: datetime) -> str:
    """`2026-09-30 18:31:05 UTC`; fractions only where there are any."""
    when = when.astimezone(UTC)
    fraction = f".{when.microsecond:06d}" if when.microsecond else ""
    # %Y pads years before 1000 on some systems only.
    return f"{when.year:04d}-{when:%m-%d %H:%M:%S}{fraction} UTC"


def instant(microseconds: int | None) -> str:
    """Microseconds since 1970 as a moment; "" for None."""
    return "" if microseconds is None else moment(_EPOCH + timedelta(microseconds=microseconds))


def window(first: int | None, last: int | None) -> str:
    """A window of time (start inside, end outside), in words."""
    if first is None and last is None:
        return "the whole source"
    if first is None:
        return f"before {instant(last)}"
    if last is None:
        return f"from {instant(first)}"
    return f"{instant(first)} up to {instant(last)}"


def grouped(digest: str) -> list[str]:
    """A digest in groups of four, eight groups a line."""
    groups = [digest[place : place + 4] for place in range(0, len(digest), 4)]
    return [" ".join(groups[place : place + 8]) for place in range(0, len(groups), 8)]


def size(octets: int) -> str:
    """`1,204,118 bytes (1.1 MiB)`."""
    exact = f"{octets:,} byte{'' if octets == 1 else 's'}"
    for unit, factor in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if octets >= factor:
            return f"{exact} ({octets / factor:.1f} {unit})"
    return exact


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 row`, `12,004 rows`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(labels: Sequence[str]) -> str:
    """`S-01`, `S-01 and S-02`, `S-01 to S-10` where they follow each other, else `S-01, S-03 and S-07`."""
    numbers = [int(label.rpartition("-")[2]) for label in labels]
    if len(labels) > 2 and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        return f"{labels[0]} to {labels[-1]}"
    return " and ".join(part for part in (", ".join(labels[:-1]), labels[-1]) if part)
