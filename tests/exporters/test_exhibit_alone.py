"""One exhibit of a real case given alone: from the case, and from the package that was sealed of it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from sealed_case import PNG, Kept, Made

from casebound.errors import BadCase, BadRequest
from casebound_packaging import disclosing
from casebound_packaging.disclosure import parse
from casebound_packaging.verify import Trust, Verdict, verify
from casebound_packaging.verify.container import open_container
from casebound_ui.entry import main


def judged(folder: Path, kept: Kept, against: tuple[Path, ...] = ()) -> tuple[Verdict, bool, tuple[object, ...]]:
    report = verify(folder, Trust(signer_fingerprint=kept.identity.fingerprint, against=against))
    return report.verdict, "UNWITNESSED" in report.limits, report.findings


def given(folder: Path) -> list[str]:
    return [parse(text).name for text in (folder / "disclosures.txt").read_text().splitlines()]


def scripted(folder: Path, kept: Kept) -> str:
    made = subprocess.run(
        ["sh", "check.sh", kept.identity.fingerprint], cwd=folder, capture_output=True, check=True, encoding="ascii"
    )
    return made.stdout


def test_a_case_gives_an_attachment_and_an_event(kept: Kept, tmp_path: Path) -> None:
    before = len(kept.case.ledger_lines())
    alone = kept.case.disclose("EX-0004", tmp_path / "page", kept.identity, handed_to="A partner")
    assert (alone.size, alone.texts) == (before + 1, ("sha256", "title"))
    assert (tmp_path / "page" / "original.png").read_bytes() == PNG
    event = kept.case.disclose("EX-0002", tmp_path / "event", kept.identity, give=["account"])
    assert event.texts == ("record", "account")
    for folder in ("page", "event"):
        assert judged(tmp_path / folder, kept) == (Verdict.LIMITED, True, ())
        assert "PROVED: entry " in scripted(tmp_path / folder, kept).splitlines()[-1]
    assert "<script>" in scripted(tmp_path / "page", kept)  # the title is shown, and what is not ASCII in it is not
    assert b"Ines" not in b"".join(path.read_bytes() for path in (tmp_path / "event").glob("*.txt"))
    titles = [kept.case.describe_entry(entry) for entry in kept.case.ledger()[before:]]
    assert titles == [
        ("Exhibit given alone", "EX-0004: Given alone, with title"),
        ("Checkpoint made", f"checkpoint {before + 1}: Handed to A partner, with EX-0004 alone"),
        ("Exhibit given alone", "EX-0002: Given alone, with account"),
        ("Checkpoint made", f"checkpoint {before + 3}"),
    ]
    assert kept.case.check().findings == ()


def test_a_folder_that_cannot_be_made_leaves_no_entry(kept: Kept, tmp_path: Path) -> None:
    before = kept.case.ledger_lines()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(disclosing.CannotWrite):
        kept.case.disclose("EX-0004", tmp_path / "full", kept.identity)
    with pytest.raises(BadRequest, match="no exhibit"):
        kept.case.disclose("EX-0099", tmp_path / "new", kept.identity)
    with pytest.raises(disclosing.CannotDisclose, match="no text called"):
        kept.case.disclose("EX-0001", tmp_path / "new", kept.identity, give=["nothing"])
    original = kept.case.attachment_path(1)
    original.chmod(0o600)
    original.write_bytes(PNG + b"changed")
    with pytest.raises(disclosing.CannotDisclose, match="not the one that the entry attached"):
        kept.case.disclose("EX-0004", tmp_path / "new", kept.identity)
    original.unlink()
    with pytest.raises(BadCase, match="cannot be read"):
        kept.case.disclose("EX-0004", tmp_path / "new", kept.identity)
    assert kept.case.ledger_lines() == before
    assert sorted(path.name for path in tmp_path.iterdir() if path.name in ("new", "full")) == ["full"]
    assert not list(tmp_path.glob(".half-*"))


def test_a_package_gives_what_the_case_gives(made: Made, tmp_path: Path) -> None:
    """The proof lies in the package, byte for byte; the package is a witness to it."""
    with open_container(Path(made.package.path)) as package:
        disclosing.write(tmp_path / "page", disclosing.of_package(package, "EX-0004"))
        disclosing.write(tmp_path / "event", disclosing.of_package(package, "EX-0001", ["text"]))
    enclosed = made.folder / "data" / "exhibits" / "EX-0004" / "EX-0004.tlog-proof"
    assert (tmp_path / "page" / "EX-0004.tlog-proof").read_bytes() == enclosed.read_bytes()
    assert (given(tmp_path / "page"), given(tmp_path / "event")) == (["sha256", "title"], ["record", "text"])
    for folder in ("page", "event"):
        assert judged(tmp_path / folder, made.kept, (Path(made.package.path),)) == (Verdict.LIMITED, False, ())


def test_every_exhibit_of_a_package_has_its_proof(made: Made) -> None:
    folders = sorted((made.folder / "data" / "exhibits").iterdir())
    assert [sorted(path.name for path in folder.iterdir())[0] for folder in folders] == [
        f"{folder.name}.tlog-proof" for folder in folders
    ]


def test_the_command(made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package = made.package.path
    assert main(["disclose", package, "EX-0002", "--to", str(tmp_path / "out"), "--give", "account, action"]) == 0
    told = capsys.readouterr()
    assert "Texts given   record, account, action\n" in told.out
    assert f"Fingerprint   {made.kept.identity.fingerprint}\n" in told.out
    assert "does not show what else the case holds" in told.err
    assert given(tmp_path / "out") == ["record", "account", "action"]
    assert main(["verify", str(tmp_path / "out"), "--signer", made.kept.identity.fingerprint]) == 3
    assert main(["disclose", package, "EX-0002", "--to", str(tmp_path / "more"), "--handed-to", "A partner"]) == 2
    assert "signed already" in capsys.readouterr().err
    assert main(["disclose", package, "EX-0002", "--to", str(tmp_path / "out")]) == 1
    assert "it is there and not empty" in capsys.readouterr().err


def test_the_command_on_a_case(kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = tmp_path / "secret"
    secret.write_text("nine long words\n")
    kept.identity.save(tmp_path / "key.p12", "nine long words")
    path = kept.case.path
    kept.case.close()
    words = ["disclose", str(path), "EX-0004", "--to", str(tmp_path / "out"), "--identity", str(tmp_path / "key.p12")]
    assert main([*words, "--passphrase-file", str(secret), "--give", ""]) == 0
    assert "Texts given   sha256\n" in capsys.readouterr().out
    assert judged(tmp_path / "out", kept)[0] is Verdict.LIMITED
