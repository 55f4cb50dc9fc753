"""Each kind of signer has its own verdict and its own sentence; time is injected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from specimen import NOW, SEALED_AT
from specimen import Authority as People
from tampering import Insider, pack, unpack

from casebound_packaging.authority import Authority, Withdrawal
from casebound_packaging.certification import read_request
from casebound_packaging.finding import Finding
from casebound_packaging.identity import Identity
from casebound_packaging.verify import BadTrust, Report, Trust, Verdict, verify
from casebound_packaging.verify.signer import Attribution, Sealing, attribute
from casebound_packaging.verify.signerwords import (
    COMPROMISED,
    ISSUER_REVOKED,
    NO_SIGNATURES,
    NOT_YET,
    OTHER_PURPOSE,
    OTHER_ROOT,
    REVOKED_BEFORE,
    REVOKED_UNPROVED,
    TITLES,
    TOO_EARLY,
    TOO_LATE,
)

DAY = timedelta(days=1)


@dataclass(frozen=True)
class World:
    root: Authority
    examiner: Identity
    """Valid from ten days before NOW for 730 days."""

    def revoked(self, at: datetime, reason: str = "unspecified", since: datetime | None = None) -> bytes:
        entry = Withdrawal(self.examiner.certificate.serial_number, at, reason, since)
        return self.root.withdrawn([entry], None, clock=lambda: NOW)

    def sealing(self, signed: datetime = SEALED_AT, stamped: datetime | None = None, crls: bytes = b"") -> Sealing:
        own = self.examiner
        return Sealing(own.certificate, own.chain, "seals/01-examiner.p7s", signed, stamped, crls)


@pytest.fixture(scope="module")
def world() -> World:
    root = Authority.create("Northgate Root", clock=lambda: NOW - 30 * DAY)
    own = Identity.create("Edda Falk", clock=lambda: NOW - 20 * DAY)
    issued = root.issue(read_request(own.request()), clock=lambda: NOW - 10 * DAY)
    return World(root, own.certified([issued, root.certificate]))


def judged(sealing: Sealing, trust: Trust) -> tuple[Attribution, list[str]]:
    found: list[Finding] = []
    known = attribute(sealing, trust, found)
    return known, [finding.problem for finding in found]


def test_under_the_root_with_a_fresh_list(world: World) -> None:
    trust = Trust(root_pem=world.root.pem(), crl_pem=world.root.withdrawn([], None), now=NOW)
    known, problems = judged(world.sealing(), trust)
    assert (problems, known.limits, known.notes, known.facts.confirmed_by) == ([], frozenset(), (), "root")


def test_without_a_list_it_says_that_nobody_looked(world: World) -> None:
    known, problems = judged(world.sealing(), Trust(root_pem=world.root.pem(), now=NOW))
    assert (problems, known.limits) == ([], frozenset())
    assert "No fresh revocation list of Northgate Root was given" in known.notes[0]


Case = tuple[timedelta, timedelta | None, Callable[[World], bytes], str, frozenset[str]]
REVOKED = {  # signed and stamped as days from NOW, the list, the finding, the limits
    "before the seal": (-2, None, lambda w: w.revoked(NOW - 5 * DAY), REVOKED_BEFORE),
    "before the stamp": (-2, -2, lambda w: w.revoked(NOW - 5 * DAY), REVOKED_BEFORE),
    "after a seal that nothing proves": (-2, None, lambda w: w.revoked(NOW - DAY), REVOKED_UNPROVED),
    "after the stamp": (-2, -2, lambda w: w.revoked(NOW - DAY), ""),
    "after the stamp, in other hands before": (
        -2, -2, lambda w: w.revoked(NOW - DAY, "key-compromise", NOW - 4 * DAY), COMPROMISED),
    "after the stamp, in other hands later": (
        -4, -4, lambda w: w.revoked(NOW - DAY, "key-compromise", NOW - 2 * DAY), ""),
    "in other hands, nothing proves the seal": (
        -3, None, lambda w: w.revoked(NOW - DAY, "key-compromise", NOW - 4 * DAY), COMPROMISED),
}  # fmt: skip


@pytest.mark.parametrize("name", REVOKED)
@pytest.mark.parametrize("place", ["given", "enclosed", "with the root"])
def test_a_revoked_signer(world: World, name: str, place: str) -> None:
    signed, stamped, listed, problem = REVOKED[name]
    crl = listed(world)
    sealing = world.sealing(NOW + signed * DAY, None if stamped is None else NOW + stamped * DAY)
    trust = Trust(root_pem=world.root.pem(), now=NOW)
    if place == "given":
        trust = replace(trust, crl_pem=crl)
    elif place == "enclosed":
        sealing = replace(sealing, crls=crl)
    else:
        trust = replace(trust, root_pem=world.root.pem() + crl)
    known, problems = judged(sealing, trust)
    assert problems == ([problem] if problem else [])
    assert ("REVOKED-LATER" in known.limits) is not bool(problem)


def test_a_revocation_is_believed_without_a_root(world: World) -> None:
    """The issuer's certificate is enclosed, and its key signed both the signer's certificate and the list."""
    trust = Trust(signer_fingerprint=world.examiner.fingerprint, now=NOW)
    _, problems = judged(world.sealing(crls=world.revoked(NOW - 5 * DAY)), trust)
    assert problems == [REVOKED_BEFORE]


def test_a_list_by_somebody_else_revokes_nobody(world: World) -> None:
    lookalike = Authority.create("Northgate Root", clock=lambda: NOW - 30 * DAY)
    forged = lookalike.withdrawn([Withdrawal(world.examiner.certificate.serial_number, NOW - 5 * DAY)], None)
    known, problems = judged(world.sealing(crls=forged), Trust(root_pem=world.root.pem(), crl_pem=forged, now=NOW))
    assert problems == [] and known.facts.confirmed_by == "root"


def test_a_revoked_issuer(world: World) -> None:
    people = People.create("Corp Root")
    between = people.issue("Corp Issuing CA")
    middle = Authority(between.private_key, _as_ca(people, between))
    own = Identity.create("Edda Falk", clock=lambda: NOW - 20 * DAY)
    leaf = middle.issue(read_request(own.request()), clock=lambda: NOW - 10 * DAY)
    sealing = Sealing(leaf, (middle.certificate, people.certificate), "x", SEALED_AT)
    crl = people.revoke(replace(between, certificate=middle.certificate), NOW - 5 * DAY)
    known, problems = judged(sealing, Trust(root_pem=people.pem, now=NOW))
    assert problems == [] and known.facts.confirmed_by == "root"
    _, problems = judged(sealing, Trust(root_pem=people.pem, crl_pem=crl, now=NOW))
    assert problems == [ISSUER_REVOKED]


def _as_ca(people: People, own: Identity) -> x509.Certificate:
    from cryptography.hazmat.primitives.hashes import SHA256

    return (
        x509.CertificateBuilder(
            people.certificate.subject,
            own.certificate.subject,
            own.certificate.public_key(),
            own.certificate.serial_number,
        )
        .not_valid_before(NOW - 25 * DAY)
        .not_valid_after(NOW + 300 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(people.key, SHA256())
    )


@pytest.mark.parametrize(("days", "stale"), [(0, False), (29, False), (31, True), (400, True)])
def test_an_overdue_list_is_a_limit(world: World, days: int, stale: bool) -> None:
    pem = world.root.withdrawn([], None, clock=lambda: NOW)
    trust = Trust(root_pem=world.root.pem(), crl_pem=pem, now=NOW + days * DAY)
    known, problems = judged(world.sealing(), trust)
    assert problems == [] and ("STALE-REVOCATION" in known.limits) is stale
    assert any("was to be renewed by" in note for note in known.notes) is stale


def test_a_list_enclosed_goes_stale_with_a_note_only(world: World) -> None:
    """It was new when the package was sealed; that it grew old is nobody's fault, and is said."""
    enclosed = world.root.withdrawn([], None, clock=lambda: NOW)
    trust = Trust(root_pem=world.root.pem(), now=NOW + 60 * DAY)
    known, _ = judged(world.sealing(crls=enclosed), trust)
    assert "STALE-REVOCATION" not in known.limits and f"since {NOW:%Y-%m-%d}" in known.notes[0]
    old = world.root.withdrawn([], None, clock=lambda: NOW - 90 * DAY)
    both, _ = judged(world.sealing(crls=enclosed), replace(trust, crl_pem=old, now=NOW + DAY))
    assert "STALE-REVOCATION" not in both.limits, "the enclosed one is newer and not overdue"


