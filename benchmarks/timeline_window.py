"""What a person waits for in a case of many rows: the real session, browsing, canvas and table, offscreen.

    .venv/bin/python benchmarks/timeline_window.py CASE [--repeats 20]

Prints one JSON object: samples in milliseconds by name, and memory. Run by `benchmarks/timeline.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication

from casebound.case import Actor
from casebound.document import Case
from casebound_ui.desktop import theme
from casebound_ui.desktop.jobs import Board, Desk
from casebound_ui.desktop.opening import session_of
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.timeline.bins import Usual, frame
from casebound_ui.desktop.timeline.layout import Zone
from casebound_ui.desktop.timeline.scale import SECOND, View
from casebound_ui.desktop.timeline.scene import Hover
from casebound_ui.desktop.timeline.screen import TimelineScreen
from casebound_ui.desktop.watchdog import Watchdog

SIZE = (1440, 900)
FILTERS = ("status_code:429", "account_id:acct_000017", "status_code:429 model_id:model-mid-2", "ip:198.51.3.*")
WORDS = {"rare": ("req_000000345678", "unusual", '"98765\\""'), "common": ("chemistry", "finance", "variant")}
SORTS = ("account_id", "output_tokens", "ip", "prompt_excerpt")
FACETS = ("account_id", "model_id", "status_code", "ip", "user_agent", "template_cluster_id")
PAGE = 100
WAIT = 120.0  # seconds after which something is broken


class Memory:
    """The most memory of this process at any time, apart from mapped pages, and with them, in MB."""

    def __init__(self) -> None:
        self.own = self.mapped = 0.0
        self._over = threading.Event()
        self._looking = threading.Thread(target=self._look, daemon=True)
        self._looking.start()

    def _look(self) -> None:
        while not self._over.wait(0.02):
            said = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
            self.own = max(self.own, int(said["RssAnon"].split()[0]) / 1024)
            self.mapped = max(self.mapped, int(said["RssFile"].split()[0]) / 1024)

    def end(self) -> None:
        self._over.set()
        self._looking.join()


def timed(work: Callable[[], object]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1_000


def until(condition: Callable[[], object]) -> None:
    """Let the window work until something is so."""
    end = time.perf_counter() + WAIT
    while not condition():
        # Waits for the next event, and leaves the processor to whoever answers.
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        if time.perf_counter() > end:
            raise SystemExit("the window did not answer")


def views(bounds: View, frames: int) -> Iterator[View]:
    """Zoom in, pan, zoom out: never the same view twice."""
    centre = bounds.start + bounds.span // 2
    for n in range(frames):
        share = abs((n / frames * 2) % 2 - 1)
        span = int(60 * SECOND * (bounds.span / (60 * SECOND)) ** share)
        middle = centre + round(np.sin(n / 9) * span / 3)
        yield View(middle - span // 2, middle - span // 2 + span)


class Bench:
    """One open case, and what was measured of it."""

    def __init__(self, path: Path, repeats: int) -> None:
        self.path, self.repeats = path, repeats
        self.samples: dict[str, list[float]] = {}
        self.desk = Desk()
        self.board = Board(self.desk)
        self.target = QPixmap(*SIZE)
        self.beat = QTimer()  # so that a wait ends where nothing comes any more
        self.beat.start(50)

    def add(self, name: str, value: float) -> None:
        self.samples.setdefault(name, []).append(value)

    def open(self) -> None:
        """From the wish to open a case to lanes, histogram and rows painted."""
        sessions: list[CaseSession] = []

        def job(progress: object) -> CaseSession:
            return session_of(Case.open(self.path, Actor("Bench"), write=False), self.board)

        def complete() -> None:
            self.board.start(job, lambda ending: sessions.append(ending.value))
            until(lambda: sessions)
            self.session = sessions[0]
            self.screen = TimelineScreen(self.session)
            self.screen.resize(*SIZE)
            self.screen.show()
            until(lambda: self.screen.browsing.ready and self.row_at_hand(0))
            self.screen.render(self.target)

        self.add("open to first complete frame", timed(complete))
        until(lambda: self.screen.browsing.idle)

    def row_at_hand(self, row: int) -> bool:
        """Whether a row of the table has been read; asks for it."""
        return self.screen.table.rows.event(row) is not None

    def frames(self) -> None:
        canvas = self.screen.canvas

        def moved(view: View) -> None:
            canvas.move_to(view)
            canvas.render(self.target)

        for view in views(canvas.bounds, 15 * self.repeats):
            self.add("zoom or pan, one frame", timed(lambda view=view: moved(view)))
            QCoreApplication.processEvents()  # each frame is a turn of its own, as the watchdog counts them
        canvas.move_to(canvas.bounds, settle=True)
        canvas.render(self.target)

        def hovered(n: int) -> None:
            x = canvas.scene.layout.left + n % int(canvas.scene.layout.plot)
            y = canvas.scene.layout.lanes_top + 20
            canvas.hover = Hover(x, y, Zone.LANES, canvas.scene.layout.lane_at(y))
            canvas.render(self.target)

        for n in range(15 * self.repeats):
            self.add("hover, one frame", timed(lambda n=n: hovered(n * 7)))
            QCoreApplication.processEvents()
        until(lambda: self.screen.browsing.idle)

    def jumps(self) -> None:
        table, chance = self.screen.table, random.Random(3)
        rows = table.rows.rowCount()

        def jumped(row: int) -> None:
            table.scrollTo(table.rows.index(row, 0), table.ScrollHint.PositionAtTop)
            table.render(self.target)  # asks for what is in sight
            until(lambda: self.row_at_hand(row))
            table.render(self.target)

        for _ in range(5 * self.repeats):
            self.add("table jump, rows read", timed(lambda: jumped(chance.randrange(rows - 50))))

    def filters(self) -> None:
        browsing, canvas = self.screen.browsing, self.screen.canvas

        def filtered(where: str) -> None:
            browsing.ask(where)
            until(lambda: browsing.where == where)
            canvas.render(self.target)

        for n in range(self.repeats):
            self.add(
                "filter on indexed columns, with histogram", timed(lambda n=n: filtered(FILTERS[n % len(FILTERS)]))
            )
            until(lambda: browsing.idle)
            filtered("")
            until(lambda: browsing.idle)
        browsing.by("model_id")
        until(lambda: browsing.idle)

    def questions(self) -> None:
        """What is asked on the reading thread, without the window."""
        events = self.session.events
        for n in range(max(self.repeats // 4, 2)):
            for kind, words in WORDS.items():
                word = words[n % len(words)]

                def page(word: str = word) -> None:
                    events.at(np.array(events.first(word, PAGE), dtype=np.int64))

                self.add(f"full text, first page ({kind} word)", timed(page))
                self.add(f"full text, exact count ({kind} word)", timed(lambda word=word: events.select(word)))
            for by in SORTS:
                name = "a column of texts" if by == SORTS[-1] else "a column with codes"
                first = lambda by=by: events.at(events.ordered(by, True, stop=PAGE))  # noqa: E731
                self.add(f"sort by {name}, first page", timed(first))
            for field in FACETS:
                self.add("facet of everything", timed(lambda field=field: events.facet(field)))
                low, high = events.count * 3 // 8, events.count // 2
                view = lambda field=field, low=low, high=high: events.facet(field, None, low, high)  # noqa: E731
                self.add("facet of a view (an eighth)", timed(view))
            for by in SORTS[:-1]:
                self.add("sort by a column with codes, complete", timed(lambda by=by: events.ordered(by, True)))
        self.add("sort by a column of texts, complete", timed(lambda: events.ordered(SORTS[-1], True)))

    def same_as_peers(self) -> None:
        """The questions that the peers answer as well, with everything that the window does for them."""
        events, canvas = self.session.events, self.screen.canvas
        from casebound_ui.desktop.timeline.arrangement import Arrangement

        arrangement, snapshot, chance = Arrangement(events), self.session.snapshot, random.Random(5)
        whole = arrangement.arrange("model_id", "", snapshot)
        width = canvas.scene.layout.plot
        for _ in range(self.repeats):
            self.add("peers: histogram", timed(lambda: frame(whole.shown, canvas.bounds, width, Usual())))
            start = chance.randrange(events.count - PAGE)
            self.add("peers: page", timed(lambda start=start: events.page(start, start + PAGE)))
        for _ in range(max(self.repeats // 4, 2)):

            def filtered() -> None:
                shown = arrangement.arrange("model_id", "status_code:429", snapshot).shown
                frame(shown, canvas.bounds, width, Usual())

            self.add("peers: filter", timed(filtered))
            self.add("peers: text, rare", timed(lambda: events.select("req_000000345678")))
            self.add("peers: text, common", timed(lambda: events.select("chemistry")))
            self.add("peers: sort", timed(lambda: events.at(events.ordered("account_id", True, stop=PAGE))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("case", type=Path)
    parser.add_argument("--repeats", type=int, default=20)
    asked = parser.parse_args()
    os.environ["CASEBOUND_HOME"] = tempfile.mkdtemp(prefix="casebound-bench-")
    application = QApplication(sys.argv[:1])
    theme.load_fonts()
    theme.apply(theme.LIGHT)
    memory = Memory()
    bench = Bench(asked.case, asked.repeats)
    with Watchdog(walls=True) as watched:
        bench.open()
        opened = memory.own
        bench.frames()
        bench.jumps()
        bench.filters()
    window = memory.own
    bench.questions()
    bench.same_as_peers()
    memory.end()
    said = {
        "events": bench.session.events.count,
        "samples": bench.samples,
        "opened_mb": opened,
        "window_mb": window,
        "peak_mb": memory.own,
        "mapped_mb": memory.mapped,
        "held_cpu_ms": watched.longest.cpu * 1_000,
        "held_by": watched.told(),
        "median_open": statistics.median(bench.samples["open to first complete frame"]),
    }
    bench.screen.close()
    bench.session.close()
    until(lambda: not bench.board.running)
    bench.board.close()
    application.quit()
    print(json.dumps(said))


if __name__ == "__main__":
    main()
