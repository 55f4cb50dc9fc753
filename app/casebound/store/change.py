"""One change of a case: rows and ledger lines in one transaction, all of it or nothing."""

from __future__ import annotations

import getpass
import secrets
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casebound.acts import UNDOABLE, Act, words
from casebound.case import Actor
from casebound.errors import BadCase, BadRequest
from casebound.store import models
from casebound.store.records import CASE_ITEM, case_record, kind_of
from casebound.store.stated import plain, text
from casebound_packaging.disclosure import Disclosure, disclose
from casebound_packaging.ledger import GENESIS, UNAUTHENTICATED, Line, compose, compose_attached, line_hash
from casebound_packaging.times import stamp

_LINE: Final = "INSERT INTO ledger (seq, line, hash, item_type, item_id) VALUES (?, ?, ?, ?, ?)"
_SAID: Final = "INSERT INTO disclosure (seq, name, encoded) VALUES (?, ?, ?)"
_EARLIEST_US: Final = -62_135_596_800_000_000
_LATEST_US: Final = 253_402_300_799_999_999
"""The first and last moment of the years 1 to 9999, which are those that a record can write."""
_GATHERED: Final = 1000
"""Lines that wait to be written together, at most."""


@cache
def surroundings() -> tuple[str, str]:
    """The system account and the name of this computer, as far as the system tells."""
    try:
        account = getpass.getuser()
    except (OSError, KeyError, ImportError):
        account = ""
    return text(account), text(socket.gethostname())


def on_this_machine() -> dict[str, str]:
    """What every line says of where it was written."""
    account, host = surroundings()
    return {"system_account": account, "host": host}


