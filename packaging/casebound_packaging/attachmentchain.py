"""The chain of attachments inside the ledger: number, own hash, and the hash of the line that attached the one before.

It says by name which attachment was deleted, swapped or put in another order. A recipient may lack the lines of
attachments that are not in the package; those stand in the ledger as omitted, and the chain runs through their
hashes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from casebound_packaging.finding import Finding
from casebound_packaging.ledgerline import GENESIS


@dataclass(frozen=True, slots=True)
class Attached:
    """What one `attached` line says: its place, its own hash, the number and the link to the one before."""

    seq: int
    hash: str
    number: int
    previous: str


def examine_attachments(attached: Sequence[Attached], withheld: Mapping[str, int]) -> Iterable[Finding]:
    """Everything wrong with the chain. `attached` in ledger order; `withheld` is hash → seq of the omitted lines."""
    by_number: dict[int, Attached] = {}
    for link in attached:
        if link.number in by_number:
            first = by_number[link.number]
            yield _finding(
                link.number, f"This number was given twice: by entries {first.seq} and {link.seq} of the ledger."
            )
        else:
            by_number[link.number] = link
    yield from _order(sorted(attached, key=lambda link: link.seq))
    by_hash = {link.hash: link.number for link in attached}
    places = sorted(withheld.values())
    numbers = sorted(by_number)
    for number, below in zip(numbers, [0, *numbers], strict=False):
        yield from _link(by_number[number], by_number.get(below), below, by_hash, withheld, places)


def _order(attached: Sequence[Attached]) -> Iterable[Finding]:
    highest: Attached | None = None
    for link in attached:
        if highest is not None and link.number < highest.number:
            problem = (
                f"The attachments were reordered: attachment {link.number} (entry {link.seq}) comes after attachment "
                f"{highest.number} (entry {highest.seq})."
            )
            yield _finding(link.number, problem)
        if highest is None or link.number > highest.number:
            highest = link


def _link(
    link: Attached,
    before: Attached | None,
    below: int,
    by_hash: Mapping[str, int],
    withheld: Mapping[str, int],
    places: Sequence[int],
) -> Iterable[Finding]:
    """The link of one attachment to the one before it; `below` is the next lower number whose line is given, or 0."""
    number, missing = link.number, link.number - below - 1
    if missing == 0:
        expected = before.hash if before is not None else GENESIS
        if link.previous == expected:
            return
        named = by_hash.get(link.previous)
        if before is None:
            problem = "The first attachment names one before it: an attachment was deleted, or two were swapped."
        elif named is not None:
            problem = (
                f"It names attachment {named} as the one before it, not attachment {below}: "
                "attachments were swapped or reordered."
            )
        else:
            problem = (
                f"It does not follow attachment {below} as the ledger has it: "
                f"attachment {below} was altered, swapped or replaced."
            )
        yield _finding(number, problem, expected, link.previous)
        return
    # Lines of the attachments between are not given. Each must stand in the ledger as omitted, between the two that
    # are.
    start = bisect_right(places, before.seq) if before is not None else 0
    room = bisect_left(places, link.seq) - start
    at = withheld.get(link.previous)
    if room >= missing and at is not None and (before.seq if before is not None else -1) < at < link.seq:
        return
    gone = f"attachment {number - 1}" if missing == 1 else f"attachments {below + 1} to {number - 1}"
    problem = (
        f"The ledger entries of {gone}, before attachment {number}, are neither given nor omitted: "
        "they were deleted or swapped."
    )
    yield Finding("custody", gone, problem, "", link.previous)


def _finding(number: int, problem: str, expected: str = "", found: str = "") -> Finding:
    return Finding("custody", f"attachment {number}", problem, expected, found)
