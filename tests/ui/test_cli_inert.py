"""Text from evidence does nothing to a terminal and hides nothing in it."""

from __future__ import annotations

import pytest

from casebound_ui.cli.terminal import inert


@pytest.mark.parametrize("code", [0x1B, 0x9B, 0x202E, 0x2066, 0x206E, 0xFEFF, 0xFFF9, 0xE0041])
def test_what_acts_or_hides_is_written_as_an_escape(code: int) -> None:
    assert inert(f"a{chr(code)}b") == f"a\\u{code:04x}b"
