"""Where in a sheet its table stands: names, rows and columns, judged by the first rows as for delimited text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from casebound.case import ColumnRole, TableMapping
from casebound.importers.batch import MOST_COLUMNS, Batch, distinct_names, ragged
from casebound.importers.gathering import Gathering
from casebound.importers.headings import heading
from casebound.importers.layout import Choices, Layout
from casebound.importers.records import Record
from casebound.importers.sheetcells import SheetRow
from casebound.importers.storable import unstorable
from casebound.importers.tablebody import FOOTER, REPEATED, is_footer

SHOWN = 200
HEAD = 250  # rows that are looked at
_STORED = " (as stored)"
_CLOSING = "This stands below the last row and reads like a closing line of the report. If it is a row, mend it."
_MOST_CLOSING = 16  # rows that are held back until it is known whether they close the sheet


def sheet_layout(
    rows: Sequence[SheetRow], choices: Choices, table: str, member: str, evidence: Sequence[str]
) -> Layout | None:
    """The table of a sheet by its first rows; None where no row holds anything."""
    whole = [row for row in rows if not row.code and _width(row.texts)]
    if not whole:
        return None
    width = min(max(_width(row.texts) for row in whole), MOST_COLUMNS)
    fitting = [row for row in whole if _width(row.texts) <= width]
    records = [(row.number, Record(0, 0, 0, _spread(row.texts, width))) for row in fitting]
    found = heading(records, choices.header_line, choices.header_rows)
    body = fitting[found.body :]
    names = fitting[found.body - found.rows : found.body] if found.line else []
    # Columns without a name count only where a row fills them.
    width = max(_width(row.texts) for row in (*names, *body))
    columns = distinct_names([*found.columns, *[""] * width][:width])
    shown = tuple(_padded(row.texts, width) for row in body[:SHOWN])
    words = [sentence.replace("Line", "Row", 1) for sentence in found.evidence]
    return Layout(
        Path(table).stem,
        columns,
        shown,
        (*words, *evidence),
        member=member,
        header_line=found.line,
        header_rows=found.rows,
    )


def sheet_batches(rows: Iterator[SheetRow | None], mapping: TableMapping) -> Iterator[Batch]:
    """The rows of a sheet below its names, as batches.

    Where cells of the time column are day numbers that were read as dates, the numbers as stored are kept in a column
    of their own beside it. None among the rows is a moment to look up.
    """
    table = _Rows(mapping)
    left = mapping.header_rows if mapping.header_line else 0
    for row in rows:
        if row is None:
            yield from table.due()
        elif mapping.header_line and (row.number < mapping.header_line or left > 0):
            if row.number >= mapping.header_line:
                left -= 1
                table.has_named(row.texts)
        else:
            table.take(row)
            yield from table.due()
    table.end()
    yield table.rest()


class _Rows:
    """Rows on their way into batches, with the day numbers of the time column beside them."""

    def __init__(self, mapping: TableMapping) -> None:
        self.columns = tuple(column.name for column in mapping.columns)
        self.gathering = Gathering()
        time = mapping.named(ColumnRole.TIME)
        self._time = self.columns.index(time) if time else -1
        self._beside = time + _STORED if time else ""
        # Where the mapping is that of an earlier import, the column beside the times is its last.
        self.extended = bool(time) and len(self.columns) > 1 and self.columns[-1] == self._beside
        self.width = len(self.columns) - self.extended

        self._names: list[list[str | None]] = []
        self._held: list[SheetRow] = []  # what may be closing lines

    def has_named(self, texts: list[str | None]) -> None:
        """This row names the columns, or some of them."""
        if self.extended and self._beside in texts:  # the sheet itself has a column of that name
            self.extended, self._time, self.width = False, -1, len(self.columns)
        self._names.append(texts)

    def take(self, row: SheetRow) -> None:
        """The next row below the names."""
        if not row.code and len(self._held) < _MOST_CLOSING and self._may_close(row.texts):
            self._held.append(row)
            return
        self._release()
        self._place(row)

    def end(self) -> None:
        """There are no more rows: what was held back are closing lines."""
        held, self._held = self._held, []
        for row in held:
            reason = (
                "This stands below the last row and reads like a closing line of the report. If it is a row, mend it."
            )
            self._place(replace(row, code=FOOTER, reason=reason))

    def _release(self) -> None:
        held, self._held = self._held, []
        for row in held:
            self._place(row)

    def _may_close(self, texts: list[str | None]) -> bool:
        filled = [text for text in texts if text]
        # Twice, because a value alone would be judged by more than its words.
        return (self.width - len(filled)) * 3 >= self.width > 1 and is_footer([filled[0], filled[0]])

    def _place(self, row: SheetRow) -> None:
        used = _width(row.texts)
        where = self.gathering.place(row.number, -1, row.length)
        if row.code:
            self.gathering.refuse(where, row.code, row.reason, _raw(row.texts))
        elif used > self.width:
            self.gathering.refuse(where, "columns", ragged(used, self.width), _raw(row.texts[:used]))
        elif fault := unstorable(row.texts):
            self.gathering.refuse(where, *fault, _raw(row.texts))
        elif used > 1 and row.texts in self._names:
            reason = "The names of the columns stand here again; this is no row."
            self.gathering.refuse(where, REPEATED, reason, _raw(row.texts))
        else:
            texts = list(_padded(row.texts, self.width))
            if self._time in row.stored:
                if not self.extended and self._beside not in self.columns:
                    self.columns, self.extended = (*self.columns, self._beside), True
                if self.extended:
                    texts.append(row.stored[self._time])
            self.gathering.keep(where, texts)

    def due(self) -> Iterator[Batch]:
        """What is to be handed on now."""
        return self.gathering.due(self.columns)

    def rest(self) -> Batch:
        """All that is left."""
        return self.gathering.rest(self.columns)


def _raw(texts: Sequence[str | None]) -> str:
    return "\t".join(text or "" for text in texts).replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode()


def _width(texts: Sequence[str | None]) -> int:
    return next((index for index in range(len(texts), 0, -1) if texts[index - 1]), 0)


def _spread(texts: list[str | None], width: int) -> list[str | None]:
    """A row as wide as the table, but for a title alone in the first column."""
    used = _width(texts)
    return texts[:used] if used <= 1 else list(_padded(texts, width))


def _padded(texts: Sequence[str | None], width: int) -> tuple[str | None, ...]:
    return (*texts[:width], *[None] * (width - len(texts)))
