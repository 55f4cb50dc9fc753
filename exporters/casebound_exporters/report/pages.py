"""Paper: page frames, what stands on every page, and the two passes that give “page 3 of 17” and the contents."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from reportlab.lib.colors import HexColor  # noqa: TID253 - see the package: imported only when a report is made
from reportlab.pdfgen.canvas import Canvas  # noqa: TID253
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, NextPageTemplate, PageTemplate  # noqa: TID253

from casebound_exporters.report import style
from casebound_exporters.report.fonts import BODY, MEDIUM
from casebound_exporters.report.model import Cover
from casebound_exporters.report.text import Typesetter

LEGENDS = {
    "legal": "CONFIDENTIAL · FOR LEGAL COUNSEL",
    "reviewer": "CONFIDENTIAL · FOR INDEPENDENT REVIEW",
    "partner": "CONFIDENTIAL · FOR THE NAMED PARTNER",
    "government": "CONFIDENTIAL · FOR THE NAMED AUTHORITY",
}

Sections = tuple[tuple[str, int], ...]
"""(title, page) of every section, from the pass before."""

Compose = Callable[[Typesetter, Sections], list[Flowable]]


def legend(recipient_class: str) -> str:
    """What stands at the head of every page."""
    return LEGENDS.get(recipient_class, f"CONFIDENTIAL · FOR {recipient_class.upper()}")


def print_pages(
    cover: Cover, compose: Compose, setter_of: Callable[[], Typesetter], progress: Callable[[int], None]
) -> bytes:
    """Set the pages, twice: the first pass counts them. `progress` is told of every page and may raise to stop."""
    pages, sections = 0, ()  # type: int, Sections
    for _attempt in range(4):
        setter = setter_of()
        target = io.BytesIO()
        document = _Paper(target, cover, pages, setter, progress)
        document.build([NextPageTemplate("body"), *compose(setter, sections)], canvasmaker=_Sheet)
        found = tuple(document.canv.sections)
        if (document.page, found) == (pages, sections):
            break
        pages, sections = document.page, found
    return target.getvalue()


class _Sheet(Canvas):  # type: ignore[misc]
    """A canvas that remembers where sections begin, names no built-in font and depends on no clock."""

    def __init__(self, filename: Any, **options: Any) -> None:
        options.update(invariant=1, pageCompression=1, initialFontName=BODY, initialFontSize=9, lang="en-GB")
        super().__init__(filename, **options)
        self.sections: list[tuple[str, int]] = []


class _Paper(BaseDocTemplate):  # type: ignore[misc]
    def __init__(
        self, target: io.BytesIO, cover: Cover, pages: int, setter: Typesetter, progress: Callable[[int], None]
    ) -> None:
        super().__init__(target, pagesize=style.PAGE, title="", author="", allowSplitting=1)
        self.cover, self.pages, self.setter, self.progress = cover, pages, setter, progress
        frame = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
        body = Frame(style.LEFT, style.BOTTOM, style.WIDTH, style.HEIGHT, id="body", **frame)
        self.addPageTemplates(
            [
                PageTemplate("cover", [body], onPage=self._margins, pagesize=style.PAGE),
                PageTemplate("body", [body], onPage=self._margins, pagesize=style.PAGE),
            ]
        )

    def _margins(self, canvas: Any, _document: Any) -> None:
        """Case number and legend above, package and page number below."""
        self.progress(canvas.getPageNumber())
        canvas.saveState()
        right = style.PAGE[0] - style.RIGHT
        head, foot = style.PAGE[1] - 50, 46
        self._line(canvas, self.cover.case_number, style.LEFT, head, MEDIUM, style.INK)
        mark = legend(self.cover.recipient_class)
        width = canvas.stringWidth(mark, MEDIUM, 7)
        self._line(canvas, mark, right - width, head, MEDIUM, style.SOFT, 7)
        self._rule(canvas, head - 9)
        self._rule(canvas, foot + 13)
        self._line(canvas, f"Package {self.cover.package_id}", style.LEFT, foot, BODY, style.FAINT)
        number = f"Page {canvas.getPageNumber()} of {self.pages or 1}"
        self._line(canvas, number, right - canvas.stringWidth(number, BODY, 7.5), foot, BODY, style.FAINT)
        canvas.restoreState()

    def _line(self, canvas: Any, text: str, x: float, y: float, font: str, ink: str, size: float = 7.5) -> None:
        canvas.setFillColor(HexColor(ink))
        for run in self.setter.runs(text, font, 60):
            canvas.setFont(run.font, size)
            canvas.drawString(x, y, run.text)
            x += canvas.stringWidth(run.text, run.font, size)

    def _rule(self, canvas: Any, y: float) -> None:
        canvas.setStrokeColor(HexColor(style.HAIR))
        canvas.setLineWidth(0.6)
        canvas.line(style.LEFT, y, style.PAGE[0] - style.RIGHT, y)
