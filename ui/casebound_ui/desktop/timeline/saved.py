"""Saved views: what is looked at now gets a name, and comes back whole: filter, time, lanes, columns, order, colours.

Saving, renaming, updating and removing are acts of the case, each a line of the ledger. Showing one changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtWidgets import QMenu, QWidget

from casebound.case import SavedView
from casebound.document import Case
from casebound_ui.desktop import theme
from casebound_ui.desktop.commands import Command
from casebound_ui.desktop.controls import Button, retone
from casebound_ui.desktop.session import Kinds
from casebound_ui.desktop.timeline import keys, state
from casebound_ui.desktop.timeline.saved_counts import SavedCounts
from casebound_ui.desktop.timeline.saved_prompt import TitlePrompt
from casebound_ui.desktop.timeline.saved_sheet import SavedSheet
from casebound_ui.desktop.timeline.saved_trail import Trail
from casebound_ui.desktop.wording import counted, inert

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen

WORDS = "Saved views"
ROOMY = 760  # pixels of the toolbar from which the button has words
LONGEST = 60  # characters of a title in a menu
_TYPED = ("where", "lanes", "from_us", "to_us")


def spec_of(found: Mapping[str, object]) -> dict[str, Any]:
    """The fields of a saved view out of a captured state; what only this screen knows goes into `look`."""
    look = {name: value for name, value in found.items() if name not in _TYPED}
    lanes = str(found.get("lanes", ""))
    columns = found.get("columns")
    shown = columns.get("shown") if isinstance(columns, dict) else columns
    order = found.get("order")
    by, descending = _order(order)
    return {
        "where": str(found.get("where", "")),
        "from_us": found.get("from_us"),
        "to_us": found.get("to_us"),
        "lanes": "" if lanes == "source" else lanes,
        "columns": tuple(str(name) for name in shown) if isinstance(shown, list | tuple) else (),
        "sort": by,
        "descending": descending,
        "colour": str(found.get("colour") or "") if isinstance(found.get("colour"), str) else "",
        "look": look,
    }


def _order(found: object) -> tuple[str, bool]:
    """(column, descending) of the table's order, as a part of the state keeps it."""
    if isinstance(found, dict):
        return str(found.get("by") or ""), bool(found.get("descending"))
    if isinstance(found, list | tuple) and len(found) == 2 and isinstance(found[0], str):
        return found[0], bool(found[1])
    return "", False


def state_of(view: SavedView) -> dict[str, object]:
    """A saved view as a state that `state.apply` takes."""
    shown = {"where": view.where, "lanes": view.lanes or "source", "from_us": view.from_us, "to_us": view.to_us}
    order = {"by": view.sort, "descending": view.descending}
    found: dict[str, object] = {"range": None, "order": order, "colour": view.colour}
    if view.columns:
        found["columns"] = {"shown": list(view.columns)}
    found |= {**view.look, **shown}  # what the screen itself kept knows more, such as widths
    return {name: value for name, value in found.items() if name not in state.PANES}


class SavedButton(Button):
    """With its words where the filter has room beside them, else the icon alone."""

    def __init__(self, act: Callable[[], object], toolbar: QWidget) -> None:
        super().__init__(WORDS, act, icon="bookmark", tip="Views kept in the case")
        self._toolbar = toolbar
        toolbar.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._toolbar:
            roomy = self._toolbar.width() >= ROOMY * theme.scale()
            retone(self, kind="plain" if roomy else "icon")
            self.show_text(WORDS if roomy else "")
            self.setAccessibleName(WORDS)
        return False


