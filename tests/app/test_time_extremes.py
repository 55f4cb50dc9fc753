"""Times at the edges: years that are no event, times before 1970, counts from a base, several conventions at once."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from casebound import rowstore
from casebound.case import Source
from casebound.document import Case
from casebound.errors import BadRequest
from casebound.events import Events
from casebound.importing import bring_in, preview
from casebound.moments import utc_text

TIMESKETCH = Path("/work/shared/data/timesketch-events/end_to_end_tests/test_data")


def brought(case: Case, folder: Path, text: str, **how: object) -> Source:
    path = folder / f"t{len(list(folder.iterdir()))}.csv"
    path.write_text(text)
    return bring_in(case, path, **how)[0]  # type: ignore[arg-type]


def read_times(case: Case) -> list[tuple[str, str]]:
    with Events.open(case.path, case.snapshot().sources) as events:
        return [(utc_text(one.time_us), one.time_note) for one in events.page(0, events.count)]


def test_odd_years_stand_on_the_timeline_with_a_note(case: Case, tmp_path: Path) -> None:
    odd = ["0001-01-01T00:00:00Z", "1601-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z"]
    odd += ["2026-03-01T10:00:00Z", "2227-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"]
    source = brought(case, tmp_path, "ts,who\n" + "".join(f"{one},a\n" for one in reversed(odd)))
    assert (source.read, source.kept, source.timed, source.quarantined) == (7, 7, 7, 0)
    times = read_times(case)
    assert [time[:10] for time, _ in times] == [one[:10] for one in odd]
    words = ("never set", "zero of a Windows clock", "before 1970", "zero of a Unix clock", "", "far future", "never")
    for (time, note), word in zip(times, words, strict=True):
        assert (word in note) if word else not note, time
    assert (source.first_us, source.last_us) == (-62_135_596_800_000_000, 253_402_300_799_999_999)
    with Events.open(case.path, case.snapshot().sources) as events:
        assert events.select("before:1970-01-01").count == 3
        assert events.select("after:1601-01-01 before:1601-01-02").count == 1
        assert events.select("", None, 0).count == 3
        assert events.select("who:a", -1, 1).count == 2
        count, sql = events.measure(source.table, "before:1970-01-01")
        assert count == 3
        assert "< 0" in sql
    assert not case.check().findings


def test_days_that_no_calendar_has_are_set_aside(case: Case, tmp_path: Path) -> None:
    text = "ts,who\n2026-02-30T10:00:00Z,a\n2026-03-01T25:00:00Z,b\n2026-03-01T10:00:00Z,c\n0000-01-01T00:00:00Z,d\n"
    source = brought(case, tmp_path, text + "9999-12-31T23:59:59-01:00,e\n0001-01-01T00:00:00+01:00,f\n")
    assert (source.read, source.kept, source.quarantined) == (6, 1, 5)
    with Events.open(case.path, case.snapshot().sources) as events:
        told = {row.raw.split(",")[1]: row.reason for row in events.set_aside()}
    assert set(told) == {"a", "b", "d", "e", "f"}
    assert "years 1 to 9999" in told["e"]
    assert "years 1 to 9999" in told["f"]


def test_relative_times_need_a_base_that_somebody_states(case: Case, tmp_path: Path) -> None:
    text = "offset,who\n0,a\n1500,b\n-250,c\n0:02:14.5,d\n"
    said: dict[str, object] = {"columns": {"offset": {"role": "time", "time_format": "relative-ms"}}}
    with pytest.raises(BadRequest, match="not stated") as caught:
        brought(case, tmp_path, text, mapping=said)
    assert "time_base" in caught.value.hint
    assert not case.snapshot().sources
    path = tmp_path / "again.csv"
    path.write_text(text)
    assert any("time base is needed" in word for word in preview(path, mapping=said)[0].evidence)
    said["time_base"] = "2026-03-01T10:00:00+01:00"
    looked = preview(path, mapping=said)[0]
    assert dict(looked.time_samples)["1500"] == "2026-03-01T09:00:01.500000Z"
    source = bring_in(case, path, mapping=said)[0]
    assert source.mapping.time_base_origin == "chosen by Rosa Behrens"
    assert [time[11:23] for time, _ in read_times(case)] == [
        "08:59:59.750",
        "09:00:00.000",
        "09:00:01.500",
        "09:02:14.500",
    ]
    with Events.open(case.path, case.snapshot().sources) as events:
        event = events.page(0, 1)[0]
    assert (event.zone, event.zone_origin) == ("+01:00", "chosen by Rosa Behrens")
    assert "counted from 2026-03-01T10:00:00+01:00" in event.time_note
    assert not case.check().findings


@pytest.mark.parametrize("base", ["yesterday", "2026-03-01", "2026-03-01T10:00:00", "2026-03-01T10:00Z"])
def test_a_base_must_be_one_moment(case: Case, tmp_path: Path, base: str) -> None:
    said = {"columns": {"offset": {"role": "time", "time_format": "relative-s"}}, "time_base": base}
    with pytest.raises(BadRequest, match="counted from"):
        brought(case, tmp_path, "offset,who\n1,a\n", mapping=said)


def test_a_column_with_several_conventions_is_read_value_by_value(case: Case, tmp_path: Path) -> None:
    lines = ["2026-03-01T10:00:00Z", "1772359201", "1772359202000", "Sun, 1 Mar 2026 10:00:03 GMT"]
    lines += ["01/Mar/2026:10:00:04 +0000", "2026-03-01T11:00:05+01", "20260301T100006Z", "13/04/2026 10:00:00"]
    path = tmp_path / "mixed.csv"
    path.write_text("ts;who\n" + "".join(f"{one};a\n" for one in lines))
    words = " ".join(preview(path)[0].evidence)
    assert "written in several ways" in words
    assert "2 by ISO 8601" in words
    assert "1 by RFC 2822" in words
    source = bring_in(case, path)[0]
    assert (source.read, source.kept) == (8, 8)
    assert [time[17:19] for time, _ in read_times(case)[:7]] == ["00", "01", "02", "03", "04", "05", "06"]


def test_a_preview_round_trips_with_its_base(tmp_path: Path, case: Case) -> None:
    from casebound.mappings import mapping_json

    path = tmp_path / "r.csv"
    path.write_text("ms,who\n5,a\n")
    said: dict[str, object] = {
        "columns": {"ms": {"role": "time", "time_format": "relative-ms"}},
        "time_base": "2026-03-01T10:00:00Z",
    }
    told = json.loads(mapping_json(preview(path, mapping=said)[0].mapping))
    assert bring_in(case, path, mapping=told)[0].first_us == 1_772_359_200_005_000


@pytest.mark.skipif(not TIMESKETCH.is_dir(), reason="the shared data are not here")
@pytest.mark.parametrize(
    ("name", "rows", "first", "last"),
    [
        ("sigma_events.csv", 4, "2015-07-24T19:01:01.000000Z", "2015-07-24T19:01:03.000000Z"),
        ("sigma_events.jsonl", 4, "2015-07-24T19:01:01.000000Z", "2015-07-24T19:01:03.000000Z"),
        ("evtx_direct.csv", 0, "2012-03-14T04:17:38.276340Z", ""),
        ("evtx_fails.csv", 0, "2012-03-14T04:17:38.276340Z", ""),
    ],
)
def test_timesketch_files_keep_their_counts(case: Case, name: str, rows: int, first: str, last: str) -> None:
    """`timestamp` of the Sigma files (123456789, in microseconds: 1970) contradicts `datetime`, which is taken."""
    import csv

    path = TIMESKETCH / name
    if not rows:
        with path.open(newline="") as stream:
            rows = sum(1 for _ in csv.reader(stream)) - 1
    source = bring_in(case, path)[0]
    assert source.read == source.kept + source.quarantined + source.duplicates == rows
    assert source.kept == rows
    assert utc_text(source.first_us or 0) == first
    assert not last or utc_text(source.last_us or 0) == last


def test_the_time_ledger_counts_every_way_and_shows_one(case: Case, tmp_path: Path) -> None:
    """Also where the table's own columns are named like those of the ledger and of the store."""
    lines = ["2026-03-01T10:00:00Z", "2026-03-01T10:00:01Z", "2026-03-01 10:00:02", "1772359203", "2026-10-25 02:30"]
    text = "ts,rule,zone,code,count,first,note,_reading\n" + "".join(f"{one},a,b,c,1,2,d,e\n" for one in lines)
    source = brought(case, tmp_path, text, zone="Europe/Berlin")
    (tmp_path / "plain.csv").write_text("clause,text\nc1,No\n")
    (plain,) = bring_in(case, tmp_path / "plain.csv")
    with Events.open(case.path, case.snapshot().sources) as events:
        ways = events.time_ledger(source.number)
        assert sum(way.count for way in ways) == source.timed == 5
        assert {way.example for way in ways} <= set(lines)
        (doubtful,) = (way for way in ways if "repeated hour" in way.note)
        assert (doubtful.zone, doubtful.count, doubtful.example) == ("Europe/Berlin", 1, "2026-10-25 02:30")
        assert events.time_ledger(plain.number) == []
        # The sum over the ways of every event is the ledger.
        told = Counter((one.time_rule, one.zone, one.time_note) for one in events.page(0, events.count))
        assert told == Counter({(way.rule, way.zone, way.note): way.count for way in ways})


