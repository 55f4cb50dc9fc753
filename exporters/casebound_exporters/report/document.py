"""The order of the report."""

from __future__ import annotations

from reportlab.platypus import Flowable, PageBreak  # noqa: TID253 - see the package

from casebound.work import Progress
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
            made += [*part(model, press), *([PageBreak()] if part in (set_aside, timeline, exhibits, chain) else [])]
        return made

    return print_pages(
        model.cover, compose, lambda: Typesetter(shelf), lambda number: progress(number, 0, f"report, page {number}")
    )
