"""What stands out in a case, for scripts: values with counts, events around one, a value everywhere, and what is
pointed out with its rule.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from casebound.bursts import HOUR_US, MINUTE_US, Rule
from casebound.errors import BadRequest
from casebound.following import follow
from casebound.placedmarks import PlacedMarks
from casebound.pointing import Rules, point_out
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.events import short
from casebound_ui.cli.opening import CasePath, Json

_SHOWN = ("time", "source", "actor", "action", "object", "event")
_LONGEST = 1e9  # minutes, about 1,900 years
Where = Annotated[str, typer.Option("--where", metavar="FILTER", help="Only among these events.")]


def register(app: typer.Typer) -> None:
    app.command("values", short_help="Count the values of columns.")(values)
    app.command("around", short_help="Print what stands around an event.")(around)
    app.command("follow", short_help="Find a value in every column of every source.")(followed)
    app.command("point-out", short_help="Point out bursts, silences, and values that begin or end together.")(pointed)


def values(
    case: CasePath,
    columns: Annotated[
        list[str], typer.Argument(metavar="COLUMN...", help="Columns, or source, actor, action, object.")
    ],
    where: Where = "",
    from_: Annotated[str | None, typer.Option("--from", metavar="T", help="From this moment on.")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="T", help="Before this moment.")] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=0, help="List at most N of each; 0 is all.")] = 20,
    json: Json = False,
) -> None:
    """Count the values of columns among the events, the most frequent first. What is not listed is counted too."""
    since, before = opening.moment_us(from_, "--from"), opening.moment_us(to, "--to")
    with opening.reading(case) as held, opening.rows_of(held) as rows:
        chosen = rows.select(where, since, before, marks=PlacedMarks(held.snapshot()))
        facets = [rows.facet(name, chosen, limit=limit or rows.count + 1) for name in columns]
    if json:
        terminal.show_json([asdict(facet) for facet in facets])
        return
    for facet in facets:
        listed: list[tuple[object, ...]] = [(value, f"{count:,}") for value, count in facet.values]
        others = facet.distinct - len(facet.values)
        listed += [(f"(and {terminal.count(others, 'other value')})", f"{facet.other:,}")] if others else []
        listed += [("(empty)", f"{facet.empty:,}")] if facet.empty else []
        terminal.show_table((facet.field, "Events"), listed, right=frozenset({1}))
        terminal.say(f"{terminal.count(facet.distinct, 'value')} in {terminal.count(facet.of, 'event')}.")


def around(
    case: CasePath,
    event: Annotated[str, typer.Argument(metavar="EVENT", help="As `events --json` prints it, or table/ordinal.")],
    minutes: Annotated[
        float, typer.Option("--minutes", metavar="N", min=0, max=_LONGEST, help="Before and after.")
    ] = 5,
    json: Json = False,
) -> None:
    """Print all events of all sources shortly before and after one."""
    span = round(minutes * MINUTE_US)
    with opening.reading(case) as held, opening.rows_of(held) as rows:
        position = rows.position(rows.find(event))
        if position is None:
            raise BadRequest(f"“{event}” is no event of the timeline.", "Choose one that `casebound events` prints.")
        middle = int(rows.times[position])
        low, high = rows.neighbours(position, span)
        names = {source.number: source for source in held.snapshot().sources}
        found = rows.page(low, high)
    listed = [
        {
            "away_us": one.time_us - middle,
            "time": terminal.moment(one.time_us),
            "source": names[one.source].label,
            "table": one.id.table,
            "line": one.line,
            "actor": one.actor,
            "action": one.action,
            "object": one.object,
            "event": str(one.id) if json else short(one),
        }
        for one in found
    ]
    if json:
        terminal.show_json({"count": len(listed), "minutes": minutes, "events": listed})
        return
    head = ("Away, s", "Time (UTC)", "Source", "Actor", "Action", "Object", "Event")
    cells = [
        (f"{(one.time_us - middle) / 1e6:+,.3f}", *(at[key] for key in _SHOWN))
        for one, at in zip(found, listed, strict=True)
    ]
    terminal.show_table(head, cells, right=frozenset({0}), whole=frozenset({1, 6}))
    terminal.say(f"{terminal.count(len(listed), 'event')} within {minutes:g} minutes before and after.")


def followed(
    case: CasePath,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="Exactly as it stands.")],
    json: Json = False,
) -> None:
    """Find a value in every column of every source, also in rows without a time."""
    with opening.reading(case) as held, opening.rows_of(held) as rows:
        names = {source.number: source for source in held.snapshot().sources}
        found = follow(rows, value)
    first, last = (one.time_us if one is not None else None for one in (found.first, found.last))
    if json:
        told = {
            "value": found.value,
            "count": found.count,
            "of": found.of,
            "without_time": found.untimed,
            "first": terminal.moment(first),
            "last": terminal.moment(last),
            "where": found.where,
            "places": [
                {
                    "source": names[at.source].label,
                    "column": at.column,
                    "rows": at.rows,
                    "line": at.line,
                    "first": terminal.moment(at.first_us),
                    "last": terminal.moment(at.last_us),
                }
                for at in found.places
            ],
        }
        terminal.show_json(told)
        return
    lines = [
        (
            f"{names[at.source].label} {names[at.source].table}",
            at.column,
            f"{at.rows:,}",
            terminal.moment(at.first_us) or f"no time; line {at.line:,}",
            terminal.moment(at.last_us),
        )
        for at in found.places
    ]
    terminal.show_table(("Source", "Column", "Rows", "First (UTC)", "Last (UTC)"), lines, right=frozenset({2}))
    told_of = terminal.count(found.of, "event")
    terminal.say(f"{found.count:,} of {told_of} hold it; {found.untimed:,} rows without a time.")
    if found.where:
        terminal.say(terminal.inert(f"As a filter: {found.where}"))


def pointed(
    case: CasePath,
    where: Where = "",
    by: Annotated[str, typer.Option("--by", metavar="COLUMN", help="Whose values begin or end together.")] = "actor",
    minutes: Annotated[int, typer.Option("--minutes", metavar="N", help="Length of an interval: 1, 5, 15 or 60.")] = 5,
    factor: Annotated[int, typer.Option("--factor", metavar="N", min=1, help="How many times what is usual.")] = 3,
    fewest: Annotated[int, typer.Option("--fewest", metavar="N", min=1, help="Fewest rows of a burst.")] = 20,
    json: Json = False,
) -> None:
    """Point out bursts, silences, and values that begin or end together, each with its numbers.

    The rules are printed with the list. It says what stands out, not why, and it is no verdict.
    """
    if minutes < 1 or HOUR_US % (minutes * MINUTE_US):
        raise BadRequest(f"{minutes} minutes do not divide an hour.", "Use 1, 5, 15 or 60.")
    rules = Rules(burst=Rule(minutes * MINUTE_US, factor, fewest), column=by)
    with opening.reading(case) as held, opening.rows_of(held) as rows:
        told = point_out(rows, rules, where, marks=PlacedMarks(held.snapshot()))
    if json:
        listed = [
            {
                "kind": one.kind.value,
                "source": f"S-{one.source:02d}" if one.source is not None else None,
                "from": terminal.moment(one.start_us),
                "to": terminal.moment(one.end_us),
                "count": one.count,
                "words": one.words,
                "values": list(one.values),
            }
            for one in told.found
        ]
        rest = {"not_listed": list(told.unlisted), "notes": list(told.notes)}
        terminal.show_json(
            {"rules": list(rules.words), "filter": where, "looked_at": told.looked_at, "found": listed, **rest}
        )
        return
    for rule in rules.words:
        terminal.say(terminal.inert(rule))
    terminal.say()
    cells = [
        (one.kind.value, terminal.moment(one.start_us), terminal.moment(one.end_us), _source(one.source), one.words)
        for one in told.found
    ]
    terminal.show_table(("Kind", "From (UTC)", "To before", "Source", "Numbers"), cells, whole=frozenset({1, 2}))
    for line in (*told.unlisted, *told.notes):
        terminal.note(terminal.inert(line))
    terminal.say(f"{len(told.found):,} pointed out in {terminal.count(told.looked_at, 'event')}.")


def _source(number: int | None) -> str:
    return "" if number is None else f"S-{number:02d}"
