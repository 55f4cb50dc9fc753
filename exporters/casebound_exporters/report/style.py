"""The look of the report: measures in points, ink, and the kinds of text. One accent; everything also reads in black
and white.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from casebound_exporters.report.fonts import BODY, MEDIUM, MONO, STRONG

PAGE: Final = (595.2756, 841.8898)  # A4
LEFT: Final = 68.0
RIGHT: Final = 68.0
TOP: Final = 92.0
BOTTOM: Final = 84.0
WIDTH: Final = PAGE[0] - LEFT - RIGHT
HEIGHT: Final = PAGE[1] - TOP - BOTTOM

ACCENT: Final = "#2B59C3"
INK: Final = "#141A22"
SOFT: Final = "#465264"
FAINT: Final = "#616D7D"
LINE: Final = "#C3CBD5"
HAIR: Final = "#E1E6EC"
WASH: Final = "#F4F6F8"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of text."""

    font: str
    size: float
    leading: float
    ink: str = INK
    before: float = 0.0
    after: float = 0.0
    together: bool = False  # keep with what follows
    centred: bool = False


TEXT: Final = Kind(BODY, 9.5, 14.5, after=6)
LEAD: Final = Kind(BODY, 10.5, 16, ink=SOFT, after=10)
SMALL: Final = Kind(BODY, 8, 11.6, ink=SOFT)
NOTE: Final = Kind(BODY, 8, 11.6, ink=FAINT, before=3, after=6)
LABEL: Final = Kind(MEDIUM, 8, 12, ink=FAINT)
VALUE: Final = Kind(BODY, 9, 13)
STRONG_VALUE: Final = Kind(STRONG, 9, 13)
DIGEST: Final = Kind(MONO, 7.6, 12.2)
RECORD: Final = Kind(MONO, 7.6, 11.4)
CELL: Final = Kind(BODY, 7.8, 11)
CELL_STRONG: Final = Kind(MEDIUM, 7.8, 11)
CELL_MONO: Final = Kind(MONO, 6.9, 10.4)
HEAD_CELL: Final = Kind(MEDIUM, 7.2, 10, ink=FAINT)
SECTION: Final = Kind(STRONG, 17, 22, before=0, after=10, together=True)
HEADING: Final = Kind(STRONG, 10.5, 15, before=14, after=5)
SENTENCE: Final = Kind(STRONG, 11.5, 17, after=6)
COMMAND: Final = Kind(MONO, 7.3, 11.2)
