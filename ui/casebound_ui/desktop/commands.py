"""Every command of the window, once: the palette, the menu, the key sheet and the keys are all made from this list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from casebound_ui.desktop.wordmatch import score, typed_words

MENUS = ("Case", "Evidence", "Go", "View", "Help")


def always() -> bool:
    """Most commands can always run."""
    return True


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can do.

    `key` is a portable key sequence ("Ctrl+K") or "". `scope` is "window", or the name of the pane in which a single
    letter acts ("timeline", "attachments"): there it is live only while that pane has the focus.
    """

    id: str
    title: str
    help: str
    run: Callable[[], object]
    key: str = ""
    menu: str = "View"
    scope: str = "window"
    icon: str = ""
    enabled: Callable[[], bool] = always
    also: tuple[str, ...] = ()  # further keys, which the key sheet does not show


class Commands:
    """The registry. A key that is taken twice in one scope, or in the window and in a pane, is a mistake of ours."""

    def __init__(self) -> None:
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, QAction] = {}
        self.letters_act = True

    def add(self, command: Command, widget: QWidget) -> QAction:
        """Register `command` and bind its key to `widget` (the window, or the pane of its scope).

        Raises `ValueError` for a double id, a double key, an unknown menu or a missing help line.
        """
        if command.id in self._commands:
            raise ValueError(f"two commands are called {command.id}")
        if command.menu not in MENUS or not command.title or not command.help:
            raise ValueError(f"{command.id} lacks a menu, a title or a help line")
        for other in self:
            shared = command.scope == other.scope or "window" in (command.scope, other.scope)
            if command.key and command.key == other.key and shared:
                raise ValueError(f"{command.key} is taken by {other.id} and {command.id}")
        action = QAction(command.title, widget)
        action.setObjectName(command.id)
        action.setToolTip(command.help)
        if command.key:
            self._bind(command, action)
            window = command.scope == "window"
            context = Qt.ShortcutContext
            action.setShortcutContext(context.WindowShortcut if window else context.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda: self.run(command.id))
        widget.addAction(action)
        self._commands[command.id] = command
        self._actions[command.id] = action
        return action

    def let_letters_act(self, on: bool) -> None:
        """Turn keys of a single character on or off (WCAG 2.1.4): some people speak to their computer."""
        self.letters_act = on
        for command in self:
            self._bind(command, self._actions[command.id])

    def _bind(self, command: Command, action: QAction) -> None:
        keys = (command.key, *command.also) if command.key else ()
        action.setShortcuts([QKeySequence(key) for key in keys if self.letters_act or len(key) > 1])

    def forget(self, owner: QWidget) -> None:
        """Forget the commands of a pane that is going, for example when another case opens."""
        for identity, action in tuple(self._actions.items()):
            parent = action.parent()
            if parent is owner or (isinstance(parent, QWidget) and owner.isAncestorOf(parent)):
                del self._commands[identity], self._actions[identity]

    def drop(self, identity: str) -> None:
        """Forget one command whose thing is gone, such as a saved view that was removed."""
        del self._commands[identity]
        self._actions.pop(identity).deleteLater()

    def run(self, identity: str) -> bool:
        """Run a command by its id; False where it cannot run now."""
        command = self._commands[identity]
        if not command.enabled():
            return False
        command.run()
        return True

    def __iter__(self) -> Iterator[Command]:
        return iter(tuple(self._commands.values()))

    def __getitem__(self, identity: str) -> Command:
        return self._commands[identity]

    def action(self, identity: str) -> QAction:
        return self._actions[identity]

    def available(self) -> list[Command]:
        return [command for command in self if command.enabled()]

    def matching(self, text: str) -> list[Command]:
        """The commands that can run now and are meant by every word of `text`: in the title first, then in the help."""
        words = typed_words(text)
        scored = [(score(words, c.title), score(words, f"{c.title} {c.help} {c.menu}"), c) for c in self.available()]
        found = sorted((s for s in scored if s[1]), key=lambda s: (-s[0], -s[1], MENUS.index(s[2].menu)))
        return [command for _, _, command in found]


def spoken_key(key: str) -> str:
    """A key as people write it: "Ctrl Shift O"."""
    native = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
    return native if native.endswith("+") else native.replace("+", " ")
