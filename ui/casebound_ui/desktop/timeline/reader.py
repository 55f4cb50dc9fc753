"""Reads of events for the timeline: on a thread of their own, so that an import under way never holds up a scroll."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from casebound.work import Done, Failed, Job, Progress, Stopped
from casebound_ui.desktop.jobs import Desk, Running, Step

T = TypeVar("T")


class Reader:
    """One thread that answers questions in the order they were asked, and one beside it for what takes seconds.

    Answers come back on the main thread.
    """

    def __init__(self, desk: Desk, failed: Callable[[Exception], None]) -> None:
        self._desk = desk
        self._failed = failed
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="timeline")
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="timeline-long")
        self._closed = False
        self._under_way: set[Running[Any]] = set()
        self._newest: dict[str, Running[Any]] = {}

    def ask(
        self,
        call: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
        *,
        about: str = "",
    ) -> None:
        """Answer `call` behind the window; `done` or `failed` gets the outcome, unless the reader is closed by then.

        A question overtakes the one before it that is `about` the same: that is interrupted, or not asked at all, and
        nobody hears of it.
        """

        def job(progress: Progress) -> T:
            return call()

        self._start(job, done, failed, None, self._executor, about)

    def give_up(self, about: str) -> None:
        """Interrupt the newest question that is `about` this, if it is not answered yet; nobody hears of it."""
        if about in self._newest:
            self._newest[about].stop()

    def work(
        self,
        job: Job[T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
        *,
        progressed: Callable[[Step], None] | None = None,
        about: str = "",
    ) -> Callable[[], None]:
        """The same for what takes seconds, on the thread beside: no question waits for it. Returns how to stop it."""
        return self._start(job, done, failed, progressed, self._beside, f"beside {about}" if about else "")

    def _start(
        self,
        job: Job[T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None,
        progressed: Callable[[Step], None] | None,
        executor: ThreadPoolExecutor,
        about: str,
    ) -> Callable[[], None]:
        if self._closed:
            return _nothing

        def ended(ending: Done[T] | Stopped | Failed) -> None:
            self._under_way.discard(running)
            if self._newest.get(about) is running:
                del self._newest[about]
            if self._closed:
                return
            match ending:
                case Done(value):
                    done(value)
                case Failed(error):
                    (failed or self._failed)(error)

        self.give_up(about)
        running: Running[T] = Running(job, self._desk, executor, ended, progressed)
        self._under_way.add(running)
        if about:
            self._newest[about] = running
        return running.stop

    @property
    def idle(self) -> bool:
        """Whether every question has been answered."""
        return not self._under_way

    def close(self) -> None:
        """Answer nothing more. What is being read is given up."""
        if not self._closed:
            self._closed = True
            for running in tuple(self._under_way):
                running.stop()
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._beside.shutdown(wait=False, cancel_futures=True)


def _nothing() -> None:
    """There is nothing to stop."""
