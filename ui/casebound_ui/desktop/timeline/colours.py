"""Colour by a column: exact counts of its most frequent values in every bin, and how each of them looks. Free of Qt.

Six values have a colour of their own, everything else is grey. No value is told by its colour alone: the values keep
their order in every bar and in the legend, each has a pattern there, and each has a shape where events are dots.
Amber, violet, green and red stay what they are: people's marks, findings, and the state of the evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from casebound_ui.desktop.timeline.bins import Colours, Frame, Shown, split

MOST = 6
OTHER = "Everything else"


class Shape(Enum):
    """What a dot looks like."""

    DISC = "disc"
    SQUARE = "square"
    UP = "up"
    DOWN = "down"
    BAR = "bar"
    CROSS = "cross"
    RING = "ring"


@dataclass(frozen=True, slots=True)
class Paint:
    """How one value is drawn: its colour on light and on dark ground, the pattern of its bars, and its dots."""

    light: str
    dark: str
    pattern: str  # "", "rising", "falling", "level", "upright", "dotted", "crossed"
    shape: Shape

    def on(self, theme: str) -> str:
        return self.dark if theme == "dark" else self.light


PAINTS: tuple[Paint, ...] = (
    Paint("#1F5FAE", "#6FA8F5", "", Shape.DISC),
    Paint("#0B8A94", "#3DB5C9", "rising", Shape.SQUARE),
    Paint("#B4487F", "#DA66CC", "level", Shape.UP),
    Paint("#66741B", "#BCCB62", "falling", Shape.DOWN),
    Paint("#87583A", "#CB9C7A", "upright", Shape.BAR),
    Paint("#3486C6", "#A8E0F5", "crossed", Shape.CROSS),
)
GREY = Paint("#7A8592", "#8B97A6", "dotted", Shape.RING)


@dataclass(frozen=True, slots=True)
class Stack:
    """What colour adds to one picture: for each value its count in every bin and in view, and its paint."""

    field: str
    labels: tuple[str, ...]
    paints: tuple[Paint, ...]
    cells: NDArray[np.int64]  # one row for each value; they add up to the frame's totals
    in_view: tuple[int, ...]
    dots: tuple[NDArray[np.int16], ...] | None  # which value each dot of each lane is


def coloured(field: str, codes: NDArray[np.int16], labels: Sequence[str]) -> Colours:
    """The events shown, told apart by their codes: the first `MOST` labels, and everything else."""
    kept = np.where(codes < MOST, codes, np.int16(-1)).astype(np.int16)
    return Colours(field, split(kept, tuple(labels)[:MOST], OTHER), kept)


def stacked(shown: Shown, frame: Frame) -> Stack | None:
    """The counts of every value in the bins of a frame; None where nothing is told by colour."""
    colours = shown.colours
    if colours is None:
        return None
    keys = np.searchsorted(shown.times, frame.edges).astype(np.int32)
    ends = np.array(shown.ranks(frame.view), dtype=np.int32)
    cells = np.zeros((len(colours.values), frame.totals.size), dtype=np.int64)
    in_view = []
    for row, value in enumerate(colours.values):
        cells[row] = np.diff(np.searchsorted(value.ranks, keys))
        low, high = np.searchsorted(value.ranks, ends)
        in_view.append(int(high - low))
    places = {value.code: row for row, value in enumerate(colours.values)}
    dots = None
    if frame.dots is not None:
        rows = np.array([places.get(code, 0) for code in range(-1, MOST)], dtype=np.int16)
        made = []
        for lane in shown.lanes:
            low, high = np.searchsorted(lane.ranks, ends)
            made.append(rows[colours.codes[lane.ranks[low:high]] + 1])
        dots = tuple(made)
    paints = tuple(PAINTS[value.code] if value.code >= 0 else GREY for value in colours.values)
    return Stack(colours.field, tuple(value.label for value in colours.values), paints, cells, tuple(in_view), dots)
