"""The child process that reads what a picture or a PDF says of itself, from its standard input.

Run with `picture` or `pdf`. It writes one JSON object to standard output (see `casebound.attachmentfacts`) and exits 0,
or exits 1. It imports nothing of ours, opens nothing but its input, and limits its own memory and time where the
system can.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

MEMORY = 1 << 30  # bytes of address space
SECONDS = 20  # of processor time
LONGEST = 500  # characters of one value
MOST_PDF = 300 << 20  # bytes of a PDF that is looked into
FIELDS = 10_000  # form fields that are looked at

# Exif 2.32: the tags that are read, in the first directory and in the one that it points to.
FIRST = {0x010F: "camera_make", 0x0110: "camera_model", 0x0131: "software", 0x0132: "changed"}
EXIF = {
    0x9003: "taken",
    0x9011: "taken_offset",
    0x9291: "taken_fraction",
    0x9004: "digitised",
    0xA434: "lens",
    0xA431: "camera_serial",
}
EXIF_PLACE, GPS_PLACE = 0x8769, 0x8825


def confine() -> None:
    """Give up what a reader does not need, where the system can."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the parent's time limit still holds
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def text(value: object) -> str:
    """A value as text that can be shown and kept."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "backslashreplace")
    found = str(value).strip("\0 ").encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")
    return found if len(found) <= LONGEST else found[:LONGEST] + "…"


def picture() -> dict[str, object]:
    """What a picture says of itself, without its pixels being decoded."""
    from PIL import Image

    confine()
    Image.MAX_IMAGE_PIXELS = None  # nothing is decoded
    with Image.open(sys.stdin.buffer, formats=("PNG", "JPEG", "MPO", "TIFF", "WEBP", "GIF", "BMP")) as image:
        found: dict[str, object] = {"format": image.format, "width": image.width, "height": image.height}
        exif = image.getexif()
        found["exif"] = bool(len(exif))
        for tag, name in FIRST.items():
            if tag in exif:
                found[name] = text(exif[tag])
        inner = exif.get_ifd(EXIF_PLACE)
        for tag, name in EXIF.items():
            if tag in inner:
                found[name] = text(inner[tag])
        found["gps"] = bool(exif.get_ifd(GPS_PLACE))
    return found


def pdf() -> dict[str, object]:
    """What a PDF says of itself."""
    import io

    import pikepdf

    confine()
    data = sys.stdin.buffer.read(MOST_PDF + 1)
    if len(data) > MOST_PDF:
        return {"fault": "too long"}
    try:
        document = pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError:
        return {"encrypted": True, "fault": "password"}
    with document:
        found: dict[str, object] = {
            "version": text(document.pdf_version),
            "pages": len(document.pages),
            "encrypted": document.is_encrypted,
            "damaged": bool(document.get_warnings()),
        }
        information: Any = document.trailer.get("/Info", {})
        for key, name in (
            ("/Title", "title"),
            ("/Author", "author"),
            ("/Producer", "producer"),
            ("/Creator", "creator"),
            ("/CreationDate", "created"),
            ("/ModDate", "modified"),
        ):
            value = information.get(key)
            if value is not None:
                found[name] = text(value)
        ends = signatures(document)
        found["signatures"] = len(ends)
        # A signature covers the file up to where its byte range ends; what was added later is not under it.
        found["covered_to_end"] = any(end == len(data) for end in ends)
        found["active"] = bool(re.search(rb"/(?:JavaScript|JS|Launch|EmbeddedFile)\b", data))
    return found


def signatures(document: Any) -> list[int]:
    """Where the byte range of each signature ends, of the form fields that hold one."""
    form = document.Root.get("/AcroForm")
    waiting = list(form.get("/Fields", [])) if form is not None else []
    ends: list[int] = []
    for _ in range(FIELDS):
        if not waiting:
            break
        field = waiting.pop()
        waiting.extend(field.get("/Kids", []))
        value = field.get("/V")
        if field.get("/FT") == "/Sig" and value is not None:
            covered = [int(number) for number in value.get("/ByteRange", [])]
            ends.append(covered[-2] + covered[-1] if len(covered) >= 4 else -1)
    return ends


def main(arguments: list[str]) -> int:
    """Read as asked; 0 when it was said, 1 where it cannot be read, 2 for a wrong question."""
    work = {"picture": picture, "pdf": pdf}.get(arguments[0]) if len(arguments) == 1 else None
    if work is None:
        return 2
    try:
        said = json.dumps(work())
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it says nothing
        return 1
    sys.stdout.write(said)
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
