"""Local time beside UTC: offsets, the hour that is missing or stands twice, nights, and what is no zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebound_ui.desktop.timeline.dates import micros
from casebound_ui.desktop.timeline.localtime import LocalZone, local_ticks, nights
from casebound_ui.desktop.timeline.scale import DAY, EARLIEST, HOUR, LATEST, MINUTE, View

NAMES = ("Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca", "+05:30")


def at(text: str) -> int:
    return micros(datetime.fromisoformat(text).replace(tzinfo=UTC))


def zone(name: str) -> LocalZone:
    made = LocalZone.named(name)
    assert made is not None
    return made


@given(
    st.sampled_from(NAMES),
    st.integers(at("1960-01-01"), at("2037-01-01")),
    st.integers(MINUTE, 500 * DAY),
)
@settings(deadline=None, max_examples=60)
def test_stages_are_the_offsets_of_every_moment(name: str, start: int, span: int) -> None:
    there, view = zone(name), View(start, start + span)
    stages = there.stages(view)
    assert stages[0].start == view.start and stages[-1].end == view.end
    assert all(before.end == after.start and before.offset != after.offset for before, after in pairwise(stages))
    rules = None if name.startswith("+") else ZoneInfo(name)
    for n in range(40):
        time = start + span * n // 40
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time)
        offset = timedelta(hours=5, minutes=30) if rules is None else moment.astimezone(rules).utcoffset()
        stage = next(stage for stage in stages if stage.start <= time < stage.end)
        assert stage.offset == (offset or timedelta()) // timedelta(microseconds=1)


def test_clocks_go_forward_and_an_hour_is_missing() -> None:
    view = View(at("2026-03-29T00:00"), at("2026-03-29T04:00"))
    ticks = local_ticks(zone("Europe/Berlin"), view, 800, 88)
    hours = [(tick.label, (tick.time - view.start) / HOUR) for tick in ticks if tick.label.endswith(":00")]
    assert hours == [("01:00", 0), ("03:00", 1), ("04:00", 2), ("05:00", 3)]
    (change,) = zone("Europe/Berlin").changes(view)
    assert (change.words, change.time) == ("+1 h", at("2026-03-29T01:00"))
    assert zone("Europe/Berlin").offsets(view) == "+01:00/+02:00"


def test_clocks_go_back_and_an_hour_stands_twice() -> None:
    view = View(at("2026-10-25T00:00"), at("2026-10-25T03:00"))
    ticks = local_ticks(zone("Europe/Berlin"), view, 800, 88)
    assert [tick.label for tick in ticks if tick.label.endswith(":00")] == ["02:00", "02:00", "03:00"]
    (change,) = zone("Europe/Berlin").changes(view)
    assert change.words == "−1 h"
    assert zone("Australia/Lord_Howe").changes(View(at("2026-04-04"), at("2026-04-06")))[0].words == "−30 min"


def test_local_midnights_are_named_by_their_day() -> None:
    view = View(at("2026-03-12T12:00"), at("2026-03-13T12:00"))
    ticks = local_ticks(zone("Asia/Kathmandu"), view, 700, 88)
    midnight = next(tick for tick in ticks if tick.label == "13 Mar")
    assert midnight.time == at("2026-03-12T18:15")


@given(st.sampled_from(("", *NAMES)), st.integers(at("1970-01-01"), at("2037-01-01")), st.integers(MINUTE, 12 * DAY))
@settings(deadline=None, max_examples=80)
def test_nights_are_from_six_to_eight_on_the_zones_clock(name: str, start: int, span: int) -> None:
    view, there = View(start, start + span), zone(name) if name else None
    dark = nights(there, view)
    assert all(low < high for low, high in dark)
    assert all(before[1] < after[0] for before, after in pairwise(dark))
    for n in range(60):
        time = start + span * n // 60
        hour = ((time + (there.offset(time) if there is not None else 0)) % DAY) // HOUR
        assert any(low <= time < high for low, high in dark) == (hour >= 18 or hour < 8)


def test_the_ends_of_the_calendar_have_offsets_too() -> None:
    for name in NAMES:
        there = zone(name)
        for view in (View(EARLIEST, EARLIEST + DAY), View(LATEST - DAY, LATEST), View(EARLIEST, LATEST)):
            assert there.stages(view)[-1].end == view.end
            local_ticks(there, view, 660, 88)
            nights(there, View(view.start, view.start + DAY))
            assert there.text(view.start)


@pytest.mark.parametrize("name", ["", "Nowhere/Land", "+99:00", "../etc/passwd", "Europe/Berlin\n", "x" * 5_000])
def test_what_is_no_zone_is_none(name: str) -> None:
    made = LocalZone.named(name)
    assert made is None or made.zone.name == "Europe/Berlin"  # blanks around a name are no part of it
