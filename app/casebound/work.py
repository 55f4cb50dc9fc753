"""Work that takes a while: one callable, told of nothing but its progress.

A `Job` runs anywhere: on a worker thread of the window, inline in a command, silently in a test. It ends as
exactly one value, `Done`, `Stopped` or `Failed`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias, TypeVar

T = TypeVar("T")


class Cancelled(Exception):
    """Raised by `Progress` when the person asked to stop: an event, not an error. Leave nothing half-made behind."""


class Progress(Protocol):
    """Say how far the work is; raises `Cancelled` when the person asked to stop.

    `done` and `total` are in the work's own unit (bytes, rows, files); `total` 0 means not known. `note` names the
    stage. Call it often: at least every 100 ms of work, so that Stop answers.
    """

    def __call__(self, done: int, total: int, note: str = "") -> None: ...


def silent(done: int, total: int, note: str = "") -> None:
    """A progress that nobody watches."""


Job: TypeAlias = Callable[[Progress], T]


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """The work ended and this is what it made."""

    value: T


@dataclass(frozen=True, slots=True)
class Stopped:
    """A person stopped the work; everything is as before it."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The work failed. A `CaseboundError` is shown as it is; anything else is a bug of ours."""

    error: Exception


Ending: TypeAlias = Done[T] | Stopped | Failed


def outcome(job: Job[T], progress: Progress = silent) -> Done[T] | Stopped | Failed:
    """Run `job` here and now, and say how it ended."""
    try:
        return Done(job(progress))
    except Cancelled:
        return Stopped()
    except Exception as error:  # noqa: BLE001 - this is the one place where every ending becomes a value
        return Failed(error)
