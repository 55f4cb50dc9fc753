"""Attachments of an event in the inspector.

What is marked sensitive is covered, and nothing of it is decoded until a person asks.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from casebound.case import Attachment
from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, Picture, column, label, row
from casebound_ui.desktop.timeline.acts import Acts
from casebound_ui.desktop.timeline.uncovering import STEPS, Cover, drawn
from casebound_ui.desktop.wording import inert, size

HEIGHT = 112
_ICONS = {"image": "file-image", "video": "file-video", "audio": "file-audio", "text": "file-text"}


def icon_for(media_type: str) -> str:
    """The icon of a kind of file."""
    if media_type in ("application/zip", "application/gzip"):
        return "file-archive"
    return _ICONS.get(media_type.partition("/")[0], "file")


class CoverPane(QWidget):
    """The neutral placeholder over a sensitive picture, and the picture once it was asked for, step by step."""

    def __init__(self, attachment: Attachment, advance: Callable[[], None]) -> None:
        super().__init__()
        self._advance = advance
        self._image: QImage | None = None
        self.words = Cover.HIDDEN.value
        self.hint = STEPS[Cover.HIDDEN]
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{inert(attachment.name)}: {self.words}. {self.hint}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_step(self, step: Cover, image: QImage | None) -> None:
        self.words, self.hint = step.value, STEPS[step]
        self._image = image
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, HEIGHT if self._image is None else 180)

    minimumSizeHint = sizeHint

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._advance()
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(look.line_strong), 1))
        painter.setBrush(QColor(look.sunken))
        painter.drawRoundedRect(box, 6, 6)
        if self._image is not None:
            fit = self._image.size().scaled(self.size() - QSize(2, 2), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRectF(0, 0, fit.width(), fit.height())
            target.moveCenter(box.center())
            painter.drawImage(target, self._image)
        else:
            middle = box.center()
            painter.drawPixmap(int(middle.x()) - 10, int(middle.y()) - 38, theme.pixmap("eye-off", "text", 20))
            painter.setPen(QColor(look.text))
            painter.setFont(theme.font("strong"))
            painter.drawText(QRectF(8, middle.y() - 10, box.width() - 16, 20), Qt.AlignmentFlag.AlignCenter, self.words)
            painter.setPen(QColor(look.text2))
            painter.setFont(theme.font("small"))
            painter.drawText(QRectF(8, middle.y() + 11, box.width() - 16, 20), Qt.AlignmentFlag.AlignCenter, self.hint)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(look.accent), 2))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 6, 6)
        painter.end()


class AttachmentCard(QWidget):
    """Name, size and place in the chain; a cover above them where the file is sensitive."""

    def __init__(self, attachment: Attachment, acts: Acts) -> None:
        super().__init__()
        self.attachment = attachment
        self._acts = acts
        self.step = Cover.HIDDEN
        self.pane: CoverPane | None = CoverPane(attachment, self.reveal) if attachment.sensitive else None
        name = label(theme.elided(inert(attachment.name), "body", 150), "body")
        name.setToolTip(inert(attachment.name))
        number = label(f"no. {attachment.number}", "small", "text2")
        number.setToolTip(f"Link {attachment.number} of the attachment chain: {attachment.line_hash}")
        line = row(
            Picture(icon_for(attachment.media_type)),
            name,
            label(size(attachment.size), "small", "text3"),
            None,
            Picture("link-2", "text2", 14),
            number,
            gap=6,
        )
        parts: list[QWidget] = [self.pane] if self.pane is not None else []
        layout = column(*parts, gap=6)
        layout.addLayout(line)
        self.setLayout(layout)
        self._again = Button("Cover again", self.cover, kind="link", icon="eye-off")
        self._again.hide()
        layout.addWidget(self._again)

    @property
    def covered(self) -> bool:
        """Whether Space has something left to do here."""
        return self.pane is not None and self.step is not Cover.SHARP

    def reveal(self) -> None:
        """One step: from covered to grey and blurred, then to grey and sharp.

        The opening is in custody, once per session.
        """
        if self.covered:
            self.step = Cover.BLURRED if self.step is Cover.HIDDEN else Cover.SHARP
            self._acts.reveal(self.attachment, self._show)

    def cover(self) -> None:
        self.step = Cover.HIDDEN
        self._again.hide()
        if self.pane is not None:
            self.pane.show_step(Cover.HIDDEN, None)

    def _show(self, image: QImage | None) -> None:
        if self.pane is None or self.step is Cover.HIDDEN:
            return
        self._again.show()
        if image is None:
            self.pane.show_step(Cover.UNSHOWN, None)
        else:
            self.pane.show_step(self.step, drawn(image, self.step))
