"""Containers made to mislead: what is done to the ZIP itself, while the files in it are as they were sealed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from corpus_member import LETTER, PNG, REPORT, Act, Member, Workshop, invalid
from tampering import ordered, packed

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def _zip(change: Callable[[bytes, Workshop], bytes]) -> Act:
    """The sealed package's own ZIP, changed."""

    def act(shop: Workshop) -> None:
        shop.zip = change(packed(shop.top, shop.files), shop)

    return act


def _central(data: bytes, name: str) -> int:
    """Where the directory entry of a file begins."""
    place = data.index(CENTRAL, _directory(data)[0])
    while True:
        length = struct.unpack_from("<H", data, place + 28)[0]
        if data[place + 46 : place + 46 + length].endswith(name.encode()):
            return place
        place += 46 + sum(struct.unpack_from("<HHH", data, place + 28))


def _local(data: bytes, name: str) -> int:
    return int(struct.unpack_from("<I", data, _central(data, name) + 42)[0])


def _directory(data: bytes) -> tuple[int, int]:
    """Where the directory begins, and where the end record does."""
    end = data.rindex(END)
    return int(struct.unpack_from("<I", data, end + 16)[0]), end


def _put(data: bytes, place: int, form: str, *values: int) -> bytes:
    made = bytearray(data)
    struct.pack_into(form, made, place, *values)
    return bytes(made)


def _grown(data: bytes, place: int, more: bytes) -> bytes:
    """Bytes put in before the directory, and the end record put right; entries keep their places."""
    start, end = _directory(data)
    moved = data[:place] + more + data[place:]
    return _put(moved, end + len(more) + 16, "<I", start + len(more))


def _program(data: bytes, shop: Workshop) -> bytes:
    return _behind(b"#!/bin/sh\necho trust me\n", data)


def _behind(more: bytes, data: bytes) -> bytes:
    """The ZIP behind other bytes, with every place put right (as in a self-extracting file)."""
    start, end = _directory(data)
    made = bytearray(more + data)
    place = start + len(more)
    while place < end + len(more):
        (offset,) = struct.unpack_from("<I", made, place + 42)
        struct.pack_into("<I", made, place + 42, offset + len(more))
        place += 46 + sum(struct.unpack_from("<HHH", made, place + 28))
    struct.pack_into("<I", made, end + len(more) + 16, start + len(more))
    return bytes(made)


def _added(name: str, content: bytes = b"x", *, kind: int = 0o100644, method: int = 0) -> Act:
    """One more entry, under any name and of any kind, as another program writes it."""

    def act(shop: Workshop) -> None:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for one in [*ordered(shop.files), ""]:
                info = zipfile.ZipInfo(f"{shop.top}/{one}" if one else "x", (1980, 1, 1, 0, 0, 0))
                info.filename = info.filename if one else name.replace("TOP", shop.top)
                info.create_system, info.external_attr = 3, (0o100644 if one else kind) << 16
                info.compress_type = 0 if one else method
                if not one and name.endswith("\\"):
                    info.filename = name
                archive.writestr(info, shop.files[one] if one else content)
        shop.zip = made.getvalue()

    return act


def _twice(name: str, content: bytes) -> Act:
    """An entry under a name that is there already, behind the others; one reader takes the first, one the last."""

    def act(shop: Workshop) -> None:
        start, end = _directory(data := packed(shop.top, shop.files))
        extra = packed(shop.top, {name: content})
        inner, inner_end = _directory(extra)
        entry = bytearray(extra[inner:inner_end])
        struct.pack_into("<I", entry, 42, start)
        count = struct.unpack_from("<H", data, end + 10)[0] + 1
        size = end - start + len(entry)
        tail = struct.pack("<4sHHHHIIH", END, 0, 0, count, count, size, start + inner, 0)
        shop.zip = data[:start] + extra[:inner] + data[start:end] + bytes(entry) + tail

    return act


