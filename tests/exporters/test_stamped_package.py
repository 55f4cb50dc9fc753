"""A package of a case sealed with time stamp services: the first dead, the second there, and one that never ends."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from casebound.custody import describe
from casebound.errors import BadRequest
from casebound.work import Cancelled
from casebound_packaging.verify import Trust, verify

sys.path.insert(
    0, str(Path(__file__).parents[1] / "packaging")
)  # importlib mode has no other way to share `stampmaker`
from authorities import Authority
from sealed_case import unpack
from stampmaker import StampMaker, serving, trickling

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def test_stamped_by_the_second_service_and_still_pdfa(kept, tmp_path):
    from pikepdf import pdfa

    maker = StampMaker.create(tmp_path / "tsa", Authority.create("TSA Root"))
    with serving(b"<html>") as confused, serving(maker.reply) as good:
        made = kept.exporter(services=(confused, good)).export(kept.case, tmp_path / "out")
    assert made.stamped and len(made.stamp_told) == 2
    assert "not a time stamp response" in made.stamp_told[0]
    assert made.stamp_told[1].startswith("Time stamped by Example Time Stamps on ")
    package = Path(made.path)
    report = verify(package, Trust(signer_fingerprint=kept.identity.fingerprint, tsa_pem=maker.authority.pem))
    assert report.findings == () and "UNSTAMPED" not in report.limits and report.stamped_at is not None
    folder = kept.case.path / "packages"
    folder.mkdir(exist_ok=True)
    (folder / "LF-7-v1.zip.tsr").write_bytes(b"brought later")
    kept.case.record_stamp(made.version, "ab" * 32, "2026-11-23 12:04:05 UTC, by Example Time Stamps")
    assert kept.case.check().findings == ()
    told = describe(list(kept.case.ledger())[-1])
    assert told[0] == "Signed" and "Time stamp of 2026-11-23" in told[1]
    with pytest.raises(BadRequest, match="no package version 99"):
        kept.case.record_stamp(99, "ab" * 32, "x")
    written = unpack(package, tmp_path / "unpacked") / "data/report.pdf"
    found = pdfa.validate_written(written, "3b").findings
    assert {finding.kind for finding in found} <= {"unsupported"}, found


def test_stop_is_heard_while_a_service_keeps_us_waiting(kept, tmp_path):
    def stop(done: int, total: int, note: str = "") -> None:
        if note.startswith("Asking 127.0.0.1"):
            raise Cancelled

    with trickling() as url, pytest.raises(Cancelled):
        kept.exporter(services=(url,)).export(kept.case, tmp_path / "out", stop)
    assert list((tmp_path / "out").iterdir()) == []
    assert not kept.case.snapshot().packages[-1].exported
