"""The order of the report."""

from __future__ import annotations

from reportlab.platypus import CondPageBreak, Flowable  # noqa: TID253 - see the package

from casebound.work import Progress
from casebound_exporters.report import style
from casebound_exporters.report.blocks import Press
from casebound_exporters.report.bottomline import bottom_line, findings
from casebound_exporters.report.closing import limits, method, verifying
from casebound_exporters.report.cover import cover_page
from casebound_exporters.report.evidence import exhibits, timeline
from casebound_exporters.report.fonts import open_shelf
from casebound_exporters.report.model import ReportModel
from casebound_exporters.report.pages import Sections, print_pages
from casebound_exporters.report.record import chain, custody
from casebound_exporters.report.scope import scope, set_aside
from casebound_exporters.report.text import Typesetter


def pages(model: ReportModel, progress: Progress) -> bytes:
    """All pages as a PDF, not yet archived or signed."""
    shelf = open_shelf()

    def compose(setter: Typesetter, sections: Sections) -> list[Flowable]:
        press = Press(setter)
        made = [*cover_page(model.cover, press, sections), *bottom_line(model, press), *findings(model, press)]
        for part in (scope, set_aside, timeline, exhibits, custody, chain, verifying, limits, method):
            progress(0, 0, "setting the report")
            if part is scope and not model.judgements:
                made.append(CondPageBreak(200))
            elif part in (scope, timeline, exhibits, custody, verifying):
                made.append(CondPageBreak(style.HEIGHT * 0.55))
            elif part is not method:
                made.append(CondPageBreak(200))
            made += part(model, press)
        return made

    return print_pages(
        model.cover, compose, lambda: Typesetter(shelf), lambda number: progress(number, 0, f"report, page {number}")
    )
