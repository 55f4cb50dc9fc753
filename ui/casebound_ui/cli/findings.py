"""Findings: one sentence each, with what supports and what contradicts it, and the numbers behind it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from casebound.case import Confidence, Finding, Likelihood, Measure
from casebound.errors import BadRequest
from casebound.measures import measured
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import CasePath, Json, Key, Name, PassphraseFile

_FIELDS = (
    "sentence",
    "reasoning",
    "supports",
    "contradicts",
    "measures",
    "views",
    "clause",
    "likelihood",
    "confidence",
    "confidence_basis",
    "ask",
    "limits",
)

Sentence = Annotated[str | None, typer.Option("--sentence", metavar="TEXT", help="One sentence you could defend.")]
Reasoning = Annotated[str | None, typer.Option("--reasoning", metavar="TEXT", help="Why, from the evidence.")]
Supports = Annotated[
    list[str] | None, typer.Option("--supports", metavar="EX-NNNN", help="Exhibit for it; may be repeated.")
]
Contradicts = Annotated[
    list[str] | None, typer.Option("--contradicts", metavar="EX-NNNN", help="Exhibit against it; may be repeated.")
]
Numbers = Annotated[
    list[str] | None, typer.Option("--measure", metavar="Q-NNNN", help="A measured number; may be repeated.")
]
Pictures = Annotated[
    list[str] | None, typer.Option("--view", metavar="V-NN", help="Saved view, printed as a picture; may be repeated.")
]
Clause = Annotated[
    str | None, typer.Option("--clause", metavar="TEXT", help="Policy clause: id and text in force on the day.")
]
How = Annotated[
    str | None, typer.Option("--likelihood", metavar="WORDS", help="; ".join(str(one) for one in Likelihood if one))
]
Sure = Annotated[
    str | None, typer.Option("--confidence", metavar="WORD", help="; ".join(str(one) for one in Confidence if one))
]
Basis = Annotated[str | None, typer.Option("--confidence-basis", metavar="TEXT", help="What the confidence rests on.")]
Ask = Annotated[str | None, typer.Option("--ask", metavar="TEXT", help="What is asked for.")]
Limits = Annotated[str | None, typer.Option("--limits", metavar="TEXT", help="What is not established.")]


def register(app: typer.Typer) -> None:
    app.add_typer(_group, name="findings", short_help="Findings and the numbers behind them.")


_group = typer.Typer(
    help="List findings, or add and change them and their numbers: "
    "`casebound findings CASE [add|change|measure|measures]`.",
    invoke_without_command=True,
    rich_markup_mode=None,
)


@_group.callback()
def findings(context: typer.Context, case: CasePath, json: Json = False) -> None:
    """List the findings of a case; with add, change, measure or measures: work on them."""
    context.obj = case
    if context.invoked_subcommand is not None:
        return
    with opening.reading(case) as held:
        listed = held.snapshot().findings
    if json:
        terminal.show_json([_finding(one) for one in listed])
        return
    if not listed:
        terminal.say("There is no finding yet. `casebound findings CASE add --sentence …` makes one.")
    for one in listed:
        terminal.say(terminal.inert(f"{one.number} ({one.state}): {one.sentence}"))
        likelihood, confidence = str(one.likelihood) or "not stated", str(one.confidence) or "not stated"
        terminal.say(f"      likelihood: {likelihood}")
        terminal.say(f"      confidence: {confidence}")
        terminal.say(
            f"      for: {', '.join(one.supports) or 'nothing yet'}; "
            f"against: {', '.join(one.contradicts) or 'nothing yet'}"
        )
        if one.ask:
            terminal.say("      asked for: " + terminal.inert(one.ask))


@_group.command("add")
def add(
    context: typer.Context,
    sentence: Sentence = None,
    reasoning: Reasoning = None,
    supports: Supports = None,
    contradicts: Contradicts = None,
    measure: Numbers = None,
    view: Pictures = None,
    clause: Clause = None,
    likelihood: How = None,
    confidence: Sure = None,
    confidence_basis: Basis = None,
    ask: Ask = None,
    limits: Limits = None,
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Add a finding."""
    given = _given(locals())
    text = str(given.pop("sentence", "")).strip()
    if not text:
        raise BadRequest("A finding needs its sentence.", "Give --sentence: one sentence you could defend.")
    with opening.writing(context.obj, opening.actor(name, identity, passphrase_file)) as held:
        _shown(held.add_finding(text, **given), json)


