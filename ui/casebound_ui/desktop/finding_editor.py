"""The editor of one finding. It keeps what is typed when the field is left, or after a moment of rest."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from casebound.case import Confidence, Finding, Likelihood
from casebound_ui.desktop.controls import column, holder, label, labelled, row, rule
from casebound_ui.desktop.exhibit_choice import ExhibitChoice
from casebound_ui.desktop.prose import Prose
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.view_choice import ViewChoice
from casebound_ui.desktop.view_preview import ViewPreview
from casebound_ui.desktop.ways import Ways
from casebound_ui.desktop.wording import moment

REST = 2500  # milliseconds without typing after which a text is kept
NOT_STATED = "not stated"


class FindingEditor(QFrame):
    """Every field writes itself: one change of the case, one custody entry, for each field that really changed."""

    def __init__(self, session: CaseSession, around: Surroundings, ways: Ways, preview: ViewPreview) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._session, self._around = session, around
        self._finding: Finding | None = None
        self._filling = False
        self.number = label("", "strong", "finding")
        self.state = label("", "small", "text3")
        self.sentence = Prose(2)
        self.reasoning = Prose(4)
        self.clause = QLineEdit()
        self.clause.setPlaceholderText("Clause and its words, as in force on the day")
        self.likelihood = QComboBox()
        self.likelihood.addItem(NOT_STATED, "")
        for term in list(Likelihood)[1:]:
            self.likelihood.addItem(str(term), str(term))
        self.confidence = QComboBox()
        self.confidence.addItem(NOT_STATED, "")
        for level in list(Confidence)[1:]:
            self.confidence.addItem(str(level), str(level))
        self.basis = Prose(2)
        self.ask = Prose(2)
        self.limits = Prose(2)
        self.supports = ExhibitChoice(
            "Evidence for", "circle-check", lambda numbers: self._change(supports=numbers), ways.of_exhibit
        )
        self.contradicts = ExhibitChoice(
            "Evidence against", "circle-x", lambda numbers: self._change(contradicts=numbers), ways.of_exhibit
        )
        self.views = ViewChoice(preview, lambda numbers: self._change(views=numbers), ways.show_view)
        self.measures = label("", "body", "text2", wrap=True)
        self._texts: dict[str, QPlainTextEdit | QLineEdit] = {
            "sentence": self.sentence,
            "reasoning": self.reasoning,
            "clause": self.clause,
            "confidence_basis": self.basis,
            "ask": self.ask,
            "limits": self.limits,
        }
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self.keep)
        for field in self._texts.values():
            field.textChanged.connect(self._typed)
            field.installEventFilter(self)
        self.likelihood.activated.connect(lambda i: self._change(likelihood=Likelihood(self.likelihood.currentData())))
        self.confidence.activated.connect(lambda i: self._change(confidence=Confidence(self.confidence.currentData())))
        self._body = self._lay_out()
        self._body.setEnabled(not session.read_only)
        self.show_finding(None)

    def _lay_out(self) -> QWidget:
        head = row(self.number, None, self.state, gap=8, margins=(20, 10, 20, 10))
        evidence = row(self.supports, self.contradicts, gap=16)
        evidence.setStretch(0, 1)
        evidence.setStretch(1, 1)
        judgement = row(
            labelled("How likely", self.likelihood),
            labelled("Confidence in the basis", self.confidence),
            gap=16,
        )
        judgement.setStretch(0, 1)
        judgement.setStretch(1, 1)
        body = holder(
            column(
                labelled("Finding, in one sentence", self.sentence),
                labelled("Reasoning", self.reasoning),
                evidence,
                self.views,
                self.measures,
                labelled("Policy clause", self.clause),
                judgement,
                labelled("Basis of the confidence", self.basis),
                labelled("What is asked for", self.ask),
                labelled("What is not established", self.limits),
                None,
                gap=14,
                margins=(20, 14, 20, 20),
            )
        )
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        self._filled = holder(column(head, rule(), area, gap=0))
        self._empty = holder(
            column(
                None,
                row(None, label("Nothing chosen", "title"), None),
                row(None, label("Write a finding or choose one to edit it.", "body", "text2"), None),
                None,
                None,
            )
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(self._filled)
        layout.addWidget(self._empty)
        return body

    def show_finding(self, finding: Finding | None) -> None:
        """Show a finding; a field in which somebody is typing keeps what was typed."""
        same = finding is not None and self._finding is not None and finding.number == self._finding.number
        before, self._finding = self._finding, finding
        self._filled.setVisible(finding is not None)
        self._empty.setVisible(finding is None)
        if finding is None:
            return
        self._filling = True
        self.number.setText(finding.number)
        self.state.setText(f"{finding.state.capitalize()}. Kept {moment(finding.changed_at)} UTC, in custody.")
        for name, field in self._texts.items():
            value = str(getattr(finding, name))
            typed = same and before is not None and _value(field) != str(getattr(before, name))
            if not typed and _value(field) != value:
                if isinstance(field, QPlainTextEdit):
                    field.setPlainText(value)
                else:
                    field.setText(value)
                    field.setCursorPosition(0)
        self.likelihood.setCurrentIndex(max(0, self.likelihood.findData(str(finding.likelihood))))
        self.confidence.setCurrentIndex(max(0, self.confidence.findData(str(finding.confidence))))
        exhibits = self._session.snapshot.exhibits
        self.supports.show_choice(exhibits, finding.supports, finding.contradicts)
        self.contradicts.show_choice(exhibits, finding.contradicts, finding.supports)
        self.views.show_choice(self._session.snapshot.views, finding.views)
        numbers = {measure.number: measure for measure in self._session.snapshot.measures}
        told = [
            f"{number}: {numbers[number].question} {numbers[number].result:,} {numbers[number].unit}"
            for number in finding.measures
            if number in numbers
        ]
        self.measures.setText("Numbers: " + "; ".join(told) if told else "")
        self.measures.setVisible(bool(told))
        self._filling = False

    def keep(self) -> None:
        """Write every text that differs from what the case has."""
        self._rest.stop()
        if self._finding is None or self._session.read_only:
            return
        changed: dict[str, Any] = {
            name: _value(field).strip()
            for name, field in self._texts.items()
            if _value(field).strip() != str(getattr(self._finding, name))
        }
        if changed.get("sentence") == "":
            del changed["sentence"]  # a finding is its sentence; an empty one is not kept
        if changed:
            self._change(**changed)

    def hideEvent(self, event: Any) -> None:
        self.keep()
        super().hideEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.keep()
        return False

    def _typed(self) -> None:
        if not self._filling:
            self.state.setText("Being written…")
            self._rest.start()

    def _change(self, **fields: Any) -> None:
        if self._finding is None or self._filling:
            return
        number = self._finding.number
        self._session.change(lambda case: case.change_finding(number, **fields))


def _value(field: QPlainTextEdit | QLineEdit) -> str:
    return field.toPlainText() if isinstance(field, QPlainTextEdit) else field.text()
