"""Keys on the command line, from the root on another machine to the co-signer, as people would do it."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import keyring
import pytest

from casebound.document import Case
from casebound.identities import typed_actor
from casebound_packaging.identity import Identity
from casebound_packaging.spokenwords import spoken
from casebound_ui.entry import main

sys.path.insert(0, str(Path(__file__).parents[1] / "packaging"))

from specimen import seal_specimen
from tokens import LABEL, PIN, needs_softhsm, softhsm

SECRET = "correct horse"


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEBOUND_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CASEBOUND_PASSPHRASE", SECRET)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    def ran(*arguments: str, code: int = 0) -> Any:
        capsys.readouterr()
        ended = main([*arguments, "--json"])
        said = capsys.readouterr()
        assert ended == code, said.err + said.out
        return json.loads(said.out) if said.out else said.err

    return ran


@pytest.fixture(scope="module")
def mary() -> Identity:
    return Identity.create("Mary Okafor", clock=lambda: datetime.now(UTC) - timedelta(days=1))


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory, mary: Identity) -> Path:
    return seal_specimen(tmp_path_factory.mktemp("sealed"), mary)


@pytest.fixture
def package(sealed: Path, tmp_path: Path) -> str:
    return str(shutil.copy(sealed, tmp_path / "CASE-7-v1.zip"))


def test_from_the_root_to_a_sealed_package_and_its_revocation(run, tmp_path: Path, monkeypatch) -> None:
    root = run("identity", "root", "root.p12", "--name", "Northgate Root", "--organisation", "Northgate Ltd")
    assert Path("root.pem").is_file()
    run("identity", "new", "--name", "Edda Falk")
    asked = run("identity", "request", "--to", "request.pem")
    words = ("--words", asked["words"])
    issue = ("identity", "issue", "request.pem", "--root", "root.p12", "--to")
    assert "swapped" in run(*issue, "cert.pem", "--words", "one two three four five six", code=2)
    assert "not compared" in run(*issue, "cert.pem", code=2)
    issued = run(*issue, "cert.pem", *words)
    assert not Path("bad.pem").exists() and issued["key"] == asked["key"]
    assert Path("root.issued.pem").read_bytes() in Path("cert.pem").read_bytes()
    run("identity", "revoke", "--root", "root.p12")
    installed = run("identity", "install", "cert.pem", "--crl", "root.crl.pem")
    assert (installed["self_issued"], installed["root"]) == (False, root["fingerprint"])
    assert Path(installed["kept"]).is_file()

    assert main(["new", "case", "--number", "C-1", "--title", "T"]) == 0
    made = run("export", "case", "--to", "out", "--purpose", "A test")
    run("identity", "new", "rita.p12", "--name", "Rita Moss")
    run("seal", made["package"], "--as", "reviewer", "--identity", "rita.p12", "--case", "case")
    with Case.open(Path("case"), typed_actor(), write=False) as case:
        last = list(case.ledger())[-1]
        assert (last.action, last.item_type, last.item_id) == ("signed", "package", "1")
        assert last.actor == Identity.load(Path("rita.p12"), SECRET).key_fingerprint
    trust = ("--trust", "root.pem")
    report = run("verify", made["package"], *trust, "--crl", "root.crl.pem", code=3)
    assert report["signer"]["confirmed_by"] == "root" and not report["findings"]
    assert not {"UNATTRIBUTED", "SELF-ISSUED", "STALE-REVOCATION"} & set(report["limits"])
    revoke = ("identity", "revoke", "cert.pem", "--root", "root.p12")
    assert "no reason" in run(*revoke, "--reason", "spite", code=2)
    assert "key-compromise" in run(*revoke, "--since", "2026-01-01", code=2)
    done = run(*revoke, "--reason", "key-compromise", "--since", "2026-01-01")
    assert done["revoked"] == 1
    report = run("verify", made["package"], *trust, "--crl", "root.crl.pem", code=1)
    assert report["sentence"].startswith("The signer's certificate was revoked: its key was in other hands")


def test_nothing_is_written_over(run) -> None:
    run("identity", "root", "root.p12", "--name", "Root")
    before = {path.name: path.read_bytes() for path in Path().iterdir() if path.is_file()}
    run("identity", "root", "root.p12", "--name", "Root", code=1)
    assert "itself" in run("identity", "revoke", "root.pem", "--root", "root.p12", code=2)
    assert not Path("root.crl.pem").exists()
    run("identity", "new", "root.pem", "--name", "Mary", code=1)
    run("identity", "export", "root.p12", "--to", "root.pem", code=2)
    assert {path.name: path.read_bytes() for path in Path().iterdir() if path.is_file()} == before


def test_a_signer_is_confirmed_once_and_remembered(run, package: str, mary: Identity) -> None:
    assert "UNATTRIBUTED" in run("verify", package, code=3)["limits"]
    assert "another key" in run("identity", "confirm", package, "--words", "a b c d e f", code=2)
    assert "another key" in run("identity", "confirm", package, "--fingerprint", "ab" * 32, code=2)
    assert "Nothing was compared" in run("identity", "confirm", package, code=2)
    assert run("identity", "known") == []
    run("identity", "confirm", package, "--words", spoken(mary.fingerprint).upper(), "--how", "in person")
    (known,) = run("identity", "known")
    assert (known["name"], known["how"], known["key"]) == ("Mary Okafor", "in person", mary.key_fingerprint)
    report = run("verify", package, code=3)
    assert report["signer"]["confirmed_by"] == "remembered" and "UNATTRIBUTED" not in report["limits"]
    assert "UNATTRIBUTED" in run("verify", package, "--no-known", code=3)["limits"]
    assert run("identity", "forget", mary.fingerprint[:7], code=2)
    assert len(run("identity", "forget", mary.fingerprint[:8])) == 1
    assert "UNATTRIBUTED" in run("verify", package, code=3)["limits"]


def test_nobody_is_confirmed_by_a_package_that_does_not_hold(run, package: str, mary: Identity) -> None:
    data = bytearray(Path(package).read_bytes())
    data[len(data) // 2] ^= 1
    Path(package).write_bytes(data)
    run("identity", "confirm", package, "--fingerprint", mary.fingerprint, code=2)
    assert run("identity", "known") == []


def test_a_co_signer(run, package: str, mary: Identity) -> None:
    before = Path(package).read_bytes()
    run("identity", "new", "rita.p12", "--name", "Rita Moss")
    assert main(["new", "case", "--number", "C-1", "--title", "T"]) == 0
    assert "not sealed from this case" in run(
        "seal", package, "--as", "x", "--identity", "rita.p12", "--case", "case", code=2
    )
    assert not list(Path().glob("*.p7s"))
    made = run("seal", package, "--as", "reviewer", "--identity", "rita.p12", "--signer", mary.fingerprint)
    assert made["seal"] == "02-reviewer" and all(Path(file).is_file() for file in made["files"])
    assert Path(package).read_bytes() == before
    report = run("verify", package, "--signer", f"{mary.fingerprint},{made['fingerprint']}", code=3)
    assert any("Rita Moss (02-reviewer, confirmed)" in note for note in report["notes"])
    assert "sealed the package already" in run("seal", package, "--as", "again", "--identity", "rita.p12", code=1)
    assert run("seal", package, "--as", "x", "--identity", "rita.p12", "--signer", "ab" * 32, code=1)


@needs_softhsm
def test_a_key_in_a_token_seals_and_is_renewed(run, package: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("CASEBOUND_PASSPHRASE", PIN)
    with softhsm(tmp_path / "softhsm") as place:
        token = ("identity", "token", "--library", str(place.library), "--token", LABEL, "--name", "Tara Lindqvist")
        assert "no key of this name" in run(*token, code=2)
        made = run(*token, "--make")
        assert Path(made["file"]).name == "identity.token"
        assert "already" in run(*token, code=1)
        monkeypatch.delenv("CASEBOUND_PASSPHRASE")
        assert run("identity", "show")["fingerprint"] == made["fingerprint"], "it lies there openly"
        monkeypatch.setenv("CASEBOUND_PASSPHRASE", PIN)
        renewed = run("identity", "renew")
        assert renewed["key"] == made["key"] and renewed["fingerprint"] != made["fingerprint"]
        assert "not replaced" in run("identity", "renew", "--new-key", code=2)
        assert run("identity", "request", "--to", "request.pem")["key"] == made["key"]
        sealed = run("seal", package, "--as", "reviewer")
        assert sealed["signer"] == "Tara Lindqvist" and sealed["fingerprint"] == renewed["fingerprint"]


def test_the_keyring_is_used_where_there_is_one(run, monkeypatch) -> None:
    from keyring.backends.fail import Keyring

    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())
    try:
        run("identity", "new", "--name", "Mary Okafor")
        assert "no keyring" in run("identity", "keyring", code=2)
        monkeypatch.delenv("CASEBOUND_PASSPHRASE")
        assert "No passphrase" in run("identity", "request", "--to", "request.pem", code=2)
    finally:
        keyring.set_keyring(before)
