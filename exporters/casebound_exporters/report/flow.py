"""Own flowables: section headings, framed pieces, pictures and rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reportlab.lib.colors import HexColor  # noqa: TID253 - see the package: imported only when a report is made
from reportlab.platypus import Flowable  # noqa: TID253

from casebound_exporters.report import style

if TYPE_CHECKING:
    from casebound_exporters.report.model import Picture


class Heading(Flowable):  # type: ignore[misc]
    """A section's heading. Where it falls is noted for the contents, and it is put into the outline."""

    def __init__(self, paragraph: Any, title: str) -> None:
        super().__init__()
        self.paragraph, self.title = paragraph, title
        self.keepWithNext = 1
        self.spaceBefore, self.spaceAfter = 26, 12

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.width = width
        self.height = self.paragraph.wrap(width, height)[1] + 12
        return width, self.height

    def draw(self) -> None:
        canvas = self.canv
        canvas.setFillColor(HexColor(style.ACCENT))
        canvas.rect(0, self.height - 2.4, 26, 2.4, stroke=0, fill=1)
        self.paragraph.drawOn(canvas, 0, 0)
        key = f"section-{len(canvas.sections)}"
        canvas.sections.append((self.title, canvas.getPageNumber()))
        canvas.bookmarkPage(key)
        canvas.addOutlineEntry(self.title, key, level=0)


class Framed(Flowable):  # type: ignore[misc]
    """Paragraphs on a wash, with a rule on the left where `rule` is a colour. Never broken over pages: keep it
    short.
    """

    def __init__(self, inside: list[Any], fill: str, rule: str = "") -> None:
        super().__init__()
        self.inside, self.fill, self.rule = inside, fill, rule
        self.spaceBefore, self.spaceAfter = 4, 10
        self.pad = 9.0

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width = width
        room = width - 2 * self.pad - (4 if self.rule else 0)
        self.tall = [item.wrap(room, 1e6)[1] for item in self.inside]
        self.height = sum(self.tall) + 2 * self.pad
        return width, self.height

    def draw(self) -> None:
        canvas = self.canv
        canvas.setFillColor(HexColor(self.fill))
        canvas.rect(0, 0, self.width, self.height, stroke=0, fill=1)
        if self.rule:
            canvas.setFillColor(HexColor(self.rule))
            canvas.rect(0, 0, 2.4, self.height, stroke=0, fill=1)
        y = self.height - self.pad
        for item, tall in zip(self.inside, self.tall, strict=True):
            y -= tall
            item.drawOn(canvas, self.pad + (4 if self.rule else 0), y)


class Plate(Flowable):  # type: ignore[misc]
    """A small picture with a hair line around it."""

    def __init__(self, picture: Picture, widest: float = 250, tallest: float = 170) -> None:
        super().__init__()
        self.picture = picture
        factor = min(widest / picture.width, tallest / picture.height, 1)
        self.width, self.height = picture.width * factor, picture.height * factor
        self.spaceBefore, self.spaceAfter = 6, 10

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        from PIL import Image
        from reportlab.lib.utils import ImageReader

        size = (self.picture.width, self.picture.height)
        image = Image.frombytes("RGB", size, self.picture.pixels)
        self.canv.drawImage(ImageReader(image), 0, 0, self.width, self.height)
        self.canv.setStrokeColor(HexColor(style.LINE))
        self.canv.setLineWidth(0.5)
        self.canv.rect(0, 0, self.width, self.height, stroke=1, fill=0)


class Rule(Flowable):  # type: ignore[misc]
    """A line across the text."""

    def __init__(self, before: float = 8, after: float = 8, ink: str = style.LINE) -> None:
        super().__init__()
        self.before, self.after, self.ink = before, after, ink

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width, self.height = width, self.before + self.after
        return width, self.height

    def draw(self) -> None:
        self.canv.setStrokeColor(HexColor(self.ink))
        self.canv.setLineWidth(0.6)
        self.canv.line(0, self.after, self.width, self.after)
