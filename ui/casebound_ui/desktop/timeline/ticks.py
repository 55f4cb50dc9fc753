"""The axis, from the layer below, which draws it in reports too (`casebound.timeaxis`)."""

from __future__ import annotations

from casebound.timeaxis import (
    ROOM,
    Axis,
    Tick,
    axis,
)

__all__ = [
    "ROOM",
    "Axis",
    "Tick",
    "axis",
]
