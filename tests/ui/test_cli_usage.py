"""Every wrong usage ends with the right exit code and one paragraph, and changes nothing."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from casebound.case import Actor
from casebound.document import Case
from casebound_ui.cli.spelling import as_parsed
from casebound_ui.entry import main

ROWS = "id,ts,account_id,action,note\n" + "".join(
    f"r{number},2026-09-{number % 28 + 1:02d}T10:{number % 60:02d}:00Z,acc_{number % 7},call,note {number}\n"
    for number in range(200)
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small case and everything that can be named wrongly."""
    folder = tmp_path_factory.mktemp("base")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASEBOUND_HOME", str(folder / "home"))
        patch.setenv("CASEBOUND_PASSPHRASE", "correct horse")
        patch.chdir(folder)
        Path("rows.csv").write_text(ROWS)
        Path("other.csv").write_text(ROWS.replace("acc_", "user_"))
        Path("empty.csv").write_bytes(b"")
        Path("empty").mkdir()
        Path("noise.bin").write_bytes(bytes(range(256)) * 40)
        Path("list.json").write_text("[1, 2]")
        Path("broken.json").write_text("{")
        Path("nocolumn.json").write_text('{"columns": {"nosuch": "time"}}')
        Path("text.zip").write_text("this is no archive")
        Path("cut.zip").write_bytes(_zip()[:-40])
        Path("plain.zip").write_bytes(_zip())
        Path("fake.pdf").write_bytes(b"%PDF-1.7\nnothing behind it\n")
        assert main(["new", "case", "--number", "C-1", "--title", "T", "--name", "Tester"]) == 0
        assert main(["import", "case", "rows.csv", "--name", "Tester"]) == 0
        assert main(["identity", "new", "key.p12", "--name", "Tester"]) == 0
    return folder


