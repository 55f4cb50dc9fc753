"""A package of a case with mends, overlaps and rows set aside says so, and every verifier accepts it."""

from __future__ import annotations

import base64
import csv
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import duckdb  # noqa: TID253 - tests may be slow to start
import jsonschema  # type: ignore[import-untyped]
import pytest

from casebound.case import Actor
from casebound.document import Case
from casebound.events import Events
from casebound.importing import bring_in
from casebound.measures import measured
from casebound.mending import Recipe, mend
from casebound.quarantine import Choice
from casebound_exporters import SealedPackageExporter
from casebound_packaging.identity import Identity
from casebound_packaging.verify import Trust, verify

MAPPING = {"columns": {"id": "id", "time": "time", "account": "actor"}}
GOOD = [f"r{n},2026-03-01T10:00:{n:02d}Z,acc_{n % 3},très bien" for n in range(50)]
SCHEMAS = Path(__file__).parents[2] / "packaging" / "casebound_packaging" / "schemas"


def unpack(package: Path, to: Path) -> Path:
    with zipfile.ZipFile(package) as archive:
        for name in archive.namelist():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            (to / name).write_bytes(archive.read(name))
    return next(to.iterdir())


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    room = tmp_path_factory.mktemp("mended")
    identity = Identity.create("Ines Marlowe", organisation="Lumenfall")
    bad = [b"t1,07~03~2026,acc_1,late", b"t2,08~03~2026,acc_2,late", b"e1,2026-03-02T09:00:00Z,acc_1,caf\xe9"]
    lines = [b"id,time,account,note", *(row.encode() for row in GOOD), *bad]
    (room / "first.csv").write_bytes(b"\n".join(lines) + b"\n")
    later = [*GOOD[40:], "r90,2026-03-04T10:00:00Z,acc_1,très bien"]
    (room / "later.csv").write_text("\n".join(["id,time,account,note", *later]) + "\n", "utf-8")
    made: dict[str, Path] = {}
    actor = Actor("Ines Marlowe", identity.key_fingerprint)
    with Case.create(room / "a.casebound", "LF/8", "Mended", actor) as case:
        (first,) = bring_in(case, room / "first.csv", table="requests", mapping=MAPPING)
        assert (first.kept, first.quarantined) == (50, 3)
        with Events.open(case.path, case.snapshot().sources) as events:
            measured(case, events, question="Before?", table="requests", unit="requests", denominator_of="all")
        mend(case, first, Choice("time"), Recipe(time_format="%d~%m~%Y"))
        (second,) = bring_in(case, room / "later.csv", table="requests", mapping=MAPPING)
        assert (second.kept, second.duplicates) == (1, 10)
        with Events.open(case.path, case.snapshot().sources) as events:
            measured(case, events, question="After?", table="requests", unit="requests", denominator_of="all")
        for recipient in ("legal", "partner"):
            exporter = SealedPackageExporter(identity=identity, recipient_class=recipient, purpose="A test")
            sealed = Path(exporter.export(case, room / recipient).path)
            made[recipient] = unpack(sealed, room / f"{recipient}-unpacked")
            made[f"{recipient}.zip"] = sealed
    return made


def statement(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "data/completeness.json").read_bytes())  # type: ignore[no-any-return]


def test_the_statement_says_what_was_mended_and_what_repeats(packages: dict[str, Path]) -> None:
    first, second = statement(packages["legal"])["sources"]
    assert (first["read"], first["kept"], first["quarantined"], first["duplicates"]) == (53, 52, 1, 0)
    assert (second["read"], second["kept"], second["duplicates"]) == (11, 1, 10)
    assert second["repeated"] == [{"source": "S-01", "count": 10}]
    (told,) = first["mends"]
    assert told["by"] == "Ines Marlowe"
    assert (told["read"], told["kept"], told["how"]) == (2, 2, "times as %d~%m~%Y")
    assert first["quarantine_reasons"] == [
        {"reason": "The record holds bytes that are not UTF-8.", "count": 1, "first_line": 54}
    ]
    schema = json.loads((SCHEMAS / "completeness.schema.json").read_bytes())
    for name in ("legal", "partner"):
        jsonschema.validate(statement(packages[name]), schema)


def test_rows_set_aside_are_enclosed_as_found_for_those_who_may_have_them(packages: dict[str, Path]) -> None:
    first, second = statement(packages["legal"])["sources"]
    assert (first["set_aside"], second["set_aside"]) == ("data/set-aside/S-01.csv", None)
    with (packages["legal"] / "data/set-aside/S-01.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert base64.b64decode(row["bytes"]) == b"e1,2026-03-02T09:00:00Z,acc_1,caf\xe9"
    assert (row["line"], row["code"]) == ("54", "encoding")
    described = json.loads((packages["legal"] / "data/set-aside/S-01.schema.json").read_bytes())
    jsonschema.validate(described, json.loads((SCHEMAS / "table.schema.json").read_bytes()))
    assert described["rows"] == 1
    partner = statement(packages["partner"])["sources"][0]
    assert partner["set_aside"] is None
    assert not (packages["partner"] / "data/set-aside").exists()
    assert "Ines Marlowe" not in (packages["partner"] / "data/completeness.json").read_text("utf-8")


def test_a_number_is_counted_as_it_was_before_the_mend(
    packages: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(packages["legal"])
    load = Path("data/queries/tables.sql").read_text("utf-8")
    for number, expected in (("Q-0001", 50), ("Q-0002", 53)):
        record = json.loads(Path(f"data/queries/{number}.json").read_bytes())
        assert record["result"] == expected
        with duckdb.connect() as store:
            store.execute(load)
            assert store.execute(Path(f"data/queries/{number}.sql").read_text("utf-8")).fetchall() == [(expected,)]


@pytest.mark.parametrize("recipient", ["legal", "partner"])
def test_every_verifier_accepts_it(packages: dict[str, Path], recipient: str) -> None:
    answer = verify(packages[f"{recipient}.zip"], Trust())
    assert [str(finding) for finding in answer.findings] == []
    script = packages[recipient] / "verify.py"
    done = subprocess.run(
        [sys.executable, str(script), str(packages[recipient])], capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 3), done.stdout + done.stderr


def test_the_report_prints_it(packages: dict[str, Path]) -> None:
    from pypdf import PdfReader

    text = "".join(page.extract_text() for page in PdfReader(str(packages["legal"] / "data/report.pdf")).pages)
    flat = "".join(text.split())
    for words in (
        "Rows that were read again",
        "2 rows read again on",
        "times as %d~%m~%Y",
        "10, of which 10 stand first in S-01",
        "data/set-aside/S-01.csv",
        "line 54, byte",
    ):
        assert "".join(words.split()) in flat, words
