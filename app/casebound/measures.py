"""Measuring a number and keeping it, so that the count and what is kept about it can never differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from casebound.case import Measure, Source
from casebound.events import Events
from casebound.filter_tree import Instant, walk
from casebound.filtering import parse

if TYPE_CHECKING:
    from casebound.document import Case


def measured(
    case: Case,
    events: Events,
    *,
    question: str,
    table: str,
    where: str = "",
    unit: str,
    distinct: str = "",
    from_us: int | None = None,
    to_us: int | None = None,
    of_where: str = "",
    denominator_of: str,
) -> Measure:
    """Count rows of `table` matching `where`, or different values of `distinct`, and keep the number.

    The window is from_us ≤ time < to_us. The denominator is counted the same way over `of_where` ("" is every row of
    the table in the window). Raises `FilterError`, and `BadRequest` for a table or column that is not there.
    """
    result, _ = events.measure(table, where, distinct, from_us, to_us)
    denominator, _ = events.measure(table, of_where, distinct, from_us, to_us)
    return case.add_measure(
        question=question,
        table=table,
        where=where,
        unit=unit,
        distinct=distinct,
        from_us=from_us,
        to_us=to_us,
        result=result,
        of_where=of_where,
        denominator=denominator,
        denominator_of=denominator_of,
    )


def touched_by_clock(source: Source, measures: Sequence[Measure]) -> tuple[str, ...]:
    """The numbers that may count other rows after the clock of a source was corrected: those that ask for times."""
    return tuple(measure.number for measure in measures if measure.table == source.table and _asks_for_times(measure))


def _asks_for_times(measure: Measure) -> bool:
    if measure.from_us is not None or measure.to_us is not None:
        return True
    roots = (parse(where).root for where in (measure.where, measure.of_where))
    return any(isinstance(node, Instant) for root in roots if root is not None for node in walk(root))
