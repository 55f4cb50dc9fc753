"""Completion in the filter field: what can stand at the cursor, from the case itself, and what was asked before.

Values and their counts are read on a thread of their own, so that no filter waits behind them; of several questions
only the last is answered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from casebound.case import ColumnRole
from casebound.errors import CaseboundError
from casebound.filter_fields import OWN, ROLES
from casebound.moments import utc_text
from casebound.selections import FieldInfo
from casebound_ui.desktop.commands import Command
from casebound_ui.desktop.session import Kinds
from casebound_ui.desktop.timeline import keys, offers
from casebound_ui.desktop.timeline.filter_field import characters, units
from casebound_ui.desktop.timeline.offer_list import OfferList
from casebound_ui.desktop.timeline.offers import Offer
from casebound_ui.desktop.timeline.reader import Reader
from casebound_ui.desktop.timeline.typing_place import TypingPlace, typing_place
from casebound_ui.desktop.wording import inert

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen

_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_TAKES = "Tab or Enter takes it, Esc closes"


class FilterCompletion:
    """The feature of the timeline that fills the list under the filter field."""

    def __init__(self, screen: TimelineScreen) -> None:
        self._screen, self._field, self._edit = screen, screen.filter, screen.filter.edit
        self.list = OfferList(self._edit, self._take)
        self._reader = Reader(screen.session.board.desk, self._failed)
        self._fields: tuple[FieldInfo, ...] | None = None
        self._asked_before = False  # the list shows filters, not what can be written
        self._listed_for: str | None = None  # whose values the list shows; None where it shows names
        self._round = 0
        self._putting = False
        self._edit.guides.insert(0, self._key)
        self._edit.textEdited.connect(lambda text: self._edited())
        self._edit.unfocused.connect(self.hide)
        self._unsubscribe = screen.session.changed.add(self._changed)
        self._add_commands()

    def close(self) -> None:
        self._unsubscribe()
        self._reader.close()

    @property
    def idle(self) -> bool:
        """Whether every question has been answered."""
        return self._reader.idle

    def hide(self) -> None:
        """Close the list; answers that are still to come do not open it again."""
        self._round += 1
        self._offer_nothing()

    def offer(self) -> None:
        """Show what can be written at the cursor, even where nothing is typed yet."""
        self._edit.setFocus()
        self._ask(wanted=True)

    def offer_history(self) -> None:
        """Show what was asked before, the last first."""
        self._round += 1
        self._asked_before = True
        self._edit.setFocus()
        found = [Offer(text, inert(text, 200), "") for text in self._field.history if text != self._field.text]
        self.list.show_offers("Asked before", found, first=True)

    def _offer_nothing(self) -> None:
        self.list.hide()
        self._field.hold(None)

    # Questions

    def _place(self) -> TypingPlace:
        text = self._edit.text()
        return typing_place(text, characters(text, self._edit.cursorPosition()))

    def _edited(self) -> None:
        if not self._putting and not self._edit.written:
            self._ask(wanted=False)

    def _ask(self, *, wanted: bool) -> None:
        """Ask for what can stand at the cursor. Unless a person wants it, an empty place between terms stays quiet."""
        self._round += 1
        self._asked_before = False
        number, place = self._round, self._place()
        if place.field is None and not place.typed and not wanted:
            self._offer_nothing()
            return
        if self._fields is None:
            events = self._screen.session.events

            def known(found: tuple[FieldInfo, ...]) -> None:
                self._fields = found
                if number == self._round:
                    self._ask(wanted=wanted)

            self._reader.ask(lambda: events.fields(), known)
            return
        if place.field is None:
            self._show("Fields, and words of filters", offers.names(place, self._fields), place)
            return
        timed = offers.times(place, self._times())
        if timed is not None:
            self._show("Times, UTC", timed, place)
            return
        field = place.field.lower()
        column = any(info.name.lower() == field for info in self._fields)
        of_exports = column and field in OWN  # there the column goes first
        found = None if of_exports else offers.of_people(place, self._screen.session.snapshot)
        if found is not None:
            self._show(f"Values of {field}:", found, place)
        elif offers.askable(place) and (column or field in ROLES):
            self._ask_values(place, place.field)
        else:
            self._offer_nothing()

    def _ask_values(self, place: TypingPlace, field: str) -> None:
        number, events, covered = self._round, self._screen.session.events, self._screen.browsing.covered
        if self._listed_for != field:  # what is listed cannot stand here
            self._offer_nothing()

        def read() -> list[tuple[str, int]] | None:
            # What another key has overtaken is not worth reading.
            if number != self._round:
                return None
            hidden = covered.of(events, field)
            found = events.values(field, place.typed, offers.MOST + 1 + len(hidden))
            return [one for one in found if one[0] not in hidden][: offers.MOST + 1]

        def answered(found: list[tuple[str, int]] | None) -> None:
            if found is None or number != self._round:
                return
            role = next((info.role for info in self._fields or () if info.name.lower() == field.lower()), None)
            kind = f"that begin with “{inert(place.typed, 30)}”" if place.typed else ""
            most = f"The {offers.MOST} most frequent values" if len(found) > offers.MOST else "Values"
            head = " ".join(part for part in (most, "of", inert(field, 40), kind, "· events of the case") if part)
            self._show(head, offers.values(place, found[: offers.MOST], role or ColumnRole.TEXT), place)

        self._reader.ask(read, answered)

    def _show(self, head: str, found: list[Offer], place: TypingPlace) -> None:
        finished = len(found) == 1 and found[0].shown == place.typed and not found[0].open
        if not found or finished:
            self._offer_nothing()
            return
        if len(found) >= offers.MOST_NAMES:
            head = f"{head} · the first {len(found):,}"
        self._listed_for = place.field
        self._field.hold(place.start)
        self.list.show_offers(f"{head} · {_TAKES}", found)

    def _times(self) -> list[tuple[str, str]]:
        """The times that matter now: of the range, the view, the chosen event and the case."""
        screen = self._screen
        canvas, event = screen.canvas, screen.choice.event
        stretch = canvas.stretch
        known = [] if stretch is None else [(stretch.view.start, "start of the range"), (stretch.view.end, "its end")]
        if event is not None:
            known.append((event.time_us, "the chosen event"))
        known += [(canvas.view.start, "start of the view"), (canvas.view.end, "end of the view")]
        span = screen.session.events.span
        if span is not None:
            known += [(span[0], "first event"), (span[1], "last event")]
        told: dict[str, str] = {}
        for time_us, said in known:
            text = short_time(time_us)
            told[text] = f"{told[text]}, {said}" if text in told else said
        return list(told.items())

    # Keys

    def _key(self, event: QKeyEvent) -> bool:
        key, alt = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        shown = self.list.isVisible()
        if alt and key == Qt.Key.Key_Down:
            self.offer_history()
            return True
        if not shown:
            if key == Qt.Key.Key_Down:
                self.offer()
            elif key == Qt.Key.Key_Up and not self._edit.text():
                self.offer_history()
            else:
                return False
            return True
        if key in _STEPS:
            self.list.move_by(_STEPS[Qt.Key(key)])
            return True
        if key == Qt.Key.Key_Escape:
            self.hide()
            return True
        if key == Qt.Key.Key_Tab and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            if self.list.chosen is None:
                self.list.move_by(1)
            return self.list.take()
        if key in _ENTER:
            if self.list.take():
                return True
            self.hide()
        return False

    def _take(self, offer: Offer) -> None:
        self.hide()
        if self._asked_before:
            self._field.put(offer.put)
            return
        place, text = self._place(), self._edit.text()
        put, end = offer.put, place.end
        if put.endswith(":") and text[end : end + 1] == ":":
            end += 1
        if not offer.open and not text[end:].strip():
            put += "" if place.listed else " "
        self._putting = True
        self._edit.setSelection(units(text[: place.start]), units(text[place.start : end]))
        self._edit.insert(put)
        self._putting = False
        if offer.open:
            self._ask(wanted=place.field is not None or put.endswith(":"))
        else:
            self._field.ask_now()

    # The case

    def _changed(self, kinds: Kinds) -> None:
        if "sources" in kinds:
            self._fields = None

    def _failed(self, error: Exception) -> None:
        if not self._screen.session.closed and not isinstance(error, CaseboundError):
            self._screen.session.failed(error)

    def _add_commands(self) -> None:
        screen, field = self._screen, self._field

        def add(
            identity: str,
            title: str,
            help_line: str,
            run: Callable[[], object],
            icon: str,
            enabled: Callable[[], bool],
        ) -> None:
            made = Command(identity, title, help_line, run, scope=keys.SCOPE, icon=icon, enabled=enabled)
            keys.bind(screen, screen.commands, made)

        add(
            "timeline-filter-offers",
            "What can be filtered by",
            "The down arrow in the filter field",
            self.offer,
            "list",
            screen.isVisible,
        )
        add(
            "timeline-filter-history",
            "Filters asked before",
            "Alt and down arrow in the filter field",
            self.offer_history,
            "history",
            lambda: screen.isVisible() and bool(field.history),
        )
        add(
            "timeline-filter-suggestion",
            "Use the suggestion for the filter",
            "Ctrl and . in the filter field",
            field.use_suggestion,
            "check",
            lambda: screen.isVisible() and field.suggestion is not None,
        )
        add(
            "timeline-filter-place",
            "Go to where the filter stumbles",
            "F2 in the filter field",
            field.show_place,
            "circle-alert",
            lambda: screen.isVisible() and field.position is not None,
        )


def short_time(time_us: int) -> str:
    """A time as it is written in a filter: no more decimals than it has."""
    text = utc_text(time_us)[:-1].rstrip("0").rstrip(".")
    text = text if len(text) > 19 else utc_text(time_us)[:19]
    return text.removesuffix("T00:00:00")
