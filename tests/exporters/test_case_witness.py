"""A package that still lies in packages/ is a witness against a case whose custody record was cut behind it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from casebound.case import Actor
from casebound.document import Case


def cut(case: Path, size: int) -> None:
    """Take the last entries out, with the rows they tell of and the statement of the length: all fits again."""
    with sqlite3.connect(case / "case.db") as database:
        database.execute("DELETE FROM package")
        database.execute("DELETE FROM disclosure WHERE seq >= ?", (size,))
        database.execute("DELETE FROM ledger WHERE seq >= ?", (size,))
        (head,) = database.execute("SELECT hash FROM ledger WHERE seq = ?", (size - 1,)).fetchone()
        database.execute('UPDATE "case" SET ledger_size = ?, ledger_head = ?', (size, head))
    database.close()


def test_a_record_cut_consistently_is_found_against_the_package(kept) -> None:
    case = kept.case
    package = kept.exporter().export(case, case.path / "packages")
    prepared = next(entry.seq for entry in case.ledger() if entry.action == "export-prepared")
    assert case.check().findings == () and case.check().notes == ()
    case.close()
    cut(case.path, prepared)
    with Case.open(case.path, Actor("Checker"), write=False) as again:
        report = again.check()
        name = f"packages/{Path(package.path).name}"
        told = {(finding.item, finding.problem) for finding in report.findings}
        assert told == {
            (
                name,
                f"The custody record ends before entry {prepared}, which is in this package: its end was cut off.",
            )
        }
        assert report.notes == (f"{name} was sealed from this case, which does not know of it.",)
    (case.path / name).unlink()
    with Case.open(case.path, Actor("Checker"), write=False) as again:
        report = again.check()
        assert report.clean, "without a witness nothing shows it"
        assert "cut off its end" in report.reach, "and the check says so"


def test_garbage_and_others_packages_are_noted(kept, tmp_path) -> None:
    (kept.case.path / "packages" / "broken.zip").write_bytes(b"PK\3\4")
    report = kept.case.check()
    assert report.clean
    assert report.notes[0].startswith("packages/broken.zip cannot be compared")
