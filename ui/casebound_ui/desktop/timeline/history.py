"""Where one has been on the timeline: back and forward as in a browser. Free of Qt."""

from __future__ import annotations

from casebound_ui.desktop.timeline.scale import View

DEPTH = 200


class History:
    """The views a person settled on.

    Moves in between (each notch of a wheel) are not kept: call `settle` when one is at rest.
    """

    def __init__(self) -> None:
        self._views: list[View] = []
        self._at = -1

    def settle(self, view: View) -> None:
        """`view` is where the person came to rest. What lay ahead is forgotten, unless nothing moved."""
        if self._at >= 0 and self._views[self._at] == view:
            return
        del self._views[self._at + 1 :]
        self._views.append(view)
        del self._views[:-DEPTH]
        self._at = len(self._views) - 1

    def back(self) -> View | None:
        if self._at <= 0:
            return None
        self._at -= 1
        return self._views[self._at]

    def forward(self) -> View | None:
        if self._at + 1 >= len(self._views):
            return None
        self._at += 1
        return self._views[self._at]
