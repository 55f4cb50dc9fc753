"""Which encoding a text is in, with the evidence for it.

Nothing is replaced: bytes that do not fit are set aside with their record.
"""

from __future__ import annotations

import codecs
import os
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from casebound.errors import BadRequest
from casebound.importers import charsets

_HEAD = 1024 * 1024
_PROBES = 16
_PROBE = 64 * 1024
_ASCII = bytes(range(128))
_CONTINUATIONS = bytes(range(0x80, 0xC0))
_CHARACTER = re.compile(  # well-formed UTF-8 beyond ASCII: Unicode 16, table 3-7
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
_MARKS = (  # UTF-32 first: its mark with the low byte first begins like that of UTF-16
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32, low byte first"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32, high byte first"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16, low byte first"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16, high byte first"),
    (b"\x84\x31\x95\x33", "gb18030", "GB 18030"),
)
_ISO_PARTS = tuple(f"iso-8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16))
KNOWN = (
    *("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp1252", "latin-1", *_ISO_PARTS, "mac-roman"),
    *("cp932", "shift_jis", "euc-jp", "gb18030", "gbk", "big5", "cp950", "big5hkscs", "cp949", "euc-kr"),
    *("cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874"),
    *("koi8-r", "koi8-u", "cp437", "cp850", "cp852", "cp866"),
)
"""Every name is one that Python's codecs know. In all of them but UTF-16 and UTF-32 a byte below 0x30 is ASCII."""
_BY_CODEC = {codecs.lookup(name).name: name for name in KNOWN}
_ALSO = {
    "utf-16": "utf-16-le",
    "utf-32": "utf-32-le",
    "utf-8-sig": "utf-8",
    "ascii": "utf-8",
    "gb2312": "gbk",
    "windows-31j": "cp932",
}


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding, the bytes of its mark at the start of the file, the evidence in sentences, and what else it may
    be.
    """

    name: str
    mark: int
    evidence: str
    alternatives: tuple[str, ...] = ()


def head_of(path: Path, size: int = _HEAD) -> bytes:
    """The first bytes of a file."""
    with path.open("rb") as stream:
        return stream.read(size)


def named(text: str) -> str:
    """The name in KNOWN of an encoding as a person writes it. Raises `BadRequest`."""
    wanted = text.strip().lower()
    try:
        codec = codecs.lookup(wanted).name
    except LookupError:
        codec = wanted
    name = _BY_CODEC.get(codec) or _ALSO.get(codec, "")
    if not name:
        raise BadRequest(f"“{text}” is not an encoding that can be read.", f"Use one of {', '.join(KNOWN)}.")
    return name


def chosen(path: Path, wanted: str) -> Encoding:
    """The encoding of a file: the one that a person chose, else the one that is found. Raises `BadRequest`."""
    found = detect(path)
    if not wanted or wanted == found.name:
        return found
    name = named(wanted)
    if name == found.name:
        return found
    family = found.name.split("-")[0] == name.split("-")[0] and found.name[:6] == name[:6]
    if found.mark and not family:
        words = f"{name} was chosen, although the file begins with the mark of {found.name}."
        return Encoding(name, 0, words)
    return Encoding(name, found.mark if family else 0, f"{name} was chosen; {found.name} would be proposed.")


def detect(path: Path) -> Encoding:
    """Judge by the mark, then by the bytes at the start and at places spread over the file."""
    facts = path.stat()
    return _detected(str(path), facts.st_mtime_ns, facts.st_size, facts.st_ino)


@lru_cache(maxsize=64)
def _detected(path: str, changed_ns: int, size: int, inode: int) -> Encoding:
    """Judged once for a file as it is: one import asks several times."""
    head = head_of(Path(path))
    for mark, name, words in _MARKS:
        if head.startswith(mark):
            return Encoding(name, len(mark), f"The file begins with the mark of {words}.")
    return _wide(head) or _narrow(head, _probes(Path(path)))


def _wide(head: bytes) -> Encoding | None:
    """UTF-16 or UTF-32 without a mark: zero bytes at the same place in every character."""
    start = head[:4096]
    if b"\0" not in start:
        return None
    for name, unit, zeros in (("utf-32-le", 4, (2, 3)), ("utf-32-be", 4, (0, 1))):
        if len(start) >= 8 and all(not any(start[place::unit]) for place in zeros):
            return Encoding(name, 0, f"Bytes are zero as in {name.upper()}; there is no mark.")
    half = max(1, len(start) // 2)
    even, odd = start[0::2].count(0), start[1::2].count(0)
    for name, many, few, words in (
        ("utf-16-le", odd, even, "low byte first"),
        ("utf-16-be", even, odd, "high byte first"),
    ):
        if many / half > 0.4 and few / half < 0.1:
            return Encoding(name, 0, f"Every other byte is zero, as in UTF-16 with the {words}; there is no mark.")
        if many and not few and _ends_in_units(start, name):
            return Encoding(name, 0, f"Zero bytes and line ends stand as in UTF-16 with the {words}; there is no mark.")
    return None


def _ends_in_units(start: bytes, name: str) -> bool:
    """Whether there are line ends of two bytes and no others, in text that UTF-16 can be."""
    whole = start[: len(start) - len(start) % 2]
    try:
        text = whole.decode(name)
    except UnicodeDecodeError as error:
        text = whole[: error.start].decode(name) if error.start > len(whole) - 4 else ""
    return "\n" in text and text.count("\n") == start.count(b"\n") and "\0" not in text


def _probes(path: Path) -> list[bytes]:
    size = path.stat().st_size
    if size <= _HEAD:
        return []
    found = []
    with path.open("rb") as stream:
        for index in range(1, _PROBES + 1):
            stream.seek(max(_HEAD, size * index // _PROBES - _PROBE), os.SEEK_SET)
            found.append(stream.read(_PROBE))
    return found


def _narrow(head: bytes, probes: list[bytes]) -> Encoding:
    sequences = wrong = 0
    for index, block in enumerate((head, *probes)):
        good, bad = _utf8_shape(block, cut=index > 0)
        sequences, wrong = sequences + good, wrong + len(bad)
    if not wrong:
        if not sequences:
            return Encoding("utf-8", 0, "All bytes looked at are plain ASCII, which UTF-8 includes.")
        return Encoding(
            "utf-8", 0, f"All {sequences:,} characters beyond ASCII that were looked at are well-formed UTF-8."
        )
    if sequences > 4 * wrong:
        return Encoding(
            "utf-8",
            0,
            f"{sequences:,} characters are well-formed UTF-8 and {wrong:,} bytes are not; their records are set aside.",
        )
    found = charsets.judge([head, *probes])
    name = "cp950" if found.name == "big5" and _only_windows(head) else found.name
    return replace(Encoding(name, 0, found.evidence), alternatives=found.alternatives)


def _only_windows(head: bytes) -> bool:
    """Whether this Big5 has characters that only Windows-950 has."""
    wrong = {name: head.decode(name, "replace").count("\ufffd") for name in ("big5", "cp950")}
    return wrong["cp950"] < wrong["big5"]


def _utf8_shape(block: bytes, *, cut: bool) -> tuple[int, bytes]:
    """How many multi-byte characters are well formed, and the bytes beyond ASCII that belong to none.

    A block `cut` out of a file may begin and end within a character.
    """
    if block.isascii():
        return 0, b""
    if cut or len(block) == _HEAD:
        block = block.lstrip(_CONTINUATIONS) if cut else block
        tail = block[-4:].rstrip(_CONTINUATIONS)
        if tail and tail[-1] >= 0xC0:
            block = block[: len(block) - 4 + len(tail) - 1]
    rest, good = _CHARACTER.subn(b"a", block)
    return good, rest.translate(None, _ASCII)
