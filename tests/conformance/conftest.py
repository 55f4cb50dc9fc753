"""The corpus' modules, and those of tests/packaging that they stand on."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "packaging")]  # importlib mode has no other way to share modules
