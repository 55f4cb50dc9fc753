"""Whether typed words are meant by a text: the beginning of a word, a part of it, or its letters in order."""

from __future__ import annotations

import re
from collections.abc import Sequence

BEGINS, WITHIN, LETTERS = 4, 2, 1
_WORD = re.compile(r"[^\W_]+")
LONG = 2_000  # characters of a text that are looked at


def typed_words(text: str) -> list[str]:
    """What a person typed, as words in lower case; at most twelve."""
    return text.lower().split()[:12]


def score(words: Sequence[str], text: str) -> int:
    """How well `text` has every word of `words`: 0 where one is missing, more where words begin what stands there."""
    whole = text[:LONG].lower()
    inside = _WORD.findall(whole)
    total = 1
    for word in words:
        if any(one.startswith(word) for one in inside):
            total += BEGINS
        elif word in whole:
            total += WITHIN
        elif len(word) > 2 and any(_in_order(word, one) for one in inside):
            total += LETTERS
        else:
            return 0
    return total


def _in_order(word: str, text: str) -> bool:
    """Whether `word` has letters of `text` in their order, from its first on: “expt” is in “export”."""
    if not text.startswith(word[0]) or len(text) > 3 * len(word):
        return False
    letters = iter(text)
    return all(letter in letters for letter in word)
