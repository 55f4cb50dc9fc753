"""Stock programs that tests compare with. A test is skipped only where its program is not installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def needs(*names: str) -> pytest.MarkDecorator:
    missing = [name for name in names if shutil.which(name) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


def run(command: str | list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command line with bash, or a list of words, in a folder, in English."""
    words = ["bash", "-c", command] if isinstance(command, str) else command
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, env=environment)
