"""The line over the canvas: filter, lanes, options, zoom."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QMenu, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, row, rule
from casebound_ui.desktop.timeline.canvas import Canvas
from casebound_ui.desktop.timeline.filter_field import FilterField
from casebound_ui.desktop.wording import inert

ZOOM = 0.7
NARROW = 720  # pixels at normal text size
FIRST = (("Lanes by source", "source"), ("Lanes by actor", "actor"), ("Lanes by action", "action"))
OPTIONS = (("Same shading scale for all lanes", "same_scale"), ("Histogram as square root", "root"))


class Toolbar(QWidget):
    """Zooms the canvas itself; the filter and the choice of lanes are heard by the screen."""

    def __init__(
        self,
        canvas: Canvas,
        whole: Callable[[], object],
        by: Callable[[str], object],
        letters: Callable[[bool], object],
        letters_act: Callable[[], bool],
    ) -> None:
        super().__init__()
        self.options: list[Callable[[QMenu], object]] = []  # what others add to the view options
        self.let_letters_act, self._letters_act = letters, letters_act
        self._canvas = canvas
        self.filter = FilterField()
        self.lanes = QComboBox()
        self.lanes.setAccessibleName("Lanes by")
        self.lanes.setToolTip("One lane for each value of this column")
        self.lanes.activated.connect(lambda index: by(str(self.lanes.itemData(index))))
        self.show_fields((), "source")
        self._options = Button("View options", self._menu, kind="icon", icon="sliders-horizontal")
        zooms: tuple[tuple[str, Callable[[], object], str, str], ...] = (
            ("Zoom out", lambda: canvas.zoom(1 / ZOOM), "zoom-out", "Zoom out (S)"),
            ("Zoom in", lambda: canvas.zoom(ZOOM), "zoom-in", "Zoom in (W)"),
            ("Show the whole case", whole, "maximize", "The whole case (0)"),
        )
        self._zooms = zooms
        line = rule(upright=True)
        line.setFixedHeight(24)
        buttons = [Button(words, run, kind="icon", icon=icon, tip=tip) for words, run, icon, tip in zooms]
        self._zooming: tuple[QWidget, ...] = (line, *buttons)
        right = QWidget()
        self._right = row(self.lanes, self._options, *self._zooming, gap=6)
        right.setLayout(self._right)
        layout = row(self.filter, right, gap=8, margins=(12, 10, 12, 8))
        layout.setStretch(0, 1)
        layout.setAlignment(right, Qt.AlignmentFlag.AlignTop)
        self.setLayout(layout)
        self._measure()

    def add(self, button: QWidget) -> None:
        """A further button, before the options."""
        self._right.insertWidget(self._right.indexOf(self._options), button)

    def show_fields(self, names: Sequence[str], chosen: str) -> None:
        """Offer lanes by source, actor, action and every column in `names`."""
        self.lanes.clear()
        known = {name for _, name in FIRST}
        for words, name in (*FIRST, *((f"Lanes by {inert(name, 60)}", name) for name in names if name not in known)):
            self.lanes.addItem(words, name)
        self.lanes.setCurrentIndex(max(self.lanes.findData(chosen), 0))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_zooming"):
            self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def _measure(self) -> None:
        """Where room is short the filter gets it, and zooming goes into the menu."""
        narrow = self.width() < NARROW * theme.scale()
        self.lanes.setFixedWidth(round(156 * theme.scale()))
        for widget in self._zooming:
            widget.setVisible(not narrow)

    def show_options(self, fill: Callable[[QMenu], object]) -> None:
        """A menu under the button of the options with what `fill` puts into it."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fill(menu)
        menu.popup(self._options.mapToGlobal(QPoint(0, self._options.height())))

    def _menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, name in OPTIONS:
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(bool(getattr(self._canvas, name)))
            action.toggled.connect(lambda on, option=name: self._canvas.show_option(option, on))
        if self._zooming[0].isHidden():
            menu.addSeparator()
            for words, run, icon, _ in self._zooms:
                menu.addAction(theme.icon(icon), words).triggered.connect(lambda checked=False, act=run: act())
        menu.addSeparator()
        for others in self.options:
            others(menu)
        menu.addSeparator()
        action = menu.addAction("Keys of a single letter")
        action.setCheckable(True)
        action.setChecked(self._letters_act())
        action.toggled.connect(self.let_letters_act)
        menu.popup(self._options.mapToGlobal(QPoint(0, self._options.height())))
