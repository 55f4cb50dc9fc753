"""Putting something to a finding in one change: events as exhibits for or against it, or a range as a saved view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from casebound.case import Event, Finding
from casebound.errors import NothingToDo
from casebound.store import models
from casebound.store.change import Change
from casebound.store.exhibits import make_exhibits
from casebound.store.reasoning import add_finding, change_finding, require_finding
from casebound.store.records import exhibit_number
from casebound.store.stated import texts
from casebound.store.views import save_view


def cite_events(change: Change, events: Sequence[Event], finding: str, sentence: str, supports: bool) -> Finding:
    """Let events speak for or against a finding, or a new one with this sentence; they become exhibits where needed.

    Raises `NothingToDo` where all of them are cited there already.
    """
    names = list(dict.fromkeys(str(event.id) for event in events))
    known = models.ExhibitRow
    rows = select(known.event, known.number).where(known.event.is_not(None), known.removed.is_(False))
    numbers = {event: exhibit_number(number) for event, number in change.session.execute(rows)}
    new = [event for event in events if str(event.id) not in numbers]
    if new:
        numbers |= {str(made.event): made.number for made in make_exhibits(change, new, "")}
    cited = [numbers[name] for name in names]
    side = "supports" if supports else "contradicts"
    what = f"{len(cited):,} events" if len(cited) != 1 else cited[0]
    return _put(change, finding, sentence, side, cited, what)


def cite_view(change: Change, view: Mapping[str, Any], finding: str, sentence: str) -> Finding:
    """Save a view and show it in a finding, or in a new one with this sentence."""
    made = save_view(change, view)
    return _put(change, finding, sentence, "views", [made.number], made.number)


def _put(change: Change, finding: str, sentence: str, side: str, numbers: Sequence[str], what: str) -> Finding:
    if not finding:
        made = add_finding(change, {"sentence": sentence, side: numbers})
    else:
        held = texts(getattr(require_finding(change.session, finding), side))
        added = [number for number in numbers if number not in held]
        if not added:
            raise NothingToDo(f"{finding} rests on that already.", meaning="Nothing was changed.")
        made = change_finding(change, finding, {side: (*held, *added)})
    change.told = f"Link of {what} to {made.number}"
    return made
