"""The case at a glance: does it hold, what is in it, what is next, what was last done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from casebound.case import Snapshot
from casebound.check import CheckReport
from casebound.work import Done, Failed, Progress, Stopped
from casebound_ui.desktop.banner import Banner
from casebound_ui.desktop.controls import Button, PaneButton, Picture, column, frame, holder, label, row, rule
from casebound_ui.desktop.custody_links import Chain, Link
from casebound_ui.desktop.records import Cell, Field, RecordTable
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.wording import count, counted, day, from_us

LAST = 10


class Tile(PaneButton):
    """A number that leads to its screen."""

    def __init__(self, icon: str, name: str, go: Callable[[], object]) -> None:
        self._name = name
        self._number = label("0", "h2")
        self._second = label("", "small", "text2", wrap=True)
        head = row(Picture(icon, "accent"), label(name, "body", "text2"), None, gap=8)
        super().__init__("choice", column(head, self._number, self._second, gap=3, margins=(14, 12, 14, 12)), go)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)  # all as high as the highest

    def show_number(self, number: int, second: str) -> None:
        self._number.setText(count(number))
        self._second.setText(second)
        self.setAccessibleName(f"{self._name}: {count(number)}. {second}")


class Overview(QWidget):
    """Verdict of the last check, counts, next step, last custody entries."""

    def __init__(self, session: CaseSession, around: Surroundings) -> None:
        super().__init__()
        self.setObjectName("page")
        self._session, self._around = session, around
        self.report: CheckReport | None = None
        self.quick: CheckReport | None = None  # of the opening
        self._chain = Chain((), None)
        self.check_button = Button("Check the whole case", self.check, kind="quiet", icon="list-checks")
        self.banner = Banner(
            self.check_button, Button("Inspect", lambda: around.go("custody"), kind="quiet", icon="link-2")
        )
        self.tiles = {
            name: Tile(icon, title, self._going(name))
            for name, title, icon in (
                ("sources", "Sources", "database"),
                ("timeline", "Events", "chart-gantt"),
                ("attachments", "Attachments", "paperclip"),
                ("findings", "Findings", "flag"),
                ("packages", "Packages", "package"),
            )
        }
        self._step = label("", "title")
        self._why = label("", "body", "text2", wrap=True)
        self._do: Callable[[], object] = lambda: None
        self.next_button = Button("Next", lambda: self._do(), kind="primary")
        next_card = frame("card")
        words = column(label("Next step", "caption", "text3"), self._step, self._why, gap=3)
        line = row(words, self.next_button, gap=16, margins=(18, 14, 18, 14))
        line.setStretch(0, 1)
        next_card.setLayout(line)
        self.table = RecordTable(
            (
                Field("Entry", 70, lambda link: Cell(f"{link.seq:,}", "text2")),
                Field("Time (UTC)", 170, _when),
                Field("What happened", 0, lambda link: Cell(link.title, kind="strong", second=link.second)),
                Field("Person", 150, lambda link: Cell(link.person)),
            ),
            "Last custody entries",
            height=44,
        )
        self.table.opened.connect(lambda link: around.go("custody"))
        last = frame("card")
        head = row(label("Last custody entries", "title"), None, gap=8, margins=(16, 10, 10, 8))
        last.setLayout(column(head, rule(), self.table, gap=0, margins=(1, 1, 1, 1)))
        tiles = row(*self.tiles.values(), gap=12)
        layout = column(self.banner, tiles, next_card, last, gap=12, margins=(16, 12, 16, 12))
        layout.setStretch(3, 1)
        last.setMinimumHeight(180)
        area = QScrollArea()  # with large words there is more than a window holds
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(holder(layout))
        self.setLayout(column(area, gap=0))
        session.changed.add(lambda kinds: self.refresh())
        session.changed.add(lambda kinds: self._outdate(kinds))
        self.banner.say("neutral", "Checking custody…", "Every seal is being recomputed.")
        self.destroyed.connect(session.custody.watch(self._take_chain))
        self.refresh()

    def _outdate(self, kinds: frozenset[str]) -> None:
        """A check says nothing about what came after it."""
        if kinds - {"ledger", "actor"}:
            self.report = None

    def refresh(self) -> None:
        """The numbers of the case, and what may come next."""
        snapshot, events = self._session.snapshot, self._session.events
        aside = sum(source.quarantined for source in snapshot.sources)
        span = events.span
        covers = f"{from_us(span[0])[:-10]} to {from_us(span[1])[:-10]}" if span else "no times yet"
        exported = sum(package.exported for package in snapshot.packages)
        self.tiles["sources"].show_number(len(snapshot.sources), f"{counted(aside, 'row')} set aside")
        self.tiles["timeline"].show_number(events.count, covers)
        self.tiles["attachments"].show_number(len(snapshot.attachments), counted(len(snapshot.exhibits), "exhibit"))
        self.tiles["findings"].show_number(len(snapshot.findings), counted(len(snapshot.marks), "mark"))
        self.tiles["packages"].show_number(exported, "sealed" if exported else "none sealed yet")
        title, why, button, self._do = self._next(snapshot)
        self._step.setText(title)
        self._why.setText(why)
        self.next_button.show_text(button)
        self.next_button.setEnabled(not snapshot.read_only or exported > 0)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def check(self) -> None:
        """Recompute custody, hash every original, compare the rows: a job with progress and Stop."""

        def job(progress: Progress) -> CheckReport:
            return self._session.case.check(progress)

        def ended(ending: Done[CheckReport] | Stopped | Failed) -> None:
            self.check_button.setEnabled(True)
            match ending:
                case Done(report):
                    self.report = report
                    self._show_banner()
                    if not self._session.read_only:
                        self._session.change(lambda case: case.record_checked(report))
                case Failed(error):
                    self._around.tell(error)

        self.check_button.setEnabled(False)
        self._session.run(job, ended, title="Checking the case")

    def _check_quickly(self) -> None:
        """Once, when the case was opened: every record against custody, every original looked for, none read again."""

        def job(progress: Progress) -> CheckReport:
            return self._session.case.check(progress, full=False)

        def ended(ending: Done[CheckReport] | Stopped | Failed) -> None:
            match ending:
                case Done(report):
                    self.quick = report
                    self._show_banner()
                case Failed(error):
                    self._around.tell(error)

        self._session.run(job, ended, on_case=False, spare=True)

    def _take_chain(self, chain: Chain) -> None:
        if not self._chain.size:
            self._check_quickly()
        self._chain = chain
        self.table.show_records(tuple(reversed(chain.links[-LAST:])), key=lambda link: link.seq)
        self._show_banner()

    def _show_banner(self) -> None:
        head, text = self._chain.verdict()
        if not self._chain.unbroken:
            self.banner.say("bad", head, text)
        elif self.report is not None:
            told, _, rest = self.report.sentence.partition(":")
            first = self.report.findings[0] if self.report.findings else None
            words = f"{first.item}: {first.problem}" if first else rest.strip().capitalize()
            self.banner.say("ok" if self.report.clean else "bad", f"{told}.", words)
        elif self.quick is not None and not self.quick.clean:
            first = self.quick.findings[0]
            self.banner.say("bad", "This case does not hold.", f"{first.item}: {first.problem}")
        else:
            if self.quick is not None:  # one line holds both
                checked = f"{counted(self._chain.size, 'entry', 'entries')} checked."
                text = f"{checked} When it was opened, {self.quick.in_place}."
            self.banner.say("ok", head, text)

    def _next(self, snapshot: Snapshot) -> tuple[str, str, str, Callable[[], object]]:
        run = self._around.commands.run
        if not snapshot.sources and not snapshot.attachments:
            return (
                "Bring in the first export",
                "A file, a folder or a ZIP. The original is kept byte for byte before anything is read.",
                "Bring in an export…",
                lambda: run("bring-in"),
            )
        if not snapshot.exhibits:
            return (
                "Choose the first exhibit",
                "Look at the timeline, mark what matters, and make an exhibit of what you will rely on.",
                "Go to the timeline",
                lambda: self._around.go("timeline"),
            )
        if not snapshot.findings:
            return (
                "Write the first finding",
                "One sentence you could defend, with the exhibits that speak for it and against it.",
                "Write a finding",
                lambda: run("add-finding"),
            )
        unsupported = [finding.number for finding in snapshot.findings if not finding.supports]
        if unsupported:
            return (
                f"Choose evidence for {unsupported[0]}",
                "A finding without evidence is only a claim.",
                "Go to the findings",
                lambda: self._around.go("findings"),
            )
        if not any(package.exported for package in snapshot.packages):
            return (
                "Build the package",
                "Everything that leaves the case is sealed, and can be checked by a stranger.",
                "Build package",
                lambda: run("build-package"),
            )
        return (
            "Check the package as its recipient will",
            "Open the sealed file, and see the verdict that they will see.",
            "Go to the packages",
            lambda: self._around.go("packages"),
        )

    def _going(self, name: str) -> Callable[[], None]:
        return lambda: self._around.go(name)


def _when(link: Link) -> Cell:
    return Cell(f"{day(link.time)}  {link.time:%H:%M:%S}" if link.time else "", "text2")
