"""Workbooks made byte by byte, so that tests can say exactly what is in them: XLSX, XLS (BIFF8) and ODS."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_ODS = " ".join(
    f'xmlns:{short}="urn:{name}"'
    for short, name in (
        ("office", "oasis:names:tc:opendocument:xmlns:office:1.0"),
        ("table", "oasis:names:tc:opendocument:xmlns:table:1.0"),
        ("text", "oasis:names:tc:opendocument:xmlns:text:1.0"),
    )
)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            packed = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 1, 0, 0, 0)), content, packed)
    return stream.getvalue()


def xlsx(
    rows: str | Mapping[str, str],
    *,
    codes: Sequence[str] = (),
    shared: Sequence[str] = (),
    from_1904: bool = False,
    behind: str = "",
    before: str = "",
    state: str = "",
    extra: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """A workbook of the XML of its rows (by sheet, or of one sheet “S”). Style n is number format code n-1."""
    sheets = {"S": rows} if isinstance(rows, str) else rows
    kinds = [f"worksheets/sheet{number}.xml" for number in range(1, len(sheets) + 1)]
    related = "".join(
        f'<Relationship Id="r{number}" Type="{RELATIONS}/worksheet" Target="{part}"/>'
        for number, part in enumerate(kinds, 1)
    )
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="r{number}"{state}/>'
        for number, name in enumerate(sheets, 1)
    )
    formats = "".join(f'<numFmt numFmtId="{164 + n}" formatCode="{escape(code)}"/>' for n, code in enumerate(codes))
    styles = "".join(f'<xf numFmtId="{164 + n}"/>' for n in range(len(codes)))
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r" Type="{RELATIONS}/officeDocument" '
        f'Target="/xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{related}'
        f'<Relationship Id="s" Type="{RELATIONS}/styles" Target="styles.xml"/>'
        f'<Relationship Id="t" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><workbookPr date1904="{int(from_1904)}"/>'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts>'
        f'<cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{"".join(f"<si>{one}</si>" for one in shared)}</sst>',
    }
    for part, xml in zip(kinds, sheets.values(), strict=True):
        parts[f"xl/{part}"] = f'<worksheet xmlns="{MAIN}">{before}<sheetData>{xml}</sheetData>{behind}</worksheet>'
    return zipped(parts | dict(extra or {}))


def row(number: int, *cells: str, more: str = "") -> str:
    return f'<row r="{number}"{more}>{"".join(cells)}</row>'


def text(place: str, value: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def number(place: str, value: str, style: int = 0) -> str:
    return f'<c r="{place}" s="{style}"><v>{value}</v></c>'


def ods(rows: str, name: str = "S") -> bytes:
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:'
            'manifest:1.0"><manifest:file-entry manifest:full-path="/" '
            'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
            "content.xml": f"<office:document-content {_ODS}><office:body><office:spreadsheet>"
            f'<table:table table:name="{name}">{rows}</table:table></office:spreadsheet></office:body>'
            f"</office:document-content>",
        }
    )


def ods_row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def ods_cell(shown: str, kind: str = "string", value: str = "", more: str = "") -> str:
    named = {"date": "date-value", "time": "time-value", "boolean": "boolean-value"}.get(kind, "value")
    stated = f' office:{named}="{value}"' if value else ""
    said = f"<text:p>{escape(shown)}</text:p>"
    return f'<table:table-cell office:value-type="{kind}"{stated} {more}>{said}</table:table-cell>'


def xls(rows: Sequence[Sequence[object]], *, from_1904: bool = False, hidden: bool = False, name: str = "S") -> bytes:
    """A BIFF8 workbook of one sheet. A float is written with the format m/d/yy h:mm, an int without one."""
    cells = b""
    for r, values in enumerate(rows):
        for c, value in enumerate(values):
            if isinstance(value, str):
                said = value.encode("utf-16-le")
                cells += _record(0x0204, struct.pack("<HHHHB", r, c, 0, len(said) // 2, 1) + said)
            elif isinstance(value, int | float):
                style = 1 if isinstance(value, float) else 0
                cells += _record(0x0203, struct.pack("<HHHd", r, c, style, value))
    size = struct.pack("<IIHHH", 0, len(rows), 0, max((len(one) for one in rows), default=0), 0)
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)) + _record(0x0200, size)
    sheet += cells + _record(0x000A, b"")
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    start += _record(0x0042, struct.pack("<H", 1200)) + _record(0x0022, struct.pack("<H", from_1904))
    start += b"".join(_record(0x00E0, struct.pack("<HH16x", 0, form)) for form in (0, 22))
    end = _record(0x000A, b"")
    title = name.encode("utf-16-le")
    length = 4 + 8 + len(title)
    offset = len(start) + length + len(end)
    sheets = _record(0x0085, struct.pack("<IBBBB", offset, hidden, 0, len(name), 1) + title)
    return compound(start + sheets + end + sheet)


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def compound(stream: bytes, name: str = "Workbook") -> bytes:
    """A compound file with one stream: a header, one sector of directory, the stream, and its sectors' table."""
    stream = stream.ljust(4096, b"\0")
    count = -(-len(stream) // 512)
    stream = stream.ljust(count * 512, b"\0")
    tables = -(-(count + 2) // 127)
    chain = [0xFFFFFFFD] * tables + [0xFFFFFFFE]
    first = len(chain)
    chain += [first + index + 1 for index in range(count - 1)] + [0xFFFFFFFE]
    chain += [0xFFFFFFFF] * (tables * 128 - len(chain))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, tables, tables, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += b"".join(struct.pack("<I", index if index < tables else 0xFFFFFFFF) for index in range(109))

    def entry(title: str, kind: int, child: int, start: int, length: int) -> bytes:
        said = title.encode("utf-16-le") + b"\0\0"
        links = struct.pack("<HBBIII", len(said), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        return said.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, length)

    empty = bytes(64) + struct.pack("<HBBIII", 0, 0, 0, *([0xFFFFFFFF] * 3)) + bytes(48)
    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(name, 2, 0xFFFFFFFF, first, len(stream)) + 2 * empty
    return header + b"".join(struct.pack("<I", one) for one in chain) + directory + stream
