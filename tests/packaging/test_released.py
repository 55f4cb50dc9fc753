"""The promise of docs/adr/0003: what was sealed by a released version verifies for ever, with the same outcome."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import casebound_packaging
from casebound_packaging.times import parse_stamp
from casebound_packaging.verify import Report, Trust, verify

FOLDER = Path(__file__).parent / "released"
PACKAGES = sorted(FOLDER.glob("casebound-*.zip"))
STANDALONE = Path(casebound_packaging.__file__).parent / "standalone/verify.py"


def expected(package: Path) -> dict:
    return json.loads(package.with_suffix(".json").read_text("utf-8"))


def certificate(package: Path) -> Path:
    return package.with_suffix(".signer.pem")


def checked(package: Path, now: datetime, path: Path | None = None) -> Report:
    return verify(path or package, Trust(root_pem=certificate(package).read_bytes(), now=now))


def sealed_at(package: Path) -> datetime:
    return parse_stamp(expected(package)["sealed_at"])


def test_the_first_version_is_here() -> None:
    assert PACKAGES[0].name == "casebound-0.1.0.zip"
    for path in PACKAGES:
        assert path.stat().st_size < 150_000
        for beside in (path, certificate(path), path.with_suffix(".json")):
            assert beside.is_file()


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.stem)
def test_it_verifies_as_on_the_day_it_was_sealed(package: Path, tmp_path: Path) -> None:
    for path in (package, unpacked(package, tmp_path)):
        report = checked(package, sealed_at(package) + timedelta(days=1), path)
        said = report.as_json()  # later verifiers may say more than the one of that day, and nothing else
        assert {key: said[key] for key in expected(package)} == expected(package)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.stem)
def test_a_hundred_years_later_only_the_certificate_has_expired(package: Path) -> None:
    report = checked(package, sealed_at(package) + timedelta(days=36_500))
    assert report.findings == ()
    assert set(report.limits) == {*expected(package)["limits"], "EXPIRED"}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.stem)
@pytest.mark.parametrize("whose", ["ours of today", "the one enclosed"])
def test_verify_py_agrees(package: Path, whose: str, tmp_path: Path) -> None:
    """verify.py has no clock but the machine's, so a certificate that has expired by now is in order here."""
    program = STANDALONE if whose == "ours of today" else unpacked(package, tmp_path) / "verify.py"
    command = [sys.executable, "-I", program, package, "--trust", certificate(package)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stdout + done.stderr
    verdict, _, limits = done.stdout.splitlines()[0].partition(": ")
    assert verdict == f"VERIFIED, with limits ({expected(package)['verdict']})"
    assert set(limits.split(", ")) - {"EXPIRED"} == set(expected(package)["limits"])


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.stem)
def test_it_still_refuses_when_one_byte_is_another(package: Path, tmp_path: Path) -> None:
    folder = unpacked(package, tmp_path)
    ledger = folder / "data/custody/ledger.jsonl"
    ledger.write_bytes(ledger.read_bytes().replace(b'"seq":1,', b'"seq":2,', 1))
    assert checked(package, sealed_at(package), folder).exit_code() == 1


def unpacked(package: Path, to: Path) -> Path:
    with zipfile.ZipFile(package) as archive:
        for name in archive.namelist():
            path = to / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(name))
    return next(path for path in to.iterdir() if path.is_dir())
