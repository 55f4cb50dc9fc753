"""The part of the settings that names time stamp services, and the roots by which their stamps are judged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from casebound import stampservices
from casebound.errors import CaseboundError
from casebound_packaging.verify.trust import given_bytes
from casebound_ui.desktop import choosing, theme
from casebound_ui.desktop.controls import Button, column, label, labelled, row
from casebound_ui.desktop.wording import counted

HINT = (
    "One address a line, asked in this order when a package is sealed. They see three fingerprints, and nothing of the"
    " case. Nobody else is ever asked over the network."
)


class Addresses(QPlainTextEdit):
    """A few lines to type in. `left` hears when somebody goes elsewhere; Tab goes on, as in a line."""

    def __init__(self, left: Callable[[], object]) -> None:
        super().__init__()
        self._left = left
        self.setTabChangesFocus(True)
        self.setPlaceholderText("https://tsa.example/")
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._measure()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._measure()

    def _measure(self) -> None:
        self.setFixedHeight(round(84 * theme.scale()))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._left()


class TimeServicesForm(QWidget):
    """Takes effect at once: when the lines are left, when a file is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.services = Addresses(self.keep)
        self.problem = label("", "small", "bad", wrap=True)
        self.problem.hide()
        self._roots = label("", "small", "text2", wrap=True)
        self.choose = Button(
            "Choose…", self._choose, kind="link", name="Choose root certificates of time stamp services"
        )
        self.remove = Button(
            "Remove", lambda: self.use_roots(None), kind="link", name="Remove the kept root certificates"
        )
        line = row(self._roots, self.remove, self.choose, gap=8)
        line.setStretch(0, 1)
        self.setLayout(column(labelled("Time stamp services", self.services, HINT), self.problem, line, gap=6))

    def fill(self) -> None:
        """Show what is kept."""
        self.services.setPlainText("\n".join(stampservices.kept_services()))
        self._say("")
        self._count()

    def keep(self) -> None:
        """Keep the addresses as they stand, or say which of them is none."""
        wanted = tuple(line.strip() for line in self.services.toPlainText().splitlines() if line.strip())
        if wanted == stampservices.kept_services():
            self._say("")
            return
        self._try(lambda: stampservices.keep_services(wanted))

    def use_roots(self, file: Path | None) -> None:
        """Keep the certificates in this file, or none."""
        self._try(lambda: stampservices.keep_roots(given_bytes(file)))
        self._count()

    def _try(self, work: Callable[[], object]) -> None:
        try:
            work()
        except CaseboundError as error:
            self._say(error.paragraph())
        else:
            self._say("")

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.services.setAccessibleDescription(problem or HINT)

    def _count(self) -> None:
        known = len(stampservices.judging_roots()[0])
        self._roots.setText(
            f"Stamps are judged by {counted(known, 'root certificate')} that you keep."
            if known
            else "No root certificate of a service is kept: a stamp is then said to be there, and proves nothing."
        )
        self.remove.setVisible(bool(known))

    def _choose(self) -> None:
        choosing.file(
            self,
            "Root certificates of time stamp services",
            "Certificates (*.pem *.crt);;All files (*)",
            self.use_roots,
        )
