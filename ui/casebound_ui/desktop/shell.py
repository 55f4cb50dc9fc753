"""The window: bars, navigation, and the screens of what is open. It owns no work; screens and jobs do that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.commands import Commands
from casebound_ui.desktop.controls import column, holder, row
from casebound_ui.desktop.jobs import Board
from casebound_ui.desktop.jobs_panel import JobsPanel
from casebound_ui.desktop.keysheet import KeySheet
from casebound_ui.desktop.message import Message
from casebound_ui.desktop.navigation import Navigation, Place
from casebound_ui.desktop.palette import Palette
from casebound_ui.desktop.statusbar import StatusBar
from casebound_ui.desktop.topbar import TopBar

MINIMUM = (1180, 720)
NORMAL = (1440, 900)


@runtime_checkable
class TakesFiles(Protocol):
    """A screen that does something of its own with dropped files. False: not these."""

    def take_files(self, paths: list[Path]) -> bool: ...


@runtime_checkable
class HasPanes(Protocol):
    """A screen of several parts that F6 goes through."""

    def panes(self) -> list[QWidget]: ...


class Window(QMainWindow):
    """One window for a case, a package or the welcome."""

    def __init__(self, board: Board, commands: Commands, log: Callable[[Exception], str]) -> None:
        super().__init__()
        self.setWindowTitle("Casebound")
        self.setMinimumSize(*MINIMUM)
        self.resize(*NORMAL)
        self.setAcceptDrops(True)
        self.board = board
        self.commands = commands
        self.top = TopBar(commands)
        self.navigation = Navigation(self.go)
        self.pages = QStackedWidget()
        self.pages.setObjectName("pages")
        self.jobs_panel = JobsPanel(self, board)
        self.status = StatusBar(board, self.jobs_panel.appear)
        self.palette_sheet = Palette(self, commands)
        self.key_sheet = KeySheet(self, commands)
        self.message = Message(self, log)
        self.dropped: Callable[[list[Path]], None] = lambda paths: None
        self.closing: Callable[[], None] = lambda: None
        self._places: dict[str, Place] = {}
        self._back: list[str] = []
        self._forward: list[str] = []
        self._ending = False
        middle = row(self.navigation, self.pages, gap=0)
        middle.setStretch(1, 1)
        central = holder(column(self.top, middle, self.status, gap=0))
        self.setCentralWidget(central)

    # What is shown

    def show_places(self, places: Sequence[Place], first: str, *, bars: bool = True) -> None:
        """Show other screens. Those shown before stay alive until `discard`."""
        while (shown := self.pages.widget(0)) is not None:
            self.pages.removeWidget(shown)
        self._places = {place.id: place for place in places}
        for place in places:
            if place.widget is not None:
                self.pages.addWidget(place.widget)
        self._back, self._forward = [], []
        self.navigation.show_places([place for place in places if place.group])
        self.navigation.setVisible(bars)
        self.top.setVisible(bars)
        self._show(first)

    def discard(self, widgets: Sequence[QWidget]) -> None:
        """Let screens go for good, with their commands."""
        for widget in widgets:
            self.commands.forget(widget)
            self.pages.removeWidget(widget)
            widget.hide()
            widget.deleteLater()

    @property
    def place(self) -> str:
        """The id of the screen that is shown."""
        widget = self.pages.currentWidget()
        return next((place.id for place in self._places.values() if place.widget is widget), "")

    def has(self, identity: str) -> bool:
        return identity in self._places

    def go(self, identity: str) -> None:
        """Show a screen; one that is not there is no error, only nothing."""
        if identity not in self._places or identity == self.place:
            return
        act = self._places[identity].act
        if act is not None:
            act()
            return
        if self.place:
            self._back.append(self.place)
            self._forward.clear()
        self._show(identity)

    def go_back(self) -> None:
        if self._back:
            self._forward.append(self.place)
            self._show(self._back.pop())

    def go_forward(self) -> None:
        if self._forward:
            self._back.append(self.place)
            self._show(self._forward.pop())

    def _show(self, identity: str) -> None:
        place = self._places[identity]
        if place.widget is not None:
            self.pages.setCurrentWidget(place.widget)
        self.navigation.choose(identity)
        self.navigation.count()
        self.setWindowTitle(f"{place.title} – Casebound" if place.group else "Casebound")

    def next_pane(self, step: int = 1) -> None:
        """Move the focus to the next of navigation, the parts of the screen, top bar."""
        screen = self.pages.currentWidget() or self.pages
        parts = screen.panes() if isinstance(screen, HasPanes) else [screen]
        panes = [pane for pane in (self.navigation, *parts, self.top) if pane.isVisible()]
        now = self.focusWidget()
        within = (i for i, pane in enumerate(panes) if now is not None and (pane is now or pane.isAncestorOf(now)))
        place = next(within, -step)
        for offset in range(1, len(panes) + 1):
            pane = panes[(place + step * offset) % len(panes)]
            if pane.focusPolicy() & Qt.FocusPolicy.TabFocus and pane.isEnabled():
                pane.setFocus(Qt.FocusReason.TabFocusReason)
                return
            for child in pane.findChildren(QWidget):
                if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisible() and child.isEnabled():
                    child.setFocus(Qt.FocusReason.TabFocusReason)
                    return

    def switch_theme(self) -> theme.Tokens:
        chosen = theme.LIGHT if theme.is_dark() else theme.DARK
        self.put_theme(chosen, theme.scale())
        return chosen

    def put_theme(self, chosen: theme.Tokens, scale: float) -> None:
        theme.apply(chosen, scale)
        self.top.show_look(theme.is_dark())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_ending"):
            self._fit()

    def _fit(self) -> None:
        """What gives way first where large words and a small window meet."""
        self.navigation.fit_into(self.width())
        self.top.search.fit_into(self.width())

    # Files dropped anywhere

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _paths(event):
            event.acceptProposedAction()
            self._over(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._over(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._over(False)
        paths = _paths(event)
        if paths:
            event.acceptProposedAction()
            self.take_files(paths)

    def take_files(self, paths: list[Path]) -> None:
        """Give dropped files to the screen that is shown, or to whoever opens things."""
        screen: object = self.pages.currentWidget()
        if not (isinstance(screen, TakesFiles) and screen.take_files(paths)):
            self.dropped(paths)

    def _over(self, on: bool) -> None:
        area = getattr(self.pages.currentWidget(), "drop", None)
        if area is not None:
            area.over(on)

    # The end

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.board.wanted and not self._ending:
            event.ignore()
            work = self.board.wanted[0].title
            self.message.ask(
                f"{work} is under way.",
                "If you stop it now, the case is as it was before it began. The stop is written to custody.",
                "Keep working",
                ("Stop it and close", self._stop_and_close),
            )
            return
        self._ending = True
        self.closing()
        event.accept()

    def _stop_and_close(self) -> None:
        self._ending = True
        self.board.stop_all()
        self.close()


def _paths(event: QDropEvent | QDragEnterEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
