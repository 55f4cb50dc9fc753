"""A fingerprint as words, to be compared over the telephone.

A word stands for 11 bits, in the English list of BIP 39 (words.txt, 2,048 words unlike in their first four letters; MIT
licence, see words-licence.txt). Six words, 66 bits, are enough to compare a key with the one that was announced. A
checkpoint takes twelve, 132 bits, because whoever rewrites a record can try as many records as they like.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

WORDS: Final = 6
_BITS: Final = 11
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


def spoken(fingerprint: str, words: int = WORDS) -> str:
    """The first words of a SHA-256 fingerprint (64 hex digits; colons, spaces and upper case do not matter).

    Raises `ValueError` for anything else.
    """
    digits = re.sub(r"[\s:]", "", fingerprint).lower()
    if _FINGERPRINT.fullmatch(digits) is None:
        raise ValueError("a fingerprint has 64 hexadecimal digits")
    bits = int(digits, 16) >> (256 - words * _BITS)
    known = _words()
    return " ".join(known[bits >> (_BITS * place) & (2**_BITS - 1)] for place in reversed(range(words)))


def first_bits(text: str) -> int:
    """The bits that words stand for. Raises `ValueError` that names a word which is not in the list."""
    bits = 0
    places = _places()
    for word in text.split():
        if word not in places:
            raise ValueError(f"“{word[:40]}” is none of the words")
        bits = bits << _BITS | places[word]
    return bits


@cache
def _words() -> tuple[str, ...]:
    return tuple((files("casebound_packaging") / "words.txt").read_text("ascii").split())


@cache
def _places() -> dict[str, int]:
    return {word: place for place, word in enumerate(_words())}
