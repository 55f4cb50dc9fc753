"""Bottom line: what was found, how sure we are, and what is asked for; then every number with what recomputes it."""

from __future__ import annotations

from dataclasses import replace

from reportlab.platypus import CondPageBreak, Flowable, PageBreak  # noqa: TID253 - see the package

from casebound_exporters.report import style
from casebound_exporters.report.blocks import Cell, Press
from casebound_exporters.report.flow import Rule
from casebound_exporters.report.grid import Column, table
from casebound_exporters.report.model import Judgement, Number, ReportModel
from casebound_exporters.report.views import shown_views
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
        if not model.totals.rows_enclosed and not model.totals.attachments_enclosed:
            made.append(
                press.text(
                    style.TEXT,
                    "Nothing was made an exhibit and no number was measured, so this package holds no row and no "
                    "attachment. It shows what was brought in and who handled it.",
                )
            )
        return made
    if _drafts(model):
        made.append(
            press.text(
                style.LEAD, f"{_all(model)} a draft of its author. No second person has signed off on this report."
            )
        )
    for place, judgement in enumerate(model.judgements):
        made += [*([Rule(4, 10, style.HAIR)] if place else []), *_head(judgement, press)]
        made.append(press.facts(_sure(judgement)))
    made.append(
        press.text(
            style.NOTE,
            "Likelihood says how probable it is that a finding is so, in the terms and ranges of Intelligence "
            "Community Directive 203. Confidence says how good its basis is. They are judged apart and stated apart.",
        )
    )
    return [*made, PageBreak()]


def _drafts(model: ReportModel) -> bool:
    return all(judgement.state == "draft" for judgement in model.judgements)


def _all(model: ReportModel) -> str:
    return "The finding is" if len(model.judgements) == 1 else f"Each of the {len(model.judgements)} findings is"


def findings(model: ReportModel, press: Press) -> list[Flowable]:
    """Each finding with what speaks for it and against it, and every number with what recomputes it."""
    made: list[Flowable] = []
    if model.judgements:
        made.append(press.section("Findings and what they rest on"))
    drawn: dict[str, str] = {}  # a view is drawn once as well
    quoted: dict[str, str] = {}  # a clause is quoted once; the findings after name where
    for place, judgement in enumerate(model.judgements):
        clause = judgement.clause
        if clause in quoted:
            clause = f"{clause.partition(':')[0][:60]}, as quoted under {quoted[clause]}"
        quoted.setdefault(judgement.clause, judgement.number)
        made += [*([Rule(6, 10, style.HAIR)] if place else []), *_judgement(judgement, clause, press)]
        made += shown_views(judgement, model, press, drawn)
        if not _drafts(model):
            made.append(press.facts([("State", _state(judgement.state))]))
    if model.numbers:
        made += _numbers(model.numbers, press)
    return made


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
    asked = [(style.STRONG_VALUE, judgement.ask)] if judgement.ask else [(style.VALUE, "Nothing on this finding alone")]
    return [
        ("What is asked for", asked),
        ("Rests on", [(style.VALUE, _basis(judgement))]),
        ("Likelihood", [(style.VALUE, _likelihood(judgement))]),
        ("Confidence", [(style.VALUE, _confidence(judgement.confidence, judgement.confidence_basis))]),
    ]


def _basis(judgement: Judgement) -> str:
    counts = [
        counted(len(judgement.supports), "exhibit") + " for it",
        f"{len(judgement.contradicts) or 'none'} against",
    ]
    numbers = " and ".join(number.query for number in judgement.numbers)
    return ", ".join(counts) + (
        f"; {'number' if len(judgement.numbers) == 1 else 'numbers'} {numbers}" if numbers else ""
    )


def _judgement(judgement: Judgement, clause: str, press: Press) -> list[Flowable]:
    made = _head(judgement, press)
    facts: list[tuple[str, list[Cell]]] = []
    if clause:
        facts.append(("Clause", [(style.VALUE, clause)]))
    facts.append(("Evidence for", _exhibits(judgement.supports)))
    facts.append(("Evidence against", _exhibits(judgement.contradicts)))
    facts += [(f"Number {number.query}", _measured(number)) for number in judgement.numbers]
    if judgement.limits:
        facts.append(("Not established", [(style.VALUE, judgement.limits)]))
    made.append(press.facts(facts))
    if judgement.reasoning:
        made += [
            press.text(replace(style.LABEL, together=True), "Reasoning"),
            *press.prose(style.TEXT, judgement.reasoning),
        ]
    return made


def _likelihood(judgement: Judgement) -> str:
    term = judgement.likelihood
    if not term:
        return "None stated: this finding is a count." if judgement.numbers else "None stated."
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
        return "None stated." + (f" {basis}" if basis else "")
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
        CondPageBreak(160),
        press.text(style.HEADING, "Numbers and how to recompute them"),
        press.text(
            style.SMALL,
            f"{counted(len(numbers), 'number')}, each to be recomputed from the enclosed rows. data/queries/ holds for "
            "each the SQL and, in the .json beside it, the result it must give; tables.sql there loads the tables. "
            "Windows hold their first moment and not their last.",
        ),
        table(press, columns, rows),
    ]


def _condition(number: Number) -> str:
    return f"{number.table}: {number.condition}" if number.condition else f"{number.table}: every row"
