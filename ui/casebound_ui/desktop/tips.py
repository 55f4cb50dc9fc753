"""Tool tips that show their text letter for letter."""

from __future__ import annotations

import html

from PySide6.QtGui import Qt


def plain_tip(text: str) -> str:
    """`text` for a tool tip. Qt reads what looks like markup as markup there, from evidence too: that is escaped."""
    if not Qt.mightBeRichText(text):
        return text
    lines = html.escape(text, quote=False).replace("\n", "<br>")
    return f"<qt>{lines}</qt>"
