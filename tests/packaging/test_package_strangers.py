"""The package before strangers: README-VERIFY.txt's own commands, BagIt's own library, and our verifier."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from programs import needs, run
from specimen import Authority, unfold, unpack

from casebound_packaging.identity import Identity
from casebound_packaging.verify import Trust, Verdict, verify

BOTH = pytest.mark.parametrize("which", ["package", "issued_package"])


def opened(which: str, request: pytest.FixtureRequest, folder: Path) -> tuple[Path, dict[str, bytes]]:
    top, files = unpack(request.getfixturevalue(which))
    return unfold(folder / top, files), files


def commands(files: dict[str, bytes]) -> list[str]:
    """The lines after a $, with those that they are continued on."""
    text = files["README-VERIFY.txt"].decode().replace("\\\n", " ")
    return re.findall(r"^\$ (.*)$", text, re.MULTILINE)


@BOTH
@needs("openssl", "ssh-keygen", "sha256sum", "diff", "pdfsig")
def test_every_command_of_the_instructions_passes(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    folder, files = opened(which, request, tmp_path)
    said = {}
    for command in commands(files):
        if command.startswith(("bagit.py", "openssl ts")):  # the one below, the other for a package with a stamp
            continue
        done = run(command, folder)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        said[command.split(" -")[0]] = done.stdout + done.stderr
    assert "CAdES Verification successful" in said["openssl cms"]
    assert 'Good "evidence-package" signature' in said["ssh-keygen"]
    assert ": OK" in said["openssl verify"]
    assert "FAILED" not in said["sha256sum"] and "WARNING" not in said["sha256sum"]
    assert said["diff <(find . !"] == ""
    assert "Signature is Valid" in said["pdfsig"] and "Total document signed" in said["pdfsig"]
    assert "Verified OK" in said["openssl dgst"]
    assert files["README-VERIFY.txt"].decode().count(said["tail"].strip()) == 2  # the root, as it is told
    beside = [folder.name, "signer.key", "signer.pem", "state", "state.sig"]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == beside


@BOTH
@needs("openssl")
def test_the_printed_fingerprint_is_the_signers(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    folder, files = opened(which, request, tmp_path)
    shown = [
        run(command, folder).stdout
        for command in commands(files)
        if command.startswith("openssl cms") or "-fingerprint" in command
    ]
    printed = shown[-1].split("Fingerprint=")[1].strip()
    readme = re.sub(r"\s+", "", files["README-VERIFY.txt"].decode())
    assert printed in readme


@needs("diff", "sha256sum")
def test_the_commands_tell_a_changed_an_added_and_a_removed_file(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folder, files = opened("package", request, tmp_path)
    (sums,) = [command for command in commands(files) if command.startswith("sha256sum")]
    (names,) = [command for command in commands(files) if command.startswith("diff")]
    table = folder / "data/tables/requests.csv"
    table.write_bytes(files["data/tables/requests.csv"] + b"\n")
    assert run(sums, folder).returncode != 0 and run(names, folder).returncode == 0
    table.write_bytes(files["data/tables/requests.csv"])
    (folder / "data" / "added").touch()
    assert run(sums, folder).returncode == 0 and run(names, folder).returncode != 0
    (folder / "data" / "added").unlink()
    table.unlink()
    assert run(sums, folder).returncode != 0 and run(names, folder).returncode != 0


@BOTH
def test_it_is_a_valid_bag(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    folder, _ = opened(which, request, tmp_path)
    bag = [sys.executable, "-W", "ignore", "-m", "bagit", "--validate", "."]
    done = run(bag, folder)
    assert done.returncode == 0, done.stderr
    assert "is valid" in done.stderr
    (folder / "data" / "added").touch()
    assert run(bag, folder).returncode != 0


def test_instructions_are_plain_and_name_everything(package: Path, signer: Identity) -> None:
    _, files = unpack(package)
    text = files["README-VERIFY.txt"].decode()
    assert max(map(len, text.splitlines())) <= 125
    assert "{" not in text and "self-issued" in text
    assert "seals/01-examiner.p7s" in text and "01-examiner.p7s, 01-examiner.sig" in text


def test_our_verifier_agrees(package: Path, issued_package: Path, signer: Identity, authority: Authority) -> None:
    trust = Trust(signer_fingerprint=signer.fingerprint)
    report = verify(package, trust)
    assert report.findings == () and report.verdict is Verdict.LIMITED
    assert "UNATTRIBUTED" not in report.limits
    issued = verify(issued_package, Trust(root_pem=authority.pem))
    assert issued.findings == () and "UNATTRIBUTED" not in issued.limits
    assert verify(package, Trust(root_pem=authority.pem)).verdict is Verdict.NOT_VERIFIED
