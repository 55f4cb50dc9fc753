"""Rows of a table of any length: pages are read when they come into sight, and the least used are forgotten.

Free of Qt.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")
Deliver: TypeAlias = Callable[[Sequence[T] | None], None]
Fetch: TypeAlias = Callable[[int, int, Deliver[T]], None]

PAGE = 128
KEPT = 48


class Pages(Generic[T]):
    """Pages of items numbered from 0.

    `fetch(first, stop, deliver)` reads the items of a page and calls `deliver` with them, now or later, or with None
    where it was not worth reading any more: it is asked for again when it comes into sight.
    `arrived(first, stop)` is told.
    """

    def __init__(
        self,
        fetch: Fetch[T],
        arrived: Callable[[int, int], None],
    ) -> None:
        self._fetch = fetch
        self._arrived = arrived
        self._pages: OrderedDict[int, Sequence[T]] = OrderedDict()
        self._asked: set[int] = set()
        self._round = 0

    def clear(self) -> None:
        """Forget everything, also what is still on its way."""
        self._pages.clear()
        self._asked.clear()
        self._round += 1

    def turn_to(self, fetch: Fetch[T]) -> None:
        """Ask `fetch` from now on. What is here stays; what was asked for elsewhere is asked for again."""
        self._fetch = fetch
        self._asked.clear()
        self._round += 1

    def get(self, number: int) -> T | None:
        """The item, or None while its page is on its way."""
        page = number // PAGE
        found = self._pages.get(page)
        if found is None:
            self._ask(page)
            found = self._pages.get(page)  # a fetch may deliver at once
        else:
            self._pages.move_to_end(page)
        at = number - page * PAGE
        return found[at] if found is not None and at < len(found) else None

    def peek(self, number: int) -> T | None:
        """The item if it is here already; nothing is asked for."""
        found = self._pages.get(number // PAGE)
        at = number % PAGE
        return found[at] if found is not None and at < len(found) else None

    def _ask(self, page: int) -> None:
        if page in self._asked:
            return
        self._asked.add(page)
        asked_in = self._round
        first = page * PAGE

        def deliver(items: Sequence[T] | None) -> None:
            if asked_in != self._round:
                return
            self._asked.discard(page)
            if items is None:
                self._arrived(first, first + PAGE)
                return
            self._pages[page] = items
            while len(self._pages) > KEPT:
                self._pages.popitem(last=False)
            self._arrived(first, first + len(items))

        self._fetch(first, first + PAGE, deliver)
