"""Two sets of events side by side, for scripts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from casebound.comparing import Comparison, Side, comparable, compare, lines
from casebound.placedmarks import PlacedMarks
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import CasePath, Json


def register(app: typer.Typer) -> None:
    app.command("compare", short_help="Compare two sets of events.")(compared)


def compared(
    case: CasePath,
    a: Annotated[
        str, typer.Option("--a", metavar="FILTER", help="One side: account_id:acc_1, or nothing for all.")
    ] = "",
    b: Annotated[str, typer.Option("--b", metavar="FILTER", help="The other side.")] = "",
    from_a: Annotated[str | None, typer.Option("--from-a", metavar="T", help="From this moment on.")] = None,
    to_a: Annotated[str | None, typer.Option("--to-a", metavar="T", help="Before this moment.")] = None,
    from_b: Annotated[str | None, typer.Option("--from-b", metavar="T", help="From this moment on.")] = None,
    to_b: Annotated[str | None, typer.Option("--to-b", metavar="T", help="Before this moment.")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="COLUMN", help="Compare this column; may be repeated.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Compare two sets of events: what stands in both, only in one, and how often.

    Every number has its query, its window and what it is a part of. Nothing is concluded.
    """
    sides = [
        Side("A", a, opening.moment_us(from_a, "--from-a"), opening.moment_us(to_a, "--to-a")),
        Side("B", b, opening.moment_us(from_b, "--from-b"), opening.moment_us(to_b, "--to-b")),
    ]
    with opening.reading(case) as held, opening.rows_of(held) as rows:
        fields = column or (comparable(rows.fields()) if rows.count else [])
        found = compare(rows, sides[0], sides[1], fields, marks=PlacedMarks(held.snapshot()))
    if json:
        terminal.show_json(_told(found))
        return
    cells = [
        (line.field or "all events", "(empty)" if line.where == "empty" else line.value, line.a, line.b, line.where)
        for line in lines(found)
    ]
    terminal.show_table(("Column", "Value", "A", "B", "Where"), cells, right=frozenset({2, 3}))
    for one in found.fields:
        if one.unlisted:
            rest = terminal.count(one.unlisted, "other value")
            terminal.say(terminal.inert(f"{one.field}: {rest} counted, not listed."))
    terminal.say(
        f"A is {found.a.count:,}, B {found.b.count:,} of {terminal.count(found.of, 'event')}; "
        f"{found.shared:,} on both sides, {found.minutes_both:,} minutes with events of both."
    )


def _told(found: Comparison) -> dict[str, object]:
    def side(name: str) -> dict[str, object]:
        one = found.a if name == "a" else found.b
        return {
            "filter": one.side.where,
            "from": terminal.moment(one.side.from_us),
            "to": terminal.moment(one.side.to_us),
            "count": one.count,
            "first": terminal.moment(one.first_us),
            "last": terminal.moment(one.last_us),
            "minutes": one.minutes,
        }

    overlap = [terminal.moment(edge) for edge in found.overlap] if found.overlap is not None else None
    return {
        "unit": "events",
        "of": found.of,
        "a": side("a"),
        "b": side("b"),
        "on_both_sides": found.shared,
        "overlap": overlap,
        "minutes_both": found.minutes_both,
        "lines": [asdict(line) for line in lines(found)],
        "fields": [
            {"field": f.field, "both": f.both, "only_a": f.only_a, "only_b": f.only_b, "not_listed": f.unlisted}
            for f in found.fields
        ],
    }
