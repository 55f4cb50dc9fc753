"""The custody record as a list: a chain at the left, newest first, and the filters above it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QMenu, QStyle, QStyleOptionViewItem, QWidget

from casebound.custody import TITLES
from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, column, frame, holder, label, row, rule
from casebound_ui.desktop.custody_links import BROKEN, MISSING, SEALED, UNPROVED, WITHHELD, Chain, Link
from casebound_ui.desktop.custody_words import item_name
from casebound_ui.desktop.records import RECORD, Cell, CellPainter, Field, Index, RecordTable
from casebound_ui.desktop.wording import day, short_hash

HEIGHT = 46
SLICE = 0.006  # seconds of a search before the window may do something else
_DOTS = {
    SEALED: ("circle-check", "ok"),
    BROKEN: ("circle-x", "bad"),
    MISSING: ("circle-x", "bad"),
    UNPROVED: ("circle-minus", "unk"),
    WITHHELD: ("circle-minus", "ok"),
}
_STATES = {
    SEALED: "Sealed",
    BROKEN: "Broken",
    MISSING: "Missing",
    UNPROVED: "Not proved",
    WITHHELD: "Withheld",
}


def state_word(link: Link) -> tuple[str, str]:
    """The state of an entry as a word and its tone."""
    return _STATES[link.state], _DOTS[link.state][1]


class ChainPainter(CellPainter):
    """Draws the first column as a chain: a dot for each entry, a line to the next, dashed where it is broken."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if index.column() != 0:
            super().paint(painter, option, index)
            return
        t = theme.tokens()
        rect: QRect = option.rect
        link: Link = index.data(RECORD)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(t.accent_soft))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), QColor(t.accent))
        icon, tone = _DOTS[link.state]
        middle = rect.left() + 32
        broken = link.state in (BROKEN, MISSING)
        pen = QPen(QColor(t.colour(tone) if broken else t.blend(tone, "surface", 0.4)), 2)
        if broken:
            pen.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.drawLine(QPoint(middle, rect.top()), QPoint(middle, rect.bottom()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.surface))
        painter.drawEllipse(QPoint(middle, rect.center().y()), 10, 10)
        painter.setBrush(QColor(t.colour(f"{tone}_soft")))
        painter.drawEllipse(QPoint(middle, rect.center().y()), 9, 9)
        drawn = theme.pixmap(icon, tone, 20)
        painter.drawPixmap(middle - 10, rect.center().y() - 10, drawn)
        painter.restore()


def _when(link: Link) -> Cell:
    return Cell(f"{day(link.time)}  {link.time:%H:%M:%S}" if link.time else "", "text2")


def _what(link: Link) -> Cell:
    tone = "bad" if link.state in (BROKEN, MISSING) else "text"
    return Cell(link.title, tone, "strong", second=link.problem or link.second)


