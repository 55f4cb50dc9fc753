"""The bar at the top: what is open, the way to every command, light or dark, keys, and the one action that matters."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QMenu

from casebound_ui.desktop import theme
from casebound_ui.desktop.commands import MENUS, Commands
from casebound_ui.desktop.controls import Button, Picture, label, row
from casebound_ui.desktop.navigation import ROOM
from casebound_ui.desktop.tips import plain_tip
from casebound_ui.desktop.tokens import TOP_BAR


class SearchButton(Button):
    """Looks like a search field and opens the palette, where the typing happens."""

    def __init__(self, text: str, key: str, on_click: Callable[[], object]) -> None:
        super().__init__(f"  {text}", on_click, kind="search", icon="search", name=text, tip=f"{text} ({key})")
        self._words, self._key, self._short = text, key, False
        self._measure()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_key"):
            self._measure()

    def fit_into(self, width: int) -> None:
        """Its words give way where the window has no room for them at this text size; its name and key stay."""
        self._short = width < ROOM * theme.scale()
        self._measure()

    def _measure(self) -> None:
        self.setText("" if self._short else f"  {self._words}")
        self.setFixedWidth(round(56 if self._short else 320 * min(1.35, max(1.0, theme.scale()))))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._short:
            return
        painter = QPainter(self)
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.tokens().text3)
        area = QRect(0, 0, self.width() - 14, self.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._key)


class TopBar(QFrame):
    """52 high. The menu behind the arrow is made from the command registry."""

    def __init__(self, commands: Commands) -> None:
        super().__init__()
        self._commands = commands
        self.setProperty("kind", "topbar")
        self.setFixedHeight(TOP_BAR)
        self._tall = TOP_BAR
        self._icon = Picture("briefcase", "accent", 18)
        self._title = label("", "title")
        self._detail = label("", "small", "text3")
        self.menu_button = Button("Menu", self._menu, kind="icon", icon="chevron-down", tip="Menu of all commands")
        self.search = SearchButton("Search events, people, files…", "Ctrl K", lambda: commands.run("palette"))
        self.look = Button("Light or dark", lambda: commands.run("theme-switch"), kind="icon", icon="moon")
        self.help = Button("Keys", lambda: commands.run("keys"), kind="icon", icon="circle-question-mark")
        self.action = Button("Build package", lambda: commands.run("build-package"), icon="package")
        self.setLayout(
            row(
                self._icon,
                self._title,
                self._detail,
                self.menu_button,
                None,
                self.search,
                self.look,
                self.help,
                self.action,
                gap=10,
                margins=(16, 0, 12, 0),
            )
        )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_tall"):
            self.setFixedHeight(round(self._tall * max(1.0, theme.scale() * 0.75)))

    def show_open(self, icon: str, title: str, detail: str) -> None:
        """What is open: a case or a package."""
        self._icon.show_icon(icon, "accent")
        self._title.setText(theme.elided(title, "title", 420))
        self._title.setToolTip(plain_tip(title))
        self._detail.setText(theme.elided(detail, "small", 360))

    def show_action(self, identity: str, icon: str) -> None:
        """The button at the right runs this command."""
        command = self._commands[identity]
        self.action.show_text(command.title)
        self.action.show_icon(icon)
        self.action.clicked.disconnect()
        self.action.clicked.connect(lambda: self._commands.run(identity))

    def show_look(self, dark: bool) -> None:
        self.look.show_icon("sun" if dark else "moon")
        self.look.setToolTip("Change to light" if dark else "Change to dark")

    def menu(self) -> QMenu:
        """All commands that can run now, by their place in the menu."""
        menu = QMenu(self)
        for name in MENUS:
            found = [command for command in self._commands.available() if command.menu == name]
            if found:
                part = menu.addMenu(name)
                for command in found:
                    part.addAction(self._commands.action(command.id))
        return menu

    def _menu(self) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.menu_button.mapToGlobal(QPoint(0, self.menu_button.height())))
