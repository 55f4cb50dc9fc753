"""How long one picture of the timeline takes, offscreen: zooming, panning, hovering, and a jump in the table.

    .venv/bin/python benchmarks/timeline_frames.py [--events 2000000 16000000] [--frames 300]

Times are synthetic and seeded: weekdays busier than nights, and one burst. Prints median and p95 in milliseconds, and the
peak memory. Every frame is counted from the sorted times and painted whole; nothing is cached between views.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import time
from collections.abc import Callable, Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication

from casebound.case import Event, EventId
from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline import bins, marks
from casebound_ui.desktop.timeline.canvas import Canvas
from casebound_ui.desktop.timeline.layout import Zone
from casebound_ui.desktop.timeline.scale import DAY, HOUR, SECOND, View, whole
from casebound_ui.desktop.timeline.scene import Hover
from casebound_ui.desktop.timeline.table import EventTable

START = 1_767_571_200_000_000  # 2026-01-05
DAYS = 91
LANES = 12
SIZE = (880, 620)


def synthetic(count: int) -> bins.Shown:
    """`count` events over 91 days in 12 lanes, a twelfth of them within three hours."""
    generator = np.random.default_rng(2026)
    day = generator.integers(0, DAYS, count)
    second = np.where(
        day % 7 < 5,
        generator.normal(13 * 3_600, 3 * 3_600, count).clip(0, 86_399),
        generator.integers(0, 86_400, count),
    )
    times = START + day * DAY + (second * SECOND).astype(np.int64)
    burst = count // 12
    times[:burst] = START + 66 * DAY + 20 * HOUR + generator.integers(0, 3 * HOUR, burst)
    times.sort()
    codes = generator.integers(0, LANES, count).astype(np.int16)
    return bins.Shown(times, bins.split(codes, tuple(f"lane {n}" for n in range(LANES))), count)


def views(bounds: View, frames: int) -> Iterator[View]:
    """Zoom in on the burst, pan through it, zoom out: never the same view twice."""
    centre = START + 66 * DAY + 21 * HOUR
    for n in range(frames):
        share = abs((n / frames * 2) % 2 - 1)  # 1 … 0 … 1
        span = int(60 * SECOND * (bounds.span / (60 * SECOND)) ** share)
        middle = centre + round(np.sin(n / 9) * span / 3)
        yield View(middle - span // 2, middle - span // 2 + span)


def measured(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1_000


def told(name: str, samples: list[float]) -> str:
    p95 = sorted(samples)[int(len(samples) * 0.95)]
    return f"  {name:<28} median {statistics.median(samples):7.2f} ms   p95 {p95:7.2f} ms   ({len(samples)} times)"


def run(count: int, frames: int) -> list[str]:
    """Measure with `count` events; one line of text for each thing."""
    lines = [f"{count:,} events, {LANES} lanes, {SIZE[0]}x{SIZE[1]}"]
    shown = synthetic(count)
    canvas = Canvas()
    canvas.resize(*SIZE)
    bounds = whole(int(shown.times[0]), int(shown.times[-1]))
    target = QPixmap(*SIZE)

    def first() -> None:
        canvas.show_events(shown, ["activity"] * LANES, bounds)
        canvas.render(target)

    lines.append(told("first frame", [measured(first)]))
    picks = np.linspace(0, count - 1, 400).astype(np.int64).tolist()
    event = EventId("0" * 64, "", "t", 0)
    canvas.show_layers(marks.Layers(tuple(marks.Point(int(shown.times[n]), n, n % LANES, event) for n in picks)))

    def moved(view: View) -> None:
        canvas.move_to(view)
        canvas.render(target)

    lines.append(told("zoom and pan, 400 marks", [measured(lambda v=view: moved(v)) for view in views(bounds, frames)]))
    canvas.move_to(bounds)
    canvas.render(target)

    def hovered(n: int) -> None:
        x = canvas.scene.layout.left + n % int(canvas.scene.layout.plot)
        y = canvas.scene.layout.lanes_top + 40
        canvas.hover = Hover(x, y, Zone.LANES, canvas.scene.layout.lane_at(y))
        canvas.render(target)

    lines.append(told("hover", [measured(lambda n=n: hovered(n * 7)) for n in range(frames)]))
    lines.append(told("split into lanes", [measured(lambda: synthetic_lanes(count))]))
    table = EventTable()
    table.resize(880, 280)
    rows = QPixmap(880, 280)

    def fetch(first: int, stop: int, deliver: Callable[[list[Event]], None]) -> None:
        deliver([made(n, int(shown.times[n])) for n in range(first, min(stop, count))])

    def listed() -> None:
        table.rows.show(count, fetch)
        table.render(rows)

    lines.append(told("table shown", [measured(listed)]))

    def jumped(row: int) -> None:
        table.scrollTo(table.rows.index(row, 0))
        table.render(rows)

    places = np.random.default_rng(3).integers(0, count, 60).tolist()
    lines.append(told("table jump, rows at hand", [measured(lambda r=row: jumped(r)) for row in places]))
    lines.append(told("select all", [measured(table.selectAll)]))
    return lines


def synthetic_lanes(count: int) -> None:
    codes = np.random.default_rng(1).integers(0, LANES, count).astype(np.int16)
    bins.split(codes, tuple(f"lane {n}" for n in range(LANES)))


def made(number: int, time_us: int) -> Event:
    """A row without a store behind it, so that only the window is measured."""
    event = EventId("0" * 64, "", "t", number)
    return Event(
        event, 1, time_us, "", "UTC", "in the value", number + 2, f"acc_{number % 977}", "/v1/messages", "opus"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, nargs="+", default=[2_000_000, 16_000_000])
    parser.add_argument("--frames", type=int, default=300)
    asked = parser.parse_args()
    application = QApplication([])
    theme.load_fonts()
    theme.apply(theme.LIGHT)
    for count in asked.events:
        print("\n".join(run(count, asked.frames)), flush=True)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    application.quit()


if __name__ == "__main__":
    main()
