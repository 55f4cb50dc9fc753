"""Export windows that overlap are merged without double counting, and that is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebound.case import EventId, Source
from casebound.document import Case
from casebound.errors import BadSource
from casebound.events import Events
from casebound.importing import bring_in

COLUMNS = {"columns": {"request_id": "id", "at": "time", "account": "actor"}}


def export(path: Path, numbers: range, account: str = "acc_1", extra: str = "") -> Path:
    rows = "".join(f"r-{n},2026-03-01T{n // 60:02d}:{n % 60:02d}:00Z,{account}{extra}\n" for n in numbers)
    path.write_text(f"request_id,at,account{',region' if extra else ''}\n{rows}")
    return path


def bring(case: Case, path: Path) -> Source:
    (source,) = bring_in(case, path, table="requests", mapping=COLUMNS)
    assert source.read == source.kept + source.quarantined + source.duplicates
    return source


def opened(case: Case) -> Events:
    return Events.open(case.path, case.snapshot().sources)


def test_a_window_that_overlaps_is_counted_once(case: Case, tmp_path: Path) -> None:
    first = bring(case, export(tmp_path / "a.csv", range(100)))
    second = bring(case, export(tmp_path / "b.csv", range(60, 160)))
    assert (first.kept, first.duplicates) == (100, 0)
    assert (second.read, second.kept, second.duplicates) == (100, 60, 40)
    assert "40 rows stand already in S-01 with the same request_id and content; counted once." in second.warnings
    with opened(case) as events:
        assert events.count == 160
        assert events.measure("requests", distinct="request_id")[0] == 160
        assert events.measure("requests")[0] == 160
        doubles = events.repetitions(second.number)
        assert len(doubles) == 40
        # r-60: the first row of the second file (line 2), the 61st of the first (line 62).
        assert (doubles[0].line, doubles[0].first_ordinal, doubles[0].first_line) == (2, 60, 62)
        assert {one.first_source for one in doubles} == {1}
    assert case.check().clean


def test_the_same_key_with_other_content_is_kept_twice_and_told(case: Case, tmp_path: Path) -> None:
    bring(case, export(tmp_path / "a.csv", range(10)))
    second = bring(case, export(tmp_path / "b.csv", range(8, 12), account="acc_2"))
    assert (second.kept, second.duplicates) == (4, 0)
    (told,) = [words for words in second.warnings if "other content" in words]
    assert told == (
        "2 rows have the request_id of a row that stands in S-01 with other content. Both were kept: "
        "r-8 in line 2 and in line 10 of S-01; r-9 in line 3 and in line 11 of S-01."
    )
    with opened(case) as events:
        assert events.measure("requests")[0] == 14


def test_the_first_of_several_sources_is_named(case: Case, tmp_path: Path) -> None:
    bring(case, export(tmp_path / "a.csv", range(10)))
    bring(case, export(tmp_path / "b.csv", range(5, 20)))
    third = bring(case, export(tmp_path / "c.csv", range(8, 25)))
    assert (third.kept, third.duplicates) == (5, 12)
    with opened(case) as events:
        by_source = [one.first_source for one in events.repetitions(third.number)]
        assert by_source == [1, 1, *[2] * 10]


def test_repeats_inside_an_overlapping_file_stand_for_the_first_source(case: Case, tmp_path: Path) -> None:
    bring(case, export(tmp_path / "a.csv", range(3)))
    path = export(tmp_path / "b.csv", range(2, 4))
    path.write_text(path.read_text() + "r-2,2026-03-01T00:02:00Z,acc_1\nr-3,2026-03-01T00:03:00Z,acc_1\n")
    second = bring(case, path)
    assert (second.read, second.kept, second.duplicates) == (4, 1, 3)
    with opened(case) as events:
        found = [(one.line, one.first_line, one.first_source) for one in events.repetitions(second.number)]
        assert found == [(2, 4, 1), (4, 4, 1), (5, 3, None)]


def test_a_value_that_only_one_export_has_makes_it_another_row(case: Case, tmp_path: Path) -> None:
    bring(case, export(tmp_path / "a.csv", range(5)))
    second = bring(case, export(tmp_path / "b.csv", range(3, 8), extra=",eu"))
    assert (second.kept, second.duplicates) == (5, 0)
    third = bring(case, export(tmp_path / "c.csv", range(4, 6), extra=","))
    assert (third.kept, third.duplicates) == (1, 1)


def test_the_same_text_in_another_zone_is_another_time(case: Case, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(
            "request_id,at,account\nr-1,2026-03-01 10:00:00,acc_1\n" + "\n" * (name == "b.csv")
        )
    bring_in(case, tmp_path / "a.csv", table="requests", mapping=COLUMNS, zone="UTC")
    (second,) = bring_in(case, tmp_path / "b.csv", table="requests", mapping=COLUMNS, zone="+02:00")
    assert (second.kept, second.duplicates) == (1, 0)


def test_other_tables_and_tables_without_a_key_are_left_alone(case: Case, tmp_path: Path) -> None:
    bring(case, export(tmp_path / "a.csv", range(5)))
    (other,) = bring_in(case, export(tmp_path / "b.csv", range(4)), table="logins", mapping=COLUMNS)
    assert other.duplicates == 0
    plain = {"columns": {"request_id": "text", "at": "time"}}
    path = export(tmp_path / "c.csv", range(6))
    (keyless,) = bring_in(case, path, table="requests", mapping=plain)
    assert (keyless.kept, keyless.duplicates) == (6, 0)


def test_what_is_left_out_leaves_no_event_and_marks_stay(case: Case, tmp_path: Path) -> None:
    first = bring(case, export(tmp_path / "a.csv", range(10)))
    marked = EventId(first.sha256, "", "requests", 7)
    case.annotate([marked], tags=["pool"])
    bring(case, export(tmp_path / "b.csv", range(5, 15)))
    with opened(case) as events:
        assert events.get(marked).fields["request_id"] == "r-7"
        assert events.position(marked) == 7
        assert [event.fields["request_id"] for event in events.page(0, 20)] == [f"r-{n}" for n in range(15)]


def test_a_limit_on_rows_set_aside(case: Case, tmp_path: Path) -> None:
    path = export(tmp_path / "a.csv", range(20))
    path.write_text(path.read_text() + "x,not a time,acc_1\ny,nor this,acc_1\n")
    before = case.snapshot()
    with pytest.raises(BadSource, match=r"More than 1 row of “a\.csv” would be set aside"):
        bring_in(case, path, table="requests", mapping=COLUMNS, most_set_aside=1)
    assert case.snapshot() == before
    assert not list((case.path / "rows").iterdir())
    (source,) = bring_in(case, path, table="requests", mapping=COLUMNS, most_set_aside=2)
    assert source.quarantined == 2
