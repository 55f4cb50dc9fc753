"""The filter language as SQL, for the live store and for the tables of a package alike. The only place that writes
filters as SQL.

Every condition is two-valued: a missing value matches nothing, and the negation of that is true. Values are quoted
literals, so that the
text can stand in a package and be run by anyone; numbers are always TRY_CAST, because in a package every column is
text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from casebound.case import EventId
from casebound.filter_fields import OWN
from casebound.filter_tree import (
    Either,
    Equal,
    Every,
    Filter,
    FilterError,
    Instant,
    Like,
    Marked,
    Node,
    Not,
    Number,
    Pattern,
    Word,
)
from casebound.sqltext import name_sql, text_sql


class MarkLookup(Protocol):
    """Which events people's work is on."""

    def tagged(self, tag: str) -> Iterable[EventId]:
        """Events with this tag, in either case."""
        ...

    def having(self, what: str) -> Iterable[EventId]:
        """Events with a "note", "tag", "bookmark", "attachment", "exhibit", or any "mark"."""
        ...

    def in_finding(self, number: str) -> Iterable[EventId]:
        """Events whose exhibits a finding cites."""
        ...

    def tagged_widely(self, tag: str) -> Iterable[tuple[int, int] | tuple[str, str]]:
        """Ranges (first and last microsecond) and entities (column and value) with this tag, in either case."""
        ...


class Placed(Marked):
    """As `Marked`, but only of what stands on the events themselves."""


