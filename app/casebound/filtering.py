"""The filter language: what a person types into the filter field, as a tree.

::

    account_id:acc_17 -country:DE                both, and not (NOT says the same)
    status_code:429 OR status_code:403           either; (…) groups, and what stands side by side binds closer
    status_code:(429 OR 403)                     the same, with the field named once
    "unusual token"  agent:"curl/8.1 (x)"        exact text; a bare word is looked for in every column, in either case
    endpoint:/v1/*   agent:*"two words"*         begins with; holds, with a blank in it
    note:""   note:*                             is empty; is not empty
    output_tokens:>1000   tokens:10..20          numbers, ends included
    agent:~python-\\d  ~"two words"               a pattern (RE2), in either case, anywhere in the text
    after:2026-08-01 before:2026-08-02T12:00     times of events, UTC unless they say otherwise; from and up to
    source:S-02 table:requests                   where the row came from
    tag:pool-a has:note in:F-02                  people's work: has note, tag, bookmark, attachment, exhibit or mark
    "tag":x                                      a column that is named like a word of the language

`term` and `with_term` are how the rest of the program writes filters; `written` gives a tree back as text.
"""

from __future__ import annotations

import re

from casebound.filter_parser import Parser
from casebound.filter_tree import (
    Either,
    Equal,
    Every,
    Filter,
    FilterError,
    Fix,
    Instant,
    Like,
    Marked,
    Node,
    Not,
    Number,
    Pattern,
    Top,
    Word,
)
from casebound.filter_values import HAS, SPECIAL, quoted
from casebound.moments import utc_text

_RESERVED = frozenset({*SPECIAL, "or", "and", "not"})
_NAME = re.compile(r"\w[\w.@/+-]*")
_VALUE = re.compile(r"[\w/@+.-][\w.@/+:%=&;#-]*")
_WORD = re.compile(r"[\w/@.][\w.@/+%#-]*")
_PATTERN = re.compile(r"[\w.*+?^$|\\/@-]+")


def parse(text: str) -> Filter:
    """Understand a filter. Raises `FilterError`. Whether its fields exist is seen when it is used."""
    return Parser(text).filter()


def term(field: str, value: str, *, exclude: bool = False) -> str:
    """The condition that a field is exactly this value ("" is empty), quoted where it must be; or that it is not."""
    return f"{'-' if exclude else ''}{_name(field)}:{_value(value)}"


def with_term(where: str, added: str) -> str:
    """A filter with one more condition; `added` is one that `term` wrote, or any other single condition.

    What is there already is not added again. A value beside another of the same field is one more that may match
    (`a:(1 OR 2)`), because both at once never do; a value that is excluded is no longer asked for, and the other way
    round. Times, and everything else, stay. Raises `FilterError` where one of the two cannot be understood.
    """
    found, new = parse(where), parse(added).root
    if new is None:
        return where
    text, opposite = where, _opposite(new)
    for top in reversed(found.tops):
        if top.node == new or (isinstance(top.node, Either) and isinstance(new, Equal) and new in top.node.parts):
            return where
        if top.node == opposite:
            text = text[: top.start].rstrip() + " " + text[top.end :].lstrip()
        elif isinstance(new, Equal) and (values := _values(top.node, new.field)):
            return text[: top.start] + written(Either((*values, new))) + text[top.end :]
        elif isinstance(opposite, Equal) and (values := _values(top.node, opposite.field)):
            left = tuple(value for value in values if value != opposite)  # who asks for these asks for no other
            asked = written(left[0] if len(left) == 1 else Either(left))
            return where if left == values else text[: top.start] + asked + text[top.end :]
    text = text.strip()
    if not text:
        return added
    together = f"{text} {added}"
    return f"({text}) {added}" if found.divided or not _readable(together) else together


def _readable(text: str) -> bool:
    try:
        parse(text)
    except FilterError:
        return False  # such as a last word “or”, which only at the end is text
    return True


def _opposite(node: Node) -> Node:
    return node.part if isinstance(node, Not) else Not(node)


def _values(node: Node, field: str) -> tuple[Equal, ...]:
    """The values that a condition lets through, where it is nothing but values of this field."""
    parts = node.parts if isinstance(node, Either) else (node,)
    values = tuple(part for part in parts if isinstance(part, Equal) and part.field.lower() == field.lower())
    return values if len(values) == len(parts) else ()


def written(node: Node) -> str:
    """A tree as text that is read as the same tree."""
    match node:
        case Word(text):
            return text if _WORD.fullmatch(text) and text.lower() not in _RESERVED else quoted(text)
        case Equal(field, value):
            return f"{_name(field)}:{_value(value)}"
        case Like(field, parts):
            return f"{_name(field)}:{'*'.join(_value(part) if part else '' for part in parts)}"
        case Pattern(field, pattern):
            shown = pattern if _PATTERN.fullmatch(pattern) else quoted(pattern)
            return f"{_name(field)}:~{shown}" if field else f"~{shown}"
        case Number(field, operator, value):
            return f"{_name(field)}:{operator}{value}"
        case Instant(after, time_us):
            return f"{'after' if after else 'before'}:{utc_text(time_us)}"
        case Marked(kind, value):
            return f"{kind}:{_value(value)}"
        case Not(part):
            return f"-{_inside(part, (Every, Either))}"
        case Every(parts):
            return _range(parts) or " ".join(_inside(part, (Every, Either)) for part in parts)
        case Either(parts):
            return _choice(parts) or " OR ".join(_inside(part, (Either,)) for part in parts)


def _inside(node: Node, kinds: tuple[type, ...]) -> str:
    """A part of something larger: in parentheses where it would be torn apart without."""
    text = written(node)
    if not isinstance(node, kinds):
        return text
    one = (isinstance(node, Every) and _range(node.parts)) or (isinstance(node, Either) and _choice(node.parts))
    return text if one else f"({text})"


def _range(parts: tuple[Node, ...]) -> str:
    match parts:
        case (Number(field, ">=", low), Number(other, "<=", high)) if field == other:
            return f"{_name(field)}:{low}..{high}"
    return ""


def _choice(parts: tuple[Node, ...]) -> str:
    """field:(a OR b)"""
    fields = {part.field if isinstance(part, Equal) else None for part in parts}
    (field,) = fields if len(fields) == 1 else (None,)
    if field is None:
        return ""
    values = [part.value for part in parts if isinstance(part, Equal)]
    return f"{_name(field)}:({' OR '.join(_listed(value) for value in values)})"


def _name(name: str) -> str:
    return name if _NAME.fullmatch(name) and name.lower() not in _RESERVED else quoted(name)


def _value(value: str) -> str:
    return value if _VALUE.fullmatch(value) and ".." not in value else quoted(value)


def _listed(value: str) -> str:
    """A value in parentheses, where a minus sign and the words of the language say something."""
    plain = not value.startswith("-") and value.lower() not in ("or", "and", "not")
    return _value(value) if plain else quoted(value)


__all__ = ["HAS", "SPECIAL", "Filter", "FilterError", "Fix", "Top", "parse", "quoted", "term", "with_term", "written"]
