"""The time of a seal: stamped, unstamped, service dead, late and by hand, by somebody unknown, over other bytes."""

from __future__ import annotations

import io
import json
import re
import shutil
import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from authorities import NOW, Authority
from programs import needs, run
from specimen import (
    ORIGIN,
    SEALED_AT,
    Insider,
    incremental_update,
    members_and_log,
    pack,
    unfold,
    unpack,
    unsigned_report,
)
from stampmaker import DatedMaker, StampMaker, serving

from casebound_packaging import latestamp
from casebound_packaging.identity import Identity
from casebound_packaging.package import About, Draft, Sealed
from casebound_packaging.pdfseal import sign_pdf
from casebound_packaging.verify import Report, Trust, Verdict, verify

pytestmark = needs("openssl")
ABOUT = About("CASE-7", "Northgate", ORIGIN, 1, None, "legal", "For Legal", None, limits=("PARTIAL", "REDACTED"))
TSR = "seals/01-examiner.p7s.tsr"
STATE = "data/custody/checkpoints/8.checkpoint.tsr"


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory) -> StampMaker:
    return StampMaker.create(tmp_path_factory.mktemp("tsa"), Authority.create("TSA Root"))


def sealed(folder: Path, signer: Identity, *services: str) -> Sealed:
    """The whole way: checkpoint, report and seal are stamped where one of the services answers."""
    folder.mkdir(exist_ok=True)
    members, log = members_and_log(signer)
    draft = Draft(ABOUT, members, log.lines, log.disclosures, signer, SEALED_AT, services=services)
    facts = draft.facts()
    plain = unsigned_report(folder / "plain.pdf", facts.package_id, facts.evidence_root)
    sign_pdf(plain, folder / "report.pdf", signer, SEALED_AT, reason="Sealed", services=draft.services)
    return draft.seal(folder, folder / "report.pdf")


@pytest.fixture(scope="module")
def stamped(tmp_path_factory: pytest.TempPathFactory, employee: Identity, maker: StampMaker) -> Sealed:
    with serving(maker.reply) as url:
        return sealed(tmp_path_factory.mktemp("stamped"), employee, "http://127.0.0.1:9/", url)


@pytest.fixture
def unstamped(tmp_path: Path, issued_package: Path) -> Path:
    """A package sealed without any service, in a folder of its own."""
    return Path(shutil.copy(issued_package, tmp_path / "CASE-7-v1.zip"))


@pytest.fixture
def trust(authority: Authority, maker: StampMaker) -> Trust:
    return Trust(root_pem=authority.pem, tsa_pem=maker.authority.pem)


def times(report: Report) -> list[str]:
    return [f"{finding.item}: {finding.found}" for finding in report.findings if finding.check == "time"]


# ------------------------------------------------------------------ stamped while it was sealed


def test_a_package_stamped_by_the_second_service(stamped: Sealed, trust: Trust) -> None:
    assert stamped.stamped and stamped.unstamped == ""
    assert "No time stamp was had from 127.0.0.1" in stamped.stamp_told[0]
    assert stamped.stamp_told[1].startswith("Time stamped by Example Time Stamps on ")
    report = verify(stamped.path, trust)
    assert report.findings == () and report.limits == ("UNWITNESSED", "PARTIAL", "REDACTED")
    assert report.stamped_at is not None and report.checks[5].state == "pass"
    seen = [note for note in report.notes if "Example Time Stamps saw" in note]
    assert [note.split(":")[0] for note in seen] == [STATE, "data/report.pdf"]


def test_stock_programs_agree_on_every_stamp(stamped: Sealed, maker: StampMaker, tmp_path: Path) -> None:
    top, files = unpack(stamped.path)
    folder = unfold(tmp_path / top, files)
    (folder / "TSA-ROOT.pem").write_bytes(maker.authority.pem)
    told = files["README-VERIFY.txt"].decode().replace("\\\n", " ")
    over_seal, over_state = re.findall(r"^\$ (openssl ts .*)$", told, re.MULTILINE)
    assert "-untrusted certs/tsa-chain.pem" in over_seal and STATE in over_state
    for command in (over_seal, over_state):
        assert "Verification: OK" in run(command, folder).stdout, command
    assert "CN = Example Time Stamps" in run("openssl x509 -in certs/tsa-chain.pem -noout -subject", folder).stdout
    record = json.loads(files["data/metadata/package.json"])
    (listed,) = [one for one in record["files"] if one["path"] == STATE]
    assert (listed["role"], listed["media_type"]) == ("stamp", "application/timestamp-reply")


