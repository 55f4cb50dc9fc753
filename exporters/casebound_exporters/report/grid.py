"""A table that can be of any length: quiet lines, a head on every page, rows that break when they must.

ReportLab's own tables take time that grows with the square of their length and put an unembedded Helvetica into the
file; this one measures each row once, however many pages it is broken over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from reportlab.lib.colors import HexColor  # noqa: TID253 - see the package: imported only when a report is made
from reportlab.platypus import Flowable  # noqa: TID253

from casebound_exporters.report import style

if TYPE_CHECKING:
    from casebound_exporters.report.blocks import Cell, Press

_GAP: Final = 8.0  # between columns

Stack = list[Any]
"""The paragraphs of one cell, from top to bottom."""


@dataclass(frozen=True, slots=True)
class Column:
    """Head and width (points) of a column."""

    head: str
    width: float
    right: bool = False


def table(
    press: Press,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Sequence[Cell] | Cell | str]],
    *,
    tight: bool = False,
) -> Flowable:
    """A table of texts; `tight` where each row is one short line."""
    made = [[press.stack(cell, style.CELL) for cell in row] for row in rows]
    return grid(columns, made, press, padding=1.7 if tight else 3.6)


def grid(
    columns: Sequence[Column], rows: list[list[Stack]], press: Press, *, lines: bool = True, padding: float = 3.6
) -> Flowable:
    """A table of finished paragraphs. `lines` draws a hair between rows."""
    head = (
        [[press.text(style.HEAD_CELL, column.head, 60)] for column in columns] if any(c.head for c in columns) else None
    )
    if any(column.right for column in columns):
        for row in [*([head] if head else []), *rows]:
            for column, stack in zip(columns, row, strict=True):
                for item in stack if column.right else ():
                    item.style.alignment = 2
    return Grid([column.width for column in columns], head, rows, lines, padding)


def _drop(row: list[Stack], stack: Stack) -> float:
    """How far a cell is lowered so that the first lines of a row stand on one base line."""
    sizes = [other[0].style.fontSize for other in row if other]
    return float(max(sizes) - stack[0].style.fontSize) if stack else 0.0


class Grid(Flowable):  # type: ignore[misc]
    """The table as ReportLab flows it over pages."""

    def __init__(
        self,
        widths: list[float],
        head: list[Stack] | None,
        rows: list[list[Stack]],
        lines: bool,
        padding: float,
        heights: list[float | None] | None = None,
    ) -> None:
        super().__init__()
        self.widths, self.head, self.rows, self.lines, self.padding = widths, head, rows, lines, padding
        known = heights if heights is not None else [None] * len(rows)
        self.heights = [
            self._height(row) if height is None else height for row, height in zip(rows, known, strict=True)
        ]
        self.head_height = self._height(head) if head else 0.0
        self.spaceAfter = 10 if lines else 6

    def _height(self, row: list[Stack]) -> float:
        return 2 * self.padding + max(  # type: ignore[no-any-return]
            _drop(row, stack) + sum(item.wrap(self._room(place), 1e6)[1] for item in stack)
            for place, stack in enumerate(row)
        )

    def _room(self, place: int) -> float:
        last = place == len(self.widths) - 1
        return self.widths[place] - (0 if last else _GAP)

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        self.width, self.height = sum(self.widths), self.head_height + sum(self.heights)
        return self.width, self.height

    def split(self, _width: float, height: float) -> list[Any]:
        left, fit = height - self.head_height, 0
        while fit < len(self.rows) and self.heights[fit] <= left:
            left -= self.heights[fit]
            fit += 1
        if fit < len(self.rows):
            fit = self._kept(fit)
        first, rest = self.rows[:fit], self.rows[fit:]
        above: list[float | None] = [*self.heights[:fit]]
        below: list[float | None] = [*self.heights[fit:]]
        if rest and self.heights[fit] > style.HEIGHT - self.head_height and left > 60:
            upper, lower = self._broken(rest[0], left - 2 * self.padding)
            if upper and lower:
                first, rest = [*first, upper], [lower, *rest[1:]]
                above, below = [*above, None], [None, *below[1:]]
        if not first:
            return []
        parts = [(first, above), (rest, below)] if rest else [(first, above)]
        return [self._part(rows, heights) for rows, heights in parts]

    def _kept(self, fit: int) -> int:
        """Where to break so that no single row is left alone before or after the break, if that can be had."""
        if len(self.rows) - fit == 1 and fit > 2:
            return fit - 1
        return 0 if fit == 1 and len(self.rows) > 1 and self.heights[1] < style.HEIGHT / 4 else fit

    def _part(self, rows: list[list[Stack]], heights: list[float | None]) -> Any:
        return Grid(self.widths, self.head, rows, self.lines, self.padding, heights)

    def _broken(self, row: list[Stack], room: float) -> tuple[list[Stack] | None, list[Stack] | None]:
        """A row that is taller than a page, in two."""
        upper: list[Stack] = []
        lower: list[Stack] = []
        for place, stack in enumerate(row):
            left, above, below = room, Stack(), Stack()
            for item in stack:
                tall = item.wrap(self._room(place), 1e6)[1]
                if below:
                    below.append(item)
                elif tall <= left:
                    above.append(item)
                    left -= tall
                else:
                    halves = item.split(self._room(place), left)
                    above += halves[:1] if len(halves) > 1 else []
                    below += halves[1:] if len(halves) > 1 else [item]
            upper.append(above)
            lower.append(below)
        if not any(upper) or not any(lower):
            return None, None
        return upper, lower

    def draw(self) -> None:
        canvas = self.canv
        top = self.height
        if self.head:
            self._row(self.head, top, self.head_height)
            top -= self.head_height
            self._rule(top, 0.7, style.LINE)
        for place, (row, tall) in enumerate(zip(self.rows, self.heights, strict=True)):
            self._row(row, top, tall)
            top -= tall
            if self.lines:
                last = place == len(self.rows) - 1
                self._rule(top, 0.7 if last else 0.4, style.LINE if last else style.HAIR)
        canvas.setStrokeColor(HexColor(style.INK))

    def _row(self, row: list[Stack], top: float, _tall: float) -> None:
        x = 0.0
        for place, stack in enumerate(row):
            y = top - self.padding - _drop(row, stack)
            for item in stack:
                y -= item.wrap(self._room(place), 1e6)[1]
                item.drawOn(self.canv, x, y)
            x += self.widths[place]

    def _rule(self, y: float, width: float, ink: str) -> None:
        self.canv.setStrokeColor(HexColor(ink))
        self.canv.setLineWidth(width)
        self.canv.line(0, y, sum(self.widths), y)
