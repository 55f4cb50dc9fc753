"""What kind of file this is, by its first bytes; the name decides only where bytes allow two readings."""

from __future__ import annotations

import contextlib
import json
import re
import zlib
from pathlib import Path

from casebound.errors import BadSource
from casebound.importers.encodings import detect, head_of
from casebound.zipentries import names_in

WORKBOOKS = (".xlsx", ".xlsm")
_DELIMITED = (".csv", ".tsv", ".tab", ".psv")
_LINES = (".jsonl", ".ndjson", ".jsonlines")
_LOG_LINE = re.compile(r'\S+ \S+ .{1,200}? \[\d{2}/[A-Za-z]{3}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}\] "')
_MAIL = re.compile(r"(?:[A-Za-z][A-Za-z0-9-]*:[^\r\n]*\r?\n(?:[ \t]+[^\s][^\r\n]*\r?\n)*+){3,200}+\r?\n", re.ASCII)
"""RFC 5322: three headers or more, then an empty line."""
_MAILBOX = re.compile(rb"From \S[^\n]{0,200}\d\d:\d\d[^\n]{0,60}\n[!-9;-~]{1,100}:")
"""RFC 4155: the line before a mail, and its first header."""
_MAGIC = (
    (b"PAR1", "parquet", "a Parquet file"),
    (b"SQLite format 3\0", "sqlite", "an SQLite database"),
    (b"\x1f\x8b", "gzip", "a gzip archive"),
    (b"(\xb5/\xfd", "zstd", "a zstd archive"),
    (b"BZh", "bzip2", "a bzip2 archive"),
    (b"\xfd7zXZ", "xz", "an xz archive"),
    (b"7z\xbc\xaf", "7z", "a 7z archive"),
    (b"WARC/", "warc", "a web archive (WARC)"),
    (b"filedesc://", "warc", "a web archive (ARC)"),
    (b"%PDF", "pdf", "a PDF"),
    (b"\x89PNG", "picture", "a picture (PNG)"),
    (b"\xff\xd8\xff", "picture", "a picture (JPEG)"),
    (b"GIF8", "picture", "a picture (GIF)"),
    (b"\x7fELF", "program", "a program"),
    (b"MZ\x90", "program", "a program"),
    (b"\0\x05\x16\x07", "system-notes", "what macOS keeps beside a file"),
    (b"\0\0\0\x01Bud1", "system-notes", "what macOS keeps beside a file"),
)
"""First bytes, the kind, and its name for people. A kind without an importer is attached, not brought in."""

STREAMS = ("gzip", "zstd", "bzip2", "xz")
"""Kinds that pack one file."""

CONTAINERS = ("zip", *STREAMS)
"""Kinds whose contents are brought in (`casebound.unpacking`)."""

WORDS = {kind: words for _, kind, words in _MAGIC} | {
    "picture": "a picture",
    "zip": "a ZIP archive",
    "wacz": "a web archive (WACZ)",
    "mail": "a mail",
    "mailbox": "a mailbox",
    "workbook-old": "a workbook (XLS, XLSB or ODS)",
    "document": "a document of an office program",
    "tar": "a tar archive, which is not read",
}


def kind_of(path: Path, name: str) -> str:
    """The kind of a file: what an importer has as its `kind`, or a kind that only containers and attachments have.

    "delimited", "json-lines", "json", "workbook" (XLSX, XLSM), "workbook-old" (XLS, ODS, XLSB), "web-log", "parquet",
    "sqlite", "zip", "gzip", "zstd", "bzip2", "xz", "tar", "7z", "warc", "wacz", "mail", "mailbox", "pdf", "picture",
    "document", "system-notes" or "program".
    Raises `BadSource` for what is none of them, in plain words.
    """
    if path.is_dir():
        raise BadSource(f"“{name}” is a folder.", "Bring in the files inside it.", where=name)
    try:
        head = head_of(path, 256 * 1024)
    except FileNotFoundError:
        raise BadSource(f"“{name}” does not exist.", "Check the name and the folder.", where=name) from None
    except OSError as error:
        raise BadSource(f"“{name}” cannot be read: {error.strerror}.", "Check the permissions.", where=name) from error
    if not head:
        raise BadSource(f"“{name}” is empty.", "Ask for the export again: an empty file holds no rows.", where=name)
    suffix = Path(name).suffix.lower()
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(path, suffix)
    if packed := stream_kind(head):
        return packed
    if head[257:262] == b"ustar":
        return "tar"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        # An XLSX with a password is wrapped like an old workbook; its importer says so.
        return "workbook" if suffix in WORKBOOKS else "workbook-old"
    for magic, kind, _ in _MAGIC:
        if head.startswith(magic):
            return kind
    if suffix in WORKBOOKS:
        raise BadSource(
            f"“{name}” is named like a workbook and is none.",
            "Save it again from the program it came from.",
            where=name,
        )
    return _text_kind(path, name, head, suffix)


