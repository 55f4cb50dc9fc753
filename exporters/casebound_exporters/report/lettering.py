"""Single lines of text inside pictures: inert, and never wider than their room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reportlab.lib.colors import HexColor  # noqa: TID253 - see the package: imported only when a report is made

from casebound_exporters.report import style
from casebound_exporters.report.text import Run, Typesetter

_MOST = 120  # characters that a label can take at all


@dataclass(frozen=True, slots=True)
class Lettering:
    """Sets one line at a time. What does not fit is cut, with … in its place."""

    setter: Typesetter

    def line(
        self,
        canvas: Any,
        text: str,
        x: float,
        y: float,
        room: float,
        font: str,
        *,
        size: float = 6.6,
        ink: str = style.INK,
        right: bool = False,
        centred: bool = False,
        halo: bool = False,
    ) -> float:
        """Draw a line from `x` on, up to it (`right`) or around it (`centred`); its width. `halo` clears its ground."""
        runs = self.fitted(canvas, text, font, size, room)
        width = sum(canvas.stringWidth(run.text, run.font, size) for run in runs)
        at = x - width if right else x - width / 2 if centred else x
        if halo:
            canvas.setFillColor(HexColor("#FFFFFF"))
            canvas.rect(at - 0.6, y - 0.8, width + 1.2, size * 0.92, stroke=0, fill=1)
        for run in runs:
            canvas.setFillColor(HexColor(style.ACCENT if run.coded else ink))
            canvas.setFont(run.font, size)
            canvas.drawString(at, y, run.text)
            at += canvas.stringWidth(run.text, run.font, size)
        return float(width)

    def fitted(self, canvas: Any, text: str, font: str, size: float, room: float) -> list[Run]:
        """The runs of `text` that fit into `room` points."""
        runs = self.setter.runs(text[:_MOST], font, 4 * _MOST)
        if sum(canvas.stringWidth(run.text, run.font, size) for run in runs) <= room and len(text) <= _MOST:
            return runs
        left = room - canvas.stringWidth("…", font, size)
        made: list[Run] = []
        for run in runs:
            kept = ""
            for character in run.text:
                if canvas.stringWidth(kept + character, run.font, size) > left:
                    break
                kept += character
            if kept:
                made.append(Run(run.font, kept, run.coded))
            left -= canvas.stringWidth(kept, run.font, size)
            if kept != run.text:
                break
        return [*made, Run(font, "…")]
