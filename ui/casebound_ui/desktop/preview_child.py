"""The child process that decodes an untrusted image, so that a crash or an exploit cannot reach the signing key.

Run as `python -m casebound_ui.desktop.preview_child FILE WIDTH LOOK`. It writes width and height (two big-endian
32-bit numbers) and the bare pixels (RGBA, 8 bits each) to standard output and exits 0, or writes nothing and exits 1:
the window has nothing left to decode, so a decoder that was taken over gets no second chance there. It opens nothing
else, and limits its own memory and time where the system can.
"""

from __future__ import annotations

import struct
import sys

MEMORY = 1 << 30  # bytes of address space
SECONDS = 10  # of processor time
PIXELS = 100_000_000


def confine() -> None:
    """Give up what a decoder does not need."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the parent's time limit still holds
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 26, 1 << 26))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def render(path: str, width: int, look: str) -> bytes:
    """The image at most `width` pixels wide: "blurred" or "grey" without colour, or "colour"; b"" if there is none."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage, QImageReader

    reader = QImageReader(path)
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > PIXELS:
        return b""
    if size.width() > width:
        reader.setScaledSize(size.scaled(width, 4 * width, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        return b""
    if look != "colour":
        image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    if look == "blurred":
        # Down to a dozen pixels and up again: what is left is light and dark, nothing that can be recognised.
        shape = image.size()
        small = image.scaled(12, 12, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        image = small.scaled(shape, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    line = image.width() * 4
    pixels = bytes(image.constBits())
    rows = (pixels[i * image.bytesPerLine() : i * image.bytesPerLine() + line] for i in range(image.height()))
    return struct.pack(">II", image.width(), image.height()) + b"".join(rows)


def main(arguments: list[str]) -> int:
    """Decode one file as asked."""
    if len(arguments) != 3 or not arguments[1].isdigit() or arguments[2] not in ("blurred", "grey", "colour"):
        return 2
    confine()
    data = render(arguments[0], int(arguments[1]), arguments[2])
    if not data:
        return 1
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
