"""The report's signature, judged by poppler, by pikepdf's PDF/A check and by our own verifier."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from authorities import Authority
from cryptography import x509
from programs import needs, run
from specimen import NOW, unsigned_report
from stampmaker import StampMaker, serving

from casebound_packaging.errors import BadIdentity, CannotWrite
from casebound_packaging.identity import Identity
from casebound_packaging.pdfseal import sign_pdf
from casebound_packaging.timeservices import TimeServices
from casebound_packaging.verify.pdf import check_pdf

ROOT = "ab" * 32
PACKAGE = "CASE-7-v1-abababababab"


def sealed(folder: Path, identity: Identity, **more: str) -> Path:
    plain = unsigned_report(folder / "plain.pdf", PACKAGE, ROOT)
    sign_pdf(plain, folder / "report.pdf", identity, NOW, reason="Sealed", **more)  # type: ignore[arg-type]
    return folder / "report.pdf"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, signer: Identity) -> Path:
    return sealed(tmp_path_factory.mktemp("report"), signer)


@needs("pdfsig")
def test_poppler_finds_it_valid_and_whole(report: Path) -> None:
    shown = run(["pdfsig", "-nocert", report.name], report.parent).stdout
    assert "Signature is Valid" in shown
    assert "Total document signed" in shown and "Not total" not in shown
    assert "Signature Type: ETSI.CAdES.detached" in shown
    assert "Signing Hash Algorithm: SHA-256" in shown
    assert "Signer Certificate Common Name: Mary Okafor" in shown
    assert shown.count("Signature #") == 1


@needs("pdfsig")
def test_poppler_does_not_find_a_changed_one_valid_and_whole(report: Path, tmp_path: Path) -> None:
    data = report.read_bytes()
    (tmp_path / "flipped.pdf").write_bytes(data[:50] + bytes([data[50] ^ 1]) + data[51:])
    (tmp_path / "longer.pdf").write_bytes(data + b"\n% more\n")
    for name in ("flipped.pdf", "longer.pdf"):
        shown = run(["pdfsig", "-nocert", name], tmp_path).stdout
        assert not ("Signature is Valid" in shown and "Total document signed" in shown and "Not total" not in shown), (
            name
        )


@needs("qpdf")
def test_qpdf_finds_no_fault(report: Path) -> None:
    assert run(["qpdf", "--check", report.name], report.parent).returncode == 0


def test_our_own_check_agrees(report: Path, signer: Identity) -> None:
    found: list[object] = []
    with report.open("rb") as stream:
        facts = check_pdf(stream, "report.pdf", found)  # type: ignore[arg-type]
    assert found == []
    assert (facts.signer, facts.signed_at) == (signer.certificate, NOW)
    assert (facts.package_ids, facts.evidence_roots) == (frozenset({PACKAGE}), frozenset({ROOT}))


def test_the_field_is_invisible_and_forbids_every_change(report: Path) -> None:
    from pyhanko.pdf_utils.reader import PdfFileReader

    reader = PdfFileReader(io.BytesIO(report.read_bytes()))
    (signature,) = reader.embedded_signatures
    assert [int(number) for number in signature.sig_field["/Rect"]] == [0, 0, 0, 0]
    assert signature.docmdp_level.value == 1
    assert signature.sig_object["/Reason"] == "Sealed"
    assert "/DocMDP" in reader.root["/Perms"]


def test_the_claimed_time_is_the_one_given(tmp_path: Path, signer: Identity) -> None:
    moment = datetime(NOW.year, NOW.month, NOW.day, tzinfo=UTC)
    plain = unsigned_report(tmp_path / "plain.pdf", PACKAGE, ROOT)
    sign_pdf(plain, tmp_path / "report.pdf", signer, moment.replace(microsecond=7), reason="Sealed")
    with (tmp_path / "report.pdf").open("rb") as stream:
        assert check_pdf(stream, "report.pdf", []).signed_at == moment


def archival(path: Path) -> Path:
    """The smallest PDF/A-3b that pikepdf can make."""
    import pikepdf
    from pikepdf import pdfa

    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdfa.prepare(pdf, "3b")
        pdf.save(path, **pdfa.resolve_save_kwargs(pdfa.Flavour("3b"), deterministic_id=True))
    return path


def test_a_pdf_a_3b_stays_one(tmp_path: Path, signer: Identity) -> None:
    """pikepdf's check knows no signatures: it may say so of /AcroForm and /Perms, and must find no violation."""
    from pikepdf import pdfa

    plain = archival(tmp_path / "archival.pdf")
    assert pdfa.validate_written(plain, "3b").passed, "the test's own PDF must be PDF/A-3b"
    sign_pdf(plain, tmp_path / "report.pdf", signer, NOW, reason="Sealed")
    findings = pdfa.validate_written(tmp_path / "report.pdf", "3b").findings
    assert {(finding.kind, finding.message.split(" (")[1].split(")")[0]) for finding in findings} <= {
        ("unsupported", "/AcroForm"),
        ("unsupported", "/Perms"),
    }


