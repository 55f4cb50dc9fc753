"""Later exports of a table with other columns: said, and the union is what everything shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebound.case import Source
from casebound.document import Case
from casebound.events import Events
from casebound.importing import bring_in
from casebound.measures import measured

FIRST = "request_id,at,account,region\nr-1,2026-03-01T10:00:00Z,acc_1,eu\nr-2,2026-03-01T10:01:00Z,acc_2,us\n"
LATER = "request_id,at,account,model\nr-3,2026-03-02T10:00:00Z,acc_1,m-1\nr-4,2026-03-02T10:01:00Z,acc_3,\n"


@pytest.fixture
def sources(case: Case, tmp_path: Path) -> tuple[Source, Source]:
    made: list[Source] = []
    for name, text in (("march-1.csv", FIRST), ("march-2.csv", LATER)):
        (tmp_path / name).write_text(text)
        mapping = {"columns": {"request_id": "id", "at": "time", "account": "actor"}}
        made += bring_in(case, tmp_path / name, table="requests", mapping=mapping)
    return made[0], made[1]


def test_what_changed_is_said(sources: tuple[Source, Source]) -> None:
    first, later = sources
    assert not any("olumn" in words for words in first.warnings)
    assert [words for words in later.warnings if "olumn" in words] == [
        "Columns that S-01 does not have: model. Its rows have nothing there.",
        "Columns of S-01 that are missing here: region. These rows have nothing there.",
        "A column that changed its name is both; nothing was put together by guessing.",
    ]


def test_the_union_is_shown(case: Case, sources: tuple[Source, Source]) -> None:
    with Events.open(case.path, case.snapshot().sources) as events:
        assert events.columns("requests") == ("request_id", "at", "account", "region", "model")
        assert {info.name: info.sources for info in events.fields()} == {
            "request_id": (1, 2),
            "at": (1, 2),
            "account": (1, 2),
            "region": (1,),
            "model": (2,),
        }
        assert events.select("region:eu").count == 1
        assert events.select("-region:eu").count == 3
        assert events.select("model:m-1 OR region:us").count == 2
        assert dict(events.values("region")) == {"eu": 1, "us": 1}
        rows = [fields for _, _, fields in events.export_rows("requests", "account:acc_1")]
        assert [fields.get("region") for fields in rows] == ["eu", None]
        assert events.lanes("region").counts == (1, 1)


def test_numbers_are_counted_over_the_union(case: Case, sources: tuple[Source, Source]) -> None:
    with Events.open(case.path, case.snapshot().sources) as events:
        assert events.measure("requests")[0] == 4
        assert events.measure("requests", "region:eu")[0] == 1
        assert events.measure("requests", "-model:m-1")[0] == 3
        assert events.measure("requests", distinct="region")[0] == 2
        made = measured(
            case,
            events,
            question="How many accounts?",
            table="requests",
            unit="accounts",
            distinct="account",
            denominator_of="accounts",
        )
    assert made.result == 3


def test_a_column_in_another_place_or_case_is_the_same(case: Case, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(FIRST)
    (tmp_path / "b.csv").write_text("Region,ACCOUNT,at,request_id\neu,acc_9,2026-03-05T10:00:00Z,r-9\n")
    bring_in(case, tmp_path / "a.csv", table="requests", mapping={"columns": {"request_id": "id", "at": "time"}})
    (later,) = bring_in(
        case, tmp_path / "b.csv", table="requests", mapping={"columns": {"request_id": "id", "at": "time"}}
    )
    assert not any("olumns" in words for words in later.warnings if "mean" not in words)
    with Events.open(case.path, case.snapshot().sources) as events:
        assert events.select("region:eu").count == 2
        assert events.measure("requests", "region:eu")[0] == 2
        assert events.columns("requests") == ("request_id", "at", "account", "region")
        assert [fields["region"] for *_, fields in events.export_rows("requests")] == ["eu", "us", "eu"]
        assert [info.name for info in events.fields()] == ["request_id", "at", "account", "region"]


def test_two_names_of_what_may_be_one_table_are_said(case: Case, tmp_path: Path) -> None:
    row = "r-{0},2026-03-{0:02d}T10:00:00Z,acc_1\n"
    told = []
    for name, days in (("requests_march.csv", (1, 2)), ("requests_april.csv", (2, 3)), ("requests_may.csv", (5, 6))):
        path = tmp_path / name
        path.write_text("request_id,ts,account_id\n" + "".join(row.format(day) for day in days))
        told.append([words for words in bring_in(case, path)[0].warnings if "counted in each table" in words])
    assert told[0] == told[2] == []
    assert len(told[1]) == 1
    assert told[1][0].startswith(
        "S-01, table “requests_march”, has the same columns, and times in common from 2026-03-02"
    )
