"""Whether the fields of a filter exist, and what was meant where they do not."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from casebound.filter_parser import Parser
from casebound.filter_tree import Equal, Filter, FilterError, Fix, Like, Number, Pattern, Word, walk
from casebound.filter_values import SPECIAL, quoted, shown

ROLES = ("actor", "action", "object")
OWN = ("source", "table")
_LONGEST = 64  # characters of a name that is compared with others
_JOINED = re.compile(r"([\w.-]+)(==|!=|<>|>=|<=|~=|=~|：|[=<>])(\S*)")
# What people of other tools call these.
_ALSO = {
    "since": "after:", "from": "after:", "start": "after:", "until": "before:", "to": "before:", "end": "before:",
    "date": "after:", "time": "after:", "timestamp": "after:", "datetime": "after:",
    "finding": "in:", "label": "tag:", "tags": "tag:", "is": "has:", "file": "source:", "user": "actor:",
    "account": "actor:", "event": "action:", "target": "object:",
}  # fmt: skip
_OF_MARKS = {
    "note": "has:note", "comment": "has:note", "bookmark": "has:bookmark", "exhibit": "has:exhibit",
    "attachment": "has:attachment", "mark": "has:mark",
}  # fmt: skip


class Fields(Protocol):
    """The columns of a table as they are named."""

    @property
    def columns(self) -> tuple[str, ...]: ...


def check_fields(found: Filter, scopes: Sequence[Fields]) -> None:
    """Raise `FilterError` for a field that no scope has, with the nearest one that exists."""
    if found.root is None:
        return
    known = {name.lower(): name for scope in scopes for name in scope.columns}
    names = {**{name: name for name in (*ROLES, *OWN)}, **known}
    before: Word | None = None
    try:
        for node in walk(found.root):
            if isinstance(node, Word):
                _check_word(node, before, found.text, names)
                before = node
            elif isinstance(node, Equal | Like | Pattern | Number) and node.field and node.field.lower() not in names:
                raise _unknown(node, found.text, names)
            elif isinstance(node, Number | Pattern) and node.field.lower() in OWN and node.field.lower() not in known:
                field = node.field.lower()
                words = f"Write it as {field}:{'S-01' if field == 'source' else 'requests'}."
                end = node.position + len(field)
                raise FilterError(node.position, f"“{field}:” takes a name.", words, end=end)
    except FilterError as error:
        raise error.of(found.text) from None


def _check_word(word: Word, before: Word | None, text: str, names: Mapping[str, str]) -> None:
    """A word that is a field and a sign of another language: read as text it would silently find nothing."""
    at = word.position
    if text[at : at + 1] == '"':
        return
    found = _JOINED.match(text, at) if len(word.text) < 4 * _LONGEST else None
    if found and found[1].lower() in names:
        name, sign, rest = found.groups()
        fix = None
        if rest:
            put = {">": ">", "<": "<", ">=": ">=", "<=": "<=", "~=": "~", "=~": "~"}.get(sign, "")
            minus = "-" if sign in ("!=", "<>") else ""
            fix = Fix(at, found.start(3), f"{minus}{name}:{put}")
        words = f"Did you mean “{shown(fix.text + rest)}”? " if fix is not None else "Write field:value. "
        title = f"“{shown(found[0])}” is looked for as text, though “{name}” is a field."
        raise FilterError(at, title, words + "To look for the text, put it in quotes.", end=found.end(), fix=fix)
    gap = text[before.position + len(before.text) : at] if before is not None else ""
    if before is not None and not gap.strip() and gap and before.text.lower() in names and word.text[:1] in "<>：":
        start = before.position + len(before.text)
        fix = Fix(start, at + (word.text[0] == "："), ":")
        words = f"Did you mean “{before.text}:{shown(word.text.lstrip('：'))}”?"
        raise FilterError(at, f"“{shown(word.text)}” stands apart from its field.", words, fix=fix)


def _unknown(node: Equal | Like | Pattern | Number, text: str, names: Mapping[str, str]) -> FilterError:
    start = node.position
    in_quotes = text[start : start + 1] == '"'
    end = start + (len(quoted(node.field)) if in_quotes else len(node.field))
    field = node.field.lower()
    title = f"No source has a field “{shown(node.field)}”."
    value = node.value if isinstance(node, Equal) else ""
    as_text = 'To look for the text itself, put it in quotes: "a:b".'
    try:
        stop = Parser(text, start).term_end()
    except FilterError:
        stop = start
    grouped = text[end : end + 2] == ":("
    itself = None if stop <= end or grouped else Fix(start, stop, quoted(text[start:stop].replace('"', "")))
    if field.isdigit() or value.startswith("//"):
        return FilterError(start, title, as_text, end=end, fix=itself)
    if field in _OF_MARKS and not in_quotes:
        put = _OF_MARKS[field]
        return FilterError(
            start, title, f"Did you mean “{put}”?", end=end, fix=Fix(start, stop, put) if itself else None
        )
    if field in SPECIAL:
        return FilterError(start, title, f"Without the quotes {field}: has its own meaning.", end=end)
    meant = _ALSO.get(field, "") if not in_quotes else ""
    near = difflib.get_close_matches(field, [*names, *SPECIAL], 1, 0.6) if len(field) <= _LONGEST else []
    if meant and (not near or difflib.SequenceMatcher(None, field, near[0]).ratio() < 0.8):
        return FilterError(start, title, f"Did you mean “{meant}”?", end=end, fix=Fix(start, end, meant[:-1]))
    if near:
        name = names.get(near[0], near[0])
        put = name if re.fullmatch(r"\w[\w.@/+-]*", name) else quoted(name)
        return FilterError(start, title, f"Did you mean “{put}:”?", end=end, fix=Fix(start, end, put))
    return FilterError(start, title, as_text, end=end, fix=itself)
