"""kill -9 at every moment of a change: the case opens as it was before it, or as it is after it, and checks clean."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("killed_case.py")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize(
    ("work", "words"),
    [
        ("bring", "The import of new.csv did not finish. Nothing was added."),
        ("attach", "The attaching of new.csv did not finish. Nothing was added."),
        ("attach-many", "The attaching of 22 files did not finish. Nothing was added."),
        ("annotate", ""),
        ("annotate-many", ""),
        ("undo", ""),
    ],
)
def test_a_case_killed_at_any_moment_opens_whole(tmp_path: Path, work: str, words: str) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path), work], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["wrong"] == []
    assert result["finished"] == 0
    outcomes = result["outcomes"]
    # Killed at many moments on either side of the one commit, and never in between.
    assert outcomes.count("before") >= 10 and "after" in outcomes
    assert outcomes == sorted(outcomes, reverse=True)
    said = [told for told in result["told"] if told]
    if words:
        assert [words] in said
    for told, outcome in zip(result["told"], outcomes, strict=True):
        assert outcome == "before" or told == [], "what finished is not told as unfinished"
    assert {sentence for told in said for sentence in told} <= {
        words,
        "An import did not finish. Nothing was added.",
    }
