"""How long the main thread is held: a probe for tests and measurements, never part of the running program.

One turn is what the event loop does between two looks for events: usually one handler, sometimes a few that were
waiting together. A turn is what a person feels, so a turn is what is measured, in seconds of the main thread's own
processor time (which other programs on the machine do not lengthen) and, where asked for, in seconds that passed.

    with Watchdog() as watched:
        …
    assert watched.longest.cpu < 0.1, watched.told()

Made and used on the main thread. A turn that is under way when the block ends is counted.
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from dataclasses import dataclass
from types import TracebackType

from PySide6.QtCore import QAbstractEventDispatcher, QCoreApplication, QEvent, QObject

SLOW = 0.05  # seconds of a turn after which its handler is looked at, for the words of a failure
LOOK = 0.02  # seconds between two looks


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the event loop, in seconds. `wall` is 0 where only processor time is measured."""

    cpu: float
    wall: float


class _Passing(QObject):
    """Sees every event on its way, so that waiting for one is not counted as work."""

    def __init__(self, watchdog: Watchdog) -> None:
        super().__init__()
        self._watchdog = watchdog

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self._watchdog.passed()
        return False


class Watchdog:
    """Measures every turn within its block. `walls` also measures the time that passed, at some microseconds an event.

    `stacks` is what the main thread was doing in slow turns, one text for each look.
    """

    def __init__(self, *, walls: bool = False) -> None:
        self.turns = 0
        self.longest = Turn(0.0, 0.0)
        self.slow: list[Turn] = []  # those over `SLOW`
        self.stacks: list[str] = []
        self._passing = _Passing(self) if walls else None
        self._first: float | None = None  # when the first event of this turn came
        self._begun = 0.0
        self._main = threading.get_ident()
        self._over = threading.Event()
        self._looking = threading.Thread(target=self._look, name="watchdog", daemon=True)
        self._held_since = time.perf_counter()

    def __enter__(self) -> Watchdog:
        dispatcher = QAbstractEventDispatcher.instance()
        if dispatcher is None:
            raise RuntimeError("a watchdog needs an event loop")
        self._dispatcher = dispatcher
        dispatcher.awake.connect(self._turned)
        dispatcher.aboutToBlock.connect(self._turned)
        application = QCoreApplication.instance()
        if self._passing is not None and application is not None:
            application.installEventFilter(self._passing)
        self._begun = time.thread_time()
        self._held_since = time.perf_counter()
        self._looking.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._turned()
        self._over.set()
        self._looking.join()
        self._dispatcher.awake.disconnect(self._turned)
        self._dispatcher.aboutToBlock.disconnect(self._turned)
        application = QCoreApplication.instance()
        if self._passing is not None and application is not None:
            application.removeEventFilter(self._passing)

    def passed(self) -> None:
        """An event came."""
        if self._first is None:
            self._first = time.perf_counter()

    def told(self) -> str:
        """The longest turn in words, and what it was doing where that was seen."""
        words = f"The main thread was held for {self.longest.cpu * 1000:.0f} ms of processor time"
        if self.longest.wall:
            words += f" ({self.longest.wall * 1000:.0f} ms passed)"
        return "\n".join((f"{words}, in one of {self.turns:,} turns.", *self.stacks[-3:]))

    def _turned(self) -> None:
        now, cpu = time.perf_counter(), time.thread_time()
        turn = Turn(cpu - self._begun, now - self._first if self._first is not None else 0.0)
        self.turns += 1
        if turn.cpu > SLOW or turn.wall > SLOW:
            self.slow.append(turn)
        self.longest = Turn(max(self.longest.cpu, turn.cpu), max(self.longest.wall, turn.wall))
        self._begun, self._first, self._held_since = cpu, None, now

    def _look(self) -> None:
        """On a thread of its own: what is the main thread at, when a turn has taken long already?"""
        while not self._over.wait(LOOK):
            if time.perf_counter() - self._held_since > SLOW:
                frame = sys._current_frames().get(self._main)
                if frame is not None:
                    self.stacks.append("".join(traceback.format_stack(frame)[-8:]))
                    del self.stacks[:-40]
                del frame  # kept until the next look, it would keep a painter of the main thread alive as well
