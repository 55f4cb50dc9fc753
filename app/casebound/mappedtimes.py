"""How the times of a table are read, as its mapping says."""

from __future__ import annotations

from casebound.case import ColumnRole, TableMapping
from casebound.errors import BadRequest
from casebound.moments import TimeBase, relative, time_base
from casebound.timecolumn import TimeColumn
from casebound.zones import find_zone


def stated_base(mapping: TableMapping) -> TimeBase | None:
    """The moment that relative times of this table are counted from; None where none is stated.

    Raises `BadRequest` where what is stated is no moment with a zone.
    """
    return time_base(mapping.time_base, mapping.time_base_origin or "assumed")


def time_column(mapping: TableMapping) -> TimeColumn | None:
    """The reader for the time column of a table; None where it has none.

    Raises `BadRequest` for a zone that is none, and for relative times without a base: none is ever guessed.
    """
    time = next((column for column in mapping.columns if column.role is ColumnRole.TIME), None)
    if time is None:
        return None
    base = stated_base(mapping)
    if relative(time.time_format) and base is None:
        raise BadRequest(
            f"The times in “{time.name}” count from a moment that is not stated.",
            'State it in the mapping, such as "time_base": "2026-03-01T10:00:00Z".',
            meaning="Nothing was brought in, because a guess would put events at times that nobody recorded.",
        )
    return TimeColumn(time.time_format, find_zone(mapping.zone), mapping.zone_origin, base=base)
