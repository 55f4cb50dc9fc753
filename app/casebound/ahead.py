"""One step ahead: the next thing of an iterator is made on a thread of its own while the last one is used."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
_AHEAD = 2
_BEAT = 0.05  # seconds after which the thread looks whether anybody still wants what it makes


@contextmanager
def ahead(things: Iterator[T]) -> Iterator[Iterator[T]]:
    """The same things in the same order, made beforehand. What making them raises is raised where they are taken.

    The iterator is closed, on its own thread, when the block ends.
    """
    made: queue.Queue[tuple[T | None, BaseException | None]] = queue.Queue(maxsize=_AHEAD)
    over = threading.Event()

    def put(thing: T | None, failure: BaseException | None) -> bool:
        while not over.is_set():
            try:
                made.put((thing, failure), timeout=_BEAT)
            except queue.Full:
                continue
            return True
        return False

    def make() -> None:
        try:
            for thing in things:
                if not put(thing, None):
                    return
            put(None, StopIteration())
        except BaseException as failure:  # noqa: BLE001 - carried to whoever takes the things
            put(None, failure)
        finally:
            close = getattr(things, "close", None)
            if close is not None:
                close()

    def taken() -> Iterator[T]:
        while True:
            thing, failure = made.get()
            if isinstance(failure, StopIteration):
                return
            if failure is not None:
                raise failure
            yield thing  # type: ignore[misc]

    thread = threading.Thread(target=make, name="casebound-ahead", daemon=True)
    thread.start()
    try:
        yield taken()
    finally:
        over.set()
        thread.join()
