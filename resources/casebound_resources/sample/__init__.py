"""The sample case: raw exports of an invented provider, what is planted in them, and what the demonstration marks.

`exports/` holds the files as a tired colleague would send them, `truth.json` what is true about them, and
`story.json` the
notes, exhibits, findings and measures of the demonstration. `make_sample.py` writes all three, byte for byte the same
each time.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
EXPORTS = FOLDER / "exports"

# The order in which a person would bring them in.
TABLES = (
    "organizations.csv",
    "accounts.csv",
    "api_keys.csv",
    "sessions.jsonl",
    "requests.csv",
    "payments.xlsx",
    "detections.json",
    "reviews.csv",
    "enforcement_actions.csv",
    "policy_clauses.json",
)


def truth() -> dict[str, Any]:
    """What is planted: counts and set-aside rows per file, the members of the cluster, the benign twins."""
    return _read("truth.json")


def story() -> dict[str, Any]:
    """What the demonstration marks, attaches and finds; events are named by table and record ordinal."""
    return _read("story.json")


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return content
