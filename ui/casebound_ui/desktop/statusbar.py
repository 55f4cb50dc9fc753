"""The bar at the bottom: work under way with its Stop, a short word, and what always holds."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QProgressBar

from casebound.stampservices import kept_services
from casebound_ui.desktop.controls import Button, Picture, holder, label, row, rule
from casebound_ui.desktop.jobs import Board
from casebound_ui.desktop.tokens import STATUS_BAR
from casebound_ui.desktop.wording import inert, remaining


class StatusBar(QFrame):
    """32 high. Shows the oldest titled job; how many wait behind it stands beside it."""

    def __init__(self, board: Board, all_jobs: Callable[[], object]) -> None:
        super().__init__()
        self._board = board
        self.setProperty("kind", "statusbar")
        self.setFixedHeight(STATUS_BAR)
        self._word = label("", "small", "text2")
        self._word.setAccessibleName("Last message")
        self._title = label("", "small", "text2")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(140)
        self._bar.setAccessibleName("Progress")
        self._state = label("", "small", "text2")
        self.stop = Button("Stop", self._stop, kind="icon", icon="x", name="Stop the work under way")
        more = Button("Jobs", all_jobs, kind="icon", icon="list-checks", name="Show all jobs", tip="Jobs (Ctrl J)")
        self._job = holder(row(Picture("hash"), self._title, self._bar, self._state, self.stop, more, gap=10))
        self._job.hide()
        self._network = label("", "small", "text2")
        self.say_network()
        zone = label("All times UTC", "small", "text2")
        self.setLayout(
            row(
                self._word,
                None,
                self._job,
                rule(True),
                Picture("wifi-off"),
                self._network,
                rule(True),
                zone,
                gap=10,
                margins=(16, 0, 12, 0),
            )
        )
        board.watch(self.refresh)

    def say_network(self) -> None:
        """Whether anything leaves this computer: only for time stamp services that the person named."""
        named = bool(kept_services())
        self._network.setText("Offline, but for time stamps" if named else "Offline. Nothing leaves this computer")

    def say(self, text: str) -> None:
        self._word.setText(inert(text, 400))

    def refresh(self) -> None:
        shown = self._board.shown
        self._job.setVisible(bool(shown))
        if not shown:
            return
        running = shown[0]
        step = running.step
        behind = f" (and {len(shown) - 1} more)" if len(shown) > 1 else ""
        self._title.setText(running.title + behind)
        self._bar.setRange(0, 1000 if step.share is not None else 0)
        if step.share is not None:
            self._bar.setValue(round(step.share * 1000))
        if running.stopping:
            self._state.setText("stopping…")
        else:
            left = remaining(step.done, step.total, time.monotonic() - running.started)
            share = "" if step.share is None else f"{step.share * 100:.0f}%"
            self._state.setText(", ".join(part for part in (share, left) if part) or step.note)
        self.stop.setEnabled(not running.stopping)

    def _stop(self) -> None:
        if self._board.shown:
            self._board.shown[0].stop()
            self.refresh()
