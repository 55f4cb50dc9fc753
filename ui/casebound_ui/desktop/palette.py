"""The palette: type a few letters, Enter goes there. Commands at once; what the case holds as it is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from casebound_ui.desktop.casethings import Thing
from casebound_ui.desktop.commands import Command, Commands, spoken_key
from casebound_ui.desktop.controls import frame, label
from casebound_ui.desktop.overlay import Overlay
from casebound_ui.desktop.records import Cell, Field, RecordTable
from casebound_ui.desktop.wording import counted
from casebound_ui.desktop.wordmatch import score, typed_words

PAUSE = 90  # milliseconds without a key before the case is asked
SOME = 8  # commands that stand above what the case holds


class Things(Protocol):
    """What is asked for things of a case."""

    def ask(self, text: str, done: Callable[[list[Thing]], None]) -> None: ...
    def drop(self) -> None: ...


class Palette(Overlay):
    """Up and down choose, Enter runs; each line shows what it is and its key."""

    def __init__(self, window: QWidget, commands: Commands) -> None:
        super().__init__(window, 680, 460)
        self._commands = commands
        self.things: Things | None = None  # of the open case
        self.recent: Callable[[], list[Thing]] = list  # cases that were open before
        self._found: list[Thing] = []
        self.field = QLineEdit()
        self.field.setProperty("kind", "palette")
        self.field.setPlaceholderText("Search events, people, files, commands…")
        self.field.setAccessibleName("Search the case and all commands")
        self.table = RecordTable(
            (
                Field("What", 0, lambda t: Cell(t.title, kind="strong", icon=t.icon, second=t.second, prose=True)),
                Field("Kind", 84, lambda t: Cell(t.kind, "text3", "small")),
                Field("Key", 110, lambda t: Cell(spoken_key(t.key), "text3", "small"), right=True),
            ),
            "What was found",
            height=46,
        )
        self.table.horizontalHeader().hide()
        self.table.opened.connect(self._run)
        self.table.clicked.connect(lambda index: self._run(self.table.record))
        self.said = label("", "small", "text2")
        self.content.setContentsMargins(12, 8, 12, 8)
        self.content.addWidget(self.field)
        self.content.addWidget(frame("rule"))
        self.content.addWidget(self.table)
        self.content.addWidget(self.said)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(PAUSE)
        self._wait.timeout.connect(self._ask)
        self.field.textChanged.connect(self._look)
        self.field.installEventFilter(self)

    def appear(self) -> None:
        self.field.clear()
        self._look("")
        super().appear()
        self.field.setFocus()

    def leave(self) -> None:
        self._wait.stop()
        if self.things is not None:
            self.things.drop()
        super().leave()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
                self.table.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.table.record)
                return True
        return super().eventFilter(watched, event)

    @property
    def busy(self) -> bool:
        """Whether the case is still being searched for what was typed."""
        return self._wait.isActive() or self._asking

    # Finding

    _asking = False

    def _look(self, text: str) -> None:
        self._found = []
        self._asking = False
        if self.things is not None:
            self.things.drop()
        self._show()
        if self.things is not None and text.strip():
            self._wait.start()
        else:
            self._wait.stop()
        self._say()

    def _ask(self) -> None:
        if self.things is not None:
            self._asking = True
            self._say()
            self.things.ask(self.field.text(), self._take)

    def _take(self, found: list[Thing]) -> None:
        self._asking = False
        self._found = found
        self._show()
        self._say(aloud=True)

    def _show(self) -> None:
        """What is found so far. The line that is chosen stays chosen while more come."""
        words = typed_words(self.field.text())
        commands = [command for command in self._commands.matching(self.field.text()) if command.id != "palette"]
        shown = [_of_command(command) for command in commands]
        cases = [thing for thing in self.recent() if score(words, f"{thing.title} {thing.second}")]
        if words:
            rows = [*shown[:SOME], *self._found, *cases, *shown[SOME:]]
        else:
            rows = [*shown, *cases]
        self.table.show_records(rows, key=lambda thing: thing.id)
        if rows and self.table.record is None:
            self.table.selectRow(0)

    def _say(self, *, aloud: bool = False) -> None:
        count = len(self.table.records.records)
        text = "Searching the case…" if self.busy else (counted(count, "line") if count else "Nothing found.")
        self.said.setText(text)
        if aloud and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.field, text))

    def _run(self, thing: Thing | None) -> None:
        if thing is not None:
            self.leave()
            thing.run()


def _of_command(command: Command) -> Thing:
    return Thing(
        command.id, command.title, command.help, command.menu, command.icon or "command", command.run, command.key
    )
