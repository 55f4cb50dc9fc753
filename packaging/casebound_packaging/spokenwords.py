"""A fingerprint as six words, to be compared over the telephone.

The words are the first 66 bits of the fingerprint, 11 bits a word, in the English list of BIP 39 (words.txt, 2,048
words unlike in their first four letters; MIT licence, see words-licence.txt). 66 bits are enough to compare a key
with the one that was announced; they do not replace the whole fingerprint in writing.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

WORDS: Final = 6
_BITS: Final = 11
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


def spoken(fingerprint: str) -> str:
    """The six words of a SHA-256 fingerprint (64 hex digits; colons, spaces and upper case do not matter).

    Raises `ValueError` for anything else.
    """
    digits = re.sub(r"[\s:]", "", fingerprint).lower()
    if _FINGERPRINT.fullmatch(digits) is None:
        raise ValueError("a fingerprint has 64 hexadecimal digits")
    bits = int(digits, 16) >> (256 - WORDS * _BITS)
    words = _words()
    return " ".join(words[bits >> (_BITS * place) & (2**_BITS - 1)] for place in reversed(range(WORDS)))


@cache
def _words() -> tuple[str, ...]:
    return tuple((files("casebound_packaging") / "words.txt").read_text("ascii").split())
