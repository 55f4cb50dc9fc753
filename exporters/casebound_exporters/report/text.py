"""Hostile text made printable: nothing runs as markup, nothing is drawn invisibly, and what no font has is named.

A text becomes runs of (font, characters). Characters that nobody could see, or that would change how others are read
(controls, bidi controls, zero-width, unassigned), and characters that no bundled font has are set as their code,
`U+202E`, in
the colour of the program's own words. More than two combining marks in a row are set as codes as well.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from casebound_exporters.report.fonts import CODE, Shelf

_MOST_MARKS: Final = 2
_INVISIBLE: Final = frozenset("\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5\u2800\u00ad")
_SPACES: Final = frozenset(" \u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u3000")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_UNAGREED: Final = frozenset({"Co", "Cn"})  # private or unassigned: whatever a font draws for them says nothing


def code_of(character: str) -> str:
    """`U+202E`."""
    return f"U+{ord(character):04X}"


def hidden(character: str) -> bool:
    """Whether a character is shown as its code because it cannot be seen or changes its neighbours."""
    if " " <= character <= "~":
        return False
    if character in _INVISIBLE or "\ufe00" <= character <= "\ufe0f":
        return True
    return unicodedata.category(character) in _HIDDEN


@dataclass(frozen=True, slots=True)
class Run:
    """Characters that are set in one font. `coded` runs are codes put in place of characters."""

    font: str
    text: str
    coded: bool = False


@dataclass(slots=True)
class Account:
    """What had to be replaced or shortened while a report was set; printed at its end."""

    hidden: int = 0
    missing: dict[str, int] = field(default_factory=dict)
    shortened: int = 0


@dataclass(slots=True)
class Typesetter:
    """Turns texts into runs, and keeps account of what could not be shown as it is."""

    shelf: Shelf
    account: Account = field(default_factory=Account)

    def runs(self, text: str, font: str, most: int = 400) -> list[Run]:
        """`text` as runs in `font` or its fallbacks; after `most` characters it is cut, and says so."""
        if text and len(text) <= most and self._plain(text, font):
            return [Run(font, text)]
        shown, made, width = 0, [], 0
        for run, units in self._pieces(text, font):
            if width + units > most:
                self.account.shortened += 1
                made.append(Run(font, f" … ({shown:,} of {len(text):,} characters shown)"))
                break
            width, shown = width + units, shown + 1
            if made and not run.coded and made[-1].font == run.font and not made[-1].coded:
                made[-1] = Run(run.font, made[-1].text + run.text)
            elif made and run.coded and made[-1].coded:
                made[-1] = Run(run.font, f"{made[-1].text} {run.text}", True)
            else:
                made.append(run)
        return made

    def _plain(self, text: str, font: str) -> bool:
        """Whether nothing in a text needs a closer look, as in nearly every name and number of a long table."""
        return text.isascii() and text.isprintable() and all(self.shelf.holder(font, one) == font for one in set(text))

    def _pieces(self, text: str, font: str) -> Iterator[tuple[Run, int]]:
        """One run for each character, and how much room it takes."""
        marks = 0
        for character in text:
            if character in _SPACES:
                marks = 0
                yield Run(font, character if character in " \u00a0" else " "), 1
            elif character == "\n":
                marks = 0
                yield Run(self.shelf.holder(font, "↵") or font, " ↵ "), 2
            elif character == "\t":
                marks = 0
                yield Run(self.shelf.holder(font, "⇥") or font, " ⇥ "), 2
            elif hidden(character):
                self.account.hidden += 1
                yield self._coded(character)
            else:
                marks = marks + 1 if unicodedata.combining(character) else 0
                holder = self._holder(font, character)
                if holder is None:
                    name = code_of(character)
                    self.account.missing[name] = self.account.missing.get(name, 0) + 1
                    yield self._coded(character)
                elif marks > _MOST_MARKS:
                    self.account.hidden += 1
                    yield self._coded(character)
                else:
                    yield Run(holder, character), 1

    def _holder(self, font: str, character: str) -> str | None:
        if unicodedata.category(character) in _UNAGREED:
            return None
        return self.shelf.holder(font, character)

    def _coded(self, character: str) -> tuple[Run, int]:
        name = code_of(character)
        return Run(CODE, name, True), len(name)
