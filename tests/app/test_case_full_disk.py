"""A disk that takes no more: the change is refused in words, and the case is as it was."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("full_disk.py")


@pytest.mark.skipif(sys.platform == "win32", reason="the limit is of POSIX")
@pytest.mark.parametrize(
    ("work", "limit"),
    [
        ("attach", 1_000_000),
        ("attach", 0),
        ("attach-many", 1_000_000),
        ("attach-many", 0),
        ("bring", 200_000),
        ("bring", 0),
        ("annotate", 200_000),
        ("create", 20_000),
    ],
)
def test_a_full_disk_leaves_the_case_as_before(tmp_path: Path, work: str, limit: int) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path), work, str(limit)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["error"] == "CannotWrite", result
    assert "disk" in result["title"]
    assert (result["same"], result["left"], result["clean"]) == (True, False, True)
