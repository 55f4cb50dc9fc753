"""docs/verifying.md names what the program has; its table is that of tests/conformance."""

from __future__ import annotations

from pathlib import Path

from casebound_packaging.cli import parser
from casebound_packaging.verify import FOOTER, LIMITS, Verdict

PAGE = (Path(__file__).parents[2] / "docs/verifying.md").read_text("utf-8")


def test_words_and_options_are_those_of_the_program() -> None:
    assert FOOTER in PAGE
    assert all(f"| {limit} |" in PAGE for limit in LIMITS)
    assert all(f"`{verdict}`" in PAGE for verdict in Verdict)
    options = {option for action in parser()._actions for option in action.option_strings if option.startswith("--")}
    assert {"--signer", "--trust", "--tsa-trust", "--against", "--accept", "--json"} <= options
