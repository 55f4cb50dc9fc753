"""Reads that can be given up: whoever asked no longer wants the answer, and the next question must not wait for it.

A question is under way on the thread that entered it. What it reads from (`Giving`) is told by `reading`; giving the
question up from another thread interrupts all of that, and every read that it begins after that raises `Cancelled`.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import ParamSpec, Protocol, Self, TypeVar

from casebound.work import Cancelled


class Giving(Protocol):
    """What answers, such as a connection of DuckDB."""

    def interrupt(self) -> None: ...


G = TypeVar("G", bound=Giving)
P = ParamSpec("P")
R = TypeVar("R")
_here = threading.local()
_AGAIN = 0.02  # seconds between two interrupts


class Question:
    """One question. Enter it on the thread that answers it; `give_up` from any."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._giving: list[Giving] = []
        self._outer: Question | None = None
        self._over = threading.Event()
        self._over.set()
        self.given_up = False

    def __enter__(self) -> Self:
        self._outer = getattr(_here, "question", None)
        _here.question = self
        self._over.clear()
        return self

    def __exit__(self, *_: object) -> None:
        _here.question = self._outer
        self._over.set()
        with self._turn:
            self._giving.clear()

    def give_up(self) -> None:
        """Nobody wants the answer any more."""
        with self._turn:
            insisted, self.given_up = self.given_up, True
        self._interrupt()
        if not insisted and not self._over.is_set():
            threading.Thread(target=self._insist, name="casebound-interrupt", daemon=True).start()

    def _insist(self) -> None:
        """Interrupt until the question is over: a statement that was about to begin has not heard of the first time."""
        while not self._over.wait(_AGAIN):
            self._interrupt()

    def _interrupt(self) -> None:
        with self._turn:
            for giving in self._giving:
                # One that was closed has nothing left to interrupt.
                with contextlib.suppress(Exception):
                    giving.interrupt()

    def join(self, giving: Giving) -> None:
        """From now on this is asked too. Raises `Cancelled` where the question was given up."""
        with self._turn:
            if self.given_up:
                raise Cancelled
            self._giving.append(giving)


def reading(giving: G) -> G:
    """Say that the question under way on this thread, if there is one, reads from this."""
    question: Question | None = getattr(_here, "question", None)
    if question is not None:
        question.join(giving)
    return giving


def carried(call: Callable[P, R]) -> Callable[P, R]:
    """The same call for another thread, as a part of the question under way on this one."""
    question: Question | None = getattr(_here, "question", None)

    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        outer, _here.question = getattr(_here, "question", None), question
        try:
            return call(*args, **kwargs)
        finally:
            _here.question = outer

    return run


def still_asked() -> None:
    """Raises `Cancelled` where the question under way on this thread was given up."""
    question: Question | None = getattr(_here, "question", None)
    if question is not None and question.given_up:
        raise Cancelled
