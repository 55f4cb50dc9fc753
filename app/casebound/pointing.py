"""What stands out in time, pointed out with the rule that found it: bursts, silences, and values that begin or end
together. A list to look at, never a verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from casebound import gaps as silences
from casebound.bursts import HOUR_US, MINUTE_US, Rule, bursts
from casebound.errors import BadRequest
from casebound.events import Events
from casebound.filter_sql import MarkLookup
from casebound.gaps import duration
from casebound.lifetimes import Group, Takeover, Together, beginnings, endings, lifetimes, takeovers
from casebound.work import Progress, silent

Int64s = NDArray[np.int64]

MOST: Final = 500  # of one kind in one source that are listed; that there are more is said
NAMED: Final = 5  # values of a group that are named in words


class Kind(StrEnum):
    """What was found."""

    BURST = "burst"
    SILENCE = "silence"
    BEGIN = "begin together"
    END = "end together"
    TAKEOVER = "takeover"


@dataclass(frozen=True, slots=True)
class Rules:
    """By which rules. `column` is the one whose values begin or end together; "" leaves that out."""

    burst: Rule = field(default_factory=Rule)
    together: tuple[Together, ...] = (Together(MINUTE_US), Together(HOUR_US))
    column: str = "actor"

    @property
    def words(self) -> tuple[str, ...]:
        """Each rule as a person reads it."""
        grouped = [f"Values of {self.column} that begin or end together: {one.words}" for one in self.together]
        return (f"Bursts: {self.burst.words}", f"Silences: {silences.RULE}", *(grouped if self.column else ()))


@dataclass(frozen=True, slots=True)
class Pointed:
    """One thing pointed out: from when to when, in which source (None: in what the filter shows, or in all), and the
    numbers it rests on. `values` are those of a group.
    """

    kind: Kind
    source: int | None
    start_us: int
    end_us: int
    count: int
    words: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PointedOut:
    """All of it, in the order of time. `unlisted` says what was found and not listed."""

    rules: Rules
    where: str
    found: tuple[Pointed, ...]
    unlisted: tuple[str, ...] = ()
    looked_at: int = 0  # events
    notes: tuple[str, ...] = ()  # why something could not be looked at


def point_out(
    events: Events,
    rules: Rules,
    where: str = "",
    *,
    marks: MarkLookup | None = None,
    progress: Progress = silent,
) -> PointedOut:
    """Look at each source by its own habit, or at the events of a filter together; groups are of all of these.

    Raises `FilterError` for a filter that cannot be used.
    """
    sets: list[tuple[int | None, str, Int64s]] = []
    if where.strip():
        chosen = events.select(where, marks=marks)
        sets.append((None, "the filter", np.asarray(events.times[chosen.positions], dtype=np.int64)))
    else:
        sets = [(source.number, source.label, events.source_times(source.number)) for source in events.sources]
    found: list[Pointed] = []
    unlisted: list[str] = []
    for number, (source, name, times) in enumerate(sets):
        progress(number, len(sets) + 1, f"Looking at {name}")
        told = bursts(times, rules.burst)
        crowds = [Pointed(Kind.BURST, source, b.start_us, b.end_us, b.count, told.words(b)) for b in told.found]
        quiet = [
            Pointed(Kind.SILENCE, source, gap.start_us, gap.end_us, 0, _silence(gap)) for gap in silences.gaps(times)
        ]
        for kind in (crowds, quiet):
            if len(kind) > MOST:
                unlisted.append(f"{len(kind) - MOST:,} more of kind “{kind[0].kind}” in {name}")
            largest = sorted(kind, key=lambda one: (-one.count, one.start_us - one.end_us, one.start_us))[:MOST]
            found += largest
    progress(len(sets), len(sets) + 1, f"Looking at {rules.column}")
    notes: tuple[str, ...] = ()
    if rules.column and events.count:
        try:
            found += _groups(events, rules, where, marks, progress)
        except BadRequest as error:
            notes = (f"{error.title} {error.hint}",)
    found.sort(key=lambda one: (one.start_us, one.end_us, one.kind, one.source or 0))
    looked_at = sum(len(times) for _, _, times in sets)
    return PointedOut(rules, where, tuple(found), tuple(unlisted), looked_at, notes)


def _silence(gap: silences.Gap) -> str:
    return (
        f"No rows for {duration(gap.length_us)}; usual at that hour: up to {duration(gap.usual_us)} between two rows. "
        f"About {gap.expected:,} rows would be expected there."
    )


def _groups(events: Events, rules: Rules, where: str, marks: MarkLookup | None, progress: Progress) -> list[Pointed]:
    lives = lifetimes(events, rules.column, where, marks=marks, progress=progress)
    found: dict[tuple[Kind, int, int, tuple[str, ...]], Pointed] = {}
    for rule in rules.together:
        began, ended = beginnings(lives, rule), endings(lives, rule)
        told = [
            *(_group(Kind.BEGIN, group, "first", len(lives.values), rule) for group in began),
            *(_group(Kind.END, group, "last", len(lives.values), rule) for group in ended),
            *(_takeover(one) for one in takeovers(ended, began, rule)),
        ]
        for one in told:  # what the shorter window has found is not told again
            found.setdefault((one.kind, one.start_us, one.end_us, one.values), one)
    return list(found.values())


def _group(kind: Kind, group: Group, which: str, of: int, rule: Together) -> Pointed:
    count = len(group.values)
    edge = ""
    if group.at_edge:
        beyond = "before them" if which == "first" else "after them"
        edge = f" They are the {which} of all: what was {beyond} is not known."
    window = duration(rule.window_us)
    crowd = f", at most {group.peak:,} within {window}" if group.length_us > rule.window_us else ""
    words = (
        f"{count:,} of {of:,} values have their {which} row within {duration(group.length_us)}{crowd}; usual: up to "
        f"{group.usual:,} in {window}. {_named(group.values)}{edge}"
    )
    return Pointed(kind, None, group.start_us, group.end_us + 1, count, words, group.values)


def _takeover(one: Takeover) -> Pointed:
    both = len(set(one.ended.values) & set(one.began.values))
    words = (
        f"{len(one.ended.values):,} values have their last row within {duration(one.ended.length_us)}; "
        f"{duration(one.pause_us)} later {len(one.began.values):,} others have their first within "
        f"{duration(one.began.length_us)}. {_named(one.began.values)}"
        + (f" {both:,} are in both groups." if both else "")
    )
    values = (*one.ended.values, *one.began.values)
    return Pointed(Kind.TAKEOVER, None, one.ended.start_us, one.began.end_us + 1, len(values), words, values)


def _named(values: Sequence[str]) -> str:
    more = f" and {len(values) - NAMED:,} more" if len(values) > NAMED else ""
    return f"{', '.join(values[:NAMED])}{more}."
