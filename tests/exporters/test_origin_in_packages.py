"""How an export was made, as a package and its report tell it; who stated it is not told to everybody."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

STATED = {"source_system": "billing-warehouse", "row_count": 99, "window_end": "2026-09-10T00:00:00Z"}


def sealed(kept: Any, recipient: str, to: Path) -> tuple[dict[str, Any], str]:
    """The statement on completeness of a new package, and the text of its report."""
    from pypdf import PdfReader

    kept.case.actor = type(kept.case.actor)("Quirinius Featherstonehaugh", kept.case.actor.key)
    kept.case.state_origin(1, STATED)
    basis = {} if recipient == "legal" else {"legal_basis": "A court order"}
    package = kept.exporter(recipient_class=recipient, **basis).export(kept.case, to)
    with zipfile.ZipFile(package.path) as archive:
        top = archive.namelist()[0].partition("/")[0]
        completeness = json.loads(archive.read(f"{top}/data/completeness.json"))
        report = to / "report.pdf"
        report.write_bytes(archive.read(f"{top}/data/report.pdf"))
        everything = b"".join(archive.read(name) for name in archive.namelist())
    pages = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(str(report)).pages)
    if recipient != "legal":
        assert b"Featherstonehaugh" not in everything
    return completeness, pages


@pytest.mark.parametrize(("recipient", "who"), [("legal", "Quirinius Featherstonehaugh"), ("partner", "the examiner")])
def test_what_was_stated_stands_beside_what_came(kept: Any, tmp_path: Path, recipient: str, who: str) -> None:
    completeness, report = sealed(kept, recipient, tmp_path / "out")
    first, second = completeness["sources"]
    assert first["origin"]["source_system"] == "billing-warehouse"
    assert first["origin"]["_stated_by"]["source_system"].startswith(f"stated by {who} at 20")
    found = {one["fact"]: one for one in first["compared"]}
    assert (found["rows"]["agrees"], found["rows"]["stated"]) == (False, "99")
    assert found["window"]["agrees"] is False
    assert found["window"]["came"].endswith("events after the window")
    assert (second["origin"], second["compared"]) == (None, [])
    assert "billing-warehouse (stated by" in report
    assert who in report
    assert "NOT as stated" in report
    assert "Not stated: nothing accompanied the file" in report
