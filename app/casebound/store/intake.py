"""Bringing in, up to the one commit: what is kept and read before case.db names it, and how it goes if that fails."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from casebound.errors import BadCase
from casebound.generation import SourceDraft
from casebound.store.database import cannot_write
from casebound.store.disk import make_folder, remove_folder, seal_folder
from casebound.store.evidence import Original
from casebound.store.folder import Folder
from casebound.store.stated import text
from casebound.store.unfinished import Note
from casebound.work import Progress


@dataclass(slots=True)
class Intake:
    """Originals and generations of this session that nothing names yet."""

    folder: Folder
    _notes: dict[str, Note] = field(default_factory=dict)  # by digest of the original
    _generations: set[Path] = field(default_factory=set)
    _mends: dict[Path, Note] = field(default_factory=dict)  # by generation

    def keep_original(self, path: Path, progress: Progress) -> Original:
        """Copy a file in. It stays only if a commit names it."""
        note = self._begin("import", path)
        try:
            with self.folder.evidence.keep(path, progress, settled=False) as (original, fresh):
                note = self.folder.unfinished.kept(note, original.sha256, fresh)
        except BaseException:
            self.folder.unfinished.end(note)
            raise
        if original.sha256 in self._notes:
            self.folder.unfinished.forget(note)  # the note of the first time is still there, and does for both
        else:
            self._notes[original.sha256] = note
        return original

    def new_generation(self) -> Path:
        """An empty folder for rows."""
        return self._made(self.folder.rows / secrets.token_hex(8))

    def new_mend(self, name: str) -> Path:
        """An empty folder for rows of the source `name` that are read again."""
        path = self.folder.rows / secrets.token_hex(8)
        note = self._begin("mend", Path(name), path.name)
        try:
            self._mends[self._made(path)] = note
        except BaseException:
            self.folder.unfinished.end(note)
            raise
        return path

    def seal_mend(self, path: Path) -> str:
        """Force a mend to the disk, read-only. Returns the digest over its files."""
        if path not in self._mends:
            raise ValueError(f"not an uncommitted mend of this case: {path}")
        try:
            return seal_folder(path)
        except OSError as error:
            raise cannot_write(error, self.folder.rows) from error

    def mended(self, path: Path) -> None:
        """case.db names the mend now."""
        self._generations.discard(path)
        self.folder.unfinished.end(self._mends.pop(path))

    def seal(self, original: Original, drafts: Sequence[SourceDraft]) -> Mapping[Path, str]:
        """Force the original and the generations to the disk, read-only. Returns the digest over the files of each."""
        folders = dict.fromkeys(draft.generation for draft in drafts)
        strange = [path for path in folders if path not in self._generations]
        if strange:
            raise ValueError(f"not an uncommitted generation of this case: {strange}")
        if not self.folder.evidence.path(original.sha256).is_file():
            raise BadCase(
                f"The kept copy of {original.name} is not there any more.",
                "Bring the file in again.",
                meaning="Nothing was added.",
                where=original.sha256,
            )
        try:
            self.folder.evidence.settle(original.sha256)
            return {path: seal_folder(path) for path in folders}
        except OSError as error:
            raise cannot_write(error, self.folder.rows) from error

    def committed(self, original: Original, drafts: Sequence[SourceDraft]) -> None:
        """case.db names them now."""
        self._generations.difference_update(draft.generation for draft in drafts)
        note = self._notes.pop(original.sha256, None)
        if note is not None:
            self.folder.unfinished.end(note)

    def discard(self, path: Path) -> None:
        """Give up a generation that was not committed; with the last one, the originals kept go as well."""
        if path not in self._generations:
            return
        try:
            remove_folder(path)
        except OSError as error:
            raise cannot_write(error, path) from error
        self._generations.discard(path)
        if (note := self._mends.pop(path, None)) is not None:
            self.folder.unfinished.end(note)
        elif not self._generations:
            self._give_up()

    def discard_all(self) -> None:
        """Give up everything that was not committed."""
        for path in tuple(self._generations):
            self.discard(path)
        self._give_up()

    def _give_up(self) -> None:
        notes = tuple(self._notes.values())
        self._notes.clear()
        if notes:
            self.folder.unfinished.end(*notes)

    def _made(self, path: Path) -> Path:
        try:
            make_folder(path)
        except OSError as error:
            raise cannot_write(error, path) from error
        self._generations.add(path)
        return path

    def _begin(self, kind: str, path: Path, generation: str = "") -> Note:
        try:
            return self.folder.unfinished.begin(kind, text(path.name), generation)
        except OSError as error:
            raise cannot_write(error, self.folder.path) from error
