"""Small pictures of attachments, decoded in a child process: a decoder that is taken over reaches neither key nor case.

The child gets the file as its standard input and gives back bare pixels; this process decodes nothing. A frozen program
has no interpreter to start, and starts itself with `PICTURE_CHILD` instead.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

from casebound_exporters.report.model import Picture

WIDEST: Final = 520
PICTURE_CHILD: Final = "--picture-child"
_SECONDS: Final = 20
_DECODABLE: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/bmp", "image/webp"})


def picture(path: Path, media_type: str) -> tuple[Picture | None, str]:
    """The picture, or None and the sentence that is printed instead ("" where nobody expects one)."""
    if not media_type.startswith("image/"):
        return None, ""
    if media_type not in _DECODABLE:
        return None, "The image is enclosed and not printed."
    own = ["-I", str(Path(__file__).with_name("picture_child.py"))]
    command = [sys.executable, *([PICTURE_CHILD] if getattr(sys, "frozen", False) else own), str(WIDEST)]
    try:
        with path.open("rb") as file:
            done = subprocess.run(
                command, stdin=file, capture_output=True, timeout=_SECONDS, check=False, env={"PATH": ""}
            )
    except (OSError, subprocess.TimeoutExpired):
        return None, "The image is enclosed; it could not be drawn here."
    data = done.stdout
    width, height = int.from_bytes(data[:4], "big"), int.from_bytes(data[4:8], "big")
    if done.returncode or not 0 < width <= WIDEST or not 0 < height <= WIDEST or len(data) != 8 + 3 * width * height:
        return None, "The image is enclosed; it could not be drawn here."
    return Picture(width, height, data[8:]), ""
