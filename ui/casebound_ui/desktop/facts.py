"""A panel of facts at the right of a list: headings, label and value, fingerprints that can be copied."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QVBoxLayout, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, column, emptied, holder, label, row, rule
from casebound_ui.desktop.tips import plain_tip
from casebound_ui.desktop.tokens import INSPECTOR
from casebound_ui.desktop.wording import short_hash


class FactPanel(QFrame):
    """332 wide. Filled anew for each thing chosen; a word stands there when nothing is."""

    def __init__(self, name: str, empty_title: str, empty_text: str) -> None:
        super().__init__()
        self.setProperty("kind", "panel")
        self._measure()
        self._empty = (empty_title, empty_text)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(18, 16, 18, 16)
        self.body.setSpacing(7)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(holder(self.body))
        area.setAccessibleName(name)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area = area
        self.foot = column(gap=8, margins=(18, 0, 18, 0))
        self.setLayout(column(area, self.foot, gap=0))
        self.show_nothing()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_empty"):
            self._measure()

    def _measure(self) -> None:
        self.setFixedWidth(round(INSPECTOR * min(1.7, max(1.0, theme.scale()))))  # larger text takes more lines

    def show_nothing(self) -> None:
        self.clear()
        title, text = self._empty
        head, below = label(title, "title"), label(text, "body", "text2", wrap=True)
        for item in (head, below):
            item.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.body.addStretch(1)
        self.body.addWidget(head)
        self.body.addWidget(below)
        self.body.addStretch(2)

    def clear(self) -> None:
        emptied(self.body)
        emptied(self.foot)
        self.foot.setContentsMargins(18, 0, 18, 0)
        self._area.verticalScrollBar().setValue(0)

    @property
    def scrolled(self) -> int:
        """How far somebody scrolled."""
        return self._area.verticalScrollBar().value()

    def scroll_to(self, place: int) -> None:
        """Show that place again, once the panel knows its new height."""
        if place:
            QTimer.singleShot(0, self, lambda: self._area.verticalScrollBar().setValue(place))

    def add(self, *items: QWidget | QLayout) -> None:
        for item in items:
            if isinstance(item, QWidget):
                self.body.addWidget(item)
            else:
                self.body.addLayout(item)

    def heading(self, text: str) -> None:
        self.body.addSpacing(3)
        self.body.addWidget(rule())
        self.body.addSpacing(2)
        self.body.addWidget(label(text, "caption", "text2"))

    def facts(self, pairs: Sequence[tuple[str, str]]) -> None:
        for name, value in pairs:
            self.body.addLayout(fact(name, value))

    def finish(self, *buttons: QWidget) -> None:
        """Close the panel; `buttons` stay in view at its foot."""
        self.body.addStretch(1)
        for button in buttons:
            self.foot.addWidget(button)
        if buttons:
            self.foot.setContentsMargins(18, 12, 18, 12)


def fact(name: str, value: str, kind: str = "body") -> QLayout:
    """One label and its value side by side; the value wraps and can be copied."""
    left = label(breakable(name.replace("_", " "), 11), "small", "text3", wrap=True)
    left.setFixedWidth(round(82 * theme.scale()))
    left.setAlignment(Qt.AlignmentFlag.AlignTop)
    shown = breakable(value)
    # Text with break hints is not offered for copying: the hints would travel with it.
    right = label(shown, kind, wrap=True, select=shown == value)
    right.setToolTip(plain_tip(value) if shown != value else "")
    layout = row(left, right, gap=6)
    layout.setStretch(1, 1)
    return layout


def fingerprint(name: str, digest: str, spoken: str = "", *, wide: bool = False) -> QLayout:
    """A shortened digest in mono with a button that copies all of it, close by where there is much room (`wide`)."""
    left = label(name, "small", "text3")
    said = QFontMetrics(theme.font("small")).horizontalAdvance(name) + 4
    left.setMinimumWidth(max(round(82 * theme.scale()), said))
    shown = label(short_hash(digest), "mono", "text2", wrap=theme.scale() > 1.2)
    shown.setToolTip(digest)
    copy = Button(
        f"Copy {spoken or name}",
        lambda: QGuiApplication.clipboard().setText(digest),
        kind="tiny",
        icon="copy",
    )
    layout = row(left, shown, copy, None, gap=6) if wide else row(left, shown, None, copy, gap=6)
    if shown.wordWrap():
        layout.setStretch(1, 100)
    return layout


def breakable(text: str, longest: int = 22) -> str:
    """Let long paths and names wrap: a zero-width space after separators, and every `longest` letters otherwise."""
    made: list[str] = []
    run = 0
    for ch in text:
        made.append(ch)
        run = 0 if ch.isspace() else run + 1
        if (ch in "/\\_-.:,@" and run > 8) or run >= longest:
            made.append("\u200b")
            run = 0
    return "".join(made)
