"""One open case behind the window: its latest snapshot, its rows, and the way every change is made.

Nothing here blocks: reads and changes of the case run on the case's one worker, and come back through the desk.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from casebound.case import Snapshot
from casebound.columncodes import LEAST_ROWS, Named
from casebound.document import Case, Change
from casebound.errors import CaseboundError
from casebound.events import Events
from casebound.work import Done, Failed, Job, Progress, Stopped
from casebound_ui.desktop.jobs import Board, Running, Step

if TYPE_CHECKING:
    from casebound_ui.desktop.custody_record import CustodyRecord

T = TypeVar("T")
Kinds = frozenset[str]


class Callbacks:
    """Who wants to hear. `add` returns the call that takes the listener off again."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[[Kinds], None]] = []

    def add(self, callback: Callable[[Kinds], None]) -> Callable[[], None]:
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback) if callback in self._callbacks else None

    def __call__(self, kinds: Kinds) -> None:
        for callback in tuple(self._callbacks):
            callback(kinds)


class CaseSession:
    """Holds the case; hands out snapshots and events; runs work on it.

    `changed` callbacks get the kinds that changed ("sources", "marks", "ledger" …) on the main thread, after `snapshot`
    and `events` are the new ones.
    """

    def __init__(self, case: Case, snapshot: Snapshot, events: Events, board: Board) -> None:
        self.case = case
        self.snapshot = snapshot
        self.events = events
        self.board = board
        self.changed = Callbacks()
        self.failed: Callable[[Exception], None] = _unheard
        self._unsubscribe = case.on_change(self._hear)
        self._closed = False
        self._running: list[Running[Any]] = []
        self._custody: CustodyRecord | None = None
        self._rows = [events]  # every view of the rows that was handed out; a reader may still hold an older one

    @property
    def read_only(self) -> bool:
        return self.snapshot.read_only

    @property
    def custody(self) -> CustodyRecord:
        """The custody record, recomputed once for all screens that show it."""
        if self._custody is None:
            from casebound_ui.desktop.custody_record import CustodyRecord

            self._custody = CustodyRecord(self)
        return self._custody

    @property
    def closed(self) -> bool:
        """Whether the case has been let go; what still fails after that is no fault."""
        return self._closed

    def run(
        self,
        job: Job[T],
        ended: Callable[[Done[T] | Stopped | Failed], None],
        progressed: Callable[[Step], None] | None = None,
        *,
        title: str = "",
        on_case: bool = True,
        firm: bool = False,
        spare: bool = False,
    ) -> Running[T]:
        """Run a job for this case, on its worker unless it only looks at files. With a `title` it has a Stop; a
        `spare` one is stopped with the window, and nobody asked; a `firm` one is always done.

        Once the case is let go, nobody hears of it any more.
        """

        def heard(ending: Done[T] | Stopped | Failed) -> None:
            if not self._closed:
                ended(ending)

        def moved(step: Step) -> None:
            if progressed is not None and not self._closed:
                progressed(step)

        running = self.board.start(job, heard, moved, title=title, on_case=on_case, firm=firm, spare=spare)
        self._running = [one for one in self._running if one.ending is None]
        self._running.append(running)
        return running

    def change(
        self,
        call: Callable[[Case], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Make one short change. Failure goes to `failed`, or to the window's message.

        What a person did is done, also where the case is closed in the same moment.
        """
        self._call(call, done, failed, firm=True)

    def ask(self, call: Callable[[], T], done: Callable[[T], None]) -> None:
        """Read something that may take a while, and answer on the main thread."""
        self._call(lambda case: call(), done, None, firm=False)

    def _call(
        self,
        call: Callable[[Case], T],
        done: Callable[[T], None] | None,
        failed: Callable[[Exception], None] | None,
        *,
        firm: bool,
    ) -> None:
        def ended(ending: Done[T] | Stopped | Failed) -> None:
            match ending:
                case Done(value):
                    if done is not None:
                        done(value)
                case Failed(error):
                    (failed or self.failed)(error)

        self.run(lambda progress: call(self.case), ended, firm=firm)

    def prepare(self) -> None:
        """Build what makes filters, facets and search faster and is missing, behind everything else. A stop, or none
        at all, only leaves them slower.
        """
        if self.read_only or not any(source.timed >= LEAST_ROWS for source in self.snapshot.sources):
            return
        case = self.case

        def codes(progress: Progress) -> Named:
            case.build_column_codes(progress)
            return case.column_codes()

        def ended(ending: Done[Named] | Stopped | Failed) -> None:
            match ending:
                case Done(named):
                    self.events.use_codes(named)
                case Failed(error):
                    self.failed(error)

        def indexed(ending: Done[int] | Stopped | Failed) -> None:
            if isinstance(ending, Failed):
                self.failed(ending.error)

        self.run(codes, ended, title="Preparing the columns", on_case=False, spare=True)
        self.run(case.build_text_indexes, indexed, title="Building the text index", on_case=False, spare=True)

    def close(self) -> None:
        """Let go of the case. Waits for nothing: the case is closed on its worker, after what is under way."""
        if not self._closed:
            self._closed = True
            self._unsubscribe()
            for running in self._running:
                running.stop()

            def let_go(progress: object) -> None:
                for events in self._rows:
                    events.close()
                self.case.close()

            self.board.start(let_go, lambda ending: None, firm=True)

    def _hear(self, change: Change) -> None:
        # On the worker, after the commit: the snapshot is taken here, so that the window never reads the database.
        snapshot = self.case.snapshot()
        events = self.events
        if "sources" in change.kinds:
            events = Events.open(self.case.path, snapshot.sources, self.case.column_codes())
            self._rows.append(events)
        self.board.desk.leave(lambda: self._take(snapshot, events, change.kinds))

    def _take(self, snapshot: Snapshot, events: Events, kinds: Kinds) -> None:
        if not self._closed:
            self.snapshot, self.events = snapshot, events
            self.changed(kinds)


def _unheard(error: Exception) -> None:
    """Before a window listens, a failure is a bug and must not vanish."""
    raise error if isinstance(error, CaseboundError) else RuntimeError("a change failed unheard") from error
