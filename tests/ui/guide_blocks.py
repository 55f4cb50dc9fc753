"""The blocks `$ casebound … --help` of docs/guide.md: what they say, and what the program says now.

`python tests/ui/guide_blocks.py` (or `python3 dev.py guide`) writes the program's words into the page.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide.md"
BLOCK = re.compile(
    r"```text\n\$ (?P<program>casebound(?:-verify)?)(?P<words>[^\n]*) --help\n(?P<said>.*?)```", re.DOTALL
)
MODULES = {"casebound": "casebound_ui", "casebound-verify": "casebound_packaging"}


def help_of(program: str, words: str) -> str:
    """What the program says, at a width of 100, with neither colour nor trailing blanks."""
    surroundings = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
    command = [sys.executable, "-m", MODULES[program], *words.split(), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, env=surroundings, check=True)
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.strip("\n").splitlines())


def written(text: str) -> str:
    """The page with every block as the program says it now."""

    def block(found: re.Match[str]) -> str:
        said = help_of(found["program"], found["words"])
        return f"```text\n$ {found['program']}{found['words']} --help\n{said}```"

    return BLOCK.sub(block, text)


if __name__ == "__main__":
    GUIDE.write_text(written(GUIDE.read_text("utf-8")), encoding="utf-8")
