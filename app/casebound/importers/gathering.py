"""Records read one by one, gathered into batches.

Full ones by number or size, and empty ones in between, so that a person can stop.
"""

from __future__ import annotations

from collections.abc import Iterator

from casebound.importers.batch import BEAT, FULL_BYTES, FULL_ROWS, Batch, Refused, beat, places, shortened, shown

Place = tuple[int, int, int, int]  # ordinal, line, first byte, length


class Gathering:
    """Give it every record in order; after each, hand on what `due` yields; at the end, hand on `rest`."""

    def __init__(self) -> None:
        self._rows: list[list[str | None]] = []
        self._where: list[Place] = []
        self._refused: list[Refused] = []
        self._blank = self._bytes = 0
        self._ordinal = 0

    def place(self, line: int, offset: int, length: int) -> Place:
        """The place of the next record."""
        self._ordinal += 1
        self._bytes += length
        return self._ordinal - 1, line, offset, length

    def keep(self, where: Place, row: list[str | None]) -> None:
        self._rows.append(row)
        self._where.append(where)

    def refuse(self, where: Place, code: str, reason: str, raw: str | bytes | None, encoding: str = "utf-8") -> None:
        """Set a record aside; `raw` None is a record too long to be held."""
        text = shown(raw, encoding) if isinstance(raw, bytes) else raw or ""
        self._refused.append(Refused(*where, code, reason, shortened(text)))

    def pass_over(self) -> None:
        """A blank line: no record."""
        self._blank += 1

    def due(self, columns: tuple[str, ...]) -> Iterator[Batch]:
        """What is to be handed on after the last record: a full batch, an empty one, or nothing."""
        gathered = len(self._rows) + len(self._refused)
        if gathered >= FULL_ROWS or self._bytes >= FULL_BYTES:
            yield self.rest(columns)
        elif (gathered + self._blank) % BEAT == 0:
            yield beat(columns)

    def rest(self, columns: tuple[str, ...]) -> Batch:
        """All that is gathered; rows shorter than `columns` end with nothing."""
        values: list[list[str | None]] = [[None] * len(self._rows) for _ in columns]
        for number, row in enumerate(self._rows):
            for index, value in enumerate(row):
                values[index][number] = value
        batch = Batch(columns, *places(self._where), values=values, refused=self._refused, blank=self._blank)
        self._rows, self._where, self._refused, self._blank, self._bytes = [], [], [], 0, 0
        return batch
