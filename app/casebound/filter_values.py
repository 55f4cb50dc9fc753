"""What stands behind the colon of a term: numbers, times, people's work, and text with anything in between."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from casebound.filter_tree import Equal, Every, FilterError, Fix, Instant, Like, Marked, Node, Number
from casebound.moments import Moment, Reading, read, settle, utc_text
from casebound.writtentimes import Ambiguous
from casebound.zones import find_zone

HAS = ("note", "tag", "bookmark", "attachment", "exhibit", "mark")
SPECIAL = ("after", "before", "tag", "has", "in")
LONGEST_NUMBER = 28
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[,_'’]\d{3})+(?:\.\d+)?", re.ASCII)
_FINDING = re.compile(r"[Ff]-?0*(\d{1,6})", re.ASCII)
_MONTH = re.compile(r"(\d{4})(?:-(\d\d))?", re.ASCII)
_COMPARED = re.compile(r"(<=|>=|<>|!=|=<|=>|==?|[<>])")
_DAYS = {"today": 0, "now": 0, "yesterday": 1, "last week": 7}
_HAS_ALSO = {"notes": "note", "comment": "note", "star": "bookmark", "file": "attachment", "label": "tag", "*": "mark"}


def shown(text: str) -> str:
    """A text a person typed, short enough for a sentence."""
    return text if len(text) <= 60 else text[:59] + "…"


def quoted(text: str) -> str:
    """The text as the language quotes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def of_people(field: str, value: str, start: int, at: int, end: int) -> Node:
    """tag:, has: and in:, with a value without anything that stands for more."""
    if field == "tag":
        if not value:
            raise FilterError(at, "The tag is missing.", "Write tag:name, or has:tag for any.", end=end)
        return Marked("tag", value, start)
    if field == "has":
        if value.lower() not in HAS:
            raise _unknown_mark(value, at, end)
        return Marked("has", value.lower(), start)
    match = _FINDING.fullmatch(value)
    if match is None:
        digits = re.search(r"\d{1,6}", value, re.ASCII)
        fix = Fix(at, end, f"F-{int(digits[0]):02d}") if digits and value.strip("Ff-# ").isdigit() else None
        raise FilterError(
            at, f"“{shown(value)}” is not the number of a finding.", "Write it as in:F-02.", end=end, fix=fix
        )
    return Marked("in", f"F-{int(match[1]):02d}", start)


def _unknown_mark(value: str, at: int, end: int) -> FilterError:
    wanted = value.lower()[:40]
    near = [_HAS_ALSO[wanted]] if wanted in _HAS_ALSO else difflib.get_close_matches(wanted, HAS, 1)
    words = f"Did you mean “has:{near[0]}”?" if near else f"Use one of {', '.join(HAS)}."
    fix = Fix(at, end, near[0]) if near else None
    return FilterError(at, f"Nothing is known of “has:{shown(value)}”.", words, end=end, fix=fix)


def instant(field: str, value: str, start: int, at: int, end: int) -> Instant:
    """after: and before:."""
    time_us = moment_us(value)
    if time_us is not None:
        return Instant(field == "after", time_us, start)
    title = f"“{shown(value)}” is not a time that can be read one way only."
    found = read(value)
    if isinstance(found, Ambiguous):
        days = [utc_text(one.local_us)[:10] for one in (found.day_first, found.month_first)]
        raise FilterError(at, title, f"Write {days[0]} or {days[1]}.", end=end)
    low, dots, high = value.partition("..")
    if dots and moment_us(low) is not None and moment_us(high) is not None:
        fix = Fix(start, end, f"after:{bare_time(low)} before:{bare_time(high)}")
        raise FilterError(at, "One time stands here, not two.", f"Write {fix.text}.", end=end, fix=fix)
    meant = _meant_time(value)
    words = f"Write {meant}." if meant else "Write it as 2026-08-01 or 2026-08-01T12:30."
    raise FilterError(at, title, words, end=end, fix=Fix(at, end, meant) if meant else None)


def moment_us(value: str) -> int | None:
    """A time that can be read one way only, in UTC unless it says otherwise."""
    found = read(value)
    moment = settle(found, find_zone("UTC"), "") if isinstance(found, Reading) else found
    return moment.time_us if isinstance(moment, Moment) else None


def bare_time(value: str) -> str:
    """A time as it can stand behind a colon."""
    return quoted(value) if set(value) & set(' "()') else value