def test_a_list_that_is_none_is_an_error(world: World) -> None:
    with pytest.raises(BadTrust):
        judged(world.sealing(), Trust(root_pem=world.root.pem(), crl_pem=b"hello"))


@pytest.mark.parametrize(
    ("signed", "now", "problem"),
    [(-15, 0, TOO_EARLY), (800, 801, TOO_LATE), (-2, -12, NOT_YET)],
)
def test_outside_of_its_time(world: World, signed: int, now: int, problem: str) -> None:
    sealing = world.sealing(NOW + signed * DAY)
    if problem == NOT_YET:
        sealing = replace(sealing, signed_at=None)
    _, problems = judged(sealing, Trust(signer_fingerprint=world.examiner.fingerprint, now=NOW + now * DAY))
    assert problems == [problem]


def test_expired_since(world: World) -> None:
    late = Trust(signer_fingerprint=world.examiner.fingerprint, now=NOW + 800 * DAY)
    known, problems = judged(world.sealing(), late)
    assert (problems, known.limits) == ([], frozenset({"EXPIRED"}))
    known, problems = judged(world.sealing(stamped=SEALED_AT), late)
    assert (problems, known.limits) == ([], frozenset())
    assert "the time stamp proves that the seal is older" in known.notes[0]


def test_for_another_purpose() -> None:
    people = People.create("Corp Root")
    server = people.issue("www.example", uses=(ExtendedKeyUsageOID.SERVER_AUTH,))
    _, problems = judged(Sealing(server.certificate, server.chain, "x", SEALED_AT), Trust(root_pem=people.pem))
    assert OTHER_PURPOSE in problems
    _, problems = judged(Sealing(people.certificate, (), "x", SEALED_AT), Trust(root_pem=people.pem))
    assert problems == [NO_SIGNATURES], "a root's own key seals nothing"


