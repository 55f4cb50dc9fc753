"""The rows of a source that are set aside: grouped by reason, with the first example, written to a file as they were
found, and read again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout

from casebound.case import Mend, Source
from casebound.mending import spoken
from casebound.quarantine import Group
from casebound.work import Done, Failed, Progress, Stopped
from casebound_exporters.set_aside import write_set_aside
from casebound_ui.desktop import choosing, theme
from casebound_ui.desktop.controls import Button, Elided, Picture, column, emptied, holder, label, row, rule
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.tips import plain_tip
from casebound_ui.desktop.wording import count, counted, inert, moment

GROUPS = 6
LARGE = 1.4
"""Text size from which a group takes two lines."""
LISTS = "List with places and reasons (*.csv *.jsonl);;The rows byte for byte (*.raw);;All files (*)"

TITLES = {
    "time": "Time could not be read",
    "columns": "Wrong number of columns",
    "encoding": "Text is not in the file's encoding",
    "json": "Not a JSON record",
    "duplicate-key": "A key stands twice",
    "too-long": "Too long to be a row",
    "quotes": "Quotes do not close",
    "nul": "Bytes that no text has",
    "log-line": "Not a line of a log",
    "footer": "A total or a footer, not a record",
    "repeated-header": "The names of the columns again",
}


class SetAsideCard(QFrame):
    """Says that nothing was set aside as clearly as it says what was. `read_again` hears of a group to be mended."""

    def __init__(
        self, session: CaseSession, around: Surroundings, read_again: Callable[[Source, Group], object]
    ) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._session, self._around, self._read_again = session, around, read_again
        self._source: Source | None = None
        self._groups: tuple[Group, ...] = ()
        self.mend_buttons: list[Button] = []
        self._icon = Picture("circle-alert", "warn", 18)
        self._title = label("", "title")
        self._text = Elided("", "body", "text2")
        self.export = Button(
            "Export", self._save, kind="quiet", icon="download", name="Export the rows set aside as found"
        )
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._foot = Elided("Counts and reasons appear in the package and the PDF.", "small", "text3")
        head = row(self._icon, self._title, self._text, self.export, gap=10, margins=(16, 8, 12, 8))
        foot = row(self._foot, margins=(16, 8, 16, 10))
        self.setLayout(column(head, rule(), _Scrolled(self._list), foot, gap=0, margins=(1, 1, 1, 1)))

    def show_source(self, source: Source | None) -> None:
        """Read what is set aside of this source, behind the window."""
        self._source = source
        self.setVisible(source is not None)
        if source is None:
            return
        if not source.quarantined:
            self._show(source, ())
            return
        events = self._session.events

        def read() -> tuple[Source, tuple[Group, ...]]:
            return source, tuple(events.set_aside_groups(source.number))

        self._session.ask(read, lambda found: self._show(*found))

    def groups(self) -> tuple[Group, ...]:
        """By reason, largest first."""
        return self._groups

    def _show(self, source: Source, groups: tuple[Group, ...]) -> None:
        if self._source is None or source != self._source:
            return
        self._groups = groups
        emptied(self._list)
        self.mend_buttons = []
        some, total = bool(groups), sum(group.count for group in groups)
        self._icon.show_icon("circle-alert" if some else "circle-check", "warn" if some else "ok")
        self._title.setText(f"{counted(total, 'row')} set aside" if some else self._none(source))
        self._text.setText(
            "Kept exactly as found. They are not on the timeline."
            if some
            else f"All of {inert(source.name, 120)} could be read."
        )
        self.export.setVisible(some)
        for place, group in enumerate(groups[:GROUPS]):
            if place:
                self._list.addWidget(rule())
            self._list.addWidget(self._line(source, group))
        if len(groups) > GROUPS:
            more = sum(group.count for group in groups[GROUPS:])
            rest = label(f"And {counted(more, 'row')} for other reasons; the export has them all.", "small", "text2")
            self._list.addWidget(holder(row(rest, None, margins=(18, 6, 16, 6))))
        self.updateGeometry()
        told = "Counts and reasons appear in the package and the PDF."
        if source.mends:
            told = f"{_mended(source.mends[-1])} {told}"
        self._foot.setText(told)

    def _line(self, source: Source, group: Group) -> QFrame:
        first = group.first
        title = TITLES.get(group.code, first.reason)
        number = label(count(group.count), "strong")
        known = group.code in TITLES and theme.scale() < LARGE  # short enough to stand there whole
        why = label(title, "body") if known else Elided(inert(title, 120), "body")
        why.setToolTip(plain_tip(inert(first.reason, 400)))
        byte = f", byte {first.offset:,}" if first.offset >= 0 else ""
        place = Elided(f"first: line {first.line:,}{byte}", "small", "text2")
        raw = Elided(inert(first.raw, 400), "mono", "text2")
        raw.setToolTip(plain_tip(f"{inert(first.reason, 400)}\n{inert(first.raw, 1000)}"))
        again = Button(
            "Read again…",
            lambda: self._read_again(source, group),
            kind="link",
            name=f"Read {counted(group.count, 'row')} again: {inert(title, 60)}",
        )
        again.setEnabled(not self._session.read_only)
        self.mend_buttons.append(again)
        made = QFrame()
        if theme.scale() >= LARGE:  # the reason first; where it was and what it was stand below
            head, below = row(number, why, again, gap=12), row(place, raw, gap=12)
            made.setLayout(column(head, below, gap=2, margins=(18, 5, 10, 5)))
        else:
            layout = row(number, why, place, raw, again, gap=12, margins=(18, 5, 10, 5))
            layout.setStretch(2, 3)
            layout.setStretch(3, 4)
            if isinstance(why, Elided):
                layout.setStretch(1, 3)
            made.setLayout(layout)
        made.setToolTip(plain_tip(inert(first.reason, 400)))
        return made

    @staticmethod
    def _none(source: Source) -> str:
        return "No row is set aside any more" if source.mends else "No row was set aside"

    def _save(self) -> None:
        if self._source is not None:
            name = f"{Path(self._source.name).stem}-set-aside.csv"
            choosing.target(self, "Export the rows set aside", name, LISTS, self.save_to)

    def save_to(self, path: Path) -> None:
        """Write the records as found; what the file's name ends in decides how."""
        source, around, events = self._source, self._around, self._session.events
        if source is None:
            return
        case_path = self._session.snapshot.path

        def job(progress: Progress) -> tuple[int, tuple[Path, ...]]:
            return write_set_aside(case_path, events, path, [source], progress)

        def ended(ending: Done[tuple[int, tuple[Path, ...]]] | Stopped | Failed) -> None:
            match ending:
                case Done((written, files)):
                    names = " and ".join(file.name for file in files)
                    around.note(f"{counted(written, 'row')} written to {names}.")
                case Failed(error):
                    around.tell(error)

        self._session.run(job, ended, title=f"Writing {path.name}")


class _Scrolled(QScrollArea):
    """As high as its lines, and scrolled where the window or the size of text leaves less room."""

    def __init__(self, lines: QVBoxLayout) -> None:
        super().__init__()
        self._lines = holder(column(lines, None, gap=0))
        self.setWidget(self._lines)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def sizeHint(self) -> QSize:
        return self._lines.sizeHint()

    def minimumSizeHint(self) -> QSize:
        hint = self._lines.sizeHint()
        return QSize(80, min(hint.height(), round(56 * theme.scale())))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().viewportEvent(event)


def _mended(mend: Mend) -> str:
    how = f" ({inert(spoken(mend.recipe), 120)})" if spoken(mend.recipe) else ""
    return f"{mend.kept:,} of {counted(mend.read, 'row')} read again by {inert(mend.by, 60)}, {moment(mend.at)}{how}."
