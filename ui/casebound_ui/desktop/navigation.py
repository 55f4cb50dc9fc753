"""The list of screens at the left: groups, counts, and who is working."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QSizePolicy, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, column, emptied, holder, label, row
from casebound_ui.desktop.tips import plain_tip
from casebound_ui.desktop.tokens import NAVIGATION, NAVIGATION_SMALL
from casebound_ui.desktop.wording import initials


@dataclass(frozen=True, slots=True)
class Place:
    """One screen as the navigation knows it. `count` is shown at its right; None shows nothing.

    With `act` it is no screen but a way out: choosing it calls that.
    """

    id: str
    title: str
    icon: str
    group: str
    widget: QWidget | None
    count: Callable[[], int | None] = lambda: None
    act: Callable[[], object] | None = None


ROOM = 900  # pixels of a window, at normal text size, below which the words give way


class PlaceButton(Button):
    """One entry, with its count at the right."""

    def __init__(self, place: Place, go: Callable[[str], None]) -> None:
        super().__init__(f"  {place.title}", lambda: go(place.id), kind="nav", icon=place.icon, name=place.title)
        self.place = place
        self._number: int | None = None
        self.setCheckable(place.act is None)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.toggled.connect(lambda on: self._tint())

    def count(self) -> None:
        number = self.place.count()
        if number != self._number:
            self._number = number
            self.setAccessibleName(self.place.title if not number else f"{self.place.title}, {number:,}")
            self.update()

    def narrow(self, on: bool) -> None:
        self.setText("" if on else f"  {self.place.title}")
        self.setToolTip(self.place.title if on else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._number and self.text():
            painter = QPainter(self)
            painter.setFont(theme.font("small"))
            painter.setPen(theme.tokens().text3)
            area = QRect(0, 0, self.width() - 10, self.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{self._number:,}")

    def _tint(self) -> None:
        self.setIcon(theme.icon(self._icon, "accent" if self.isChecked() else "text2"))


class Portrait(QWidget):
    """Initials in a circle."""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._measure()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._measure()

    def _measure(self) -> None:
        side = round(28 * max(1.0, theme.scale()))
        self.setFixedSize(side, side)

    def show_name(self, name: str) -> None:
        self._text = initials(name)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent_soft"))
        painter.drawEllipse(self.rect())
        painter.setPen(t.accent)
        painter.setFont(theme.font("caption"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)


class Navigation(QFrame):
    """Shows the places of what is open. Exactly one is chosen."""

    def __init__(self, go: Callable[[str], None]) -> None:
        super().__init__()
        self._go = go
        self._narrow = self._wanted = False
        self.setProperty("kind", "navigation")
        self._buttons: dict[str, PlaceButton] = {}
        self._headings: list[QWidget] = []
        self._group = QButtonGroup(self)
        self._list = column(gap=4)
        self._portrait = Portrait()
        self._name = label("", "strong")
        self._key = label("", "small", "text3")
        self._words = holder(column(self._name, self._key, gap=0))
        self._foot = holder(row(self._portrait, self._words, None, gap=10, margins=(8, 0, 0, 0)))
        self.setLayout(column(self._list, None, self._foot, gap=0, margins=(12, 12, 12, 16)))
        self.setFixedWidth(NAVIGATION)
        self.setAccessibleName("Screens")

    def show_places(self, places: Sequence[Place]) -> None:
        """Replace the list. Titles of groups stand above their first place."""
        emptied(self._list)
        for button in self._buttons.values():
            self._group.removeButton(button)
        self._buttons, self._headings = {}, []
        group = ""
        for place in places:
            if place.group != group:
                if group:
                    self._list.addSpacing(12)
                group = place.group
                heading = label(group, "caption", "text3")
                heading.setContentsMargins(8, 0, 0, 2)
                heading.setVisible(not self._narrow)
                self._headings.append(heading)
                self._list.addWidget(heading)
            button = PlaceButton(place, self._go)
            button.narrow(self._narrow)
            self._group.addButton(button)
            self._buttons[place.id] = button
            self._list.addWidget(button)
        self.count()

    def choose(self, identity: str) -> None:
        if identity in self._buttons:
            self._buttons[identity].setChecked(True)

    def count(self) -> None:
        for button in self._buttons.values():
            button.count()

    def show_person(self, name: str, below: str) -> None:
        """Who acts, and with which key; both empty hides the place."""
        self._portrait.show_name(name)
        self._name.setText(theme.elided(name, "strong", 110))
        self._name.setToolTip(plain_tip(name))
        self._key.setText(below)
        self._foot.setVisible(bool(name or below))
        self._portrait.setVisible(bool(name))

    def narrow(self, on: bool) -> None:
        """Icons only, because a person wants it so."""
        self._wanted = on
        self._put()

    def fit_into(self, width: int) -> None:
        """Icons only where the window has no room for words at this text size."""
        self._short = width < ROOM * theme.scale()
        self._put()

    _short = False

    def _put(self) -> None:
        on = self._wanted or self._short
        self._narrow = on
        for widget in (*self._headings, self._words):
            widget.setVisible(not on)
        self._portrait.setVisible(not on or theme.scale() <= 1.0)  # larger initials are wider than the bar
        for button in self._buttons.values():
            button.narrow(on)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_narrow"):
            self._fit()

    def _fit(self) -> None:
        self.setFixedWidth(NAVIGATION_SMALL if self._narrow else round(NAVIGATION * max(1.0, theme.scale() * 0.9)))
