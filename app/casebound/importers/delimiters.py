"""Which characters separate and enclose the values of a text, with the evidence for it.

A delimiter as it is kept in a mapping is one character, or two where values are enclosed by something else than the
double quote: `,'` is a comma with single quotes, U+0014 and þ are the Concordance load file, and a line feed as the
second one says that nothing encloses values. A line feed alone stands for text whose lines are one value each.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from casebound.errors import BadRequest
from casebound.importers.records import PLAIN_QUOTE, Dialect, Record, next_record

LINES = "\n"
_NOTHING = "\n"
_TABLES = (".csv", ".tsv", ".tab", ".psv")
_USUAL = (",", ";", "\t", "|")
_RARE = ("^", "~", "\x1f", "\x01", "\x14")
"""Looked for only where none of the usual ones gives a table."""
_NAMES = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "pipe",
    "^": "caret",
    "~": "tilde",
    ":": "colon",
    " ": "space",
    "\x1f": "unit separator (U+001F)",
    "\x01": "control character U+0001",
    "\x14": "control character U+0014",
}
OFFERED = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "pipe",
    ":": "colon",
    "^": "caret",
    "~": "tilde",
    " ": "space",
    "\x1f": "unit separator (U+001F)",
    "\x01": "control character U+0001",
    ",'": "comma, values in single quotes",
    ",\n": "comma, quotes are letters",
    "\t\n": "tab, quotes are letters",
    "\x14þ": "Concordance load file (U+0014, þ)",
    "\n": "none: each line is one value",
}
"""What a person is offered, with its name."""
_SPOKEN = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "colon": ":", "space": " "} | {
    "caret": "^",
    "tilde": "~",
    "concordance": "\x14þ",
    "lines": LINES,
}
_PLAIN = " plain"  # behind a delimiter: nothing encloses values
_CODE = re.compile(r"(?:U\+|\\x|\\u)([0-9A-Fa-f]{2,4})")
_SEP_LINE = re.compile(rb'"?sep=([^\r\n])"?\r?(?:\n|\Z)', re.IGNORECASE)
_CLEAR = 0.9
_SEEN = 200  # records that are looked at
_ENOUGH_QUOTED = 3


@dataclass(frozen=True, slots=True)
class Delimiting:
    """A delimiter as a mapping keeps it, one sentence of evidence, and whether line 1 only says what it is."""

    delimiter: str
    evidence: str
    sep_line: bool = False


def dialect_of(delimiter: str, terminator: bytes = b"\n") -> Dialect:
    """The dialect that a mapping's delimiter stands for, of a text in UTF-8."""
    if delimiter == LINES or delimiter[1:] == _NOTHING:
        return Dialect(delimiter[:1].encode(), terminator, quote=b"")
    return Dialect(delimiter[:1].encode() or b",", terminator, quote=delimiter[1:].encode() or PLAIN_QUOTE)


def delimiting(sample: bytes, whole: bool, dialect: Dialect, name: str, chosen: str = "") -> Delimiting:
    """Judge by the first records of `sample`; `chosen` by a person goes before all. Raises `BadRequest`."""
    sep = sep_line(sample)
    if chosen:
        delimiter = _spoken(chosen)
        return Delimiting(delimiter, f"The {words_of(delimiter)} was chosen as the delimiter.", bool(sep))
    if sep:
        words = f"Line 1, “sep={_shown(sep)}”, says that the {words_of(sep)} is the delimiter; it is not a row."
        return Delimiting(sep, words, True)
    if _concordance(sample):
        words = "Values stand between þ and are separated by U+0014, as in a Concordance load file."
        return Delimiting("\x14þ", words)
    preferred = {".tsv": "\t", ".tab": "\t", ".psv": "|"}.get(Path(name).suffix.lower(), ",")
    best, score = preferred, (0.0, 0)
    for delimiter in sorted(_USUAL, key=lambda candidate: candidate != preferred):
        if (rank := _rank(sample, whole, dialect, delimiter)) > score:
            best, score = delimiter, rank
    if score[0] <= 1.0:
        for delimiter in _RARE:
            rank = _rank(sample, whole, dialect, delimiter)
            if rank[0] >= 1.0 + _CLEAR and rank > score:
                best, score = delimiter, rank
    if score[0] <= 1.0:
        if Path(name).suffix.lower() not in _TABLES:
            return Delimiting(LINES, "No delimiter gives a table: each line is one value, as it stands.")
        return Delimiting(
            preferred, f"No delimiter was found: each line is one value, unless it holds a {words_of(preferred)}."
        )
    words = f"The {words_of(best)} gives the same number of values, {score[1]}, in most of the first lines."
    quoted, said = _single_quotes(sample, whole, dialect, best)
    return Delimiting(best + quoted, words + said)


