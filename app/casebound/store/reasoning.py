"""Findings, and the numbers they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from casebound.case import Confidence, Finding, Likelihood, Measure
from casebound.errors import BadRequest, NothingToDo
from casebound.store import models, reading
from casebound.store.change import Change, sentence
from casebound.store.exhibits import require_exhibit
from casebound.store.records import named_number
from casebound.store.stated import pack, texts
from casebound.store.views import require_view

_TEXTS: Final = ("sentence", "reasoning", "clause", "confidence_basis", "ask", "limits")
_LISTS: Final = ("supports", "contradicts", "measures", "views")
_FIELDS: Final = (*_TEXTS, *_LISTS, "likelihood", "confidence")


def add_finding(change: Change, fields: Mapping[str, Any]) -> Finding:
    """Write a finding. `fields` are those of `casebound.case.Finding` that a person fills in."""
    row = models.FindingRow(
        number=change.next(models.FindingRow),
        **dict.fromkeys(_TEXTS, ""),
        **dict.fromkeys(_LISTS, "[]"),
        likelihood="",
        confidence="",
        state="draft",
        by=change.by,
        at=change.at,
        changed_at=change.at,
        removed=False,
    )
    _fill(change, row, fields)
    change.session.add(row)
    change.record("derived", row, {"text": row.sentence})
    return reading.finding(row)


def change_finding(change: Change, number: str, fields: Mapping[str, Any]) -> Finding:
    """Change some fields of a finding. Raises `NothingToDo` where all of them say that already."""
    row = require_finding(change.session, number)
    before = tuple(getattr(row, name) for name in _FIELDS)
    _fill(change, row, fields)
    if tuple(getattr(row, name) for name in _FIELDS) == before:
        raise NothingToDo(f"{number} says that already.", meaning="Nothing was changed.")
    row.changed_at = change.at
    change.record("corrected", row, {"text": row.sentence})
    return reading.finding(row)


def require_finding(session: Session, number: str) -> models.FindingRow:
    """The row of a finding that was not taken away. Raises `BadRequest`."""
    known = named_number(number, "F-")
    row = None if known is None else session.get(models.FindingRow, known)
    if row is None:
        raise BadRequest(
            f"There is no finding {number} in this case.",
            "Findings are named like F-01.",
            meaning="Nothing was changed.",
        )
    if row.removed:
        raise BadRequest(f"{number} was taken away.", "Write it again; it gets a new number.")
    return row


def _fill(change: Change, row: models.FindingRow, fields: Mapping[str, Any]) -> None:
    unknown = fields.keys() - set(_FIELDS)
    if unknown:
        raise TypeError(f"a finding has no {', '.join(sorted(unknown))}")
    for name, value in fields.items():
        if name in _TEXTS:
            kept = sentence(str(value), "The finding", empty=name != "sentence")
        elif name in _LISTS:
            kept = _listed(change, row, name, tuple(dict.fromkeys(value)))
        else:
            kept = _term(Likelihood if name == "likelihood" else Confidence, name, value)
        setattr(row, name, kept)
    if not row.sentence:
        raise BadRequest("The finding has no sentence.", "A finding is one sentence you could defend.")
    both = set(texts(row.supports)) & set(texts(row.contradicts))
    if both:
        raise BadRequest(
            f"{', '.join(sorted(both))} cannot both support and contradict the finding.",
            "Choose one.",
            meaning="Nothing was changed.",
        )


def _listed(change: Change, row: models.FindingRow, name: str, numbers: tuple[str, ...]) -> str:
    # What was linked before may have been removed since; only what is new must exist now.
    before = set(texts(getattr(row, name)))
    for number in numbers:
        if number in before:
            continue
        if name == "measures":
            require_measure(change, number)
        elif name == "views":
            require_view(change.session, number)
        else:
            require_exhibit(change.session, number)
    return pack(list(numbers))


def _term(terms: type[Likelihood] | type[Confidence], name: str, value: object) -> str:
    try:
        return terms(str(value)).value
    except ValueError:
        known = ", ".join(f"“{term.value}”" for term in terms if term.value)
        raise BadRequest(
            f"“{value}” is not a {name}.", f"Use one of {known}.", meaning="Nothing was changed."
        ) from None


def require_measure(change: Change, number: str) -> None:
    """Raises `BadRequest` where the case has no such measure."""
    known = named_number(number, "Q-")
    row = models.MeasureRow
    there = None if known is None else select(row.number).where(row.number == known, row.removed.is_(False))
    if there is None or change.session.scalar(there) is None:
        raise BadRequest(
            f"There is no number {number} in this case.", "They are named like Q-0001.", meaning="Nothing was changed."
        )


def add_measure(change: Change, fields: Mapping[str, Any]) -> Measure:
    """Keep a number with everything needed to recompute it; `fields` are those of `casebound.case.Measure`."""
    told = dict(fields)
    row = models.MeasureRow(
        number=change.next(models.MeasureRow),
        question=sentence(told.pop("question"), "The question"),
        table_name=told.pop("table"),
        where=told.pop("where", ""),
        unit=told.pop("unit", "rows"),
        distinct=told.pop("distinct", ""),
        from_us=told.pop("from_us", None),
        to_us=told.pop("to_us", None),
        result=told.pop("result"),
        of_where=told.pop("of_where", ""),
        denominator=told.pop("denominator", None),
        denominator_of=told.pop("denominator_of", ""),
        by=change.by,
        at=change.at,
        removed=False,
    )
    if told:
        raise TypeError(f"a measure has no {', '.join(sorted(told))}")
    change.session.add(row)
    change.record("derived", row, {"text": row.question})
    return reading.measure(row)
