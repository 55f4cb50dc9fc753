"""What somebody does to a case behind the program's back is found, and named by the item it was done to."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Integer

from casebound.case import Actor, Direction, Event, Source
from casebound.check import CheckReport
from casebound.document import Case
from casebound.errors import BadCase
from casebound.store.models import Base, Flag
from casebound.store.records import KINDS


@pytest.fixture
def closed(
    case: Case,
    export: Path,
    tmp_path: Path,
    bring: Callable[[Case, Path], Source],
    event: Callable[[Source, int], Event],
) -> Path:
    """A case with two of everything, closed."""
    source = bring(case, export)
    for number in (1, 2):
        (tmp_path / f"{number}.txt").write_text(f"attachment {number}")
        case.attach(tmp_path / f"{number}.txt", title=f"Title {number}", events=[event(source, number).id])
        case.annotate([event(source, number).id], note=f"Note {number}")
        case.make_exhibit(event=event(source, number), caption=f"Caption {number}")
        case.add_finding(f"Finding {number}.", supports=[f"EX-000{number}"])
        case.add_measure(question=f"Question {number}?", table="requests", result=number)
        case.save_view(f"View {number}", where="who:acct-1", columns=("at", "who"), look={"facets": ["who"]})
        case.add_entry(exhibit=f"EX-000{number}", caption=f"Entry {number}")
    case.annotate_range(1, 2, note="Here")
    case.annotate_entity("who", "acct-1", tags=["seen"])
    case.prepare_export(recipient_class="legal", purpose="Advice")
    case.place_hold("Litigation is expected", authority="Counsel", items=[("attachment", "1")])
    case.release_hold("H-01", "Settled")
    case.place_hold("A request of the regulator", what="Everything about the account acct-1")
    case.record_transfer(Direction.FROM, "Platform operations", "Analysis", items=[("source", "1")], means="Disk 7")
    case.acknowledge_transfer("T-01", "Form 12, signed")
    case.record_transfer(Direction.TO, "Outside counsel", "Advice", what="A printed page")
    case.close()
    return case.path


def edited(folder: Path, *statements: str) -> CheckReport:
    """The check of a case after somebody used sqlite3 on it."""
    database = sqlite3.connect(folder / "case.db")
    for statement in statements:
        assert database.execute(statement).rowcount > 0, statement
    database.commit()
    database.close()
    with Case.open(folder, Actor("Checker")) as case:
        return case.check()


def items(report: CheckReport) -> set[str]:
    return {finding.item for finding in report.findings}


def test_an_untouched_case_is_clean(closed: Path) -> None:
    with Case.open(closed, Actor("Checker"), write=False) as case:
        report = case.check()
        quick = case.check(full=False)
    assert report.findings == () and report.notes == ()
    assert (report.lines, report.items, report.originals, report.generations) == (26, 22, 3, 1)
    assert report.hashed > 0 and quick.hashed == 0 and quick.clean
    assert report.sentence.startswith("This case holds: 26 entries")
    assert report.as_json()["clean"] is True


EDITS = {
    "case": "UPDATE \"case\" SET title = 'Other'",
    "source S-01": "UPDATE source SET quarantined = 0, kept = 10, timed = 10",
    "attachment 1": "UPDATE attachment SET name = 'other' WHERE number = 1",
    "attachment 2": "UPDATE attachment SET sensitive = 1 WHERE number = 2",
    "mark 1": "UPDATE mark SET text = 'Never mind' WHERE number = 1",
    "mark 2": "UPDATE mark SET by = 'Somebody' WHERE number = 2",
    "exhibit EX-0001": "UPDATE exhibit SET caption = 'Other' WHERE number = 1",
    "exhibit EX-0002": "UPDATE exhibit SET removed = 1 WHERE number = 2",
    "finding F-01": "UPDATE finding SET likelihood = 'almost certain' WHERE number = 1",
    "finding F-02": "UPDATE finding SET at = '2020-01-01T00:00:00.000000Z' WHERE number = 2",
    "measure Q-0001": "UPDATE measure SET result = 1000 WHERE number = 1",
    "measure Q-0002": "DELETE FROM measure WHERE number = 2",
    "mark 3": "UPDATE mark SET to_us = 3 WHERE number = 3",
    "mark 4": "UPDATE mark SET value = 'acct-2' WHERE number = 4",
    "view V-01": "UPDATE saved_view SET \"where\" = '' WHERE number = 1",
    "view V-02": "UPDATE saved_view SET by = 'Somebody' WHERE number = 2",
    "chronology C-0001": "UPDATE chronology SET caption = 'Other' WHERE number = 1",
    "chronology C-0002": "DELETE FROM chronology WHERE number = 2",
    "package 1": "UPDATE package SET purpose = 'Other'",
    "hold H-01": "UPDATE hold SET released_by = 'Somebody' WHERE number = 1",
    "hold H-02": "UPDATE hold SET removed = 1 WHERE number = 2",
    "transfer T-01": "UPDATE transfer SET acknowledgement = 'Form 13' WHERE number = 1",
    "transfer T-02": "DELETE FROM transfer WHERE number = 2",
    "mark 9": "INSERT INTO mark SELECT 9, kind, event, NULL, 'New', by, at, 0, NULL, NULL, '', '' FROM mark LIMIT 1",
}


@pytest.mark.parametrize("item", EDITS)
def test_an_edited_row_is_found_and_named(closed: Path, item: str) -> None:
    report = edited(closed, EDITS[item])
    assert items(report) == {item}
    assert not report.clean and "does not hold" in report.sentence
    assert report.findings[0].check == "custody"


@pytest.mark.slow
def test_every_column_of_peoples_work_is_covered(closed: Path, tmp_path: Path) -> None:
    for kind in KINDS:
        if kind.item_type in ("receipt", "checkpoint"):
            continue  # signed by keys: see test_witnesses_of_a_case.py
        for column in kind.model.__table__.columns:
            if column.name == "path" or column.name == "checkpoint":
                continue  # a convenience, and covered by the signed state once there is one
            copy = tmp_path / f"{kind.item_type}-{column.name}"
            shutil.copytree(closed, copy)
            key = next(iter(kind.model.__table__.primary_key)).name
            other = "77" if isinstance(column.type, Integer | Flag) else "'[\"other\"]'"
            report = edited(copy, f'UPDATE {kind.model.__tablename__} SET "{column.name}" = {other} WHERE "{key}" = 1')
            assert any(item.startswith(kind.item_type) for item in items(report)), (kind.item_type, column.name)


def test_two_swapped_attachments_are_found_and_named(closed: Path) -> None:
    with Case.open(closed, Actor("Checker"), write=False) as case:
        first, second = case.snapshot().attachments
    report = edited(
        closed,
        f"UPDATE attachment SET sha256 = '{second.sha256}', name = '{second.name}' WHERE number = 1",
        f"UPDATE attachment SET sha256 = '{first.sha256}', name = '{first.name}' WHERE number = 2",
    )
    assert items(report) == {"attachment 1", "attachment 2"}


def test_two_attachments_that_swapped_numbers_are_found_and_named(closed: Path) -> None:
    report = edited(
        closed,
        "UPDATE attachment SET number = 99 WHERE number = 1",
        "UPDATE attachment SET number = 1 WHERE number = 2",
        "UPDATE attachment SET number = 2 WHERE number = 99",
    )
    assert items(report) == {"attachment 1", "attachment 2"}


def test_a_deleted_attachment_is_found_and_named(closed: Path) -> None:
    report = edited(
        closed, "DELETE FROM attachment_event WHERE attachment = 2", "DELETE FROM attachment WHERE number = 2"
    )
    assert items(report) == {"attachment 2"}


def test_a_trigger_that_somebody_planted_is_found(closed: Path) -> None:
    database = sqlite3.connect(closed / "case.db")
    database.execute("CREATE TRIGGER quiet AFTER INSERT ON mark BEGIN DELETE FROM finding; END")
    database.close()
    with Case.open(closed, Actor("Checker"), write=False) as case:
        assert items(case.check()) == {"case.db, trigger quiet"}
    with pytest.raises(BadCase, match="never puts there"):
        Case.open(closed, Actor("Checker"))
    with Case.open(closed, Actor("Checker"), write=False):
        pass


def test_an_unlinked_event_is_found(closed: Path) -> None:
    assert items(edited(closed, "DELETE FROM attachment_event WHERE attachment = 2")) == {"attachment 2"}


def test_an_exhibit_s_changed_field_is_found(closed: Path) -> None:
    report = edited(
        closed,
        "UPDATE exhibit_commitment SET encoded = (SELECT encoded FROM exhibit_commitment WHERE exhibit = 2 AND "
        "position = 1) WHERE exhibit = 1 AND position = 1",
    )
    assert items(report) == {"exhibit EX-0001"}


def test_a_truncated_ledger_is_found_and_nothing_is_written_behind_the_cut(closed: Path) -> None:
    report = edited(
        closed,
        "DELETE FROM disclosure WHERE seq = 25",
        "DELETE FROM ledger WHERE seq = 25",
        "DELETE FROM transfer WHERE number = 2",
    )
    assert any("truncated" in finding.problem for finding in report.findings)
    with Case.open(closed, Actor("Rosa Behrens")) as case:
        with pytest.raises(BadCase, match="does not end where it should"):
            case.add_finding("S.")
        assert len(case.ledger()) == 25


@pytest.mark.parametrize(
    "statements",
    [
        ("DELETE FROM disclosure WHERE seq = 4", "DELETE FROM ledger WHERE seq = 4"),
        ("UPDATE ledger SET line = (SELECT line FROM ledger WHERE seq = 5) WHERE seq = 4",),
        ("UPDATE ledger SET line = CAST(replace(CAST(line AS TEXT), '03-02', '03-01') AS BLOB) WHERE seq = 4",),
        ("UPDATE ledger SET line = x'00' WHERE seq = 4",),
        ("UPDATE ledger SET seq = -1 WHERE seq = 4", "UPDATE ledger SET seq = 4 WHERE seq = 5",
         "UPDATE ledger SET seq = 5 WHERE seq = -1"),
        ("UPDATE ledger SET hash = 'ab' WHERE seq = 4",),
        ("UPDATE ledger SET item_id = '9' WHERE seq = 4",),
        ("DELETE FROM disclosure WHERE seq = 4 AND name = 'record'",),
        ("DELETE FROM disclosure WHERE seq = 4 AND name = 'host'",),
        ("UPDATE disclosure SET encoded = (SELECT encoded FROM disclosure WHERE seq = 5) WHERE seq = 4",),
        ("UPDATE disclosure SET encoded = '!' WHERE seq = 4 AND name = 'host'",),
        ("UPDATE disclosure SET name = 'reason' WHERE seq = 4 AND name = 'host'",),
    ],
)  # fmt: skip
def test_a_changed_ledger_is_found_at_its_entry(closed: Path, statements: tuple[str, ...]) -> None:
    report = edited(closed, *statements)
    assert any("4" in finding.item or "entry 4" in finding.problem for finding in report.findings), report


def test_originals_are_hashed_again(closed: Path) -> None:
    with Case.open(closed, Actor("Checker"), write=False) as case:
        first, second = (case.attachment_path(number) for number in (1, 2))
        source = case.evidence_path(case.snapshot().sources[0].sha256)
        stray = closed / "evidence" / "ab" / ("c" * 62)
        for path in (first, second, source):
            path.chmod(0o600)
        (data, other) = first.read_bytes(), second.read_bytes()
        first.write_bytes(other)
        second.write_bytes(data)
        source.unlink()
        stray.parent.mkdir(exist_ok=True)
        stray.write_text("stray")
        report = case.check()
        assert items(report) == {"attachment 1 (1.txt)", "attachment 2 (2.txt)", "source S-01 (requests.csv)"}
        assert report.notes == (f"evidence/ab/{'c' * 62} is no part of the case.",)
        assert items(case.check(full=False)) == {"source S-01 (requests.csv)"}
    with Case.open(closed, Actor("Checker")):
        pass
    assert stray.exists(), "what no note names is never swept"


def test_rows_are_compared_with_what_was_committed(closed: Path) -> None:
    generation = next((closed / "rows").iterdir())
    rows = generation / "rows.bin"
    rows.chmod(0o600)
    rows.write_bytes(b"other")
    with Case.open(closed, Actor("Checker")) as case:
        report = case.check()
        assert items(report) == {"source S-01 (requests.csv)"} and "changed after" in report.findings[0].problem
        shutil.rmtree(generation)
        assert "missing" in case.check().findings[0].problem


def test_a_check_can_be_stopped(closed: Path) -> None:
    from casebound.work import Cancelled

    def stop(done: int, total: int, note: str = "") -> None:
        if note == "Hashing originals":
            raise Cancelled

    with Case.open(closed, Actor("Checker"), write=False) as case, pytest.raises(Cancelled):
        case.check(stop)


def test_progress_of_a_check_grows_to_its_total(closed: Path) -> None:
    seen: list[tuple[int, int]] = []
    with Case.open(closed, Actor("Checker"), write=False) as case:
        case.check(lambda done, total, note="": seen.append((done, total)) if total else None)
    assert seen == sorted(seen) and seen[-1][0] == seen[-1][1] > 0


GARBAGE = ("'[1]'", "9223372036854775807", "x'ff00'")  # of each type one that nobody expects there


@pytest.mark.slow
def test_no_value_in_any_column_makes_a_check_or_a_snapshot_crash(closed: Path) -> None:
    path = closed / "case.db"
    good = path.read_bytes()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            for value in GARBAGE:
                path.write_bytes(good)
                database = sqlite3.connect(path)
                try:
                    database.execute(f'UPDATE "{table.name}" SET "{column.name}" = {value} WHERE rowid = 1')
                    database.commit()
                except sqlite3.Error:
                    continue
                finally:
                    database.close()
                with Case.open(closed, Actor("Checker"), write=False) as case:
                    case.check(full=False)
                    for reading in (case.snapshot, case.ledger):
                        try:
                            reading()
                        except BadCase as error:
                            assert error.title
