"""Reads of events for the timeline: on a thread of their own, so that an import under way never holds up a scroll."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from casebound.work import Done, Failed, Progress, Stopped
from casebound_ui.desktop.jobs import Desk, Running

T = TypeVar("T")


class Reader:
    """One thread that answers questions in the order they were asked. Answers come back on the main thread."""

    def __init__(self, desk: Desk, failed: Callable[[Exception], None]) -> None:
        self._desk = desk
        self._failed = failed
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="timeline")
        self._closed = False
        self._under_way: set[Running[Any]] = set()

    def ask(
        self,
        call: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Answer `call` behind the window; `done` or `failed` gets the outcome, unless the reader is closed by then."""
        if self._closed:
            return

        def job(progress: Progress) -> T:
            return call()

        def ended(ending: Done[T] | Stopped | Failed) -> None:
            self._under_way.discard(running)
            if self._closed:
                return
            match ending:
                case Done(value):
                    done(value)
                case Failed(error):
                    (failed or self._failed)(error)

        running: Running[T] = Running(job, self._desk, self._executor, ended)
        self._under_way.add(running)

    @property
    def idle(self) -> bool:
        """Whether every question has been answered."""
        return not self._under_way

    def close(self) -> None:
        """Answer nothing more. What is being read ends by itself."""
        if not self._closed:
            self._closed = True
            self._executor.shutdown(wait=False, cancel_futures=True)
