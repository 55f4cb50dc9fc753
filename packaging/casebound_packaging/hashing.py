"""SHA-256 beside other work: Python hashes without its global lock, so that a thread of its own is worth while."""

from __future__ import annotations

import hashlib
import os
import queue
import threading
from collections.abc import Sequence
from typing import Final

_MOST: Final = 4
_AHEAD: Final = 8  # pieces that may wait to be hashed


def processors() -> int:
    """How many threads are worth while on this machine for hashing and packing."""
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        count = os.cpu_count() or 1
    return max(1, min(count, _MOST))


class Hashing:
    """One SHA-256 that is fed here and computed in a thread of its own. `close` it, or ask it for its digest."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._pieces: queue.Queue[Sequence[bytes] | None] = queue.Queue(_AHEAD)
        self._thread = threading.Thread(target=self._work, name="hashing", daemon=True)
        self._thread.start()

    def update(self, *pieces: bytes) -> None:
        """Take the next bytes, which must not change. Waits where the hashing lags far behind."""
        self._pieces.put(pieces)

    def hexdigest(self) -> str:
        """The digest of everything given; nothing can be given afterwards."""
        self.close()
        return self._digest.hexdigest()

    def close(self) -> None:
        """End the thread once it has hashed what it was given. May be called again."""
        if self._thread.is_alive():
            self._pieces.put(None)
            self._thread.join()

    def _work(self) -> None:
        while (pieces := self._pieces.get()) is not None:
            for piece in pieces:
                self._digest.update(piece)
