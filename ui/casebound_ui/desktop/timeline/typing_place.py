"""What a person is writing at the cursor of a filter: the name of a field, or a value of one.

It reads as far as the cursor and no further, in one pass, and never refuses: half a filter is what people write most
of the time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ESCAPED = re.compile(r'\\(["\\])')
_REST = re.compile(r'[^\s"()]*')
_HALF = re.compile(r"(?:^|[\s(])(?:-|OR|-?[^\s\"()]*(?::|:~|[<>=]|\.\.)|-?[^\s()]*\":)\s*$")
_REST_OF_NAME = re.compile(r'[^\s"():]*')


@dataclass(frozen=True, slots=True)
class TypingPlace:
    """`typed` stands from `start` to the cursor, without its quotes; what is put in replaces up to `end`.

    `field` is None where the name of a field, or a bare word, is being written. `first` is whether nothing stands
    before it that OR could follow. Places count characters, as Python does.
    """

    field: str | None
    typed: str
    start: int
    end: int
    first: bool
    listed: bool = False  # inside of field:(…)
    in_quotes: bool = False  # so that every sign of it is text
    column: bool = False  # the field stands in quotes: a column, whatever its name means otherwise


def typing_place(text: str, cursor: int) -> TypingPlace:
    """What is being written at `cursor`."""
    cursor = max(0, min(cursor, len(text)))
    groups: list[str | None] = [None]
    columns = False  # whether the last field that was named stands in quotes
    field: str | None = None
    start = -1  # of the name or the value under the cursor; -1 between terms
    inside = 0  # parentheses that a word opened
    in_quotes = False
    terms = 0
    at = 0
    while at < cursor:
        sign = text[at]
        if in_quotes:
            if sign == "\\":
                at += 1
            elif sign == '"':
                in_quotes = False
        elif sign.isspace():
            terms += start >= 0
            start, field, inside = -1, None, 0
        elif sign == "(" and (start < 0 or (field is not None and start == at)):
            groups.append(groups[-1] if start < 0 else field)
            start, field, terms = -1, None, 0
        elif sign == ")" and not inside:
            groups = groups[:-1] or [None]
            start, field, terms = -1, None, 1
        elif sign == ":" and field is None and groups[-1] is None and start >= 0:
            columns = text[start] == '"'
            field, start = _plain(text[start:at]), at + 1
        elif sign == "-" and start < 0:
            pass
        else:
            start = at if start < 0 else start
            in_quotes = sign == '"'
            inside += (sign == "(") - (sign == ")")
        at += 1
    if start < 0:
        start = cursor
    of = field if field is not None else groups[-1]
    found = (_REST_OF_NAME if of is None else _REST).match(text, cursor)
    end = text.find('"', cursor) + 1 if in_quotes else found.end() if found else cursor
    return TypingPlace(
        of,
        _plain(text[start:cursor]),
        start,
        max(end, cursor),
        not terms,
        groups[-1] is not None,
        text[start : start + 1] == '"',
        columns,
    )


def _plain(written: str) -> str:
    """A name or a value without its quotes, closed or not."""
    if not written.startswith('"'):
        return written
    inner = written[1:-1] if len(written) > 1 and written.endswith('"') else written[1:]
    return _ESCAPED.sub(r"\1", inner)


def unfinished(text: str, position: int) -> bool:
    """Whether a filter that stumbles at `position` only lacks its end: an open quote or parenthesis, or half a term."""
    quoted, open_at = False, []
    start = 0
    skip = False
    for at, sign in enumerate(text):
        if skip:
            skip = False
        elif quoted and sign == "\\":
            skip = True
        elif sign == '"':
            quoted, start = not quoted, at
        elif not quoted and sign == "(":
            open_at.append(at)
        elif not quoted and sign == ")" and open_at:
            open_at.pop()
    if quoted and position == start:
        return True
    if open_at and position in (open_at[-1], open_at[0], len(text)):
        return True
    half = _HALF.search(text)
    return not quoted and half is not None and position >= half.start()
