"""Views whose window reaches the ends of what a time can be: sealed, printed, and counted by strangers."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb  # noqa: TID253 - tests may be slow to start
import jsonschema
import pytest
from sealed_case import unpack

import casebound_packaging
from casebound.case import Actor
from casebound.document import Case
from casebound.importing import bring_in
from casebound_exporters import SealedPackageExporter
from casebound_packaging.identity import Identity
from casebound_packaging.verify import verify

FIRST, LAST = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"


@pytest.mark.parametrize(("times", "end"), [((LAST,), None), ((FIRST, LAST), None), ((FIRST,), "0001-01-01T00:01:00")])
def test_the_first_and_the_last_moment_are_shown(tmp_path: Path, times: tuple[str, ...], end: str | None) -> None:
    (tmp_path / "a.csv").write_text("ts,user\n" + "".join(f"{time},u\n" for time in times))
    identity = Identity.create("Ines Marlowe")
    with Case.create(tmp_path / "a.casebound", "C-1", "Ends", Actor("Ines Marlowe")) as case:
        bring_in(case, tmp_path / "a.csv")
        case.save_view("All of it")
        case.add_finding("It is long.", views=["V-01"])
        sealer = SealedPackageExporter(identity=identity, recipient_class="partner", purpose="A test")
        package = Path(sealer.export(case, tmp_path / "out").path)
    folder = unpack(package, tmp_path / "unpacked")
    told = json.loads((folder / "data/views/V-01.json").read_bytes())
    schema = Path(casebound_packaging.__file__).parent / "schemas" / "view.schema.json"
    jsonschema.validate(told, json.loads(schema.read_bytes()))
    assert told["shown"] == told["of"] == len(times)
    assert (told["window"]["to"] or "").startswith(end or "")
    assert (told["window"]["to"] is None) is (end is None)
    with duckdb.connect() as store:
        load = (folder / "data/queries/tables.sql").read_text("utf-8").replace("'data/", f"'{folder}/data/")
        store.execute(load)
        found = store.execute((folder / "data/views/V-01.sql").read_text("utf-8")).fetchall()
    assert sum(row[3] for row in found) == len(times)
    assert verify(package).findings == ()
