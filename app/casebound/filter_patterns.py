"""What is wrong with a pattern (RE2), in words, and where in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from casebound.filter_tree import Fix

OPTIONS = "is"  # either case; a dot is any character, the end of a line too
_MEANT = "Put a backslash before a sign that is meant as it is."


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps a pattern from being read: from `start` up to `end` of it; `fix` is in the pattern's own places."""

    start: int
    end: int
    problem: str
    suggestion: str
    fix: Fix | None = None


def trouble(patterns: Sequence[str]) -> tuple[int, Trouble] | None:
    """The first of the patterns that cannot be used, and why; None where all of them can."""
    asked = tuple(dict.fromkeys(patterns))
    if not asked or not _refused(asked):
        return None
    good, bad = 0, len(asked)  # the first `good` are fine together, the first `bad` are not
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (good, middle) if _refused(asked[:middle]) else (middle, bad)
    pattern = asked[good]
    return patterns.index(pattern), _in_words(pattern, _refused((pattern,)))


@lru_cache(maxsize=256)
def _refused(patterns: tuple[str, ...]) -> str:
    """What the engine says of the first pattern that it cannot read; "" where it reads all."""
    import duckdb

    try:
        with duckdb.connect(":memory:") as connection:
            sql = f"SELECT max(regexp_matches('', p, '{OPTIONS}')) FROM (SELECT unnest(?) AS p)"  # noqa: S608
            connection.execute(sql, [list(patterns)]).fetchall()
    except duckdb.Error as error:
        return str(error).split("\n")[0].partition(": ")[2] or "not a pattern"
    return ""


def _in_words(pattern: str, said: str) -> Trouble:
    kind, _, part = said.partition(": ")
    start = pattern.find(part) if part and part != pattern else 0
    if kind == "missing )":
        return _unclosed(pattern)
    if start < 0 or not part:
        return Trouble(0, len(pattern), f"The pattern cannot be read: {said[:80]}.", _MEANT)
    end = start + len(part)
    escaped = Fix(start, start, "\\")
    match kind:
        case "missing ]":
            return Trouble(start, start + 1, "The bracket [ is never closed in the pattern.", _MEANT, escaped)
        case "unexpected )":
            start = _unopened(pattern)
            fix = Fix(start, start, "\\")
            return Trouble(start, start + 1, "The parenthesis ) closes nothing in the pattern.", _MEANT, fix)
        case "no argument for repetition operator":
            hint = "Anything is .* in a pattern." if part == "*" else _MEANT
            fix = Fix(start, end, ".*") if part == "*" else escaped
            return Trouble(start, end, f"Nothing stands before “{part}” in the pattern to repeat.", hint, fix)
        case "bad repetition operator":
            simple = Fix(start, end, part[0]) if set(part) <= set("*+?") else None
            return Trouble(start, end, f"“{part}” repeats what is repeated already.", "Repeat it once.", simple)
        case "invalid repetition size":
            return Trouble(start, end, f"“{part}” repeats too often.", "Up to 1,000 times can be asked for.")
        case "invalid perl operator":
            hint = "Say it with two terms: one that must match, and one with a minus sign that must not."
            return Trouble(start, end, f"“{part}” looks ahead or back, which patterns here cannot do.", hint)
        case "invalid escape sequence":
            if part[1:].isdigit():
                hint = "Write out what is to be found again."
                return Trouble(start, end, f"“{part}” refers back, which patterns here cannot do.", hint)
            hint = "Leave the backslash out, or write two for a real one."
            return Trouble(start, end, f"“{part}” means nothing in a pattern.", hint, Fix(start, end, part[1:]))
        case "invalid character class range":
            low, dash, high = part.partition("-")
            swap = Fix(start, end, f"{high}-{low}") if dash and len(low) == len(high) == 1 and high < low else None
            hint = "Write the first one first, as in a-z." if swap else _MEANT
            return Trouble(start, end, f"“{part}” is no range of signs.", hint, swap)
    return Trouble(start, end, f"The pattern cannot be read: {said[:80]}.", _MEANT)


def _groups(pattern: str) -> tuple[list[int], list[int]]:
    """Where parentheses open that nothing closes, and close that nothing opened."""
    opened: list[int] = []
    wrong: list[int] = []
    bracket = -1  # where the signs of a [ ] begin that has not ended
    at = 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            at += 1
        elif bracket >= 0:
            named = sign == "[" and pattern[at + 1 : at + 2] == ":" and pattern.find(":]", at + 2, at + 12)
            if named and named > 0:
                at = named + 1
            elif sign == "]" and at > bracket:
                bracket = -1
        elif sign == "[":
            at += pattern[at + 1 : at + 2] == "^"
            bracket = at + 1
        elif sign == "(":
            opened.append(at)
        elif sign == ")" and opened:
            opened.pop()
        elif sign == ")":
            wrong.append(at)
        at += 1
    return opened, wrong


def _unopened(pattern: str) -> int:
    wrong = _groups(pattern)[1]
    return wrong[0] if wrong else max(pattern.rfind(")"), 0)


def _unclosed(pattern: str) -> Trouble:
    opened = _groups(pattern)[0]
    start = opened[-1] if opened else max(pattern.rfind("("), 0)
    fix = Fix(start, start, "\\")
    return Trouble(start, start + 1, "The parenthesis ( is never closed in the pattern.", _MEANT, fix)


def own_end(pattern: str) -> int:
    """Up to where a pattern without quotes goes that may stand in a group of the filter: a parenthesis at its end
    that closes nothing of its own belongs to the group."""
    wrong = set(_groups(pattern)[1])
    end = len(pattern)
    while end and end - 1 in wrong:
        end -= 1
    return end
