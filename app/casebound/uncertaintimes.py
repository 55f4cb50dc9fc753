"""How uncertain the times of events are: a small number for each event that names how much later it may have been.

A time that was written without its minutes, its hour or its day is the beginning of a range (`casebound.moments`). The
readings of a source say so once for all rows that were read in the same way, so sixteen million events cost one column
of small integers, and nothing at all where every time is exact.
"""

# ruff: noqa: S608 - names are our own, values are numbers

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casebound.duck import ask
from casebound.generations import Generation
from casebound.timeorder import Int64s, TimeOrder


@dataclass(frozen=True, slots=True)
class Uncertain:
    """`codes` has one number for each event; `spans[code]` is how many microseconds later it may have been.

    Code 0 is an exact time, `spans[0]` is 0, and spans ascend.
    """

    codes: NDArray[Any]  # uint8, uint16 where there are more than 255 different spans
    spans: Int64s

    def of(self, positions: Int64s) -> Uncertain:
        """The same for some of the events."""
        return Uncertain(self.codes[positions], self.spans)

    def after(self, places: NDArray[Any]) -> Int64s:
        """How much later the events at these places may have been, in microseconds."""
        spans: Int64s = self.spans[self.codes[places]]
        return spans


def uncertain(rows: Sequence[Generation], order: TimeOrder) -> Uncertain | None:
    """The uncertainty of every event in the order of time; None where all times are exact."""
    doubtful = {index: spans for index, one in enumerate(rows) if one.timed and (spans := _spans(one))}
    if not doubtful:
        return None
    known = sorted({span for spans in doubtful.values() for span in spans.values()})
    codes = np.zeros(order.count, dtype=np.uint8 if len(known) < 256 else np.uint16)
    for index, spans in doubtful.items():
        for span, local in _positions(rows[index], spans, order.size(index)):
            codes[order.places(index, local)] = known.index(span) + 1
    return Uncertain(codes, np.array([0, *known], dtype=np.int64))


def _spans(one: Generation) -> dict[int, int]:
    """Microseconds by the code of the reading, of those readings that leave a doubt."""
    if one.first_version:  # these kept no readings
        return {}
    with closing(one.cursor()) as cursor:
        lines = ask(cursor, f"SELECT code, uncertain_us FROM {one.store}.readings WHERE uncertain_us > 0")
    return {int(code): int(span) for code, span in lines}


def _positions(one: Generation, spans: dict[int, int], size: int) -> list[tuple[int, Int64s]]:
    """The positions in a generation of the rows that are uncertain by each span."""
    with closing(one.cursor()) as cursor:
        (known,) = ask(cursor, f"SELECT count(*) FROM {one.store}.readings")[0]
        if len(spans) == known and len(set(spans.values())) == 1:  # the usual case: a source with days only
            return [(next(iter(spans.values())), np.arange(size, dtype=np.int64))]
        listed = ", ".join(str(code) for code in spans)
        sql = f"SELECT _position, _reading FROM {one.store}.rows WHERE _position < {size} AND _reading IN ({listed})"
        found = cursor.execute(sql).fetchnumpy()
    positions, readings = np.asarray(found["_position"], dtype=np.int64), np.asarray(found["_reading"])
    made = []
    for span in sorted(set(spans.values())):
        mine = np.isin(readings, [code for code, each in spans.items() if each == span])
        made.append((span, positions[mine]))
    return made
