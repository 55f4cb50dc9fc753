"""Bottom line: what was found, how sure we are, and what is asked for; then every number with what recomputes it."""

from __future__ import annotations

from dataclasses import replace

from reportlab.platypus import CondPageBreak, Flowable, PageBreak  # noqa: TID253 - see the package

from casebound_exporters.report import style
from casebound_exporters.report.blocks import Cell, Press
from casebound_exporters.report.flow import Rule
from casebound_exporters.report.grid import Column, table
from casebound_exporters.report.model import Judgement, Number, ReportModel
from casebound_exporters.report.written import counted

BANDS = {
    "almost no chance": "1 to 5 %",
    "very unlikely": "5 to 20 %",
    "unlikely": "20 to 45 %",
    "roughly even chance": "45 to 55 %",
    "likely": "55 to 80 %",
    "very likely": "80 to 95 %",
    "almost certain": "95 to 99 %",
}
"""ICD 203, one row of terms only."""


def bottom_line(model: ReportModel, press: Press) -> list[Flowable]:
    """What was found, how sure we are and what is asked for: each finding in a few lines."""
    made: list[Flowable] = [press.section("Bottom line")]
    if not model.judgements:
        made.append(press.text(style.LEAD, "No finding is recorded in this case. The evidence stands without one."))
        return [*made, *([] if model.numbers else [PageBreak()])]
    for place, judgement in enumerate(model.judgements):
        made += [*([Rule(4, 10, style.HAIR)] if place else []), *_head(judgement, press)]
        made.append(press.facts(_sure(judgement)))
    made.append(
        press.text(
            style.NOTE,
            "Likelihood terms and ranges are those of ICD 203. Likelihood says how probable a finding is. Confidence "
            "says how good its basis is. They are judged apart and stated apart.",
        )
    )
    return [*made, PageBreak()]


def findings(model: ReportModel, press: Press) -> list[Flowable]:
    """Each finding with what speaks for it and against it, and every number with what recomputes it."""
    made: list[Flowable] = []
    if model.judgements:
        made.append(press.section("Findings and what they rest on"))
    for place, judgement in enumerate(model.judgements):
        made += [*([Rule(6, 10, style.HAIR)] if place else []), *_judgement(judgement, press)]
    if model.numbers:
        made += _numbers(model.numbers, press)
    return [*made, PageBreak()] if made else []


def _head(judgement: Judgement, press: Press) -> list[Flowable]:
    return [
        CondPageBreak(120),
        press.mixed(
            (replace(style.SENTENCE, ink=style.ACCENT), f"{judgement.number}\u00a0 "),
            (style.SENTENCE, judgement.sentence),
            most=500,
        ),
    ]


def _sure(judgement: Judgement) -> list[tuple[str, list[Cell]]]:
    asked = [(style.STRONG_VALUE, judgement.ask)] if judgement.ask else [(style.VALUE, "Nothing is asked for.")]
    return [
        ("What is asked for", asked),
        ("Likelihood", [(style.VALUE, _likelihood(judgement.likelihood))]),
        ("Confidence", [(style.VALUE, _confidence(judgement.confidence, judgement.confidence_basis))]),
    ]


def _judgement(judgement: Judgement, press: Press) -> list[Flowable]:
    made = _head(judgement, press)
    facts: list[tuple[str, list[Cell]]] = []
    if judgement.clause:
        facts.append(("Clause", [(style.VALUE, judgement.clause)]))
    facts.append(("Evidence for", _exhibits(judgement.supports)))
    facts.append(("Evidence against", _exhibits(judgement.contradicts)))
    facts += [(f"Number {number.query}", _measured(number)) for number in judgement.numbers]
    if judgement.limits:
        facts.append(("Not established", [(style.VALUE, judgement.limits)]))
    facts.append(("State", [(style.VALUE, _state(judgement.state))]))
    made.append(press.facts(facts))
    if judgement.reasoning:
        made += [press.text(style.LABEL, "Reasoning"), *press.prose(style.TEXT, judgement.reasoning)]
    return made


def _likelihood(term: str) -> str:
    if not term:
        return "Not judged."
    band = f" ({BANDS[term]})" if term in BANDS else ""
    return (
        f"The finding is judged {term}{band}."
        if term not in _NOUNS
        else f"The finding is judged to have {_NOUNS[term]}{band}."
    )


_NOUNS = {
    "almost no chance": "almost no chance of being so",
    "roughly even chance": "a roughly even chance of being so",
}


def _confidence(level: str, basis: str) -> str:
    if not level:
        return "Not stated." + (f" {basis}" if basis else "")
    return f"Confidence in the basis of this finding is {level}." + (
        f" {basis}" if basis else " Its basis is not described."
    )


def _state(state: str) -> str:
    return "Draft: no second person has signed it off." if state == "draft" else state.capitalize()


def _exhibits(exhibits: tuple[str, ...]) -> list[Cell]:
    if not exhibits:
        return [(replace(style.VALUE, ink=style.FAINT), "None recorded")]
    shown = [(style.VALUE, exhibit) for exhibit in exhibits[:20]]
    if len(exhibits) > len(shown):
        shown.append((style.SMALL, f"Showing {len(shown)} of {len(exhibits):,}; all are in data/exhibits/."))
    return shown


def _measured(number: Number) -> list[Cell]:
    of = (
        ""
        if number.denominator is None
        else f", out of {number.denominator:,} ({number.denominator_of or number.unit})"
    )
    return [
        (style.STRONG_VALUE, f"{number.result:,} {number.unit}{of}"),
        (style.SMALL, f"{number.question} Window: {number.window}."),
    ]


def _numbers(numbers: tuple[Number, ...], press: Press) -> list[Flowable]:
    rows: list[list[Cell | list[Cell]]] = [
        [
            (style.CELL_STRONG, number.query),
            [(style.CELL, number.question), (style.CELL_MONO, _condition(number))],
            (style.CELL, number.window),
            [(style.CELL_STRONG, f"{number.result:,}"), (style.CELL, number.unit)],
            (style.CELL, "none" if number.denominator is None else f"{number.denominator:,} {number.denominator_of}"),
        ]
        for number in numbers
    ]
    columns = [
        Column("Query", 46),
        Column("Question and condition", 178),
        Column("Window", 100),
        Column("Result", 66),
        Column("Out of", style.WIDTH - 390),
    ]
    return [
        CondPageBreak(120),
        press.text(style.HEADING, "Numbers and how to recompute them"),
        press.text(
            style.SMALL,
            f"{counted(len(numbers), 'number')}. Each can be recomputed from the enclosed rows: "
            f"data/queries/ has the SQL, the tables it "
            "reads and the result it must give.",
        ),
        table(press, columns, rows),
    ]


def _condition(number: Number) -> str:
    return f"{number.table}: {number.condition}" if number.condition else f"{number.table}: every row"
