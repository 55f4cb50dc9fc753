"""Whether two pictures of the window show the same: for the tests of pictures, and for whoever takes them anew."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage, QPainter

from casebound_ui.desktop import theme

NEAR = 12  # of 255: how much one colour of a pixel may differ and still be the same
LINE = "Hamburgefonstiv 0123456789 – “Aa”"


def difference(first: QImage, second: QImage) -> float:
    """The share of pixels that differ, 0 to 1; 1.0 for pictures of two sizes."""
    if first.size() != second.size() or first.isNull():
        return 1.0
    apart = np.abs(_pixels(first).astype(np.int16) - _pixels(second).astype(np.int16)).max(axis=2)
    return float((apart > NEAR).mean())


def blank(image: QImage) -> bool:
    """Whether there is next to nothing on a picture."""
    colours, counts = np.unique(_pixels(image).reshape(-1, 3), axis=0, return_counts=True)
    return len(colours) < 16 or float(counts.max()) / counts.sum() > 0.995


def share_of(image: QImage, colour: str) -> float:
    """The share of pixels of exactly this `#RRGGBB`: how much of a theme's ground a picture has."""
    wanted = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], dtype=np.uint8)
    return float((_pixels(image) == wanted).all(axis=2).mean())


def lettering() -> QImage:
    """One line in the bundled fonts as this machine draws them: where it differs, pictures cannot be compared."""
    drawn = QImage(360, 64, QImage.Format.Format_RGB32)
    drawn.fill(0xFFFFFFFF)
    painter = QPainter(drawn)
    painter.setFont(theme.font("body"))
    painter.drawText(4, 24, LINE)
    painter.setFont(theme.font("mono"))
    painter.drawText(4, 52, LINE)
    painter.end()
    return drawn


def _pixels(image: QImage) -> npt.NDArray[np.uint8]:
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), dtype=np.uint8).reshape(plain.height(), plain.bytesPerLine())
    # A copy: the bytes are the picture's own, and go with it.
    return rows[:, : plain.width() * 3].reshape(plain.height(), plain.width(), 3).copy()
