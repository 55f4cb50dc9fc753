"""Questions that take a while, asked beside everything else: the newest counts, what it overtakes is not answered."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from PySide6.QtCore import QObject
from shiboken6 import isValid

from casebound.errors import CaseboundError
from casebound.work import Done, Failed, Job, Stopped
from casebound_ui.desktop.jobs import Running, Step
from casebound_ui.desktop.session import CaseSession

T = TypeVar("T")


class Asking:
    """One thread, one question at a time: a new one stops the one before, under way or waiting.

    Neither a page of the table nor an import ever waits for it.
    """

    def __init__(self, session: CaseSession) -> None:
        self._session = session
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="seeing")
        self._running: Running[Any] | None = None
        self._closed = False

    @property
    def idle(self) -> bool:
        """Whether the newest question has been answered, or stopped."""
        return self._running is None

    def ask(
        self,
        job: Job[T],
        done: Callable[[T], None],
        *,
        progressed: Callable[[Step], None] | None = None,
        failed: Callable[[CaseboundError], None] | None = None,
        stopped: Callable[[], None] | None = None,
        heard_by: QObject | None = None,
    ) -> None:
        """Answer on the main thread, unless another question is asked before. `stopped` hears of `stop` alone.

        With `heard_by`, what shows the answer, nobody is told anything once that is gone.
        """
        if self._closed:
            return
        before = self._running
        if before is not None:
            before.stop()

        def ended(ending: Done[T] | Stopped | Failed) -> None:
            if self._running is not running or self._closed:
                return
            self._running = None
            if heard_by is not None and not isValid(heard_by):
                return
            match ending:
                case Done(value):
                    done(value)
                case Stopped():
                    if stopped is not None:
                        stopped()
                case Failed(error):
                    self._fail(error, failed)

        def moved(step: Step) -> None:
            gone = self._closed or (heard_by is not None and not isValid(heard_by))
            if progressed is not None and self._running is running and not gone:
                progressed(step)

        running: Running[T] = Running(job, self._session.board.desk, self._executor, ended, moved)
        self._running = running

    def stop(self) -> None:
        """Give up the question that is under way."""
        if self._running is not None:
            self._running.stop()

    def close(self) -> None:
        """Answer nothing more."""
        if not self._closed:
            self._closed = True
            self.stop()
            self._executor.shutdown(wait=False, cancel_futures=True)

    def _fail(self, error: Exception, failed: Callable[[CaseboundError], None] | None) -> None:
        if self._session.closed:  # a case that is let go in the middle of a read is no fault
            return
        if failed is not None and isinstance(error, CaseboundError):
            failed(error)
        else:
            self._session.failed(error)