class SavedViews:
    """The button, its menu, the list in place of the table, and the commands."""

    def __init__(self, screen: TimelineScreen) -> None:
        self._screen, self._session = screen, screen.session
        self.current = ""  # the view that was shown last
        self.trail = Trail(screen)
        self.counts = SavedCounts(screen, self._counted)
        self.prompt = TitlePrompt(screen, screen.canvas)
        self.button = SavedButton(self._menu, screen.toolbar)
        screen.toolbar.add(self.button)
        self.sheet: SavedSheet | None = None
        self._named: list[str] = []
        self._bind()
        self._unsubscribe = self._session.changed.add(self._changed)
        self._fill_palette()

    def close(self) -> None:
        self._unsubscribe()

    @property
    def views(self) -> tuple[SavedView, ...]:
        return self._session.snapshot.views

    # What a person can do

    def save(self) -> None:
        """Ask for a name and keep what is on the screen now."""
        found = spec_of(state.capture(self._screen, view_only=True))
        self.prompt.ask("Save this view", self._proposed(found), lambda title: self._keep(title, found))

    def show(self, view: SavedView) -> None:
        """Bring a view back, whole. Alt and the left arrow go back to where one was."""
        self.trail.leave()
        state.apply(self._screen, state_of(view))
        self.trail.arrive()
        self.current = view.number
        self._tell(f"{view.number} {inert(view.title, 60)}. Alt and left arrow go back.")

    def step(self, by: int) -> None:
        """The saved view after, or before, the one that was shown last."""
        views = self.views
        places = [place for place, view in enumerate(views) if view.number == self.current]
        if views:
            self.show(views[(places[0] + by) % len(views) if places else (0 if by > 0 else -1)])

    def rename(self, view: SavedView) -> None:
        number = view.number
        self.prompt.ask(
            f"Another name for {number}",
            view.title,
            lambda title: self._change(lambda case: case.change_view(number, title=title), f"{number} renamed."),
        )

    def update(self, view: SavedView) -> None:
        """Keep what is on the screen now under the number and the name of a view."""
        number, found = view.number, spec_of(state.capture(self._screen, view_only=True))
        self.current = number
        self._change(lambda case: case.change_view(number, **found), f"{number} holds what is shown now.")

    def remove(self, view: SavedView) -> None:
        number = view.number
        used = [finding.number for finding in self._session.snapshot.findings if number in finding.views]
        also = (
            f" {', '.join(used)} showed it, and {'shows' if len(used) == 1 else 'show'} it no longer." if used else ""
        )
        self._change(lambda case: case.remove_view(number), f"{number} removed.{also}")

    def show_all(self) -> None:
        """The list of all of them, in place of the table."""
        sheet = self.sheet = SavedSheet(self)
        self._screen.show_sheet("Saved views", self._said(), sheet)
        sheet.fill(self.views)
        sheet.table.setFocus()
        self.counts.ask(self.views)

    @property
    def read_only(self) -> bool:
        return self._session.read_only

    # How it is done

    def _keep(self, title: str, found: dict[str, Any]) -> None:
        def done(view: SavedView) -> None:
            self.current = view.number
            self._tell(f"{view.number} saved. It is in custody.")

        self._session.change(lambda case: case.save_view(title, **found), done)

    def _change(self, call: Callable[[Case], object], words: str) -> None:
        self._session.change(call, lambda done: self._tell(words))

    def _tell(self, words: str) -> None:
        around = self._screen.surroundings
        if around is not None:
            around.note(words)

    def _proposed(self, found: Mapping[str, Any]) -> str:
        """A name to begin with: what the filter asks for."""
        return inert(str(found["where"]), 80)

    def _said(self) -> str:
        return counted(len(self.views), "view") + ", each with its filter, time, lanes, columns and order"

    def _changed(self, kinds: Kinds) -> None:
        if not kinds & {"views", "sources", "marks", "exhibits", "findings"}:
            return
        if "views" in kinds:
            self._fill_palette()
        sheet = self.sheet
        if sheet is not None and self._screen.sheet.content is sheet and not sheet.isHidden():
            self._screen.sheet.say("Saved views", self._said())
            sheet.fill(self.views)
            self.counts.ask(self.views)

    def _counted(self) -> None:
        sheet = self.sheet
        if sheet is not None and self._screen.sheet.content is sheet:
            sheet.fill(self.views)

    def _menu(self) -> None:
        menu = QMenu(self._screen)
        save = menu.addAction("Save this view…\tCtrl+S", self.save)
        save.setEnabled(not self.read_only and self._screen.browsing.ready)
        current = next((view for view in self.views if view.number == self.current), None)
        if current is not None:
            again = menu.addAction(f"Update {current.number} to what is shown", partial(self.update, current))
            again.setEnabled(not self.read_only)
        if self.views:
            menu.addSeparator()
        for view in self.views:
            text = theme.elided(f"{view.number}  {inert(view.title, 200)}", "body", 340).replace("&", "&&")
            action = menu.addAction(f"{text}\t{self.counts.said(view)}", partial(self.show, view))
            action.setCheckable(True)
            action.setChecked(view.number == self.current)
        menu.addSeparator()
        menu.addAction("All saved views\tCtrl+Shift+V", self.show_all)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height())))
        self.counts.ask(self.views)

    # Commands

    def _bind(self) -> None:
        screen = self._screen

        def shown() -> bool:
            return screen.isVisible()

        def writable() -> bool:
            return screen.isVisible() and not self.read_only and screen.browsing.ready

        def some() -> bool:
            return screen.isVisible() and bool(self.views)

        told = (
            ("save-view", "Save this view", "Filter, time, lanes, columns and order under a name", self.save, "Ctrl+S",
             "bookmark-plus", writable),
            ("saved-views", "Saved views", "All of them, with their counts", self.show_all, "Ctrl+Shift+V", "bookmark",
             shown),
            ("next-saved-view", "Next saved view", "Again and again goes through all", lambda: self.step(1), "]",
             "chevron-right", some),
            ("previous-saved-view", "Saved view before", "The other way", lambda: self.step(-1), "[", "chevron-left",
             some),
        )  # fmt: skip
        for identity, title, help_line, run, key, icon, enabled in told:
            command = Command(
                f"timeline-{identity}", title, help_line, run, key=key, scope=keys.SCOPE, icon=icon, enabled=enabled
            )
            keys.bind(screen, screen.commands, command)

    def _fill_palette(self) -> None:
        """One entry of the palette for each view: “View: NAME”."""
        commands = self._screen.commands
        for identity in self._named:
            commands.drop(identity)
        self._named = []
        for view in self.views:
            identity = f"saved-view-{view.number}"
            command = Command(
                identity,
                f"View: {inert(view.title, LONGEST)}",
                f"{view.number}, saved by {inert(view.by, 60)}",
                partial(self._go, view.number),
                menu="Go",
                icon="bookmark",
            )
            commands.add(command, self._screen)
            self._named.append(identity)

    def _go(self, number: str) -> None:
        view = next((view for view in self.views if view.number == number), None)
        if view is None:
            return
        if self._screen.surroundings is not None:
            self._screen.surroundings.go("timeline")
        self.show(view)
