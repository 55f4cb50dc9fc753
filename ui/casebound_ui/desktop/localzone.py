"""The zone of the local time that stands beside UTC, where a person has chosen one.

UTC is what is sorted, counted and written; this is only how one more line of the inspector reads. One program shows one
zone, as it has one look.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

AS_READ = ""  # the zone that was applied when the export was read


class _Shown:
    zone: ZoneInfo | None = None


def show_in(name: str) -> bool:
    """Show local times in this zone from now on; "" is the zone that each export was read in. False: no such zone."""
    try:
        _Shown.zone = ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def chosen() -> ZoneInfo | None:
    """The zone that a person has chosen, or None."""
    return _Shown.zone
