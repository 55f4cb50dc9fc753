"""Choosing exhibits as evidence for or against: what is chosen stands in a list, the rest in a menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from casebound.case import Exhibit
from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, Elided, Picture, column, emptied, frame, holder, label, row
from casebound_ui.desktop.ways import Go
from casebound_ui.desktop.wording import inert


class ExhibitChoice(QWidget):
    """The chosen exhibits of one side. `changed` gets the new tuple of numbers."""

    def __init__(
        self, title: str, icon: str, changed: Callable[[tuple[str, ...]], object], way: Callable[[str], Go | None]
    ) -> None:
        super().__init__()
        self._title, self._icon, self._changed, self._way = title, icon, changed, way
        self._exhibits: tuple[Exhibit, ...] = ()
        self.numbers: tuple[str, ...] = ()
        self._others: tuple[str, ...] = ()
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self.add_button = Button("Add…", self._menu, kind="link", name=f"Add {title.lower()}")
        box = frame("sunken")
        box.setLayout(column(self._list, gap=0, margins=(10, 6, 4, 6)))
        self.setLayout(column(row(label(title, "caption", "text2"), None, self.add_button), box, None, gap=2))

    def show_choice(self, exhibits: Sequence[Exhibit], numbers: tuple[str, ...], others: tuple[str, ...]) -> None:
        """`numbers` are chosen here, `others` on the other side."""
        self._exhibits, self.numbers, self._others = tuple(exhibits), numbers, others
        emptied(self._list)
        captions = {exhibit.number: exhibit.caption for exhibit in exhibits}
        for number in numbers:
            words = Elided(inert(captions.get(number, ""), 200))
            remove = Button(f"Remove {number}", self._remover(number), kind="icon", icon="x")
            line = row(Picture(self._icon, "text2"), self._name(number), words, remove, gap=8)
            self._list.addWidget(holder(line))
        if not numbers:
            none = (
                "None chosen" if exhibits else "No exhibits yet: choose them on the timeline or among the attachments"
            )
            self._list.addWidget(label(none, "small", "text3", wrap=True))
        self.add_button.setEnabled(bool(self._free()))

    def add(self, number: str) -> None:
        if number not in self.numbers:
            self._changed((*self.numbers, number))

    def remove(self, number: str) -> None:
        self._changed(tuple(other for other in self.numbers if other != number))

    def _free(self) -> list[Exhibit]:
        return [exhibit for exhibit in self._exhibits if exhibit.number not in self.numbers]

    def _remover(self, number: str) -> Callable[[], None]:
        return lambda: self.remove(number)

    def _adder(self, number: str) -> Callable[[], None]:
        return lambda: self.add(number)

    def _name(self, number: str) -> QWidget:
        """The number, as a way to the event or the attachment where there is one."""
        go = self._way(number)
        if go is None:
            return label(number, "strong")
        return Button(number, go, kind="link", name=f"Go to {number}", tip="Go to what this exhibit is")

    def _menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for exhibit in self._free():
            also = "  (also on the other side)" if exhibit.number in self._others else ""
            text = theme.elided(f"{exhibit.number}  {inert(exhibit.caption, 200)}", "body", 420) + also
            menu.addAction(text.replace("&", "&&")).triggered.connect(self._adder(exhibit.number))
        menu.popup(self.add_button.mapToGlobal(QPoint(0, self.add_button.height())))
