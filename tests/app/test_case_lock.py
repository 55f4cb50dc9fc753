"""One writer at a time, and the second is told who the first is."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from casebound.case import Actor
from casebound.document import Case
from casebound.errors import CannotWrite, CaseLocked

HOLDER = """
import sys
from pathlib import Path
from casebound.case import Actor
from casebound.document import Case
with Case.open(Path(sys.argv[1]), Actor("Ivo Lang")):
    print("open", flush=True)
    sys.stdin.read()
"""


def holder(path: Path) -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert started.stdout is not None and started.stdout.readline() == "open\n"
    return started


def test_the_second_opener_is_told_who_where_and_since_when(case: Case) -> None:
    with pytest.raises(CaseLocked) as refused:
        Case.open(case.path, Actor("Ivo Lang"))
    assert re.fullmatch(
        r"Rosa Behrens has this case open for writing on \S+ since 2026-03-02 09:00 UTC\.", refused.value.title
    )
    assert "look only" in refused.value.hint
    with Case.open(case.path, Actor("Ivo Lang"), write=False) as looking:
        assert looking.snapshot().number == "CASE-0042"
    case.add_finding("The first still can write.")


def test_another_process_is_refused_and_let_in_when_the_first_ends(case: Case, actor: Actor) -> None:
    case.close()
    with holder(case.path) as other:
        with pytest.raises(CaseLocked, match=r"^Ivo Lang has this case open"):
            Case.open(case.path, actor)
        other.communicate("")
    with Case.open(case.path, actor) as again:
        again.add_finding("Mine now.")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_writer_leaves_no_lock(case: Case, actor: Actor) -> None:
    case.close()
    with holder(case.path) as other:
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        assert b"Ivo Lang" in (case.path / "lock").read_bytes(), "its words are still there, and bind nobody"
        with Case.open(case.path, actor) as again:
            assert again.check().clean


def test_closing_twice_is_harmless_and_frees_the_case(case: Case, actor: Actor) -> None:
    case.close()
    case.close()
    with Case.open(case.path, actor) as again:
        assert not again.read_only and again.check().clean


def test_a_clean_close_leaves_one_whole_file(case: Case) -> None:
    case.add_finding("S.")
    assert (case.path / "case.db-wal").exists()
    case.close()
    assert not (case.path / "case.db-wal").exists()
    assert not (case.path / "case.db-shm").exists()


def unwritable(path: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script on a folder that nobody can write to: a read-only mount for root, permissions for others."""
    command = [sys.executable, "-c", script, str(path), *arguments]
    if os.geteuid() != 0:
        before = path.stat().st_mode
        path.chmod(0o500)
        (path / "case.db").chmod(0o400)
        try:
            return subprocess.run(command, capture_output=True, text=True, check=False)
        finally:
            path.chmod(before)
    if shutil.which("unshare") is None:
        pytest.skip("root, and no way to make a folder read-only")
    mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", mount, str(path), *command], capture_output=True, text=True, check=False
    )
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"root, and may not mount: {done.stderr.strip()}")
    return done


LOOK = """
import sys
from pathlib import Path
from casebound.case import Actor
from casebound.document import Case
with Case.open(Path(sys.argv[1]), Actor("Ivo Lang")) as case:
    snapshot = case.snapshot()
    case.opened("case", "case")
    print(snapshot.read_only, len(snapshot.findings), case.check().clean)
    try:
        case.add_finding("S.")
    except Exception as error:
        print(type(error).__name__)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such permissions")
@pytest.mark.parametrize("log_left", [False, True], ids=["closed", "killed"])
def test_on_a_read_only_medium_a_case_opens_to_look_and_nothing_is_written(case: Case, log_left: bool) -> None:
    case.add_finding("One.")
    if log_left:
        # As a killed program leaves it: the last change is in the log only.
        copy = case.path.with_name("killed")
        shutil.copytree(case.path, copy)
        (copy / "case.db-shm").unlink()
        assert (copy / "case.db-wal").stat().st_size
    else:
        case.close()
        copy = case.path
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*")}
    done = unwritable(copy, LOOK)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["True", "1", "True", "CannotWrite"]
    assert {path: path.stat().st_mtime_ns for path in copy.rglob("*")} == before


def test_a_case_cannot_be_made_where_nothing_can_be_written(tmp_path: Path, actor: Actor) -> None:
    with pytest.raises(CannotWrite, match="the folder is not there"):
        Case.create(tmp_path / "missing" / "c.casebound", "1", "T", actor)
    assert list(tmp_path.iterdir()) == []
