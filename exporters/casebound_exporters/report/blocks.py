"""The pieces that sections are made of: paragraphs, labelled values, tables, panels and commands.

No text here goes through ReportLab's markup parser: paragraphs are given as finished fragments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from reportlab.lib.colors import HexColor  # noqa: TID253 - see the package: imported only when a report is made
from reportlab.lib.styles import ParagraphStyle  # noqa: TID253
from reportlab.platypus import CondPageBreak, Flowable, Paragraph  # noqa: TID253
from reportlab.platypus.paraparser import ParaFrag  # noqa: TID253

from casebound_exporters.report import style
from casebound_exporters.report.flow import Framed, Heading
from casebound_exporters.report.grid import Column, grid
from casebound_exporters.report.style import Kind
from casebound_exporters.report.text import Run, Typesetter

Cell = tuple[Kind, str]
"""One text of a table cell."""


@dataclass(frozen=True, slots=True)
class Press:
    """Makes flowables out of texts."""

    setter: Typesetter

    def text(self, kind: Kind, text: str, most: int = 600) -> Paragraph:
        """One paragraph."""
        return paragraph(kind, self.setter.runs(text, kind.font, most))

    def mixed(self, *parts: Cell, most: int = 600) -> Paragraph:
        """One paragraph of several kinds of text; leading and spacing are those of the first."""
        runs: list[tuple[Run, Kind]] = []
        for kind, text in parts:
            runs += [(run, kind) for run in self.setter.runs(text, kind.font, most)]
        return paragraph(parts[0][0], [run for run, _ in runs], [kind for _, kind in runs])

    def prose(self, kind: Kind, text: str, most: int = 6000) -> list[Flowable]:
        """Paragraphs, one for each line of `text`; of the whole, `most` characters are printed."""
        made: list[Flowable] = []
        left = most
        lines = [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
        for number, line in enumerate(lines):
            if left <= 0 or number >= 60:
                self.setter.account.shortened += 1
                rest = sum(len(line) for line in lines[number:])
                made.append(
                    self.text(replace(kind, ink=style.FAINT), f"… {rest:,} more characters are not printed here.")
                )
                break
            made.append(self.text(kind, line, left))
            left -= len(line)
        return made

    def facts(self, facts: Sequence[tuple[str, Sequence[Cell] | Cell | str]], label_width: float = 112) -> Flowable:
        """Labelled values, one below the other; each value is one text or several, each on its own line."""
        rows = [[[self.text(style.LABEL, label, 80)], self.stack(value, style.VALUE)] for label, value in facts]
        columns = [Column("", label_width), Column("", style.WIDTH - label_width)]
        return grid(columns, rows, self, lines=False, padding=2.2)

    def stack(self, value: Sequence[Cell] | Cell | str, kind: Kind) -> list[Paragraph]:
        """A cell's paragraphs."""
        if isinstance(value, str):
            return [self.text(kind, value)]
        if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], Kind):
            return [self.text(value[0], str(value[1]), _room(value[0]))]
        return [self.text(own, text, _room(own)) for own, text in value]

    def section(self, title: str) -> Flowable:
        """The heading that opens a section and stands in the contents and the outline."""
        return Heading(self.text(style.SECTION, title, 90), title)

    def whole(self, *parts: Flowable, most: float = 0.6) -> list[Flowable]:
        """Parts that belong together: they begin a page of their own rather than being broken over two, unless they
        take more than `most` of a page.
        """
        tall = sum(part.wrap(style.WIDTH, 1e6)[1] + part.getSpaceBefore() + part.getSpaceAfter() for part in parts)
        return [CondPageBreak(min(tall, style.HEIGHT * most)), *parts]

    def command(self, text: str) -> Flowable:
        """Lines to be typed, set as they are. Lines must fit: they are ours."""
        return Framed([self.text(style.COMMAND, line, 200) for line in text.split("\n")], fill=style.WASH)

    def panel(self, *inside: Flowable) -> Flowable:
        """Something that must be seen: a rule in the accent on its left."""
        return Framed(list(inside), fill=style.WASH, rule=style.ACCENT)


def _room(kind: Kind) -> int:
    """How many characters a cell takes; the narrow cells of tables take fewer, so that a row stays a row."""
    return 260 if kind in (style.CELL, style.CELL_STRONG) else 600


def paragraph(kind: Kind, runs: Sequence[Run], kinds: Sequence[Kind] | None = None) -> Paragraph:
    """A ReportLab paragraph of finished fragments."""
    look = ParagraphStyle(
        "text",
        fontName=kind.font,
        fontSize=kind.size,
        leading=kind.leading,
        textColor=HexColor(kind.ink),
        spaceBefore=kind.before,
        spaceAfter=kind.after,
        keepWithNext=kind.together,
        alignment=1 if kind.centred else 0,
        splitLongWords=1,
        allowWidows=0,
        allowOrphans=0,
        bulletFontName=kind.font,
        underlineWidth="",
        shaping=0,
    )
    fragments: list[Any] = []
    for place, run in enumerate(runs or [Run(kind.font, " ")]):
        own = kinds[place] if kinds else kind
        fragments.append(
            ParaFrag(
                fontName=run.font,
                fontSize=own.size * 0.9 if run.coded else own.size,
                textColor=HexColor(style.ACCENT if run.coded else own.ink),
                text=run.text,
                rise=0,
                greek=0,
                bold=0,
                italic=0,
                link=[],
                us_lines=[],
            )
        )
    return Paragraph("", look, frags=fragments)
