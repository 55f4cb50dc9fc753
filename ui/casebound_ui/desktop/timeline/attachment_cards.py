"""Attachments of an event in the inspector.

A picture stands under a cover: what is marked sensitive is not decoded until a person asks, and then in a process of
its own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from casebound.case import Attachment
from casebound_ui.desktop import cover
from casebound_ui.desktop.controls import Chip, Elided, Picture, column, label, row
from casebound_ui.desktop.wording import inert, size

_ICONS = {"image": "file-image", "video": "file-video", "audio": "file-audio", "text": "file-text"}


def icon_for(media_type: str) -> str:
    """The icon of a kind of file."""
    if media_type in ("application/zip", "application/gzip"):
        return "file-archive"
    return _ICONS.get(media_type.partition("/")[0], "file")


class AttachmentCard(QWidget):
    """Name, size and place in the chain; a picture above them, covered where it is sensitive."""

    def __init__(self, attachment: Attachment, path: Path, revealed: Callable[[int, bool], object]) -> None:
        super().__init__()
        self.attachment = attachment
        self.cover: cover.Cover | None = None
        name = Elided(inert(attachment.name), "body", middle=True)
        number = label(f"no. {attachment.number}", "small", "text2")
        number.setToolTip(f"Link {attachment.number} of the attachment chain: {attachment.line_hash}")
        octets = label(size(attachment.size), "small", "text3")
        chain = (Picture("link-2", "text2", 14), number)
        layout = column(gap=6)
        if attachment.media_type.startswith("image/"):
            self.cover = cover.Cover(revealed)
            self.cover.show_attachment(attachment, path)
            layout.addWidget(self.cover)
        layout.addLayout(row(Picture(icon_for(attachment.media_type)), name, octets, *chain, gap=6))
        if attachment.sensitive and self.cover is None:
            layout.addLayout(row(Chip("Sensitive", "warn"), None))
        self.setLayout(layout)

    @property
    def covered(self) -> bool:
        """Whether there is a sensitive picture that Space uncovers further, or covers again."""
        return self.cover is not None and self.attachment.sensitive