def test_a_manifest_may_state_the_base_and_a_person_overrules_it(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    path.write_text("ms,who\n5,a\n")
    manifest = {"export_id": "e1", "row_counts": {"runs.csv": 1}, "time_base": "2026-03-01T10:00:00Z"}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    said: dict[str, object] = {"columns": {"ms": {"role": "time", "time_format": "relative-ms"}}}
    seen = preview(path, mapping=said)
    assert (seen[0].mapping.time_base, seen[0].mapping.time_base_origin) == ("2026-03-01T10:00:00Z", "manifest.json")
    (source,) = bring_in(case, path, previews=seen)
    assert (source.first_us, source.mapping.time_base_origin) == (1_772_359_200_005_000, "manifest.json")
    path.write_text("ms,who\n6,b\n")
    (other,) = bring_in(case, path, mapping={**said, "time_base": "2026-03-01T11:00:00Z"})
    assert (other.first_us, other.mapping.time_base_origin) == (1_772_362_800_006_000, "chosen by Rosa Behrens")
    path.write_text("ms,who\n7,c\n")
    given = {"time_base": "2026-03-01T12:00:00Z"}
    (third,) = bring_in(case, path, mapping=said, origin=given)
    assert third.first_us == 1_772_366_400_007_000
    (tmp_path / "manifest.json").write_text(json.dumps({**manifest, "time_base": "some day"}))
    path.write_text("ms,who\n8,d\n")
    with pytest.raises(BadRequest, match="not stated"):
        bring_in(case, path, mapping=said)


@pytest.mark.skipif(rowstore.FORMAT < 2, reason="rows in the first form carry no rule")
def test_every_event_says_by_which_rule_and_how_finely_it_was_read(case: Case, tmp_path: Path) -> None:
    lines = {
        "2026-03-01T10:00:00.5Z": ("ISO 8601", 100_000, 0),
        "2026-03-01T10:01:00": ("ISO 8601", 1_000_000, 0),
        "2026-03-01 10:02": ("ISO 8601", 60_000_000, 60_000_000),
        "1772359380000": ("milliseconds since 1970", 1_000, 0),
        "Sun, 1 Mar 2026 10:04:00 GMT": ("RFC 2822", 1_000_000, 0),
        "2026-03-02": ("ISO 8601", 86_400_000_000, 86_400_000_000),
        "2026-10-25 02:30:00": ("ISO 8601", 1_000_000, 3_600_000_000),
    }
    source = brought(case, tmp_path, "ts;who\n" + "".join(f"{one};a\n" for one in lines), zone="Europe/Berlin")
    with Events.open(case.path, case.snapshot().sources) as events:
        for one in events.page(0, events.count):
            assert (one.time_rule, one.time_precision_us, one.time_uncertain_us) == lines[one.time_raw], one.time_raw
        ways = {(way.rule, way.precision_us, way.uncertain_us) for way in events.time_ledger(source.number)}
    assert ways == set(lines.values())
