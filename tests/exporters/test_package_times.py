"""What a package says of times: how each was read, how fine it is, and the correction of its clock."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb  # noqa: TID253 - tests may be slow to start
import pytest

import casebound_packaging
from casebound.case import Actor, SealedPackage
from casebound.document import Case
from casebound.errors import CaseboundError
from casebound.events import Events
from casebound.importing import bring_in
from casebound.measures import measured
from casebound_exporters import SealedPackageExporter
from casebound_exporters.report.written import instant
from casebound_packaging.identity import Identity
from casebound_packaging.verify import Trust, verify

AHEAD = -134_000_000
WHY = "Konrad Vey saw our probe two minutes late"
ROWS = (
    "ts,account_id,n\n2026-03-01T10:02:14Z,acc_1,5\n1601-01-01T00:00:00Z,acc_2,7\n"
    "2026-03-01 10:05,acc_1,9\n2026-03-02,acc_3,9\n"
)


@pytest.fixture
def export(tmp_path: Path) -> Callable[[str], tuple[Case, SealedPackage, Identity]]:
    """Seals a case whose clock was corrected, for one class of recipients."""

    def build(recipient: str) -> tuple[Case, SealedPackage, Identity]:
        identity = Identity.create("Ines Marlowe", organisation="Lumenfall")
        actor = Actor("Ines Marlowe", identity.key_fingerprint)
        case = Case.create(tmp_path / f"{recipient}.casebound", "LF/8", "Clocks", actor)
        (tmp_path / "requests.csv").write_text(ROWS)
        bring_in(case, tmp_path / "requests.csv")
        case.correct_clock(1, AHEAD, WHY)
        with Events.open(case.path, case.snapshot().sources) as events:
            for event in events.page(0, events.count):
                case.make_exhibit(event=event, caption=event.actor)
            measured(
                case,
                events,
                question="How many in the first minute?",
                table="requests",
                where="after:2026-03-01T10:00:00 before:2026-03-01T10:01:00",
                unit="requests",
                denominator_of="all requests",
            )
        exporter = SealedPackageExporter(
            identity=identity, recipient_class=recipient, purpose="A test", legal_basis="Article 6"
        )
        return case, exporter.export(case, tmp_path / recipient), identity

    return build


def unpacked(package: SealedPackage, to: Path) -> Path:
    import zipfile

    with zipfile.ZipFile(package.path) as archive:
        archive.extractall(to)
    return next(to.iterdir())


def test_every_time_says_how_it_was_read_and_corrected(export, tmp_path: Path) -> None:
    from pypdf import PdfReader

    case, package, identity = export("legal")
    folder = unpacked(package, tmp_path / "unpacked")
    assert verify(Path(package.path), Trust(signer_fingerprint=identity.fingerprint)).findings == ()
    rows = list(csv.DictReader(io.StringIO((folder / "data/timeline.csv").read_text("utf-8"))))
    assert [(row["utc"], row["raw"]) for row in rows] == [
        ("1600-12-31T23:57:46.000000Z", "1601-01-01T00:00:00Z"),
        ("2026-03-01T10:00:00.000000Z", "2026-03-01T10:02:14Z"),
        ("2026-03-01T10:02:46.000000Z", "2026-03-01 10:05"),
        ("2026-03-01T23:57:46.000000Z", "2026-03-02"),
    ]
    assert {row["clock_us"] for row in rows} == {str(AHEAD)}
    assert "zero of a Windows clock" in rows[0]["time_note"]
    lines = [json.loads(line) for line in (folder / "data/timeline.jsonl").read_text("utf-8").splitlines()]
    assert [str(line["precision_us"]) for line in lines] == [row["precision_us"] for row in rows]
    record = json.loads((folder / "data/exhibits/EX-0002/exhibit.json").read_bytes())
    assert record["time"]["clock_us"] == AHEAD
    assert set(record["time"]) == {
        *("utc", "raw", "zone", "zone_origin"),
        *("rule", "precision_us", "uncertain_us", "clock_us", "note"),
    }
    (source,) = json.loads((folder / "data/completeness.json").read_bytes())["sources"]
    assert (source["clock_us"], source["clock_reason"]) == (AHEAD, WHY)
    assert (source["first"], source["last"]) == ("1600-12-31T23:57:46.000000Z", "2026-03-01T23:57:46.000000Z")
    text = " ".join(page.extract_text() for page in PdfReader(folder / "data/report.pdf").pages)
    words = " ".join(text.split())
    assert "Corrected in every time given here: −2 min 14 s" in words
    assert WHY in words
    case.close()


def test_numbers_are_counted_again_over_corrected_times(export, tmp_path: Path) -> None:
    case, package, _ = export("legal")
    folder = unpacked(package, tmp_path / "unpacked")
    sql = (folder / "data/queries/tables.sql").read_text() + (folder / "data/queries/Q-0001.sql").read_text()
    result = json.loads((folder / "data/queries/Q-0001.json").read_bytes())["result"]
    script = sql.replace("data/tables/", f"{folder}/data/tables/")
    with duckdb.connect(":memory:") as connection:
        assert connection.execute(script).fetchone() == (result,) == (1,)
    case.close()


def test_the_released_verifier_and_the_loose_one_take_it(export, tmp_path: Path) -> None:
    case, package, identity = export("legal")
    script = Path(casebound_packaging.__file__).parent / "standalone" / "verify.py"
    done = subprocess.run(
        [sys.executable, str(script), package.path, "--signer", identity.fingerprint],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 3), done.stdout + done.stderr
    case.close()


def test_a_partner_learns_the_correction_and_not_who_said_why(export, tmp_path: Path) -> None:
    case, package, _ = export("partner")
    folder = unpacked(package, tmp_path / "unpacked")
    (source,) = json.loads((folder / "data/completeness.json").read_bytes())["sources"]
    assert (source["clock_us"], source["clock_reason"]) == (AHEAD, None)
    case.close()


def test_a_number_that_a_correction_changed_is_not_sealed(tmp_path: Path) -> None:
    identity = Identity.create("Ines Marlowe", organisation="Lumenfall")
    with Case.create(tmp_path / "n.casebound", "LF/9", "Numbers", Actor("Ines", identity.key_fingerprint)) as case:
        (tmp_path / "requests.csv").write_text(ROWS)
        bring_in(case, tmp_path / "requests.csv")
        with Events.open(case.path, case.snapshot().sources) as events:
            measured(
                case,
                events,
                question="Late?",
                table="requests",
                where="after:2026-03-01T10:04:00",
                unit="requests",
                denominator_of="all",
            )
        case.correct_clock(1, AHEAD, WHY)
        exporter = SealedPackageExporter(identity=identity, recipient_class="legal", purpose="A test")
        with pytest.raises(CaseboundError, match="Q-0001") as caught:
            exporter.export(case, tmp_path / "out")
        assert "clock" in caught.value.hint


@pytest.mark.parametrize(
    ("us", "words"),
    [
        (-62_135_596_800_000_000, "0001-01-01 00:00:00 UTC"),
        (-11_644_473_600_000_000, "1601-01-01 00:00:00 UTC"),
        (-1, "1969-12-31 23:59:59.999999 UTC"),
        (253_402_300_799_999_999, "9999-12-31 23:59:59.999999 UTC"),
    ],
)
def test_the_report_writes_every_year(us: int, words: str) -> None:
    assert instant(us) == words
