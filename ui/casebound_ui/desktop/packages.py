"""Packages: what leaves the case, for whom and why, sealed with the person's key; and what left it before."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QLineEdit, QProgressBar, QScrollArea, QWidget

from casebound.case import SealedPackage
from casebound.identities import actor_of
from casebound.stampservices import kept_services
from casebound.work import Done, Failed, Progress, Stopped
from casebound_ui.desktop.checklist import Checklist, items
from casebound_ui.desktop.controls import Button, Picture, column, emptied, frame, holder, label, labelled, row
from casebound_ui.desktop.custody_links import Chain
from casebound_ui.desktop.jobs import Running, Step
from casebound_ui.desktop.records import Cell, Field, RecordTable
from casebound_ui.desktop.sealed import SealedCard
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.signing import SignerCard
from casebound_ui.desktop.stamping import StampCard, asked_in_turn
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.wording import counted, day, inert, short_hash, size

RECIPIENTS = {
    "legal": "Legal",
    "reviewer": "A reviewer",
    "partner": "A partner",
    "government": "An authority",
}


class Packages(QWidget):
    """Checklist, contents, recipient, signer, Build; then the result; then the history."""

    def __init__(self, session: CaseSession, around: Surroundings) -> None:
        super().__init__()
        self.setObjectName("page")
        self._session, self._around = session, around
        self._running: Running[SealedPackage] | None = None
        self._chain: Chain | None = None
        self.key = around.key
        self._act_with_key()
        self.checklist = Checklist(around.go)
        self.recipient = QComboBox()
        for value, text in RECIPIENTS.items():
            self.recipient.addItem(text, value)
        self.purpose, self.basis = QLineEdit(), QLineEdit()
        self.purpose.setPlaceholderText("Why it is handed over, in a few words")
        self.basis.setPlaceholderText("May be empty")
        self.purpose.textChanged.connect(lambda text: self._judge())
        self.signer = SignerCard(self.key, around, session.case.actor.name, self._unlocked)
        self.stamp = QCheckBox("Ask for a time stamp")
        self._services = label("", "small", "text3", wrap=True)
        self.build_button = Button("Sign and seal", self.build, kind="primary", icon="package-check")
        self._why_not = label("", "small", "text2", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("How far the sealing is")
        self.stop = Button("Stop", self._stop, icon="x", name="Stop sealing")
        self._stage = label("", "small", "text2")
        self._working = holder(row(self._stage, self._bar, self.stop, gap=12))
        self._working.hide()
        self._contents = column(gap=8)
        self.result = SealedCard(session, around)
        self.history = RecordTable(
            (
                Field("Version", 70, lambda p: Cell(f"v{p.version}", kind="strong")),
                Field(
                    "Package",
                    0,
                    lambda p: Cell(inert(p.name or p.package_id, 120), icon="package", second=inert(p.purpose, 160)),
                ),
                Field("For", 110, lambda p: Cell(RECIPIENTS.get(p.recipient_class, p.recipient_class), "text2")),
                Field("Sealed", 118, lambda p: Cell(day(p.prepared_at), "text2")),
                Field("Size", 80, lambda p: Cell(size(p.size) if p.exported else "", "text2"), right=True),
                Field(
                    "",
                    116,
                    lambda p: Cell(
                        "Sealed" if p.exported else "Not finished", "ok" if p.exported else "warn", chip=True
                    ),
                ),
                Field("SHA-256", 186, lambda p: Cell(short_hash(p.sha256), "text2", "mono"), spare=1),
            ),
            "Packages sealed so far, newest first. Enter checks one",
            height=46,
        )
        self.history.opened.connect(self.result.check)
        self.late_stamp = StampCard(session, around, self.result.path_of)
        self.history.chosen.connect(self._choose)
        self._lay_out()
        session.changed.add(lambda kinds: self._changed())
        self.destroyed.connect(session.custody.watch(self._take_chain))
        self.refresh()

    def _lay_out(self) -> None:
        whom = frame("card")
        fields = row(
            labelled("Recipient", self.recipient),
            labelled("Purpose", self.purpose),
            labelled("Legal basis", self.basis),
            gap=12,
        )
        fields.setStretch(1, 2)
        fields.setStretch(2, 1)
        stamp = column(self.stamp, self._services, gap=3)
        whom.setLayout(column(label("For whom, and why", "title"), fields, stamp, gap=10, margins=(20, 14, 20, 16)))
        contents = frame("card")
        contents.setLayout(
            column(label("What goes in", "title"), self._contents, None, gap=10, margins=(20, 14, 20, 16))
        )
        act = row(self._why_not, self.build_button, gap=12)
        act.setStretch(0, 1)
        two = row(self.checklist, contents, gap=12)
        two.setStretch(0, 3)
        two.setStretch(1, 2)
        past = frame("card")
        head = row(
            label("Sealed so far", "title"),
            label("Enter checks the chosen one.", "small", "text3"),
            None,
            margins=(16, 10, 16, 6),
        )
        past.setLayout(column(head, self.history, gap=0, margins=(1, 1, 1, 1)))
        past.setMinimumHeight(190)
        self._past = past
        above = (self.result, two, whom, self.signer, act, self._working)
        body = holder(column(*above, past, self.late_stamp, None, gap=12, margins=(16, 12, 16, 16)))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(body)
        self.setLayout(column(area))

    def refresh(self) -> None:
        snapshot = self._session.snapshot
        self.history.show_records(tuple(reversed(snapshot.packages)), key=lambda p: p.version)
        self._past.setVisible(bool(snapshot.packages))
        newest = next((one for one in reversed(snapshot.packages) if one.exported), None)
        self.late_stamp.show_package(self.history.record or newest)
        self._say_services()
        emptied(self._contents)
        tables = {source.table for source in snapshot.sources}
        for icon, text in (
            ("file-text", "The signed report (PDF)"),
            ("flag", counted(len(snapshot.findings), "finding")),
            ("bookmark", counted(len(snapshot.exhibits), "exhibit")),
            ("table-2", f"Rows behind the numbers, of {counted(len(tables), 'table')}"),
            ("link-2", f"The custody record, {counted(snapshot.ledger_size, 'entry', 'entries')}"),
            ("shield-check", "How to check it, without this program"),
        ):
            self._contents.addWidget(holder(row(Picture(icon, "text2"), label(text), None, gap=10)))
        self.checklist.show_items(items(snapshot, self._chain))
        self._judge()

    def _changed(self) -> None:
        if self.isVisible():  # it is looked at anew whenever somebody comes here
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        # Custody is recomputed when somebody comes here, not only when this window changed something.
        super().showEvent(event)
        self._session.custody.check()
        self.refresh()
        self.late_stamp.look_again()

    def _choose(self, package: SealedPackage | None) -> None:
        if package is not None:
            self.late_stamp.show_package(package)

    def _say_services(self) -> None:
        """Which services would be asked. None is named at first, and then nobody is."""
        services = kept_services()
        if self.stamp.isEnabled() is not bool(services):
            self.stamp.setChecked(bool(services))
        self.stamp.setEnabled(bool(services))
        self._services.setText(asked_in_turn(services))
        self.stamp.setAccessibleDescription(self._services.text())

    # Building

    def build(self) -> None:
        """Sign and seal; where something is missing, go to it instead."""
        if self._running is not None:
            return
        identity = self.key.identity
        if identity is None or self._missing():
            self._judge()
            (self.purpose if not self.purpose.text().strip() else self.signer.passphrase).setFocus()
            return
        recipient = str(self.recipient.currentData())
        purpose, basis = self.purpose.text().strip(), self.basis.text().strip()
        target = self._session.case.path / "packages"
        services = kept_services() if self.stamp.isChecked() else ()

        def job(progress: Progress) -> SealedPackage:
            # The report's library is slow to load: not before somebody seals, and not on the window's thread.
            from casebound_exporters.archive import SealedPackageExporter

            target.mkdir(exist_ok=True, mode=0o700)
            exporter = SealedPackageExporter(
                recipient_class=recipient,
                purpose=purpose,
                legal_basis=basis,
                organisation=identity.organisation,
                identity=identity,
                services=services,
            )
            return exporter.export(self._session.case, target, progress)

        self.result.hide()
        self._working.show()
        self._running = self._session.run(job, self._ended, self._moved, title="Sealing the package")
        self._judge()

    def _moved(self, step: Step) -> None:
        self._bar.setRange(0, max(0, step.total))
        self._bar.setValue(step.done)
        self._stage.setText(step.note)

    def _ended(self, ending: Done[SealedPackage] | Stopped | Failed) -> None:
        self._running = None
        self._working.hide()
        match ending:
            case Done(package):
                self.result.show_package(package)
            case Stopped():
                self._around.note("Sealing was stopped. Nothing left the case.")
            case Failed(error):
                self._around.tell(error)
        self._judge()

    def _stop(self) -> None:
        if self._running is not None:
            self._running.stop()

    def _take_chain(self, chain: Chain) -> None:
        self._chain = chain
        if self.isVisible():
            self.checklist.show_items(items(self._session.snapshot, chain))
            self._judge()

    def _act_with_key(self) -> None:
        """While the key is unlocked, custody names it as the actor."""
        if self.key.identity is not None:
            self._session.case.actor = actor_of(self.key.identity)

    def _unlocked(self) -> None:
        self._act_with_key()
        self._session.changed(frozenset({"actor"}))
        self._around.note("The key is ready to sign, until the window is closed.")
        self._judge()

    def _missing(self) -> str:
        if self._session.read_only:
            return "The case is open for looking on only."
        if self._chain is not None and not self._chain.unbroken:
            return "The custody record is broken; a package of it would not verify."
        if not self.purpose.text().strip():
            return "Say what the package is for."
        if self.key.identity is None:
            return "Make or unlock the key that signs."
        return ""

    def _judge(self) -> None:
        missing = self._missing()
        self._why_not.setText(
            missing or "Sealing writes the hand-over into custody first, then the package, whole or not at all."
        )
        self.build_button.setEnabled(not missing and self._running is None)
