"""Choosing saved views for a finding: each is printed in the report as a picture with its numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QMenu, QVBoxLayout, QWidget

from casebound.case import SavedView
from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, Elided, Picture, column, emptied, frame, holder, label, row
from casebound_ui.desktop.view_preview import ViewPreview
from casebound_ui.desktop.wording import inert

ROWS_GO_OUT = "The rows that a picture counts go into the package, so that others can count them again."


class Plate(QLabel):
    """A picture as wide as there is room for it."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = QPixmap()
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setMinimumWidth(120)
        self.hide()

    def show_picture(self, picture: QPixmap, name: str) -> None:
        self._whole = picture
        self.setAccessibleName(name)
        self.show()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._whole.isNull() or self.isHidden():
            return
        width = min(self.width(), self._whole.width())
        drawn = self._whole.scaledToWidth(max(width, 1), Qt.TransformationMode.SmoothTransformation)
        if drawn.size() != self.pixmap().size():
            self.setPixmap(drawn)
            self.setFixedHeight(drawn.height())


class ViewChoice(QWidget):
    """The views of one finding in their order. `changed` gets the new tuple of numbers, `go` shows one."""

    def __init__(
        self, preview: ViewPreview, changed: Callable[[tuple[str, ...]], object], go: Callable[[str], object]
    ) -> None:
        super().__init__()
        self._preview, self._changed, self._go = preview, changed, go
        self._views: dict[str, SavedView] = {}
        self.numbers: tuple[str, ...] = ()
        self.pictured = ""  # the view whose picture is shown
        self._drawn: object = None
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self.add_button = Button("Add…", self._menu, kind="link", name="Add a saved view")
        self.plate = Plate()
        self.said = label("", "small", "text2", wrap=True)
        self.said.hide()
        box = frame("sunken")
        box.setLayout(column(self._list, gap=0, margins=(10, 6, 4, 6)))
        head = row(label("Saved views, printed as pictures", "caption", "text2"), None, self.add_button)
        self.setLayout(column(head, box, self.plate, self.said, gap=4))

    def show_choice(self, views: Sequence[SavedView], numbers: tuple[str, ...]) -> None:
        """`numbers` are the finding's, in its order."""
        self._views = {view.number: view for view in views}
        self.numbers = numbers
        emptied(self._list)
        there = [number for number in numbers if number in self._views]
        for number in numbers:
            self._list.addWidget(self._line(number))
        if not numbers:
            none = "None chosen" if views else "No view is saved yet: Ctrl+S on the timeline saves one"
            self._list.addWidget(label(none, "small", "text3", wrap=True))
        self.add_button.setEnabled(any(number not in numbers for number in self._views))
        self.picture(self.pictured if self.pictured in there else there[0] if there else "")

    def picture(self, number: str) -> None:
        """Show what a view looks like; "" shows none."""
        view = self._views.get(number)
        self.pictured = number if view is not None else ""
        state = (view, theme.tokens().name, theme.scale())
        if view is None:
            self._drawn = None
            self.plate.hide()
            self.said.hide()
        elif state != self._drawn:
            self._drawn = state
            self._preview.ask(view, partial(self._pictured, number))

    def _pictured(self, number: str, picture: QPixmap | None, said: str) -> None:
        if number != self.pictured:
            return
        self.said.show()
        if picture is None:
            self.plate.hide()
            self.said.setText(f"{number} cannot be drawn: {inert(said, 300)} No package is sealed with it.")
            return
        self.said.setText(f"{number}: {said}. {ROWS_GO_OUT}")
        self.plate.show_picture(picture, f"{number}, {inert(self._views[number].title, 200)}: {said}")

    def _line(self, number: str) -> QWidget:
        view = self._views.get(number)
        place = self.numbers.index(number)
        words = Elided(inert(view.title, 200) if view is not None else "removed; it is printed no longer")
        link = Button(
            number, lambda: self._go(number), kind="link", name=f"Show {number}", tip="Show it on the timeline"
        )
        link.setEnabled(view is not None)
        look = Button(f"Picture of {number}", lambda: self.picture(number), kind="icon", icon="eye")
        look.setEnabled(view is not None)
        up = Button(f"Move {number} up", lambda: self._move(place), kind="icon", icon="arrow-up")
        up.setEnabled(place > 0)
        remove = Button(f"Take {number} out", lambda: self._remove(number), kind="icon", icon="x")
        return holder(row(Picture("bookmark", "text2"), link, words, look, up, remove, gap=8))

    def _move(self, place: int) -> None:
        numbers = list(self.numbers)
        numbers.insert(place - 1, numbers.pop(place))
        self._changed(tuple(numbers))

    def _remove(self, number: str) -> None:
        self._changed(tuple(other for other in self.numbers if other != number))

    def _add(self, number: str) -> None:
        self.pictured = number
        self._changed((*self.numbers, number))

    def _menu(self) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for number, view in self._views.items():
            if number not in self.numbers:
                text = theme.elided(f"{number}  {inert(view.title, 200)}", "body", 420).replace("&", "&&")
                menu.addAction(text, partial(self._add, number))
        menu.popup(self.add_button.mapToGlobal(QPoint(0, self.add_button.height())))
