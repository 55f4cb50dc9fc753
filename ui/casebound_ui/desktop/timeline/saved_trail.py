"""The way back from a saved view: to the filter, the lanes and the time that were there before it was shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casebound_ui.desktop.timeline import state

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen

State = Mapping[str, object]
DEPTH = 100
_TOLD_BY = ("where", "lanes", "from_us", "to_us")  # what makes a place the same place


@dataclass(frozen=True, slots=True)
class Turn:
    """A saved view was shown: what was there before, and what came."""

    before: State
    after: State


class Trail:
    """Takes a step of the canvas through its views wherever a saved view was shown just there."""

    def __init__(self, screen: TimelineScreen) -> None:
        self._screen = screen
        self._turns: list[Turn] = []
        self._at = 0  # how many of them lie behind
        self._left: State | None = None
        screen.canvas.steps.append(self.step)

    def leave(self) -> None:
        """Remember what is there now; a saved view is about to be shown."""
        self._screen.canvas.history.settle(self._screen.canvas.view)
        self._left = state.capture(self._screen, view_only=True)

    def arrive(self) -> None:
        """Once the view stands: remember what came."""
        browsing, before = self._screen.browsing, self._left

        def stands(nothing: None) -> None:
            if before is not None and before is self._left:
                self._left = None
                after = state.capture(self._screen, view_only=True)
                if not _same(before, after):
                    self._turns = [*self._turns[: self._at], Turn(before, after)][-DEPTH:]
                    self._at = len(self._turns)

        # Behind everything that was asked for to show it, which asks again for the time once the filter is known.
        browsing.read(lambda: None, lambda nothing: browsing.read(lambda: None, stands))

    def step(self, by: int) -> bool:
        """Go back (-1) or forward where the last turn is here; False where this is another place."""
        now = state.capture(self._screen, view_only=True)
        if by < 0 and self._at and _same(now, self._turns[self._at - 1].after):
            self._at -= 1
            self._go(self._turns[self._at].after, self._turns[self._at].before, by)
            return True
        if by > 0 and self._at < len(self._turns) and _same(now, self._turns[self._at].before):
            turn = self._turns[self._at]
            self._at += 1
            self._go(turn.before, turn.after, by)
            return True
        return False

    def _go(self, here: State, there: State, by: int) -> None:
        history = self._screen.canvas.history
        if any(here.get(name) != there.get(name) for name in ("from_us", "to_us")):
            history.back() if by < 0 else history.forward()
        state.apply(self._screen, there)


def _same(one: State, other: State) -> bool:
    return all(one.get(name) == other.get(name) for name in _TOLD_BY)
