"""Writing on an event without leaving it: a note, tags, a caption, or the finding it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QPlainTextEdit

from casebound.case import Finding
from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, column, label, row
from casebound_ui.desktop.wording import inert

EXHIBIT = "The event becomes an exhibit if it is not one yet."
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Composer(QFrame):
    """A heading, a field and Save.

    Ctrl+Enter saves (Enter alone where one line is wanted), Esc leaves everything as it was.
    """

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "sunken")
        self._saved: Callable[[str], None] | None = None
        self._one_line = False
        self._given = ""
        self._head = label("", "strong")
        self._hint = label("", "small", "text2", wrap=True)
        self.field = QPlainTextEdit()
        self.field.setTabChangesFocus(True)
        self.field.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.field.installEventFilter(self)
        self.save_button = Button("Save", self.save, kind="primary")
        self._cancel = Button("Cancel", self.leave, kind="quiet")
        self.setLayout(
            column(
                self._head,
                self.field,
                self._hint,
                row(None, self._cancel, self.save_button, gap=6),
                gap=8,
                margins=(12, 12, 12, 12),
            )
        )
        self.hide()

    def ask(
        self, title: str, hint: str, saved: Callable[[str], None], *, one_line: bool = False, text: str = ""
    ) -> None:
        """Open with the focus in the field. `saved` gets the text, stripped; an empty one is not saved."""
        self._saved, self._one_line, self._given = saved, one_line, text.strip()
        self._head.setText(title)
        self._hint.setText(hint)
        self.field.setAccessibleName(title)
        self.field.setPlainText(text)
        self.field.selectAll()
        self.field.setFixedHeight(round((34 if one_line else 84) * theme.scale()))
        self.show()
        self.field.setFocus()

    @property
    def title(self) -> str:
        return self._head.text()

    @property
    def unsaved(self) -> str:
        """What was typed and is not saved; empty where nothing was, or where the field is closed."""
        text = self.field.toPlainText().strip()
        return "" if self.isHidden() or text == self._given else text

    def save(self) -> None:
        text, saved = self.field.toPlainText().strip(), self._saved
        if text and saved is not None:
            self.leave()
            saved(text)

    def leave(self) -> None:
        if self.isVisible() or not self.isHidden():
            self.hide()
            self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            ours = event.key() == Qt.Key.Key_Escape or (event.key() in _ENTER and (control or self._one_line))
            if ours and event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if ours:
                self.leave() if event.key() == Qt.Key.Key_Escape else self.save()
                return True
        return super().eventFilter(watched, event)


class FindingChooser(QFrame):
    """Which finding an event supports or contradicts: type to narrow the list, Enter takes the first.

    A new sentence makes a new finding.
    """

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "sunken")
        self._findings: Sequence[Finding] = ()
        self._chosen: Callable[[str, bool], None] | None = None
        self._made: Callable[[str, bool], None] | None = None
        self.field = QPlainTextEdit()
        self.field.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.field.setTabChangesFocus(True)
        self.field.setAccessibleName("Finding to link to")
        self.field.setPlaceholderText("F-02, words of it, or a new sentence")
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._narrow)
        self.list = QListWidget()
        self.list.setAccessibleName("Findings")
        self.list.setFixedHeight(116)
        self.list.setWordWrap(True)
        self.list.itemActivated.connect(lambda item: self._take(item, supports=True))
        self._said = label(EXHIBIT, "small", "text2", wrap=True)
        self._for = Button("Speaks for it", lambda: self._take(self.list.currentItem(), supports=True), kind="primary")
        self._against = Button("Speaks against it", lambda: self._take(self.list.currentItem(), supports=False))
        self.setLayout(
            column(
                label("Link to a finding", "strong"),
                self.field,
                self.list,
                self._said,
                row(self._for, self._against, None, gap=6),
                gap=8,
                margins=(12, 12, 12, 12),
            )
        )
        self.hide()

    def ask(
        self,
        findings: Sequence[Finding],
        chosen: Callable[[str, bool], None],
        made: Callable[[str, bool], None],
        *,
        said: str = EXHIBIT,
        sides: bool = True,
    ) -> None:
        """`chosen(number, supports)` for a finding there is, `made(sentence, supports)` for a new one.

        `said` is what the link does; without `sides` it speaks neither for nor against the finding.
        """
        self._said.setText(said)
        self._against.setVisible(sides)
        self._for.show_text("Speaks for it" if sides else "Show in it")
        self._findings, self._chosen, self._made = tuple(findings), chosen, made
        self.field.clear()
        self.field.setFixedHeight(round(34 * theme.scale()))
        self._narrow()
        self.show()
        self.field.setFocus()

    def leave(self) -> None:
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def _narrow(self) -> None:
        words = self.field.toPlainText().lower().split()
        self.list.clear()
        for finding in self._findings:
            text = f"{finding.number}  {inert(finding.sentence, 160)}"
            if all(word in text.lower() for word in words):
                item = QListWidgetItem(text)
                item.setData(Qt.ItemDataRole.UserRole, finding.number)
                self.list.addItem(item)
        sentence = self.field.toPlainText().strip()
        if sentence and not self.list.count():
            item = QListWidgetItem(f"Write a new finding: {inert(sentence, 160)}")
            item.setData(Qt.ItemDataRole.UserRole, "")
            self.list.addItem(item)
        if self.list.count():
            self.list.setCurrentRow(0)
        for button in (self._for, self._against):
            button.setEnabled(bool(self.list.count()))

    def _take(self, item: QListWidgetItem | None, *, supports: bool) -> None:
        if item is None:
            return
        number, sentence = str(item.data(Qt.ItemDataRole.UserRole)), self.field.toPlainText().strip()
        self.leave()
        if number and self._chosen is not None:
            self._chosen(number, supports)
        elif sentence and self._made is not None:
            self._made(sentence, supports)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            ours = event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_Up, *_ENTER)
            if ours and event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if ours:
                self._key(event)
                return True
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in _ENTER:
            self._take(self.list.currentItem(), supports=True)
        else:
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            self.list.setCurrentRow(min(max(self.list.currentRow() + step, 0), self.list.count() - 1))
