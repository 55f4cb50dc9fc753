"""Co-signatures beside a package: made without touching it, reported by the verifier, checked by stock programs."""

from __future__ import annotations

import os
import shutil
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from programs import needs, run
from specimen import NOW, Authority

from casebound_packaging import sshsig
from casebound_packaging.cosealing import CannotSeal, seal_beside
from casebound_packaging.identity import Identity
from casebound_packaging.verify import Report, Trust, Verdict, verify

LIMITS = ("SELF-ISSUED", "UNSTAMPED", "UNWITNESSED", "PARTIAL", "REDACTED")


@pytest.fixture(scope="module")
def reviewer() -> Identity:
    return Identity.create("Rita Moss", organisation="Second Pair Ltd", clock=lambda: NOW - timedelta(days=1))


@pytest.fixture(scope="module")
def counsel(authority: Authority) -> Identity:
    return authority.issue("Cora Venn")


@pytest.fixture(scope="module")
def clean(package: Path) -> Report:
    return verify(package)


@pytest.fixture
def copy(tmp_path: Path, package: Path) -> Path:
    return Path(shutil.copy(package, tmp_path / package.name))


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory, package: Path, clean: Report, reviewer: Identity) -> Path:
    """The package with Rita's co-signature beside it."""
    folder = tmp_path_factory.mktemp("cosealed")
    path = Path(shutil.copy(package, folder / package.name))
    made = seal_beside(path, clean, reviewer, "reviewer", NOW)
    assert made.name == "02-reviewer"
    return path


def beside(package: Path) -> list[str]:
    return sorted(path.name.removeprefix(package.name) for path in package.parent.iterdir() if path != package)


def test_the_package_is_not_touched(sealed: Path, package: Path) -> None:
    assert sealed.read_bytes() == package.read_bytes()
    assert beside(sealed) == [".02-reviewer.p7s", ".02-reviewer.sig"]


@needs("openssl", "ssh-keygen", "unzip")
def test_stock_programs_check_it(sealed: Path, reviewer: Identity, tmp_path: Path) -> None:
    assert run(f"unzip -q {sealed}", tmp_path).returncode == 0
    inside = tmp_path / sealed.stem
    (tmp_path / "rita.pem").write_bytes(reviewer.certificate_pem())
    (tmp_path / "allowed").write_text(sshsig.allowed_signers(reviewer))
    cms = f"openssl cms -verify -cades -binary -inform DER -in {sealed}.02-reviewer.p7s -content tagmanifest-sha256.txt"
    done = run(f"{cms} -CAfile ../rita.pem -no-CApath -no-CAstore -out /dev/null", inside)
    assert done.returncode == 0, done.stderr
    ssh = f"ssh-keygen -Y verify -f ../allowed -I {sshsig.principal(reviewer)} -n evidence-package"
    done = run(f"{ssh} -s {sealed}.02-reviewer.sig < tagmanifest-sha256.txt", inside)
    assert done.returncode == 0, done.stderr


def test_the_verifier_reports_it(sealed: Path, signer: Identity, reviewer: Identity) -> None:
    report = verify(sealed, Trust(signer_fingerprint=signer.fingerprint))
    assert report.limits == LIMITS and not report.findings, "a co-signer who is not confirmed takes nothing away"
    who = "Sealed afterwards, beside the package, by Rita Moss (02-reviewer, {}), certificate " + reviewer.fingerprint
    assert who.format("not confirmed") + "." in report.notes
    both = verify(sealed, Trust(signer_fingerprint=f"{signer.fingerprint},{reviewer.fingerprint}"))
    assert who.format("confirmed") + "." in both.notes and both.limits == LIMITS


def test_a_co_signer_under_another_root_is_a_note(
    tmp_path: Path, issued_package: Path, authority: Authority, reviewer: Identity
) -> None:
    path = Path(shutil.copy(issued_package, tmp_path / issued_package.name))
    seal_beside(path, verify(path), reviewer, "reviewer", NOW)
    report = verify(path, Trust(root_pem=authority.pem))
    assert not report.findings and "UNATTRIBUTED" not in report.limits and "SELF-ISSUED" not in report.limits
    assert any("not confirmed" in note and "not under the root" in note for note in report.notes)


def test_several_seal_one_after_the_other(copy: Path, reviewer: Identity, counsel: Identity, signer: Identity) -> None:
    assert seal_beside(copy, verify(copy), reviewer, "reviewer", NOW).name == "02-reviewer"
    assert seal_beside(copy, verify(copy), counsel, "counsel", NOW).name == "03-counsel"
    for again in (reviewer, signer):
        with pytest.raises(CannotSeal, match="sealed the package already"):
            seal_beside(copy, verify(copy), again, "again", NOW)
    assert len(beside(copy)) == 4
    assert sum("Sealed afterwards" in note for note in verify(copy).notes) == 2


