"""What kind of file something is, judged by its first bytes and not by what its name claims."""

from __future__ import annotations

from pathlib import Path
from typing import Final

HEAD: Final = 4096
"""Bytes from the beginning of a file that its kind is judged by."""

_SIGNATURES: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypqt  ", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/x-matroska"),
    (8, b"AVI ", "video/x-msvideo"),
    (0, b"\x00\x00\x01\xba", "video/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (8, b"WAVE", "audio/wav"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"(\xb5/\xfd", "application/zstd"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\x00", "application/x-xz"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (0, b"WARC/", "application/warc"),
    (0, b"\xd4\xc3\xb2\xa1", "application/vnd.tcpdump.pcap"),
    (0, b"\xa1\xb2\xc3\xd4", "application/vnd.tcpdump.pcap"),
    (0, b"\x0a\x0d\x0d\x0a", "application/x-pcapng"),
    (0, b"PAR1", "application/vnd.apache.parquet"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)

_OFFICE: Final[dict[str, str]] = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}

_TEXTS: Final[dict[str, str]] = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".ndjson": "application/x-ndjson",
    ".eml": "message/rfc822",
    ".html": "text/html",
    ".htm": "text/html",
    ".xml": "application/xml",
    ".svg": "image/svg+xml",
    ".md": "text/markdown",
}

SUFFIXES: Final[dict[str, str]] = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/tiff": "tif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/heic": "heic",
    "image/svg+xml": "svg",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/gzip": "gz",
    "application/zstd": "zst",
    "application/warc": "warc",
    "application/warc+gzip": "warc.gz",
    "application/json": "json",
    "application/x-ndjson": "jsonl",
    "application/xml": "xml",
    "application/vnd.sqlite3": "sqlite",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "message/rfc822": "eml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "text/html": "html",
    "text/markdown": "md",
    "text/plain": "txt",
}
"""The suffix that a file of this kind gets where it is given out under a name of ours; else “bin”."""


def media_type(path: Path, name: str = "") -> str:
    """The media type of a file. `name` is what it was called, and decides only among kinds that its bytes allow."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    return media_type_of(head, name or path.name)


def media_type_of(head: bytes, name: str) -> str:
    """The media type of what begins with `head`, the first `HEAD` bytes or all there are."""
    suffix = Path(name).suffix.lower()
    for offset, signature, kind in _SIGNATURES:
        if head[offset : offset + len(signature)] == signature:
            if (signature == b"WEBP" or kind in ("audio/wav", "video/x-msvideo")) and head[:4] != b"RIFF":
                continue
            if kind == "application/zip":
                return _OFFICE.get(suffix, kind)
            if kind == "application/gzip" and name.lower().endswith(".warc.gz"):
                return "application/warc+gzip"
            if kind == "video/x-matroska" and b"webm" in head[:64]:
                return "video/webm"
            return kind
    if not head:
        return "application/x-empty"
    return _TEXTS.get(suffix, "text/plain") if _is_text(head) else "application/octet-stream"


def is_picture(kind: str) -> bool:
    """Images and video are covered until a person asks for them."""
    return kind.startswith(("image/", "video/"))


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as fault:
        # A character cut in two by the end of what was read is no fault of the file.
        return len(head) == HEAD and fault.start >= HEAD - 3
    return True
