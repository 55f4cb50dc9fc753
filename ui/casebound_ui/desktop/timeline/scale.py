"""The stretch of time in view, from the layer below, which counts for reports with it (`casebound.timescale`)."""

from __future__ import annotations

from casebound.timescale import (
    DAY,
    EARLIEST,
    HOUR,
    LADDER,
    LATEST,
    MILLISECOND,
    MINUTE,
    NIGHT_BELOW,
    SECOND,
    SHORTEST,
    SMALLEST_CELL,
    View,
    duration,
    fitted,
    limited,
    step_for,
    step_label,
    whole,
)

__all__ = [
    "DAY",
    "EARLIEST",
    "HOUR",
    "LADDER",
    "LATEST",
    "MILLISECOND",
    "MINUTE",
    "NIGHT_BELOW",
    "SECOND",
    "SHORTEST",
    "SMALLEST_CELL",
    "View",
    "duration",
    "fitted",
    "limited",
    "step_for",
    "step_label",
    "whole",
]