def test_what_does_not_verify_is_not_sealed(copy: Path, reviewer: Identity, clean: Report) -> None:
    data = bytearray(copy.read_bytes())
    data[len(data) // 2] ^= 1
    copy.write_bytes(data)
    with pytest.raises(CannotSeal, match="does not verify"):
        seal_beside(copy, verify(copy), reviewer, "reviewer", NOW)
    other = copy.with_name("text.zip")
    other.write_bytes(b"PK")
    with pytest.raises(CannotSeal):
        seal_beside(other, verify(other), reviewer, "reviewer", NOW)
    assert beside(copy) == ["text.zip"]


def test_a_package_swapped_behind_the_check_is_not_sealed(
    tmp_path: Path, issued_package: Path, reviewer: Identity, clean: Report
) -> None:
    path = Path(shutil.copy(issued_package, tmp_path / issued_package.name))
    with pytest.raises(CannotSeal, match="was changed"):
        seal_beside(path, clean, reviewer, "reviewer", NOW)


@pytest.mark.parametrize("role", ["", "Reviewer", "re viewer", "../x", "r" * 21, "rev1"])
def test_a_role_is_one_word(copy: Path, clean: Report, reviewer: Identity, role: str) -> None:
    with pytest.raises(CannotSeal, match="no role"):
        seal_beside(copy, clean, reviewer, role, NOW)


def test_a_clock_before_the_seal_is_told(copy: Path, clean: Report, reviewer: Identity) -> None:
    with pytest.raises(CannotSeal, match="here it is"):
        seal_beside(copy, clean, reviewer, "reviewer", NOW - timedelta(hours=12))


def test_what_lies_beside_is_never_replaced(copy: Path, clean: Report, reviewer: Identity) -> None:
    copy.with_name(copy.name + ".02-reviewer.sig").mkdir()
    with pytest.raises(CannotSeal, match="does not verify"):
        seal_beside(copy, verify(copy), reviewer, "reviewer", NOW)
    copy.with_name(copy.name + ".02-reviewer.sig").rmdir()
    copy.with_name(copy.name + ".02-reviewer.sig").symlink_to("nowhere/at/all")
    with pytest.raises(CannotSeal, match="was changed"):
        seal_beside(copy, clean, reviewer, "reviewer", NOW)
    assert beside(copy) == [".02-reviewer.sig"]


# ------------------------------------------------------------------ tampering


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


HARM = {
    "the p7s flipped": lambda p: flip(p.with_name(p.name + ".02-reviewer.p7s")),
    "the sig flipped": lambda p: flip(p.with_name(p.name + ".02-reviewer.sig")),
    "the p7s empty": lambda p: p.with_name(p.name + ".02-reviewer.p7s").write_bytes(b""),
    "the p7s cut": lambda p: p.with_name(p.name + ".02-reviewer.p7s").write_bytes(
        p.with_name(p.name + ".02-reviewer.p7s").read_bytes()[:-1]
    ),
    "the sig missing": lambda p: p.with_name(p.name + ".02-reviewer.sig").unlink(),
    "the p7s missing": lambda p: p.with_name(p.name + ".02-reviewer.p7s").unlink(),
    "the number of the first seal": lambda p: [
        half.rename(half.with_name(half.name.replace(".02-", ".01-"))) for half in list(p.parent.glob("*.02-*"))
    ],
    "given twice": lambda p: [
        shutil.copy(half, half.with_name(half.name.replace(".02-", ".03-"))) for half in list(p.parent.glob("*.02-*"))
    ],
}


@pytest.mark.parametrize("harm", HARM)
def test_one_that_does_not_hold_is_refused_and_named(tmp_path: Path, sealed: Path, harm: str) -> None:
    for path in sealed.parent.iterdir():
        shutil.copy(path, tmp_path / path.name)
    copied = tmp_path / sealed.name
    HARM[harm](copied)
    report = verify(copied)
    assert report.verdict is Verdict.NOT_VERIFIED
    assert {finding.check for finding in report.findings} == {"seal"}
    assert report.sentence.startswith("The co-signature beside the package")
    assert report.checks[3].title == "A co-signature is not genuine"


def test_one_of_another_package_is_refused(tmp_path: Path, sealed: Path, issued_package: Path) -> None:
    path = Path(shutil.copy(issued_package, tmp_path / issued_package.name))
    for half in sealed.parent.glob("*.02-*"):
        shutil.copy(half, tmp_path / half.name.replace(sealed.name, path.name))
    report = verify(path)
    assert report.verdict is Verdict.NOT_VERIFIED and "other content" in report.findings[0].problem


def test_files_of_other_names_are_nobodys(tmp_path: Path, sealed: Path) -> None:
    for path in sealed.parent.iterdir():
        shutil.copy(path, tmp_path / path.name)
    copied = tmp_path / sealed.name
    for name in ("x.zip.02-reviewer.p7s", f"{sealed.name}.2-a.p7s", f"{sealed.name}.02-Reviewer.p7s", "notes.txt"):
        (tmp_path / name).write_bytes(b"hello")
    assert not verify(copied).findings


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_pipe_beside_the_package_keeps_nobody_waiting(copy: Path) -> None:
    os.mkfifo(copy.with_name(f"{copy.name}.02-reviewer.p7s"))
    asked = threading.Thread(target=lambda: verify(copy), daemon=True)
    asked.start()
    asked.join(60)
    assert not asked.is_alive()
    assert "missing or cannot be read" in verify(copy).findings[0].problem
