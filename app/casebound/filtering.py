"""The filter language: what a person types into the filter box, as a tree.

::

    account_id:acc_17 -country:DE                both, and not
    status_code:429 OR status_code:403           either; (…) groups
    "unusual token"  agent:"curl/8.1 (x)"        exact text; a bare word is looked for in every column, in either case
    endpoint:/v1/*   note:""   note:*            begins with; is empty; is not empty
    output_tokens:>1000   tokens:10..20          numbers, ends included
    agent:~python-\\d  ~"two words"               a pattern (RE2), in either case, anywhere in the text
    after:2026-08-01 before:2026-08-02T12:00     times, UTC unless they say otherwise; from and up to
    source:S-02 table:requests                   where the row came from
    tag:pool-a has:note in:F-02                  people's work: has note, tag, bookmark, attachment, exhibit or mark
"""

from __future__ import annotations

import difflib
import re

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
from casebound.moments import Moment, Reading, read, settle
from casebound.zones import find_zone

HAS = ("note", "tag", "bookmark", "attachment", "exhibit", "mark")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_FINDING = re.compile(r"[Ff]-?0*(\d{1,6})", re.ASCII)
WORDS = ("after", "before", "tag", "has", "in", "or", "and", "not")
_PLAIN = re.compile(r"[^\W][\w.@/+-]*")
_PLAIN_VALUE = re.compile(r"[\w/@+.-][\w.@/+:%=&;#-]*")
_DEEPEST = 50
_SPACE = "Put a space between two terms."


def term(field: str, value: str, *, exclude: bool = False) -> str:
    """The condition that a field is exactly this value ("" is empty), quoted where it must be; or that it is not."""
    return f"{'-' if exclude else ''}{_written_name(field)}:{_written_value(value)}"


def with_term(where: str, added: str) -> str:
    """A filter with one more condition. Raises `FilterError` where `where` cannot be understood."""
    root = parse(where).root
    if root is None:
        return added
    if added in where.split():
        return where
    return f"({where.strip()}) {added}" if isinstance(root, Either) else f"{where.strip()} {added}"


def _written_name(name: str) -> str:
    return name if _PLAIN.fullmatch(name) and name.lower() not in WORDS else quoted(name)


def _written_value(value: str) -> str:
    return value if _PLAIN_VALUE.fullmatch(value) and ".." not in value else quoted(value)


