"""The bundled fonts, registered with ReportLab, and which of them has a character.

Inter for text, IBM Plex Mono for digests and codes, DejaVu Sans and Droid Sans Fallback for other scripts. The last
is large
and is read only when a text needs it. Nothing is shaped: Arabic and Indic letters stand in the order in which they
are stored.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Final

from casebound_resources import resource

BODY: Final = "CB-Text"
MEDIUM: Final = "CB-Medium"
STRONG: Final = "CB-Strong"
MONO: Final = "CB-Mono"
CODE: Final = "CB-Mono"

_FILES: Final = {
    BODY: "Inter-Regular.ttf",
    MEDIUM: "Inter-Medium.ttf",
    STRONG: "Inter-SemiBold.ttf",
    MONO: "IBMPlexMono-Regular.ttf",
    "CB-Other": "DejaVuSans.ttf",
    "CB-OtherStrong": "DejaVuSans-Bold.ttf",
    "CB-East": "DroidSansFallbackFull.ttf",
}
_FALLBACKS: Final = {
    BODY: ("CB-Other", "CB-East"),
    MEDIUM: ("CB-Other", "CB-East"),
    STRONG: ("CB-OtherStrong", "CB-Other", "CB-East"),
    MONO: ("CB-Other", "CB-East"),
}
_LOCK: Final = threading.Lock()


@dataclass(slots=True)
class Shelf:
    """The fonts used so far and the characters that each has."""

    coverage: dict[str, frozenset[str]] = field(default_factory=dict)
    _found: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def holder(self, font: str, character: str) -> str | None:
        """The first of `font` and its fallbacks that has `character`, or None."""
        key = (font, character)
        if key not in self._found:
            self._found[key] = next(
                (name for name in (font, *_FALLBACKS[font]) if character in self._characters(name)), None
            )
        return self._found[key]

    def _characters(self, font: str) -> frozenset[str]:
        if font not in self.coverage:
            self.coverage[font] = _register(font)
        return self.coverage[font]


def open_shelf() -> Shelf:
    """The text fonts, ready for use."""
    shelf = Shelf()
    for font in (BODY, MEDIUM, STRONG, MONO):
        shelf.holder(font, "a")
    return shelf


def _register(font: str) -> frozenset[str]:
    """Register one font, once in a process; the characters it has a drawn glyph for."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    with _LOCK:
        if font not in pdfmetrics.getRegisteredFontNames():
            made = TTFont(font, str(resource(f"fonts/{_FILES[font]}")), shapable=False)
            _mend_widths(made.face)
            pdfmetrics.registerFont(made)
        face = pdfmetrics.getFont(font).face
        return frozenset(chr(number) for number, glyph in face.charToGlyph.items() if glyph)


def _mend_widths(face: object) -> None:
    """Give the glyphs past numberOfHMetrics their advance in font units.

    ReportLab 5.1 (ttfonts.py, extractInfo) stores an advance scaled to 1,000 there, so that the subset's hmtx table
    and the PDF's widths
    disagree and PDF/A (6.2.11.5) is missed for every font whose unit is not 1/1,000.
    """
    metrics = face.hmetrics  # type: ignore[attr-defined]
    table = face.get_table("hhea")  # type: ignore[attr-defined]
    measured = int.from_bytes(table[34:36], "big")
    advance = metrics[measured - 1][0]
    metrics[measured:] = [(advance, bearing) for _, bearing in metrics[measured:]]
