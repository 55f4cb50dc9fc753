"""Rows of a sheet that are written as spreadsheet programs write most of them, read without building a tree.

The grammar is a narrow part of XML in which bytes and meaning are one: no comments, entities, CDATA, formulas or runs,
attributes in their usual order. A block that holds anything else is not plain, and is left to the XML parser.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_TEXT = r"[^<&\x00-\x08\x0b\x0c\r\x0e-\x1f]*+"
_START = r'<c(?: r="({0}[A-Z]{{1,3}}+)[0-9]{{1,7}}+")(?: s="({0}[0-9]{{1,6}}+)")?+(?: t="({0}[A-Za-z]{{1,9}}+)")?+'
_CONTENT = r'(?:/>|></c>|><v>({0}{1})</v></c>|><is><t(?: xml:space="preserve")?+>({0}{1})</t></is></c>)'
_ROW = re.compile(
    r'\s*+<row((?: [A-Za-z0-9:]++="[^"<&]*+")*+)(?:/>|>((?:'
    + _START.format("?:")
    + _CONTENT.format("?:", _TEXT)
    + r")*+)</row>)"
)
_CELL = re.compile(_START.format("") + _CONTENT.format("", _TEXT))
_ATTRIBUTE = re.compile(r' (r|hidden)="([^"]*+)"')


class PlainRow(NamedTuple):
    """A row: its attributes `r` and `hidden`, and its cells as (letters, style, type, value, inline text)."""

    number: str | None
    hidden: str
    cells: list[tuple[str, str, str, str, str]]


def plain_rows(block: bytes) -> list[PlainRow] | None:
    """The rows of a block; None where it holds anything that is not plain."""
    try:
        text = block.decode("utf-8")
    except UnicodeDecodeError:
        return None
    rows: list[PlainRow] = []
    place, end = 0, len(text.rstrip(" \t\r\n"))
    match, cells = _ROW.match, _CELL.findall
    while place < end:
        found = match(text, place)
        if found is None:
            return None
        pairs = _ATTRIBUTE.findall(found[1])
        named = dict(pairs)
        if len(named) != len(pairs):
            return None  # an attribute twice is no XML
        rows.append(PlainRow(named.get("r"), named.get("hidden", ""), cells(found[2]) if found[2] else []))
        place = found.end()
    return rows
