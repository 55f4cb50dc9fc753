"""The list in the table: which events in which order, read page by page, and put in order behind the window.

The first rows of such an order come at once, the whole of it when it is worked out; what has been overtaken by another
list is not worked out to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

import numpy as np

from casebound.case import Event
from casebound.errors import BadRequest, CaseboundError
from casebound.events import Events, Selection
from casebound.work import Cancelled
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.timeline import columns, order
from casebound_ui.desktop.timeline.bins import Shown
from casebound_ui.desktop.timeline.order import ColumnOrder, Int64s, Order, TimeOrder
from casebound_ui.desktop.timeline.pages import PAGE
from casebound_ui.desktop.timeline.picked import NOTHING_PICKED, Picked
from casebound_ui.desktop.timeline.reader import Reader
from casebound_ui.desktop.timeline.table import EventTable
from casebound_ui.desktop.wording import inert

T = TypeVar("T")
FIRST = 4 * PAGE  # rows of an order that are asked for at once
FEW = 5_000  # of so many rows the whole order comes at once
KEPT = 10_000  # selected rows that stay selected in another list


class Asking(Protocol):
    """How the events are read (`Browsing.read`)."""

    def __call__(
        self,
        call: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
        *,
        about: str = "",
    ) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """What a list is made of: the events of these ranks among those shown, in the order of `by` ("" is time)."""

    shown: Shown
    low: int
    high: int
    selection: Selection | None
    events: Events
    by: str
    descending: bool
    marked: tuple[int, ...] = ()  # positions with people's work, for the order of marks

    def same(self, other: Listing | None) -> bool:
        """Whether it is the same events in the same order."""
        if other is None or self.shown is not other.shown:
            return False
        mine = (self.low, self.high, self.by, self.descending, self.marked)
        return mine == (other.low, other.high, other.by, other.descending, other.marked)


class Listed:
    """Keeps the table on the list that was asked for last. `told` is called when what is said of it has changed, and
    `ready` when the rows are new (the chosen event has to be found among them)."""

    def __init__(
        self,
        session: CaseSession,
        table: EventTable,
        read: Asking,
        told: Callable[[], None],
        ready: Callable[[], None],
        marked: Callable[[], tuple[int, ...]],
    ) -> None:
        self.order: Order = TimeOrder()
        self.events = session.events  # what the positions of `order` count in
        self._session, self._table, self._read = session, table, read
        self._told, self._ready, self._marked = told, ready, marked
        self._orders = Reader(session.board.desk, self._failed)
        self._asked: Listing | None = None
        self._round = 0
        self._ordering = False
        self._held: Int64s = np.empty(0, dtype=np.int64)  # selected events whose rows are not known yet
        self._let_go = 0  # selected rows that could not stay selected
        self._failure = ""

    def close(self) -> None:
        self._round += 1
        self._orders.close()

    @property
    def idle(self) -> bool:
        """Whether the whole order is known."""
        return not self._ordering and self._orders.idle

    @property
    def words(self) -> str:
        """How the rows are sorted, where it is not by time: “Sorted by tokens; still ordering 16,000,000”."""
        chosen = self._table.rows.columns
        if self._failure:
            return self._failure
        if not chosen.sort:
            return "Latest first" if chosen.descending else ""
        way = "downwards" if chosen.descending else "upwards"
        said = f"Sorted by {inert(columns.title(chosen.sort), 60)}, {way}"
        if self._ordering and self._asked is not None:
            said += f"; still ordering {self._asked.high - self._asked.low:,}"
        return said

    def let_go(self) -> int:
        """How many rows were selected before the list changed and no longer are, as they were too many: said once."""
        lost, self._let_go = self._let_go, 0
        return lost

    # Lists

    def show(self, shown: Shown, low: int, high: int, selection: Selection | None, events: Events) -> None:
        """List the events of these ranks among those `shown` of `events`, in the order the columns ask for."""
        chosen = self._table.rows.columns
        marked = self._marked() if chosen.sort == columns.MARKS else ()
        asked = Listing(shown, low, high, selection, events, chosen.sort, chosen.descending, marked)
        if asked.same(self._asked):
            return
        before, self._asked = self._asked, asked
        still = before is not None and before.shown is shown and (before.low, before.high) == (low, high)
        self._round += 1
        self._orders.give_up("order")
        self._failure = ""
        if not asked.by:
            self._ordering = False
            self._list(TimeOrder(shown, low, high, descending=asked.descending), events, still=still)
        else:
            self._ordering = True
            self._begin(asked, still=still)
        self._told()

    def sort_again(self) -> None:
        """The columns ask for another order of the same events."""
        asked = self._asked
        if asked is not None:
            self.show(asked.shown, asked.low, asked.high, asked.selection, asked.events)

    def _begin(self, asked: Listing, *, still: bool) -> None:
        """The first rows on the reading thread, and then all of them on the ordering one."""
        number, events, count = self._round, asked.events, asked.high - asked.low
        stop = None if count <= FEW else FIRST

        def watch(done: int, total: int, note: str = "") -> None:
            if number != self._round:
                raise Cancelled

        def ordered(stop: int | None) -> Int64s:
            if asked.by == columns.MARKS:
                return marks_first(asked)[:stop]
            field = columns.field_of(asked.by)
            return events.ordered(
                field, asked.descending, asked.selection, asked.low, asked.high, stop=stop, progress=watch
            )

        def first() -> Order:
            watch(0, 0)
            check(asked.by, events)
            found = ordered(stop)
            return order.placed(asked.shown, asked.low, asked.high, found) if stop is None else partly(asked, found)

        def whole() -> Order:
            watch(0, 0)
            return order.placed(asked.shown, asked.low, asked.high, ordered(None))

        def begun(found: Order) -> None:
            if number != self._round:
                return
            self._ordering = stop is not None
            self._list(found, events, still=still)
            self._told()
            if stop is not None:
                self._orders.ask(whole, ended, failed, about="order")

        def ended(found: Order) -> None:
            if number == self._round:
                self._ordering = False
                self._list(found, events, still=True, same=True)
                self._told()

        def failed(error: Exception) -> None:
            if number != self._round:
                return
            self._ordering = False
            if isinstance(error, CaseboundError):
                self._table.change_columns(replace(self._table.rows.columns, sort="", descending=False))
                self._failure = error.title.rstrip(".")
                self._told()
            else:
                self._failed(error)

        self._read(first, begun, failed, about="order")

    def _list(self, found: Order, events: Events, *, still: bool, same: bool = False) -> None:
        """Put a list into the table. `still`: it holds the same events in another order; `same`: in the same order."""
        table = self._table
        kept = self._held_rows(found) if same else self._kept(found, events)
        self.order, self.events = found, events

        def fetch(first: int, stop: int, deliver: Callable[[Sequence[Event] | None], None]) -> None:
            positions = found.positions(first, stop)
            if positions is None:
                return  # not known yet: asked for again when the whole order is here

            def page() -> list[Event] | None:
                top, below = table.sight
                if found is not self.order or not (first - PAGE < below and top < stop + PAGE):
                    return None  # scrolled past long ago
                return events.at(positions)

            self._read(page, deliver)

        def time_at(row: int) -> int | None:
            position = found.position(row)
            return None if position is None else int(events.times[position])

        table.rows.show(found.count, fetch, time_at, keep=same)
        if still and not same:
            table.verticalScrollBar().setValue(0)
        table.still = still
        self._ready()
        table.still = False
        if kept.count > 1:
            table.pick(kept)

    def _kept(self, new: Order, events: Events) -> Picked:
        """Where the selected rows stand in a new list; nothing for a single one, which follows the chosen event."""
        picked, old = self._table.picked, self.order
        self._let_go = 0
        self._held = np.empty(0, dtype=np.int64)
        if picked.count < 2:
            return NOTHING_PICKED
        if events is not self.events:  # the same positions are other events now
            self._let_go = picked.count
            return NOTHING_PICKED
        if picked.count <= KEPT:
            known = [old.positions(start, stop) for start, stop in picked.ranges]
            positions = [some for some in known if some is not None]
            chosen = np.concatenate(positions) if positions else np.empty(0, dtype=np.int64)
            rows = new.rows(chosen)
            if not new.complete:
                self._held = chosen
            return Picked.of(rows[rows >= 0].tolist())
        timed = isinstance(old, TimeOrder) and isinstance(new, TimeOrder)
        if timed and old.shown is new.shown and not (old.descending or new.descending):
            return picked.moved(old.low - new.low).within(new.count)
        if new.count == old.count == picked.count and old.shown is new.shown and old.low == new.low:
            return picked  # all of them, in whatever order
        self._let_go = picked.count
        return NOTHING_PICKED

    def _held_rows(self, whole: Order) -> Picked:
        """Where the events stand that were selected before the order was known, unless others were selected since."""
        held, self._held = self._held, np.empty(0, dtype=np.int64)
        if not len(held) or self._table.picked.count > len(held):
            return NOTHING_PICKED
        rows = whole.rows(held)
        return Picked.of(rows[rows >= 0].tolist())

    # Rows and positions

    def positions(self, most: int) -> list[int]:
        """Positions of the selected rows, as listed, the first `most` of those that are known."""
        rows = np.array(self._table.picked_rows(most), dtype=np.int64)
        known = (self.order.position(row) for row in rows.tolist())
        return [position for position in known if position is not None]

    def _failed(self, error: Exception) -> None:
        if not self._session.closed:
            self._session.failed(error)


def check(column: str, events: Events) -> None:
    """Raises `BadRequest` for a column that no source has: a saved view may name one of an export that is not here."""
    known = {info.name.lower() for info in events.fields()}
    if column not in columns.STANDARD and columns.field_of(column).lower() not in known:
        title = inert(columns.title(column), 60)
        raise BadRequest(
            f"No source has a column “{title}”; the rows are in the order of time.", "Choose another column."
        )


def partly(asked: Listing, first: Int64s) -> ColumnOrder:
    """The first rows of an order, the rest to come."""
    return ColumnOrder(asked.shown, asked.low, asked.high, first)


def marks_first(asked: Listing) -> Int64s:
    """Positions of the listed events, those with people's work first (or last), each part in the order of time."""
    shown, ranks = asked.shown, np.arange(asked.low, asked.high, dtype=np.int64)
    marked = order.ranked(shown, np.array(sorted(asked.marked), dtype=np.int64))
    with_work = np.zeros(len(ranks), dtype=bool)
    with_work[marked[(marked >= asked.low) & (marked < asked.high)] - asked.low] = True
    parts = (ranks[with_work], ranks[~with_work])
    found = np.concatenate(parts[::-1] if asked.descending else parts)
    return found if shown.positions is None else np.asarray(shown.positions[found], dtype=np.int64)
