"""The small parts of every screen: labels, buttons, chips, lines. Each takes its look from the style sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from casebound_ui.desktop import theme
from casebound_ui.desktop.tips import plain_tip


def label(
    text: str = "", kind: str = "body", tone: str = "text", *, wrap: bool = False, select: bool = False
) -> QLabel:
    """Plain text (never rich) in a type and a tone of the theme. `select` lets people copy it, by keyboard too."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("type", kind)
    made.setProperty("tone", tone)
    made.setWordWrap(wrap)
    if wrap:
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        made.setSizePolicy(policy)
    if select:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        made.setCursor(Qt.CursorShape.IBeamCursor)
    return made


class Elided(QLabel):
    """One line of text that gives way: it is shortened to the room there is, and the whole of it is in the tip."""

    def __init__(self, text: str = "", kind: str = "body", tone: str = "text", *, middle: bool = False) -> None:
        super().__init__(text)
        self._mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        self.setToolTip(plain_tip(text))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("type", kind)
        self.setProperty("tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setToolTip(plain_tip(text))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


class Middle(QWidget):
    """A column in the middle of a page: as wide as its text size asks for, and no wider than the page."""

    def __init__(self, content: QLayout, width: int) -> None:
        super().__init__()
        self._width = width
        self.setLayout(content)
        self._measure()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_width"):
            self._measure()

    def _measure(self) -> None:
        self.setMaximumWidth(round(self._width * theme.scale()))


def centred(content: QLayout, width: int, margins: tuple[int, int, int, int]) -> QWidget:
    """A page with `content` in its middle, at most `width` pixels wide at normal text size."""
    layout = row(None, Middle(content, width), None, gap=0, margins=margins)
    layout.setStretch(1, 1000)
    return holder(layout)


def retone(widget: QWidget, **properties: object) -> None:
    """Change style properties of a widget and have it drawn anew."""
    if all(widget.property(name) == value for name, value in properties.items()):
        return
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


class Picture(QLabel):
    """An icon that follows the theme. It is decoration: the word beside it says the same."""

    def __init__(self, name: str, tone: str = "text2", size: int = 16) -> None:
        super().__init__()
        self._name, self._tone, self._size = name, tone, size
        self._drawn: tuple[object, ...] = ()
        self.setFixedSize(size, size)
        self.show_icon(name, tone)

    def show_icon(self, name: str, tone: str) -> None:
        self._name, self._tone = name, tone
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._draw()

    def _draw(self) -> None:
        drawn = (self._name, theme.tokens().colour(self._tone))
        if drawn != self._drawn:  # Qt tells of a style several times, at every change of parent too
            self._drawn = drawn
            self.setPixmap(theme.pixmap(self._name, self._tone, self._size))


class Button(QPushButton):
    """A push button with a tinted icon and a spoken name. `kind` is "plain", "primary", "quiet", "link" or "icon"."""

    _TONES: ClassVar[dict[str, str]] = {
        "primary": "on_accent",
        "link": "accent",
        "quiet": "text2",
        "icon": "text2",
        "nav": "text2",
        "tiny": "text3",
        "search": "text3",
    }

    def __init__(
        self,
        text: str,
        on_click: Callable[[], object],
        *,
        kind: str = "plain",
        icon: str = "",
        name: str = "",
        tip: str = "",
    ) -> None:
        super().__init__("" if kind in ("icon", "tiny") else _spaced(text, icon))
        self._icon, self._tinted = icon, ("", "")
        self.setProperty("kind", kind)
        self.setAccessibleName(name or text)
        self.setAutoDefault(False)
        self.setToolTip(plain_tip(tip or (text if kind in ("icon", "tiny") else "")))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setIconSize(QSize(14, 14) if kind == "tiny" else QSize(16, 16))
        self.clicked.connect(lambda: on_click())
        self._tint()

    def show_text(self, text: str) -> None:
        self.setText(_spaced(text, self._icon))
        self.setAccessibleName(text)

    def show_icon(self, name: str) -> None:
        self._icon = name
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.EnabledChange):
            self._tint()

    def _tint(self) -> None:
        if self._icon:
            tone = self._TONES.get(str(self.property("kind")), "text") if self.isEnabled() else "text3"
            tinted = (self._icon, theme.tokens().colour(tone))
            if tinted != self._tinted:  # Qt tells of a style several times, at every change of parent too
                self._tinted = tinted
                self.setIcon(theme.icon(self._icon, tone))


