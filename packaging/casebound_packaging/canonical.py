"""JSON as bytes that hash the same everywhere: RFC 8785 (JCS) to write, a strict reader to read.

The reader refuses what two readers could understand differently: duplicate keys, NaN, a byte order mark, lone
surrogates, numbers that overflow, text after the value, and nesting deep enough to exhaust a parser.
"""

from __future__ import annotations

import json
import math
from json.encoder import encode_basestring
from sys import intern
from typing import Final, NoReturn

import rfc8785

DEPTH: Final = 64
"""How deeply arrays and objects may be nested."""

MOST_BYTES: Final = 96 << 20
"""One JSON value as text: 200,000 files in a package.json are 70 MB."""

MOST_VALUES: Final = 3_000_000
"""How many values one text may hold: a megabyte packed can be gigabytes of lists."""

_LARGEST: Final = 2**53 - 1
_LARGE: Final = 1 << 20
_PLAIN: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)


def canonical(value: object) -> bytes:
    """The RFC 8785 form of `value`, without a line end. Raises `ValueError` for what JSON cannot say exactly.

    That is: integers beyond 2**53-1, NaN, infinities, lone surrogates, keys that are not text, and other types.
    """
    try:
        if isinstance(value, str):
            return encode_basestring(value).encode("utf-8")
        if _is_plain(value):
            return canonical_plain(value)
        data: bytes = rfc8785.dumps(value)  # type: ignore[arg-type]
    except RecursionError:
        raise ValueError("the value is nested too deeply") from None
    except UnicodeEncodeError:
        raise ValueError("the text holds half of a surrogate pair") from None
    return data


def load(data: bytes) -> object:
    """Read one JSON value. Raises `ValueError` that says what is wrong, never anything else.

    Integers keep their full size; everything with a fraction or an exponent is a float.
    """
    if len(data) > _LARGE and (
        len(data) > MOST_BYTES or data.count(b",") + data.count(b"[") + data.count(b"{") > MOST_VALUES
    ):
        raise ValueError("larger than such a file may be")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise ValueError(f"byte {fault.start} is not UTF-8") from None
    try:
        if text.startswith("\ufeff"):
            raise ValueError("not JSON: a byte order mark stands before it")
        value: object = _STRICT.decode(text)
    except RecursionError:
        raise ValueError(f"nested more than {DEPTH} levels deep") from None
    except json.JSONDecodeError as fault:
        raise ValueError(f"not JSON: {fault.msg} at character {fault.pos}") from None
    # Most values need no walk: few brackets cannot nest too deeply, and half a surrogate pair comes from an escape.
    if data.count(b"[") + data.count(b"{") > DEPTH or b"\\ud" in data or b"\\uD" in data:
        _examine(value)
    return value


def is_surely_canonical(data: bytes) -> bool:
    """Whether these bytes are one JSON value in its RFC 8785 form, where that can be told quickly.

    What the standard library reads and writes back as the same bytes has sorted keys, none twice, and no spaces. Left
    to `load` and `canonical` is whatever the two could see in another way: fractions, large numbers, halves of
    surrogate pairs, characters beyond U+FFFF (they sort otherwise in UTF-16), deep nesting.
    """
    if _LONG in data.translate(_DIGITS) or b"\\u" in data or data.count(b"[") + data.count(b"{") > DEPTH:
        return False
    if not data.isascii() and any(byte >= 0xF0 for byte in data):
        return False
    try:
        text = data.decode("utf-8")
        value, end = _QUICK.raw_decode(text)
        return end == len(text) and _PLAIN.encode(value) == text
    except (ValueError, RecursionError):
        return False


def canonical_plain(value: object) -> bytes:
    """The RFC 8785 form of text, whole numbers up to 2**53-1, true, false, null, and lists and objects of them.

    For objects under ASCII keys, that is: the standard library's encoder in C writes these as RFC 8785 does (a test
    compares the two), at a tenth of the time. The caller knows that there is nothing else in `value`.
    """
    return _PLAIN.encode(value).encode("utf-8")


def _is_plain(value: object) -> bool:
    if value is None or isinstance(value, str | bool):
        return True
    if isinstance(value, int):
        return -_LARGEST <= value <= _LARGEST
    if isinstance(value, dict):
        return all(isinstance(key, str) and key.isascii() and _is_plain(item) for key, item in value.items())
    return isinstance(value, list | tuple) and all(map(_is_plain, value))


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = {intern(key): value for key, value in pairs}  # one copy of each key, of however many records
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise ValueError(f"the key {key!r} stands twice in one object")
            seen.add(key)
    return found


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def _refuse(text: str) -> NoReturn:
    raise ValueError("not told quickly")


_DIGITS: Final = bytes.maketrans(b"123456789", b"000000000")
_LONG: Final = b"0" * 16
_QUICK: Final = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse)


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {text[:40]} is too large")
    return number


_STRICT: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_float=_float)


def _examine(value: object) -> None:
    """Refuse deep nesting and lone surrogates, without recursion of our own."""
    waiting: list[tuple[object, int]] = [(value, 0)]
    while waiting:
        item, depth = waiting.pop()
        if isinstance(item, str):
            _whole(item)
        elif isinstance(item, dict):
            if depth >= DEPTH:
                raise ValueError(f"nested more than {DEPTH} levels deep")
            for key, child in item.items():
                _whole(key)
                waiting.append((child, depth + 1))
        elif isinstance(item, list):
            if depth >= DEPTH:
                raise ValueError(f"nested more than {DEPTH} levels deep")
            waiting.extend((child, depth + 1) for child in item)


def _whole(text: str) -> None:
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("the text holds half of a surrogate pair")
