"""Corrections of the clock of a source: what a person states is added to every time; the rows stay as they are."""

from __future__ import annotations

from sqlalchemy import select

from casebound.case import Source
from casebound.clockcorrection import LARGEST_US, clock_text
from casebound.errors import BadRequest, NothingToDo
from casebound.moments import FIRST_US, LAST_US
from casebound.store import models, reading
from casebound.store.change import Change, sentence


def correct_clock(change: Change, number: int, clock_us: int, reason: str) -> Source:
    """State how far the clock of a source was off, and why; 0 takes an earlier correction back.

    `clock_us` is added to every time of the source. It replaces an earlier correction, which the ledger keeps. Raises
    `BadRequest` where the source is not there or has no times, the reason is missing, or a time would leave the years
    1 to 9999; `NothingToDo` where this very thing is stated already.
    """
    row = change.session.get(models.SourceRow, number)
    if row is None:
        raise BadRequest(f"The case has no source S-{number:02d}.", "Look at the list of sources.")
    why = sentence(reason, "The reason for correcting a clock", longest=2000)
    if row.first_us is None or row.last_us is None:
        raise BadRequest(
            f"S-{number:02d} has no times, so there is no clock to correct.",
            "Choose a source that is on the timeline.",
            where=row.name,
        )
    if abs(clock_us) > LARGEST_US:
        raise BadRequest("A correction of more than two hundred years is none.", "Check the number and its unit.")
    if row.first_us + clock_us < FIRST_US or row.last_us + clock_us > LAST_US:
        raise BadRequest(
            f"With this correction, times of S-{number:02d} would lie outside the years 1 to 9999.",
            "Check whether the clock was ahead or behind.",
            meaning="Nothing was changed.",
            where=row.name,
        )
    if (row.clock_us, row.clock_reason) == (clock_us, why) or (not clock_us and not row.clock_us):
        raise NothingToDo(
            f"S-{number:02d} has this correction of its clock already." if clock_us else "Its clock is taken as right.",
            "Nothing needs to be done.",
            meaning="Nothing was changed.",
            where=row.name,
        )
    row.clock_us, row.clock_reason = clock_us, why
    change.record("corrected", row, {"name": row.name, "text": clock_text(clock_us), "reason": why})
    mends = change.session.scalars(
        select(models.MendRow).where(models.MendRow.source == number).order_by(models.MendRow.number)
    )
    return reading.source(row, tuple(map(reading.mend, mends)))
