"""How the rows of a source fill its time: a strip of exact counts, the stated window, and where no rows are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from casebound.case import Source
from casebound.comparison import Comparison, Window, comparisons, outside_words, silence_words, window_of, zones_of
from casebound.events import Events
from casebound.gaps import RULE, Coverage, Gap, Int64s, coverage, density, duration, gaps
from casebound.timeledger import TimesRead
from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, Picture, column, emptied, holder, label, row, rule
from casebound_ui.desktop.tips import plain_tip
from casebound_ui.desktop.wording import counted, from_us, span

BINS = 360
LISTED = 3
_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Measured:
    """What was read of the times of a source. `counts` are rows in equal parts from `start_us` to `end_us`."""

    number: int
    compared: tuple[Comparison, ...]
    covered: Coverage
    gaps: tuple[Gap, ...]
    start_us: int
    end_us: int
    counts: Int64s
    ways: tuple[TimesRead, ...] = ()  # in which ways the times were read


def measured(events: Events, source: Source) -> Measured:
    """Look at the times of a source; for a worker."""
    times, window = events.source_times(source.number), window_of(source.origin)
    ways = tuple(events.time_ledger(source.number))
    start, end = _reach(times, window)
    counts = density(times, start, end, BINS) if len(times) else np.zeros(0, dtype=np.int64)
    return Measured(
        source.number,
        comparisons(source, times, zones_of(ways)),
        coverage(times, window.start_us, window.end_us),
        gaps(times),
        start,
        end,
        counts,
        ways,
    )


def _reach(times: Int64s, window: Window) -> tuple[int, int]:
    """The stretch that the strip shows: rows and stated window together. A window far beyond the rows is cut to ten
    times their own length, so that they can still be seen; its edge is then said in words alone.
    """
    if not len(times):
        return 0, 1
    first, last = int(times[0]), int(times[-1])
    length = max(last - first, _DAY)
    start = min(first, max(window.start_us if window.start_us is not None else first, first - 5 * length))
    end = max(last, min(window.end_us if window.end_us is not None else last, last + 5 * length))
    return start, max(end, start + 1)


class CoverageStrip(QWidget):
    """Bars for rows, hatching where none are, brackets for the stated window. Words beside it say the same."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: Measured | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Coverage")
        self._measure()

    def show_measured(self, shown: Measured, spoken: str) -> None:
        """Draw these counts; `spoken` is what a screen reader says."""
        self._shown = shown
        self.setAccessibleDescription(spoken)
        self.setToolTip(plain_tip(spoken))
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._measure()

    def _measure(self) -> None:
        self.setFixedHeight(round(30 * min(1.5, theme.scale())))

    def place(self, time_us: int) -> float:
        """Where a moment stands, in pixels."""
        shown = self._shown
        if shown is None:
            return 0.0
        return (time_us - shown.start_us) / (shown.end_us - shown.start_us) * self.width()

    def paintEvent(self, event: QPaintEvent) -> None:
        look, shown = theme.tokens(), self._shown
        painter = QPainter(self)
        ground = QRectF(0, 0, self.width(), self.height())
        painter.fillRect(ground, QColor(look.sunken))
        if shown is None or not len(shown.counts):
            return
        covered = shown.covered
        hatch = QBrush(QColor(look.control), Qt.BrushStyle.BDiagPattern)
        silent = [(gap.start_us, gap.end_us) for gap in shown.gaps]
        if covered.silent_before_us and covered.window_start_us is not None and covered.first_us is not None:
            silent.append((covered.window_start_us, covered.first_us))
        if covered.silent_after_us and covered.window_end_us is not None and covered.last_us is not None:
            silent.append((covered.last_us, covered.window_end_us))
        for start, end in silent:
            painter.fillRect(
                QRectF(self.place(start), 0, max(self.place(end) - self.place(start), 2.0), self.height()), hatch
            )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.histogram))
        highest, wide = int(shown.counts.max()), self.width() / len(shown.counts)
        tall = self.height() - 4
        for place in np.flatnonzero(shown.counts).tolist():
            share = (int(shown.counts[place]) / highest) ** 0.5
            painter.drawRect(
                QRectF(place * wide, self.height() - max(2.0, share * tall), max(wide, 1.0), self.height())
            )
        painter.setPen(QPen(QColor(look.accent), 2))
        for edge, side in ((covered.window_start_us, 1), (covered.window_end_us, -1)):
            if edge is None or not shown.start_us <= edge <= shown.end_us:
                continue
            x = min(max(self.place(edge), 1.0), self.width() - 1.0)
            for y0, y1, x1 in (
                (0, self.height(), x),
                (1, 1, x + 5 * side),
                (self.height() - 1, self.height() - 1, x + 5 * side),
            ):
                painter.drawLine(round(x), y0, round(x1), y1)


