"""Writing the exports, with their dirt, while keeping account of what is read, kept, set aside and double.

Every table counts its own records as it is written, so that `truth.json` comes from the pen and not from a reader.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

BROKEN_TIME, RAGGED, UNDECODABLE, BROKEN_JSON, TWO_CONTENTS = "time", "columns", "encoding", "json", "duplicate-key"
CLOSING_LINE = "footer"


@dataclass(slots=True)
class Tally:
    """What a table holds, record by record."""

    table: str
    read: int = 0
    duplicates: int = 0
    set_aside: list[dict[str, object]] = field(default_factory=list)
    first: datetime | None = None
    last: datetime | None = None
    ordinals: dict[str, int] = field(default_factory=dict)  # record id → ordinal of the record that is kept

    @property
    def kept(self) -> int:
        return self.read - self.duplicates - len(self.set_aside)

    def keep(self, identity: str, at: datetime | None) -> None:
        """A record that is kept, and when it happened; None in a table without events."""
        self.ordinals.setdefault(identity, self.read)
        self.read += 1
        if at is not None:
            self.first = at if self.first is None else min(self.first, at)
            self.last = at if self.last is None else max(self.last, at)

    def double(self) -> None:
        self.read += 1
        self.duplicates += 1

    def quarantine(self, line: int, code: str) -> None:
        self.set_aside.append({"line": line, "ordinal": self.read, "code": code})
        self.read += 1


class Lines:
    """A text file under construction: raw lines, each remembered by its line number."""

    def __init__(self, table: str, *, delimiter: str = ",", bom: bool = False) -> None:
        self.tally = Tally(table)
        self._delimiter = delimiter
        self._parts: list[bytes] = [b"\xef\xbb\xbf"] if bom else []
        self._line = 1

    def header(self, *names: str) -> None:
        self.raw(self._delimiter.join(names).encode())

    def row(self, values: tuple[object, ...], at: datetime) -> None:
        """A good record; the first value is its id."""
        self.tally.keep(str(values[0]), at)
        self.raw(self._joined(values))

    def again(self, values: tuple[object, ...]) -> None:
        """The same record once more, byte for byte."""
        self.tally.double()
        self.raw(self._joined(values))

    def bad(self, values: tuple[object, ...] | bytes, code: str) -> None:
        """A record that cannot be used, and why."""
        self.tally.quarantine(self._line, code)
        self.raw(values if isinstance(values, bytes) else self._joined(values))

    def joined(self, values: tuple[object, ...]) -> bytes:
        """A record as bytes, for damaging it by hand."""
        return self._joined(values)

    def content(self) -> bytes:
        return b"".join(self._parts)

    def _joined(self, values: tuple[object, ...]) -> bytes:
        return self._delimiter.join(_quoted(str(value), self._delimiter) for value in values).encode()

    def raw(self, line: bytes) -> None:
        """A line as it is, counted only by its number."""
        self._parts.append(line + b"\n")
        self._line += line.count(b"\n") + 1


def _quoted(text: str, delimiter: str) -> str:
    if any(character in text for character in (delimiter, '"', "\n", "\r")):
        return '"' + text.replace('"', '""') + '"'
    return text
