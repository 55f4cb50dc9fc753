"""What stands among and below the rows of a table and is no row: names repeated on every page, totals, closing lines.

Both are set aside like any other record that is no row. A repeated line of names is known by its bytes; a footer only
where
the file ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from casebound.importers.batch import LONGEST_RAW, Batch, Refused, shortened, shown
from casebound.importers.headings import is_data
from casebound.importers.records import Dialect, next_record

REPEATED = "repeated-header"
FOOTER = "footer"
_WORDS = re.compile(
    r"\W*(?:(?:grand|sub|overall)[ -]?)?(?:totals?|sums?|counts?|rows?|records?|lines?|average|summe|gesamt|insgesamt|"
    r"(?:end|eof)\b.*|\d[\d.,' ]*(?:rows?|records?|lines?|results?|entries|zeilen)\b.*|"
    r"(?:number of|no\. of|total) (?:rows?|records?|lines?|results?|entries)\b.*)[\W\d]*",
    re.IGNORECASE | re.DOTALL,
)
_TOTAL = re.compile(
    r"\W*(?:(?:grand|sub|overall)[ -]?)?(?:totals?|sums?|summe|gesamt|insgesamt|"
    r"(?:number of|no\. of|total) \w+)[\W\d]*",
    re.IGNORECASE,
)
"""What a row as wide as the table must begin with: a word such as “end” may be a value there."""
_LOOKED_AT = 200  # characters of a value
_SENTENCES = {
    REPEATED: "The names of the columns stand here again; this is no row.",
    FOOTER: "This stands below the last row and reads like a closing line of the report. If it is a row, mend it.",
}
_MOST_FOOTER = 64  # records below the last row; more are no footer
_SPARSE = 3  # a closing line as wide as the table has one empty value in so many at least


def rows_only(
    batches: Iterator[Batch], dialect: Dialect, headers: tuple[bytes, ...], original: Path | None
) -> Iterator[Batch]:
    """The batches of a text in UTF-8 without what is no row.

    `headers` are the raw records that name the columns. Set-aside records are shown as they stand in `original`; where
    that is None, the caller does it.
    """
    yield from _without_footer(_without_headers(batches, dialect, headers, original), dialect, original)


def told_apart(names: list[str | None], header_rows: int) -> bool:
    """Whether a record of these names that stands again is known for one: two different names at least and no number or
    time among them, because what stands alone or reads as data may well be a row; of several rows of names each goes
    with the others.
    """
    filled = {name for name in names if name}
    return len(filled) >= (2 if header_rows == 1 else 1) and not any(is_data(name) for name in filled)


def forms(header: bytes, dialect: Dialect) -> tuple[bytes, ...]:
    """The ways in which a record of names may stand again: as it does, with every name enclosed, and with none."""
    values = [(value or "").encode() for value in _row(header, dialect)]
    quote = dialect.quote
    written = [header, dialect.delimiter.join(values)]
    if quote:
        written.append(dialect.delimiter.join(quote + value.replace(quote, quote + quote) + quote for value in values))
    plain = [value or None for value in _row(header, dialect)]
    return tuple(form for form in written if [value or None for value in _row(form, dialect)] == plain)


def is_footer(values: list[str | None]) -> bool:
    """Whether a record below the last row reads like a closing line: by its first words, or for having one value."""
    filled = [value.strip()[:_LOOKED_AT] for value in values if value and value.strip()]
    if not filled:
        return False
    return bool(_WORDS.fullmatch(filled[0])) or (len(filled) == 1 and len(filled[0].split()) > 1)


def is_closing(values: list[str | None]) -> bool:
    """Whether a row at the end, as wide as the table, reads like a total: by its first word, and for empty values."""
    empty = sum(not (value or "").strip() for value in values)
    first = next((value for value in values if value and value.strip()), None) or "-"
    return empty * _SPARSE >= len(values) > 1 and bool(_TOTAL.fullmatch(first.strip()[:_LOOKED_AT]))


def _without_headers(
    batches: Iterator[Batch], dialect: Dialect, headers: tuple[bytes, ...], original: Path | None
) -> Iterator[Batch]:
    if not headers:
        yield from batches
        return
    wanted = {header: _row(header, dialect) for header in headers}
    for batch in batches:
        found = [index for header, row in wanted.items() for index in _equal(batch, header, row)]
        yield _set_aside(batch, sorted(set(found)), REPEATED, original) if found else batch


def _row(header: bytes, dialect: Dialect) -> list[str | None]:
    record = next_record(header, 0, dialect, True)
    return record.values if record and record.values else []


def _equal(batch: Batch, header: bytes, row: list[str | None]) -> list[int]:
    """Rows of the batch that are this record."""
    if not batch.count or len(row) != len(batch.columns):
        return []
    block = batch.block
    if block is None:
        values = batch.values or []
        return [
            index
            for index in np.flatnonzero(batch.lengths == len(header)).tolist()
            if all((column[index] or "") == (cell or "") for column, cell in zip(values, row, strict=True))
        ]
    alike = np.flatnonzero(batch.lengths == len(header))
    if not len(alike):
        return []
    starts = block.starts[alike]
    data = np.frombuffer(block.data, dtype=np.uint8)
    for place in range(min(8, len(header))):
        fits = data[starts + place] == header[place]
        alike, starts = alike[fits], starts[fits]
    size = len(header)
    return [
        index
        for index, start in zip(alike.tolist(), starts.tolist(), strict=True)
        if block.data[start : start + size] == header
    ]


def _set_aside(batch: Batch, indexes: list[int], code: str, original: Path | None) -> Batch:
    """The batch with these rows among its refused ones."""
    keep = np.ones(batch.count, dtype=bool)
    keep[indexes] = False
    refused = [
        Refused(
            int(batch.ordinals[index]),
            int(batch.lines[index]),
            int(batch.offsets[index]),
            int(batch.lengths[index]),
            code,
            _SENTENCES[code],
            _raw(original, int(batch.offsets[index]), int(batch.lengths[index])),
        )
        for index in indexes
    ]
    values = batch.values
    if values is not None:
        gone = set(indexes)
        values = [[cell for index, cell in enumerate(column) if index not in gone] for column in values]
    return replace(
        batch,
        ordinals=batch.ordinals[keep],
        lines=batch.lines[keep],
        offsets=batch.offsets[keep],
        lengths=batch.lengths[keep],
        block=batch.block.only(keep) if batch.block is not None else None,
        values=values,
        refused=sorted((*batch.refused, *refused), key=lambda one: one.ordinal),
    )


def _raw(original: Path | None, offset: int, length: int) -> str:
    if original is None:
        return ""
    with original.open("rb") as stream:
        stream.seek(offset)
        return shortened(shown(stream.read(min(length, 8 * LONGEST_RAW)), "utf-8"))


def _without_footer(batches: Iterator[Batch], dialect: Dialect, original: Path | None) -> Iterator[Batch]:
    """Hand on all batches, the last one with rows and what follows it only when the end is known."""
    held: list[Batch] = []
    below = 0
    for batch in batches:
        if not batch.count and not batch.refused and not batch.blank:
            yield batch
            continue
        if batch.count or below > _MOST_FOOTER:
            yield from held
            held, below = [], 0 if batch.count else below
        held.append(batch)
        below += len(batch.refused)
    yield from held if below > _MOST_FOOTER and not held[0].count else _closed(held, dialect, original)


def _closed(held: list[Batch], dialect: Dialect, original: Path | None) -> list[Batch]:
    """The last batches, with closing lines told from other records that are no rows."""
    if not held:
        return held
    first = held[0]
    closing = _closing_rows(first, dialect)
    if closing:
        first = _set_aside(first, closing, FOOTER, original)
    last = int(first.ordinals[-1]) if first.count else -1
    below = [one for batch in (first, *held[1:]) for one in batch.refused if one.ordinal > last]
    if len(below) > _MOST_FOOTER:
        return [first, *held[1:]]
    return [
        replace(batch, refused=[_told(one, dialect) if one.ordinal > last else one for one in batch.refused])
        for batch in (first, *held[1:])
    ]


def _closing_rows(batch: Batch, dialect: Dialect) -> list[int]:
    """Rows at the end, as wide as the table, that begin with a word such as total and are partly empty."""
    found: list[int] = []
    block = batch.block
    for index in range(batch.count - 1, max(-1, batch.count - 1 - _MOST_FOOTER), -1):
        if block is not None:
            start = int(block.starts[index])
            values = _row(block.data[start : start + int(block.lengths[index])], dialect)
        else:
            values = [column[index] for column in batch.values or []]
        if not is_closing(values):
            break
        found.insert(0, index)
    return found


def _told(one: Refused, dialect: Dialect) -> Refused:
    """A refused record below the last row: a footer where it reads like one."""
    if one.code != "columns":
        return one
    values = _row(one.raw.encode("utf-8", "replace"), dialect) or [one.raw]
    return replace(one, code=FOOTER, reason=_SENTENCES[FOOTER]) if is_footer(values) else one
