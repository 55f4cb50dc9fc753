"""Comparing: two stretches of time under the same filter, a saved view, or two values of one field."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from casebound.comparing import Compared, Comparison, Line, Side, comparable, compare, lines, value_term
from casebound.errors import CaseboundError
from casebound.moments import utc_text
from casebound.placedmarks import PlacedMarks
from casebound.work import Progress
from casebound_exporters.cells import guarded
from casebound_ui.desktop.commands import Command
from casebound_ui.desktop.timeline import entity, keys
from casebound_ui.desktop.timeline.asking import Asking
from casebound_ui.desktop.timeline.compare_sheet import CompareSheet
from casebound_ui.desktop.timeline.dates import edge_text
from casebound_ui.desktop.timeline.scale import View, duration
from casebound_ui.desktop.wording import inert

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen


@dataclass(frozen=True, slots=True)
class Choice:
    """Something a stretch of time can be compared with."""

    words: str
    side: Side


class Compare:
    """The command, the entry in the menus, and the sheet."""

    def __init__(self, screen: TimelineScreen) -> None:
        self._screen, self._session = screen, screen.session
        self._asking = Asking(screen.session)
        self._a: Side | None = None
        self._others: list[Choice] = []
        self._kept: View | None = None
        self._field = ""
        self.sheet: CompareSheet | None = None
        self.found: Comparison | None = None
        screen.value_acts.append(("Compare with…", self.with_another))
        keys.bind(
            screen,
            screen.commands,
            Command(
                "timeline-compare",
                "Compare stretches of time",
                "The dragged range, or the view, with another",
                self.open,
                key="I",
                menu="View",
                scope=keys.SCOPE,
                icon="columns-2",
                enabled=lambda: screen.isVisible() and bool(screen.canvas.shown.of),
            ),
        )

    def close(self) -> None:
        self._asking.close()

    @property
    def idle(self) -> bool:
        return self._asking.idle

    # Two stretches of time

    def open(self) -> None:
        """Compare the dragged range, or else the view, with the stretch before it (or with a kept one)."""
        browsing = self._screen.browsing
        view, where = browsing.span, browsing.where
        self._field = ""
        self._a = Side("A", where, view.start, view.end)
        self._others = self._choices(view, where)
        at = next((n for n, one in enumerate(self._others) if one.words.startswith("Kept")), 0)
        sheet = self._appear()
        sheet.ask_ranges(_said(view), [one.words for one in self._others], at)
        sheet.second.setFocus()
        self.other(at)

    def other(self, at: int) -> None:
        """Compare with another of the choices."""
        if self._a is not None and 0 <= at < len(self._others):
            self._ask(self._a, self._others[at].side)

    def keep(self) -> None:
        """Keep A: what is compared next can be compared with it."""
        if self._a is not None and self._a.from_us is not None and self._a.to_us is not None:
            self._kept = View(self._a.from_us, self._a.to_us)
            if self.sheet is not None:
                self._screen.sheet.say("Compare", "Kept. Drag another range, and compare it with this one (I).")

    def _choices(self, view: View, where: str) -> list[Choice]:
        before, after = View(view.start - view.span, view.start), View(view.end, view.end + view.span)
        made = [
            Choice("The same length before", Side("B", where, before.start, before.end)),
            Choice("The same length after", Side("B", where, after.start, after.end)),
        ]
        if self._kept is not None and self._kept != view:
            kept = self._kept
            made.insert(0, Choice(f"Kept range: {_said(kept)}", Side("B", where, kept.start, kept.end)))
        for saved in self._session.snapshot.views:
            words = f"{saved.number} {inert(saved.title, 80)}"
            made.append(Choice(words, Side("B", saved.where, saved.from_us, saved.to_us)))
        made.append(Choice("The whole case", Side("B", where)))
        return made

    # Two values

    def with_another(self, field: str, value: str) -> None:
        """Compare a value with another of the same field: the second one that is chosen, or typed."""
        sheet = self.sheet
        waiting = sheet is not None and self._screen.sheet.content is sheet and self._field.lower() == field.lower()
        if sheet is not None and waiting and sheet.one.text() and not sheet.two.text() and self._on_screen:
            self.values(sheet.one.text(), value)
            return
        self._field, self._a = field, None
        sheet = self._appear()
        sheet.ask_values(field, value, "")
        self._screen.sheet.say("Compare", "Type the other value, or choose “Compare with…” on it in a menu.")
        sheet.two.setFocus()

    @property
    def _on_screen(self) -> bool:
        # The table may be back in front of the sheet while a second value is chosen in it.
        return self.sheet is not None and self.found is None

    def values(self, a: str, b: str) -> None:
        """Compare two values over the whole case."""
        if a and b:
            sheet = self._appear()
            sheet.ask_values(self._field, a, b)
            sides = [Side(name, value_term(self._field, value)) for name, value in (("A", a), ("B", b))]
            self._ask(sides[0], sides[1])

    # Counting

    def _appear(self) -> CompareSheet:
        screen = self._screen
        if self.sheet is None or screen.sheet.content is not self.sheet:
            self.sheet = CompareSheet(self)
            self.sheet.opened.connect(self._opened)
            self.sheet.menu_wanted.connect(self._menu)
        self.found = None
        self.sheet.show_nothing()
        screen.show_sheet("Compare", "", self.sheet)
        return self.sheet

    def _ask(self, a: Side, b: Side) -> None:
        sheet, events, marks = self.sheet, self._session.events, PlacedMarks(self._session.snapshot)
        if sheet is None:
            return
        covered = self._screen.browsing.covered

        def job(progress: Progress) -> Comparison:
            fields = comparable(events.fields()) if events.count else []
            found = compare(events, a, b, fields, marks=marks, progress=progress)
            return replace(found, fields=tuple(listed(one, covered.of(events, one.field)) for one in found.fields))

        def show(found: Comparison) -> None:
            self.found = found
            sheet.working.show_end("")
            sheet.show_found(found)
            self._screen.sheet.say("Compare", "Counts of events, beside what they are a part of. No conclusion.")
            sheet.table.selectRow(0)
            sheet.table.setFocus()

        def failed(error: CaseboundError) -> None:
            sheet.working.show_end(f"{error.title} {error.hint}")

        self.found = None
        sheet.show_nothing()
        sheet.working.show_words("Counting both sides…")
        self._asking.ask(
            job,
            show,
            progressed=sheet.working.show_step,
            heard_by=sheet,
            failed=failed,
            stopped=lambda: sheet.working.show_end("Stopped. Nothing was counted."),
        )

    def stop(self) -> None:
        self._asking.stop()

    # What a person does with it

    def copy(self) -> None:
        if self.found is not None:
            QGuiApplication.clipboard().setText(text(self.found))

    def _opened(self, line: Line) -> None:
        for words, act in self._screen.value_acts:
            if words == "Follow everywhere":
                act(line.field, line.value)

    def _menu(self, line: Line, at: QPoint) -> None:
        menu = QMenu(self.sheet)
        for words, exclude in (("Only these", False), ("Leave these out", True)):
            term = value_term(line.field, line.value, exclude=exclude)
            menu.addAction(words).triggered.connect(
                lambda checked=False, added=term: entity.filter_by(self._screen, added)
            )
        menu.addSeparator()
        entity.add_to(menu, self._screen, line.field, line.value)
        entity.popup(menu, at)


def listed(one: Compared, hidden: frozenset[str]) -> Compared:
    """A field without the values that are covered: they are counted, and not listed."""
    return replace(one, values=tuple(value for value in one.values if value.value not in hidden))


def text(found: Comparison) -> str:
    """The comparison for a letter or a sheet: every number with its query, window, unit and what it is a part of."""
    a, b = found.a.side, found.b.side
    head = ("Field", "Value", "Where", "A", "A of", "B", "B of", "Unit", "Query A", "Window A", "Query B", "Window B")
    told = ["\t".join(head)]
    for line in lines(found):
        numbers = (str(line.a), str(found.a.count), str(line.b), str(found.b.count), "events")
        queries = (line.query_a, _window(a), line.query_b, _window(b))
        cells = (line.field, line.value, line.where, *numbers, *queries)
        told.append("\t".join(guarded(inert(cell.replace("\n", " "))) for cell in cells))
    for one in found.fields:
        if one.unlisted:
            told.append(f"{guarded(inert(one.field))}\t\tnot listed\t{one.unlisted} other values")
    return "\n".join(told)


def _window(side: Side) -> str:
    if side.from_us is None and side.to_us is None:
        return "whole case"
    ends = [utc_text(edge) if edge is not None else "open" for edge in (side.from_us, side.to_us)]
    return f"from {ends[0]} to before {ends[1]}"


def _said(view: View) -> str:
    return f"{edge_text(view.start, view.span)} to {edge_text(view.end, view.span)} UTC, {duration(view.span)}"