class CoverageCard(QFrame):
    """The strip with the words: what it covers, what lies outside, and the longest silent stretches."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._measured: Measured | None = None
        self._all = False
        self.strip = CoverageStrip()
        self._title = label("Coverage", "title")
        self._text = label("", "body", "text2", wrap=True)
        self.all = Button("", self._toggle, kind="link")
        self._first, self._last = label("", "small", "text3"), label("", "small", "text3")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(3)
        self._rule = label(RULE, "small", "text3", wrap=True)
        ends = row(self._first, None, self._last)
        head = row(self._title, self._text, self.all, gap=10)
        head.setStretch(1, 1)
        self._list = QScrollArea()
        self._list.setWidgetResizable(True)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setAccessibleName("Silent stretches")
        self._list.setWidget(holder(column(self._lines, None, gap=0)))
        body = column(self.strip, ends, self._list, self._rule, gap=4)
        self.setLayout(column(head, rule(), body, gap=8, margins=(16, 8, 16, 10)))
        self.hide()

    @property
    def words(self) -> tuple[str, ...]:
        """Everything that is said of the coverage, one sentence each."""
        shown = self._measured
        if shown is None:
            return ()
        found = outside_words(shown.covered).removeprefix("; ")
        outside = (f"Outside the stated window: {found}.",) if found else ()
        return (*outside, *silence_words(shown.covered), *(gap_words(gap) for gap in shown.gaps))

    def show_measured(self, source: Source, shown: Measured) -> None:
        """Say how this source covers its time; a table without times has no coverage."""
        self._measured, self._all = shown, False
        self.setVisible(bool(len(shown.counts)))
        told = counted(len(shown.gaps), "silent stretch", "silent stretches")
        summary = (
            f"{told} stand{'s' if len(shown.gaps) == 1 else ''} out" if shown.gaps else "No silent stretch stands out"
        )
        known = shown.covered.window_start_us is not None or shown.covered.window_end_us is not None
        bracketed = known and theme.scale() < 1.4
        self._text.setText(f"{summary}; the stated window is in brackets." if bracketed else f"{summary}.")
        self._first.setText(from_us(shown.start_us))
        self._last.setText(from_us(shown.end_us))
        self.strip.show_measured(
            shown,
            " ".join(
                (f"{source.label}, {span(source.first_us, source.last_us)}: {self._text.text()}", *self.words[:8])
            ),
        )
        self._fill()

    def _fill(self) -> None:
        emptied(self._lines)
        words = self.words
        shown = self._measured
        if shown is None:
            return
        fixed = len(words) - len(shown.gaps)
        longest = sorted(shown.gaps, key=lambda gap: -gap.length_us)[: len(shown.gaps) if self._all else LISTED]
        listed = [*words[:fixed], *(gap_words(gap) for gap in sorted(longest, key=lambda gap: gap.start_us))]
        for place, text in enumerate(listed):
            outside = place == 0 and bool(shown.covered.outside)
            tone = "warn" if outside else "text2"
            mark = column(Picture("circle-alert" if outside else "minus", tone, 14), None)
            line = row(mark, label(text, "small", tone, wrap=True), gap=8)
            line.setStretch(1, 1)
            self._lines.addWidget(holder(line))
        tall = QFontMetrics(theme.font("small")).height() + 9
        # Large text wraps: the card then takes what it needs, and else no more than that.
        large = theme.scale() >= 1.4
        upright = QSizePolicy.Policy.Preferred if large else QSizePolicy.Policy.Maximum
        self.setSizePolicy(QSizePolicy.Policy.Preferred, upright)
        self._list.setFixedHeight(6 + tall * min(len(listed), 8 if self._all else (2 if large else 3)))
        self._list.setVisible(bool(listed))
        more = len(shown.gaps) - len(longest)
        self.all.setVisible(bool(shown.gaps))
        self.all.show_text(f"Show all {len(shown.gaps):,}" if more else ("Show fewer" if self._all else "The rule"))
        self._rule.setVisible(self._all)

    def _toggle(self) -> None:
        self._all = not self._all
        self._fill()


def gap_words(gap: Gap) -> str:
    """One silent stretch: between which rows, how long, and what would be usual there."""
    return (
        f"No rows between {from_us(gap.start_us)} and {from_us(gap.end_us)}: {duration(gap.length_us)}. "
        f"Usual there: some {gap.expected:,} rows, no pause above {duration(gap.usual_us)}."
    )
