"""What people conclude and how they show it: numbers, findings, saved views, the evidence timeline. Frozen values.

Times are aware UTC `datetime`s for people's work, and int64 microseconds since 1970 UTC (`*_us`) for events.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Likelihood(StrEnum):
    """ICD 203 likelihood terms, one row of synonyms only."""

    NONE = ""
    ALMOST_NO_CHANCE = "almost no chance"
    VERY_UNLIKELY = "very unlikely"
    UNLIKELY = "unlikely"
    ROUGHLY_EVEN = "roughly even chance"
    LIKELY = "likely"
    VERY_LIKELY = "very likely"
    ALMOST_CERTAIN = "almost certain"


class Confidence(StrEnum):
    """Confidence in the basis of a judgement; never in the same sentence as a likelihood (ICD 203)."""

    NONE = ""
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with everything it needs to be recomputed: query, window, unit, denominator."""

    number: str  # Q-0001
    question: str
    table: str
    where: str  # filter language of casebound.events
    unit: str  # "requests", "accounts"
    distinct: str  # column counted distinctly, or "" to count rows
    from_us: int | None
    to_us: int | None
    result: int
    of_where: str  # filter of the denominator; "" is every row of the table in the window
    denominator: int | None
    denominator_of: str  # what the denominator counts, in words
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence a person could defend, with what speaks for it and against it."""

    number: str  # F-01
    sentence: str
    reasoning: str
    supports: tuple[str, ...]  # exhibit numbers
    contradicts: tuple[str, ...]
    measures: tuple[str, ...]  # Q numbers
    clause: str  # policy clause, as cited: "clause id: text"
    likelihood: Likelihood
    confidence: Confidence
    confidence_basis: str
    ask: str  # what is asked for
    limits: str  # what is not established
    state: str  # "draft"; later states belong to review
    by: str
    at: datetime
    changed_at: datetime
    views: tuple[str, ...] = ()  # saved views shown in it as pictures: V numbers


@dataclass(frozen=True, slots=True)
class SavedView:
    """What a person was looking at: enough to look at it again, and to show it in a finding or the report."""

    number: str  # V-01
    title: str
    where: str  # filter language of casebound.events
    from_us: int | None  # what is in view; None is the case's whole time
    to_us: int | None
    lanes: str  # the column that makes the lanes; "" for the sources
    columns: tuple[str, ...]  # of the table, in their order
    sort: str  # the column that the table is sorted by; "" for the order of time
    descending: bool
    colour: str  # the column that colours; "" for none
    look: Mapping[str, object]  # the rest of how it looked, as the screen keeps it
    by: str
    at: datetime
    changed_at: datetime
    removed: bool = False


@dataclass(frozen=True, slots=True)
class ChronologyEntry:
    """One entry of the evidence timeline, which is curated apart from the raw one: an exhibit, or a range of time."""

    number: str  # C-0001
    exhibit: str  # "" where the entry is a range
    from_us: int | None
    to_us: int | None
    caption: str  # "" says what the exhibit's caption says
    by: str
    at: datetime
    removed: bool = False