def _field(name: str, offset: int, form: str, value: int, *, central: bool = True, local: bool = False) -> Act:
    """A field of an entry's headers is another; `offset` is that of the local header's field."""
    inside = offset + 2  # the directory's entry has two bytes more in front

    def change(data: bytes, shop: Workshop) -> bytes:
        if local:
            data = _put(data, _local(data, name) + offset, form, value)
        return _put(data, _central(data, name) + inside, form, value) if central else data

    return _zip(change)


def _renamed_inside(data: bytes, shop: Workshop) -> bytes:
    """The header before the data gives another name than the directory."""
    place = _local(data, PNG) + 30
    return data[:place] + data[place : place + 4].swapcase() + data[place + 4 :]


def _overlapping(data: bytes, shop: Workshop) -> bytes:
    """Two directory entries over one stretch of data."""
    return _put(data, _central(data, LETTER) + 42, "<I", _local(data, PNG))


def _commented(data: bytes, shop: Workshop) -> bytes:
    return data[:-2] + struct.pack("<H", 5) + b"hello"


def _bomb(data: bytes, shop: Workshop) -> bytes:
    """An entry that unpacks to four hundred times a real file."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = bytes(80 << 20)
    small = packer.compress(content) + packer.flush()
    made = io.BytesIO()
    name = f"{shop.top}/data/exhibits/EX-0001/zeros.bin".encode()
    head = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, zlib.crc32(content), len(small), len(content), len(name), 0)
    start, end = _directory(data)
    made.write(data[:start] + LOCAL + head + name + small)
    place = made.tell()
    central = CENTRAL + struct.pack("<H", 0x0314) + head + struct.pack("<HHHII", 0, 0, 0, 0o100644 << 16, start) + name
    count = struct.unpack_from("<H", data, end + 10)[0] + 1
    size = end - start + len(central)
    made.write(data[start:end] + central + struct.pack("<4sHHHHIIH", END, 0, 0, count, count, size, place, 0))
    return made.getvalue()


def _second_end(data: bytes, shop: Workshop) -> bytes:
    """A whole other ZIP before this one, whose end a reader could take for the end."""
    return _behind(packed(shop.top, {"data/report.pdf": b"%PDF-1.7 other"}), data)


def _two_tops(shop: Workshop) -> None:
    data = packed(shop.top, shop.files)
    shop.zip = data.replace(f"{shop.top}/README".encode(), f"{shop.top[:-1]}2/README".encode())


def _other_top(shop: Workshop) -> None:
    shop.zip = packed("CASE-8-v1", shop.files)


def _by_another_program(shop: Workshop) -> None:
    """The same files packed again, as a mail gateway does."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name in ordered(shop.files):
            archive.writestr(zipfile.ZipInfo(f"{shop.top}/{name}", (2026, 3, 5, 12, 0, 0)), shop.files[name])
    shop.zip = made.getvalue()


def trick(name: str, words: str, act: Act, *, breaks: str = "container", item: str = "", **more: object) -> Member:
    """A ZIP that is refused before anything in it is read."""
    verdict = more.get("verdict", "not-verified")
    finds = () if verdict == "not-a-package" else (("container", item),)
    return invalid(name, words, act, breaks, *finds, folder=False, **more)


_NONE = {"verdict": "not-a-package", "breaks": "no-zip"}

