"""Check a package: one plain verdict, six rows that say why, and what to do next. Green is VERIFIED, nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QFileSystemWatcher, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QBoxLayout, QFrame, QProgressBar, QScrollArea, QWidget

from casebound.case import Receipt
from casebound.errors import CaseboundError
from casebound.work import Done, Failed, Progress, Stopped
from casebound_packaging.verify import FOOTER, SignerFacts, Verdict, verify
from casebound_packaging.verify.receiving import FileState
from casebound_ui.desktop import choosing, theme
from casebound_ui.desktop.check_receipt import ReceiptSheet
from casebound_ui.desktop.check_rows import CheckRows
from casebound_ui.desktop.check_trust import TrustCard
from casebound_ui.desktop.check_words import Checked, as_json, as_text
from casebound_ui.desktop.confirm import ConfirmSigner
from casebound_ui.desktop.controls import Button, Picture, centred, column, holder, label, retone, row
from casebound_ui.desktop.jobs import Running, Step
from casebound_ui.desktop.saving import whole
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.verdict import VerdictCard
from casebound_ui.desktop.welcome import DropArea
from casebound_ui.desktop.wording import count, size

WIDTH = 760


class Check(QWidget):
    """Takes a file, checks it behind the window, and shows the result. `checked` hears of every result and of None."""

    def __init__(
        self, around: Surroundings, changed: Callable[[], object], open_evidence: Callable[[], object]
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self._around, self._changed = around, changed
        self.path: Path | None = None
        self.checked: Checked | None = None
        self._running: Running[Checked] | None = None
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(lambda name: self._went_stale())
        self._watcher.directoryChanged.connect(lambda name: self._went_stale())
        self._confirm: ConfirmSigner | None = None
        self.receipt_sheet: ReceiptSheet | None = None
        self.session_of: Callable[[], CaseSession | None] = lambda: None  # the open case, where it may be written to
        self.verdict = VerdictCard()
        self.rows = CheckRows()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("How far the check is")
        self.stop = Button("Stop", self._stop, icon="x")
        self._name = label("", "strong")
        self._size = label("", "small", "text2")
        self._how = label("", "small", "text2")
        self._line = holder(
            row(Picture("package"), self._name, self._size, None, self._how, gap=8, margins=(4, 0, 4, 0))
        )
        self.trust = TrustCard(around, self._recheck)
        self.drop = DropArea("Drop a package or a report here", "It is read, never changed. Nothing is copied.", 150)
        self.choose_button = Button("Choose a file…", self.choose, kind="primary", icon="folder-open")
        self.confirm_button = Button("Confirm signer…", self.confirm_signer, kind="primary", icon="user-check")
        self.open_button = Button("Open evidence (read only)", open_evidence, kind="primary", icon="package-open")
        self.receipt = Button("Give a receipt…", self.give_receipt, icon="signature")
        self.take_in = Button("Take it into the case", self.take_receipt, kind="primary", icon="folder-input")
        self.again = Button("Check again", self._recheck, kind="primary", icon="refresh-cw")
        self.save = Button("Save check report", self._save, icon="file-text")
        self.copy = Button("Copy summary", self._copy, icon="copy")
        self._actions = row(
            row(self.again, self.confirm_button, self.open_button, self.take_in, self.receipt, None, gap=8),
            row(self.save, self.copy, None, gap=8),
            gap=8,
        )
        self._actions.setStretch(1, 1)
        self._foot = holder(
            row(Picture("info", "text3"), label(FOOTER, "small", "text3", wrap=True), gap=8, margins=(4, 0, 4, 0))
        )
        progress = row(self._bar, self.stop, gap=12)
        self._working = holder(progress)
        page = centred(
            column(
                self.verdict,
                self._working,
                self._line,
                self.rows,
                self._actions,
                self.drop,
                row(self.choose_button, None),
                self._foot,
                self.trust,
                None,
                gap=12,
            ),
            WIDTH,
            (12, 20, 12, 20),
        )
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(page)
        self.setLayout(column(area))
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_actions"):
            self._arrange()

    def _arrange(self) -> None:
        """Where there is much to do, or text is larger, that stands above what may be kept of the check."""
        tall = theme.scale() > 1.25 or not self.receipt.isHidden()
        self._actions.setDirection(QBoxLayout.Direction.TopToBottom if tall else QBoxLayout.Direction.LeftToRight)

    # What a person does

    def choose(self) -> None:
        choosing.file(self, "Check a package", choosing.PACKAGES, self.check)

    def take_files(self, paths: list[Path]) -> bool:
        if not paths[0].is_file():
            return False
        self.check(paths[0])
        return True

    def check(self, path: Path) -> None:
        """Check the file at `path` with what this person trusts."""
        if self._running is not None:
            self._running.stop()
        if watched := [*self._watcher.files(), *self._watcher.directories()]:
            self._watcher.removePaths(watched)
        self.path, self.checked = path, None
        trust, began = self.trust.given(), time.monotonic()

        def job(progress: Progress) -> Checked:
            state = FileState.of(path) if path.exists() else None
            report = verify(path, trust.ready(), progress)
            length = path.stat().st_size if path.is_file() else 0
            return Checked(path, length, report, self._around.preferences.clock(), time.monotonic() - began, state)

        self._running = self._around.board.start(job, self._ended, self._moved, on_case=False)
        self._show()
        self._changed()

    def confirm_signer(self) -> None:
        signer = self.checked.report.signer if self.checked else None
        if signer is not None:
            if self._confirm is None:
                self._confirm = ConfirmSigner(self.window(), self.confirmed)
                self._confirm.goes_with(self)
            self._confirm.ask(signer)

    def confirmed(self, signer: SignerFacts, how: str) -> None:
        """Remember the signer, and check again with that knowledge."""
        try:
            self._around.preferences.confirm(signer.fingerprint, signer.name, how, signer.key_fingerprint)
        except CaseboundError as error:
            self._around.tell(error)
            return
        self._recheck()

    def give_receipt(self) -> None:
        """Ask what is needed to sign that this package was received."""
        if self.checked is not None:
            if self.receipt_sheet is None:
                self.receipt_sheet = ReceiptSheet(self.window(), self._around, self._receipt_written)
                self.receipt_sheet.goes_with(self)
            self.receipt_sheet.ask(self.checked)

    def _receipt_written(self, path: Path) -> None:
        self._around.note(f"Receipt written to {path.name}. Send it back, and keep a copy.")

    def take_receipt(self) -> None:
        """Take a receipt that was checked into the open case."""
        session, path = self.session_of(), self.path
        if session is not None and path is not None:
            session.change(lambda case: case.add_receipt(path), self._taken_in, self._around.tell)

    def _taken_in(self, receipt: Receipt) -> None:
        self.take_in.hide()
        self._around.note(f"Taken into the case as {receipt.number}. It goes into later packages, too.")

    def save_to(self, path: Path) -> None:
        """Write the check report: JSON where the name ends in .json, plain text otherwise."""
        if self.checked is None:
            return
        text = as_json(self.checked) if path.suffix.lower() == ".json" else as_text(self.checked)
        try:
            whole(path, text.encode())
        except CaseboundError as error:
            self._around.tell(error)
            return
        self._around.note(f"Check report written to {path.name}.")

    def _save(self) -> None:
        if self.path is not None:
            name = f"{self.path.stem}-check.txt"
            choosing.target(self, "Save the check report", name, "Text (*.txt);;JSON (*.json)", self.save_to)

    def _copy(self) -> None:
        if self.checked is not None:
            report = self.checked.report
            limits = "".join(f"\n{word}: {meaning}" for word, meaning in self.checked.limits)
            told = f"{self.checked.path.name}: {report.headline}. {self.checked.sentence}{limits}"
            QGuiApplication.clipboard().setText(told)
            self._around.note("Summary copied.")

    def _stop(self) -> None:
        if self._running is not None:
            self._running.stop()

    def _recheck(self) -> None:
        if self.path is not None:
            self.check(self.path)

    # What the check says

    def _moved(self, step: Step) -> None:
        of = f" {count(step.done)} of {count(step.total)}" if step.total else ""
        self.verdict.say("neutral", "package", f"Checking…{of}", step.note)
        self._bar.setRange(0, max(step.total, 0))
        self._bar.setValue(step.done)

    def _ended(self, ending: Done[Checked] | Stopped | Failed) -> None:
        self._running = None
        match ending:
            case Done(checked):
                if checked.path == self.path:
                    self.checked = checked
                    self._watcher.addPaths(checked.watched())
            case Stopped():
                self._around.note("The check was stopped. Nothing is known about the package.")
            case Failed(error):
                self._around.tell(error)
        self._show()
        self._changed()

    def _went_stale(self) -> None:
        if self.checked is not None:
            self.checked = None
            self._show()
            self._changed()

    def _show(self) -> None:
        checked, working = self.checked, self._running is not None
        report = checked.report if checked else None
        for widget, on in (
            (self.verdict, self.path is not None),
            (self._working, working),
            (self._line, self.path is not None),
            (self.rows, checked is not None and bool(report and report.checks)),
            (self.drop, self.path is None),
            (self.choose_button, self.path is None),
            (self.save, checked is not None),
            (self.copy, checked is not None),
            (self.again, self.path is not None and checked is None and not working),
            (self._foot, self.path is not None),
            (self.trust, not working),
        ):
            widget.setVisible(on)
        unknown = bool(report and report.signer and "UNATTRIBUTED" in report.limits)
        readable = bool(report and report.kind == "package" and report.counts.get("files"))
        received = bool(report and report.kind == "package" and report.checkpoint and report.version)
        returned = bool(report and report.kind == "receipt" and report.verdict is not Verdict.NOT_VERIFIED)
        self.receipt.setVisible(received)
        self._arrange()
        self.take_in.setVisible(returned and self.session_of() is not None)
        self.confirm_button.setVisible(unknown)
        self.open_button.setVisible(readable)
        for second in (self.open_button, self.take_in):
            retone(second, kind="plain" if unknown else "primary")
        self.take_in.show_icon("folder-input")
        self.open_button.show_icon("package-open")
        if self.path is not None:
            self._name.setText(self.path.name)
            self._size.setText(size(self.path.stat().st_size) if self.path.is_file() else "")
        self.rows.show_checked(checked)
        self.trust.show_checked(checked)
        self._how.setText(f"Checked here, offline, in {checked.seconds:.1f} s" if checked else "")
        if checked is not None and report is not None:
            self.verdict.say(checked.tone, checked.icon, report.headline, checked.sentence, checked.limits_below)
        elif working:
            self.verdict.say("neutral", "package", "Checking…", "Every file is read and compared.")
        else:
            self.verdict.say(
                "neutral",
                "package",
                "Not checked",
                "The file has changed since it was checked, or the check was stopped.",
            )