@needs("pdfsig", "qpdf")
def test_the_report_carries_its_stamp_in_the_one_revision(
    stamped: Sealed, authority: Authority, maker: StampMaker, tmp_path: Path
) -> None:
    top, files = unpack(stamped.path)
    folder = unfold(tmp_path / top, files)
    shown = run("pdfsig -nocert data/report.pdf", folder).stdout
    assert "Signature is Valid" in shown and "Total document signed" in shown and "Not total" not in shown
    assert run("qpdf --check data/report.pdf", folder).returncode == 0
    data = files["data/report.pdf"]
    status, reader = judged_by_pyhanko(data, authority, maker)
    assert status.bottom_line and status.timestamp_validity.valid and status.timestamp_validity.trusted
    assert len(reader.root["/DSS"]["/Certs"]) == 3, "signer, its issuer, the service"
    assert reader.xrefs.total_revisions == 2, "as it was made, and as it was signed"


def judged_by_pyhanko(data: bytes, authority: Authority, maker: StampMaker) -> tuple:
    from asn1crypto.pem import unarmor
    from asn1crypto.x509 import Certificate
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    reader = PdfFileReader(io.BytesIO(data))
    (signature,) = reader.embedded_signatures
    ours, theirs = (
        ValidationContext(trust_roots=[Certificate.load(unarmor(pem)[2])], allow_fetching=False)
        for pem in (authority.pem, maker.authority.pem)
    )
    return validate_pdf_signature(signature, ours, theirs), reader