class PaneButton(QPushButton):
    """A button that is a pane: as large as what is laid out in it, and clickable everywhere."""

    def __init__(self, kind: str, content: QLayout, on_click: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("kind", kind)
        self.setAutoDefault(False)
        self.setLayout(content)
        self._content = content
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: on_click())

    def sizeHint(self) -> QSize:
        hint = self._content.totalSizeHint()
        if self._content.hasHeightForWidth() and self.width() > 100:
            return QSize(hint.width(), self._content.totalHeightForWidth(self.width()))
        return hint

    def minimumSizeHint(self) -> QSize:
        return QSize(self._content.totalMinimumSize().width(), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()  # text may wrap to another number of lines


def _spaced(text: str, icon: str) -> str:
    # Fusion sets icon and text close together; a thin gap reads better.
    return f" {text}" if icon and not text.startswith(" ") else text


class Chip(QLabel):
    """A short state in a rounded frame: always a word, its colour only repeats it."""

    def __init__(self, text: str, tone: str) -> None:
        super().__init__(text)
        self._tone = tone
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font("caption"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(theme.font("caption"))
        return QSize(metrics.horizontalAdvance(self.text()) + 22, metrics.height() + 5)

    minimumSizeHint = sizeHint

    def show_state(self, text: str, tone: str) -> None:
        self._tone = tone
        self.setText(text)
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_chip(painter, self.rect(), self.text(), self._tone)


def paint_chip(painter: QPainter, rect: QRect, text: str, tone: str) -> None:
    """Draw a chip into `rect`; lists use it too."""
    t = theme.tokens()
    soft = {"neutral": t.sunken, "accent": t.accent_soft}.get(tone) or t.colour(f"{tone}_soft")
    ink = t.text2 if tone == "neutral" else t.colour(tone)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(t.line_strong if tone == "neutral" else t.blend(ink, soft, 0.45))
    painter.setBrush(QColor(soft))
    inner = rect.adjusted(1, 1, -1, -1)
    painter.drawRoundedRect(inner, inner.height() / 2, inner.height() / 2)
    painter.setPen(ink)
    painter.setFont(theme.font("caption"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def frame(kind: str) -> QFrame:
    """A frame with a look of the style sheet: "card", "sunken", "rule", "panel" …"""
    made = QFrame()
    made.setProperty("kind", kind)
    return made


def rule(upright: bool = False) -> QFrame:
    return frame("rule-upright" if upright else "rule")


def column(
    *items: QWidget | QLayout | int | None, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QVBoxLayout:
    """Things one above another. An int is a space of that many pixels, None takes what is left."""
    layout = QVBoxLayout()
    _fill(layout, items, gap, margins)
    return layout


def row(
    *items: QWidget | QLayout | int | None, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QHBoxLayout:
    """Things side by side. An int is a space of that many pixels, None takes what is left."""
    layout = QHBoxLayout()
    _fill(layout, items, gap, margins)
    return layout


def _fill(
    layout: QVBoxLayout | QHBoxLayout,
    items: tuple[QWidget | QLayout | int | None, ...],
    gap: int,
    margins: tuple[int, int, int, int],
) -> None:
    layout.setSpacing(gap)
    layout.setContentsMargins(*margins)
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, int):
            layout.addSpacing(item)
        elif isinstance(item, QWidget):
            layout.addWidget(item)
        else:
            layout.addLayout(item)


def holder(layout: QLayout) -> QWidget:
    """A bare widget around a layout."""
    made = QWidget()
    made.setLayout(layout)
    return made


def emptied(layout: QLayout) -> None:
    """Take everything out of a layout and let it go."""
    while (item := layout.takeAt(0)) is not None:
        inner, child = item.widget(), item.layout()
        if inner is not None:
            inner.hide()
            inner.setParent(None)
            inner.deleteLater()
        elif child is not None:
            emptied(child)


def name_inside(control: QWidget, name: str) -> None:
    """Give the line to type in inside an editable combo box or a spin box the name of the whole."""
    for line in control.findChildren(QLineEdit):
        line.setAccessibleName(name)


def labelled(text: str, control: QWidget, hint: str = "") -> QVBoxLayout:
    """A control under its label, with a line of help below. The label is the control's spoken name."""
    control.setAccessibleName(text)
    control.setAccessibleDescription(hint)
    name_inside(control, text)
    above = label(text, "caption", "text2")
    above.setBuddy(control)
    layout = column(above, control, gap=4)
    if hint:
        layout.addWidget(label(hint, "small", "text3", wrap=True))
    return layout
