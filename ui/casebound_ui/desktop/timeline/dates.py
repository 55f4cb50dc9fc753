"""Event times as people read them, from the layer below (`casebound.timetext`)."""

from __future__ import annotations

from casebound.timetext import (
    DAYS,
    LONG_DAYS,
    LONG_MONTHS,
    MONTHS,
    cell_text,
    clock_text,
    date_text,
    edge_text,
    long_text,
    micros,
    moment,
    read_moment,
    spoken,
    table_text,
)

__all__ = [
    "DAYS",
    "LONG_DAYS",
    "LONG_MONTHS",
    "MONTHS",
    "cell_text",
    "clock_text",
    "date_text",
    "edge_text",
    "long_text",
    "micros",
    "moment",
    "read_moment",
    "spoken",
    "table_text",
]