@pytest.fixture
def folder(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A copy of it to go wrong in."""
    own = tmp_path / "own"
    shutil.copytree(base, own)
    monkeypatch.setenv("CASEBOUND_HOME", str(own / "home"))
    monkeypatch.setenv("CASEBOUND_PASSPHRASE", "correct horse")
    monkeypatch.delenv("CASEBOUND_NAME", raising=False)
    monkeypatch.chdir(own)
    capsys.readouterr()
    return own


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("holiday/photo.txt", "sea" * 100)
    return buffer.getvalue()


def _state(path: str = "case") -> tuple[str, int, list[tuple[str, int]]]:
    """What a case holds: the ledger's head and size, and every file of the folder but the database's own."""
    with Case.open(Path(path), Actor("Tester"), write=False) as case:
        held = case.snapshot()
    files = sorted(
        (str(file.relative_to(path)), file.stat().st_size)
        for file in Path(path).rglob("*")
        if file.is_file() and not file.name.startswith(("case.db", "lock"))
    )
    return held.ledger_head, held.ledger_size, files


ABSENT = "0" * 64 + "/rows/0"
ADD = ["findings", "case", "add", "--sentence", "S."]
WRONG: dict[str, tuple[list[str], int]] = {
    "no such command": (["frobnicate"], 2),
    "no such option": (["sources", "case", "--bogus"], 2),
    "an option before the command": (["--bogus"], 2),
    "a path with nothing there": (["nowhere/case.casebound"], 2),
    "a package that is not there": (["missing.zip"], 2),
    "an argument is missing": (["sources"], 2),
    "an option is missing": (["new", "other"], 2),
    "an option without its value": (["new", "other", "--number"], 2),
    "a value that is no number": (["events", "case", "--limit", "many"], 2),
    "a number below zero": (["events", "case", "--limit", "-1"], 2),
    "a format that is none": (["events", "case", "--format", "xml"], 2),
    "no case there": (["events", "nowhere"], 2),
    "a file as a case": (["sources", "rows.csv"], 2),
    "a folder that is no case": (["sources", "empty"], 2),
    "check of no case": (["check", "empty"], 2),
    "custody of no case": (["custody", "nowhere"], 2),
    "a new case over a case": (["new", "case", "--number", "C-2", "--title", "T"], 2),
    "a new case over a file": (["new", "rows.csv", "--number", "C-2", "--title", "T"], 2),
    "a new case without a number": (["new", "fresh", "--number", " ", "--title", "T"], 2),
    "import of a missing file": (["import", "case", "missing.csv"], 2),
    "import of a folder": (["import", "case", "empty"], 2),
    "import of an empty file": (["import", "case", "empty.csv"], 2),
    "import of noise": (["import", "case", "noise.bin"], 2),
    "import of a ZIP": (["import", "case", "plain.zip"], 2),
    "import in a zone that is none": (["import", "case", "other.csv", "--zone", "Mars/Olympus"], 2),
    "import with a mapping that is missing": (["import", "case", "other.csv", "--mapping", "missing.json"], 2),
    "import with a mapping that is broken": (["import", "case", "other.csv", "--mapping", "broken.json"], 2),
    "import with a mapping that is a list": (["import", "case", "other.csv", "--mapping", "list.json"], 2),
    "import with a mapping of no column": (["import", "case", "other.csv", "--mapping", "nocolumn.json"], 2),
    "import with an origin that is a folder": (["import", "case", "other.csv", "--origin", "empty"], 2),
    "import of the same again": (["import", "case", "rows.csv"], 1),
    "import into no case": (["import", "nowhere", "rows.csv"], 2),
    "quarantine over a file": (["quarantine", "case", "--export", "rows.csv"], 2),
    "a filter that does not close": (["events", "case", "--where", 'action:"call'], 2),
    "a filter on no column": (["events", "case", "--where", "nosuchcolumn:1"], 2),
    "a time that is none": (["events", "case", "--from", "yesterday"], 2),
    "a window upside down": (["events", "case", "--from", "2026-09-02", "--to", "2026-09-01"], 2),
    "an event of no case": (["annotate", "case", ABSENT, "--note", "n"], 2),
    "an event misspelt": (["annotate", "case", "what?", "--note", "n"], 2),
    "a note without a word": (["annotate", "case", ABSENT], 2),
    "an empty note": (["annotate", "case", ABSENT, "--note", "  "], 2),
    "attach a missing file": (["attach", "case", "missing.png"], 2),
    "attach a folder": (["attach", "case", "empty"], 2),
    "attach to no event": (["attach", "case", "noise.bin", "--event", ABSENT], 2),
    "a finding without a sentence": (["findings", "case", "add", "--ask", "x"], 2),
    "a finding on no exhibit": ([*ADD, "--supports", "EX-0099"], 2),
    "a finding on no number": ([*ADD, "--measure", "Q-0099"], 2),
    "a likelihood that is none": ([*ADD, "--likelihood", "certainly"], 2),
    "a confidence that is none": ([*ADD, "--confidence", "total"], 2),
    "a change of no finding": (["findings", "case", "change", "F-77", "--ask", "x"], 2),
    "a change of nothing": (["findings", "case", "change", "F-01"], 2),
    "a number of no table": (
        ["findings", "case", "measure", "--question", "?", "--table", "nosuch", "--unit", "rows"], 2),
    "a number by no column": (
        ["findings", "case", "measure", "--question", "?", "--table", "rows", "--unit", "u", "--distinct", "no"], 2),
    "a finding's command that is none": (["findings", "case", "frobnicate"], 2),
    "custody of no item": (["custody", "case", "--item", "whatever"], 2),
    "export without an identity": (["export", "case", "--to", "out"], 2),
    "export with a missing identity": (["export", "case", "--to", "out", "--identity", "missing.p12"], 2),
    "export with no identity in it": (["export", "case", "--to", "out", "--identity", "rows.csv"], 2),
    "export with a wrong passphrase": (
        ["export", "case", "--to", "out", "--identity", "key.p12", "--passphrase-file", "rows.csv"], 2),
    "export with no passphrase file": (
        ["export", "case", "--to", "out", "--identity", "key.p12", "--passphrase-file", "missing"], 2),
    "export into a file": (["export", "case", "--to", "rows.csv", "--identity", "key.p12"], 2),
    "export to nobody": (["export", "case", "--to", "out", "--for", "everybody", "--identity", "key.p12"], 2),
    "export for a government without a basis": (
        ["export", "case", "--to", "out", "--for", "government", "--identity", "key.p12"], 2),
    "identity over a file": (["identity", "new", "key.p12", "--name", "Tester"], 1),
    "identity without a name": (["identity", "new", "fresh.p12", "--name", " "], 2),
    "identity from no file": (["identity", "show", "missing.p12"], 2),
    "identity from noise": (["identity", "show", "noise.bin"], 2),
    "identity exported over a file": (["identity", "export", "key.p12", "--to", "rows.csv"], 2),
    "verify a missing file": (["verify", "missing.zip"], 2),
    "verify a folder": (["verify", "empty"], 2),
    "verify an empty file": (["verify", "empty.csv"], 2),
    "verify text": (["verify", "text.zip"], 2),
    "verify half a ZIP": (["verify", "cut.zip"], 2),
    "verify another ZIP": (["verify", "plain.zip"], 2),
    "verify against no fingerprint": (["verify", "plain.zip", "--signer", "abc"], 2),
    "verify accepting no limit": (["verify", "plain.zip", "--accept", "ANYTHING"], 2),
    "verify with a missing root": (["verify", "plain.zip", "--trust", "missing.pem"], 2),
    "demo into a file": (["demo", "--no-window", "--dir", "rows.csv"], 2),
}  # fmt: skip


@pytest.mark.parametrize("arguments, code", WRONG.values(), ids=WRONG)
def test_wrong_usage(folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int) -> None:
    before = _state()
    listed = sorted(path.name for path in folder.iterdir())
    ended = main(arguments)
    said = capsys.readouterr()
    assert ended == code, said
    assert said.out == ""
    _paragraph, *drawn = said.err.splitlines()
    assert all(line.startswith("  ") for line in drawn), said.err  # a filter, with its place
    assert bool(drawn) == ("--where" in arguments), said.err
    assert said.err.endswith("\n")
    assert "Traceback" not in said.err
    assert "should not have" not in said.err, "a fault of the world was taken for a bug of ours"
    assert len(said.err) > 30
    assert _state() == before
    assert sorted(path.name for path in folder.iterdir()) == listed
    assert main(["check", "case"]) == 0


def test_a_locked_case_says_who_has_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = _state()
    with Case.open(Path("case"), Actor("Mary Okafor")):
        codes = [
            main(["annotate", "case", ABSENT, "--note", "n"]),
            main(["import", "case", "other.csv"]),
            main(["export", "case", "--to", "out", "--identity", "key.p12"]),
        ]
        said = capsys.readouterr()
        assert main(["events", "case", "--limit", "1"]) == 0, "reading needs no lock"
        capsys.readouterr()
    assert codes == [1, 1, 1]
    assert said.out == ""
    assert said.err.count("\n") == 3
    assert said.err.count("Mary Okafor") == 3
    assert _state()[:2] == before[:2]


def test_half_a_report_is_not_verified(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "fake.pdf"]) == 1
    said = capsys.readouterr()
    assert said.out.startswith("NOT VERIFIED")
    assert said.err == ""


def test_a_wrong_passphrase_is_named_as_such(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("wrong").write_text("incorrect\n")
    assert main(["export", "case", "--to", "out", "--identity", "key.p12", "--passphrase-file", "wrong"]) == 2
    assert "passphrase" in capsys.readouterr().err
    assert not Path("out").exists()


def test_without_a_screen_the_window_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert [main([]), main(["case"])] == [1, 1]
    said = capsys.readouterr()
    assert said.err.count("\n") == 2
    assert said.err.count("no screen") == 2


def test_a_bug_of_ours_is_logged_and_told_in_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from casebound_ui.cli.faults import guarded

    def broken() -> int:
        raise ZeroDivisionError("the inner workings")

    assert guarded(broken) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "the inner workings" not in said
    log = folder / "home" / "logs" / "casebound.log"
    assert str(log) in said
    assert "the inner workings" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_hostile_text_cannot_drive_the_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("hostile.csv").write_text("id,ts,account_id,action\n1,2026-09-01T00:00:00Z,a\x1b[2J\u202eb,call\u009b31m\n")
    assert main(["import", "case", "hostile.csv"]) == 0
    for arguments in (
        ["events", "case", "--where", "id:1"],
        ["events", "case", "--json"],
        ["events", "case", "--format", "jsonl"],
    ):
        capsys.readouterr()
        assert main(arguments) == 0
        out = capsys.readouterr().out
        assert not {"\x1b", "\u202e", "\x9b"} & set(out)
    assert main(["events", "case", "--json", "--where", "id:1"]) == 0
    held = json.loads(capsys.readouterr().out)
    assert held["events"][0]["actor"] == "a\x1b[2J\u202eb", "JSON gives back what the file holds"


@pytest.mark.parametrize(
    "name",
    [
        "demo",
        "new",
        "import",
        "sources",
        "quarantine",
        "clock",
        "events",
        "attach",
        "annotate",
        "findings",
        "export",
        "verify",
        "check",
        "custody",
        "identity",
    ],
)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [name, "case", "add", "--help"] if name == "findings" else [name, "--help"]
    assert main(arguments) == 0
    said = capsys.readouterr()
    assert "Usage: casebound" in said.out
    assert said.err == ""


@pytest.mark.parametrize("given, read", [
    ("verify p.zip --against a b --json", "verify p.zip --against a --against b --json"),
    ("verify p.zip --against a --against b", "verify p.zip --against a --against b"),
    ("verify --against a p.zip", "verify --against a p.zip"),
    ("verify p.zip --against", "verify p.zip --against"),
    ("events --against a b", "events --against a b"),
    ("findings case --json", "findings --json case"),
    ("findings case add --json", "findings case add --json"),
])  # fmt: skip
def test_commands_as_people_type_them(given: str, read: str) -> None:
    assert as_parsed(given.split()) == read.split()


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    from casebound import __version__

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"casebound {__version__}\n"


def test_what_is_made_is_for_its_owner_only(folder: Path) -> None:
    shared = [path for path in Path("case").rglob("*") if path.stat().st_mode & 0o077]
    assert shared == []
    assert Path("key.p12").stat().st_mode & 0o077 == 0
