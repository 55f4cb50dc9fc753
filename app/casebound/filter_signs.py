"""Signs that come from other languages and from documents: what was meant by them, said where they stand."""

from __future__ import annotations

import re

from casebound.filter_tree import FilterError, Fix

BROKEN = re.compile("[\ud800-\udfff]")
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
CURLY = "“”„‟″«»"
_DASHES = "−–—‐‑"
_ALONE = re.compile(r"(==?|!=|<>|<=|>=|<|>|&&?|\|\|?|!)(?=[\s()]|$)")
_NOT = re.compile(r"!(?=\(|[\w.-]+:)")
_NAME = re.compile(r"[\w.-]+")
_SINGLE_END = re.compile(r"'(?=[\s)]|$)")
_LOWER = re.compile(r"(or|and|not)(?=[\s()]|$)", re.IGNORECASE)
_QUOTE_IT = "To look for the sign itself, put it in quotes."


def check_text(text: str) -> None:
    """Raise `FilterError` for half a character, which no text can hold."""
    if found := BROKEN.search(text):
        at = found.start()
        raise FilterError(at, "This is half a character.", "Leave it out.", fix=Fix(at, at + 1, ""))


def check_unseen(text: str, start: int, end: int) -> None:
    """Raise `FilterError` for a character outside of quotes that is not seen."""
    if found := UNSEEN.search(text, start, end):
        at = found.start()
        title = f"A character that is not seen stands here: U+{ord(found[0]):04X}."
        raise FilterError(
            at, title, "Leave it out, or put the text in quotes if it belongs to it.", fix=Fix(at, at + 1, "")
        )


def check_curly(text: str, at: int) -> None:
    """Raise `FilterError` where a text in the quotation marks of a document begins."""
    if text[at] not in CURLY:
        return
    match = re.compile(f'[{CURLY}"]').search(text, at + 1)
    end = match.end() if match else at + 1
    inside = text[at + 1 : match.start()] if match else ""
    fix = Fix(at, end, '"' + inside.replace("\\", "\\\\") + '"') if match and inside else None
    raise FilterError(
        at, f"“{text[at]}” is a quotation mark of documents.", 'Write the straight one: "', end=end, fix=fix
    )


class Signs:
    """Looks at the beginning of a term of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._last_single: int | None = None

    def check(self, at: int, before: int | None) -> None:
        """Raise `FilterError` where what stands at `at` is a sign of another language. `before` is where the term
        before it begins, None without one."""
        check_curly(self._text, at)
        self.check_single(at)
        self._check_dash(at)
        if _NOT.match(self._text, at):
            raise FilterError(at, "“!” is not the sign for not.", "Write - instead.", fix=Fix(at, at + 1, "-"))
        self._check_alone(at, before)
        self._check_word(at, before)

    def check_single(self, at: int) -> None:
        """Raise `FilterError` where a text in single quotation marks begins."""
        text = self._text
        if text[at] not in "'‘’‚":
            return
        if text[at] != "'":
            match = re.compile("[’‘']").search(text, at + 1)
        else:
            if self._last_single is None:
                self._last_single = max((found.start() for found in _SINGLE_END.finditer(text)), default=-1)
            match = _SINGLE_END.search(text, at + 1) if at < self._last_single else None
        if match is None or match.start() == at + 1:
            return
        inside = text[at + 1 : match.start()]
        fix = Fix(at, match.end(), '"' + inside.replace("\\", "\\\\").replace('"', '\\"') + '"')
        title = "Text is put in double quotation marks."
        raise FilterError(at, title, f"Write {fix.text[:60]}", end=match.end(), fix=fix)

    def _check_dash(self, at: int) -> None:
        text = self._text
        following = text[at + 1 : at + 2]
        if text[at] in _DASHES and (following.isalnum() or following in ('"', "(")) and following:
            title = f"“{text[at]}” is a dash of documents."
            raise FilterError(at, title, "Write the minus sign of the keyboard: -", fix=Fix(at, at + 1, "-"))

    def _check_alone(self, at: int, before: int | None) -> None:
        found = _ALONE.match(self._text, at)
        if found is None:
            return
        sign, end = found[0], found.end()
        following = end
        while following < len(self._text) and self._text[following].isspace():
            following += 1
        rest = following < len(self._text) and self._text[following] not in "()"
        if sign.startswith(("|", "&")):
            word = "OR" if sign[0] == "|" else "AND"
            fix = Fix(at, end, word) if rest and before is not None else None
            raise FilterError(at, f"“{sign}” is not a word of filters.", f"Write {word}.", end=end, fix=fix)
        if sign == "!":
            fix = Fix(at, following, "-") if rest else None
            raise FilterError(at, "“!” is not the sign for not.", "Write - instead.", end=end, fix=fix)
        fix = None
        name = self._text[before:at].rstrip() if before is not None else ""
        if before is not None and rest and _NAME.fullmatch(name):
            put = {"=": ":", "==": ":"}.get(sign, f":{sign}")
            if sign in ("!=", "<>"):
                fix = Fix(before, following, f"-{name}:")
            else:
                fix = Fix(before + len(name), following, put)
        words = "Write field:value without blanks, as in status:200 or tokens:>1000. " + _QUOTE_IT
        raise FilterError(at, f"“{sign}” stands alone.", words, end=end, fix=fix)

    def _check_word(self, at: int, before: int | None) -> None:
        """or, and, not in small letters between terms: read as words to look for, they would hide what was meant."""
        found = _LOWER.match(self._text, at)
        if found is None or found[0].isupper():
            return
        word, end = found[0], found.end()
        following = end
        while following < len(self._text) and self._text[following].isspace():
            following += 1
        if following == len(self._text) or self._text[following] == ")":
            return
        if word.lower() == "not":
            fix = Fix(at, following, "-")
            raise FilterError(
                at, f"“{word}” is not the sign for not.", f'Write -, or "{word}" for the word itself.', end=end, fix=fix
            )
        if before is None:
            return
        upper = word.upper()
        title = f"“{word}” is written in capitals between two terms."
        raise FilterError(
            at, title, f'Write {upper}, or "{word}" for the word itself.', end=end, fix=Fix(at, end, upper)
        )
