"""Rows on their way from an importer into a generation: staged in the order of the original, until
`casebound.rowstore` sorts and writes them.
"""

# ruff: noqa: S608 - names are quoted by casebound.sqltext, values are parameters or quoted literals

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from casebound.case import ColumnRole, TableMapping
from casebound.duck import ask, connect
from casebound.importers.batch import Batch, Refused, shortened, shown
from casebound.importers.records import Dialect, next_record
from casebound.sqltext import path_sql, text_sql
from casebound.timecolumn import TimeColumn

PLACE = ("_ordinal", "_line", "_offset", "_length")
MOMENT = ("_time_us", "_time_raw", "_zone", "_zone_origin", "_note")


class Staging:
    """Takes batches; counts what comes.

    `columns` grows with the batches, physical names are c0, c1 … until the rows are written.
    """

    def __init__(self, folder: Path, original: Path, mapping: TableMapping, times: TimeColumn | None) -> None:
        self.folder, self._original, self.mapping, self.times = folder, original, mapping, times
        self.columns: tuple[str, ...] = tuple(column.name for column in mapping.columns)
        time_name = mapping.named(ColumnRole.TIME)
        self._time = f"c{self.columns.index(time_name)}" if times and time_name else ""
        self.read = self.blank = self.aside = 0
        self._scratch = folder / "scratch"
        self._scratch.mkdir(mode=0o700)
        self._block = self._scratch / "block.csv"
        # What is staged goes to small Parquet files, so that memory stays flat however long the table is.
        self._parts: list[Path] = []
        self._gathered = False
        self.connection = connect(None, self._scratch)
        ask(self.connection, "SET pandas_analyze_sample = 0")
        place = ", ".join(f"{name} BIGINT" for name in PLACE)
        ask(self.connection, f"CREATE TABLE quarantine ({place}, _code VARCHAR, _reason VARCHAR, _raw VARCHAR)")

    def close(self) -> None:
        """Leave nothing of the staging behind. May be called at any time."""
        self.connection.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def add(self, batch: Batch) -> None:
        """Stage one batch: its rows with their times, and what it refused."""
        self.read += batch.count + len(batch.refused)
        self.blank += batch.blank
        if len(batch.columns) > len(self.columns):
            self.columns = batch.columns
        refused = list(batch.refused)
        if batch.count:
            self._load(batch)
            refused += self._stage(batch)
        self.set_aside(refused)

    def set_aside(self, refused: list[Refused]) -> None:
        """Keep records that are no rows, as found."""
        self.aside += len(refused)
        if not refused:
            return
        self.connection.register(
            "incoming",
            {
                "o": np.array([one.ordinal for one in refused], dtype=np.int64),
                "l": np.array([one.line for one in refused], dtype=np.int64),
                "b": np.array([one.offset for one in refused], dtype=np.int64),
                "n": np.array([one.length for one in refused], dtype=np.int64),
                "code": _texts([one.code for one in refused]),
                "reason": _texts([_storable(one.reason) for one in refused]),
                "raw": _texts([_storable(one.raw) for one in refused]),
            },
        )
        ask(self.connection, "INSERT INTO quarantine SELECT o, l, b, n, code, reason, raw FROM incoming")
        self.connection.unregister("incoming")

    def gather(self) -> None:
        """All rows staged so far, in the relation `staged`: PLACE, MOMENT, and the columns as c0, c1 … Harmless to call
        again.
        """
        if self._gathered:
            return
        self._gathered = True
        if self._parts:
            listed = ", ".join(path_sql(part) for part in self._parts)
            ask(self.connection, f"CREATE VIEW staged AS SELECT * FROM read_parquet([{listed}], union_by_name = true)")
            return
        place = ", ".join(f"{name} BIGINT" for name in PLACE)
        moment = "_time_us BIGINT, _time_raw VARCHAR, _zone VARCHAR, _zone_origin VARCHAR, _note VARCHAR"
        cells = "".join(f", c{index} VARCHAR" for index in range(len(self.columns)))
        ask(self.connection, f"CREATE TABLE staged ({place}, {moment}{cells})")

    def raw_of(self, offset: int, length: int, values: list[str | None]) -> str:
        """The record as found: its bytes in the original, or its cells where the format has none."""
        if offset < 0:
            return shortened("\t".join(value or "" for value in values))
        with self._original.open("rb") as stream:
            stream.seek(offset)
            return shortened(shown(stream.read(min(length, 512 * 1024)), self.mapping.encoding))

    def _load(self, batch: Batch) -> None:
        """Bring the rows into the table `block`, in their order."""
        arrays: dict[str, NDArray[np.int64] | NDArray[np.object_]] = dict(
            zip(PLACE, (batch.ordinals, batch.lines, batch.offsets, batch.lengths), strict=True)
        )
        if batch.text is not None:
            self.connection.register("places", arrays)
            try:
                loaded = self._load_text(batch)
            finally:
                self.connection.unregister("places")
            if loaded:
                return
        values = batch.values if batch.values is not None else _parsed(batch)
        for index, column in enumerate(values):
            arrays[f"c{index}"] = _texts(column)
        self.connection.register("incoming", arrays)
        ask(self.connection, "CREATE OR REPLACE TEMP TABLE block AS SELECT * FROM incoming")
        self.connection.unregister("incoming")

    def _load_text(self, batch: Batch) -> bool:
        """Have DuckDB read the text. False where it does not find the records that were found before it."""
        import duckdb

        self._block.write_bytes(batch.text or b"")
        types = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(batch.columns)))
        source = f"""read_csv({path_sql(self._block)}, auto_detect = false, header = false,
            delim = {text_sql(batch.delimiter)}, quote = '"', escape = '"', nullstr = '',
            allow_quoted_nulls = false, strict_mode = true, comment = '',
            new_line = '{batch.newline}', columns = {{{types}}},
            max_line_size = 16777216, buffer_size = 33554432, parallel = false)"""
        check = "SELECT count(*), count(_ordinal), count(*) FILTER (_rows IS NULL) FROM block"
        try:
            ask(
                self.connection,
                f"CREATE OR REPLACE TEMP TABLE block AS SELECT * FROM (SELECT *, true AS _rows FROM {source}) "
                f"POSITIONAL JOIN places",
            )
            found = ask(self.connection, check)[0]
        except duckdb.Error as error:
            if isinstance(error, duckdb.InterruptException | duckdb.IOException | duckdb.OutOfMemoryException):
                raise
            return False
        return found == (batch.count, batch.count, 0)

    def _stage(self, batch: Batch) -> list[Refused]:
        names = ", ".join((*PLACE, *(f"c{index}" for index in range(len(batch.columns)))))
        place = ", ".join(PLACE)
        cells = "".join(f", c{index}" for index in range(len(batch.columns)))
        if self.times is None or not self._time:
            nothing = "NULL::BIGINT AS _time_us, " + ", ".join(f"NULL::VARCHAR AS {name}" for name in MOMENT[1:])
            self._keep(f"SELECT {place}, {nothing}{cells} FROM block")
            return []
        times = self.times.read_block(self.connection, "block", self._time)
        fine = np.ones(batch.count, dtype=bool)
        fine[list(times.reasons)] = False
        self.connection.register(
            "moments",
            {"t": times.time_us, "z": times.zone, "g": times.origin, "n": times.note, "fine": fine},
        )
        self._keep(
            f"SELECT {place}, t AS _time_us, {self._time} AS _time_raw, z AS _zone, g AS _zone_origin, n AS _note"
            f"{cells} FROM block POSITIONAL JOIN moments WHERE fine"
        )
        self.connection.unregister("moments")
        if not times.reasons:
            return []
        without = {int(batch.ordinals[index]): unread for index, unread in times.reasons.items()}
        listed = ", ".join(map(str, without))
        rows = ask(self.connection, f"SELECT {names} FROM block WHERE _ordinal IN ({listed}) ORDER BY _ordinal")
        return [
            Refused(
                ordinal,
                line,
                offset,
                length,
                without[ordinal].code,
                without[ordinal].reason,
                self.raw_of(offset, length, cells),
            )
            for ordinal, line, offset, length, *cells in rows
        ]

    def _keep(self, rows: str) -> None:
        part = self._scratch / f"{len(self._parts):06d}.parquet"
        ask(self.connection, f"COPY ({rows}) TO {text_sql(str(part))} (FORMAT parquet, COMPRESSION lz4_raw)")
        self._parts.append(part)


def _parsed(batch: Batch) -> list[list[str | None]]:
    """The values of a text that DuckDB read otherwise than we did, by our own rules."""
    dialect = Dialect(batch.delimiter.encode(), b"\n", "utf-8")
    text, position = batch.text or b"", 0
    rows: list[list[str | None]] = []
    while position < len(text):
        record = next_record(text, position, dialect, True)
        if record is None or record.values is None or len(record.values) != len(batch.columns):
            raise AssertionError("a record changed between being split and being read")
        rows.append(record.values)
        position = record.next
    if len(rows) != batch.count:
        raise AssertionError("records were lost between being split and being read")
    return [list(column) for column in zip(*rows, strict=True)]


def _texts(values: list[str] | list[str | None]) -> NDArray[np.object_]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _storable(text: str) -> str:
    """Text that UTF-8 can hold: half characters are written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
