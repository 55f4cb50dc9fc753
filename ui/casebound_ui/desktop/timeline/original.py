"""The record behind an event, byte for byte as it stands in the original, and where: shown when it is asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from casebound.case import EventId
from casebound.rawrecords import RawRecord
from casebound_ui.desktop.controls import Button, column, emptied, label
from casebound_ui.desktop.timeline import sections
from casebound_ui.desktop.timeline.value import Value

Fetch = Callable[[EventId, Callable[[RawRecord], None]], None]


class OriginalRecord(QWidget):
    """One button; once pressed, the exact place and the record, inert and bounded. The next event covers it again."""

    def __init__(self, fetch: Fetch) -> None:
        super().__init__()
        self._fetch = fetch
        self._event: EventId | None = None
        self.record: RawRecord | None = None
        self._inside = QVBoxLayout()
        self._inside.setSpacing(6)
        self.show_button = Button("Show", self.ask, kind="link", name="Show the record as it stands in the original")
        self.setLayout(column(sections.section("In the original", self.show_button), self._inside, gap=6))

    def show_event(self, event: EventId) -> None:
        """Be ready for this event; what was shown of it already stays."""
        if event == self._event:
            return
        self._event, self.record = event, None
        emptied(self._inside)
        self.show_button.setEnabled(True)

    def ask(self) -> None:
        """Fetch the record of the event that is shown."""
        event = self._event
        if event is None:
            return
        self.show_button.setEnabled(False)
        self._fetch(event, lambda record: self._take(event, record))

    def _take(self, event: EventId, record: RawRecord) -> None:
        if event != self._event:
            return
        self.record = record
        emptied(self._inside)
        self._inside.addWidget(Value(record.words))
        self._inside.addWidget(label("As found, unchanged:", "small", "text3"))
        self._inside.addWidget(Value(record.text))