def test_without_an_answering_service_it_is_signed_unstamped(tmp_path: Path, signer: Identity) -> None:
    plain = unsigned_report(tmp_path / "plain.pdf", PACKAGE, ROOT)
    stamped = sign_pdf(plain, tmp_path / "report.pdf", signer, NOW, reason="Sealed", tsa_url="http://127.0.0.1:9/")
    assert stamped is False
    found: list[object] = []
    with (tmp_path / "report.pdf").open("rb") as stream:
        check_pdf(stream, "report.pdf", found)  # type: ignore[arg-type]
    assert found == []


def test_nothing_is_written_over_and_nothing_half(tmp_path: Path, signer: Identity) -> None:
    (tmp_path / "report.pdf").write_bytes(b"precious")
    with pytest.raises(CannotWrite, match="already there"):
        sealed(tmp_path, signer)
    assert (tmp_path / "report.pdf").read_bytes() == b"precious"
    plain = tmp_path / "plain.pdf"
    with pytest.raises(BadIdentity):
        sign_pdf(plain, tmp_path / "late.pdf", signer, NOW + timedelta(days=3000), reason="Sealed")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["plain.pdf", "report.pdf"]


# ------------------------------------------------------------------ with a time stamp service


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory) -> StampMaker:
    return StampMaker.create(tmp_path_factory.mktemp("tsa"), Authority.create("TSA Root"))


def signed(folder: Path, identity: Identity, services: TimeServices) -> tuple[bytes, bool]:
    plain = unsigned_report(folder / "plain.pdf", PACKAGE, ROOT)
    stamped = sign_pdf(plain, folder / "report.pdf", identity, NOW, reason="Sealed", services=services)
    data = (folder / "report.pdf").read_bytes()
    found: list[object] = []
    facts = check_pdf(io.BytesIO(data), "report.pdf", found)  # type: ignore[arg-type]
    assert found == [] and len(facts.tokens) == stamped
    return data, stamped


def enclosed(data: bytes) -> tuple[list[str], int]:
    """The names of the certificates in the DSS, and how many revocation lists are in it."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    store = PdfFileReader(io.BytesIO(data)).root["/DSS"]
    names = [x509.load_der_x509_certificate(one.get_object().data).subject.rfc4514_string() for one in store["/Certs"]]
    return sorted(names), len(store.get("/CRLs", ()))


def once(answer: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """A service that answers one question, and is confused ever after."""
    asked: list[bytes] = []

    def reply(query: bytes) -> bytes:
        asked.append(query)
        return answer(query) if len(asked) == 1 else b"<html>"

    return reply


@needs("openssl", "pdfsig", "qpdf")
def test_a_service_makes_it_hold_for_longer(
    tmp_path: Path, employee: Identity, authority: Authority, maker: StampMaker
) -> None:
    identity = replace(employee, crls=authority.revoke(authority.issue("Somebody Else"), NOW - timedelta(days=1)))
    with serving(maker.reply) as url:
        data, stamped = signed(tmp_path, identity, TimeServices([url]))
    assert stamped and enclosed(data) == (["CN=Ben Alvarez", "CN=Example Root", "CN=Example Time Stamps"], 1)
    shown = run(["pdfsig", "-nocert", "report.pdf"], tmp_path).stdout
    assert "Signature is Valid" in shown and "Total document signed" in shown and "Not total" not in shown
    assert run(["qpdf", "--check", "report.pdf"], tmp_path).returncode == 0


@needs("openssl")
def test_a_service_that_dies_halfway_is_replaced_or_left_out(
    tmp_path: Path, signer: Identity, maker: StampMaker
) -> None:
    second = StampMaker.create(tmp_path / "second", Authority.create("Second Root"), "Second Time Stamps", chain=True)
    for folder in ("alone", "both"):
        (tmp_path / folder).mkdir()
    with serving(once(maker.reply)) as url:
        services = TimeServices([url])
        data, stamped = signed(tmp_path / "alone", signer, services)
    assert not stamped and b"/DSS" not in data and len(services.failures) == 1
    with serving(once(maker.reply)) as first, serving(second.reply) as other:
        data, stamped = signed(tmp_path / "both", signer, TimeServices([first, other]))
    assert stamped and enclosed(data)[0] == ["CN=Second Root", "CN=Second Time Stamps", "O=Example Ltd,CN=Mary Okafor"]
