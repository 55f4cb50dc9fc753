"""Other people's signed, broken and hostile files: pyHanko's PDFs and yauzl's ZIPs, where they are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebound_packaging.cli import plain_text
from casebound_packaging.verify import Verdict, verify

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
REPORTS, ARCHIVES = DATA / "signed-pdf-pyhanko", DATA / "zip-hostile"


@pytest.mark.skipif(not REPORTS.is_dir(), reason="the shared data sets are not here")
def test_no_foreign_pdf_is_taken_for_a_report() -> None:
    """None is certified against every change by one ETSI.CAdES signature over the whole file, as a report is."""
    paths = sorted(REPORTS.rglob("*.pdf"))
    assert len(paths) > 100
    problems = set()
    for path in paths:
        report = verify(path)
        assert report.verdict is Verdict.NOT_VERIFIED, path
        assert plain_text(report, path.name)
        problems |= {finding.problem for finding in report.findings}
    assert {
        "The report must have exactly one signature.",
        "The report cannot be read as a signed PDF.",
        "The report's signature is of another kind.",
    } <= problems


@pytest.mark.skipif(not ARCHIVES.is_dir(), reason="the shared data sets are not here")
def test_no_foreign_zip_is_taken_for_a_package() -> None:
    paths = sorted(ARCHIVES.rglob("*.zip"))
    assert paths
    for path in paths:
        report = verify(path)
        assert report.verdict in (Verdict.NOT_VERIFIED, Verdict.NOT_A_PACKAGE), path
        assert plain_text(report, path.name)
