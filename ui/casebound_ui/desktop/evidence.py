"""The evidence timeline: what of all that happened is told, in which order and in which words. The report prints it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QStackedLayout, QWidget

from casebound.case import ChronologyEntry
from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, Chip, Elided, column, frame, holder, label, row, rule
from casebound_ui.desktop.evidence_form import StatedTime
from casebound_ui.desktop.evidence_lines import Line, by_time, exhibits_by_time, lines
from casebound_ui.desktop.evidence_table import EvidenceTable
from casebound_ui.desktop.facts import FactPanel
from casebound_ui.desktop.listing import nothing
from casebound_ui.desktop.session import CaseSession, Kinds
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.ways import Ways
from casebound_ui.desktop.wording import counted, inert, moment

CONCERNS = frozenset({"chronology", "exhibits", "findings", "sources", "attachments"})


class Evidence(QWidget):
    """The list in its curated order, and the chosen entry beside it."""

    def __init__(self, session: CaseSession, around: Surroundings, ways: Ways) -> None:
        super().__init__()
        self.setObjectName("page")
        self._session, self._around, self._ways = session, around, ways
        self._round = 0
        self._wanted = ""  # the entry that is to be the chosen one
        self.ready = False
        self.lines: tuple[Line, ...] = ()
        self.table = EvidenceTable()
        self.table.writable = not session.read_only
        self.table.chosen.connect(self._describe)
        self.table.moved.connect(self._move)
        self.table.captioned.connect(self._caption)
        self.table.removed.connect(self.remove)
        self.panel = FactPanel("Entry", "Nothing chosen", "Choose an entry to see where it comes from.")
        self.form = StatedTime(self._state, self.table.setFocus)
        self.all_button = Button("All exhibits by time", self.add_all, kind="quiet", icon="calendar-clock")
        self.add_button = Button("Add…", self._menu, kind="quiet", icon="plus", name="Add an entry")
        self.sort_button = Button("Sort by time", self.sort, kind="quiet", icon="arrow-up-down")
        self._count = Elided("", "body", "text2")
        self._left_out = label("", "small", "text2", wrap=True)
        self._lay_out()
        session.changed.add(self._changed)
        self.refresh()

    def _lay_out(self) -> None:
        text = "Until somebody curates it, the report prints all exhibits in the order of time."
        self.begin_button = Button("All exhibits by time", self.add_all, kind="primary", icon="calendar-clock")
        self._stack = QStackedLayout()
        self._stack.addWidget(self.table)
        self._stack.addWidget(nothing("Nothing is on the evidence timeline", text, self.begin_button))
        card = frame("card")
        tools = (self.all_button, self.add_button, self.sort_button)
        head = row(label("Evidence timeline", "title"), self._count, None, *tools, gap=8, margins=(16, 8, 10, 8))
        below = holder(row(self._left_out, gap=0, margins=(16, 6, 16, 8)))
        body = column(head, rule(), self.form, self._stack, below, gap=0, margins=(1, 1, 1, 1))
        body.setStretch(3, 1)
        card.setLayout(body)
        layout = row(holder(column(card, margins=(16, 12, 16, 12))), self.panel, gap=0)
        layout.setStretch(0, 1)
        self.setLayout(layout)

    # What is shown

    def refresh(self) -> None:
        """Read the entries again; rows are read for their times."""
        self._round += 1
        number, events, snapshot = self._round, self._session.events, self._session.snapshot

        def done(found: tuple[Line, ...]) -> None:
            if number == self._round:
                self._show(found)

        self._session.ask(lambda: lines(events, snapshot), done)

    def choose(self, number: str) -> None:
        """Make an entry the chosen one, as soon as it is there."""
        self._wanted = number
        self._choose_wanted()

    def _show(self, found: tuple[Line, ...]) -> None:
        self.ready = True
        self.lines = found
        self._stack.setCurrentIndex(0 if found else 1)
        self.table.show_records(found, key=lambda line: line.number)
        self._choose_wanted()
        if found and self.table.record is None:
            self.table.selectRow(0)
        self._judge()
        self._describe(self.table.record)

    def _choose_wanted(self) -> None:
        for place, line in enumerate(self.lines):
            if line.number == self._wanted:
                self._wanted = ""
                self.table.selectRow(place)
                self.table.scrollTo(self.table.model().index(place, 0))

    def _judge(self) -> None:
        writable = not self._session.read_only
        missing = self._missing()
        self._count.setText(counted(len(self.lines), "entry", "entries") if self.lines else "")
        self.all_button.setVisible(bool(self.lines))
        self.all_button.setEnabled(writable and bool(missing))
        self.begin_button.setEnabled(writable and bool(missing))
        self.add_button.setEnabled(writable)
        self.sort_button.setVisible(bool(self.lines))
        self.sort_button.setEnabled(writable and by_time(self.lines) != [line.number for line in self.lines])
        total = len(self._session.snapshot.exhibits)
        if not self.lines:
            said = ""
        elif missing:
            said = f"{counted(len(missing), 'exhibit')} of {total:,} not told here; the report says so."
        else:
            said = "Every exhibit is told here." if total else ""
        self._left_out.setText(said)

    def _missing(self) -> list[str]:
        there = {entry.exhibit for entry in self._session.snapshot.chronology}
        return [exhibit.number for exhibit in self._session.snapshot.exhibits if exhibit.number not in there]

    def _changed(self, kinds: Kinds) -> None:
        if kinds & CONCERNS:
            self.refresh()

    def _describe(self, line: Line | None) -> None:
        panel = self.panel
        if line is None:
            panel.show_nothing()
            return
        panel.clear()
        chips = [Chip(line.exhibit, "accent")] if line.exhibit else []
        panel.add(label(inert(line.caption, 2_000) or "No caption", "title", wrap=True))
        panel.add(row(*chips, *(Chip(number, "finding") for number in line.findings), None, gap=6))
        panel.heading("Time (UTC)")
        panel.facts([("When", line.when), *([("Until", line.until.removeprefix("to "))] if line.until else [])])
        if line.early:
            panel.add(label("Earlier than the entry above it.", "small", "text2", wrap=True))
        panel.heading("Comes from")
        panel.facts([("Source", inert(line.source, 300))])
        caption = "Its own" if line.own else "The exhibit's"
        panel.facts([("Caption", caption), ("Entry", f"{line.number}, by {inert(line.by, 80)}")])
        panel.facts([("Added", f"{moment(line.at)} UTC")])
        panel.finish(*self._acts(line))

    def _acts(self, line: Line) -> list[QWidget]:
        made: list[QWidget] = []
        go = self._ways.of_exhibit(line.exhibit) if line.exhibit else None
        if go is not None:
            words = "Go to the event" if line.event is not None else "Go to the attachment"
            made.append(Button(words, go, icon="crosshair" if line.event is not None else "paperclip"))
        first, last = line.position == 1, line.position == len(self.lines)
        caption = Button("Caption", self.table.write, kind="quiet", icon="pencil", tip="Write the caption (F2)")
        up = Button("Move up", partial(self.table.move_chosen, -1), kind="icon", icon="arrow-up", tip="Up (Alt ↑)")
        down = Button(
            "Move down", partial(self.table.move_chosen, 1), kind="icon", icon="arrow-down", tip="Down (Alt ↓)"
        )
        remove = Button("Remove", partial(self.remove, line), kind="icon", icon="trash-2", tip="Take it off (Del)")
        for button in (caption, up, down, remove):
            button.setEnabled(not self._session.read_only)
        up.setEnabled(up.isEnabled() and not first)
        down.setEnabled(down.isEnabled() and not last)
        made.append(holder(row(caption, None, up, down, remove, gap=4)))
        return made

    # What a person can do

    def add_all(self) -> None:
        """Every exhibit that is not told yet, in the order of time, at the end."""
        events, snapshot = self._session.events, self._session.snapshot

        def added(entries: tuple[ChronologyEntry, ...]) -> None:
            self._around.note(f"{counted(len(entries), 'exhibit')} added in the order of time. It is in custody.")

        self._session.change(lambda case: case.add_entries(exhibits_by_time(events, snapshot)), added)

    def sort(self) -> None:
        """Ask, then put the entries in the order of time."""
        order = by_time(self.lines)

        def act() -> None:
            self._session.change(lambda case: case.order_entries(order))

        self._around.ask(
            "Sort the evidence timeline by time?",
            f"The order of its {counted(len(order), 'entry', 'entries')} is given up. Undo brings it back.",
            "Keep the order",
            "Sort by time",
            act,
        )

    def remove(self, line: Line) -> None:
        """Take an entry off; its exhibit stays."""
        number, following = line.number, [one.number for one in self.lines if one.position == line.position + 1]
        stays = f" {line.exhibit} stays an exhibit." if line.exhibit else ""

        def done(nothing: None) -> None:
            self.choose(following[0] if following else "")
            self._around.note(f"{number} taken off the evidence timeline.{stays}")

        self._session.change(lambda case: case.remove_entry(number), done)

    def _move(self, number: str, after: str | None) -> None:
        self._wanted = number
        self._session.change(lambda case: case.move_entry(number, after))

    def _caption(self, number: str, caption: str) -> None:
        self._session.change(lambda case: case.change_entry(number, caption))

    def _add(self, exhibit: str) -> None:
        after = self._chosen
        self._session.change(
            lambda case: case.add_entry(exhibit=exhibit, after=after), lambda entry: self.choose(entry.number)
        )

    def _state(self, start: int, end: int, caption: str) -> None:
        after = self._chosen
        self._session.change(
            lambda case: case.add_entry(from_us=start, to_us=end, caption=caption, after=after),
            lambda entry: self.choose(entry.number),
        )

    @property
    def _chosen(self) -> str | None:
        """What is added comes behind the chosen entry."""
        line = self.table.record
        return line.number if line is not None else None

    def _menu(self) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction("A stated time…", self.form.ask)
        missing = self._missing()
        if missing:
            menu.addSeparator()
        captions = {exhibit.number: exhibit.caption for exhibit in self._session.snapshot.exhibits}
        for number in missing:
            text = theme.elided(f"{number}  {inert(captions[number], 200)}", "body", 420).replace("&", "&&")
            menu.addAction(text, partial(self._add, number))
        menu.popup(self.add_button.mapToGlobal(QPoint(0, self.add_button.height())))
