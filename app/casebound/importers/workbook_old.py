"""XLS, XLSB and ODS, read in a child process: such a file can abort its reader, and a two-cell sheet that claims to be
as large as a sheet can be takes all memory (docs/adr/0007).

What the child says is taken for hostile too: every line is bounded and every value checked. The reader gives dates as
dates, in the workbook's own date system, and not the day numbers behind them; cells with an error it gives as empty.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from casebound.case import TableMapping
from casebound.errors import BadRequest, BadSource
from casebound.importers.batch import Batch, beat
from casebound.importers.daynumbers import elapsed_text, number_text
from casebound.importers.layout import Choices, Layout
from casebound.importers.sheetcells import MOST_ROWS, SheetRow, Tally
from casebound.importers.sheettables import HEAD, sheet_batches, sheet_layout

WORKBOOK_CHILD: Final = "--workbook-child"
_LONGEST_LINE = 256 * 1024 * 1024  # bytes
_PATIENCE = 900.0  # seconds without a word from the child
_BEAT = 0.05  # seconds between two looks at whether a person stopped
_MOST_COLUMNS = 16_384


class OldWorkbook:
    """XLS, XLSB and ODS. The line of a record is its row number in the sheet; there is no byte offset."""

    kind = "workbook-old"
    format = "xls"
    version = "xls 1"

    def layouts(self, path: Path, name: str, choices: Choices) -> tuple[Layout, ...]:
        looked = HEAD + (choices.header_line or 0)
        sheets: list[tuple[_Sheet, list[SheetRow]]] = []
        with closing(_told(path, name, "look", str(looked))) as rows:
            for row in rows:
                if isinstance(row, _Sheet):
                    sheets.append((row, []))
                elif isinstance(row, SheetRow):
                    sheets[-1][1].append(row)
        found = []
        for sheet, head in sheets:
            table = name if len(sheets) == 1 else sheet.name
            try:
                layout = sheet_layout(head, choices, table, sheet.name, sheet.words())
            except BadRequest:
                if len(sheets) == 1:
                    raise
                # The line that was chosen is that of another sheet.
                layout = sheet_layout(head, Choices(), table, sheet.name, sheet.words())
            if layout is not None:
                found.append(layout)
        if not found:
            raise BadSource(
                f"No sheet of “{name}” holds a table.", "Open it and see whether the sheets are empty.", where=name
            )
        return tuple(found)

    def batches(self, path: Path, member: str, mapping: TableMapping) -> Iterator[Batch]:
        columns = tuple(column.name for column in mapping.columns)
        yield beat(columns)
        sheets: list[_Sheet] = []

        def rows() -> Iterator[SheetRow | None]:
            for row in told:
                if isinstance(row, _Sheet):
                    sheets.append(row)
                else:
                    yield row

        with closing(_told(path, path.name, "rows", member.encode("utf-8", "replace").hex())) as told:
            for batch in sheet_batches(rows(), mapping):
                columns = batch.columns
                yield batch
        if len(sheets) != 1:
            raise BadSource(f"“{path.name}” has no sheet “{member}”.", "Look at the file again.", where=path.name)
        end = beat(columns)
        end.told = tuple(sheets[0].words())
        yield end

    def size(self, path: Path, member: str) -> int:
        """Not known before the file is read."""
        return 0


@dataclass(slots=True)
class _Sheet:
    """A sheet as the child tells it, and what was met in its cells."""

    name: str
    hidden: bool
    left: int
    merged: int
    tally: Tally

    def words(self) -> list[str]:
        words = ["Errors in cells, such as #N/A, are told as empty cells by what reads this kind of workbook."]
        if self.hidden:
            words.append(f"The sheet “{self.name}” is hidden in the workbook.")
        if self.merged:
            words.append(
                f"{self.merged:,} {'area of cells is' if self.merged == 1 else 'areas of cells are'} merged: the value "
                f"stands in the first cell, the others were read as empty."
            )
        return words + self.tally.sentences()


class _Number(str):
    """A number of the child's JSON, in its own digits."""

    __slots__ = ()


def _told(path: Path, name: str, *asked: str) -> Generator[_Sheet | SheetRow | None]:
    """What the child tells, each sheet followed by its rows; None now and then. Close it to end the child."""
    sheet, taken = None, 0
    with _child(path, name, asked) as lines:
        for line in lines:
            if line is None:
                yield None
                continue
            value = _parsed(line, name)
            if isinstance(value, dict) and "fault" in value:
                raise _fault(name, str(value["fault"])[:200])
            if isinstance(value, dict) and "sheet" in value:
                sheet, taken = _sheet(value, name), 0
                yield sheet
            elif isinstance(value, list) and sheet is not None:
                for cells in value:
                    taken += 1
                    row = _row(cells, sheet, taken, name)
                    if row.texts:
                        yield row
                yield None
            elif not (isinstance(value, dict) and value.get("end") == str(taken)):
                raise _nonsense(name)
            else:
                sheet = None
        if sheet is not None:  # it began and never ended
            raise _broken_off(name)