ZIPS: tuple[Member, ...] = (
    trick("zip-empty", "a file of zero bytes", _zip(lambda data, shop: b""), **_NONE),
    trick("zip-half", "half of the ZIP", _zip(lambda data, shop: data[: len(data) // 2]), **_NONE),
    trick("zip-cut", "the ZIP without its last hundred bytes", _zip(lambda data, shop: data[:-100]), **_NONE),
    trick("zip-that-is-none", "a letter", _zip(lambda data, shop: b"Dear Sir or Madam,\n" * 9), **_NONE),
    trick("zip-of-something-else", "a ZIP with none of the files of a package",
          _zip(lambda data, shop: packed("photos", {"a.txt": b"x"})), **_NONE),
    trick("zip-name-absolute", "an absolute name", _added("/etc/cron.d/x")),
    trick("zip-name-climbing", "a name that climbs out", _added("TOP/../../x")),
    trick("zip-name-drive", "a name with a drive letter", _added("C:/x")),
    trick("zip-name-network", "a network path", _added("//server/share/x")),
    trick("zip-name-backslash", "a name with a backslash", _added("TOP/data\\x")),
    trick("zip-name-reserved", "a name that Windows reserves", _added("TOP/data/con.txt")),
    trick("zip-name-with-a-dot", "a name that ends with a dot", _added("TOP/data/x.")),
    trick("zip-name-invisible", "a name that shows another ending than it has", _added("TOP/data/x\u202egnp.exe")),
    trick("zip-name-too-long", "a name of more than 119 characters", _added("TOP/data/" + "x" * 120)),
    trick("zip-case-twin", "a name that differs from another only by its case", _added("TOP/DATA/report.pdf"),
          item="eport"),
    trick("zip-unicode-twins", "a name that some systems read as another file's (Kelvin sign for K)",
          _added("TOP/data/chronology.csv".replace("k", "\u212a").replace("ch", "c\u0068\u0301"))),
    trick("zip-name-twice", "a file twice under one name", _twice(PNG, b"other")),
    trick("zip-report-twice", "the report twice, with another one behind", _twice(REPORT, b"%PDF-1.7 other")),
    trick("zip-link", "a link to a file of the system", _added("TOP/data/link", b"/etc/passwd", kind=0o120777)),
    trick("zip-device", "a device", _added("TOP/data/device", b"", kind=0o020644)),
    trick("zip-folder-entry", "an entry for a folder", _added("TOP/data/", b"", kind=0o040755)),
    trick("zip-encrypted", "an entry marked as encrypted", _field(PNG, 6, "<H", 1, local=True)),
    trick("zip-method-unknown", "an entry packed by a method that no package uses",
          _field(PNG, 8, "<H", 12, local=True)),
    trick("zip-size-lies", "an entry whose directory states another size", _field(PNG, 22, "<I", 5), item=PNG),
    trick("zip-size-lies-inside", "an entry whose own header states another size",
          _field(PNG, 22, "<I", 5, central=False, local=True), item=PNG),
    trick("zip-checksum-lies", "an entry whose directory states another checksum", _field(PNG, 14, "<I", 5), item=PNG),
    trick("zip-name-lies", "an entry whose own header gives another name", _zip(_renamed_inside), item=PNG),
    trick("zip-overlapping", "two entries over the same bytes", _zip(_overlapping)),
    trick("zip-bytes-before", "a program before the first entry", _zip(_program)),
    trick("zip-bytes-between", "bytes between the entries and the directory",
          _zip(lambda data, shop: _grown(data, _directory(data)[0], b"hidden"))),
    trick("zip-bytes-behind", "bytes behind the end", _zip(lambda data, shop: data + b"hidden")),
    trick("zip-comment", "a comment", _zip(_commented)),
    trick("zip-count-lies", "a directory that counts fewer entries than it has", _zip(
        lambda data, shop: _put(data, _directory(data)[1] + 8, "<HH", 5, 5))),
    trick("zip-of-several", "a part of several", _zip(
        lambda data, shop: _put(data, _directory(data)[1] + 4, "<H", 1))),
    trick("zip-another-before", "another ZIP before this one", _zip(_second_end)),
    trick("zip-bomb", "an entry that unpacks to eighty million zeros", _zip(_bomb), item="zeros.bin"),
    trick("zip-two-folders", "two folders", _two_tops),
    Member("zip-folder-of-another-name", "the folder has another case's name", "tampered", "stranger", _other_top,
           frozenset(["folder-name"]), (("contents", "CASE-8-v1"),), folder=False),
    trick("zip-packed-again", "the same files packed by another program (unpack it and check the folder)",
          _by_another_program, breaks="container-form"),
)  # fmt: skip
