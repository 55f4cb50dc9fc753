"""The commands of the README, run as they stand there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"


def test_the_commands_work_as_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = re.findall(r"```\n(\. \.venv/bin/activate\n.*?)```", README.read_text("utf-8"), re.DOTALL)
    head, *commands = block.strip().splitlines()
    assert head == ". .venv/bin/activate" and commands[0].startswith("cp -r resources/")
    shutil.copytree(README.parent / commands[0].split()[2], tmp_path / "exports")
    monkeypatch.setenv("CASEBOUND_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CASEBOUND_PASSPHRASE", "one-two-three-four")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=":")
    told, fingerprint = "", ""
    for command in commands[1:]:
        done = subprocess.run(
            ["bash", "-c", command.replace("FINGERPRINT", fingerprint)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        expected = 3 if command.startswith("casebound verify") else 0  # nobody stamps or witnesses a first package
        assert done.returncode == expected, f"{command}\n{done.stdout}{done.stderr}"
        told += done.stdout
        if command.startswith("casebound export"):
            fingerprint = re.search(r"^Fingerprint +([0-9a-f]{64})$", done.stdout, re.MULTILINE)[1]  # type: ignore[index]
    assert "3c2259000d39/requests/24951" in told  # what the next command names was shown by the one before
    assert "37 requests of 29,260" in told
    assert "29,260 of 43,623 rows, 1 of 1 attachment" in told
