"""The child process that reads one XLS, XLSB or ODS file from its standard input: such a file can abort its reader.

`look N` writes the sheets with their first N rows, `rows NAME` all rows of one sheet, whose name is given as the
hexadecimal digits of its UTF-8. Each line of the output is one JSON
value: {"sheet": …} begins a sheet, an array holds rows, {"end": rows} ends a sheet, {"fault": …} says why it cannot be
read. A cell is null, true, false, a number, a text, or an array: ["d", ISO date or time], ["e", elapsed milliseconds].
It imports nothing of ours, opens nothing but its input, and limits its own memory and time where the system can.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

MEMORY = 3 << 30  # bytes of address space
SECONDS = 900  # of processor time
TOGETHER = 200  # rows on one line


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


def main(arguments: list[str]) -> int:
    """Read as asked; 0 when all was said, 1 after a fault, 2 for a wrong question."""
    if len(arguments) != 2 or arguments[0] not in ("look", "rows"):
        return 2
    most = int(arguments[1]) if arguments[0] == "look" else None
    wanted = bytes.fromhex(arguments[1]).decode() if most is None else ""
    from python_calamine import CalamineWorkbook, PasswordError

    confine()
    try:
        book = CalamineWorkbook.from_filelike(sys.stdin.buffer)
        for index, about in enumerate(book.sheets_metadata):
            if str(about.typ).endswith(".WorkSheet") and (most is not None or about.name == wanted):
                tell_sheet(book, index, most)
    except PasswordError:
        say({"fault": "password"})
        return 1
    except MemoryError:
        say({"fault": "memory"})
        return 1
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it cannot be read
        say({"fault": str(error).splitlines()[0][:200] if str(error) else type(error).__name__})
        return 1
    return 0


def tell_sheet(book: Any, index: int, most: int | None) -> None:
    """Write one sheet: what it is, its rows, its end."""
    about, sheet = book.sheets_metadata[index], book.get_sheet_by_index(index)
    say(
        {
            "sheet": about.name,
            "hidden": not str(about.visible).endswith(".Visible"),
            "left": sheet.start[1] if sheet.start else 0,  # rows come from the first on, cells from here on
            "merged": len(sheet.merged_cell_ranges or ()),
        }
    )
    rows: Iterator[list[Any]] = islice(sheet.iter_rows(), most)
    count = 0
    while block := list(islice(rows, TOGETHER)):
        count += len(block)
        say([[written(cell) for cell in row] for row in block])
    say({"end": count})


def written(cell: Any) -> Any:
    """A cell as JSON can say it."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, datetime):
        return ["d", cell.isoformat(sep=" ", timespec="milliseconds" if cell.microsecond else "seconds")]
    if isinstance(cell, time):
        return ["d", cell.isoformat(timespec="milliseconds" if cell.microsecond else "seconds")]
    if isinstance(cell, date):
        return ["d", cell.isoformat()]
    if isinstance(cell, timedelta):
        return ["e", round(cell / timedelta(milliseconds=1))]
    return cell


def say(value: object) -> None:
    """One line of the answer."""
    sys.stdout.buffer.write(json.dumps(value, ensure_ascii=True).encode("ascii") + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
