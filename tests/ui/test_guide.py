"""docs/guide.md says what the program says."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

SPEC = importlib.util.spec_from_file_location("guide_blocks", Path(__file__).with_name("guide_blocks.py"))
assert SPEC is not None and SPEC.loader is not None
blocks = importlib.util.module_from_spec(SPEC)
sys.modules["guide_blocks"] = blocks
SPEC.loader.exec_module(blocks)

FOUND = list(blocks.BLOCK.finditer(blocks.GUIDE.read_text("utf-8")))


def test_every_command_has_its_block() -> None:
    from casebound_ui.cli.app import COMMANDS

    told = {block["words"].split()[0] for block in FOUND if block["program"] == "casebound" and block["words"].strip()}
    assert told == COMMANDS
    assert any(block["program"] == "casebound-verify" for block in FOUND)


@pytest.mark.parametrize("block", FOUND, ids=lambda block: f"{block['program']}{block['words']}")
def test_the_guide_says_what_the_program_says(block: object) -> None:
    found = block
    assert blocks.help_of(found["program"], found["words"]) == found["said"], "run `python3 dev.py guide`"  # type: ignore[index]
