"""The form that asks once how an export was made. An empty field stays “not stated”."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from casebound.assurance import KINDS, FactKind, require_sense
from casebound.errors import BadRequest
from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import holder, label, retone

OF_ONE_FILE = ("row_count", "file_sha256")
"""Facts that can be true of one table only."""


class OriginForm(QWidget):
    """One field for each fact. `values` gives only what differs from what was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, QLineEdit | QPlainTextEdit] = {}
        self._before: dict[str, str] = {}
        self._notes: dict[str, QLabel] = {}
        self._cells: list[QWidget] = []
        self._left_out: tuple[str, ...] = ()
        self.problem = label("", "small", "bad", wrap=True)
        self.problem.hide()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(10)
        for kind in KINDS:
            self._add(kind)
        outer = QVBoxLayout()
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addWidget(self.problem)
        outer.addLayout(self._grid)
        self.setLayout(outer)
        self._place()

    def _add(self, kind: FactKind) -> None:
        field: QLineEdit | QPlainTextEdit
        if kind.key == "query_text":
            field = QPlainTextEdit()
            field.setTabChangesFocus(True)
        else:
            field = QLineEdit()
        field.setPlaceholderText("not stated")
        field.setAccessibleName(kind.title)
        field.setAccessibleDescription(f"{kind.hint}. Leave it empty where it is not known.")
        field.setToolTip(kind.hint)
        above = label(kind.title, "caption", "text2")
        above.setBuddy(field)
        note = label("", "small", "text3", wrap=True)
        note.hide()
        box = QVBoxLayout()
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(3)
        for item in (above, field, note):
            box.addWidget(item)
        self.fields[kind.key], self._notes[kind.key] = field, note
        self._cells.append(holder(box))

    def show_facts(self, facts: Mapping[str, str], origins: Mapping[str, str], *, one_file: bool) -> None:
        """Fill the fields. `facts` and `origins` (who stated each) are under the names of manifests."""
        self.problem.hide()
        for kind, cell in zip(KINDS, self._cells, strict=True):
            key = next((key for key in kind.keys if key in facts), "")
            field, note = self.fields[kind.key], self._notes[kind.key]
            value = facts.get(key, "")
            if isinstance(field, QLineEdit):
                field.setText(value)
                field.setCursorPosition(0)
            else:
                field.setPlainText(value)
            retone(field, invalid=False)
            told = origins.get(key, "") if value else ""
            note.setText(told)
            note.setVisible(bool(told))
            self._before[kind.key] = self.text(kind.key)
            cell.setVisible(one_file or kind.key not in OF_ONE_FILE)
        self._left_out = () if one_file else OF_ONE_FILE
        self._place()

    def text(self, key: str) -> str:
        """What stands in a field."""
        field = self.fields[key]
        return field.text() if isinstance(field, QLineEdit) else field.toPlainText()

    @property
    def values(self) -> dict[str, object]:
        """What a person changed, an emptied field as ""."""
        return {
            kind.key: self.text(kind.key).strip()
            for kind in KINDS
            if self.text(kind.key) != self._before.get(kind.key, "") and kind.key not in self._left_out
        }

    def makes_sense(self) -> bool:
        """Whether every changed fact can be what it says; the first that cannot is named, and has the focus."""
        self.problem.hide()
        for key, value in self.values.items():
            retone(self.fields[key], invalid=False)
            if value == "":
                continue
            try:
                require_sense({key: value})
            except BadRequest as error:
                self.problem.setText(f"{error.title} {error.hint}")
                self.problem.show()
                retone(self.fields[key], invalid=True)
                self.fields[key].setFocus()
                return False
        return True

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._cells:
            self._place()

    def _place(self) -> None:
        """Two fields side by side, one where the text is large; the query takes the whole width."""
        while self._grid.takeAt(0) is not None:
            pass
        across = 1 if theme.scale() > 1.4 else 2
        line, side = 0, 0
        for kind, cell in zip(KINDS, self._cells, strict=True):
            if kind.key in self._left_out:
                continue
            whole = kind.key == "query_text"
            if whole and side:
                line, side = line + 1, 0
            self._grid.addWidget(cell, line, side, 1, across if whole else 1, Qt.AlignmentFlag.AlignTop)
            side += across if whole else 1
            if side >= across:
                line, side = line + 1, 0
        for place in range(2):
            self._grid.setColumnStretch(place, 1 if place < across else 0)
        self.fields["query_text"].setFixedHeight(round(68 * theme.scale()))
