"""How an export was made: every fact with who stated it, compared with what came; stating it is an act in custody."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from casebound import assurance
from casebound.assurance import NOT_STATED, facts, further, stated_facts
from casebound.case import Actor, Source
from casebound.comparison import Comparison, comparisons, silence_words, summary, window_of, zones_of
from casebound.document import Case
from casebound.errors import BadRequest, NothingToDo
from casebound.events import Events
from casebound.gaps import coverage
from casebound.importing import bring_in

ROWS = "ts,account_id,action\n" + "".join(f"2026-03-0{day}T10:00:00Z,acct-{day},login\n" for day in range(1, 8))
QUERY = "SELECT * FROM logins WHERE ts < :to"


@pytest.fixture
def logins(tmp_path: Path) -> Path:
    path = tmp_path / "logins.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def manifest(logins: Path, **facts_: object) -> dict[str, object]:
    made: dict[str, object] = {
        "source_system": "lumen-warehouse",
        "query_text": QUERY,
        "query_sha256": hashlib.sha256(QUERY.encode()).hexdigest(),
        "exported_by": "data desk",
        "exported_at": "2026-03-09T08:00:00Z",
        "window_start": "2026-03-01T00:00:00Z",
        "window_end": "2026-03-08T00:00:00Z",
        "window_tz": "UTC",
        "retention_window": "90 days",
        "row_counts": {"logins.csv": 7},
        "file_sha256": {"logins.csv": hashlib.sha256(logins.read_bytes()).hexdigest()},
        "legal_hold_id": "hold-7",
        "redaction_profile": "none",
        **facts_,
    }
    (logins.parent / "manifest.json").write_text(json.dumps(made), encoding="utf-8")
    return made


def told(source: Source) -> dict[str, tuple[str, str]]:
    return {fact.title: (fact.value, fact.origin) for fact in facts(source)}


def compared(case: Case, source: Source) -> dict[str, Comparison]:
    with Events.open(case.path, case.snapshot().sources) as events:
        zones = zones_of(events.time_ledger(source.number))
        return {one.key: one for one in comparisons(source, events.source_times(source.number), zones)}


def test_a_manifest_states_and_the_rest_is_not_stated(case: Case, logins: Path) -> None:
    manifest(logins)
    (source,) = bring_in(case, logins)
    shown = told(source)
    assert shown["System"] == ("lumen-warehouse", "manifest.json")
    assert shown["Expected rows"] == ("7", "manifest.json")
    assert shown["Tool"] == ("", NOT_STATED)
    assert [fact.title for fact in further(source)] == ["query_sha256", "redaction_profile"]
    assert all(fact.stated for fact in stated_facts(source))


def test_without_a_manifest_nothing_is_stated(case: Case, logins: Path) -> None:
    (source,) = bring_in(case, logins)
    assert source.origin is None
    assert {origin for _, origin in told(source).values()} == {NOT_STATED}
    assert compared(case, source) == {}
    assert "Nothing was stated" in summary(())


def test_all_that_was_stated_agrees(case: Case, logins: Path) -> None:
    manifest(logins)
    (source,) = bring_in(case, logins)
    found = compared(case, source)
    assert set(found) == {"rows", "fingerprint", "query", "window", "zone", "retention"}
    assert all(one.agrees for one in found.values())
    assert summary(tuple(found.values())) == "What can be compared is as stated."


def test_every_difference_is_told(case: Case, logins: Path) -> None:
    manifest(
        logins,
        row_counts={"logins.csv": 9},
        file_sha256={"logins.csv": "0" * 64},
        query_sha256="1" * 64,
        window_start="2026-03-02T10:00:00Z",
        window_end="2026-03-06",
        retention_window="5 days",
    )
    (source,) = bring_in(case, logins)
    found = compared(case, source)
    assert {key for key, one in found.items() if one.agrees is False} == {
        "rows",
        "fingerprint",
        "query",
        "window",
        "retention",
    }
    assert found["window"].came.endswith("; 1 event before the window and 1 event after the window")
    assert any("is not the file that was exported" in warning for warning in source.warnings)
    assert any("9 rows were stated by manifest.json and 7 are in the file" in warning for warning in source.warnings)


def test_an_end_that_is_a_day_includes_the_day_and_the_zone_is_the_stated_one() -> None:
    window = window_of({"window_start": "2026-03-01", "window_end": "2026-03-02", "window_tz": "+02:00"})
    assert window.start_us is not None
    assert window.end_us is not None
    assert window.start_us == 1_772_316_000_000_000
    assert window.end_us - window.start_us == 2 * 86_400_000_000 - 1
    assert window_of({"window_start": "03/04/2026", "window_tz": "Nowhere/Land"}).start_us is None


def test_silence_at_the_ends_of_a_window_is_told(case: Case, logins: Path) -> None:
    manifest(logins, window_start="2026-02-01T00:00:00Z", window_end="2026-03-07T10:30:00Z")
    (source,) = bring_in(case, logins)
    window = window_of(source.origin)
    with Events.open(case.path, case.snapshot().sources) as events:
        found = coverage(events.source_times(source.number), window.start_us, window.end_us)
    assert silence_words(found) == ("No rows in the first 28 d of the stated window.",)


def test_a_person_states_what_a_manifest_does_not(case: Case, logins: Path) -> None:
    manifest(logins)
    (source,) = bring_in(case, logins, origin={"tool": "unload", "exported_by": "T. Aalto", "filters": ""})
    shown = told(source)
    assert shown["Tool"] == ("unload", f"stated by Rosa Behrens at {source.imported_at:%Y-%m-%dT%H:%M:%SZ}")
    assert shown["Exported by"][0] == "T. Aalto"
    assert shown["System"] == ("lumen-warehouse", "manifest.json")
    assert shown["Filters"] == ("", NOT_STATED)
    assert any("“exported_by” is T. Aalto" in warning and "data desk" in warning for warning in source.warnings)


def test_stating_later_is_an_act_in_custody(case: Case, logins: Path) -> None:
    (source,) = bring_in(case, logins)
    case.actor = Actor("Ines Marlowe")
    after = case.state_origin(source.number, {"source_system": "billing", "row_count": "8", "window_tz": "UTC"})
    at = "2026-03-02T09:00:"
    assert after.expected == 8
    assert after.expected_from == "the statement of 2026-03-02"
    assert told(after)["System"][1].startswith(f"stated by Ines Marlowe at {at}")
    assert any("8 rows were stated" in warning for warning in after.warnings)
    assert case.snapshot().sources == (after,)
    entry = case.ledger()[-1]
    assert (entry.action, entry.item_type, entry.item_id) == ("corrected", "source", "1")
    assert case.describe_entry(entry) == ("Origin of a source stated", "Source S-01: logins.csv")
    assert case.check().findings == ()


def test_a_fact_can_be_corrected_and_taken_back(case: Case, logins: Path) -> None:
    manifest(logins)
    (source,) = bring_in(case, logins)
    once = case.state_origin(source.number, {"row_count": 70, "exported_by": "data desk"})
    assert told(once)["Exported by"] == ("data desk", "manifest.json")  # the same words keep who stated them first
    assert any("70 rows were stated" in warning for warning in once.warnings)
    twice = case.state_origin(source.number, {"row_count": "", "legal_hold_id": "hold-8"})
    assert twice.expected is None
    assert twice.expected_from == ""
    assert not any("rows were stated" in warning for warning in twice.warnings)
    assert told(twice)["Expected rows"] == ("", NOT_STATED)
    assert told(twice)["Legal hold"][0] == "hold-8"
    with pytest.raises(NothingToDo):
        case.state_origin(source.number, {"legal_hold_id": "hold-8"})
    assert case.check().findings == ()


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("row_count", "many", "whole number"),
        ("row_count", -1, "whole number"),
        ("file_sha256", "abc", "64 hexadecimal"),
        ("window_tz", "Mars/Olympus", "not a time zone"),
        ("window_start", "yesterday", "not a time"),
        ("exported_at", "soon", "not a time"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_changes(
    case: Case, logins: Path, key: str, value: object, words: str
) -> None:
    (source,) = bring_in(case, logins)
    before = len(case.ledger())
    with pytest.raises(BadRequest, match=words):
        case.state_origin(source.number, {key: value})
    assert case.snapshot().sources == (source,)
    assert len(case.ledger()) == before


def test_a_recipient_outside_is_not_told_who_stated_it(case: Case, logins: Path) -> None:
    bring_in(case, logins)
    source = case.state_origin(1, {"tool": "unload"})
    inside, outside = (assurance.for_recipient(source, names=names) for names in (True, False))
    assert inside is not None
    assert outside is not None
    assert "Rosa Behrens" in str(inside["_stated_by"])
    assert "Rosa Behrens" not in str(outside)
    assert outside["tool"] == "unload"
    assert str(outside["_stated_by"]).startswith("{'tool': 'stated by the examiner at 2026-")


def test_a_manifest_cannot_say_who_stated_it(case: Case, logins: Path) -> None:
    manifest(logins, _stated_by={"*": {"by": "The Director", "at": "2020-01-01T00:00:00Z"}})
    (source,) = bring_in(case, logins)
    assert told(source)["System"] == ("lumen-warehouse", "manifest.json")
    assert any("_stated_by" in warning for warning in source.warnings)


def test_facts_of_one_file_in_a_manifest_of_several(case: Case, logins: Path) -> None:
    facts_ = {
        "source_system": "lumen",
        "files": {"logins.csv": {"expected_count": 7, "query": "logins of March"}, "other.csv": {"expected_count": 1}},
    }
    (logins.parent / "manifest.json").write_text(json.dumps(facts_), encoding="utf-8")
    (source,) = bring_in(case, logins)
    assert source.expected == 7
    assert told(source)["Query"] == ("logins of March", "manifest.json")
    assert further(source) == ()


def test_a_zone_other_than_the_stated_one_is_told(case: Case, logins: Path) -> None:
    logins.write_text(ROWS.replace("Z", ""), encoding="utf-8")
    manifest(logins)
    (source,) = bring_in(case, logins)
    assert compared(case, source)["zone"].agrees
    after = case.state_origin(source.number, {"window_tz": "Europe/Berlin"})
    zone = compared(case, after)["zone"]
    assert (zone.agrees, zone.came) == (False, "7 in UTC (manifest.json)")
