"""JSON records as rows.

Nested objects become columns under dotted names that depend on the path alone: `user.name`. A name that a path could
be mistaken for is written as a JSON string: `"a.b"`. A name that an object has twice is `name` and `name (2)`.
Arrays are JSON text without white space. Numbers stay letter for letter. A string that no UTF-8 text can hold (NUL,
half of a surrogate pair) is kept as the JSON string it is, in quotes and with its escapes: `unwritten` reads it back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache

from casebound.importers.batch import MOST_COLUMNS, RESERVED

FLATTENED = 12  # levels of objects that become columns; what lies deeper is JSON text
DEEPEST = 256  # levels of nesting that are read; an own limit, because Python's depends on who calls
_BAD = re.compile("[\0\ud800-\udfff]")
_HALF = re.compile("[\ud800-\udfff]")
_TO_QUOTE = re.compile(r'[."\x00-\x1f\x7f\ud800-\udfff]|^\s|\s$| [(\[]\d+[)\]]$')


class Written(str):
    """A number as it was written in the original."""

    __slots__ = ()


class Pairs(list[tuple[str, object]]):
    """An object as found: names may repeat."""


class NotJson(ValueError):
    """The text is not JSON that can be read; the message is for people, `code` for the quarantine."""

    def __init__(self, message: str, code: str = "json") -> None:
        super().__init__(message)
        self.code = code


def _refuse(constant: str) -> object:
    raise NotJson(f"{constant} is not a JSON value")


decoder = json.JSONDecoder(object_pairs_hook=Pairs, parse_int=Written, parse_float=Written, parse_constant=_refuse)


def parse(text: str) -> object:
    """The value of `text`: one JSON value, white space and record separators (RFC 7464). Raises `NotJson`."""
    try:
        return decoder.decode(text.strip(" \t\r\n\x1e"))
    except json.JSONDecodeError as error:
        raise NotJson(f"{plain(error.msg)} at character {error.pos + 1}") from None
    except RecursionError:
        raise too_deep() from None


def too_deep() -> NotJson:
    return NotJson(f"it is nested more than {DEEPEST} levels deep", "depth")


def plain(message: str) -> str:
    """What Python's parser says, in words for people."""
    words = {
        "Expecting value": "a value is missing",
        "Extra data": "text follows the end of the value",
        "Unterminated string starting at": "a string does not end",
        "Expecting ',' delimiter": "a comma is missing",
        "Expecting ':' delimiter": "a colon is missing",
        "Expecting property name enclosed in double quotes": "a name in double quotes is missing",
        "Invalid control character at": "a control character stands in a string",
        "Illegal trailing comma before end of object": "a comma stands before the closing brace",
        "Illegal trailing comma before end of array": "a comma stands before the closing bracket",
    }
    return words.get(message, message[:1].lower() + message[1:])


def flat(value: object) -> dict[str, str | None]:
    """One record as name → text. A record that is no object has the one name “value”. Raises `NotJson`."""
    found: dict[str, str | None] = {}
    if isinstance(value, Pairs):
        _walk(value, "", found, 1)
    else:
        found["value"] = _text(value, 0)
    return found


def _walk(pairs: Pairs, prefix: str, found: dict[str, str | None], depth: int) -> None:
    for key, value in pairs:
        name = prefix + _part(key)
        if isinstance(value, Pairs) and value and depth < FLATTENED:
            _walk(value, f"{name}.", found, depth + 1)
            continue
        chosen, number = name, 1
        while chosen in found:
            number += 1
            chosen = f"{name} ({number})"
        found[chosen] = _text(value, depth)


@lru_cache(maxsize=4096)
def _part(key: str) -> str:
    return _quoted(key) if not key or _TO_QUOTE.search(key) else key


def _quoted(text: str) -> str:
    written = json.dumps(text, ensure_ascii=False)
    return _HALF.sub(lambda match: f"\\u{ord(match[0]):04x}", written) if _HALF.search(written) else written


def _text(value: object, depth: int) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return written(value)
    return compact(value, depth)


def written(text: str) -> str:
    """The text, or the JSON string for it where UTF-8 cannot hold it."""
    return _quoted(text) if _unstorable(text) else str(text)


def unwritten(text: str) -> str:
    """What `written` was given."""
    inner = _string(text)
    return text if inner is None or not _unstorable(inner) else inner


def _unstorable(text: str) -> bool:
    """Whether the text cannot be kept as it is: for what is in it, or because it looks like another kept that way."""
    if _BAD.search(text):
        return True
    inner = _string(text) if text[:1] == '"' else None
    return inner is not None and _unstorable(inner)


def _string(text: str) -> str | None:
    """What the JSON string `text` says; None where it is none."""
    if len(text) < 2 or text[0] != '"' or text[-1] != '"' or "\\u" not in text:
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, str) else None


def compact(value: object, depth: int = 0) -> str:
    """A value as JSON text without white space, numbers as written. Raises `NotJson` where it is nested too deeply."""
    if isinstance(value, Written):
        return str(value)
    if isinstance(value, str):
        return _quoted(value)
    if depth >= DEEPEST:
        raise too_deep()
    if isinstance(value, Pairs):
        return "{" + ",".join(f"{_quoted(key)}:{compact(item, depth + 1)}" for key, item in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join([compact(item, depth + 1) for item in value]) + "]"
    return json.dumps(value)


class Columns:
    """Column names of records that need not all have the same: they grow as new names appear.

    A name that differs from an earlier one only in case, or is one of the store's own, is told apart as `name [2]`.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._given = list(names)
        self._of = {name: index for index, name in enumerate(self._given)}
        self._taken = {name.lower() for name in (*RESERVED, *self._given)}
        self._quoted = 0
        # The name as it stands in the records, behind a column that was told apart.
        for index, name in enumerate(self._given):
            if match := re.fullmatch(r"(.+) \[\d+\]", name):
                self._of.setdefault(match[1], index)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._given)

    def words(self) -> tuple[str, ...]:
        """What a person must know of the names and values of the rows so far, a sentence each."""
        words = []
        if apart := [name for name in self._given if re.search(r" \[\d+\]$", name)]:
            words.append(f"Names that differ only in case, or are the store's own, were told apart: {_listed(apart)}.")
        if twice := [name for name in self._given if re.search(r" \(\d+\)$", name)]:
            words.append(f"Some records say a name more than once; each has its own column: {_listed(twice)}.")
        if self._quoted:
            words.append(
                f"{self._quoted:,} values hold NUL or half a character, which no text can: they are kept as JSON "
                f"strings, in quotes and with their escapes."
            )
        return tuple(words)

    def row(self, record: dict[str, str | None]) -> list[str | None]:
        """The record in column order; names not seen before become columns.

        Raises `NotJson` where there would be too many columns; none is added then.
        """
        fresh = [name for name in record if name not in self._of]
        if len(self._given) + len(fresh) > MOST_COLUMNS:
            raise NotJson(
                f"with its {len(fresh):,} new names the table would have more than {MOST_COLUMNS:,} columns", "columns"
            )
        for name in fresh:
            chosen, number = name, 1
            while chosen.lower() in self._taken:
                number += 1
                chosen = f"{name} [{number}]"
            self._of[name] = len(self._given)
            self._given.append(chosen)
            self._taken.add(chosen.lower())
        row: list[str | None] = [None] * len(self._given)
        for name, text in record.items():
            row[self._of[name]] = text
            if text and text[0] == '"' and unwritten(text) != text:
                self._quoted += 1
        return row


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:10])
    return shown if len(names) <= 10 else f"{shown} and {len(names) - 10:,} more"
