"""Stating, or correcting, how the export of a source was made, after it came in."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from casebound.assurance import facts
from casebound.case import Source
from casebound_ui.desktop.controls import Button, column, frame, holder, label, row
from casebound_ui.desktop.origin_form import OriginForm
from casebound_ui.desktop.wording import inert, readable_times


class OriginPage(QWidget):
    """`save` gets the number of the source and what changed; `cancel` goes back."""

    def __init__(self, save: Callable[[int, dict[str, object]], object], cancel: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName("page")
        self._save = save
        self._source: Source | None = None
        self._title = label("", "h2", wrap=True)
        self.form = OriginForm()
        self.keep = Button("Keep it", self._keep, kind="primary", icon="save")
        self.cancel = Button("Cancel", cancel)
        text = label(
            "As stated by whoever made the export, or by you. It is compared with what came, and every change is an "
            "entry in custody. Leave empty what is not known.",
            "body",
            "text2",
            wrap=True,
        )
        head = row(column(self._title, text, gap=4), self.cancel, self.keep, gap=10)
        head.setStretch(0, 1)
        for button in (self.cancel, self.keep):
            head.setAlignment(button, Qt.AlignmentFlag.AlignTop)
        card = frame("card")
        card.setLayout(column(self.form, margins=(19, 15, 19, 15)))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(holder(column(head, card, None, gap=12, margins=(24, 18, 24, 18))))
        self.setLayout(column(area))

    def show_source(self, source: Source) -> None:
        """Show what is stated of a source now."""
        self._source = source
        self._title.setText(f"How was {inert(source.name, 120)} made?")
        stated = [fact for fact in facts(source) if fact.stated]
        self.form.show_facts(
            {fact.key: fact.value for fact in stated},
            {fact.key: readable_times(inert(fact.origin, 120)) for fact in stated},
            one_file=True,
        )
        next(iter(self.form.fields.values())).setFocus()

    def _keep(self) -> None:
        if self._source is not None and self.form.makes_sense():
            self._save(self._source.number, self.form.values)
