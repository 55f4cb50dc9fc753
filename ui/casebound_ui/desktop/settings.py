"""Settings: who acts, how it looks, which keys act. Each takes effect at once and is remembered."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QLineEdit, QScrollArea

from casebound_ui.desktop import theme
from casebound_ui.desktop.commands import Commands
from casebound_ui.desktop.controls import Button, column, holder, label, labelled, row, rule
from casebound_ui.desktop.overlay import Overlay
from casebound_ui.desktop.preferences import Preferences
from casebound_ui.desktop.shell import Window
from casebound_ui.desktop.windowcommands import SCALES, looked_up

LOOKS = (("As the computer says", "system"), ("Light", "light"), ("Dark", "dark"))
COVERED = (
    "Images and video are covered when they are attached, and drawn only when you ask for it, in grey first."
    " Each attachment has its own switch on its screen. Opening one is written to custody."
)


class Settings(Overlay):
    """An overlay of a few controls. `named` hears of a new name."""

    def __init__(
        self, window: Window, preferences: Preferences, commands: Commands, named: Callable[[str], object]
    ) -> None:
        super().__init__(window, 520, 560)
        self._shell, self._preferences, self._commands, self._named = window, preferences, commands, named
        self._filling = False
        self.person = QLineEdit()
        self.person.editingFinished.connect(self.keep_name)
        self.look = QComboBox()
        for words, value in LOOKS:
            self.look.addItem(words, value)
        self.look.activated.connect(lambda index: self._put())
        self.text = QComboBox()
        for scale in SCALES:
            self.text.addItem(f"{scale:.0%}".replace("%", " %"), scale)
        self.text.activated.connect(lambda index: self._put())
        self.letters = QCheckBox("Keys of a single letter act, such as W or ?")
        self.letters.setAccessibleName("Keys of a single letter act")
        self.letters.toggled.connect(self._let_letters_act)
        self.covered = label(COVERED, "body", "text2", wrap=True)
        self._close = Button("Close", self.leave)
        looks = row(labelled("Light or dark", self.look), labelled("Text size", self.text), gap=16)
        looks.setStretch(0, 1)
        looks.setStretch(1, 1)
        body = holder(
            column(
                labelled(
                    "Your name", self.person, "Stands in the custody record beside everything you do from now on."
                ),
                rule(),
                looks,
                rule(),
                label("Keys", "caption", "text2"),
                self.letters,
                label(
                    "Turn them off if you speak to your computer. The sheet of keys (in the menu) has all others.",
                    "small",
                    "text3",
                    wrap=True,
                ),
                rule(),
                label("Sensitive pictures", "caption", "text2"),
                self.covered,
                None,
                gap=10,
                margins=(0, 0, 8, 0),
            )
        )
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        self.content.setContentsMargins(24, 20, 24, 20)
        self.content.addLayout(column(label("Settings", "h2"), area, row(None, self._close), gap=12))

    def appear(self) -> None:
        self._fill()
        super().appear()
        self.person.setFocus()

    def leave(self) -> None:
        self.keep_name()
        super().leave()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_close") and self.isVisible():
            self._fill()
            self._place()

    def keep_name(self) -> None:
        """Remember the name that stands in the field; an empty one is no name."""
        name = self.person.text().strip()
        if self.isVisible() and name and name != self._preferences.remembered.name:
            self._preferences.keep(name=name)
            self._named(name)

    def _fill(self) -> None:
        remembered = self._preferences.remembered
        self._filling = True
        if not self.person.hasFocus() or not self.isVisible():
            self.person.setText(remembered.name)
        self.look.setCurrentIndex(self.look.findData(remembered.theme))
        near = min(range(len(SCALES)), key=lambda i: abs(SCALES[i] - theme.scale()))
        self.text.setCurrentIndex(near)
        self.letters.setChecked(remembered.letters)
        self._filling = False

    def _put(self) -> None:
        name, scale = str(self.look.currentData()), float(self.text.currentData())
        self._preferences.keep(theme=name, text_scale=scale)
        self._shell.put_theme(looked_up(name), scale)

    def _let_letters_act(self, on: bool) -> None:
        if not self._filling:
            self._preferences.keep(letters=on)
            self._commands.let_letters_act(on)
