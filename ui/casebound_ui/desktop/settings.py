"""Settings: who acts, how it looks, which keys act, what is covered. Each takes effect at once and is remembered."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import available_timezones

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QLabel, QLineEdit, QScrollArea, QWidget

from casebound_ui.desktop import localzone, theme
from casebound_ui.desktop.commands import Commands
from casebound_ui.desktop.controls import Button, column, holder, label, labelled, name_inside, row, rule
from casebound_ui.desktop.overlay import Overlay
from casebound_ui.desktop.preferences import Preferences
from casebound_ui.desktop.shell import Window
from casebound_ui.desktop.timeservices_form import TimeServicesForm
from casebound_ui.desktop.windowcommands import SCALES, looked_up
from casebound_ui.desktop.wording import counted

LOOKS = (("As the computer says", "system"), ("Light", "light"), ("Dark", "dark"))
COVERED = (
    "Images and video are covered when they are attached, and drawn only when you ask for it, in grey first. Each"
    " attachment, source and tag has its own switch. Opening a covered item is written to custody, once a session."
)
HINTS = {
    "letters": "Turn them off if you speak to your computer. The sheet of keys (in the menu) has all others.",
    "come_back": "Kept in your own folder, never in the case: the screen, the filter you typed, the stretch of time."
    " Turning it off forgets all of it.",
    "count_reveals": "Counted on this computer only, for you alone. Nothing is reported, and no case knows of it.",
    "break_note": "A word in the status bar after every twentieth.",
    "contrast": "Lines as dark as text, and no soft colours.",
    "still": "Nothing blinks, slides or fades by itself.",
}
SWITCHES = {
    "contrast": "More contrast",
    "still": "Less motion",
    "letters": "Keys of a single letter act, such as W or ?",
    "come_back": "Open a case where I left it",
    "count_reveals": "Count what I uncover in a day",
    "break_note": "Remind me of a break",
}


class Settings(Overlay):
    """An overlay of a few controls.

    `named` hears of a new name, `forget` is told to forget where the person was, `shown` when times are to be shown
    anew.
    """

    def __init__(
        self,
        window: Window,
        preferences: Preferences,
        commands: Commands,
        named: Callable[[str], object],
        forget: Callable[[], object],
        shown: Callable[[], object],
    ) -> None:
        super().__init__(window, 560, 620)
        self._shell, self._preferences, self._commands, self._named = window, preferences, commands, named
        self._forget, self._shown = forget, shown
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
        self.zone = _zones()
        self.zone.activated.connect(lambda index: self._put_zone())
        self.switches = {name: self._switch(name) for name in SWITCHES}
        self.letters = self.switches["letters"]
        self.covered = label(COVERED, "body", "text2", wrap=True)
        self.today = label("", "small", "text2", wrap=True)
        self.stamping = TimeServicesForm()
        self._close = Button("Close", self.leave)
        self._lay_out()

    def _lay_out(self) -> None:
        looks = row(labelled("Light or dark", self.look), labelled("Text size", self.text), gap=16)
        looks.setStretch(0, 1)
        looks.setStretch(1, 1)
        name = labelled("Your name", self.person, "Stands in the custody record beside everything you do from now on.")
        zone = labelled("Local time beside UTC", self.zone, "Times are sorted, counted and written in UTC.")
        name_inside(self.zone, "Local time beside UTC")
        body = column(name, rule(), looks, gap=10, margins=(0, 0, 8, 0))

        def group(title: str, *names: str) -> None:
            if title:
                body.addWidget(rule())
                body.addWidget(label(title, "caption", "text2"))
            for one in names:
                body.addWidget(self.switches[one])
                body.addWidget(_hint(HINTS[one]))

        group("", "contrast", "still")
        body.addWidget(rule())
        body.addLayout(zone)
        group("Keys", "letters")
        group("Coming back", "come_back")
        body.addWidget(rule())
        body.addWidget(self.stamping)
        body.addWidget(rule())
        body.addWidget(label("Covered items and you", "caption", "text2"))
        body.addWidget(self.covered)
        group("", "count_reveals")
        body.addWidget(self.today)
        group("", "break_note")
        body.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(holder(body))
        self._area = area
        stamping = (self.stamping.services, self.stamping.choose, self.stamping.remove)
        for control in (self.person, self.look, self.text, self.zone, *self.switches.values(), *stamping):
            control.installEventFilter(self)
        self.content.setContentsMargins(24, 20, 24, 20)
        self.content.addLayout(column(label("Settings", "h2"), area, row(None, self._close), gap=12))

    def _switch(self, name: str) -> QCheckBox:
        made = QCheckBox(SWITCHES[name])
        made.setAccessibleName(SWITCHES[name].partition(",")[0])
        made.setAccessibleDescription(HINTS[name])
        made.toggled.connect(lambda on: self._turn(name, on))
        return made

    def appear(self) -> None:
        self._fill()
        self.stamping.fill()
        super().appear()
        self.person.setFocus()

    def leave(self) -> None:
        self.keep_name()
        if self.isVisible():
            self.stamping.keep()
            self._shell.status.say_network()
        super().leave()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # What is reached by Tab is brought into sight: the list of settings is longer than a small window.
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget) and self._area.isAncestorOf(watched):
            self._area.ensureWidgetVisible(watched)
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_area") and self.isVisible():
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
        self.zone.setCurrentIndex(max(self.zone.findData(remembered.zone), 0))
        for name, made in self.switches.items():
            made.setChecked(bool(getattr(remembered, name)))
        self._say_today()
        self._filling = False

    def _say_today(self) -> None:
        counted_today = counted(self._preferences.reveals_today, "covered item")
        self.today.setText(f"Today: {counted_today} uncovered.")
        self.today.setVisible(self._preferences.remembered.count_reveals)

    def _put(self) -> None:
        name, scale = str(self.look.currentData()), float(self.text.currentData())
        self._preferences.keep(theme=name, text_scale=scale)
        self._shell.put_theme(looked_up(name), scale)

    def _put_zone(self) -> None:
        name = str(self.zone.currentData() or "")
        if localzone.show_in(name):
            self._preferences.keep(zone=name)
            self._shown()

    def _turn(self, name: str, on: bool) -> None:
        if self._filling:
            return
        self._preferences.keep(**{name: on})
        remembered = self._preferences.remembered
        if name == "letters":
            self._commands.let_letters_act(on)
        elif name in ("contrast", "still"):
            theme.prefer(strong=remembered.contrast, still=remembered.still)
        elif name == "come_back" and not on:
            self._forget()
        elif name == "count_reveals":
            if not on:
                self._preferences.keep(reveals=("", 0))
            self._say_today()


def _zones() -> QComboBox:
    made = QComboBox()
    made.setEditable(True)
    made.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(14)
    made.addItem("The zone each export was read in", localzone.AS_READ)
    for name in sorted(available_timezones()):
        made.addItem(name, name)
    return made


def _hint(text: str) -> QLabel:
    return label(text, "small", "text3", wrap=True)
