"""The report: `make_report(ReportModel)` gives the bytes of an unsigned PDF/A-3b.

The modules that set pages import ReportLab when they are imported, and are themselves imported only when a report is
made:
the window must come up fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casebound_exporters.report.model import ReportModel

if TYPE_CHECKING:
    from casebound.work import Progress


def make_report(model: ReportModel, progress: Progress) -> bytes:
    """Set the pages and make them PDF/A-3b. A pure function of the model: equal models give equal bytes."""
    from casebound_exporters.report.document import pages
    from casebound_exporters.report.pdfa import archived

    return archived(pages(model, progress), model.cover)
