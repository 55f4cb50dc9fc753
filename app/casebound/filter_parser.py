"""Reads a filter from left to right into a tree, in one pass, and says where it stumbles."""

from __future__ import annotations

import re
from dataclasses import dataclass

from casebound.filter_characters import BARE, SPACE, Characters
from casebound.filter_patterns import own_end, trouble
from casebound.filter_signs import Signs, check_curly, check_text, check_unseen
from casebound.filter_tree import Either, Equal, Every, Filter, FilterError, Fix, Node, Not, Pattern, Top, Word
from casebound.filter_values import SPECIAL, compared, instant, of_people, quoted, shown, text_value

DEEPEST = 50
_NAME = re.compile(r'[^\s:"()]+')
_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?(?=[\s)]|$)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d?-\d\d?", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Field:
    """What stands before a colon."""

    name: str
    kind: str  # the word of the language that it is, or ""
    start: int
    written: str


class Parser(Characters):
    """One reading of one text."""

    def __init__(self, text: str, at: int = 0) -> None:
        super().__init__(text, at)
        self._depth = 0
        self._signs = Signs(text)
        self._group: _Field | None = None  # whose values stand in the parentheses: field:(…)
        self._patterns: list[tuple[str, int, str]] = []  # pattern, its place, and the text it was written as
        self._ways = 0  # OR on the outermost level
        self._tops: list[Top] = []

    def filter(self) -> Filter:
        """The whole text. Raises `FilterError`."""
        try:
            check_text(self.text)
        except FilterError as error:
            raise error.of(self.text) from None
        self.space()
        if self.at == len(self.text):
            return Filter(self.text, None)
        try:
            node = self._either()
            if self.at < len(self.text):
                raise self._stray()
            self._check_patterns()
        except FilterError as error:
            raise self._grouped(error).of(self.text) from None
        end = len(self.text.rstrip())
        start = len(self.text) - len(self.text.lstrip())
        tops = (Top(node, start, end),) if self._ways else tuple(self._tops)
        return Filter(self.text, node, tops, bool(self._ways))

    def term_end(self) -> int:
        """Where the term that begins here ends."""
        self._term()
        return self.at

    # Groups

    def _either(self) -> Node:
        parts = [self._every()]
        while (start := self.at) < len(self.text) and self.keyword("OR"):
            if self.ended():
                raise FilterError(
                    start,
                    "Nothing stands after OR.",
                    "Write what else may match, or leave OR out.",
                    end=start + 2,
                    fix=Fix(len(self.text[:start].rstrip()), self.at, ""),
                )
            if not self._depth:
                self._ways += 1
            parts.append(self._every())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _every(self) -> Node:
        parts: list[Node] = []
        before: int | None = None
        while self.at < len(self.text) and self.text[self.at] != ")":
            start = self.at
            if self.keyword("OR"):
                if not parts:
                    words = 'To look for the word itself, put it in quotes: "OR".'
                    fix = Fix(start, self.at, "")
                    raise FilterError(start, "Nothing stands before OR.", words, end=start + 2, fix=fix)
                self.at = start
                break
            if self.keyword("AND"):
                if not parts or self.ended() or self.at_keyword("OR"):
                    words = "Leave it out: terms side by side must all match."
                    fix = Fix(start, self.at, "")
                    raise FilterError(start, "AND needs something on both sides.", words, end=start + 3, fix=fix)
                continue
            self._signs.check(start, before)
            node = self._one()
            self._check_together(parts, node, start)
            parts.append(node)
            if not self._depth:
                self._tops.append(Top(node, start, self.at))
            before = start
            self.space()
        if not parts and not self._depth:
            raise self._stray()
        if not parts:
            at = self.at
            words = "Write a term in them, or leave them out."
            raise FilterError(at, "There is nothing between the parentheses.", words)
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _one(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FilterError(self.at, "The filter is nested too deeply.", "Use fewer parentheses.")
        try:
            start = self.at
            if self.text[start] == "-":
                self.at += 1
                if self.ended() or self.text[self.at].isspace():
                    return self._nothing_to_negate(start)
                if self._group is not None and self.text[self.at].isdigit():
                    raise self._minus_or_not(start)
                return Not(self._one())
            if self.keyword("NOT"):
                if self.ended():
                    words = 'Write what must not match, or "NOT" for the word itself.'
                    raise FilterError(start, "Nothing stands after NOT.", words, end=start + 3)
                return Not(self._one())
            if self.text[start] == "(":
                return self._parentheses(start)
            return self._term()
        finally:
            self._depth -= 1

    def _parentheses(self, start: int) -> Node:
        self.at = start + 1
        self.space()
        node = self._either()
        if self.at == len(self.text):
            fix = Fix(len(self.text.rstrip()), len(self.text), ")")
            raise FilterError(start, "This parenthesis is never closed.", "Add ) where the group ends.", fix=fix)
        self.at += 1
        return node

    def _nothing_to_negate(self, start: int) -> Node:
        self.space()
        fix = None if self.ended() else Fix(start + 1, self.at, "")
        words = "Write what must not match right after it."
        raise FilterError(start, "Nothing stands after the minus sign.", words, fix=fix)

    def _minus_or_not(self, start: int) -> FilterError:
        number = self.bare(BARE)
        words = f'Write "-{shown(number)}" for the number, or NOT {shown(number)} for any other.'
        return FilterError(start, "This can be read in two ways.", words, end=self.at)

    def _check_together(self, parts: list[Node], node: Node, start: int) -> None:
        """In field:(a b) nothing could ever match."""
        if self._group is None or not parts or not isinstance(parts[-1], Equal) or not isinstance(node, Equal):
            return
        words = "Write OR between them; put a text with blanks in quotes."
        raise FilterError(start, "A field cannot be both.", words, end=self.at, fix=Fix(start, start, "OR "))

    # Terms

    def _term(self) -> Node:
        start = self.at
        if self._group is not None:
            return self._value(self._group)
        if self.text[start] == "~":
            self.at += 1
            return self._pattern("", start)
        in_quotes = self.text[start] == '"'
        name = self.quoted() if in_quotes else self.bare(_NAME)
        if self.at < len(self.text) and self.text[self.at] == ":":
            return self._named(name, start, in_quotes)
        if in_quotes:
            return self._quoted_word(name, start)
        if not self.word_ended():
            raise self.mark_inside(start)
        if "*" in name:
            raise self._star(name, start)
        return Word(name, start)

    def _named(self, name: str, start: int, in_quotes: bool) -> Node:
        written = self.text[start : self.at]
        if not name:
            title = "A field's name is missing before the colon."
            words = "Write field:value, or put the text in quotes."
            gap = len(self.text[:start].rstrip())
            joined = gap < start and self.text[gap - 1 : gap].isalnum()
            raise FilterError(start, title, words, fix=Fix(gap, start, "") if joined else None)
        self.at += 1
        # In quotes it is a column of the exports, whatever its name means otherwise.
        kind = name.lower() if name.lower() in SPECIAL and not in_quotes else ""
        field = _Field(name, kind, start, written)
        self._check_value_there(written, self.at)
        return self._of_field(field) if self.text[self.at] == "(" else self._value(field)

    def _check_value_there(self, written: str, at: int) -> None:
        if at < len(self.text) and not self.text[at].isspace() and self.text[at] != ")":
            return
        following = SPACE.match(self.text, at)
        end = following.end() if following else at
        value = end > at and end < len(self.text) and self.text[end] not in "()"
        name = shown(written)
        words = f'Write {name}:value, or {name}:"" for empty.'
        fix = Fix(at, end, "") if value and not self.at_keyword("OR", end) else None
        raise FilterError(at, f"“{name}:” says nothing to look for.", words, fix=fix)

    def _of_field(self, field: _Field) -> Node:
        """field:(a OR b): every value in the parentheses is one of this field."""
        self._group = field
        self._depth += 1
        node = self._parentheses(self.at)
        self._depth -= 1
        self._group = None
        if not self.word_ended():
            words = "Put a space between two terms."
            fix = Fix(self.at, self.at, " ")
            raise FilterError(self.at, "Text follows the closing parenthesis.", words, fix=fix)
        return node

    def _value(self, field: _Field) -> Node:
        at = self.at
        if self.text[at] == "~" and not field.kind:
            self.at += 1
            return self._pattern(field.name, field.start)
        if self.text[at] == "~":
            title = f"“{field.kind}:” takes no pattern."
            raise FilterError(at, title, "Leave the tilde out.", fix=Fix(at, at + 1, ""))
        check_curly(self.text, at)
        self._signs.check_single(at)
        timed = field.kind in ("after", "before")
        if timed or not field.kind:
            end = self.bare_end(at)
            if self.text[at] != '"' and self.text[end : end + 1] != '"':  # nothing of it is in quotes
                raw = self.text[at:end]
                check_unseen(self.text, at, end)
                self.at = end
                if timed:
                    return self._instant(field, raw, at)
                node = compared(field.name, raw, field.start, at, end, field.written)
                if node is not None:
                    return node
                self.at = at
        parts = self.pieces(at)
        if timed:
            return self._instant(field, "*".join(parts), at)
        if not field.kind:
            return text_value(field.name, parts, field.start)
        if len(parts) > 1:
            raise self._star_of_people(field.kind, at)
        return of_people(field.kind, parts[0], field.start, at, self.at)

    def _instant(self, field: _Field, value: str, at: int) -> Node:
        node = instant(field.kind, value, field.start, at, self.at)
        following = SPACE.match(self.text, self.at)
        clock = _CLOCK.match(self.text, following.end()) if following and _DAY.fullmatch(value) else None
        if clock:
            put = quoted(f"{value} {clock[0]}")
            raise FilterError(
                clock.start(),
                "The time of day stands apart from its date.",
                f"Put both in quotes: {field.kind}:{put}.",
                end=clock.end(),
                fix=Fix(at, clock.end(), put),
            )
        return node

    def _star_of_people(self, kind: str, at: int) -> FilterError:
        end = self.at
        if self.text[at:end] == "*":
            word = {"tag": "tag", "has": "mark", "in": "exhibit"}[kind]
            fix = Fix(at - len(kind) - 1, end, f"has:{word}") if self._group is None else None
            return FilterError(at, f"“{kind}:” takes a name.", f"Write has:{word} for any.", end=end, fix=fix)
        words = "Write the whole name; put it in quotes if the star belongs to it."
        fix = Fix(at, end, quoted(self.text[at:end])) if '"' not in self.text[at:end] else None
        return FilterError(at, f"“{kind}:” takes a name without stars.", words, end=end, fix=fix)

    def _pattern(self, field: str, start: int) -> Node:
        at = self.at
        if self.ended() or self.text[at].isspace():
            raise FilterError(at, "No pattern stands after the tilde.", "Write it right after: agent:~python.")
        check_curly(self.text, at)
        if self.text[at] == '"':
            pattern = self.quoted()
            if not pattern:
                raise FilterError(at, "There is nothing between the quotation marks.", "Write a pattern.", end=at + 2)
            self.check_quote_ended()
        else:
            found = re.compile(r"\S+").match(self.text, at)
            whole = found[0] if found else ""
            pattern = whole[: own_end(whole)]
            if not pattern:
                raise FilterError(at, "No pattern stands after the tilde.", "Write it right after: agent:~python.")
            check_unseen(self.text, at, at + len(pattern))
            self.at = at + len(pattern)
        self._patterns.append((pattern, at, self.text[at : self.at]))
        return Pattern(field, pattern, start)

    def _check_patterns(self) -> None:
        found = trouble([pattern for pattern, _, _ in self._patterns])
        if found is None:
            return
        at, written = self._patterns[found[0]][1:]
        wrong = found[1]
        if written[0] == '"' and "\\" in written:  # what is escaped in quotes stands elsewhere in the text
            raise FilterError(at, wrong.problem, wrong.suggestion, end=at + len(written))
        shift = at + (written[0] == '"')
        fix = wrong.fix
        moved = Fix(fix.start + shift, fix.end + shift, fix.text) if fix is not None else None
        if moved is not None and written[0] == '"':
            moved = Fix(moved.start, moved.end, moved.text.replace("\\", "\\\\"))
        raise FilterError(wrong.start + shift, wrong.problem, wrong.suggestion, end=wrong.end + shift, fix=moved)

    def _quoted_word(self, text: str, start: int) -> Node:
        if not text:
            words = "Write the text to look for."
            raise FilterError(start, "There is nothing between the quotation marks.", words, end=start + 2)
        if not self.word_ended() and self.text[self.at] == "*":
            fix = Fix(self.at, self.at + 1, "")
            words = "Leave it out: text is found inside of words too."
            raise FilterError(self.at, "A star stands for anything only after field:.", words, fix=fix)
        self.check_quote_ended()
        return Word(text, start)

    def _star(self, name: str, start: int) -> FilterError:
        at, end = start + name.index("*"), self.at
        title = "A star stands for anything only after field:."
        inner = name.strip("*")
        if not inner:
            words = "Leave it out: without a filter everything is shown."
            return FilterError(at, title, words, end=end, fix=Fix(start, end, ""))
        if "*" not in inner:
            words = "Leave it out: a word is found inside of longer ones too."
            return FilterError(at, title, words, fix=Fix(start, end, inner))
        pattern = ".*".join(re.escape(part) for part in inner.split("*"))
        words = f"Write the pattern ~{shown(pattern)}, or put the text in quotes for real stars."
        return FilterError(at, title, words, fix=Fix(start, end, f"~{pattern}"))

    def _stray(self) -> FilterError:
        fix = Fix(self.at, self.at + 1, "")
        words = "Leave it out, or put text with parentheses in quotes."
        return FilterError(self.at, "This parenthesis closes nothing.", words, fix=fix)

    def _grouped(self, error: FilterError) -> FilterError:
        """A fix of two terms behind a minus sign needs parentheses; one that reaches out of field:(…) is none."""
        fix = error.fix
        if fix is None:
            return error
        if self._group is not None and fix.start < self._group.start + len(self._group.written):
            error.fix = None
        elif " " in fix.text.split('"')[0] and self.text[fix.start - 1 : fix.start] == "-":
            error.fix = Fix(fix.start, fix.end, f"({fix.text})")
        return error