def test_a_colleagues_mail_certificate_is_not_yet_authorised(package: Path) -> None:
    """A first line of its own: the files are as signed, and it takes more than the root to rely on this person."""
    people = People.create("Corp Root")
    clerk = people.issue("Some Clerk", uses=(ExtendedKeyUsageOID.EMAIL_PROTECTION,))
    sealing = Sealing(clerk.certificate, clerk.chain, "x", SEALED_AT)
    known, problems = judged(sealing, Trust(root_pem=people.pem, now=NOW))
    assert problems == [] and known.limits == {"UNATTRIBUTED"}
    assert "not marked as a signer of documents" in known.standing
    confirmed, _ = judged(sealing, Trust(root_pem=people.pem, known=frozenset({clerk.fingerprint}), now=NOW))
    assert confirmed.limits == frozenset() and confirmed.standing == ""


@pytest.mark.filterwarnings("ignore:Parsed a serial number")  # one of the public roots has 0
def test_another_root_and_a_ca_of_the_system(world: World) -> None:
    """A certificate by any other CA, also one that the system trusts: only the root given counts."""
    import certifi

    public = Path(certifi.where()).read_bytes()
    _, problems = judged(world.sealing(), Trust(root_pem=public, now=NOW))
    assert problems == [OTHER_ROOT]
    known, problems = judged(world.sealing(), Trust(now=NOW))
    assert problems == [] and known.limits == {"UNATTRIBUTED"}, "a root that is only enclosed confirms nobody"


def test_a_signer_remembered_is_confirmed_and_nobody_else_is_refused(world: World) -> None:
    mine = Trust(known=frozenset({world.examiner.key_fingerprint}), now=NOW)
    known, problems = judged(world.sealing(), mine)
    assert (known.facts.confirmed_by, known.limits, problems) == ("remembered", frozenset(), [])
    stranger = Identity.create("Stranger", clock=lambda: NOW - DAY)
    known, problems = judged(Sealing(stranger.certificate, (), "x", SEALED_AT), mine)
    assert problems == [] and "UNATTRIBUTED" in known.limits


# ------------------------------------------------------------------ told by the whole verifier


def told(report: Report) -> tuple[str, str, str]:
    row = next(one for one in report.checks if one.check == "signer")
    return report.sentence, row.title, row.state


def test_every_refusal_has_its_own_first_line_and_title(
    issued_package: Path, authority: People, employee: Identity, package: Path
) -> None:
    revoked = authority.pem + authority.revoke(employee, SEALED_AT - DAY)
    answers = {
        REVOKED_BEFORE: verify(issued_package, Trust(root_pem=revoked, now=NOW)),
        OTHER_ROOT: verify(issued_package, Trust(root_pem=People.create("Other").pem, now=NOW)),
        "The signer is not the one whose fingerprint was given.": verify(package, Trust(signer_fingerprint="ab" * 32)),
    }
    for problem, report in answers.items():
        assert report.verdict is Verdict.NOT_VERIFIED
        assert told(report) == (f"{problem} Do not rely on this package.", TITLES[problem], "fail")


def test_limits_of_the_signer_are_told_in_its_row(issued_package: Path, authority: People) -> None:
    late = verify(issued_package, Trust(root_pem=authority.pem, now=NOW + 100 * DAY))
    assert told(late)[1:] == ("You know this signer, but the certificate has expired", "unknown")
    known = verify(issued_package, Trust(known=frozenset({late.signer.fingerprint}), now=NOW))  # type: ignore[union-attr]
    assert known.checks[4].detail == "The key of Ben Alvarez is one that you confirmed before."


def test_a_list_enclosed_in_the_package_is_read(tmp_path: Path, issued_package: Path, authority: People) -> None:
    """What the signer's organisation enclosed when it was sealed; `Identity.crls` brings it."""
    top, files = unpack(issued_package)
    employee = authority.issue("Nora Beck")
    files["certs/crl.pem"] = authority.revoke(employee, SEALED_AT - DAY)
    Insider(employee, tmp_path / "i").relist(files)
    report = verify(pack(tmp_path / "x.zip", top, files), Trust(root_pem=authority.pem, now=NOW))
    assert REVOKED_BEFORE in [finding.problem for finding in report.findings]


def test_a_file_of_begin_lines_takes_no_time(world: World) -> None:
    """Whole blocks are found in one pass; a search that starts anew at each first line would take hours here."""
    bomb = b"-----BEGIN X509 CRL-----\n" * 600_000
    known, problems = judged(world.sealing(crls=bomb), Trust(root_pem=world.root.pem(), now=NOW))
    assert problems == [] and known.facts.confirmed_by == "root"