def stream_kind(head: bytes) -> str:
    """Which kind of packed file begins so: "gzip", "zstd", "bzip2", "xz"; "warc" for a web archive that is packed
    record by record and read as it is; "" for none.
    """
    kind = next((kind for magic, kind, _ in _MAGIC if kind in STREAMS and head.startswith(magic)), "")
    return "warc" if kind == "gzip" and _first_packed(head).startswith((b"WARC/", b"filedesc://")) else kind


def _first_packed(head: bytes) -> bytes:
    """The first bytes inside a gzip file."""
    with contextlib.suppress(zlib.error):
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(head[:4096], 64)
    return b""


def _zip_kind(path: Path, suffix: str) -> str:
    """What a ZIP is by what is in it: a workbook stays one under any name."""
    names = names_in(path)
    if not names:  # cut off, or empty: whoever reads such files says what is wrong
        if suffix in WORKBOOKS:
            return "workbook"
        return "workbook-old" if suffix in (".ods", ".xlsb") else "wacz" if suffix == ".wacz" else "zip"
    if "[Content_Types].xml" in names:
        if "xl/workbook.bin" in names:  # XLSB; an XLSM has its macros in xl/vbaProject.bin
            return "workbook-old"
        return "workbook" if any(name.startswith("xl/") for name in names) else "document"
    if "mimetype" in names and "content.xml" in names:
        return "workbook-old" if _opendocument(path).endswith(b".spreadsheet") else "document"
    if "datapackage.json" in names and any(name.startswith("archive/") for name in names):
        return "wacz"
    return "zip"


def _opendocument(path: Path) -> bytes:
    """The media type that an OpenDocument file begins with, stored as it is (OpenDocument 1.3 part 2, 3.3)."""
    head = head_of(path, 256)
    start = 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    size = int.from_bytes(head[18:22], "little")
    return head[start : start + size] if head[30:38] == b"mimetype" else b""


def _text_kind(path: Path, name: str, head: bytes, suffix: str) -> str:
    if suffix in _DELIMITED:
        return "delimited"
    if suffix == ".eml":
        return "mail"
    if head.startswith(b"From ") and (suffix == ".mbox" or _MAILBOX.match(head)):
        return "mailbox"
    if suffix in _LINES:
        return "json-lines"
    found = detect(path)
    text = head[found.mark :].decode(found.name, "replace")
    if "\0" in text and not _is_torn(text):
        raise BadSource(f"“{name}” is not a text file.", "Attach it to the case instead.", where=name)
    if _MAIL.match(text):
        return "mail"
    lines = text.lstrip().split("\n", 2)
    if suffix == ".json":
        return "json-lines" if len(lines) > 1 and lines[1].strip() and _whole(lines[0]) else "json"
    if lines[0].startswith(("{", "[")):
        if _whole(lines[0]):
            # One object alone is a document, which may hold tables.
            return "json-lines" if lines[0].startswith("{") and "".join(lines[1:]).strip() else "json"
        if not _LOG_LINE.match(lines[0]) and re.match(r'\{\s*("|\})|\[\s*([\[{"\d\]-]|true|false|null)', text.lstrip()):
            return "json"
    if any(_LOG_LINE.match(line) for line in text.split("\n", 20)[:20]):
        return "web-log"
    return "delimited"


def _is_torn(text: str) -> bool:
    """Whether this is text in which a fault left zero bytes, as a log has them after a loss of power: none where it
    begins, and few of them or of other control characters.
    """
    strange = sum(text.count(chr(code)) for code in range(32) if chr(code) not in "\t\r\n\x1b\x1f")
    return "\0" not in text[:1024] and strange <= len(text) // 100


def _whole(line: str) -> bool:
    """Whether this line is one JSON object or array."""
    if not line.startswith(("{", "[")):
        return False
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
