"""What was stated of an export against what came: counts, fingerprint, window, zone, query, retention."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from casebound.assurance import KINDS, facts
from casebound.case import Source
from casebound.errors import BadRequest
from casebound.gaps import Coverage, Int64s, coverage, duration
from casebound.moments import IN_VALUE, Moment, Reading, read, settle, utc_text
from casebound.timeledger import TimesRead
from casebound.zones import find_zone

_DAY: Final = 86_400_000_000
_RETENTION: Final = re.compile(r"\s*(\d{1,6})\s*-?\s*(d|days?|weeks?|months?|years?)\b", re.IGNORECASE)
_DAYS: Final = {"d": 1, "w": 7, "m": 30, "y": 365}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One fact as stated beside what came. `agrees` is None where that cannot be told."""

    key: str  # "rows", "fingerprint", "window", "zone", "query", "retention"
    title: str
    stated: str
    came: str
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class Window:
    """The window of an export as stated, in microseconds UTC; None where an edge is not stated or cannot be read."""

    start_us: int | None
    end_us: int | None


def window_of(origin: Mapping[str, object] | None) -> Window:
    """The stated window. A time without a zone is read in the stated zone, else in UTC; an end that is a day includes
    that day.
    """
    origin = origin or {}
    return Window(_moment(origin, "window_start"), _moment(origin, "window_end"))


def _moment(origin: Mapping[str, object], key: str) -> int | None:
    text = origin.get(key)
    if not isinstance(text, str):
        return None
    zone = origin.get("window_tz", origin.get("time_zone", ""))
    try:
        found = read(text)
        moment = (
            settle(found, find_zone(zone if isinstance(zone, str) else ""), "") if isinstance(found, Reading) else None
        )
    except BadRequest:
        return None
    if not isinstance(moment, Moment):
        return None
    whole_day = re.fullmatch(r"\s*\d{4}-\d{1,2}-\d{1,2}\s*", text) is not None
    return moment.time_us + (_DAY - 1 if whole_day and key == "window_end" else 0)


def comparisons(
    source: Source, times: Int64s | None = None, zones: Mapping[tuple[str, str], int] | None = None
) -> tuple[Comparison, ...]:
    """Everything stated that can be compared. `times` are the sorted times of the source; `zones` the times read by
    (zone, where it came from). Without them, only the first and last time and the mapping are compared.
    """
    made = [_rows(source), _fingerprint(source), _query(source), _window(source, times), _zone(source, zones)]
    made.append(_retention(source))
    return tuple(one for one in made if one is not None)


def zones_of(ledger: Iterable[TimesRead]) -> dict[tuple[str, str], int]:
    """How many times were read in each zone, and where that came from, out of the time ledger of a source."""
    found: dict[tuple[str, str], int] = {}
    for way in ledger:
        key = (way.zone, way.zone_origin)
        found[key] = found.get(key, 0) + way.count
    return found


def _stated(source: Source, key: str) -> str:
    """A fact as stated, by our own name for it."""
    return next((fact.value for fact in facts(source) if _own(fact.key) == key), "")


def _own(key: str) -> str:
    return next((kind.key for kind in KINDS if key in kind.keys), key)


def _rows(source: Source) -> Comparison | None:
    if source.expected is None:
        return None
    return Comparison("rows", "Rows", f"{source.expected:,}", f"{source.read:,} read", source.expected == source.read)


def _fingerprint(source: Source) -> Comparison | None:
    stated = _stated(source, "file_sha256").strip().lower()
    if not stated:
        return None
    return Comparison("fingerprint", "SHA-256", stated, source.sha256, stated == source.sha256)


def _query(source: Source) -> Comparison | None:
    stated, text = (source.origin or {}).get("query_sha256"), _stated(source, "query_text")
    if not isinstance(stated, str) or not text:
        return None
    came = hashlib.sha256(text.encode()).hexdigest()
    return Comparison("query", "SHA-256 of the query", stated, came, stated.strip().lower() == came)


def _window(source: Source, times: Int64s | None) -> Comparison | None:
    window = window_of(source.origin)
    raw = [str((source.origin or {}).get(key) or "") for key in ("window_start", "window_end")]
    if not any(raw):
        return None
    stated = " to ".join(text or "not stated" for text in raw)
    if window.start_us is None and window.end_us is None:
        return Comparison("window", "Window", stated, "it cannot be read as times", None)
    if source.first_us is None or source.last_us is None:
        return Comparison("window", "Window", stated, "the table has no times", None)
    came = f"{utc_text(source.first_us)} to {utc_text(source.last_us)}"
    if times is None:
        early = window.start_us is not None and source.first_us < window.start_us
        late = window.end_us is not None and source.last_us > window.end_us
        return Comparison("window", "Window", stated, came, not (early or late))
    found = coverage(times, window.start_us, window.end_us)
    return Comparison("window", "Window", stated, came + outside_words(found), not found.outside)


def outside_words(found: Coverage) -> str:
    """What lies outside a stated window, as the end of a sentence; "" where nothing does."""
    parts = [
        f"{count:,} {'event' if count == 1 else 'events'} {side} the window"
        for count, side in ((found.before, "before"), (found.after, "after"))
        if count
    ]
    return "; " + " and ".join(parts) if parts else ""


def silence_words(found: Coverage) -> tuple[str, ...]:
    """Where the stated window has no rows at its ends, when that is an hour or more."""
    made = []
    if found.silent_before_us >= _DAY // 24:
        made.append(f"No rows in the first {duration(found.silent_before_us)} of the stated window.")
    if found.silent_after_us >= _DAY // 24:
        made.append(f"No rows in the last {duration(found.silent_after_us)} of the stated window.")
    return tuple(made)


def _zone(source: Source, zones: Mapping[tuple[str, str], int] | None) -> Comparison | None:
    stated = _stated(source, "window_tz")
    if not stated or source.first_us is None:
        return None
    if zones is None:
        used = source.mapping.zone or "UTC"
        return Comparison(
            "zone", "Time zone", stated, f"times that carry none were read in {used}", True if used == stated else None
        )
    came = ", ".join(f"{count:,} in {zone} ({origin})" for (zone, origin), count in sorted(zones.items()))
    named = {zone for zone, origin in zones if origin != IN_VALUE}
    return Comparison("zone", "Time zone", stated, came or "no times", named <= {stated})


def _retention(source: Source) -> Comparison | None:
    stated, exported = _stated(source, "retention_window"), _stated(source, "exported_at")
    if not stated or not exported:
        return None
    length, at = _RETENTION.match(stated), _moment({"window_start": exported}, "window_start")
    start = window_of(source.origin).start_us
    if length is None or at is None or start is None:
        return None
    kept_from = at - int(length[1]) * _DAYS[length[2][0].lower()] * _DAY
    if kept_from <= start:
        return Comparison(
            "retention", "Retention", stated, "all of the window was still kept when it was exported", True
        )
    lost = f"rows before {utc_text(kept_from)} may have been deleted before the export"
    return Comparison("retention", "Retention", stated, lost, False)


def summary(compared: tuple[Comparison, ...]) -> str:
    """One sentence over all comparisons."""
    if not compared:
        return "Nothing was stated that could be compared with what came."
    wrong = [one.title for one in compared if one.agrees is False]
    if wrong:
        return f"Not as stated: {', '.join(wrong)}."
    return "What can be compared is as stated."


__all__ = ["Comparison", "Window", "comparisons", "outside_words", "silence_words", "summary", "window_of", "zones_of"]
