"""Cells of the CSV files in a package: RFC 4180, and guarded so that no spreadsheet runs what somebody wrote into a
field.

A cell that begins with `= + - @ TAB CR LF '` or a full-width twin of these and is not a plain decimal number gets one
`'`
before it; readers strip exactly one. NULL is an unquoted empty field, the empty string is `""`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

GUARD: Final = "'"
_DANGEROUS: Final = frozenset("=+-@\t\r\n'＝＋－＠＇")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
_QUOTED: Final = re.compile('[",\r\n]')


def guarded(text: str) -> str:
    """`text` as it is written, before quoting."""
    if text[:1] in _DANGEROUS and text and not _NUMBER.fullmatch(text):
        return GUARD + text
    return text


def cell(value: str | None) -> str:
    """One field of a line."""
    if value is None:
        return ""
    if not value:
        return '""'
    text = guarded(value)
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def line(values: Iterable[str | None]) -> bytes:
    """One record, with LF."""
    return (",".join(map(cell, values)) + "\n").encode("utf-8")
