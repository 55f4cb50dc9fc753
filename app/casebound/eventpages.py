"""Events at given places of the order of time: what a page of the table shows."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait

import numpy as np
from numpy.typing import NDArray

from casebound.case import Event
from casebound.generations import Generation
from casebound.questions import carried
from casebound.timeorder import Int64s, TimeOrder


class EventPages:
    """Reads events of several generations at a time: each answers in its own time, and a page waits for the slowest."""

    def __init__(self, rows: Sequence[Generation], order: TimeOrder) -> None:
        self._rows, self._order = rows, order
        self._turn = threading.Lock()
        self._beside: ThreadPoolExecutor | None = None  # made when a page has rows of two generations
        self._closed = False

    def at(self, positions: Int64s) -> list[Event]:
        """Events at these global positions, in this order."""
        generation, local = self._order.split(positions)
        parts = [(index, np.flatnonzero(generation == index)) for index in np.unique(generation).tolist()]
        parts.sort(key=lambda part: len(part[1]), reverse=True)
        found: list[Event | None] = [None] * len(positions)

        def read(index: int, places: NDArray[np.intp]) -> None:
            rows = self._rows[index].events(local[places])
            for place, event in zip(places.tolist(), rows, strict=True):
                found[place] = event

        beside = self._thread() if len(parts) > 1 else None
        if beside is None:
            for part in parts:
                read(*part)
        else:
            others = [beside.submit(carried(read), *part) for part in parts[1:]]
            try:
                read(*parts[0])
            finally:
                wait(others)  # nothing of this is under way when it is over, however it ended
            for other in others:
                other.result()
        return [event for event in found if event is not None]

    def close(self) -> None:
        """Nothing is read beside from now on. Waits for nothing."""
        with self._turn:
            self._closed = True
            beside, self._beside = self._beside, None
        if beside is not None:
            beside.shutdown(wait=False)

    def _thread(self) -> ThreadPoolExecutor | None:
        with self._turn:
            if self._beside is None and not self._closed:
                self._beside = ThreadPoolExecutor(1, thread_name_prefix="rows-beside")
            return self._beside