@dataclass(frozen=True, slots=True)
class Written:
    """A ledger line as it now stands: its number and hash."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Done:
    """The first line of a change, as words about it are made of it."""

    seq: int
    action: str
    item: tuple[str, str]
    record: Mapping[str, object]


@dataclass(slots=True)
class Change:
    """What is under way: the session, who and when, and what has been touched so far.

    Every line that `record` writes follows the last one in the same transaction.
    """

    session: Session
    actor: Actor
    now: datetime
    kinds: set[str] = field(default_factory=set)
    ended: list[Callable[[], None]] = field(default_factory=list)  # called once it is on the disk
    undoing: bool = False  # it takes a change back, or does one again
    done: list[Done] = field(default_factory=list)  # its first line, for the words about it
    lines: int = 0  # how many it wrote
    told: str = ""  # what it does, in words, where its first line does not say it well
    _plain: bool = True  # all of them can be taken back
    _whole: bool = False  # the ledger's end was looked at, and all that follows it is ours
    _gathering: bool = False
    _alike: bool = False  # the line before was an attachment's, of the same gathering
    _lines: list[tuple[int, bytes, str, str, str]] = field(default_factory=list)  # not yet in the database
    _said: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def by(self) -> str:
        """Who makes the change, as it is kept in a row."""
        return text(self.actor.name)

    @property
    def at(self) -> str:
        """The moment of the change as it is kept in a row."""
        return stamp(self.now)

    @property
    def act(self) -> Act | None:
        """What was done, where it can be taken back."""
        if not self.done or not self._plain or self.undoing:
            return None
        first = self.done[0]
        told = self.told or words(first.action, first.item, first.record, self.lines)
        return Act(first.seq, first.seq + self.lines - 1, self.by, told)

    def case(self) -> models.CaseRow:
        """The row of the case."""
        row = self.session.get(models.CaseRow, 1)
        if row is None:
            raise BadCase("The case's database does not say which case it is.", "Run a check of the case.")
        return row

    def next(self, model: type[models.Base], key: str = "number") -> int:
        """The number after the highest ever given. Numbers are never given twice: rows are never deleted."""
        return int(self.session.scalar(select(func.max(getattr(model, key)))) or 0) + 1

    def record(
        self,
        action: str,
        row: models.Base,
        texts: Mapping[str, object] | None = None,
        *,
        inputs: tuple[str, ...] = (),
        outputs: tuple[str, ...] = (),
        attachment: int | None = None,
        attachment_prev: str = "",
    ) -> Written:
        """Write the ledger line of a row that was made or changed; the row's new record is disclosed in it.

        `corrected` names the line with the record that it replaces.
        """
        self.session.flush()
        if isinstance(row, models.CaseRow):
            item = (CASE_ITEM, CASE_ITEM)
            record = case_record(row, self.session)
            self.kinds.add(CASE_ITEM)
        else:
            kind = kind_of(row)
            item = (kind.item_type, kind.item_id(row))
            record = kind.record(row, self.session)
            self.kinds.add(kind.changes)
        return self.note(
            action,
            item,
            {**(texts or {}), "record": record},
            inputs=inputs,
            outputs=outputs,
            attachment=attachment,
            attachment_prev=attachment_prev,
            corrects=self.last_record(*item) if action == "corrected" else None,
        )

    def note(
        self,
        action: str,
        item: tuple[str, str],
        texts: Mapping[str, object],
        *,
        inputs: tuple[str, ...] = (),
        outputs: tuple[str, ...] = (),
        attachment: int | None = None,
        attachment_prev: str = "",
        corrects: int | None = None,
    ) -> Written:
        """Write a ledger line. `texts` become salted disclosures, where they are none yet; empty ones are left out."""
        said = {"actor_name": self.by, **on_this_machine(), **texts}
        disclosures = tuple(_disclosed(name, value) for name, value in said.items() if value not in ("", None))
        case = self.case()
        seq, actor = case.ledger_size, self.actor.key or UNAUTHENTICATED
        if self._alike and attachment is not None and item == ("attachment", str(attachment)):
            line = compose_attached(
                seq=seq,
                prev=case.ledger_head,
                time=self.at,
                actor=actor,
                number=attachment,
                inputs=inputs,
                digests=[each.digest for each in disclosures],
                attachment_prev=attachment_prev,
            )
        else:
            line = compose(
                Line(
                    seq=seq,
                    prev=case.ledger_head,
                    time=self.now,
                    actor=actor,
                    action=action,
                    item_type=item[0],
                    item_id=item[1],
                    inputs=inputs,
                    outputs=outputs,
                    disclosures=disclosures,
                    attachment=attachment,
                    attachment_prev=attachment_prev,
                    corrects=corrects,
                )
            )
        # The first of many lines is checked in full; what differs in the next of its kind was made here.
        self._alike = self._gathering and action == "attached"
        self._require_whole(case)
        written = Written(case.ledger_size, line_hash(line))
        self._lines.append((written.seq, line, written.hash, *item))
        self.lines += 1
        self._plain = self._plain and (action, item[0]) in UNDOABLE
        if not self.done:
            self.done.append(Done(written.seq, action, item, _recorded(texts)))
        self._said += [(written.seq, each.name, each.encoded) for each in disclosures]
        if not self._gathering or len(self._lines) >= _GATHERED:
            self._write_lines()
        case.ledger_size, case.ledger_head = written.seq + 1, written.hash
        self.kinds.add("ledger")
        return written

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Within the block, lines are written to the database many at a time; nothing may read them back there."""
        self._gathering = True
        yield
        self._gathering = self._alike = False
        self._write_lines()

    def _write_lines(self) -> None:
        # The driver itself and not the unit of work: a hundred thousand marks at once are a hundred thousand lines.
        connection = self.session.connection()
        if self._lines:
            connection.exec_driver_sql(_LINE, self._lines)
        if self._said:
            connection.exec_driver_sql(_SAID, self._said)
        self._lines, self._said = [], []

    def begin_anew(self) -> None:
        """What was written so far is no part of what a person does, and is not taken back with it."""
        self.done, self.lines, self._plain = [], 0, True

    def last_record(self, item_type: str, item_id: str) -> int | None:
        """The number of the last line that discloses this item's record."""
        line, said = models.LedgerRow, models.DisclosureRow
        return self.session.scalar(
            select(func.max(line.seq))
            .join(said, said.seq == line.seq)
            .where(line.item_type == item_type, line.item_id == item_id, said.name == "record")
        )

    def last_records(self, item_type: str, names: Sequence[str], before: int | None = None) -> dict[str, int]:
        """As `last_record`, of many items of one type; with `before`, only lines before that number."""
        line, said = models.LedgerRow, models.DisclosureRow
        found: dict[str, int] = {}
        for start in range(0, len(names), _GATHERED):
            query = select(line.item_id, func.max(line.seq)).join(said, said.seq == line.seq)
            query = query.where(line.item_type == item_type, line.item_id.in_(names[start : start + _GATHERED]))
            query = query.where(said.name == "record").group_by(line.item_id)
            if before is not None:
                query = query.where(line.seq < before)
            found |= {each[0]: each[1] for each in self.session.execute(query)}
        return found

    def _require_whole(self, case: models.CaseRow) -> None:
        """A line written behind a ledger whose end was cut off would hide the cut."""
        if self._whole:
            return
        self._whole = True
        last = self.session.execute(
            select(models.LedgerRow.seq, models.LedgerRow.hash).order_by(models.LedgerRow.seq.desc()).limit(1)
        ).first()
        known = (case.ledger_size - 1, case.ledger_head) if case.ledger_size else None
        if (tuple(last) if last else None) != known:
            raise BadCase(
                "The custody record does not end where it should, so nothing is added to it.",
                "Run a check of the case; it names what is missing. Keep this folder as it is.",
                meaning="Somebody or something changed the case's database outside of this program.",
            )


