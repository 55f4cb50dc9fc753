"""docs/verifying.md says what the tests show, and names what the program has."""

from __future__ import annotations

from pathlib import Path

from manipulations import ASPECTS, CHECKERS, MANIPULATIONS, claims, table

from casebound_packaging.cli import parser
from casebound_packaging.verify import FOOTER, LIMITS, Verdict

PAGE = (Path(__file__).parents[2] / "docs/verifying.md").read_text("utf-8")


def test_the_table_is_the_tested_one() -> None:
    assert table() in PAGE
    assert claims() in PAGE


def test_every_aspect_is_broken_by_some_manipulation_and_checked_by_us() -> None:
    broken = frozenset().union(*(case.breaks for case in MANIPULATIONS))
    assert broken == ASPECTS.keys()
    assert CHECKERS["casebound"] == ASPECTS.keys()
    assert all(checks <= ASPECTS.keys() for checks in CHECKERS.values())


def test_our_program_refuses_every_manipulation_but_a_forgery_that_nobody_could_know() -> None:
    accepted = [case for case in MANIPULATIONS if case.verdict == "verified-with-limits"]
    assert [case.trust for case in accepted] == ["nothing"]
    assert all(case.breaks & CHECKERS["casebound"] for case in MANIPULATIONS if case not in accepted)


def test_words_and_options_are_those_of_the_program() -> None:
    assert FOOTER in PAGE
    assert all(f"| {limit} |" in PAGE for limit in LIMITS)
    assert all(f"`{verdict}`" in PAGE for verdict in Verdict)
    options = {option for action in parser()._actions for option in action.option_strings if option.startswith("--")}
    assert {"--signer", "--trust", "--tsa-trust", "--against", "--accept", "--json"} <= options
