"""Threads, and the only place where they exist: long work runs here and comes back to the window as plain values.

One long-lived `Desk` runs calls that other threads leave for the main thread; a QObject with signals per job loses
references and crashes. Progress is coalesced to ten a second. A job ends once: as `Done`, `Stopped` or `Failed`.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from casebound.errors import CaseboundError
from casebound.questions import Question
from casebound.work import Cancelled, Done, Ending, Failed, Job, Stopped, outcome
from casebound_ui.desktop.wording import inert

T = TypeVar("T")

INTERVAL = 0.1  # seconds between two progress reports
REMEMBERED = 50  # jobs that ended, newest first


@dataclass(frozen=True, slots=True)
class Step:
    """How far a job is, in its own unit; `total` 0 means not known."""

    done: int
    total: int
    note: str

    @property
    def share(self) -> float | None:
        return min(1.0, self.done / self.total) if self.total > 0 else None


@dataclass(frozen=True, slots=True)
class Past:
    """A titled job of this session that ended: what is worth telling, and nothing of what it held."""

    title: str
    word: str  # "Done", "Stopped" or "Failed"
    told: str  # why it failed
    step: Step
    seconds: float  # since it was asked for


class Desk(QObject):
    """Runs calls that any thread leaves, one after another, on the main thread. As long-lived as the program."""

    _left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._calls: deque[Callable[[], None]] = deque()
        self._left.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def leave(self, call: Callable[[], None]) -> None:
        """Leave a call for the main thread, from any thread."""
        self._calls.append(call)
        self._left.emit()

    @Slot()
    def _take(self) -> None:
        while self._calls:
            self._calls.popleft()()


class Running(Generic[T]):
    """One job under way. `ended` is called exactly once, on the main thread, after the last `progressed`."""

    def __init__(
        self,
        job: Job[T],
        desk: Desk,
        executor: ThreadPoolExecutor | None,  # None: there is nobody left to do it, and it ends as stopped
        ended: Callable[[Ending[T]], None],
        progressed: Callable[[Step], None] | None = None,
        title: str = "",
        *,
        firm: bool = False,
        spare: bool = False,
    ) -> None:
        self.title = inert(title, 200)
        self.spare = spare
        self._firm = firm
        self.step = Step(0, 0, "")
        self._note = self._said = ""  # the stage as the job names it, and as it is shown
        self.started = time.monotonic()
        self.ending: Ending[T] | None = None
        self.begun = False  # False while it waits behind another
        self._job = job
        self._desk = desk
        self._ended = ended
        self._progressed = progressed
        self._stop = threading.Event()
        self._question = Question()
        self._posted = 0.0
        self._waiting = False
        self._lock = threading.Lock()
        if executor is not None:
            executor.submit(self._work)
        else:
            self._stop.set()
            desk.leave(lambda: self._end(Stopped()))

    def stop(self) -> None:
        """Ask the job to stop; it answers at its next word of progress, and while it reads rows at once. A firm one is
        always done to its end.
        """
        if not self._firm:
            self._stop.set()
            self._question.give_up()

    @property
    def stopping(self) -> bool:
        return self._stop.is_set() and self.ending is None

    def _work(self) -> None:
        self.begun = True
        with self._question:
            ending: Ending[T] = Stopped() if self._stop.is_set() else outcome(self._job, self._progress)
        if isinstance(ending, Failed) and self._question.given_up and not isinstance(ending.error, CaseboundError):
            ending = Stopped()  # interrupted in the middle of a read
        self._desk.leave(lambda: self._end(ending))

    def _progress(self, done: int, total: int, note: str = "") -> None:
        if self._stop.is_set():
            raise Cancelled
        with self._lock:
            changed = note != self._note
            if changed:
                self._note, self._said = note, inert(note, 200)
            self.step = Step(done, total, self._said)
            now = time.monotonic()
            if self._waiting or (not changed and now - self._posted < INTERVAL):
                return
            self._posted, self._waiting = now, True
        self._desk.leave(self._tell)

    def _tell(self) -> None:
        with self._lock:
            self._waiting = False
            step = self.step
        if self.ending is None and self._progressed is not None:
            self._progressed(step)

    def _end(self, ending: Ending[T]) -> None:
        if self.ending is not None:
            return
        self.ending = ending
        self._ended(ending)


class Board:
    """The jobs of the program: one worker for work on the case, one for the rest, and who is watching.

    `watch` callbacks get no argument and run on the main thread whenever a titled job starts, moves or ends.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._case = ThreadPoolExecutor(1, thread_name_prefix="case")
        self._rest = ThreadPoolExecutor(1, thread_name_prefix="rest")
        self._watchers: list[Callable[[], None]] = []
        self._closed = False
        self.running: list[Running[Any]] = []
        self.past: deque[Past] = deque(maxlen=REMEMBERED)

    def start(
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
        """Run `job` behind the window. With a `title` it is shown in the status bar, with a Stop button.

        A `firm` job cannot be stopped, not even by the end of the program: closing a case is one. A `spare` one only
        makes later work faster: nobody is asked before it is stopped. What is asked for after `close` is not begun,
        and ends as stopped.
        """

        def moved(step: Step) -> None:
            if progressed is not None:
                progressed(step)
            if title:
                self._tell()

        def finished(ending: Ending[T]) -> None:
            if running in self.running:
                self.running.remove(running)
                if title:
                    self.past.appendleft(_past(running, ending))
            ended(ending)
            self._tell()

        executor = self._case if on_case else self._rest
        hands = None if self._closed else executor
        running: Running[T] = Running(job, self.desk, hands, finished, moved, title, firm=firm, spare=spare)
        self.running.append(running)
        self._tell()
        return running

    @property
    def shown(self) -> list[Running[Any]]:
        """The titled jobs under way, oldest first."""
        return [running for running in self.running if running.title]

    @property
    def wanted(self) -> list[Running[Any]]:
        """Those of them that a person began and would miss."""
        return [running for running in self.shown if not running.spare]

    def watch(self, callback: Callable[[], None]) -> None:
        self._watchers.append(callback)

    def stop_all(self) -> None:
        for running in self.running:
            running.stop()

    def close(self) -> None:
        """Stop everything and wait for the workers. Nothing more is begun."""
        self._closed = True
        self.stop_all()
        self._case.shutdown(wait=True, cancel_futures=False)
        self._rest.shutdown(wait=True, cancel_futures=False)

    def _tell(self) -> None:
        for watcher in tuple(self._watchers):
            watcher()


def _past(running: Running[Any], ending: Ending[Any]) -> Past:
    word, told = "Done", ""
    match ending:
        case Stopped():
            word = "Stopped"
        case Failed(CaseboundError() as error):
            word, told = "Failed", error.title
        case Failed():
            word, told = "Failed", "The program itself failed; nothing half-done was kept."
    return Past(running.title, word, told, running.step, time.monotonic() - running.started)
