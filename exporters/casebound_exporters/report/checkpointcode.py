"""The checkpoint as something to keep: a QR code that holds the signed note, and its words beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from reportlab.graphics.barcode.qr import QrCodeWidget  # noqa: TID253 - see the package: imported only when needed
from reportlab.lib.colors import black  # noqa: TID253
from reportlab.platypus import Flowable  # noqa: TID253

from casebound_exporters.report import style
from casebound_exporters.report.blocks import Press
from casebound_exporters.report.model import Cover
from casebound_packaging.checkpoint import parse
from casebound_packaging.keptstate import phone_text

SIDE: Final = 132.0  # points, quiet zone and all: some 0.65 mm a module, which a telephone reads from a hand's width
_QUIET: Final = 4  # modules of white around it (ISO/IEC 18004)
_GAP: Final = 14.0


class CheckpointCode(Flowable):  # type: ignore[misc]
    """The code on the left, paragraphs beside it. Never broken over pages."""

    def __init__(self, note: str, beside: list[Any]) -> None:
        super().__init__()
        self.note, self.beside = note, beside
        self.spaceBefore, self.spaceAfter = 6, 10

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width = width
        self.tall = [item.wrap(width - SIDE - _GAP, 1e6)[1] + item.getSpaceAfter() for item in self.beside]
        self.height = max(SIDE, sum(self.tall))
        return width, self.height

    def draw(self) -> None:
        code = QrCodeWidget(self.note, barLevel="M", barBorder=_QUIET, barWidth=SIDE, barHeight=SIDE)
        canvas, bottom = self.canv, self.height - SIDE
        canvas.setFillColor(black)
        # Drawn here and not by ReportLab's renderer, which puts a font that is not embedded on the page.
        for bar in code.draw().contents:
            if bar.fillColor is not None:
                canvas.rect(bar.x, bottom + bar.y, bar.width, bar.height, stroke=0, fill=1)
        y = self.height - 8
        for item, tall in zip(self.beside, self.tall, strict=True):
            y -= tall
            item.drawOn(self.canv, SIDE + _GAP, y + item.getSpaceAfter())


def checkpoint_code(cover: Cover, press: Press) -> list[Flowable]:
    """What a reader may keep of the custody record, and what it is good for. Nothing where no note is known."""
    if not cover.log_note:
        return []
    words = phone_text(parse(cover.log_note)[0])
    beside = [
        press.text(style.STRONG_VALUE, "Keep this, apart from the package"),
        press.text(
            replace(style.SMALL, after=5),
            "The code holds the checkpoint with its signature. Whoever keeps it, or only the line below, can show "
            "later whether this record was written anew: afterwards nobody, the signer included, can make another "
            "record with the same words.",
        ),
        press.text(replace(style.DIGEST, after=5), words),
        press.text(
            style.SMALL,
            "Compare a later package with it: casebound-verify PACKAGE.zip --seen, and these words; or --against, "
            "and a file with what the code holds.",
        ),
    ]
    return [CheckpointCode(cover.log_note, beside)]
