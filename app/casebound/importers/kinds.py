"""What kind of file this is, by its first bytes; the name decides only where bytes allow two readings."""

from __future__ import annotations

import json
import re
from pathlib import Path

from casebound.errors import BadSource
from casebound.importers.encodings import detect, head_of

WORKBOOKS = (".xlsx", ".xlsm")
_DELIMITED = (".csv", ".tsv", ".tab", ".psv")
_LINES = (".jsonl", ".ndjson", ".jsonlines")
_LOG_LINE = re.compile(r'\S+ \S+ .{1,200}? \[\d{2}/[A-Za-z]{3}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}\] "')
_MAIL = re.compile(r"(?:[A-Za-z][A-Za-z0-9-]*:[^\r\n]*\r?\n(?:[ \t]+[^\s][^\r\n]*\r?\n)*+){3,200}+\r?\n", re.ASCII)
"""RFC 5322: three headers or more, then an empty line."""
_MAGIC = (
    (b"PAR1", "parquet", "a Parquet file"),
    (b"SQLite format 3\0", "sqlite", "an SQLite database"),
    (b"\x1f\x8b", "gzip", "a gzip archive"),
    (b"(\xb5/\xfd", "zstd", "a zstd archive"),
    (b"BZh", "bzip2", "a bzip2 archive"),
    (b"\xfd7zXZ", "xz", "an xz archive"),
    (b"7z\xbc\xaf", "7z", "a 7z archive"),
    (b"WARC/", "warc", "a web archive (WARC)"),
    (b"%PDF", "pdf", "a PDF"),
    (b"\x89PNG", "picture", "a picture (PNG)"),
    (b"\xff\xd8\xff", "picture", "a picture (JPEG)"),
    (b"GIF8", "picture", "a picture (GIF)"),
    (b"\x7fELF", "program", "a program"),
    (b"MZ\x90", "program", "a program"),
)
"""First bytes, the kind, and its name for people. A kind without an importer is attached, not brought in."""

WORDS = {kind: words for _, kind, words in _MAGIC} | {
    "picture": "a picture",
    "zip": "a ZIP archive",
    "wacz": "a web archive (WACZ)",
    "mail": "a mail",
    "mailbox": "a mailbox",
    "workbook-old": "a workbook of a kind that is not read",
}


def kind_of(path: Path, name: str) -> str:
    """The kind of a file: what an importer has as its `kind`, or a kind that only containers and attachments have.

    "delimited", "json-lines", "json", "workbook" (XLSX, XLSM), "workbook-old" (XLS, ODS, XLSB), "web-log", "parquet",
    "sqlite", "zip", "gzip", "zstd", "bzip2", "xz", "7z", "warc", "wacz", "mail", "mailbox", "pdf", "picture" or
    "program".
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
        return _zip_kind(suffix)
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


def _zip_kind(suffix: str) -> str:
    if suffix in WORKBOOKS:
        return "workbook"
    if suffix in (".ods", ".xlsb"):
        return "workbook-old"
    return "wacz" if suffix == ".wacz" else "zip"


def _text_kind(path: Path, name: str, head: bytes, suffix: str) -> str:
    if suffix in _DELIMITED:
        return "delimited"
    if suffix == ".mbox" and head.startswith(b"From "):
        return "mailbox"
    if suffix in _LINES:
        return "json-lines"
    found = detect(path)
    text = head[found.mark :].decode(found.name, "replace")
    if "\0" in text:
        raise BadSource(f"“{name}” is not a text file.", "Attach it to the case instead.", where=name)
    if _MAIL.match(text):
        return "mail"
    lines = text.lstrip().split("\n", 2)
    if suffix == ".json":
        return "json-lines" if len(lines) > 1 and lines[1].strip() and _whole(lines[0]) else "json"
    if lines[0].startswith(("{", "[")):
        if _whole(lines[0]):
            return "json-lines" if lines[0].startswith("{") else "json"
        if not _LOG_LINE.match(lines[0]) and re.match(r'\{\s*("|\})|\[\s*([\[{"\d\]-]|true|false|null)', text.lstrip()):
            return "json"
    if any(_LOG_LINE.match(line) for line in text.split("\n", 20)[:20]):
        return "web-log"
    return "delimited"


def _whole(line: str) -> bool:
    """Whether this line is one JSON object or array."""
    if not line.startswith(("{", "[")):
        return False
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
