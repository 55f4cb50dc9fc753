"""The gate to a case folder: what it says, who hears of its changes, and how one is made.

What people put on the case is in `casebound.casework`; the case as a whole is `casebound.document.Case`.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from casebound.case import Actor, EventId, LedgerEntry, Snapshot
from casebound.clock import Clock
from casebound.custody import describe
from casebound.errors import BadRequest, CannotWrite
from casebound.store import entries, exhibits, folder, marks, packages, reading
from casebound.store.change import Change as Writing
from casebound.store.home import settle
from casebound.store.models import CaseRow
from casebound_packaging.disclosure import Disclosure


@dataclass(frozen=True, slots=True)
class Change:
    """What a change touched: case, sources, attachments, marks, exhibits, findings, measures, views, chronology,
    packages, holds, transfers, receipts, checkpoints, ledger.
    """

    kinds: frozenset[str]


class CaseGate:
    """An open case folder. Use it in a `with` block, or call `close`.

    `actor` may be changed while the case is open, when somebody unlocks a key.
    """

    def __init__(self, opened: folder.Folder, actor: Actor, clock: Clock) -> None:
        """For `Case.create` and `Case.open`."""
        self.actor = actor
        self._folder = opened
        self._clock = clock
        self._turn = threading.RLock()
        self._listeners: list[Callable[[Change], None]] = []
        self._seen: set[tuple[str, str, str]] = set()
        self._settled = False  # it was looked whether this folder is a copy of another

    def close(self) -> None:
        """Let go of the case; unfinished works of this session leave nothing behind. Harmless to call again."""
        with self._turn:
            self._listeners.clear()
            self._folder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # What it says

    @property
    def path(self) -> Path:
        """The folder."""
        return self._folder.path

    @property
    def read_only(self) -> bool:
        """Whether nothing can be changed, and viewing is not recorded."""
        return self._folder.read_only

    def unfinished(self) -> tuple[str, ...]:
        """What an earlier session began and never finished, one sentence each; its leftovers were cleared away."""
        return self._folder.swept

    def snapshot(self) -> Snapshot:
        """The case at this moment. Raises `BadCase` where its database says something impossible."""
        with self._folder.database.reading() as session:
            row = session.get(CaseRow, 1)
            origin = "" if row is None else packages.log_origin(row.number, row.log_id)
            return reading.snapshot(session, self.path, self.read_only, origin)

    def ledger(
        self, *, item: tuple[str, str] | None = None, start: int = 0, limit: int | None = None
    ) -> list[LedgerEntry]:
        """Ledger entries from number `start`; all, or of one item: ("attachment", "3"), ("event", str(event.id))."""
        with self._folder.database.reading() as session:
            return entries.entries(session, item, start, limit)

    def ledger_lines(self) -> list[bytes]:
        """Every ledger line as stored, without LF."""
        with self._folder.database.reading() as session:
            return entries.lines(session)

    def ledger_texts(self) -> list[tuple[int, str]]:
        """Every text that is still held behind a ledger line, as (seq, encoded disclosure), sorted by seq."""
        with self._folder.database.reading() as session:
            return entries.texts(session)

    @staticmethod
    def describe_entry(entry: LedgerEntry) -> tuple[str, str]:
        """A ledger entry in plain words: title and detail."""
        return describe(entry)

    def attachment_path(self, number: int) -> Path:
        """Where the original of an attachment lies."""
        with self._folder.database.reading() as session:
            return self.evidence_path(marks.require_attachment(session, number).sha256)

    def evidence_path(self, sha256: str) -> Path:
        """Where the original with this digest lies. Raises `BadRequest` for what is no digest."""
        return self._folder.evidence.path(sha256)

    def exhibit_commitments(self, number: str) -> tuple[Disclosure, ...]:
        """The salted commitments to the fields of an event exhibit, in the order of its columns."""
        with self._folder.database.reading() as session:
            return exhibits.exhibit_commitments(session, number)

    def exhibit_line(self, number: str) -> tuple[int, str]:
        """The number and hash of the ledger line that made the exhibit; its `record` carries the commitments."""
        with self._folder.database.reading() as session:
            return exhibits.exhibit_line(session, number)

    def on_change(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Hear of every change after it is on the disk, on the thread that made it. Returns how to stop hearing."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def opened(self, item_type: str, item_id: str | int) -> None:
        """Record that somebody looked at an item: once per item and session, and never where nothing can be written."""
        self._once("opened", item_type, str(item_id))

    def revealed(self, item_type: str, item_id: str | int) -> None:
        """Record that somebody uncovered a sensitive item: once per item and session."""
        self._once("revealed", item_type, str(item_id))

    # How a change is made

    @contextmanager
    def _change(self) -> Iterator[Writing]:
        self._require_writable()
        with self._turn:
            with self._folder.database.writing() as session:
                change = Writing(session, self.actor, self._clock())
                if not self._settled:
                    settle(change, self._folder.home())
                yield change
            self._settled = True
            self._done(change)
        for call in change.ended:
            call()
        self._tell(Change(frozenset(change.kinds)))

    def _done(self, change: Writing) -> None:
        """Hear of a change that is on the disk, before anybody else does."""

    def _tell(self, change: Change) -> None:
        for listener in tuple(self._listeners):
            listener(change)

    def _require_writable(self) -> None:
        if self.read_only:
            raise CannotWrite(
                "The case is open to look only.",
                "Copy it to a folder of your own, or open it for writing.",
                meaning="Nothing was changed.",
                where=str(self.path),
            )

    def _once(self, action: str, item_type: str, item_id: str) -> None:
        key = (action, item_type, item_id)
        if self.read_only or key in self._seen:
            return
        item, texts = (item_type, item_id), {}
        if item_type == "event":
            # An event's name tells its table; the ledger's line must tell nothing by itself.
            EventId.parse(item_id)
            item, texts = ("event", secrets.token_hex(8)), {"name": item_id}
        try:
            with self._change() as change:
                change.note(action, item, texts)
        except ValueError as error:
            raise BadRequest(f"“{item_type} {item_id}” is not an item of a case.") from error
        self._seen.add(key)
