"""Mails: a file that is one (RFC 5322), and mailboxes (RFC 4155 and what programs make of it)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from casebound.case import TableMapping
from casebound.errors import BadSource
from casebound.importers.batch import LONGEST_RAW, Batch, beat
from casebound.importers.gathering import Gathering
from casebound.importers.layout import Choices, Layout
from casebound.importers.mailmessage import COLUMNS, LONGEST_MESSAGE, NoMail, values
from casebound.moments import Reading, read

_LINE: Final = 1 << 20  # bytes of a line that are looked at together
_SHOWN: Final = 50  # messages in a preview,
_LOOKED_AT: Final = 16 * 1024 * 1024  # of so many bytes
_STEP: Final = 4 * 1024 * 1024  # bytes between two beats
_ROLES: Final = {"message_id": "entity", "from": "actor", "to": "object", "subject": "text", "body_excerpt": "text"}
_SEPARATOR: Final = re.compile(rb"From \S[^\n]*\b\d\d?:\d\d\b")
_YEAR: Final = re.compile(rb"\b\d{4}\b")
_HEADER: Final = re.compile(rb"[!-9;-~]+[ \t]*:|>From ")
_QUOTED: Final = re.compile(rb"^>(>*From )", re.MULTILINE)
_INERT: Final = "Names of attachments are shown as written and never used; their contents stay in the mail."


@dataclass(frozen=True, slots=True)
class _Found:
    """A message in a file. `raw` is None where it is too long to be held; `head` is its beginning."""

    line: int
    offset: int
    length: int
    raw: bytes | None
    head: bytes = b""


class Mail:
    """A file that is one mail, and so one row."""

    kind = "mail"
    format = "mail"
    version = "mail 1"

    def layouts(self, path: Path, name: str, choices: Choices) -> tuple[Layout, ...]:
        found = _whole(path)
        row = _row(found, name)
        return (_layout(Path(name).stem, (row,), ["The file is one mail.", _INERT]),)

    def batches(self, path: Path, member: str, mapping: TableMapping) -> Iterator[Batch]:
        yield beat(COLUMNS)
        gathering = Gathering()
        _take(gathering, _whole(path), bytes)
        yield gathering.rest(COLUMNS)

    def size(self, path: Path, member: str) -> int:
        return path.stat().st_size


class Mailbox:
    """A mailbox: one mail after another, each behind a line that begins with “From ”."""

    kind = "mailbox"
    format = "mbox"
    version = "mbox 1"

    def layouts(self, path: Path, name: str, choices: Choices) -> tuple[Layout, ...]:
        rows: list[list[str | None]] = []
        broken = ""
        for found in _messages(path):
            if found is not None:
                try:
                    rows.append(values(_unquoted(_body(found))))
                except NoMail as error:
                    broken = broken or f"The mail at line {found.line:,} is set aside: {error}"
                if len(rows) >= _SHOWN or found.offset > _LOOKED_AT:
                    break
        if not rows:
            raise BadSource(
                f"No mail in “{name}” can be read." + (f" {broken}" if broken else ""),
                "Check that this is a mailbox as it was exported.",
                where=name,
            )
        evidence = [
            "A line that begins with “From ” and ends in a date begins a mail (mbox).",
            "Lines that begin with “>From ” are read without their first “>”; the original keeps it.",
            _INERT,
        ]
        return (_layout(Path(name).stem, tuple(rows), [*evidence, broken] if broken else evidence),)

    def batches(self, path: Path, member: str, mapping: TableMapping) -> Iterator[Batch]:
        gathering = Gathering()
        for found in _messages(path):
            if found is None:
                yield beat(COLUMNS)
                continue
            _take(gathering, found, _unquoted)
            yield from gathering.due(COLUMNS)
        yield gathering.rest(COLUMNS)

    def size(self, path: Path, member: str) -> int:
        return path.stat().st_size


def _layout(table: str, rows: tuple[list[str | None], ...], evidence: list[str]) -> Layout:
    """The time column is the Date header, where at least one of the mails looked at has one that is a time."""
    at = COLUMNS.index("date")
    timed = any(isinstance(read(row[at] or ""), Reading) for row in rows)
    roles = {"date": "time", **_ROLES} if timed else dict(_ROLES)
    if not timed:
        evidence = [*evidence, "No Date header could be read as a time, so nothing of it stands on the timeline."]
    return Layout(table, COLUMNS, tuple(map(tuple, rows)), tuple(evidence), roles=roles, recognised_as="mail")


def _row(found: _Found, name: str) -> list[str | None]:
    """The row of a file that is one mail. Raises `BadSource` where it is none."""
    if found.raw is None:
        raise BadSource(
            f"“{name}” is {found.length:,} bytes long, and the longest mail read is {LONGEST_MESSAGE:,}.",
            "Attach it to the case instead.",
            where=name,
        )
    try:
        return values(_body(found))
    except NoMail as error:
        raise BadSource(f"“{name}” is no mail: {error}", "Attach it to the case instead.", where=name) from error


def _whole(path: Path) -> _Found:
    size = path.stat().st_size
    with path.open("rb") as stream:
        if size > LONGEST_MESSAGE:
            return _Found(1, 0, size, None, stream.read(4 * LONGEST_RAW))
        raw = stream.read()
    return _Found(1, 0, len(raw), raw)


def _take(gathering: Gathering, found: _Found, reading: Callable[[bytes], bytes]) -> None:
    where = gathering.place(found.line, found.offset, found.length)
    if found.raw is None:
        reason = f"The mail is {found.length:,} bytes long, and the longest read is {LONGEST_MESSAGE:,}."
        gathering.refuse(where, "too-long", reason, found.head)
        return
    try:
        gathering.keep(where, values(reading(_body(found))))
    except NoMail as error:
        gathering.refuse(where, "mail", str(error), found.raw)


def _unquoted(raw: bytes) -> bytes:
    """A message as it was before it was put into a mailbox (mboxrd; what mboxo quoted reads the same)."""
    return _QUOTED.sub(rb"\1", raw) if b">From " in raw else raw


def _body(found: _Found) -> bytes:
    """A message without the “From ” line before it."""
    raw = found.raw or b""
    return raw[raw.find(b"\n") + 1 :] if raw.startswith(b"From ") and b"\n" in raw else raw


def _messages(path: Path) -> Iterator[_Found | None]:
    """The messages of a mailbox; None now and then in between, so that a person can stop."""
    with path.open("rb") as stream:
        yield from _split(stream)


def _split(stream: BinaryIO) -> Iterator[_Found | None]:
    kept: list[bytes] = []
    first = offset = position = held = 0
    line, stepped, blank, whole = 1, 0, True, True
    waiting = stream.readline(_LINE)
    while waiting:
        data, waiting = waiting, stream.readline(_LINE)
        begins = not position or (whole and _separates(data) and bool(blank or _HEADER.match(waiting)))
        if begins and position:
            yield _found(first, offset, position, held, kept)
            kept, held = [], 0
        if begins:
            first, offset = line, position
        if held <= LONGEST_MESSAGE:
            kept.append(data)
            held += len(data)
        position += len(data)
        whole = data.endswith(b"\n")
        line += whole
        blank = data in (b"\n", b"\r\n")
        if position - stepped > _STEP:
            stepped = position
            yield None
    if position:
        yield _found(first, offset, position, held, kept)


def _separates(line: bytes) -> bool:
    """Whether a line begins a message: “From ”, an address, a time and a year."""
    return line.startswith(b"From ") and bool(_SEPARATOR.match(line[:300]) and _YEAR.search(line[:300]))


def _found(line: int, offset: int, end: int, held: int, kept: list[bytes]) -> _Found:
    raw = b"".join(kept)
    if held > LONGEST_MESSAGE:
        return _Found(line, offset, end - offset, None, raw[: 4 * LONGEST_RAW])
    return _Found(line, offset, end - offset, raw)
