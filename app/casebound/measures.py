"""Measuring a number and keeping it, so that the count and what is kept about it can never differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casebound.case import Measure
from casebound.events import Events

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
