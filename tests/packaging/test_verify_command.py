"""casebound-verify: exit codes, plain words, JSON of the published schema, nothing written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from specimen import pack, unfold, unpack

import casebound_packaging
from casebound_packaging.cli import main
from casebound_packaging.identity import Identity

SCHEMAS = Path(casebound_packaging.__file__).parent / "schemas"


@pytest.fixture(scope="module")
def answer_schema() -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / "verification.schema.json").read_text("utf-8")))


def test_exit_codes(package: Path, signer: Identity, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(package)]) == 3
    told = capsys.readouterr()
    assert told.out.startswith("INTACT, SIGNER NOT CONFIRMED: ") and told.err == ""
    assert (
        main(
            [
                str(package),
                "--signer",
                signer.fingerprint,
                "--accept",
                "self-issued,UNSTAMPED,UNWITNESSED,PARTIAL,REDACTED",
            ]
        )
        == 0
    )
    assert main([str(package), "--signer", "0" * 64]) == 1
    assert main([str(tmp_path / "missing.zip")]) == 2
    capsys.readouterr()
    assert main([str(package), "--signer", "abc"]) == 2
    assert "fingerprint" in capsys.readouterr().err
    assert main([str(package), "--accept", "NOTHING"]) == 2
    assert main([str(package), "--trust", str(tmp_path / "none.pem")]) == 2
    with pytest.raises(SystemExit) as wrong:
        main([str(package), "--nonsense"])
    assert wrong.value.code == 2


def test_the_answer_is_the_published_json(
    package: Path,
    issued_package: Path,
    tmp_path: Path,
    answer_schema: Draft202012Validator,
    capsys: pytest.CaptureFixture[str],
) -> None:
    top, files = unpack(package)
    files["data/timeline.csv"] += b"x"
    changed = pack(tmp_path / "changed.zip", top, files)
    report = tmp_path / "report.pdf"
    report.write_bytes(files["data/report.pdf"])
    for path, verdict in (
        (package, "verified-with-limits"),
        (issued_package, "verified-with-limits"),
        (changed, "not-verified"),
        (report, "verified-with-limits"),
        (tmp_path / "missing", "not-a-package"),
    ):
        main([str(path), "--json"])
        value = json.loads(capsys.readouterr().out)
        answer_schema.validate(value)
        assert value["verdict"] == verdict
    assert {"verdict", "limits", "findings", "signer", "sealed_at", "counts"} <= value.keys()


def test_a_changed_file_is_named_in_words(package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    top, files = unpack(package)
    files["data/timeline.csv"] += b"x"
    files["data/timeline.jsonl"] += b"x"
    assert main([str(pack(tmp_path / "changed.zip", top, files))]) == 1
    text = capsys.readouterr().out
    assert text.startswith("NOT VERIFIED: ")
    assert "Two files are not what Mary Okafor signed. Do not rely on them. The other 22 files are as signed." in text
    assert "Two files do not match. Their content is not what the signed list says." in text
    assert "The signed list itself was not altered. That is how the changes were found." in text
    assert "[contents] data/timeline.csv: The file does not match what was signed." in text


def test_text_of_a_package_cannot_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "f"
    folder.mkdir()
    (folder / "bagit.txt").write_bytes(b"x")
    (folder / "a\x1b[31m\u202eb").write_bytes(b"x")
    assert main([str(folder)]) == 1
    text = capsys.readouterr().out
    assert "\x1b" not in text and "\u202e" not in text and "U+001B" in text


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_a_reader_that_goes_away_and_a_poor_terminal(package: Path, encoding: str) -> None:
    program = [sys.executable, "-m", "casebound_packaging", package]
    surroundings = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(program, capture_output=True, check=False, env=surroundings)
    assert done.returncode == 3 and done.stderr == b""
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=surroundings) as gone:
        assert gone.stdout and gone.stderr
        gone.stdout.close()
        assert gone.stderr.read() == b""
        assert gone.wait() == 3


def test_the_folder_one_stands_in(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, files = unpack(package)
    unfold(tmp_path / "here", files)
    monkeypatch.chdir(tmp_path / "here/data")
    for name in ("..", "../../here"):
        assert main([name]) == 3
        assert capsys.readouterr().out.startswith("INTACT, SIGNER NOT CONFIRMED")
    monkeypatch.chdir(tmp_path / "here")
    assert main(["."]) == 3


def test_the_program_writes_nothing_and_runs_alone(package: Path, tmp_path: Path) -> None:
    before = sorted(path.name for path in package.parent.iterdir())
    done = subprocess.run(
        [sys.executable, "-m", "casebound_packaging", package],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3 and done.stderr == "", "no progress where there is no terminal"
    assert sorted(path.name for path in package.parent.iterdir()) == before
    assert not list(tmp_path.iterdir())


def test_the_verifier_needs_none_of_the_rest() -> None:
    """It stands alone: no Qt, database, table or report library is loaded to verify."""
    program = (
        "import sys, casebound_packaging.cli, casebound_packaging.verify.pdf, casebound_packaging.verify.stamps\n"
        "bad = {'PySide6', 'sqlalchemy', 'pandas', 'reportlab', 'duckdb', 'numpy', 'typer', 'rich', 'casebound',"
        " 'casebound_ui', 'casebound_exporters'}\n"
        "sys.exit(', '.join(sorted(bad & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
