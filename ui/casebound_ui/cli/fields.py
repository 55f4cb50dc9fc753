"""What can be filtered by: the fields of the events, and the values of one of them."""

from __future__ import annotations

from typing import Annotated

import typer

from casebound.case import Source
from casebound.errors import BadRequest
from casebound.events import Events
from casebound.filtering import term
from casebound.selections import FieldInfo
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import CasePath, Json


def register(app: typer.Typer) -> None:
    app.command("fields", short_help="List what events can be filtered by.")(fields)


def fields(
    case: CasePath,
    values: Annotated[
        str, typer.Option("--values", metavar="FIELD", help="Instead: the values of this field, with counts.")
    ] = "",
    prefix: Annotated[
        str, typer.Option("--prefix", metavar="TEXT", help="Of the values only those that begin so, in either case.")
    ] = "",
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, max=100_000, help="At most N values, the most frequent first.")
    ] = 50,
    json: Json = False,
) -> None:
    """List the fields that events can be filtered by, or the values of one, as `events --where` takes them.

    Counts are exact, and of the events of the whole case.
    """
    if prefix and not values:
        raise BadRequest("--prefix needs a field whose values are listed.", "Add --values FIELD.")
    with opening.reading(case) as held, opening.rows_of(held) as rows:
        if values:
            _values(rows, values, prefix, limit, json)
        else:
            _fields(rows.fields(), {source.number: source for source in held.snapshot().sources}, json)


def _fields(found: tuple[FieldInfo, ...], sources: dict[int, Source], json: bool) -> None:
    if json:
        terminal.show_json(
            {
                "fields": [
                    {
                        "name": info.name,
                        "role": info.role.value,
                        "sources": [sources[number].label for number in info.sources],
                        "distinct": info.distinct_hint,
                        "term": term(info.name, ""),
                    }
                    for info in found
                ]
            }
        )
        return
    head = ("Field", "Role", "Sources", "Values, about")
    rows = [
        (
            info.name,
            info.role.value,
            ", ".join(sources[number].label for number in info.sources),
            f"{info.distinct_hint:,}",
        )
        for info in found
    ]
    terminal.show_table(head, rows, right=frozenset({3}), whole=frozenset({0}))
    terminal.say()
    terminal.say(f"{terminal.count(len(found), 'field')}; beside them actor, action, object, source and table.")


def _values(rows: Events, field: str, prefix: str, limit: int, json: bool) -> None:
    facet = rows.facet(field, limit=limit)
    listed = rows.values(field, prefix, limit + 1) if prefix else list(facet.values)
    more = len(listed) > limit if prefix else facet.distinct > len(facet.values)
    listed = listed[:limit]
    if json:
        terminal.show_json(
            {
                "field": field,
                "prefix": prefix,
                "values": [{"value": value, "count": count, "term": term(field, value)} for value, count in listed],
                "more": more,
                "distinct": facet.distinct,
                "empty": facet.empty,
                "of": facet.of,
            }
        )
        return
    rows_shown = [(term(field, value), count) for value, count in listed]
    terminal.show_table(("Filter", "Events"), rows_shown, right=frozenset({1}), whole=frozenset({0}))
    if listed:
        terminal.say()
    shown = f"{terminal.count(len(listed), 'value')} shown" + (
        ", the most frequent; --limit shows more" if more else ""
    )
    terminal.say(
        f"{shown}. {terminal.count(facet.distinct, 'different value')} in {terminal.count(facet.of, 'event')};"
        f" {facet.empty:,} without one."
    )
