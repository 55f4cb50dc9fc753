"""WACZ: web archives with a list of pages in a ZIP, and what the package proves of itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Final

import numpy as np

from casebound.case import TableMapping
from casebound.errors import BadSource
from casebound.importers import warc
from casebound.importers.batch import Batch, Refused, beat
from casebound.importers.jsonlines import JsonLines
from casebound.importers.layout import Choices, Layout
from casebound.importers.waczfiles import Files, missing
from casebound.importers.waczseal import PACKAGE
from casebound.zipentries import Entry

_AT_ONCE: Final = 512 << 20  # bytes that are hashed for a preview
_ROLES: Final = {"url": "object", "ts": "time", "id": "id", "title": "text"}
_PAGES: Final = JsonLines()


class Wacz:
    """The records of each web archive inside are a table, and each list of pages is one."""

    kind = "wacz"
    format = "wacz"
    version = "wacz 1"

    def layouts(self, path: Path, name: str, choices: Choices) -> tuple[Layout, ...]:
        files = Files(path, name)
        proved = _proved(files)
        found = []
        for entry in files.archives():
            with files.opened(entry) as (stream, _):
                table = PurePosixPath(entry.name).name.partition(".")[0]
                one = warc.layout_of(stream, table, f"{name}: {entry.name}", entry.name)
            found.append(replace(one, evidence=(*one.evidence, *proved)))
        for entry in files.pages():
            with tempfile.TemporaryDirectory() as scratch:
                body = _page_lines(files, entry, Path(scratch))
                if not body.stat().st_size:
                    continue
                (one,) = _PAGES.layouts(body, PurePosixPath(entry.name).name, choices)
            roles = {column: _ROLES[column] for column in one.columns if column in _ROLES}
            listed = replace(one, member=entry.name, roles=roles, evidence=(*one.evidence, *proved))
            found.append(listed)
        if not found:
            raise BadSource(
                f"“{name}” holds no web archive and no list of pages.", "Attach it to the case instead.", where=name
            )
        return tuple(found)

    def batches(self, path: Path, member: str, mapping: TableMapping) -> Iterator[Batch]:
        files = Files(path, path.name)
        entry = files.entries.get(member)
        if entry is None:
            raise BadSource(f"There is no “{member}” in the archive.", "Check which archive was meant.", where=member)
        columns = tuple(column.name for column in mapping.columns)
        told = list(files.sealed)
        for words in files.checked(entry):
            if words:
                told.append(words)
            else:
                yield beat(columns)
        if entry in files.pages():
            yield from _pages(files, entry, mapping, tuple(told))
            return
        with files.opened(entry) as (stream, place):
            yield from warc.batches_of(stream, max(place, 0), placed=place >= 0, told=tuple(told))

    def size(self, path: Path, member: str) -> int:
        return path.stat().st_size


def _proved(files: Files) -> tuple[str, ...]:
    """What the hashes and the signature show, for a preview; hashes only where that does not take long."""
    if files.stated.problem:
        return files.stated.problem, *files.sealed
    made = ", ".join(f"{key} {value[:100]}" for key, value in files.stated.facts.items())
    said = [f"{PACKAGE} says: {made}."] if made else []
    if sum(entry.size for entry in files.entries.values()) > _AT_ONCE:
        said.append(f"The hashes that {PACKAGE} states are checked while it is brought in.")
    else:
        held = 0
        for name in files.stated.hashes:
            if (entry := files.entries.get(name)) is not None:
                words = [word for word in files.checked(entry) if word][-1]
                held += words.startswith(f"{name} is the file")
                said += [] if words.startswith(f"{name} is the file") else [words]
        said.append(f"{held:,} of {len(files.stated.hashes):,} files are those whose hashes {PACKAGE} states.")
    return *said, *missing(files), *files.sealed


def _page_lines(files: Files, entry: Entry, scratch: Path) -> Path:
    """The list of pages without its first line, where that says what the list is (WACZ 1.1.1, 5.2.3)."""
    body = scratch / "pages.jsonl"
    with body.open("wb") as target, files.opened(entry) as (stream, _):
        first = stream.readline(1 << 16)
        if not _is_heading(first):
            target.write(first)
        while piece := stream.read(1 << 20):
            target.write(piece)
    return body


def _is_heading(line: bytes) -> bool:
    return line.endswith(b"\n") and b'"format"' in line and b"json-pages" in line


def _pages(files: Files, entry: Entry, mapping: TableMapping, told: tuple[str, ...]) -> Iterator[Batch]:
    with tempfile.TemporaryDirectory() as scratch:
        body = _page_lines(files, entry, Path(scratch))
        before = entry.size - body.stat().st_size
        last = None
        for batch in _PAGES.batches(body, "", mapping):
            batch.lines += 1 if before else 0
            if entry.method:
                batch.offsets, batch.lengths = np.full_like(batch.offsets, -1), np.zeros_like(batch.lengths)
            else:
                batch.offsets += entry.data + before
            batch.refused = [_moved(one, entry, before) for one in batch.refused]
            if last is not None:
                yield last
            last = batch
        if last is not None:
            last.told = (*last.told, *told)
            yield last


def _moved(one: Refused, entry: Entry, before: int) -> Refused:
    """A line that was set aside, at its place in the WACZ."""
    line = one.line + (1 if before else 0)
    if entry.method:
        return replace(one, line=line, offset=-1, length=0)
    return replace(one, line=line, offset=one.offset + entry.data + before)
