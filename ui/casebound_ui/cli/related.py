"""Keys and relations between the tables of a case, with what is missing counted."""

from __future__ import annotations

from collections.abc import Sequence

from casebound.relations import Relation
from casebound_ui.cli import terminal


def tell_relations(found: Sequence[Relation], *, json: bool) -> None:
    """Print what refers to what. Missing keys are told with examples: rows of a table that was not exported whole."""
    if json:
        terminal.show_json(
            [
                {
                    "table": one.table,
                    "column": one.column,
                    "key_table": one.key_table,
                    "key_column": one.key_column,
                    "values": one.values,
                    "found": one.found,
                    "missing": one.missing,
                    "rows": one.rows,
                    "rows_missing": one.rows_missing,
                    "examples": list(one.examples),
                }
                for one in found
            ]
        )
        return
    if not found:
        terminal.say("No column of a table refers to a key of another one.")
        return
    for one in found:
        terminal.say(terminal.inert(one.words))
        if one.examples:
            listed = ", ".join(f"“{value}”" for value in one.examples)
            more = " and others" if one.missing > len(one.examples) else ""
            terminal.say(terminal.inert(f"      missing: {listed}{more}"))
    terminal.say()
    terminal.say(
        "Recognised from the kept rows: a key has every value once. Keys of several columns are not looked for."
    )
