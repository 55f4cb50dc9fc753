"""Findings: one sentence each, with what speaks for it and against it. Written is saved; every change is in custody."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QStackedLayout, QWidget

from casebound.case import Finding
from casebound_ui.desktop.controls import Button, column, frame, holder, label, row, rule
from casebound_ui.desktop.finding_editor import FindingEditor
from casebound_ui.desktop.records import Cell, Field, RecordTable
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.view_preview import ViewPreview
from casebound_ui.desktop.ways import Ways
from casebound_ui.desktop.wording import counted, inert

EXAMPLE = "One sentence you could defend, for example: Sixty accounts were run by one actor through two pools."


class Findings(QWidget):
    """The list at the left, the editor of the chosen one at the right."""

    def __init__(self, session: CaseSession, around: Surroundings, ways: Ways, preview: ViewPreview) -> None:
        super().__init__()
        self.setObjectName("page")
        self._session, self._around = session, around
        self._wanted = ""
        self.editor = FindingEditor(session, around, ways, preview)
        self.table = RecordTable(
            (
                Field("No.", 62, lambda f: Cell(f.number, "finding", "strong")),
                Field("Finding", 0, lambda f: Cell(inert(f.sentence, 300), second=_second(f), prose=True)),
            ),
            "Findings",
            height=52,
        )
        self.table.horizontalHeader().hide()
        self.table.chosen.connect(self._chosen)
        self.sentence = QLineEdit()
        self.sentence.setPlaceholderText(EXAMPLE)
        self.sentence.setAccessibleName("Sentence of a new finding")
        self.sentence.textChanged.connect(lambda text: self._judge())
        self.sentence.returnPressed.connect(self.write)
        self.write_button = Button("Write", self.write, kind="primary", icon="plus", name="Write the finding")
        self._count = label("", "body", "text2")
        self._list = QStackedLayout()
        self._list.addWidget(self.table)
        empty = column(
            None,
            label("A finding is one sentence you could defend.", "title", wrap=True),
            label("Write it above. Then choose the exhibits for it and against it.", "body", "text2", wrap=True),
            None,
            None,
            gap=6,
            margins=(20, 0, 20, 0),
        )
        self._list.addWidget(holder(empty))
        card = frame("card")
        write = row(self.sentence, self.write_button, gap=8, margins=(12, 10, 12, 10))
        head = row(label("Findings", "title"), self._count, None, gap=10, margins=(16, 8, 12, 8))
        card.setLayout(column(head, rule(), write, rule(), self._list, gap=0, margins=(1, 1, 1, 1)))
        card.setMinimumWidth(300)
        card.setMaximumWidth(430)
        layout = row(card, self.editor, gap=12, margins=(16, 12, 16, 12))
        layout.setStretch(0, 2)
        layout.setStretch(1, 3)
        self.setLayout(layout)
        for widget in (self.sentence, self.write_button):
            widget.setEnabled(not session.read_only)
        session.changed.add(lambda kinds: self.refresh())
        self._judge()
        self.refresh()

    def refresh(self) -> None:
        findings = self._session.snapshot.findings
        self._count.setText(counted(len(findings), "finding") if findings else "")
        self._list.setCurrentIndex(0 if findings else 1)
        self.table.show_records(findings, key=lambda f: f.number)
        if self._wanted:
            for place, finding in enumerate(findings):
                if finding.number == self._wanted:
                    self.table.selectRow(place)
                    self._wanted = ""
        if findings and self.table.record is None:
            self.table.selectRow(0)
        self.editor.show_finding(self.table.record)

    def add(self) -> None:
        """Put the cursor where the sentence of a new finding goes."""
        self.sentence.setFocus()

    def write(self) -> None:
        """Write the sentence into the case; it is then the chosen one."""
        text = self.sentence.text().strip()
        if not text:
            return

        def done(finding: Finding) -> None:
            self.sentence.clear()
            self._wanted = finding.number
            self.refresh()
            self._around.note(f"{finding.number} written. It is in custody.")

        self._session.change(lambda case: case.add_finding(text), done)

    def choose(self, number: str) -> None:
        self._wanted = number
        self.refresh()

    def _chosen(self, finding: Finding | None) -> None:
        self.editor.keep()
        self.editor.show_finding(finding)

    def _judge(self) -> None:
        self.write_button.setEnabled(bool(self.sentence.text().strip()) and not self._session.read_only)


def _second(finding: Finding) -> str:
    parts = [finding.state.capitalize()]
    parts.append(f"{len(finding.supports)} for, {len(finding.contradicts)} against")
    if finding.views:
        parts.append(counted(len(finding.views), "view"))
    if finding.likelihood:
        parts.append(str(finding.likelihood))
    return " · ".join(parts)