def _row(cells: object, sheet: _Sheet, number: int, name: str) -> SheetRow:
    if not isinstance(cells, list) or len(cells) + sheet.left > _MOST_COLUMNS or number > MOST_ROWS:
        raise _nonsense(name)
    texts: list[str | None] = [None] * sheet.left
    for cell in cells:
        texts.append(_text(cell, sheet.tally, len(texts), number, name))
    while texts and texts[-1] is None:
        texts.pop()
    return SheetRow(number, texts, {})


def _text(cell: object, tally: Tally, column: int, number: int, name: str) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, _Number):
        text, rounded = number_text(str(cell))
        if rounded:
            tally.count("rounded", column, number)
        return text
    if isinstance(cell, str):
        return cell
    if isinstance(cell, list) and len(cell) == 2 and cell[0] in ("d", "e"):
        tally.count("dates", column, number)
        digits = str(cell[1])
        if cell[0] == "d":
            return digits
        if digits.lstrip("-").isdecimal() and len(digits) < 18:
            return elapsed_text(int(digits))
    raise _nonsense(name)


def _sheet(value: dict[str, Any], name: str) -> _Sheet:
    numbers = [str(value.get(key, "")) for key in ("left", "merged")]
    if not all(number.isdecimal() and len(number) < 9 for number in numbers):
        raise _nonsense(name)
    left, merged = map(int, numbers)
    if left > _MOST_COLUMNS:
        raise _nonsense(name)
    return _Sheet(str(value["sheet"]), value.get("hidden") is True, left, merged, Tally())


def _parsed(line: bytes, name: str) -> object:
    try:
        return json.loads(line, parse_int=_Number, parse_float=_Number, parse_constant=_Number)
    except (ValueError, RecursionError) as error:
        raise _nonsense(name) from error


def _command(asked: tuple[str, ...]) -> list[str]:
    """How to start the child; a frozen program has no interpreter and starts itself."""
    if getattr(sys, "frozen", False):
        return [sys.executable, WORKBOOK_CHILD, *asked]
    return [sys.executable, "-I", str(Path(__file__).with_name("workbook_child.py")), *asked]


@contextmanager
def _child(path: Path, name: str, asked: tuple[str, ...]) -> Iterator[Iterator[bytes | None]]:
    """The lines of the child's answer, None while it thinks; the child never outlives the block."""
    with path.open("rb") as file:
        try:
            process = subprocess.Popen(
                _command(asked), stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={"PATH": ""}
            )
        except OSError as error:
            raise BadSource(
                f"“{name}” cannot be read: the program that reads such workbooks does not start ({error.strerror}).",
                "Save it as XLSX or CSV, and bring that in.",
                where=name,
            ) from error
    assert process.stdout is not None
    with ThreadPoolExecutor(1, "casebound-workbook") as reader:
        try:
            yield _lines(reader, process.stdout, name)
            if process.wait() != 0:
                raise _broken_off(name)
        finally:
            process.kill()  # before the thread that waits for its words is waited for
            process.wait()
            process.stdout.close()


def _lines(reader: ThreadPoolExecutor, answer: IO[bytes], name: str) -> Iterator[bytes | None]:
    while True:
        waited, coming = 0.0, reader.submit(answer.readline, _LONGEST_LINE)
        while not wait([coming], _BEAT).done:
            waited += _BEAT
            if waited > _PATIENCE:
                raise _broken_off(name)
            yield None
        line = coming.result()
        if not line:
            return
        if not line.endswith(b"\n"):
            raise _broken_off(name)
        yield line


def _fault(name: str, said: str) -> BadSource:
    if said == "password":
        return BadSource(
            f"“{name}” is locked with a password.",
            "Open it with its password and save it without one, or save it as CSV, and bring that in.",
            where=name,
        )
    if said == "memory" or "detect" in said:  # it names no cause where a sheet claims too much
        return _broken_off(name)
    return BadSource(
        f"“{name}” cannot be read as a workbook: {said}.",
        "Open it in a spreadsheet program, save it again as XLSX or CSV, and bring that in.",
        where=name,
    )


def _broken_off(name: str) -> BadSource:
    return BadSource(
        f"“{name}” cannot be read: what reads such workbooks gave up on it.",
        "Open it in a spreadsheet program, save it as XLSX or CSV, and bring that in.",
        meaning="The file is damaged, or a sheet in it claims to be larger than can be read. Nothing was brought in.",
        where=name,
    )


def _nonsense(name: str) -> BadSource:
    return BadSource(
        f"“{name}” cannot be read: what reads such workbooks gave an answer that is none.",
        "Do not trust the file. Save it as CSV on a computer set apart, and bring that in.",
        where=name,
    )