def _meant_time(value: str) -> str:
    """What a person who typed this for a time most likely means; "" where that cannot be said."""
    plain = value.strip().lower()
    if plain in _DAYS:
        return (datetime.now(UTC) - timedelta(days=_DAYS[plain])).date().isoformat()
    if (month := _MONTH.fullmatch(plain)) and 1 <= int(month[2] or 1) <= 12 and int(month[1]) >= 1:
        return f"{month[1]}-{month[2] or '01'}-01"
    if re.fullmatch(r"\d{4}-\d\d-\d\d[Tt ]\d\d", plain) and moment_us(f"{plain}:00") is not None:
        return bare_time(f"{value.strip()}:00")
    rest = _COMPARED.match(plain)
    if rest and moment_us(value.strip()[rest.end() :]) is not None:
        return bare_time(value.strip()[rest.end() :])
    return ""


def compared(field: str, value: str, start: int, at: int, end: int, written_field: str) -> Node | None:
    """`>5`, `<=5`, `1..5`: None where the value is none of these.

    `written_field` is the field as it stands in the text, for suggestions.
    """
    found = _COMPARED.match(value)
    if found:
        sign, rest = found[0], value[found.end() :]
        if sign in ("<", "<=", ">", ">="):
            _check(rest, at + len(sign), end, written_field, lambda number: f"{sign}{number}", start, at)
            return Number(field, sign, rest, start)
        minus = "-" if sign in ("<>", "!=") else ""
        if sign in ("=<", "=>"):
            fix = Fix(at, at + 2, sign[::-1])
            raise FilterError(at, f"“{sign}” is not a comparison.", f"Write {sign[::-1]}.", end=at + 2, fix=fix)
        meant = Fix(start, at + len(sign), f"{minus}{written_field}:") if rest else None
        words = f"Write {minus}{written_field}:{shown(rest) or 'value'}; put text with signs in quotes."
        raise FilterError(at, f"“{sign}” is not written after the colon.", words, end=at + len(sign), fix=meant)
    low, dots, high = value.partition("..")
    if not dots:
        return None
    if not low and not high:
        raise FilterError(at, "A range needs numbers.", f"Write {written_field}:10..20.", end=end)
    if (not low or not high) and not _NUMBER.fullmatch(low or high):
        words = f"Write {written_field}:10..20, or put the text in quotes."
        fix = Fix(at, end, quoted(value))
        raise FilterError(at, f"“{shown(value)}” is not a range of numbers.", words, end=end, fix=fix)
    for part, sign in ((low, ">="), (high, "<=")):
        if not (high if part is low else low) and _NUMBER.fullmatch(part):
            fix = Fix(at, end, f"{sign}{part}")
            raise FilterError(
                at, "One end of the range is missing.", f"Write {written_field}:{sign}{part}.", end=end, fix=fix
            )
    _check(low, at, at + len(low), written_field, lambda number: f"{number}..{high}", start, at, value)
    _check(high, at + len(low) + 2, end, written_field, lambda number: f"{low}..{number}", start, at, value)
    return Every((Number(field, ">=", low, start), Number(field, "<=", high, start)))


def _check(
    text: str,
    at: int,
    end: int,
    field: str,
    with_number: Callable[[str], str],
    start: int,
    value_at: int,
    whole: str = "",
) -> None:
    """Raise `FilterError` unless `text`, which stands from `at` to `end`, is a number."""
    if _NUMBER.fullmatch(text) and len(text) <= LONGEST_NUMBER:
        return
    if _NUMBER.fullmatch(text):
        raise FilterError(at, "The number is too long to compare.", "Up to 28 signs are compared.", end=end)
    if not text:
        raise FilterError(at, "A number is missing.", f"Write {field}:{with_number('1000')}.", end=end)
    title = f"“{shown(text)}” is not a number."
    if _GROUPED.fullmatch(text):
        fix = Fix(at, end, re.sub(r"[,_'’]", "", text))
        raise FilterError(at, title, f"Write {fix.text}, without signs between the digits.", end=end, fix=fix)
    raw = whole or with_number(text)
    times = whole.split("..") if whole else [text]
    if all(moment_us(one) is not None for one in times):
        sides = ("after", "before") if whole else ("before",) if raw.startswith("<") else ("after",)
        put = " ".join(f"{side}:{bare_time(one)}" for side, one in zip(sides, times, strict=True))
        words = f"Numbers are compared here. For the time of an event write {shown(put)}."
        raise FilterError(at, title, words, end=end, fix=Fix(start, value_at + len(raw), put))
    words = f"Write a number, as in {field}:>1000 or {field}:10..20, or put the text in quotes."
    raise FilterError(at, title, words, end=end, fix=Fix(value_at, value_at + len(raw), quoted(raw)))


def text_value(field: str, parts: list[str], start: int) -> Node:
    """A value of texts with stars between them."""
    return Equal(field, parts[0], start) if len(parts) == 1 else Like(field, tuple(parts), start)
