"""The form that starts a case: three words and a folder."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QLineEdit, QWidget

from casebound_ui.desktop import choosing, theme
from casebound_ui.desktop.controls import Button, column, label, labelled, row
from casebound_ui.desktop.overlay import Overlay
from casebound_ui.desktop.tips import plain_tip


class NewCase(Overlay):
    """Number, title, who works on it, and where. "Start the case" is off until each is there."""

    def __init__(self, window: QWidget, create: Callable[[Path, str, str, str], None]) -> None:
        super().__init__(window, 520, 0)
        self._create = create
        self._folder = Path.home() / "Casebound"
        self.number = QLineEdit()
        self.number.setPlaceholderText("CASE-0042")
        self.title = QLineEdit()
        self.title.setPlaceholderText("What it is about, in a few words")
        self.person = QLineEdit()
        self.place = label("", "small", "text2")
        self.start = Button("Start the case", self._start, kind="primary")
        for field in (self.number, self.title, self.person):
            field.textChanged.connect(lambda text: self._judge())
            field.returnPressed.connect(self._start)
        self.content.setContentsMargins(24, 20, 24, 20)
        self.content.addLayout(
            column(
                label("Start a case", "h2"),
                labelled("Case number", self.number),
                labelled("Title", self.title),
                labelled("Your name", self.person, "Stands in the custody record beside everything you do."),
                label("Kept in", "caption", "text2"),
                row(self.place, None, Button("Choose folder…", self._choose, kind="link")),
                8,
                row(None, Button("Cancel", self.leave), self.start),
                gap=12,
            )
        )
        self._judge()

    def ask(self, person: str) -> None:
        self.number.clear()
        self.title.clear()
        self.person.setText(person)
        self._judge()
        self.appear()
        self.number.setFocus()

    @property
    def target(self) -> Path:
        """The folder that will be made, named after the case number."""
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", self.number.text().strip()).strip("-.") or "CASE"
        return self._folder / f"{name}.casebound"

    def keep_in(self, folder: Path) -> None:
        self._folder = folder
        self._judge()

    def _choose(self) -> None:
        choosing.folder(self, "Where to keep the case", self._folder, self.keep_in)

    def _judge(self) -> None:
        self.place.setText(theme.elided(str(self.target), "small", 330, middle=True))
        self.place.setToolTip(plain_tip(str(self.target)))
        filled = all(field.text().strip() for field in (self.number, self.title, self.person))
        self.start.setEnabled(filled)

    def _start(self) -> None:
        if self.start.isEnabled():
            self.leave()
            self._create(self.target, self.number.text().strip(), self.title.text().strip(), self.person.text().strip())
