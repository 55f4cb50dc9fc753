"""The custody record of the open case, recomputed once and followed from then on; every screen that shows it asks here.

When a case opens, and on F5, every seal is recomputed from the first entry, a page at a time, so that what a person
does meanwhile does not wait behind it. After an act only the new entries are read and recomputed, against the seal that
the checked ones end in; where they do not follow on without a fault, everything is recomputed again. What is shown is
therefore always what a look at the whole would say of the new entries; that nobody has changed an old one since, only
the next whole look says.
"""

from __future__ import annotations

from collections.abc import Callable

from casebound.document import Case
from casebound.errors import BadCase
from casebound_ui.desktop.custody_links import Chain, RawLine, Walk, extended, raw_lines, recompute
from casebound_ui.desktop.session import CaseSession, Kinds

PAGE = 1_000  # entries that are recomputed before anything else may be done on the case

Heard = Callable[[Chain], None]


class CustodyRecord:
    """Made once for a session. `chain` is None until the whole has been recomputed for the first time."""

    def __init__(self, session: CaseSession) -> None:
        self._session = session
        self.chain: Chain | None = None
        self._heard: list[Heard] = []
        self._moved: list[Callable[[int, int], None]] = []
        self._round = 0  # whole looks; an overtaken one is not carried on
        self._whole = False  # a whole look is under way
        self._following = False
        session.changed.add(self._changed)
        self.check()

    def watch(self, heard: Heard, moved: Callable[[int, int], None] | None = None) -> Callable[[], None]:
        """Call `heard` with every new chain, at once where there is one; `moved` with (entries done, of) meanwhile.

        Returns the call that ends it.
        """
        self._heard.append(heard)
        if moved is not None:
            self._moved.append(moved)
        if self.chain is not None:
            heard(self.chain)

        def end() -> None:
            if heard in self._heard:
                self._heard.remove(heard)
            if moved is not None and moved in self._moved:
                self._moved.remove(moved)

        return end

    @property
    def busy(self) -> bool:
        """Whether something is being recomputed."""
        return self._whole or self._following

    # The whole

    def check(self) -> None:
        """Recompute every seal from the first entry."""
        if self._session.closed:
            return
        self._round += 1
        self._whole = True
        self._page(self._round, Walk(), 0)

    def _page(self, number: int, walk: Walk, start: int) -> None:
        def read(case: Case) -> int | Chain:
            try:
                page = case.ledger(start=start, limit=PAGE)
            except BadCase:  # somebody has made an entry unreadable: the bare lines still say which
                now = case.snapshot()
                return recompute(
                    [RawLine(line, "", {}) for line in case.ledger_lines()], now.ledger_size, now.ledger_head
                )
            walk.take(raw_lines(page))
            if len(page) == PAGE:
                return page[-1].seq + 1
            now = case.snapshot()  # of the same moment as the last page: what lies beyond its end is a fault
            return walk.chain(now.ledger_size, now.ledger_head)

        def taken(found: int | Chain) -> None:
            if number != self._round:
                return
            if isinstance(found, int):
                for moved in tuple(self._moved):
                    moved(found, self._session.snapshot.ledger_size)
                self._page(number, walk, found)
                return
            self._whole = False
            self._tell(found)
            if found.unbroken and self._session.snapshot.ledger_size > found.size:
                self._follow()

        def failed(error: Exception) -> None:
            if number == self._round:
                self._whole = False
                self._session.failed(error)

        self._session.change(read, taken, failed)

    # What comes after it

    def _changed(self, kinds: Kinds) -> None:
        if "ledger" in kinds and not self._whole:
            self._follow()

    def _follow(self) -> None:
        """Recompute the entries that are new. One look at a time; what comes meanwhile is looked at after it."""
        chain, snapshot = self.chain, self._session.snapshot
        if self._following or self._whole:
            return
        if chain is None or not chain.unbroken:
            self.check()
            return
        size, head = snapshot.ledger_size, snapshot.ledger_head
        self._following = True

        def read(case: Case) -> Chain | None:
            new = size - chain.size
            try:
                entries = case.ledger(start=chain.size, limit=new) if new > 0 else []
            except BadCase:
                return None
            return extended(chain, raw_lines(entries), size, head)

        def taken(longer: Chain | None) -> None:
            self._following = False
            if self._whole or self.chain is not chain:
                return  # somebody has asked for the whole meanwhile
            if longer is None:
                self.check()
                return
            self._tell(longer)
            if self._session.snapshot.ledger_size > size:
                self._follow()

        def failed(error: Exception) -> None:
            self._following = False
            self._session.failed(error)

        self._session.change(read, taken, failed)

    def _tell(self, chain: Chain) -> None:
        self.chain = chain
        for heard in tuple(self._heard):
            heard(chain)
