"""Times have one spelling."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebound_packaging.times import parse_stamp, stamp


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_time_reads_back(moment: datetime) -> None:
    assert parse_stamp(stamp(moment)) == moment


def test_a_time_in_another_zone_is_written_in_utc() -> None:
    moment = datetime(2026, 3, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert stamp(moment) == "2026-02-28T23:30:00.000000Z"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        stamp(datetime(2026, 3, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T09:30:00Z",
        "2026-03-01T09:30:00.000000+00:00",
        "2026-03-01 09:30:00.000000Z",
        "2026-03-01T09:30:00.0000000Z",
        "2026-02-30T09:30:00.000000Z",
        "2026-03-01T24:00:00.000000Z",
        "2026-03-01T09:30:60.000000Z",
        "0000-03-01T09:30:00.000000Z",
        "２026-03-01T09:30:00.000000Z",
        "2026-03-01T09:30:00.000000Z\n",
        "",
    ],
)
def test_other_notations_and_impossible_dates_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_stamp(text)