def quoted(text: str) -> str:
    """The text as the language quotes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def parse(text: str) -> Filter:
    """Understand a filter. Raises `FilterError`. Whether its fields exist is seen when it is used."""
    return Filter(text, _Parser(text).filter())


class _Parser:
    def __init__(self, text: str) -> None:
        self._text, self._at, self._depth = text, 0, 0

    def filter(self) -> Node | None:
        self._space()
        if self._at == len(self._text):
            return None
        node = self._either()
        if self._at < len(self._text):
            raise FilterError(
                self._at, "This parenthesis closes nothing.", "Leave it out, or put text with parentheses in quotes."
            )
        return node

    def _space(self) -> None:
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1

    def _keyword(self, word: str) -> bool:
        end = self._at + len(word)
        if self._text[self._at : end] == word and (
            end == len(self._text) or self._text[end].isspace() or self._text[end] in "()"
        ):
            self._at = end
            self._space()
            return True
        return False

    def _either(self) -> Node:
        parts = [self._every()]
        while (start := self._at) < len(self._text) and self._keyword("OR"):
            if self._at == len(self._text) or self._text[self._at] == ")":
                raise FilterError(start, "Nothing stands after OR.", "Write what else may match, or leave OR out.")
            parts.append(self._every())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _every(self) -> Node:
        parts: list[Node] = []
        while self._at < len(self._text) and self._text[self._at] != ")":
            start = self._at
            if self._keyword("OR"):
                if not parts:
                    raise FilterError(
                        start, "Nothing stands before OR.", 'To look for the word itself, put it in quotes: "OR".'
                    )
                self._at = start
                break
            if self._keyword("AND"):
                if not parts or self._at == len(self._text) or self._text[self._at] == ")":
                    raise FilterError(
                        start, "AND needs something on both sides.", "Leave it out: terms side by side must all match."
                    )
                continue
            parts.append(self._one())
            self._space()
        if not parts:
            raise FilterError(
                self._at, "There is nothing between the parentheses.", "Write a term in them, or leave them out."
            )
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _one(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise FilterError(self._at, "The filter is nested too deeply.", "Use fewer parentheses.")
        try:
            start = self._at
            if self._text[start] == "-":
                self._at += 1
                if self._at == len(self._text) or self._text[self._at].isspace() or self._text[self._at] == ")":
                    raise FilterError(
                        start, "Nothing stands after the minus sign.", "Write what must not match right after it."
                    )
                return Not(self._one())
            if self._text[start] == "(":
                self._at += 1
                self._space()
                node = self._either()
                if self._at == len(self._text):
                    raise FilterError(start, "This parenthesis is never closed.", "Add ) where the group ends.")
                self._at += 1
                return node
            return self._term()
        finally:
            self._depth -= 1

    def _quoted(self) -> str:
        start, found = self._at, []
        self._at += 1
        while self._at < len(self._text):
            character = self._text[self._at]
            if character == "\\" and self._text[self._at + 1 : self._at + 2] in ('"', "\\"):
                found.append(self._text[self._at + 1])
                self._at += 2
                continue
            self._at += 1
            if character == '"':
                return "".join(found)
            found.append(character)
        raise FilterError(start, "This quotation mark is never closed.", 'Add " where the text ends.')

    def _bare(self, stops: str) -> str:
        start = self._at
        while self._at < len(self._text) and not self._text[self._at].isspace() and self._text[self._at] not in stops:
            self._at += 1
        return self._text[start : self._at]

    def _term(self) -> Node:
        start = self._at
        if self._text[start] == "~":
            self._at += 1
            return self._pattern("", start)
        quoted = self._text[start] == '"'
        name = self._quoted() if quoted else self._bare(':)"')
        if self._at < len(self._text) and self._text[self._at] == ":":
            if not name:
                raise FilterError(
                    start,
                    "A field's name is missing before the colon.",
                    "Write field:value, or put the text in quotes.",
                )
            self._at += 1
            return self._value(name, start)
        if quoted:
            if not name:
                raise FilterError(start, "There is nothing between the quotation marks.", "Write the text to look for.")
            if self._at < len(self._text) and not self._text[self._at].isspace() and self._text[self._at] != ")":
                raise FilterError(self._at, "Text follows the closing quotation mark.", _SPACE)
            return Word(name, start)
        if self._at < len(self._text) and self._text[self._at] == '"':
            raise FilterError(
                self._at,
                "A quotation mark stands inside a word.",
                'Put the whole text in quotes and write \\" for the mark.',
            )
        return Word(name, start)

    def _value(self, field: str, start: int) -> Node:
        at = self._at
        if at == len(self._text) or self._text[at].isspace() or self._text[at] == ")":
            raise FilterError(
                at, f"“{field}:” says nothing to look for.", f'Write {field}:value, or {field}:"" for empty.'
            )
        if self._text[at] == "~":
            self._at += 1
            return self._pattern(field, start)
        quoted = self._text[at] == '"'
        value = self._quoted() if quoted else self._bare(")")
        if self._at < len(self._text) and not self._text[self._at].isspace() and self._text[self._at] != ")":
            raise FilterError(self._at, "Text follows the closing quotation mark.", _SPACE)
        special = _special(field.lower(), value, start, at)
        if special is not None:
            return special
        if quoted:
            return Equal(field, value, start)
        if value[0] in "<>":
            operator = value[:2] if value[1:2] == "=" else value[0]
            return Number(field, operator, _number(value[len(operator) :], field, at + len(operator)), start)
        if ".." in value:
            low, _, high = value.partition("..")
            parts = [
                Number(field, operator, _number(part, field, place), start)
                for operator, part, place in ((">=", low, at), ("<=", high, at + len(low) + 2))
            ]
            return Every(tuple(parts))
        if "*" in value:
            return Like(field, value, start)
        return Equal(field, value, start)

    def _pattern(self, field: str, start: int) -> Node:
        at = self._at
        if at == len(self._text) or self._text[at].isspace():
            raise FilterError(at, "No pattern stands after the tilde.", "Write it right after: agent:~python.")
        pattern = self._quoted() if self._text[at] == '"' else self._bare("")
        # A closing parenthesis belongs to the pattern where it closes one of the pattern's own.
        while self._text[at] != '"' and pattern.endswith(")") and pattern.count("(") < pattern.count(")"):
            pattern, self._at = pattern[:-1], self._at - 1
        problem = _pattern_problem(pattern)
        if problem:
            raise FilterError(
                at,
                f"The pattern cannot be read: {problem}.",
                "Put a backslash before signs that are meant as they are.",
            )
        return Pattern(field, pattern, start)


def _special(field: str, value: str, start: int, at: int) -> Node | None:
    """Terms whose field is a word of the language."""
    if field in ("after", "before"):
        return Instant(field == "after", _instant(value, at), start)
    if field == "tag":
        if not value:
            raise FilterError(at, "The tag is missing.", "Write tag:name.")
        return Marked("tag", value, start)
    if field == "has":
        if value.lower() not in HAS:
            near = difflib.get_close_matches(value.lower(), HAS, 1)
            words = f"Did you mean has:{near[0]}?" if near else f"Use one of {', '.join(HAS)}."
            raise FilterError(at, f"Nothing is known of “has:{value}”.", words)
        return Marked("has", value.lower(), start)
    if field == "in":
        match = _FINDING.fullmatch(value)
        if match is None:
            raise FilterError(at, f"“{value}” is not the number of a finding.", "Write it as in:F-02.")
        return Marked("in", f"F-{int(match[1]):02d}", start)
    return None


def _instant(value: str, at: int) -> int:
    found = read(value)
    moment = settle(found, find_zone("UTC"), "") if isinstance(found, Reading) else found
    if isinstance(moment, Moment):
        return moment.time_us
    raise FilterError(
        at, f"“{value}” is not a time that can be read one way only.", "Write it as 2026-08-01 or 2026-08-01T12:30."
    )


def _number(text: str, field: str, at: int) -> str:
    if not _NUMBER.fullmatch(text) or len(text) > 28:
        words = f'Write a number, as in {field}:>1000 or {field}:10..20; put text with signs in quotes: {field}:"…".'
        raise FilterError(at, f"“{text}” is not a number." if text else "A number is missing.", words)
    return text


def _pattern_problem(pattern: str) -> str:
    import duckdb

    try:
        with duckdb.connect(":memory:") as connection:
            connection.execute("SELECT regexp_matches('', ?)", [pattern]).fetchall()
    except duckdb.Error as error:
        return str(error).split("\n")[0].partition(": ")[2] or "it is not a pattern"
    return ""


__all__ = ["Filter", "FilterError", "parse"]