class CustodyList(QWidget):
    """Search by person, action or item; the list; nothing else. `table.chosen` says which entry is wanted."""

    def __init__(self) -> None:
        super().__init__()
        self._chain = Chain((), None)
        self._person = self._action = ""
        self._item: tuple[str, str] | None = None
        self._around: frozenset[tuple[str, str]] = frozenset()  # that item, and what was put to it
        self._relate: Callable[[tuple[str, str]], frozenset[tuple[str, str]]] = lambda item: frozenset({item})
        self._texts: dict[tuple[int, str], str] = {}  # what a search looks at, by entry, made once
        self._words: list[str] = []
        self._sieve: tuple[Iterator[Link], list[Link]] | None = None  # a search under way: what is left, what is found
        self._slices = QTimer(self)
        self._slices.setSingleShot(True)
        self._slices.setInterval(0)
        self._slices.timeout.connect(self._sift)
        self.table = RecordTable(
            (
                Field("", 54, lambda link: Cell(state_word(link)[0])),
                Field("Entry", 54, lambda link: Cell(f"{link.seq:,}", "text2")),
                Field("Time (UTC)", 172, _when, spare=1),
                Field("What happened", 0, _what),
                Field("Person", 124, lambda link: Cell(link.person), spare=2),
                Field("Seal", 186, lambda link: Cell(short_hash(link.seal), "text2", "mono"), spare=3),
            ),
            "Custody record, newest first",
            height=HEIGHT,
        )
        self.table.horizontalHeader().hide()
        self.table.setItemDelegate(ChainPainter(self.table, HEIGHT))
        self.field = QLineEdit()
        self.field.setPlaceholderText("Filter by person, action or file")
        self.field.setAccessibleName("Filter the custody record")
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(lambda text: self._show())
        self._person_button = Button("Person", lambda: self._choose_person(), icon="users")
        self._action_button = Button("Action", lambda: self._choose_action(), icon="history")
        self._item_button = Button("Follow one item", lambda: self._choose_item(), icon="crosshair")
        self._count = label("", "small", "text3")
        card = frame("card")
        buttons = (self._person_button, self._action_button, self._item_button)
        bar = row(self.field, *buttons, gap=8, margins=(12, 10, 12, 10))
        bar.setStretch(0, 1)
        foot = holder(row(self._count, None, margins=(14, 4, 14, 6)))
        card.setLayout(column(bar, rule(), self.table, foot, gap=0, margins=(1, 1, 1, 1)))
        self.setLayout(column(card))

    def show_chain(self, chain: Chain) -> None:
        before, self._chain = self._chain, chain
        if self._item is not None:
            self._around = self._relate(self._item)
        old = len(before.links)
        if self._sieve is None and 0 < old <= len(chain.links) and chain.links[old - 1] is before.links[-1]:
            self._grow(chain.links[old:])
        else:
            self._texts.clear()
            self._show()
        if self.table.record is None and self._shown:
            self.table.selectRow(0)

    def _grow(self, links: Sequence[Link]) -> None:
        """What is new stands above; what a person looks at stays where it is."""
        new = tuple(link for link in reversed(links) if self._wanted(link))
        if new:
            bar = self.table.verticalScrollBar()
            at = bar.value()
            self.table.records.grow(new + self._shown, len(new))
            if at:
                bar.setValue(at + len(new) * self.table.verticalHeader().defaultSectionSize())
        self._say()

    def relate(self, relate: Callable[[tuple[str, str]], frozenset[tuple[str, str]]]) -> None:
        """What to show besides an item that is followed."""
        self._relate = relate

    def follow(self, item: tuple[str, str] | None) -> None:
        """Show only what concerns one item; None shows all."""
        self._item = item
        self._around = frozenset() if item is None else self._relate(item)
        self._item_button.show_text(item_name(item) if item else "Follow one item")
        self._show()

    def jump(self, seq: int) -> None:
        """Choose an entry; filters that hide it are cleared."""
        place = self._place(seq)
        if place is None:
            self.field.clear()
            self._person = self._action = ""
            self.follow(None)
            place = self._place(seq)
        if place is not None:
            self.table.selectRow(place)
            self.table.scrollTo(self.table.model().index(place, 0))

    def step(self, by: int) -> None:
        row_now = self.table.currentIndex().row() + by
        if 0 <= row_now < len(self._shown):
            self.table.selectRow(row_now)

    @property
    def _shown(self) -> tuple[Link, ...]:
        return self.table.records.records

    def _show(self) -> None:
        """Filter the whole record anew: at once where it is short, in slices where it is not."""
        self._words = self.field.text().lower().split()
        self._person_button.show_text(self._person or "Person")
        self._action_button.show_text(TITLES.get(self._action, self._action) or "Action")
        self._slices.stop()
        if not (self._words or self._person or self._action or self._item):
            self._sieve = None
            self._take(self._chain.links[::-1])
            return
        self._sieve = (reversed(self._chain.links), [])
        self._sift()

    def _sift(self) -> None:
        """Look at entries for a few milliseconds; the next slice comes after what else the window has to do."""
        if self._sieve is None:
            return
        links, found = self._sieve
        until = time.perf_counter() + SLICE
        while time.perf_counter() < until:
            some = list(islice(links, 200))
            found.extend(link for link in some if self._wanted(link))
            if len(some) < 200:
                self._sieve = None
                self._take(tuple(found))
                return
        self._count.setText("Searching…")
        self._slices.start()

    def _wanted(self, link: Link) -> bool:
        if self._person and link.person != self._person:
            return False
        if self._action and link.action != self._action:
            return False
        if self._item is not None and link.item not in self._around:
            return False
        if not self._words:
            return True
        text = self._texts.get((link.seq, link.recomputed))
        if text is None:
            title, second = link.told
            text = f"{link.seq} {title} {second} {link.person} {link.seal}".lower()
            self._texts[link.seq, link.recomputed] = text
        return all(word in text for word in self._words)

    def _take(self, found: tuple[Link, ...]) -> None:
        """Show these; the chosen entry stays chosen where it is among them."""
        chosen: Link | None = self.table.record
        self.table.show_records(found)
        self._say()
        if chosen is not None:
            place = self._place(chosen.seq)
            if place is not None:
                self.table.selectRow(place)

    def _place(self, seq: int) -> int | None:
        """The row of an entry. Entries stand newest first, but a damaged record may hold them in any order."""
        return next((place for place, link in enumerate(self._shown) if link.seq == seq), None)

    def _say(self) -> None:
        hidden = len(self._chain.links) - len(self._shown)
        self._count.setText(
            f"{len(self._shown):,} of {len(self._chain.links):,} entries; {hidden:,} hidden by the filter"
            if hidden
            else ""
        )

    def _choose_person(self) -> None:
        people = sorted({link.person for link in self._chain.links if link.person})
        self._menu(self._person_button, [("Everybody", "")] + [(name, name) for name in people], self._set_person)

    def _choose_action(self) -> None:
        actions = sorted({link.action for link in self._chain.links if link.action})
        self._menu(
            self._action_button, [("Every action", "")] + [(TITLES.get(a, a), a) for a in actions], self._set_action
        )

    def _choose_item(self) -> None:
        items = list(dict.fromkeys(link.item for link in reversed(self._chain.links) if link.item[1]))
        shown = [("Every item", None)] + [(item_name(item), item) for item in items[:30]]
        self._menu(self._item_button, shown, self.follow)

    def _set_person(self, person: str) -> None:
        self._person = person
        self._show()

    def _set_action(self, action: str) -> None:
        self._action = action
        self._show()

    def _menu(self, button: Button, choices: list[Any], then: Any) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, value in choices:
            menu.addAction(text).triggered.connect(lambda checked=False, value=value: then(value))
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))
