"""`casebound receipt`, `casebound checkpoint`, `verify --seen`: from hand-over to receipt and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from casebound_packaging.consistency import parse
from casebound_packaging.identity import Identity
from casebound_ui.entry import main


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two identities: who seals, and who receives."""
    folder = tmp_path_factory.mktemp("keys")
    Identity.create("Ines Marlowe").save(folder / "ines.p12", "a")
    Identity.create("Noor Haddad", organisation="Example Law").save(folder / "noor.p12", "a")
    return folder


@pytest.fixture
def case(tmp_path: Path, keys: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CASEBOUND_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CASEBOUND_PASSPHRASE", "a")
    assert main(["new", "case", "--number", "C-1", "--title", "T"]) == 0
    (tmp_path / "a.txt").write_text("seen\n")
    assert main(["attach", "case", "a.txt", "--exhibit"]) == 0
    return "case"


def ran(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    capsys.readouterr()
    ended = main([*arguments, "--json"])
    said = capsys.readouterr()
    assert ended == code, said.err
    return json.loads(said.out)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert main(list(arguments)) in (1, 2)
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return said


def test_from_hand_over_to_receipt_and_back(case: str, keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ines, noor = str(keys / "ines.p12"), str(keys / "noor.p12")
    sealed = ran(capsys, "export", case, "--to", "out", "--purpose", "Advice", "--identity", ines, "--no-stamp")
    package = sealed["package"]

    made = ran(capsys, "receipt", "make", package, "--identity", noor, "--signer", sealed["fingerprint"])
    assert made["receipt"] == package.replace(".zip", ".receipt")
    assert made["verdict"] == "verified-with-limits" and "UNATTRIBUTED" not in made["limits"]
    assert "already there" in refused(capsys, "receipt", "make", package, "--identity", noor)

    said = ran(capsys, "receipt", "show", made["receipt"])
    assert said["package"]["sha256"] == sealed["sha256"] and said["recipient"]["name"] == "Noor Haddad"
    assert main(["receipt", "show", made["receipt"]]) == 0
    assert "A receipt whose signature holds, by Noor Haddad, Example Law." in capsys.readouterr().out

    added = ran(capsys, "receipt", "add", case, made["receipt"])
    assert (added["receipt"], added["version"], added["key"]) == ("R-01", 1, said["recipient"]["key"])
    assert "R-01 already" in refused(capsys, "receipt", "add", case, made["receipt"])
    assert [one["receipt"] for one in ran(capsys, "receipt", "show", case)] == ["R-01"]
    assert main(["receipt", "show", case]) == 0
    assert "version 1, received by Noor Haddad, Example Law" in capsys.readouterr().out

    report = ran(capsys, "verify", package, "--against", made["receipt"], code=3)
    assert "UNWITNESSED" not in report["limits"]


def test_a_checkpoint_by_file_by_telephone_and_with_a_proof(
    case: str, keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ines = ("--identity", str(keys / "ines.p12"))
    first = ran(capsys, "checkpoint", case, "--to", "first.checkpoint", "--for", "Noor Haddad", *ines)
    assert Path("first.checkpoint").read_text("utf-8") == first["note"] and len(first["words"].split()) == 14
    assert "already there" in refused(capsys, "checkpoint", case, "--to", "first.checkpoint", *ines)
    later = ran(capsys, "checkpoint", case, "--to", "later.consistency", "--since", "first.checkpoint", *ines)
    assert later["proof"].startswith(f"old {first['size']}\n")
    report = ran(capsys, "verify", "later.consistency", "--against", "first.checkpoint", code=3)
    assert report["kind"] == "checkpoint" and "UNWITNESSED" not in report["limits"]
    assert "has only" in refused(capsys, "checkpoint", case, "--since", "999", *ines)
    assert main(["checkpoint", case, "--since", str(first["size"]), *ines]) == 0
    said = capsys.readouterr()
    assert parse(said.out).holds(first["root"]) and "Read aloud" in said.err

    sealed = ran(capsys, "export", case, "--to", "out", "--purpose", "Advice", *ines, "--no-stamp")
    for words, code in ((first["words"], 3), (f"{first['size']} " + "abandon " * 12, 1)):
        report = ran(capsys, "verify", sealed["package"], "--seen", words, code=code)
        assert "UNWITNESSED" not in report["limits"] or code == 1
    assert "is no checkpoint" in refused(capsys, "verify", sealed["package"], "--seen", "many entries")


def test_mistakes_are_told_and_change_nothing(case: str, keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    noor = ("--identity", str(keys / "noor.p12"))
    Path("hello.receipt").write_text("hello")
    assert "no receipt that holds" in refused(capsys, "receipt", "add", case, "hello.receipt")
    assert "no receipt that holds" in refused(capsys, "receipt", "show", "hello.receipt")
    assert "no file" in refused(capsys, "receipt", "add", case, "gone.receipt")
    assert "No receipt can be given" in refused(capsys, "receipt", "make", "a.txt", *noor)
    assert "There is no file gone.zip" in refused(capsys, "receipt", "make", "gone.zip", *noor)
    assert "--received" in refused(capsys, "receipt", "make", "a.txt", "--received", "yesterday", *noor)
    assert "no identity" in refused(capsys, "checkpoint", case)
    assert ran(capsys, "receipt", "show", case) == []
    assert not list(Path().glob("*.checkpoint"))


def test_nothing_is_signed_for_a_place_that_takes_no_file(
    case: str, keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is signed is an entry of the record: it is not made for a file that cannot be written afterwards."""
    ines = str(keys / "ines.p12")
    before = ran(capsys, "custody", case)
    for target, said in (("none/x", "no such folder"), ("a.txt/x", "no such folder"), ("a.txt", "already there")):
        assert said in refused(capsys, "checkpoint", case, "--to", target, "--identity", ines)
    assert "at least one entry" in refused(capsys, "checkpoint", case, "--since", "0", "--identity", ines)
    assert ran(capsys, "custody", case) == before


def test_a_receipt_is_refused_before_anything_is_checked(
    case: str, keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    noor = str(keys / "noor.p12")
    (Path(case).parent / "p.zip").write_bytes(b"PK")
    for told, *arguments in (
        ("There is no file", "none.zip"),
        ("in the future", "p.zip", "--received", "2999-01-01"),
        ("already there", "p.zip", "--to", "a.txt"),
        ("no such folder", "p.zip", "--to", "none/x"),
    ):
        assert told in refused(capsys, "receipt", "make", *arguments, "--identity", noor)
