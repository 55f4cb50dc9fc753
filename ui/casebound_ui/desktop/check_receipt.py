"""Giving a receipt for a package that was checked: what it will say, who signs, and where the file goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtWidgets import QLineEdit, QWidget

from casebound.work import Done, Failed, Progress, Stopped
from casebound_packaging.keptstate import phone_text
from casebound_packaging.receipt import LONGEST_NOTE
from casebound_packaging.verify.receiving import give_receipt
from casebound_ui.desktop import choosing
from casebound_ui.desktop.check_words import Checked
from casebound_ui.desktop.controls import Button, column, frame, label, labelled, row
from casebound_ui.desktop.overlay import Overlay
from casebound_ui.desktop.saving import whole
from casebound_ui.desktop.signing import SignerCard
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.wording import inert


class ReceiptSheet(Overlay):
    """Lies over the Check screen. `written` hears of the file once it is there."""

    def __init__(self, window: QWidget, around: Surroundings, written: Callable[[Path], object]) -> None:
        super().__init__(window, 640, 0)
        self._around, self._written = around, written
        self._checked: Checked | None = None
        self._title = label("", "h2", wrap=True)
        self._said = label("", "body", wrap=True)
        self._saw = label("", "mono", "text2", wrap=True, select=True)
        self.received = QLineEdit()
        self.received.setPlaceholderText("2026-11-23 14:05")
        self.received.textChanged.connect(lambda text: self._ready())
        self._problem = label("", "small", "bad", wrap=True)
        self.note = QLineEdit()
        self.note.setMaxLength(LONGEST_NOTE)
        self._name = around.preferences.remembered.name
        self.signer = SignerCard(around.key, around, self._name, self._ready)
        self.sign = Button("Sign and save…", self._choose, kind="primary", icon="pen-line")
        box = frame("sunken")
        box.setLayout(column(self._said, self._saw, gap=6, margins=(14, 12, 14, 12)))
        when = labelled("Received (UTC)", self.received)
        words = labelled("Words for the sender (may be empty)", self.note)
        about = row(when, words, gap=12)
        about.setStretch(0, 1)
        about.setStretch(1, 2)
        self.content.setContentsMargins(24, 20, 24, 20)
        self.content.addLayout(
            column(
                self._title,
                label(
                    "You sign that you received this package, what the check said, and which custody record it saw."
                    " Send the file to whoever gave you the package, and keep a copy: nobody can rewrite that record"
                    " behind it.",
                    "body",
                    "text2",
                    wrap=True,
                ),
                box,
                about,
                self._problem,
                self.signer,
                row(None, Button("Cancel", self.leave), self.sign),
                gap=12,
            )
        )

    def ask(self, checked: Checked) -> None:
        """Show what the receipt for this check will say."""
        self._checked, report = checked, checked.report
        self._title.setText(inert(f"Receipt for {checked.path.name}"))
        limits = f" Limits: {', '.join(report.limits)}." if report.limits else ""
        self._said.setText(f"Version {report.version}: {report.headline.lower()}.{limits}")
        self._saw.setText(phone_text(report.checkpoint) if report.checkpoint else "")
        self.received.setText(f"{self._around.preferences.clock().astimezone(UTC):%Y-%m-%d %H:%M}")
        self.note.clear()
        self.signer.refresh()
        self._ready()
        self.appear()
        self.received.setFocus()

    def sign_to(self, path: Path) -> None:
        """Sign, and write the file."""
        checked, identity = self._checked, self._around.key.identity
        received = self._moment()
        if checked is None or identity is None or checked.state is None or received is None:
            return
        note, state = self.note.text(), checked.state

        def job(progress: Progress) -> Path:
            data = give_receipt(
                checked.path,
                state,
                checked.report,
                identity,
                received,
                checked.at.astimezone(UTC),
                signed_at=datetime.now(UTC),  # people make their key when they are asked for it, after the check
                note=note,
                progress=progress,
            )
            whole(path, data)
            return path

        def ended(ending: Done[Path] | Stopped | Failed) -> None:
            match ending:
                case Done(made):
                    self.leave()
                    self._written(made)
                case Failed(error):
                    self.leave()
                    self._around.tell(error)

        self._around.board.start(job, ended, on_case=False)

    def _ready(self) -> None:
        known = self._moment() is not None
        self._problem.setVisible(not known)
        self._problem.setText("" if known else "When it was received is written like 2026-11-23 14:05, in UTC.")
        self.sign.setEnabled(known and self._around.key.identity is not None)

    def _moment(self) -> datetime | None:
        try:
            return datetime.strptime(self.received.text().strip(), "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
        except ValueError:
            return None

    def _choose(self) -> None:
        if self._checked is not None:
            name = f"{self._checked.path.name.removesuffix('.zip')}.receipt"
            choosing.target(self, "Save the receipt", name, "Receipts (*.receipt)", self.sign_to)
