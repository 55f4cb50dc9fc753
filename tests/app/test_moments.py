"""Reading times: every notation by its rule, nothing guessed, and DuckDB's way equal to ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebound.errors import BadRequest
from casebound.moments import FORMATS, Ambiguous, Moment, Reading, Unread, read, settle, utc_text
from casebound.timecolumn import TimeColumn
from casebound.zones import REPEATED, SKIPPED, find_zone


def utc(text: str, zone: str = "UTC", time_format: str = "auto") -> str:
    found = read(text, time_format)
    assert isinstance(found, Reading), found
    moment = settle(found, find_zone(zone), "chosen")
    assert isinstance(moment, Moment), moment
    return utc_text(moment.time_us)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00.000000Z"),
        ("2026-03-01 10:00:00.5+02:00", "2026-03-01T08:00:00.500000Z"),
        ("2026-03-01T10:00:00+0000", "2026-03-01T10:00:00.000000Z"),
        ("2026-03-01T10:00:00-03", "2026-03-01T13:00:00.000000Z"),
        ("2023-11-16 18:17:03.9799600", "2023-11-16T18:17:03.979960Z"),
        ("2026/3/1 7:05", "2026-03-01T07:05:00.000000Z"),
        ("20260301T101112Z", "2026-03-01T10:11:12.000000Z"),
        ("20260301101112", "2026-03-01T10:11:12.000000Z"),
        ("2026-03-01T24:00:00Z", "2026-03-02T00:00:00.000000Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z"),
        ("17/May/2015:10:05:03 +0000", "2015-05-17T10:05:03.000000Z"),
        ("Mon, 02 Mar 2026 10:00:00 GMT", "2026-03-02T10:00:00.000000Z"),
        ("March 1, 2026 12:04 AM", "2026-03-01T00:04:00.000000Z"),
        ("01.03.2026 07:08:09", "2026-03-01T07:08:09.000000Z"),
        ("1772359200", "2026-03-01T10:00:00.000000Z"),
        ("1772359200.25", "2026-03-01T10:00:00.250000Z"),
        ("1772359200123", "2026-03-01T10:00:00.123000Z"),
        ("1772359200123456", "2026-03-01T10:00:00.123456Z"),
        ("1772359200123456789", "2026-03-01T10:00:00.123456Z"),
        ("2227-01-01T00:00:00Z", "2227-01-01T00:00:00.000000Z"),
        ("1601-01-01T00:00:00Z", "1601-01-01T00:00:00.000000Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
        ("2026-03-01T10:00:00,25+01", "2026-03-01T09:00:00.250000Z"),
        ("2026-03-01T10:00:00+01:00[Europe/Berlin]", "2026-03-01T09:00:00.000000Z"),
        ("2026-W09-7T10:00:00Z", "2026-03-01T10:00:00.000000Z"),
        ("2026W097", "2026-03-01T00:00:00.000000Z"),
        ("2024-366", "2024-12-31T00:00:00.000000Z"),
        ("2026-060T10:00Z", "2026-03-01T10:00:00.000000Z"),
        ("Mon, 2 Mar 2026 10:00:00 +0100 (MEZ (Berlin\\)))", "2026-03-02T09:00:00.000000Z"),
        ("2 (the second) Mar 2026 10:00 EST", "2026-03-02T15:00:00.000000Z"),
        ("02 Mar 26 10:00:00 PDT", "2026-03-02T17:00:00.000000Z"),
        ("2 Mar 99 10:00:00 UT", "1999-03-02T10:00:00.000000Z"),
        ("2 Mar 126 10:00:00 -0000", "2026-03-02T10:00:00.000000Z"),
        ("[17/May/2015:10:05:03 -0200]", "2015-05-17T12:05:03.000000Z"),
        ("Sun Mar  1 10:00:00 2026", "2026-03-01T10:00:00.000000Z"),
        ("Sun Mar  1 10:00:00 UTC 2026", "2026-03-01T10:00:00.000000Z"),
        ("Sun Mar 01 10:00:00 2026 +0530", "2026-03-01T04:30:00.000000Z"),
        ("1 September 2026", "2026-09-01T00:00:00.000000Z"),
        ("Sept. 1, 2026", "2026-09-01T00:00:00.000000Z"),
        ("1772359200,25", "2026-03-01T10:00:00.250000Z"),
    ],
)
def test_each_notation_reads(text: str, expected: str) -> None:
    assert utc(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no time"),
        ("  ", "no time"),
        ("2026-02-30T10:00:00Z", "is not a time"),
        ("2026-13-01", "2026-13-01"),
        ("1.77E+12", "rounded"),
        ("12345", "unit"),
        ("03/04/26", "two digits"),
        ("2026-03-01T10:00:00 EST", "one thing only"),
        ("yesterday", "notation"),
        ("13/13/2026", "13/13/2026"),
        ("2026-03-01T25:00:00Z", "hour"),
        ("٢٠٢٦-03-01", "notation"),
        ("123456789", "unit"),
        ("133000000000000000", "FILETIME"),
        ("0:02:14.5", "time base"),
        ("10:05", "notation"),
        ("1 März 2026", "notation"),
        ("1 Marzo 2026", "English"),
        ("02-MAR-26 10:00:00", "two digits"),
        ("2 Mar 2026 10:00:00 CEST", "one meaning"),
        ("2 Mar 2026 10:00:00 A", "one meaning"),
        ("2 Mar 2026 10:00:00 (open +0100", "notation"),
        ("2026-W54-1", "week"),
        ("2025-366", "no day 366"),
        ("2026-03-01T24:00:00.5Z", "hour"),
        ("2026-03-01T10:60:00Z", "minute"),
        ("99999999999999999999999999", "unit"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, words: str) -> None:
    found = read(text)
    assert isinstance(found, Unread)
    assert words in found.reason


@pytest.mark.parametrize(
    ("text", "rule", "precision", "uncertain"),
    [
        ("2026-03-01T10:00:00Z", "ISO 8601", 1_000_000, 0),
        ("2026-03-01T10:00:00,5Z", "ISO 8601", 100_000, 0),
        ("2026-03-01T10:00:00.123456+01", "ISO 8601", 1, 0),
        ("2026-03-01T10:00:00.1234567Z", "ISO 8601", 1, 0),
        ("2026-03-01 10:00", "ISO 8601", 60_000_000, 60_000_000),
        ("2026-03-01", "ISO 8601", 86_400_000_000, 86_400_000_000),
        ("2026-W09-7", "ISO 8601 week date", 86_400_000_000, 86_400_000_000),
        ("2026-060T10:00:00Z", "ISO 8601 day of the year", 1_000_000, 0),
        ("13/04/2026 10:00:00", "day first", 1_000_000, 0),
        ("1772359200", "seconds since 1970", 1_000_000, 0),
        ("1772359200.25", "seconds since 1970", 10_000, 0),
        ("1772359200123", "milliseconds since 1970", 1000, 0),
        ("1772359200123456", "microseconds since 1970", 1, 0),
        ("1772359200123456789", "nanoseconds since 1970", 1, 0),
        ("Mon, 02 Mar 2026 10:00:00 GMT", "RFC 2822", 1_000_000, 0),
        ("2 Mar 2026 10:00 EST", "RFC 2822", 60_000_000, 60_000_000),
        ("17/May/2015:10:05:03 +0000", "web server log", 1_000_000, 0),
        ("March 1, 2026", "month by name", 86_400_000_000, 86_400_000_000),
    ],
)
def test_each_reading_names_its_rule_and_how_fine_it_is(text: str, rule: str, precision: int, uncertain: int) -> None:
    found = read(text)
    assert isinstance(found, Reading), found
    moment = settle(found, find_zone("UTC"), "chosen")
    assert isinstance(moment, Moment)
    assert (moment.rule, moment.precision_us, moment.uncertain_us) == (rule, precision, uncertain)


def test_day_and_month_are_never_guessed() -> None:
    assert isinstance(read("03/04/2026 10:00"), Ambiguous)
    assert utc("13/04/2026") == "2026-04-13T00:00:00.000000Z"
    assert utc("04/13/2026") == "2026-04-13T00:00:00.000000Z"
    assert utc("05/05/2026") == "2026-05-05T00:00:00.000000Z"
    assert utc("03/04/2026", time_format="dmy") == "2026-04-03T00:00:00.000000Z"
    assert utc("03/04/2026", time_format="mdy") == "2026-03-04T00:00:00.000000Z"


def test_workbook_days_in_both_systems() -> None:
    assert utc("46082.5", time_format="excel") == "2026-03-01T12:00:00.000000Z"
    assert utc("44620.5", time_format="excel-1904") == "2026-03-01T12:00:00.000000Z"
    assert isinstance(read("-5", "excel"), Unread)


def test_a_day_that_workbooks_invented_is_no_time() -> None:
    assert isinstance(read("60", "excel"), Unread)
    assert utc("59", time_format="excel") == "1900-02-28T00:00:00.000000Z"
    assert utc("61", time_format="excel") == "1900-03-01T00:00:00.000000Z"
    assert utc("1", time_format="excel") == "1900-01-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    ("text", "time_format", "expected"),
    [
        ("116444736000000000", "filetime", "1970-01-01T00:00:00.000000Z"),
        ("134168328000000000", "filetime", "2026-03-01T10:00:00.000000Z"),
        ("0", "filetime", "1601-01-01T00:00:00.000000Z"),
        ("13416832800000000", "webkit-us", "2026-03-01T10:00:00.000000Z"),
        ("-1", "epoch-s", "1969-12-31T23:59:59.000000Z"),
        ("-0.25", "epoch-s", "1969-12-31T23:59:59.750000Z"),
        ("-1", "epoch-ns", "1969-12-31T23:59:59.999999Z"),
        ("123456789", "epoch-us", "1970-01-01T00:02:03.456789Z"),
        ("01/03/26 10:05", "%d/%m/%y %H:%M", "2026-03-01T10:05:00.000000Z"),
        ("2026-03-01 10:05 UTC", "%Y-%m-%d %H:%M %Z", "2026-03-01T10:05:00.000000Z"),
        ("1 Mar 2026 10:05:00.123 +0100", "%d %b %Y %H:%M:%S.%f %z", "2026-03-01T09:05:00.123000Z"),
    ],
)
def test_formats_that_a_person_states(text: str, time_format: str, expected: str) -> None:
    assert utc(text, time_format=time_format) == expected


@pytest.mark.parametrize(
    ("text", "time_format", "precision", "uncertain"),
    [
        ("46082", "excel", 86_400_000_000, 86_400_000_000),
        ("46082.5", "excel", 8_640_000_000, 0),
        ("46082.123456789", "excel", 1000, 0),
        ("133000000000000000", "filetime", 1, 0),
        ("5.5", "epoch-ms", 100, 0),
        ("2026-03-01", "%Y-%m-%d", 86_400_000_000, 86_400_000_000),
        ("2026-03", "%Y-%m", 31 * 86_400_000_000, 31 * 86_400_000_000),
        ("2026-03-01 10:05", "%Y-%m-%d %H:%M", 60_000_000, 60_000_000),
        ("2026-03-01 10:05:00.12", "%Y-%m-%d %H:%M:%S.%f", 10_000, 0),
    ],
)
def test_precision_of_formats(text: str, time_format: str, precision: int, uncertain: int) -> None:
    found = read(text, time_format)
    assert isinstance(found, Reading), found
    assert (found.precision_us, found.uncertain_us) == (precision, uncertain)


@pytest.mark.parametrize(
    ("text", "time_format", "words"),
    [
        ("Mar 1 10:00:00", "%b %d %H:%M:%S", "no year"),
        ("2026-03-01 CET", "%Y-%m-%d %Z", "use %z"),
        ("soon", "relative-s", "not a number"),
        ("soon", "filetime", "not a number"),
        ("1e3", "relative-ms", "rounded"),
        ("9" * 40, "filetime", "years 1 to 9999"),
    ],
)
def test_what_a_format_cannot_tell_is_never_made_up(text: str, time_format: str, words: str) -> None:
    found = read(text, time_format)
    assert isinstance(found, Unread)
    assert words in found.reason


@pytest.mark.parametrize(
    ("beginning", "repeated", "end"), [("", "(", ""), ("", "1", ""), ("", "2 ", ""), ("2026-03-01", " ", "1")]
)
def test_a_cell_of_ten_million_characters_is_no_time(beginning: str, repeated: str, end: str) -> None:
    text = beginning + repeated * 10_000_000 + end
    for time_format in (*FORMATS, "%Y-%m-%d"):
        found = read(text, time_format)
        assert isinstance(found, Unread)
        assert len(found.reason) < 200


def test_a_weekday_that_does_not_fit_is_told() -> None:
    found = read("Tue, 02 Mar 2026 10:00:00 GMT")
    assert isinstance(found, Reading)
    assert "“Tue” does not fit" in found.note
    found = read("Mon, 02 Mar 2026 10:00:00 GMT")
    assert isinstance(found, Reading)
    assert not found.note


def test_a_repeated_hour_is_uncertain_by_what_was_repeated() -> None:
    for text, zone, uncertain in (
        ("2026-10-25 02:30:00", "Europe/Berlin", 3_600_000_000),
        ("2026-10-25 02:30", "Europe/Berlin", 3_660_000_000),
        ("2026-04-05 01:45:00", "Australia/Lord_Howe", 1_800_000_000),
        ("2026-03-29 02:30:00", "Europe/Berlin", 0),
        ("2026-10-25 03:30:00", "Europe/Berlin", 0),
        ("2026-10-25 02:30:00", "+01:00", 0),
    ):
        found = read(text)
        assert isinstance(found, Reading)
        moment = settle(found, find_zone(zone), "chosen")
        assert isinstance(moment, Moment)
        assert moment.uncertain_us == uncertain, text


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _iso(at: datetime, separator: str = "T") -> str:
    return at.replace(tzinfo=None).isoformat(separator, "microseconds")


_NOTATIONS: dict[str, Callable[[datetime], tuple[str, str]]] = {
    "ISO with Z": lambda at: (_iso(at) + "Z", "auto"),
    "ISO with a blank and an offset": lambda at: (_iso(at + timedelta(hours=5, minutes=30), " ") + "+0530", "auto"),
    "ISO with hours only": lambda at: (_iso(at - timedelta(hours=3)) + "-03", "auto"),
    "ISO with a comma": lambda at: (_iso(at).replace(".", ",") + "0Z", "auto"),
    "ISO with nine digits": lambda at: (_iso(at) + "000Z", "auto"),
    "ISO without a zone": lambda at: (_iso(at), "auto"),
    "week date": lambda at: ("{:04d}-W{:02d}-{}".format(*at.isocalendar()) + _iso(at)[10:] + "Z", "auto"),
    "day of the year": lambda at: (f"{at.year:04d}-{at.timetuple().tm_yday:03d}{_iso(at)[10:]}Z", "auto"),
    "compact": lambda at: (_iso(at).replace("-", "").replace(":", "") + "Z", "auto"),
    "month by name": lambda at: (f"{at.day} {_MONTHS[at.month - 1]} {at.year:04d} {_iso(at)[11:]}", "auto"),
    "day first": lambda at: (f"{at.day:02d}/{at.month:02d}/{at.year:04d} {_iso(at)[11:]}", "dmy"),
    "month first": lambda at: (f"{at.month}/{at.day}/{at.year:04d} {_iso(at)[11:]}", "mdy"),
    "microseconds since 1970": lambda at: (str(_us(at)), "epoch-us"),
    "seconds since 1970": lambda at: (_decimal(_us(at), 6), "epoch-s"),
    "milliseconds since 1970": lambda at: (_decimal(_us(at), 3), "epoch-ms"),
    "nanoseconds since 1970": lambda at: (str(_us(at) * 1000), "epoch-ns"),
    "FILETIME": lambda at: (str((_us(at) + 11_644_473_600_000_000) * 10), "filetime"),
    "WebKit": lambda at: (str(_us(at) + 11_644_473_600_000_000), "webkit-us"),
}
_WHOLE: dict[str, Callable[[datetime], str]] = {
    "RFC 2822": lambda at: (
        f"{_WEEKDAYS[at.weekday()]}, {at.day} {_MONTHS[at.month - 1]} {at.year:04d} {at:%H:%M:%S} +0000 (a (b))"
    ),
    "RFC 2822, obsolete": lambda at: f"{at.day:02d} {_MONTHS[at.month - 1]} {at.year:04d} {at:%H:%M:%S} GMT",
    "web server log": lambda at: f"{at.day:02d}/{_MONTHS[at.month - 1]}/{at.year:04d}:{at:%H:%M:%S} +0000",
    "asctime": lambda at: f"{_WEEKDAYS[at.weekday()]} {_MONTHS[at.month - 1]} {at.day:2d} {at:%H:%M:%S} {at.year:04d}",
}
_EVER = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 30)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


def _us(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _decimal(number: int, places: int) -> str:
    digits = str(abs(number)).zfill(places + 1)
    return f"{'-' if number < 0 else ''}{digits[:-places]}.{digits[-places:]}"


@pytest.mark.parametrize("notation", _NOTATIONS)
@given(_EVER)
@settings(max_examples=60, deadline=None)
def test_a_moment_reads_back_the_same_in_every_notation(notation: str, at: datetime) -> None:
    text, time_format = _NOTATIONS[notation](at)
    assert utc(text, time_format=time_format) == utc_text(_us(at)), text


@pytest.mark.parametrize("notation", _WHOLE)
@given(_EVER)
@settings(max_examples=60, deadline=None)
def test_a_whole_second_reads_back_the_same(notation: str, at: datetime) -> None:
    at = at.replace(microsecond=0)
    text = _WHOLE[notation](at)
    assert utc(text) == utc_text(_us(at)), text
    found = read(text)
    assert isinstance(found, Reading)
    assert (found.precision_us, found.note) == (1_000_000, "")


@given(st.text(max_size=40), st.sampled_from(FORMATS))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_or_refused_with_a_reason(text: str, time_format: str) -> None:
    found = read(text, time_format)
    assert isinstance(found, Reading | Ambiguous) or found.reason


def test_a_pattern_of_the_person() -> None:
    assert utc("01|03|26 10h05", time_format="%d|%m|%y %Hh%M") == "2026-03-01T10:05:00.000000Z"
    assert isinstance(read("nonsense", "%d|%m|%y"), Unread)


def test_lost_fraction_is_noted() -> None:
    found = read("2026-03-01T10:00:00.1234567Z")
    assert isinstance(found, Reading)
    assert "fraction" in found.note
    found = read("2026-03-01T10:00:00.1234560Z")
    assert isinstance(found, Reading)
    assert found.note == ""


def test_skipped_and_repeated_hours_are_flagged() -> None:
    berlin = find_zone("Europe/Berlin")
    for text, expected, word in (
        ("2026-03-29 02:30:00", "2026-03-29T01:30:00.000000Z", "skipped"),
        ("2026-10-25 02:30:00", "2026-10-25T00:30:00.000000Z", "repeated"),
        ("2026-03-29 03:00:00", "2026-03-29T01:00:00.000000Z", ""),
        ("2026-10-25 03:00:00", "2026-10-25T02:00:00.000000Z", ""),
    ):
        found = read(text)
        assert isinstance(found, Reading)
        moment = settle(found, berlin, "chosen")
        assert isinstance(moment, Moment)
        assert utc_text(moment.time_us) == expected
        assert moment.note.startswith(word)
        assert bool(moment.note) == bool(word)


@pytest.mark.parametrize(
    "name", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo"]
)
@given(st.datetimes(datetime(1971, 1, 1), datetime(2080, 1, 1)) | st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)))  # noqa: DTZ001
@settings(max_examples=150, deadline=None)
def test_zones_agree_with_the_standard_library(name: str, wall: datetime) -> None:
    local = (wall - datetime(1970, 1, 1)) // timedelta(microseconds=1)  # noqa: DTZ001
    found, flags = find_zone(name).to_utc(np.array([local]))
    first, second = (wall.replace(tzinfo=ZoneInfo(name), fold=fold).astimezone(UTC) for fold in (0, 1))
    assert int(found[0]) == (first - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    exists = first.astimezone(ZoneInfo(name)).replace(tzinfo=None) == wall
    expected = SKIPPED if not exists else REPEATED if first != second else 0
    assert int(flags[0]) == expected


@pytest.mark.parametrize(("text", "seconds"), [("+02:00", 7200), ("-0330", -12600), ("UTC", 0), ("", 0)])
def test_fixed_zones(text: str, seconds: int) -> None:
    assert find_zone(text).fixed == seconds


def test_what_is_no_zone_is_named() -> None:
    with pytest.raises(BadRequest) as caught:
        find_zone("europe/berlin")
    assert "Europe/Berlin" in caught.value.hint
    with pytest.raises(BadRequest):
        find_zone("Mars/Olympus")
    with pytest.raises(BadRequest):
        find_zone("../../etc/passwd")


_CLOCK = st.tuples(
    st.integers(0, 2300),
    st.integers(0, 13),
    st.integers(0, 32),
    st.integers(0, 25),
    st.integers(0, 61),
    st.integers(0, 61),
)
_TIMES = st.one_of(
    st.builds(
        lambda parts, between, fraction, zone: "{:04d}-{:02d}-{:02d}{}{:02d}:{:02d}:{:02d}{}{}".format(
            *parts[:3], between, *parts[3:], fraction, zone
        ),
        _CLOCK,
        st.sampled_from(["T", " "]),
        st.sampled_from(["", ".1", ".123456", ".1234567", ".123456000", ".000000999"]),
        st.sampled_from(["", "Z", "+00:00", "-00:00", "+0530", "-11:30", "+23:59", "+24:00", " UTC"]),
    ),
    st.integers(0, 10**19).map(str),
    st.sampled_from(["", " 2026-03-01 10:00:00 ", "2026-03-29 02:30:00", "2026-10-25 02:30:00", "1E5", "1772359200 "]),
    st.text(max_size=12),
)


@given(
    st.lists(st.one_of(st.none(), _TIMES), min_size=1, max_size=30), st.sampled_from(["UTC", "Europe/Berlin", "+05:30"])
)
@settings(max_examples=120, deadline=None)
def test_many_times_are_read_as_one_is(values: list[str | None], zone_name: str) -> None:
    zone = find_zone(zone_name)
    column = TimeColumn("auto", zone, "chosen")
    times = column.read_texts(values)
    for index, value in enumerate(values):
        found = read(value or "")
        if isinstance(found, Ambiguous):
            continue
        moment = settle(found, zone, "chosen") if isinstance(found, Reading) else found
        if isinstance(moment, Unread):
            assert times.reasons[index] == moment
        else:
            assert index not in times.reasons
            said = column.ledger.lines[int(times.codes[index])]
            way = (said.zone, said.zone_origin, said.note, said.rule, said.precision_us, said.uncertain_us)
            assert Moment(int(times.time_us[index]), *way) == moment, value
