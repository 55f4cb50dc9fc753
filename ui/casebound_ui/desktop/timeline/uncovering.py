"""How a sensitive picture is uncovered: first grey and blurred, then grey and sharp.

It is decoded only when asked for, off the window's thread.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QImageReader

BLURRED = 160  # pixels of the longer side while blurred
LARGEST = 640  # pixels of the longer side that are ever decoded for the panel
MOST = 40_000_000  # pixels of the original; beyond that it is not decoded at all


class Cover(Enum):
    """How far a person has uncovered one item."""

    HIDDEN = "Hidden: marked sensitive"
    BLURRED = "Grey and blurred"
    SHARP = "Grey"
    UNSHOWN = "No preview of this kind of file"


STEPS = {
    Cover.HIDDEN: "Space to reveal in grey",
    Cover.BLURRED: "Space to sharpen",
    Cover.SHARP: "Space has nothing more to show here",
    Cover.UNSHOWN: "Open it from the Attachments screen",
}


def decoded(path: Path) -> QImage | None:
    """A small grey picture of an image file.

    None for anything that is not one, is damaged, or is too large to be honest.
    """
    reader = QImageReader(str(path))
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > MOST:
        return None
    if max(size.width(), size.height()) > LARGEST:
        reader.setScaledSize(size.scaled(QSize(LARGEST, LARGEST), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    return None if image.isNull() else image.convertToFormat(QImage.Format.Format_Grayscale8)


def drawn(image: QImage, step: Cover) -> QImage:
    """The picture as a step shows it."""
    if step is not Cover.BLURRED:
        return image
    bound = QSize(BLURRED, BLURRED)
    small = image.scaled(bound, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    coarse = QSize(max(small.width() // 10, 1), max(small.height() // 10, 1))
    mud = small.scaled(coarse, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    return mud.scaled(small.size(), Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
