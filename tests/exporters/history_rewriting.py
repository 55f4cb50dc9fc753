"""What an insider can do who has the case folder, every key and this very program: write the past anew.

The whole ledger of a case is composed again, with fresh salts, other texts, entries left out and a file exchanged;
every row, signed state and file that refers to it is made to fit. Nothing inside the folder then tells.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from casebound_packaging import checkpoint
from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.disclosure import disclose, parse
from casebound_packaging.identity import Identity
from casebound_packaging.ledger import GENESIS, Line, compose, leaves, line_hash, read
from casebound_packaging.merkle import root
from casebound_packaging.times import parse_stamp


@dataclass
class Entry:
    """One entry before it is composed again. `said` are its texts by name."""

    line: dict[str, Any]
    said: dict[str, Any]

    @property
    def item(self) -> tuple[str, str]:
        return self.line["item"]["type"], self.line["item"]["id"]


@dataclass
class Rewriting:
    """`leave_out` says which entries never were; `change` alters the texts and structure of the others."""

    case: Path
    origin: str
    identity: Identity
    leave_out: Callable[[Entry], bool]
    change: Callable[[Entry], None]
    lines: list[bytes] = field(default_factory=list)
    texts: list[tuple[int, str, str]] = field(default_factory=list)
    places: dict[int, int] = field(default_factory=dict)  # of each entry that stays: where it was, where it is

    def note(self, size: int) -> tuple[str, str]:
        """The signed state of the new ledger at a size, and its root."""
        state = Checkpoint(self.origin, size, root(leaves(self.lines[:size])).hex())
        return checkpoint.sign(state, self.identity), state.root

    def run(self) -> None:
        with sqlite3.connect(self.case / "case.db") as database:
            database.execute("PRAGMA foreign_keys = OFF")
            self._compose(database)
            self._store(database)
        database.close()

    def _compose(self, database: sqlite3.Connection) -> None:
        said: defaultdict[int, dict[str, Any]] = defaultdict(dict)
        for seq, encoded in database.execute("SELECT seq, encoded FROM disclosure ORDER BY seq, name"):
            text = parse(encoded)
            said[seq][text.name] = text.value
        attached = GENESIS
        for old, data in database.execute("SELECT seq, line FROM ledger ORDER BY seq").fetchall():
            entry = Entry(read(data), said[old])
            if self.leave_out(entry):
                continue
            seq = self.places[old] = len(self.lines)
            self.change(entry)
            self._signed_states(entry, seq)
            kind, name = entry.item
            told = tuple(disclose(what, value) for what, value in entry.said.items())
            more: dict[str, Any] = {}
            if "attachment" in entry.line:
                more = {"attachment": entry.line["attachment"], "attachment_prev": attached}
            if "corrects" in entry.line:
                more = {"corrects": self.places[entry.line["corrects"]]}
            line = compose(
                Line(
                    seq=seq,
                    prev=line_hash(self.lines[-1]) if self.lines else GENESIS,
                    time=parse_stamp(entry.line["time"]),
                    actor=entry.line["actor"],
                    action=entry.line["action"],
                    item_type=kind,
                    item_id=name,
                    inputs=tuple(entry.line["inputs"]),
                    outputs=tuple(entry.line["outputs"]),
                    disclosures=told,
                    **more,
                )
            )
            attached = line_hash(line) if "attachment" in more else attached
            self.lines.append(line)
            self.texts += [(seq, each.name, each.encoded) for each in told]

    def _signed_states(self, entry: Entry, seq: int) -> None:
        """Entries that state a root state the new one."""
        record = entry.said.get("record")
        if entry.line["action"] == "exported":
            size = next(
                number + 1
                for number, line in enumerate(self.lines)
                if (read(line)["action"], read(line)["item"]) == ("export-prepared", entry.line["item"])
            )
            entry.said["record"] = {**record, "checkpoint_size": size, "checkpoint_root": self.note(size)[1]}
        if entry.line["action"] == "checkpointed":
            note, new = self.note(seq)
            entry.line["item"]["id"] = str(seq)
            entry.said["record"] = {**record, "checkpoint": seq, "root": new, "note": note}

    def _store(self, database: sqlite3.Connection) -> None:
        hashes = [line_hash(line) for line in self.lines]
        database.execute("DELETE FROM disclosure")
        database.execute("DELETE FROM ledger")
        for seq, line in enumerate(self.lines):
            values = (seq, line, hashes[seq], *self._named(read(line)))
            database.execute("INSERT INTO ledger VALUES (?, ?, ?, ?, ?)", values)
        database.executemany("INSERT INTO disclosure VALUES (?, ?, ?)", self.texts)
        database.execute('UPDATE "case" SET ledger_size = ?, ledger_head = ?', (len(self.lines), hashes[-1]))
        before = GENESIS
        for number, old in database.execute("SELECT number, line_seq FROM attachment ORDER BY number").fetchall():
            seq = self.places.get(old)
            if seq is None:
                database.execute("DELETE FROM attachment WHERE number = ?", (number,))
                continue
            values = (seq, hashes[seq], before, number)
            query = "UPDATE attachment SET line_seq = ?, line_hash = ?, previous_hash = ? WHERE number = ?"
            database.execute(query, values)
            before = hashes[seq]
        for number, old in database.execute("SELECT number, line_seq FROM exhibit").fetchall():
            seq = self.places[old]
            database.execute(
                "UPDATE exhibit SET line_seq = ?, line_hash = ? WHERE number = ?", (seq, hashes[seq], number)
            )
        for seq, line in enumerate(self.lines):
            entry = read(line)
            record = next((parse(text).value for at, name, text in self.texts if (at, name) == (seq, "record")), {})
            if entry["action"] == "exported":
                size = record["checkpoint_size"]
                values = (size, *reversed(self.note(size)), record["version"])
                query = "UPDATE package SET checkpoint_size = ?, checkpoint_root = ?, checkpoint = ? WHERE version = ?"
                database.execute(query, values)
            if entry["action"] == "checkpointed":
                database.execute(
                    "UPDATE checkpoint SET size = ?, root = ?, note = ?", (seq, record["root"], record["note"])
                )
        kinds = {self._named(read(line))[0] for line in self.lines}
        if "receipt" not in kinds:
            database.execute("DELETE FROM receipt")

    @staticmethod
    def _named(entry: dict[str, Any]) -> tuple[str, str]:
        return entry["item"]["type"], entry["item"]["id"]


def exchange_file(case: Path, old: str, content: bytes) -> str:
    """Another file in the place of an original. Returns its SHA-256."""
    new = hashlib.sha256(content).hexdigest()
    path = case / "evidence" / old[:2] / old[2:]
    path.chmod(0o600)
    path.unlink()
    target = case / "evidence" / new[:2] / new[2:]
    target.parent.mkdir(mode=0o700, exist_ok=True)
    target.write_bytes(content)
    target.chmod(0o400)
    with sqlite3.connect(case / "case.db") as database:
        database.execute("UPDATE attachment SET sha256 = ?, size = ? WHERE sha256 = ?", (new, len(content), old))
    database.close()
    return new
