"""The rows of a source that were set aside: grouped by reason, with the first example, and saved as they were found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFrame, QVBoxLayout

from casebound.case import SetAside, Source
from casebound_ui.desktop import choosing, theme
from casebound_ui.desktop.controls import Button, Elided, Picture, column, emptied, holder, label, row, rule
from casebound_ui.desktop.saving import whole
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.wording import count, counted, inert

GROUPS = 6

TITLES = {
    "time": "Time could not be read",
    "columns": "Wrong number of columns",
    "encoding": "Text is not in the file's encoding",
    "json": "Not a JSON record",
    "duplicate-key": "A key stands twice",
    "too-long": "Too long to be a row",
    "quotes": "Quotes do not close",
}


class SetAsideCard(QFrame):
    """Says that nothing was set aside as clearly as it says what was."""

    def __init__(self, session: CaseSession, around: Surroundings) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._session, self._around = session, around
        self._source: Source | None = None
        self._rows: tuple[SetAside, ...] = ()
        self._icon = Picture("circle-alert", "warn", 18)
        self._title = label("", "title")
        self._text = Elided("Kept exactly as found. They are not on the timeline.", "body", "text2")
        self.export = Button(
            "Export", self._save, kind="quiet", icon="download", name="Export the rows set aside as found"
        )
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._foot = label("Counts and reasons appear in the package and the PDF.", "small", "text3")
        head = row(self._icon, self._title, self._text, None, self.export, gap=10, margins=(16, 8, 12, 8))
        foot = row(self._foot, None, margins=(16, 8, 16, 10))
        self.setLayout(column(head, rule(), self._list, foot, gap=0, margins=(1, 1, 1, 1)))

    def show_source(self, source: Source | None) -> None:
        """Read what was set aside of this source, behind the window."""
        self._source = source
        self.setVisible(source is not None)
        if source is None:
            return
        if not source.quarantined:
            self._show(source, ())
            return
        events = self._session.events

        def read() -> tuple[Source, Sequence[SetAside]]:
            return source, events.set_aside(source.number)

        self._session.ask(read, lambda found: self._show(*found))

    def _show(self, source: Source, rows: Sequence[SetAside]) -> None:
        if self._source is None or source.number != self._source.number:
            return
        self._rows = tuple(rows)
        emptied(self._list)
        some = bool(rows)
        self._icon.show_icon("circle-alert" if some else "circle-check", "warn" if some else "ok")
        self._title.setText(f"{counted(len(rows), 'row')} set aside" if some else "No row was set aside")
        self._text.setText(
            "Kept exactly as found. They are not on the timeline." if some else f"All of {source.name} could be read."
        )
        self.export.setVisible(some)
        for place, (code, group) in enumerate(self.groups()):
            if place >= GROUPS:
                more = sum(len(rest) for _, rest in self.groups()[GROUPS:])
                self._list.addWidget(label(f"And {counted(more, 'row')} for other reasons.", "small", "text2"))
                break
            if place:
                self._list.addWidget(rule())
            number = label(count(len(group)), "strong")
            number.setFixedWidth(44)
            why = label(TITLES.get(code, group[0].reason), "body")
            why.setFixedWidth(220)
            why.setToolTip(group[0].reason)
            line = label(f"line {group[0].line:,}", "mono", "text2")
            line.setFixedWidth(110)
            raw = label(theme.elided(inert(group[0].raw, 400), "mono", 360), "mono", "text2")
            raw.setToolTip(f"{group[0].reason}\n{inert(group[0].raw, 1000)}")
            self._list.addWidget(holder(row(number, why, line, raw, None, gap=10, margins=(18, 9, 16, 9))))

    def groups(self) -> list[tuple[str, list[SetAside]]]:
        """By reason, largest first."""
        found: dict[str, list[SetAside]] = {}
        for aside in self._rows:
            found.setdefault(aside.code if aside.code in TITLES else aside.reason, []).append(aside)
        return sorted(found.items(), key=lambda item: -len(item[1]))

    def _save(self) -> None:
        if self._source is not None:
            name = f"{Path(self._source.name).stem}-set-aside.txt"
            choosing.target(self, "Export the rows set aside", name, choosing.ANY, self.save_to)

    def save_to(self, path: Path) -> None:
        """Write the raw records, one after another, each as it was found."""
        rows, around = self._rows, self._around
        self._session.change(
            lambda case: whole(path, "".join(f"{aside.raw}\n" for aside in rows).encode("utf-8", "surrogateescape")),
            lambda done: around.note(f"{counted(len(rows), 'row')} written to {path.name}."),
        )
