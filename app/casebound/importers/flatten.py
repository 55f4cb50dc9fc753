"""JSON records as rows: nested objects under stable dotted names, arrays as JSON text, numbers exactly as written."""

from __future__ import annotations

import json
from collections.abc import Iterable

from casebound.importers.batch import distinct_names

_DEEPEST = 12


class Written(str):
    """A number as it was written in the original."""

    __slots__ = ()


class Pairs(list[tuple[str, object]]):
    """An object as found: names may repeat."""


class NotJson(ValueError):
    """The text is not JSON; the message is for people."""


def _refuse(constant: str) -> object:
    raise NotJson(f"{constant} is not a JSON value")


decoder = json.JSONDecoder(object_pairs_hook=Pairs, parse_int=Written, parse_float=Written, parse_constant=_refuse)


def parse(text: str) -> object:
    """The value of `text`, which is one JSON value and white space. Raises `NotJson`."""
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        raise NotJson(f"{_plain(error.msg)} at character {error.pos + 1}") from None
    except RecursionError:
        raise NotJson("it is nested too deeply") from None


def _plain(message: str) -> str:
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
    """One record as name → text.

    A record that is no object has the one name “value”. Raises `NotJson` where text is half a character.
    """
    found: dict[str, str | None] = {}
    if isinstance(value, Pairs):
        _walk(value, "", found, 0)
    else:
        found["value"] = _text(value)
    for name, text in found.items():
        try:
            name.encode()
            (text or "").encode()
        except UnicodeEncodeError:
            raise NotJson("it holds half of a surrogate pair, which is no character") from None
        if "\0" in name or (text and "\0" in text):
            raise NotJson("it holds a NUL character, which no text has")
    return found


def _walk(pairs: Pairs, prefix: str, found: dict[str, str | None], depth: int) -> None:
    for key, value in pairs:
        # A name with a dot in it is quoted, so that the dotted name tells one path only.
        part = json.dumps(key, ensure_ascii=False) if "." in key or '"' in key or not key.strip() else key
        name = f"{prefix}{part}"
        if isinstance(value, Pairs) and value and depth < _DEEPEST:
            _walk(value, f"{name}.", found, depth + 1)
            continue
        chosen, number = name, 1
        while chosen in found:
            number += 1
            chosen = f"{name} ({number})"
        found[chosen] = _text(value)


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return str(value)
    return compact(value)


def compact(value: object) -> str:
    """A value as JSON text without white space, numbers as written."""
    if isinstance(value, Written):
        return str(value)
    if isinstance(value, Pairs):
        return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{compact(item)}" for key, item in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(compact(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


class Columns:
    """Column names of records that need not all have the same: they grow as new names appear."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._of: dict[str, int] = {}
        self._given = list(names)
        # Names given are those already told apart; a raw name that reads the same is that column.
        for index, name in enumerate(self._given):
            self._of[name] = index

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._given)

    def row(self, record: dict[str, str | None]) -> list[str | None]:
        """The record in column order; names not seen before become columns."""
        for name in record:
            if name not in self._of:
                told_apart = distinct_names([*self._given, name])[-1]
                self._of[name] = len(self._given)
                self._given.append(told_apart)
        row: list[str | None] = [None] * len(self._given)
        for name, text in record.items():
            row[self._of[name]] = text
        return row