def _disclosed(name: str, value: object) -> Disclosure:
    if isinstance(value, Disclosure):
        return value
    return disclose(name, text(value) if isinstance(value, str) else plain(value))


def _recorded(texts: Mapping[str, object]) -> Mapping[str, object]:
    record = texts.get("record")
    value = record.value if isinstance(record, Disclosure) else record
    return value if isinstance(value, Mapping) else {}


def begin_ledger(session: Session, number: str, title: str, actor: Actor, now: datetime, home: str) -> None:
    """The first row and the first line of a new case. `home` says where its folder lies."""
    row = models.CaseRow(
        id=1,
        number=number,
        title=title,
        created_at=stamp(now),
        log_id=secrets.token_hex(8),
        ledger_size=0,
        ledger_head=GENESIS,
        home=home,
    )
    session.add(row)
    Change(session, actor, now).record("created", row, {"title": title})


def sentence(value: str, what: str, *, empty: bool = False, longest: int = 100_000) -> str:
    """Text that a person typed, trimmed. Raises `BadRequest` where it is missing or too long to be kept."""
    trimmed = text(value).strip()
    if not trimmed and not empty:
        raise BadRequest(f"{what} is empty.", "Write something, or cancel.")
    if len(trimmed) > longest:
        raise BadRequest(
            f"{what} is longer than {longest:,} characters.", "Attach it as a file instead; files may be of any size."
        )
    return trimmed


def require_range(from_us: int | None, to_us: int | None, *, whole: bool = False) -> None:
    """Raises `BadRequest` for a range that ends before it begins or leaves the years 1 to 9999.

    An end may be open (None) unless the range must be `whole`.
    """
    ends = [end for end in (from_us, to_us) if end is not None]
    if whole and len(ends) < 2:
        raise BadRequest("The range has no beginning or no end.", "State both.", meaning="Nothing was changed.")
    if any(not _EARLIEST_US <= end <= _LATEST_US for end in ends):
        raise BadRequest(
            "The range leaves the years 1 to 9999.", "Choose a shorter one.", meaning="Nothing was changed."
        )
    if len(ends) == 2 and ends[0] > ends[1]:
        raise BadRequest("The range ends before it begins.", "Exchange the two.", meaning="Nothing was changed.")