@_group.command("change")
def change(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="F-NN", help="The finding to change.", show_default=False)],
    sentence: Sentence = None,
    reasoning: Reasoning = None,
    supports: Supports = None,
    contradicts: Contradicts = None,
    measure: Numbers = None,
    view: Pictures = None,
    clause: Clause = None,
    likelihood: How = None,
    confidence: Sure = None,
    confidence_basis: Basis = None,
    ask: Ask = None,
    limits: Limits = None,
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Change what is given of a finding; lists are replaced as a whole.

    The custody record keeps what was there before.
    """
    given = _given(locals())
    if not given:
        raise BadRequest(
            "Nothing was said about what to change.",
            "Give at least one of the options of `findings CASE change --help`.",
        )
    with opening.writing(context.obj, opening.actor(name, identity, passphrase_file)) as held:
        _shown(held.change_finding(number.strip().upper(), **given), json)


def _given(options: dict[str, Any]) -> dict[str, Any]:
    """The fields that were given, as the case takes them."""
    named = options | {"measures": options.get("measure"), "views": options.get("view")}
    given = {key: named[key] for key in _FIELDS if named.get(key) is not None}
    for key in ("supports", "contradicts", "measures", "views"):
        if key in given:
            given[key] = tuple(text.strip().upper() for text in given[key])
    if "likelihood" in given:
        given["likelihood"] = _word(given["likelihood"], Likelihood, "likelihood")
    if "confidence" in given:
        given["confidence"] = _word(given["confidence"], Confidence, "confidence")
    return given


def _word(text: str, words: type[Likelihood] | type[Confidence], what: str) -> Likelihood | Confidence:
    try:
        return words(text.strip().lower())
    except ValueError:
        raise BadRequest(
            f"“{text}” is not a {what}.", "Use one of: " + "; ".join(str(one) for one in words if one) + "."
        ) from None


def _shown(one: Finding, json: bool) -> None:
    if json:
        terminal.show_json(_finding(one))
    else:
        terminal.say(terminal.inert(f"{one.number}: {one.sentence}"))


def _finding(one: Finding) -> dict[str, object]:
    return {
        "finding": one.number,
        "state": one.state,
        "sentence": one.sentence,
        "reasoning": one.reasoning,
        "supports": list(one.supports),
        "contradicts": list(one.contradicts),
        "measures": list(one.measures),
        "views": list(one.views),
        "clause": one.clause,
        "likelihood": str(one.likelihood) or None,
        "confidence": str(one.confidence) or None,
        "confidence_basis": one.confidence_basis,
        "ask": one.ask,
        "limits": one.limits,
        "by": one.by,
        "at": one.at,
        "changed_at": one.changed_at,
    }


@_group.command("measure")
def measure(
    context: typer.Context,
    question: Annotated[str, typer.Option("--question", metavar="TEXT", help="What the number answers.")],
    table: Annotated[str, typer.Option("--table", metavar="NAME", help="The table it counts.")],
    unit: Annotated[str, typer.Option("--unit", metavar="WORD", help="What is counted: requests, accounts …")],
    where: Annotated[str, typer.Option("--where", metavar="FILTER", help="Which rows.")] = "",
    distinct: Annotated[
        str, typer.Option("--distinct", metavar="COLUMN", help="Count each value of this column once.")
    ] = "",
    from_: Annotated[str | None, typer.Option("--from", metavar="T", help="From this moment on.")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="T", help="Before this moment.")] = None,
    of_where: Annotated[
        str,
        typer.Option("--of-where", metavar="FILTER", help="Rows of the denominator; all of the table when left out."),
    ] = "",
    of: Annotated[str, typer.Option("--of", metavar="TEXT", help="What the denominator counts, in words.")] = "",
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Measure a number and keep it with its query, window, unit and denominator, so that anyone can count again."""
    window = opening.moment_us(from_, "--from"), opening.moment_us(to, "--to")
    who = opening.actor(name, identity, passphrase_file)
    with opening.writing(context.obj, who) as held, opening.rows_of(held) as rows:
        made = measured(
            held,
            rows,
            question=question,
            table=table,
            where=where,
            unit=unit,
            distinct=distinct,
            from_us=window[0],
            to_us=window[1],
            of_where=of_where,
            denominator_of=of or f"all {unit} in {table}" + (" in the window" if any(window) else ""),
        )
    if json:
        terminal.show_json(_measure(made))
    else:
        terminal.say(_line(made))


@_group.command("measures")
def measures(context: typer.Context, json: Json = False) -> None:
    """List the numbers, each with its query, window, unit and denominator."""
    with opening.reading(context.obj) as held:
        listed = held.snapshot().measures
    if json:
        terminal.show_json([_measure(one) for one in listed])
        return
    for one in listed:
        terminal.say(_line(one))
    if not listed:
        terminal.say("There is no number yet. `casebound findings CASE measure …` makes one.")


def _line(one: Measure) -> str:
    of = "" if one.denominator is None else f" of {one.denominator:,} ({one.denominator_of})"
    return terminal.inert(f"{one.number}: {one.question} {one.result:,} {one.unit}{of}")


def _measure(one: Measure) -> dict[str, object]:
    return {
        "measure": one.number,
        "question": one.question,
        "table": one.table,
        "where": one.where,
        "unit": one.unit,
        "distinct": one.distinct or None,
        "from": terminal.moment(one.from_us),
        "to": terminal.moment(one.to_us),
        "result": one.result,
        "of_where": one.of_where,
        "denominator": one.denominator,
        "denominator_of": one.denominator_of,
        "by": one.by,
        "at": one.at,
    }
