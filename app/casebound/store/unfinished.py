"""What was begun and not finished: small notes on the disk, so that a killed program's leftovers are known for such.

A note is written before the first leftover can exist and taken away when the work is committed or given up. An original
that no note names and case.db does not name either is left alone: none may be deleted because a database is old.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from casebound.store.disk import CODES, HALF, TEXT, make_folder, remove_folder, settle_folder, write_whole
from casebound.store.evidence import Evidence

WORK: Final = {
    "import": "The import of {} did not finish. Nothing was added.",
    "attach": "The attaching of {} did not finish. Nothing was added.",
    "mend": "Reading rows of {} again did not finish. Nothing was changed.",
}


_SHA256: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_GENERATION: Final = re.compile(r"[0-9a-f]{16}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Note:
    """One work under way on the original `sha256` ("" until it is known), which it brought in itself where `fresh`.

    A mend brings no original in; it is known by the `generation` that it writes.
    """

    path: Path
    kind: str
    name: str
    sha256: str = ""
    fresh: bool = False
    generation: str = ""
    others: tuple[str, ...] = ()  # further originals that it brought in itself, where it is on many files

    @property
    def words(self) -> str:
        """What a person is told when the work never finished."""
        return WORK.get(self.kind, WORK["import"]).format(self.name or "a file")


@dataclass(slots=True)
class Unfinished:
    """The notes of a case folder. `named` tells which originals case.db names."""

    folder: Path
    evidence: Evidence
    rows: Path
    named: Callable[[], frozenset[str]]
    generations: Callable[[], frozenset[str]]
    _mine: dict[Path, Note] = field(default_factory=dict)

    def begin(self, kind: str, name: str, generation: str = "") -> Note:
        """Note a work before it leaves anything behind."""
        make_folder(self.folder)
        return self._write(Note(self.folder / f"{secrets.token_hex(8)}.json", kind, name, generation=generation))

    def kept(self, note: Note, sha256: str, fresh: bool, others: tuple[str, ...] = ()) -> Note:
        """Say which original the work is on, before that gets its name in the case; and which `others` it brought."""
        return self._write(replace(note, sha256=sha256, fresh=fresh, others=others))

    def forget(self, note: Note) -> None:
        """Take a note away, and leave what it is about."""
        self._mine.pop(note.path, None)
        note.path.unlink(missing_ok=True)

    def end(self, *notes: Note) -> None:
        """These works (or all of mine) are committed or given up: clear away what they left and nothing names."""
        ending = notes or tuple(self._mine.values())
        named = self.named() if any(note.fresh for note in ending) else frozenset()
        for note in ending:
            self._mine.pop(note.path, None)
            self._clear(note, named)

    def sweep(self, taken_ns: int) -> tuple[str, ...]:
        """At a writing opening: clear away what earlier sessions left unfinished, and say what it was."""
        if any(folder.is_symlink() for folder in (self.folder, self.rows, self.evidence.folder)):
            return ()  # a case from a stranger must not make us delete what lies elsewhere
        told: list[str] = []
        notes = [note for note in map(_read, self._older(self.folder.glob("*.json"), taken_ns)) if note is not None]
        halves = self._older(self.evidence.halves(), taken_ns)
        unwritten = self._older(self.folder.glob(f"{HALF}*"), taken_ns)  # notes of works that never began
        generations = [path for path in self._older(self._rows(), taken_ns) if path.name not in self.generations()]
        named, committed = (self.named(), self.generations()) if notes else (frozenset(), frozenset())
        for note in notes:
            if note.generation not in committed if note.generation else note.sha256 not in named:
                told.append(note.words)
            self._clear(note, named)
        for half in (*halves, *unwritten):
            if half.is_dir() and not half.is_symlink():
                remove_folder(half)
            else:
                half.unlink(missing_ok=True)
        for path in generations:
            remove_folder(path)
        for path in self._unused_indexes(taken_ns):
            path.unlink(missing_ok=True)
        if (halves or generations) and not told:
            told.append("An import did not finish. Nothing was added.")
        return tuple(dict.fromkeys(told))

    def _write(self, note: Note) -> Note:
        words: dict[str, object] = {
            "kind": note.kind,
            "name": note.name,
            "sha256": note.sha256,
            "fresh": note.fresh,
            "generation": note.generation,
            "others": note.others,
        }
        write_whole(note.path, json.dumps(words).encode("utf-8"))
        self._mine[note.path] = note
        return note

    def _clear(self, note: Note, named: frozenset[str]) -> None:
        if note.fresh:
            for sha256 in (note.sha256, *note.others):
                if sha256 not in named:
                    self.evidence.discard(sha256)
        with contextlib.suppress(FileNotFoundError):
            note.path.unlink()
            settle_folder(self.folder)

    def _rows(self) -> list[Path]:
        return [path for path in self.rows.glob("*") if path.is_dir() and _GENERATION.fullmatch(path.name)]

    def _unused_indexes(self, taken_ns: int) -> list[Path]:
        """Half-written text indexes and codes of columns, and those of generations that are no part of the case."""
        found: list[Path] = []
        for name, kind in ((TEXT, "*.db"), (CODES, "*.codes")):
            folder = self.folder.parent / name
            if folder.is_dir() and not folder.is_symlink():
                named = self.generations()
                found += [path for path in folder.glob(kind) if path.stem.partition("-")[0] not in named]
                found += folder.glob(f"{HALF}*")
        return [path for path in self._older(found, taken_ns) if not path.is_dir()]

    @staticmethod
    def _older(paths: Iterable[Path], taken_ns: int) -> list[Path]:
        found = []
        for path in paths:
            with contextlib.suppress(FileNotFoundError):
                if path.lstat().st_mtime_ns <= taken_ns:
                    found.append(path)
        return sorted(found)


def _read(path: Path) -> Note | None:
    """A note, or None where it is none of ours or half gone."""
    try:
        words = json.loads(path.read_bytes())
        note = Note(
            path,
            str(words["kind"]),
            str(words["name"]),
            str(words["sha256"]),
            words["fresh"] is True,
            str(words.get("generation", "")),
            tuple(map(str, words.get("others", ()))),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return note if all(not each or _SHA256.fullmatch(each) for each in (note.sha256, *note.others)) else None
