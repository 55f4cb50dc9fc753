"""`kill -9` at any moment: the case opens as it was after its last finished change, and its check passes.

The program under test runs as its own process and kills itself, at the k-th time it touches a file of the case for
writing; an audit hook of the interpreter counts. So each moment is a definite one, and no clock is involved.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from casebound_resources import sample
from casebound_ui.entry import main

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX systems")

DOOMED = """
import os, signal, sys
root, moment, with_, arguments = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
seen = 0
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT

def watch(event, given):
    global seen
    if event == "open":
        touched = isinstance(given[2], int) and given[2] & WRITES
    else:
        touched = event in ("os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.chmod", "sqlite3.connect")
    if touched and any(str(part).startswith(root) for part in given[:2]):
        seen += 1
        if seen == moment:
            os.kill(os.getpid(), with_)

sys.addaudithook(watch)
from casebound_ui.entry import main
code = main(arguments)
print(seen)
sys.exit(code)
"""


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEBOUND_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CASEBOUND_PASSPHRASE", "correct horse")
    monkeypatch.setenv("CASEBOUND_NAME", "Tester")
    monkeypatch.chdir(tmp_path)


def doomed(root: Path, moment: int, *arguments: str, with_: int = 9) -> subprocess.CompletedProcess[str]:
    """Run a command that gets a signal at its `moment`-th touch of a file below `root`.

    0 lets it live, and it prints how many touches there were.
    """
    command = [sys.executable, "-c", DOOMED, str(root), str(moment), str(int(with_)), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    ended = main([*arguments, "--json"])
    said = capsys.readouterr()
    assert ended == 0, said.out + said.err
    return json.loads(said.out)


def _moments(total: int) -> list[int]:
    """The first and last touches, and some in between."""
    return sorted({1, 2, total, total - 1, *(1 + total * step // 5 for step in range(1, 5))} & set(range(1, total + 1)))


@pytest.mark.slow
@pytest.mark.parametrize("packed", [False, True], ids=["a file", "a file in an archive"])
def test_killed_during_an_import(tmp_path: Path, capsys: pytest.CaptureFixture[str], packed: bool) -> None:
    export = str(sample.EXPORTS / "accounts.csv")
    if packed:
        with zipfile.ZipFile(tmp_path / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(export, "tables/accounts.csv")
        export = str(tmp_path / "export.zip")
    base = tmp_path / "base"
    assert main(["new", str(base), "--number", "C-1", "--title", "T"]) == 0
    assert main(["import", str(base), str(sample.EXPORTS / "reviews.csv")]) == 0
    shutil.copytree(base, tmp_path / "trial")
    lived = doomed(tmp_path / "trial", 0, "import", str(tmp_path / "trial"), export)
    assert lived.returncode == 0, lived.stderr
    total = int(lived.stdout.splitlines()[-1])
    assert total > 8
    outcomes = []
    for moment in _moments(total):
        case = tmp_path / f"case{moment}"
        shutil.copytree(base, case)
        before = ran(capsys, "events", str(case))
        died = doomed(case, moment, "import", str(case), export)
        assert died.returncode == -signal.SIGKILL, died.stderr
        assert ran(capsys, "check", str(case))["clean"] is True
        listed = ran(capsys, "sources", str(case))
        outcomes.append(len(listed))
        if len(listed) == 1:
            assert ran(capsys, "events", str(case)) == before
            (again,) = ran(capsys, "import", str(case), export)
            assert again["kept"] == sample.truth()["files"]["accounts.csv"]["kept"]
        after = ran(capsys, "events", str(case))
        assert after["of"] == before["of"] + sample.truth()["files"]["accounts.csv"]["kept"]
        assert ran(capsys, "check", str(case))["clean"] is True
    assert outcomes[0] == 1, "killed at the first touch, nothing was brought in"
    assert outcomes == sorted(outcomes), "once it is brought in it stays"


@pytest.mark.slow
def test_stopped_with_ctrl_c(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = tmp_path / "case"
    assert main(["new", str(case), "--number", "C-1", "--title", "T"]) == 0
    before = ran(capsys, "sources", str(case))
    stopped = doomed(case, 6, "import", str(case), str(sample.EXPORTS / "requests.csv"), with_=signal.SIGINT)
    assert stopped.returncode == 1
    assert stopped.stderr.count("\n") == 1
    assert stopped.stderr.startswith("Stopped.")
    assert ran(capsys, "sources", str(case)) == before
    assert [one["action"] for one in ran(capsys, "custody", str(case))] == ["created", "import-stopped"]
    assert ran(capsys, "check", str(case))["clean"] is True


@pytest.mark.slow
def test_killed_during_an_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = tmp_path / "base"
    assert main(["new", str(base), "--number", "C-1", "--title", "T"]) == 0
    assert main(["import", str(base), str(sample.EXPORTS / "reviews.csv")]) == 0
    assert main(["attach", str(base), str(sample.EXPORTS / "mail" / "offer-forwarded.eml"), "--exhibit"]) == 0
    event = ran(capsys, "events", str(base))["events"][0]["event"]
    ran(capsys, "annotate", str(base), event, "--exhibit")
    key = ran(capsys, "identity", "new", "key.p12", "--name", "Tester")["fingerprint"]
    export = ("export", "--identity", "key.p12", "--to")

    def command(folder: Path) -> list[str]:
        return [export[0], str(folder / "case"), *export[1:], str(folder / "out")]

    def copied(name: str) -> Path:
        folder = tmp_path / name
        shutil.copytree(base, folder / "case")
        return folder

    lived = doomed(tmp_path / "trial", 0, *command(copied("trial")))
    assert lived.returncode == 0, lived.stderr
    total = int(lived.stdout.splitlines()[-1])
    assert total > 8
    for moment in _moments(total):
        folder = copied(f"killed{moment}")
        case = str(folder / "case")
        before = ran(capsys, "events", case), ran(capsys, "sources", case), ran(capsys, "findings", case)
        died = doomed(folder, moment, *command(folder))
        assert died.returncode == -signal.SIGKILL, died.stderr
        assert ran(capsys, "check", case)["clean"] is True
        assert (ran(capsys, "events", case), ran(capsys, "sources", case), ran(capsys, "findings", case)) == before
        for package in (folder / "out").glob("*.zip") if (folder / "out").exists() else ():
            capsys.readouterr()
            assert main(["verify", str(package), "--signer", key]) == 3, "a package that can be seen is a whole one"
        sealed = ran(capsys, *command(folder))
        capsys.readouterr()
        assert main(["verify", sealed["package"], "--signer", key]) == 3
        assert ran(capsys, "check", case)["clean"] is True
