"""Which screens there are for an open case and for a package, in the order of the navigation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from casebound.case import EventId
from casebound.work import Done, Failed, Stopped
from casebound_ui.desktop.attachments import Attachments
from casebound_ui.desktop.casethings import CaseThings, Leads
from casebound_ui.desktop.check import Check
from casebound_ui.desktop.commands import Command
from casebound_ui.desktop.custody import Custody, CustodyView
from casebound_ui.desktop.evidence import Evidence
from casebound_ui.desktop.findings import Findings
from casebound_ui.desktop.navigation import Place
from casebound_ui.desktop.overview import Overview
from casebound_ui.desktop.package_evidence import PackageEvidence, read_evidence
from casebound_ui.desktop.package_screens import Exhibits, findings_screen, timeline_screen
from casebound_ui.desktop.packages import Packages
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.sources import Sources
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.timeline.screen import TimelineScreen
from casebound_ui.desktop.view_preview import ViewPreview
from casebound_ui.desktop.ways import Ways
from casebound_ui.desktop.wellbeing import Wellbeing
from casebound_ui.desktop.wording import size


class CasePlaces:
    """The eight screens of a case."""

    def __init__(self, session: CaseSession, around: Surroundings) -> None:
        self.overview = Overview(session, around)
        self.sources = Sources(session, around)
        self.timeline = TimelineScreen(session, around)
        preview = ViewPreview(session, self.timeline.browsing.read)
        ways = Ways(session, self._see_event, self._see_attachment, self._see_finding, self._see_view, self._see_entry)
        self.attachments = Attachments(session, around, ways)
        hide = Command(
            "hide-all",
            "Cover everything",
            "Hide every revealed item at once",
            self.cover_all,
            key="Ctrl+Shift+H",
            menu="View",
            icon="eye-off",
        )
        self.timeline.addAction(around.commands.add(hide, self.attachments))  # its key works on both screens
        self.evidence = Evidence(session, around, ways)
        self.findings = Findings(session, around, ways, preview)
        self.packages = Packages(session, around)
        self.custody = Custody(session, around, self._see_set_aside, ways)
        self._around, self._ways = around, ways
        wellbeing = Wellbeing(around.preferences, around.note)
        self.attachments.counted = self.timeline.acts.counted = wellbeing.revealed
        leads = Leads(self._see_event, self._see_attachment, self._see_exhibit, self._see_finding, self._see_filter)
        self.things = CaseThings(session, self.timeline.browsing, leads)
        self.places = [
            Place("overview", "Overview", "layout-dashboard", "Case", self.overview),
            Place("sources", "Sources", "database", "Case", self.sources, lambda: len(session.snapshot.sources)),
            Place("timeline", "Timeline", "chart-gantt", "Case", self.timeline),
            Place(
                "attachments",
                "Attachments",
                "paperclip",
                "Case",
                self.attachments,
                lambda: len(session.snapshot.attachments),
            ),
            Place(
                "evidence",
                "Evidence",
                "list-checks",
                "Case",
                self.evidence,
                lambda: len(session.snapshot.chronology),
            ),
            Place("findings", "Findings", "flag", "Case", self.findings, lambda: len(session.snapshot.findings)),
            Place(
                "packages",
                "Packages",
                "package",
                "Close out",
                self.packages,
                lambda: sum(package.exported for package in session.snapshot.packages),
            ),
            Place("custody", "Custody", "link-2", "Assurance", self.custody),
        ]

    def cover_all(self) -> None:
        """Cover every picture that was revealed, wherever it is."""
        self.attachments.cover.hide_again()
        self.timeline.cover_all()

    def _see_event(self, event: EventId) -> None:
        self._around.go("timeline")
        self.timeline.show_event(event)

    def _see_attachment(self, number: int) -> None:
        self._around.go("attachments")
        self.attachments.show_number(number)

    def _see_exhibit(self, number: str) -> None:
        go = self._ways.of_exhibit(number)
        if go is not None:
            go()

    def _see_filter(self, where: str) -> None:
        self._around.go("timeline")
        self.timeline.filter.put(where)
        self.timeline.canvas.setFocus()

    def _see_view(self, number: str) -> None:
        if f"saved-view-{number}" in {command.id for command in self._around.commands}:
            self._around.commands.run(f"saved-view-{number}")

    def _see_entry(self, number: str) -> None:
        self._around.go("evidence")
        self.evidence.choose(number)

    def _see_finding(self, number: str) -> None:
        self._around.go("findings")
        self.findings.choose(number)

    def _see_set_aside(self, source: str) -> None:
        self._around.go("sources")
        if source.isdigit():
            self.sources.show_source(int(source))


class PackagePlaces:
    """The check of a package and, once asked for, what is in it."""

    def __init__(self, around: Surroundings, leave: Callable[[], None], shown: Callable[[str], None]) -> None:
        self._around, self._leave, self._shown = around, leave, shown
        self.result = Check(around, self._changed, self.open_evidence)
        self._evidence: list[Place] = []
        self._evidence_of: Path | None = None

    @property
    def entry(self) -> Place:
        """The check as one screen among those of a case."""
        return Place("result", "Check a package", "shield-check", "Assurance", self.result)

    @property
    def title(self) -> str:
        return self.result.path.stem if self.result.path else "Check a package"

    @property
    def detail(self) -> str:
        checked = self.result.checked
        if checked is None:
            return ""
        case = f"Package from {checked.report.case_title}, " if checked.report.case_title else ""
        return f"{case}{size(checked.size)}" if checked.path.is_file() else case.removesuffix(", ")

    def places_with(self, case: str | None) -> list[Place]:
        """The screens of the package, and the way back to the case that stays open behind it."""
        found = [Place("result", "Result", "shield-check", "Package", self.result), *self._evidence]
        back = "Back to the case" if case is not None else "First screen"
        return [*found, Place("leave", back, "arrow-left", "Close", None, act=self._leave)]

    def check(self, path: Path) -> None:
        self.forget_evidence()
        self.result.check(path)

    def forget_evidence(self) -> None:
        self._evidence, self._evidence_of = [], None

    def widgets(self) -> list[QWidget]:
        return [place.widget for place in self._evidence if place.widget is not None]

    def open_evidence(self) -> None:
        """Read the package and show its lists."""
        path, checked = self.result.path, self.result.checked
        if path is None:
            return

        def ended(ending: Done[PackageEvidence] | Stopped | Failed) -> None:
            match ending:
                case Done(evidence):
                    if self.result.path == evidence.path and self.result.checked is checked:
                        self._take(evidence)
                case Failed(error):
                    self._around.tell(error)

        self._around.board.start(lambda progress: read_evidence(path, progress), ended, on_case=False)

    def _take(self, evidence: PackageEvidence) -> None:
        checked = self.result.checked
        custody = CustodyView(None, None)
        custody.show_chain(evidence.chain)
        custody.setObjectName("page")
        findings = findings_screen(evidence, checked)
        exhibits = Exhibits(evidence, checked, self._around)
        self._evidence = [
            Place("p-findings", "Findings", "flag", "Package", findings, lambda: len(evidence.findings)),
            Place("p-timeline", "Timeline", "chart-gantt", "Package", timeline_screen(evidence, checked)),
            Place("p-exhibits", "Exhibits", "paperclip", "Package", exhibits, lambda: len(evidence.exhibits)),
            Place("p-custody", "Custody", "link-2", "Package", custody),
        ]
        self._evidence_of = evidence.path
        self._shown("p-findings" if evidence.findings else "p-exhibits")

    def _changed(self) -> None:
        if self.result.checked is None and self._evidence:
            self.forget_evidence()
        self._shown("result")
