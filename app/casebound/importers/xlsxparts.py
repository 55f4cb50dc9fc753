"""The parts of an XLSX or XLSM file (ECMA-376): its sheets, date system, number formats and shared texts.

Every part is read through `xmlblocks`, which refuses document types; macros and links to other files are only told.
"""

from __future__ import annotations

import lzma
import posixpath
import struct
import zipfile
import zlib
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast
from xml.etree.ElementTree import Element

from casebound.errors import BadSource
from casebound.importers.daynumbers import NumberFormat, built_in, number_format
from casebound.importers.xmlblocks import BadXml, Blocks, Overlong, local, small_tree, unescaped

_LARGEST = 8 * 1024**3  # bytes that a workbook may claim to unpack to
_SMALL_PART = 32 * 1024**2  # bytes of a part that is read whole
_MOST_TEXT = 1024**3  # bytes of shared texts that are held
_MOST_PARTS = 20_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""What reading a damaged archive raises; RuntimeError holds NotImplementedError and a missing password."""
_OFFICE = "/officeDocument"


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet of cells: its name, the part it is in, and whether it is "visible", "hidden" or "veryHidden"."""

    name: str
    part: str
    state: str


class XlsxFile:
    """An open workbook; close it. Whatever is wrong with the file is a `BadSource`."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self._streams: list[BinaryIO] = []
        with path.open("rb") as stream:
            if stream.read(8) == _OLE:
                raise BadSource(
                    f"“{name}” is locked with a password, or is a workbook of the old kind (XLS) with another name.",
                    "Open it with its password and save it without one, or save it as CSV, and bring that in.",
                    where=name,
                )
        with self.faults():
            self._archive = zipfile.ZipFile(path)
        try:
            with self.faults():
                self._look_around()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file, and of every part of it that is still being read."""
        for stream in self._streams:
            stream.close()
        self._archive.close()

    @contextmanager
    def faults(self, what: str = "") -> Iterator[None]:
        """Turns what a damaged or hostile file raises into `BadSource`; `what` names the part in people's words."""
        try:
            yield
        except BadXml as error:
            raise self.bad(f"{what or 'a part of it'} {error}") from error
        except KeyError as error:
            raise self.bad(f"a part of it is missing ({str(error.args[0])[:120]})") from error
        except _DAMAGE as error:
            words = str(error).splitlines()
            raise self.bad(words[0][:200] if words else "it is damaged") from error

    def bad(self, why: str) -> BadSource:
        """The failure to raise where this file cannot be read."""
        return BadSource(
            f"“{self.name}” cannot be read as a workbook: {why}.",
            "Open it in a spreadsheet program, save it again as XLSX or CSV, and bring that in.",
            where=self.name,
        )

    def stream(self, part: str) -> BinaryIO:
        """A part, unpacked as it is read."""
        entry = self._entry(part)
        if entry.flag_bits & 1:
            raise BadXml(f"({part}) is locked with a password")
        stream = cast(BinaryIO, self._archive.open(entry))
        self._streams.append(stream)
        return stream

    def unpacked_size(self, part: str) -> int:
        """Bytes of a part once unpacked, as the file states it; no more are ever read."""
        return self._entry(part).file_size

    def _entry(self, part: str) -> zipfile.ZipInfo:
        return self._entries[part.lower()]

    def _look_around(self) -> None:
        entries = self._archive.infolist()
        self._entries = {entry.filename.replace("\\", "/").lstrip("/").lower(): entry for entry in entries}
        if len(entries) > _MOST_PARTS or len(self._entries) != len(entries):
            raise BadXml("has parts that share one name, or more of them than any program writes")
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > _LARGEST:
            raise BadSource(
                f"“{self.name}” unpacks to {unpacked:,} bytes.", "Export the table as CSV instead.", where=self.name
            )
        self.macros = any(name.endswith("vbaproject.bin") for name in self._entries)
        self.links = any("/externallinks/" in name for name in self._entries)
        main = next((part for kind, part in self._relations("").values() if kind.endswith(_OFFICE)), "xl/workbook.xml")
        book = self._tree(main)
        relations = self._relations(main)
        properties = next((one for one in book if local(one.tag) == "workbookPr"), None)
        self.from_1904 = properties is not None and properties.get("date1904", "0") in ("1", "true", "on")
        self.sheets: list[SheetPart] = []
        self.others: list[str] = []
        for sheet in (one for group in book if local(group.tag) == "sheets" for one in group):
            key = next((value for name, value in sheet.attrib.items() if local(name) == "id"), "")
            kind, part = relations.get(key, ("", ""))
            title = sheet.get("name", "")
            if kind.endswith("/worksheet") and part.lower() in self._entries:
                self.sheets.append(SheetPart(title, part, sheet.get("state", "visible")))
            else:
                self.others.append(title)
        if len({sheet.name for sheet in self.sheets}) != len(self.sheets):
            raise BadXml("has several sheets of one name")
        named = {kind.rpartition("/")[2]: part for kind, part in relations.values()}
        self.formats = self._number_formats(named.get("styles", ""))
        self._shared = named.get("sharedStrings", "")

    def shared_texts(self) -> SharedTexts:
        """The texts that cells share, read on as far as they are asked for."""
        if not self._shared or self._shared.lower() not in self._entries:
            return SharedTexts(None)
        return SharedTexts(Blocks(self.stream(self._shared), "sst", "si"))

    def _tree(self, part: str) -> Element:
        with self.stream(part) as stream:
            data = stream.read(_SMALL_PART + 1)
        if len(data) > _SMALL_PART:
            raise BadXml(f"({part}) is larger than any program writes it")
        return small_tree(data)

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to: id → (type, part)."""
        folder, _, file = part.rpartition("/")
        listed = f"{folder}/_rels/{file}.rels".lstrip("/")
        if listed.lower() not in self._entries:
            return {}
        found = {}
        for one in self._tree(listed):
            target = one.get("Target", "").replace("\\", "/")
            if one.get("TargetMode") != "External":
                inside = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                found[one.get("Id", "")] = (one.get("Type", ""), posixpath.normpath(inside))
        return found

    def _number_formats(self, part: str) -> dict[str, NumberFormat]:
        """Of each cell style that shows dates or times, its number format."""
        if part.lower() not in self._entries:
            return {}
        root = self._tree(part)
        codes = {
            one.get("numFmtId", ""): one.get("formatCode", "")
            for group in root
            if local(group.tag) == "numFmts"
            for one in group
        }
        found = {}
        styles = next((group for group in root if local(group.tag) == "cellXfs"), ())
        for index, style in enumerate(styles):
            number = style.get("numFmtId", "0")
            code = codes.get(number)
            form = built_in(int(number) if number.isdecimal() else 0) if code is None else number_format(code)
            if not form.plain:
                found[str(index)] = form
        return found


class SharedTexts:
    """The shared texts of a workbook by number, held as bytes; `[n]` reads on until the n-th is there."""

    def __init__(self, blocks: Blocks | None) -> None:
        self._blocks = iter(blocks) if blocks else iter(())
        self._tag = blocks.tag if blocks else ""
        self._text, self._ends = bytearray(), array("Q", [0])

    def __getitem__(self, number: int) -> str:
        while number >= len(self._ends) - 1:
            block = next(self._blocks, None)
            if block is None:
                raise BadXml(f"refers to shared text {number:,}, which is not there")
            if isinstance(block, Overlong):
                raise BadXml(f"holds a shared text of {block.length:,} bytes")
            self._take(block)
        return self._text[self._ends[number] : self._ends[number + 1]].decode("utf-8", "surrogatepass")

    def _take(self, block: Element) -> None:
        for item in block:
            if item.tag != self._tag:
                raise BadXml(f"holds “{local(item.tag)[:40]}” among its shared texts")
            self._text += rich_text(item).encode("utf-8", "surrogatepass")
            self._ends.append(len(self._text))
        if len(self._text) > _MOST_TEXT:
            raise BadXml(f"holds more than {_MOST_TEXT:,} bytes of text: export the table as CSV instead")


def rich_text(item: Element) -> str:
    """The text of an item: of all its runs, without the phonetic guide above it."""
    if len(item) == 1 and local(item[0].tag) == "t":
        return unescaped(item[0].text or "")
    pieces = []
    for part in item:
        name = local(part.tag)
        if name == "t":
            pieces.append(part.text or "")
        elif name == "r":
            pieces += [run.text or "" for run in part if local(run.tag) == "t"]
    return unescaped("".join(pieces))
