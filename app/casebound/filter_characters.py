"""A text that is read from left to right: its words, its quotes, and values with stars between them."""

from __future__ import annotations

import re

from casebound.filter_signs import check_unseen
from casebound.filter_tree import FilterError, Fix
from casebound.filter_values import quoted

SPACE = re.compile(r"\s*")
BARE = re.compile(r'[^\s"()]+')
_PIECE = re.compile(r'[^\s"()*]+')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')


class Characters:
    """`at` is the place in `text` that comes next."""

    def __init__(self, text: str, at: int = 0) -> None:
        self.text, self.at = text, at

    def space(self) -> None:
        found = SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def ended(self) -> bool:
        return self.at == len(self.text) or self.text[self.at] == ")"

    def word_ended(self) -> bool:
        return self.ended() or self.text[self.at].isspace()

    def at_keyword(self, word: str, at: int | None = None) -> bool:
        start = self.at if at is None else at
        end = start + len(word)
        return self.text[start:end] == word and (
            end == len(self.text) or self.text[end].isspace() or self.text[end] in "()"
        )

    def keyword(self, word: str) -> bool:
        if not self.at_keyword(word):
            return False
        self.at += len(word)
        self.space()
        return True

    def bare_end(self, at: int, shape: re.Pattern[str] = BARE) -> int:
        """Where a word without quotes ends; parentheses that it opens and closes belong to it."""
        opened = 0
        while at < len(self.text):
            if found := shape.match(self.text, at):
                at = found.end()
            elif self.text[at] == "(":
                opened, at = opened + 1, at + 1
            elif self.text[at] == ")" and opened:
                opened, at = opened - 1, at + 1
            else:
                break
        return at

    def bare(self, shape: re.Pattern[str]) -> str:
        start = self.at
        self.at = self.bare_end(start, shape)
        check_unseen(self.text, start, self.at)
        return self.text[start : self.at]

    def quoted(self) -> str:
        start = self.at
        found = _QUOTED.match(self.text, start)
        if found is None:
            fix = Fix(len(self.text), len(self.text), '"')
            words = 'Add " where the text ends.'
            raise FilterError(start, "This quotation mark is never closed.", words, end=len(self.text), fix=fix)
        self.at = found.end()
        return _ESCAPED.sub(r"\1", found[1])

    def pieces(self, at: int) -> list[str]:
        """A value, in quotes or not, cut at the stars outside of quotes."""
        parts: list[list[str]] = [[]]
        opened, after_quote = 0, False
        while self.at < len(self.text):
            sign = self.text[self.at]
            if sign.isspace() or (sign == ")" and not opened):
                break
            if sign == '"':
                if self.at > at and self.text[self.at - 1] != "*":
                    if after_quote:
                        self.check_quote_ended()
                    raise self.mark_inside(at)
                parts[-1].append(self.quoted())
                after_quote = True
            elif sign == "*":
                parts.append([])
                self.at, after_quote = self.at + 1, False
            elif after_quote:
                self.check_quote_ended()
                break
            else:
                start = self.at
                found = _PIECE.match(self.text, start)
                self.at = found.end() if found else start + 1
                opened += (sign == "(") - (sign == ")")
                check_unseen(self.text, start, self.at)
                parts[-1].append(self.text[start : self.at])
        return ["".join(part) for part in parts]

    def check_quote_ended(self) -> None:
        if not self.word_ended():
            words = "Put a space between two terms."
            fix = Fix(self.at, self.at, " ")
            raise FilterError(self.at, "Text follows the closing quotation mark.", words, fix=fix)

    def mark_inside(self, start: int) -> FilterError:
        at = self.text.index('"', start)
        end = self.bare_end(start, re.compile(r"[^\s()]+"))
        words = 'Put the whole text in quotes and write \\" for the mark.'
        whole = self.text.count('"', start, end) % 2 == 0  # else a quote goes on behind a blank
        fix = Fix(start, end, quoted(self.text[start:end])) if whole else None
        return FilterError(at, "A quotation mark stands inside a word.", words, fix=fix)