def spread(node: Node, marks: MarkLookup | None) -> Node:
    """The same condition with every `tag:` as what it means: tagged itself, in a tagged range, or with a tagged value.

    So a tagged range is asked of the times, and a tagged value of its column.
    """
    if isinstance(node, Not):
        return Not(spread(node.part, marks))
    if isinstance(node, Every | Either):
        return type(node)(tuple(spread(part, marks) for part in node.parts))
    if marks is None or not isinstance(node, Marked) or isinstance(node, Placed) or node.kind != "tag":
        return node
    parts: list[Node] = [Placed(node.kind, node.value, node.position)]
    for first, second in marks.tagged_widely(node.value):
        if isinstance(first, int) and isinstance(second, int):
            ends = Instant(True, first, node.position), Instant(False, second + 1, node.position)
            parts.append(Every(ends))
        else:
            parts.append(Equal(str(first), str(second), node.position))
    return parts[0] if len(parts) == 1 else Either(tuple(parts))


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows one condition is written for: a generation of the live store, or a table of a package.

    `columns` are the names as stored. `roles` names the columns behind actor, action and object. `sources` are the
    sources in it as
    (label, file name, table, identity up to the ordinal). `numbers` are the columns that hold integers and not text.
    """

    columns: tuple[str, ...]
    roles: Mapping[str, str]
    sources: tuple[tuple[str, str, str, str], ...]
    numbers: frozenset[str] = frozenset()
    by_ordinal: bool = False  # a single source whose rows are known by `_ordinal`; else by `_row`
    shift_us: int = 0  # what the clock's correction adds to `_time_us`, which holds what the clock showed


def condition(
    found: Filter, scope: Scope, marks: MarkLookup | None = None, known: Callable[[Word], str] | None = None
) -> str:
    """The filter as an SQL condition on the rows of `scope`.

    `known` may say in SQL which rows hold a text, exactly; "" where it does not know. Raises `FilterError` where the
    filter asks for marks and none are given.
    """
    try:
        return "true" if found.root is None else _sql(found.root, scope, marks, known)
    except FilterError as error:
        raise error.of(found.text) from None


def word_columns(word: Word, scope: Scope) -> list[str]:
    """The columns that may hold a text: one with letters never stands in a column of whole numbers."""
    numeric = not set(word.text) - set("-0123456789")
    return [name for name in scope.columns if numeric or name not in scope.numbers]


def word_in(word: Word, scope: Scope, columns: Sequence[str]) -> str:
    """The condition that a text stands in one of these columns, in either case."""
    return _anywhere([f"contains(lower({_text(name, scope)}), lower({text_sql(word.text)}))" for name in columns])


def window(from_us: int | None, to_us: int | None, shift_us: int = 0) -> str:
    """The condition for from_us ≤ time < to_us, where the time is `_time_us` with `shift_us` added."""
    parts = []
    if from_us is not None:
        parts.append(f'TRY_CAST("_time_us" AS BIGINT) >= {int(from_us) - shift_us}')
    if to_us is not None:
        parts.append(f'TRY_CAST("_time_us" AS BIGINT) < {int(to_us) - shift_us}')
    return f"COALESCE({' AND '.join(parts)}, false)" if parts else "true"


def _sql(node: Node, scope: Scope, marks: MarkLookup | None, known: Callable[[Word], str] | None) -> str:
    if isinstance(node, Not):
        return f"NOT {_sql(node.part, scope, marks, known)}"
    if isinstance(node, Every):
        refused = [part.part for part in node.parts if isinstance(part, Not) and isinstance(part.part, Equal)]
        if len(refused) > 1:  # none of these is not any of these
            others = [part for part in node.parts if not (isinstance(part, Not) and isinstance(part.part, Equal))]
            none = f"NOT {_sql(Either(tuple(refused)), scope, marks, known)}"
            return "(" + " AND ".join([*(_sql(part, scope, marks, known) for part in others), none]) + ")"
        return "(" + " AND ".join(_sql(part, scope, marks, known) for part in node.parts) + ")"
    if isinstance(node, Either):
        lists, rest = _lists(node, scope)
        return "(" + " OR ".join([*lists, *(_sql(part, scope, marks, known) for part in rest)]) + ")"
    if isinstance(node, Instant):
        from_us, to_us = (node.time_us, None) if node.after else (None, node.time_us)
        return window(from_us, to_us, scope.shift_us)
    if isinstance(node, Marked):
        wide = spread(node, marks)
        return _marked(node, scope, marks) if isinstance(wide, Marked) else _sql(wide, scope, marks, known)
    if isinstance(node, Word):
        found = known(node) if known is not None else ""
        return found or word_in(node, scope, word_columns(node, scope))
    if isinstance(node, Pattern) and not node.field:
        return _anywhere(
            [f"regexp_matches({_text(name, scope)}, {text_sql(node.pattern)}, 'is')" for name in scope.columns]
        )
    return _field(node, scope)


def _anywhere(parts: list[str]) -> str:
    return "(" + " OR ".join(f"COALESCE({part}, false)" for part in parts) + ")" if parts else "false"


def _field(node: Equal | Like | Pattern | Number, scope: Scope) -> str:
    field, column = node.field.lower(), _column(node.field, scope)
    if not column:
        if field in OWN:
            return _origin(node, field, scope)
        return "true" if isinstance(node, Equal) and not node.value else "false"
    if isinstance(node, Number):
        return f"COALESCE(TRY_CAST({name_sql(column)} AS DECIMAL(38, 9)) {node.operator} {node.value}, false)"
    text = _text(column, scope)
    if isinstance(node, Pattern):
        return f"COALESCE(regexp_matches({text}, {text_sql(node.pattern)}, 'is'), false)"
    if isinstance(node, Like):
        if not any(node.parts):
            return f"(COALESCE({text}, '') <> '')"
        return f"COALESCE({text} LIKE {text_sql(_like(node.parts))} ESCAPE '\\', false)"
    if not node.value:
        return f"(COALESCE({text}, '') = '')"
    value = _value(node.value, column, scope)
    return f"COALESCE({name_sql(column)} = {value}, false)" if value else "false"


def _value(value: str, column: str, scope: Scope) -> str:
    """A value as the column holds it; "" where it never does: a column of integers writes each in one way only."""
    if column not in scope.numbers:
        return text_sql(value)
    whole = value.removeprefix("-")
    exact = whole.isascii() and whole.isdigit() and len(whole) <= 18 and str(int(value)) == value
    return value if exact else ""


def _lists(node: Either, scope: Scope) -> tuple[list[str], list[Node]]:
    """Several values of one column as one list, which is looked up at once however long it is; and what is left."""
    values: dict[str, list[str]] = {}
    rest: list[Node] = []
    for part in node.parts:
        column = _column(part.field, scope) if isinstance(part, Equal) and part.value else ""
        if isinstance(part, Equal) and column:
            values.setdefault(column, []).append(_value(part.value, column, scope))
        else:
            rest.append(part)
    lists = []
    for column, found in values.items():
        asked = ", ".join(dict.fromkeys(value for value in found if value))
        # Two-valued without COALESCE, inside of which DuckDB would go through the list for every row.
        name = name_sql(column)
        lists.append(f"({name} IS NOT NULL AND {name} IN ({asked}))" if asked else "false")
    return lists, rest


def _column(field: str, scope: Scope) -> str:
    """The column that a field means; "" where the table has none."""
    wanted = field.lower()
    return next((name for name in scope.columns if name.lower() == wanted), "") or scope.roles.get(wanted, "")


def _text(column: str, scope: Scope) -> str:
    return f"CAST({name_sql(column)} AS VARCHAR)" if column in scope.numbers else name_sql(column)


def _like(parts: Sequence[str]) -> str:
    def escaped(part: str) -> str:
        for sign in ("\\", "%", "_"):
            part = part.replace(sign, "\\" + sign)
        return part

    return "%".join(escaped(part) for part in parts)


def _origin(node: Equal | Like | Pattern | Number, field: str, scope: Scope) -> str:
    """Conditions on the source or the table a row came from."""
    if isinstance(node, Number | Pattern):
        raise FilterError(
            node.position,
            f"“{field}:” takes a name.",
            f"Write it as {field}:{'S-01' if field == 'source' else 'requests'}.",
        )
    matching = [
        identity
        for label, name, table, identity in scope.sources
        if any(_fits(node, text.lower()) for text in ((label, name) if field == "source" else (table,)))
    ]
    if len(matching) == len(scope.sources):
        return "true"
    if not matching or scope.by_ordinal:
        return "false"
    return "(" + " OR ".join(f"starts_with(_row, {text_sql(identity)})" for identity in matching) + ")"


def _fits(node: Equal | Like, text: str) -> bool:
    if isinstance(node, Equal):
        return text == node.value.lower()
    first, *middle, last = (part.lower() for part in node.parts)
    at = len(first)
    if not text.startswith(first):
        return False
    for part in middle:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return text.endswith(last) and len(text) - len(last) >= at


def _marked(node: Marked, scope: Scope, marks: MarkLookup | None) -> str:
    if marks is None:
        raise FilterError(
            node.position,
            f"“{node.kind}:” cannot be used here: it asks for people's marks.",
            "Use the columns of the rows.",
        )
    looked_up = {"tag": marks.tagged, "has": marks.having, "in": marks.in_finding}[node.kind](node.value)
    events = sorted(set(looked_up))
    if scope.by_ordinal:
        identity = scope.sources[0][3]
        own = [str(event.ordinal) for event in events if str(event).rpartition("/")[0] + "/" == identity]
        return f"(_ordinal IN ({', '.join(own)}))" if own else "false"
    identities = {identity for *_, identity in scope.sources}
    names = [text_sql(str(event)) for event in events if str(event).rpartition("/")[0] + "/" in identities]
    return f"(_row IN ({', '.join(names)}))" if names else "false"