@needs("pdfsig")
def test_whatever_is_added_to_a_stamped_report_later_refuses(stamped: Sealed, trust: Trust, tmp_path: Path) -> None:
    """A second DSS, which PAdES would allow after signing, and a note that nobody would."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.validation.dss import DocumentSecurityStore

    data = unpack(stamped.path)[1]["data/report.pdf"]
    writer, output = IncrementalPdfFileWriter(io.BytesIO(data)), io.BytesIO()
    DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=[], ocsps=[], crls=[])
    writer.update_root()
    writer.write(output)
    for name, added in (
        ("dss.pdf", output.getvalue()),
        ("note.pdf", incremental_update(data)),
        ("tail.pdf", data + b"\n"),
    ):
        assert added != data
        (tmp_path / name).write_bytes(added)
        report = verify(tmp_path / name, trust)
        assert report.verdict is Verdict.NOT_VERIFIED and {one.check for one in report.findings} == {"report"}, name
        shown = run(["pdfsig", "-nocert", name], tmp_path).stdout
        assert not ("Signature is Valid" in shown and "Total document signed" in shown and "Not total" not in shown)


def test_without_a_root_the_stamps_are_told_and_not_believed(stamped: Sealed, authority: Authority) -> None:
    report = verify(stamped.path, Trust(root_pem=authority.pem))
    assert report.findings == () and "UNSTAMPED" in report.limits and report.stamped_at is None
    assert sum("who made it was not checked" in note for note in report.notes) == 3


def test_a_stripped_stamp_is_a_limit(stamped: Sealed, trust: Trust, tmp_path: Path) -> None:
    top, files = unpack(stamped.path)
    del files[TSR]
    report = verify(pack(tmp_path / f"{top}.zip", top, files), trust)
    assert report.findings == () and "UNSTAMPED" in report.limits and report.checks[5].state == "unknown"


@pytest.mark.parametrize("how", ["half", "flipped", "another", "empty"])
def test_a_stamp_that_does_not_hold_refuses_with_and_without_a_root(
    how: str, stamped: Sealed, trust: Trust, maker: StampMaker, tmp_path: Path
) -> None:
    top, files = unpack(stamped.path)
    good = files[TSR]
    flipped = good[:-40] + bytes([good[-40] ^ 1]) + good[-39:]
    files[TSR] = {"half": good[:300], "flipped": flipped, "another": maker.stamp(b"x"), "empty": b""}[how]
    package = pack(tmp_path / f"{top}.zip", top, files)
    for given in (trust, replace(trust, tsa_pem=None)):
        report = verify(package, given)
        assert report.verdict is Verdict.NOT_VERIFIED
        assert [finding.item for finding in report.findings] == [TSR]
        assert report.sentence == "The time stamp does not hold. Do not rely on this package."


def test_the_stamp_of_another_checkpoint_refuses(
    stamped: Sealed, employee: Identity, trust: Trust, maker: StampMaker, tmp_path: Path
) -> None:
    top, files = unpack(stamped.path)
    files[STATE] = maker.stamp(b"another state")
    Insider(employee, tmp_path / "i").relist(files)
    report = verify(pack(tmp_path / f"{top}.zip", top, files), replace(trust, tsa_pem=None))
    assert f"{STATE}: the stamp is over other bytes" in times(report)


# ------------------------------------------------------------------ not stamped, and stamped later


def test_a_dead_service_leaves_a_package_unstamped_and_says_so(
    tmp_path: Path, employee: Identity, trust: Trust
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        made = sealed(tmp_path / "dead", employee, f"http://127.0.0.1:{taken.getsockname()[1]}/")
    assert not made.stamped and "No time stamp was had from 127.0.0.1" in made.unstamped
    _, files = unpack(made.path)
    assert not [name for name in files if name.endswith(".tsr") or name == "certs/tsa-chain.pem"]
    report = verify(made.path, trust)
    assert report.findings == () and "UNSTAMPED" in report.limits
    assert "A time stamp root was given; the package has no time stamp." in report.notes
    assert report.checks[5].detail.startswith("No independent time stamp was included.")


def test_a_late_stamp_carried_by_hand(unstamped: Path, maker: StampMaker, trust: Trust, tmp_path: Path) -> None:
    assert "UNSTAMPED" in verify(unstamped, trust).limits
    before = unstamped.read_bytes()
    what = latestamp.subject(unstamped)
    latestamp.write_query(what, tmp_path / "q.tsq")
    (tmp_path / "q.tsr").write_bytes(maker.reply((tmp_path / "q.tsq").read_bytes()))
    latestamp.take_stamp(what, latestamp.read_answer(tmp_path / "q.tsr"), "q.tsr")
    assert unstamped.read_bytes() == before and (tmp_path / "CASE-7-v1.zip.tsr").is_file()
    report = verify(unstamped, trust)
    assert report.findings == () and "UNSTAMPED" not in report.limits
    top, files = unpack(unstamped)
    assert "UNSTAMPED" not in verify(unfold(tmp_path / top, files), trust).limits, "unpacked beside it"


@pytest.mark.parametrize("given", [True, False], ids=["root given", "no root"])
def test_a_late_stamp_over_another_package_refuses(
    given: bool, unstamped: Path, maker: StampMaker, trust: Trust
) -> None:
    unstamped.with_name("CASE-7-v1.zip.tsr").write_bytes(maker.stamp(b"another seal"))
    report = verify(unstamped, trust if given else replace(trust, tsa_pem=None))
    assert times(report) == ["CASE-7-v1.zip.tsr: the stamp is over other bytes"]


def test_a_stamp_long_after_says_what_it_proves(unstamped: Path, trust: Trust, maker: StampMaker) -> None:
    _, files = unpack(unstamped)
    late = DatedMaker(maker.authority).stamp(files["seals/01-examiner.p7s"], SEALED_AT + timedelta(days=40))
    unstamped.with_name("CASE-7-v1.zip.tsr").write_bytes(late)
    report = verify(unstamped, replace(trust, now=NOW + timedelta(days=50)))
    assert report.findings == () and report.stamped_at == SEALED_AT + timedelta(days=40)
    assert any("had 40 days after" in note for note in report.notes)


def test_a_stamp_had_after_the_certificate_ended_changes_nothing_for_the_worse(
    unstamped: Path, trust: Trust, maker: StampMaker
) -> None:
    _, files = unpack(unstamped)
    later = replace(trust, now=NOW + timedelta(days=250))
    assert "EXPIRED" in verify(unstamped, later).limits
    late = DatedMaker(maker.authority).stamp(files["seals/01-examiner.p7s"], NOW + timedelta(days=200))
    unstamped.with_name("CASE-7-v1.zip.tsr").write_bytes(late)
    report = verify(unstamped, later)
    assert report.findings == () and "EXPIRED" in report.limits and "UNSTAMPED" not in report.limits


def test_a_stamp_before_the_stated_time_shows_a_clock_that_was_ahead(
    unstamped: Path, trust: Trust, maker: StampMaker
) -> None:
    _, files = unpack(unstamped)
    early = DatedMaker(maker.authority).stamp(files["seals/01-examiner.p7s"], SEALED_AT - timedelta(minutes=9))
    unstamped.with_name("CASE-7-v1.zip.tsr").write_bytes(early)
    report = verify(unstamped, trust)
    assert report.findings == () and any("clock was ahead" in note for note in report.notes)


# ------------------------------------------------------------------ by whom


def test_a_stamp_by_somebody_unknown_refuses(stamped: Sealed, trust: Trust) -> None:
    report = verify(stamped.path, replace(trust, tsa_pem=Authority.create("TSA Root").pem))
    assert report.verdict is Verdict.NOT_VERIFIED
    assert len(times(report)) == 3 and all("is not under the root that was given" in told for told in times(report))


def test_one_stamp_that_holds_is_enough(stamped: Sealed, trust: Trust, tmp_path: Path) -> None:
    """The service that stamped first is not trusted here; a late stamp by one that is counts."""
    top, files = unpack(stamped.path)
    package = pack(tmp_path / f"{top}.zip", top, files)
    other = DatedMaker(Authority.create("Other TSA Root"))
    own = replace(trust, tsa_pem=_root(other, package, files))
    report = verify(package, own)
    assert report.findings == () and "UNSTAMPED" not in report.limits
    assert sum("a further time stamp does not count" in note for note in report.notes) == 3


def _root(maker: DatedMaker, package: Path, files: dict[str, bytes]) -> bytes:
    package.with_name(package.name + ".tsr").write_bytes(maker.stamp(files["seals/01-examiner.p7s"], NOW))
    return maker.authority.pem


def test_a_service_that_expired_since_proves_no_time(stamped: Sealed, trust: Trust) -> None:
    later = replace(trust, now=NOW + timedelta(days=320))
    report = verify(stamped.path, later)
    assert report.findings == () and {"UNSTAMPED", "EXPIRED"} <= set(report.limits)
    assert "expired on" in report.checks[5].detail and report.checks[5].state == "unknown"
    assert any("proves its time no longer" in note for note in report.notes)


# ------------------------------------------------------------------ a report alone


def test_a_report_alone_has_the_time_of_its_own_stamp(
    stamped: Sealed, issued_package: Path, trust: Trust, tmp_path: Path
) -> None:
    for package, limit in ((stamped.path, False), (issued_package, True)):
        path = tmp_path / "report.pdf"
        path.write_bytes(unpack(package)[1]["data/report.pdf"])
        report = verify(path, trust)
        assert report.findings == () and ("UNSTAMPED" in report.limits) is limit
        assert (report.stamped_at is None) is limit


def test_junk_beside_the_package_is_named(package: Path, tmp_path: Path) -> None:
    """It is refused, as a stamp that does not hold is; but nobody must think that the package was altered."""
    copy = Path(shutil.copy(package, tmp_path / package.name))
    (tmp_path / f"{package.name}.tsr").write_bytes(b"junk")
    report = verify(copy)
    assert report.verdict is Verdict.NOT_VERIFIED
    assert report.sentence.startswith(f"{package.name}.tsr, beside the package,")
    assert "All that is in the package does" in report.sentence
