"""Scratch folders: private, gone afterwards, and cleared away after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from casebound.scratch import scratch_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the system clears its own folder there")

KILLED = """
import os, signal
from casebound.scratch import scratch_folder
with scratch_folder() as room:
    (room / "evidence.csv").write_text("secret")
    print(room, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def _own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


def test_it_is_private_and_goes_with_the_block(tmp_path: Path) -> None:
    with scratch_folder() as room:
        assert room.stat().st_mode & 0o077 == 0
        assert tmp_path in room.parents
        (room / "x").write_text("x")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_program_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    died = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True, check=False)
    assert died.returncode == -signal.SIGKILL
    left = Path(died.stdout.strip())
    assert (left / "evidence.csv").is_file()
    with scratch_folder():
        assert not left.exists()


def test_what_is_in_use_or_of_others_stays(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("x")
    os.symlink(outside, tmp_path / "casebound-scratch-link")
    (tmp_path / "casebound-scratch-new").mkdir()
    with scratch_folder() as first:
        with scratch_folder() as second:
            assert first.is_dir()
            assert second.is_dir()
        assert first.is_dir()
    assert (outside / "kept").is_file()
    assert (tmp_path / "casebound-scratch-new").is_dir(), "it may just be in the making"
