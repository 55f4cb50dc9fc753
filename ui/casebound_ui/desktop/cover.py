"""The cover over a sensitive picture: nothing is decoded until asked for, and then in grey, small and blurred first.

No claim is made that blur or grey protects anybody; it only leaves the choice to the person who looks.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QProcess, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from casebound.case import Attachment
from casebound_ui.desktop import theme
from casebound_ui.desktop.wellbeing import Countdown

COVERED, BLURRED, GREY, COLOUR = range(4)
PATIENCE = 15_000  # milliseconds a decoder may take
WIDTH, SMALL, HEIGHT = 296, 160, 168


def pixels(data: bytes) -> QImage:
    """The picture from a child's bare pixels; a null image where they are not exactly what they say they are."""
    if len(data) < 8:
        return QImage()
    width, height = struct.unpack(">II", data[:8])
    if not (0 < width <= 2 * WIDTH and 0 < height <= 8 * WIDTH and len(data) == 8 + width * height * 4):
        return QImage()
    return QImage(data[8:], width, height, width * 4, QImage.Format.Format_RGBA8888).copy()


class Cover(QWidget):
    """One picture. `revealed` is told of the attachment's number and whether this is its first showing."""

    def __init__(self, revealed: Callable[[int, bool], object]) -> None:
        super().__init__()
        self._revealed = revealed
        self._attachment: Attachment | None = None
        self._path = Path()
        self._image: QImage | None = None
        self._words = ("", "")
        self._process: QProcess | None = None
        self._pending = COVERED
        self._asking = False
        self.state = COVERED
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.countdown = Countdown(self, self.hide_again)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self._give_up)
        self._say()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, HEIGHT)

    def show_attachment(self, attachment: Attachment, path: Path) -> None:
        """Put a picture under the cover. One that is not sensitive is shown at once, still decoded apart."""
        self._attachment, self._path = attachment, path
        self.hide_again()
        if not attachment.sensitive and self.isVisible():
            self._decode(COLOUR)

    def reveal(self) -> None:
        """Covered → small, blurred, grey → sharp, grey. Asking again covers it."""
        if self._attachment is None:
            return
        if self.state in (COVERED, BLURRED):
            self._decode(self.state + 1)
        else:
            self.hide_again()

    def ask_colour(self) -> None:
        """First press asks, the second shows colour."""
        if self._attachment is None or self.state != GREY:
            return
        if not self._asking:
            self._asking = True
            self._say()
            return
        self._decode(COLOUR)

    def hide_again(self) -> None:
        """Cover the picture and forget its pixels."""
        if self._attachment is not None and not self._attachment.sensitive and self.state == COLOUR:
            return
        self.countdown.stop()
        self.state, self._image, self._asking = COVERED, None, False
        self._say()

    def hideEvent(self, event: QHideEvent) -> None:
        self._drop()
        if self._attachment is not None and self._attachment.sensitive:
            self.hide_again()
        super().hideEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._attachment is not None and not self._attachment.sensitive and self._image is None:
            self._decode(COLOUR)

    def _drop(self) -> None:
        """End a decoder whose picture nobody waits for any more."""
        process, self._process = self._process, None
        if process is not None:
            self._patience.stop()
            process.kill()
            process.waitForFinished(1000)
            process.deleteLater()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        self.reveal()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.update()

    @property
    def busy(self) -> bool:
        """Whether a decoder is at work."""
        return self._process is not None

    @property
    def words(self) -> tuple[str, str]:
        """What stands on the cover."""
        return self._words

    # Decoding, in a process of its own

    def _decode(self, state: int) -> None:
        if self._process is not None:
            return
        look, width = {BLURRED: ("blurred", SMALL), GREY: ("grey", 2 * WIDTH), COLOUR: ("colour", 2 * WIDTH)}[state]
        self._pending = state
        process = QProcess(self)
        process.setProgram(sys.executable)
        if getattr(sys, "frozen", False):
            process.setArguments(["--preview-child", str(self._path), str(width), look])
        else:
            process.setArguments(["-m", "casebound_ui.desktop.preview_child", str(self._path), str(width), look])
        process.finished.connect(lambda code, status: self._decoded(process, code))
        process.errorOccurred.connect(lambda error: self._decoded(process, -1))
        self._process = process
        self._patience.start()
        self._say()
        process.start()

    def _decoded(self, process: QProcess, code: int) -> None:
        if self._process is not process:
            return
        self._process = None
        self._patience.stop()
        data = bytes(process.readAllStandardOutput().data()) if code == 0 else b""
        process.deleteLater()
        image = pixels(data)
        if image.isNull():
            self.state, self._image = COVERED, None
            self._words = (
                "This picture cannot be shown here",
                "Its content could not be decoded. The original is unchanged.",
            )
            self._announce()
            return
        first = self.state == COVERED
        self.state, self._image, self._asking = self._pending, image, False
        if self._attachment is not None and self._attachment.sensitive:
            self.countdown.start()
            self._revealed(self._attachment.number, first)
        self._say()

    def _give_up(self) -> None:
        if self._process is not None:
            self._process.kill()

    def _say(self) -> None:
        if self._process is not None:
            self._words = ("Decoding…", "In a process of its own")
        elif self._asking:
            self._words = ("Show it in colour?", "C again shows colour, Space covers it")
        else:
            self._words = {
                COVERED: ("Hidden: marked sensitive", "Space to reveal in grey"),
                BLURRED: ("Blurred, grey", "Space for sharp grey"),
                GREY: ("Grey", "Space covers it, C asks for colour"),
                COLOUR: ("", ""),
            }[self.state]
        self._announce()

    def _announce(self) -> None:
        name = self._attachment.name if self._attachment else "Picture"
        self.setAccessibleName(f"{name}. {self._words[0] or 'Shown'}")
        self.setAccessibleDescription(self._words[1])
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = self.rect().adjusted(1, 1, -1, -1)
        painter.setPen(theme.colour("accent") if self.hasFocus() else theme.colour("line"))
        painter.setBrush(theme.colour("sunken"))
        painter.drawRoundedRect(area, 6, 6)
        if self._image is not None:
            room = area.adjusted(4, 4, -4, -26 if self._words[0] else -4)
            if self.state == BLURRED:
                room = QRect(room.center().x() - SMALL // 2, room.top(), SMALL, room.height())
            shape = QSize(self._image.size()).scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
            box = QRectF(0, 0, shape.width(), shape.height())
            box.moveCenter(QRectF(room).center())
            painter.drawImage(box, self._image)
            painter.setFont(theme.font("small"))
            painter.setPen(t.text2)
            below = QRect(area.left(), area.bottom() - 24, area.width(), 22)
            text = f"{self._words[0]}. {self._words[1]}" if self._words[1] else ""
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)
            return
        middle = area.center()
        painter.drawPixmap(middle.x() - 10, middle.y() - 38, theme.pixmap("eye-off", "text2", 20))
        painter.setFont(theme.font("strong"))
        painter.setPen(t.text)
        painter.drawText(
            QRect(area.left(), middle.y() - 8, area.width(), 20), Qt.AlignmentFlag.AlignCenter, self._words[0]
        )
        painter.setFont(theme.font("small"))
        painter.setPen(t.text2)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(QRect(area.left() + 12, middle.y() + 14, area.width() - 24, 40), flags, self._words[1])