def sep_line(sample: bytes) -> str:
    """The delimiter that a first line such as `sep=;` names for Excel, or ""."""
    match = _SEP_LINE.match(sample)
    found = match[1].decode("ascii", "replace") if match else ""
    return found if found.isascii() and found != '"' else ""


def records_of(sample: bytes, whole: bool, dialect: Dialect, most: int = 500) -> list[tuple[int, Record]]:
    """Records with their first line, blank lines left out."""
    found: list[tuple[int, Record]] = []
    position, line = 0, 1
    while position < len(sample) and len(found) < most:
        record = next_record(sample, position, dialect, whole)
        if record is None:
            # The sample cuts this record; where it is the first one, judge by the part that is there.
            record = next_record(sample, position, dialect, True) if not found else None
            if record is None:
                break
        if record.end > record.start:
            found.append((line, record))
        line += sample.count(dialect.terminator, position, record.next)
        position = record.next
    return found


def _rank(sample: bytes, whole: bool, dialect: Dialect, delimiter: str) -> tuple[float, int]:
    """How well it gives a table, and with how many columns. 1.0 and more is a table."""
    records = records_of(sample, whole, Dialect(delimiter.encode(), dialect.terminator), _SEEN)
    widths = Counter(len(record.values) for _, record in records if record.values)
    if not widths:
        return 0.0, 0
    width, times = widths.most_common(1)[0]
    first = len(records[0][1].values or [])
    share = times / len(records)
    # A clear majority of equal widths beats more columns; the first line weighs most in short files.
    rank = (1.0 if share >= _CLEAR else share, max(width, first) if share >= _CLEAR or len(records) < 5 else width)
    return (rank[0] + 1.0, rank[1]) if width > 1 or (first > 1 and len(records) < 5) else rank


def _single_quotes(sample: bytes, whole: bool, dialect: Dialect, delimiter: str) -> tuple[str, str]:
    """A single quote where it plainly encloses values, else "", and what to say about it."""
    plain = records_of(sample, whole, dialect_of(delimiter, dialect.terminator), _SEEN)
    cells = [value for _, record in plain for value in record.values or [] if value and value.startswith("'")]
    if len(cells) < _ENOUGH_QUOTED or b'"' in sample:
        return "", ""
    quoted = records_of(sample, whole, dialect_of(delimiter + "'", dialect.terminator), _SEEN)
    widths = Counter(len(record.values) for _, record in quoted if record.values)
    if len(widths) == 1 and all(record.values for _, record in quoted) and len(quoted) > 1:
        return "'", " Values stand between single quotes."
    return "", " Single quotes around values are read as part of them."


def _concordance(sample: bytes) -> bool:
    """Whether the first line is þname þ with U+0014 between."""
    line, mark = sample.split(b"\n", 1)[0].rstrip(b"\r"), "þ".encode()
    return line.startswith(mark) and line.endswith(mark) and mark + b"\x14" + mark in line


def _spoken(chosen: str) -> str:
    """The delimiter that a person's word means. Raises `BadRequest`."""
    if chosen == LINES:
        return LINES
    if chosen.lower().endswith(_PLAIN) or (len(chosen) == 2 and chosen[1] == _NOTHING):
        return _spoken(chosen.removesuffix(_NOTHING).removesuffix(_PLAIN))[:1] + _NOTHING
    text = _SPOKEN.get(chosen.lower(), chosen)
    if text == LINES:
        return LINES
    text = _CODE.sub(lambda match: chr(int(match[1], 16)), text) if len(text) > 2 else text
    delimiter, quote = text[:1], text[1:]
    fits = delimiter.isascii() and delimiter not in "\"'\r\n\0" and len(quote) < 2 and quote not in ("\r", "\n", "\0")
    if not text or not fits or quote == delimiter or (quote.isascii() and quote.isalnum()):
        raise BadRequest(
            f"“{chosen}” cannot be a delimiter.",
            "Use one character, such as ; or “tab”. A second one says what encloses values where it is not the double "
            "quote; “tab plain” that nothing does; “lines” that each line is one value.",
        )
    return delimiter if quote == '"' else text


def words_of(delimiter: str) -> str:
    """A delimiter in words."""
    if delimiter == LINES:
        return "end of each line"
    if delimiter[1:] == _NOTHING:
        return f"{words_of(delimiter[:1])} (with nothing to enclose values)"
    name = _NAMES.get(delimiter[:1], f"character {_shown(delimiter[:1])}")
    return f"{name}, with values between {delimiter[1:]}," if delimiter[1:] else name


def _shown(text: str) -> str:
    return text if text.isprintable() else f"U+{ord(text):04X}"
