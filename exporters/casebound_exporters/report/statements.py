"""What came with several exports as one statement (a manifest), found again so that it is told once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from casebound_exporters.report.model import SourceEntry


@dataclass(frozen=True, slots=True)
class Account:
    """The sources that one statement speaks of, and the facts that it gives for all of them alike."""

    labels: tuple[str, ...]  # ("S-01", "S-02")
    facts: tuple[tuple[str, str], ...]


def together(sources: Sequence[SourceEntry]) -> tuple[Account, ...]:
    """Statements shared by two sources or more: the same names of facts, and most of them with the same value.

    Every fact of an account holds for each of its sources exactly as it stands there.
    """
    groups: list[list[SourceEntry]] = []
    for source in sources:
        if source.origin:
            group = next((one for one in groups if _alike(one[0], source)), None)
            if group is None:
                groups.append([source])
            else:
                group.append(source)
    made = []
    for group in groups:
        if len(group) > 1:
            same = set(group[0].origin or ()).intersection(*(set(one.origin or ()) for one in group))
            facts = tuple(pair for pair in group[0].origin or () if pair in same)
            made.append(Account(tuple(one.label for one in group), facts))
    return tuple(one for one in made if one.facts)


def _alike(first: SourceEntry, other: SourceEntry) -> bool:
    mine, theirs = dict(first.origin or ()), dict(other.origin or ())
    same = sum(theirs.get(key) == value for key, value in mine.items())
    return set(mine) == set(theirs) and same * 2 > len(mine)
