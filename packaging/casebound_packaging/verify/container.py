"""The two shapes a package comes in, a ZIP and an unpacked folder, read in one way."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from casebound_packaging.errors import UnreadablePackage
from casebound_packaging.finding import Finding
from casebound_packaging.membername import name_problem, twin_key
from casebound_packaging.zipreader import CHUNK, MOST_ENTRIES, Archive, DamagedEntry

MARKS = ("bagit.txt", "tagmanifest-sha256.txt", "data/metadata/package.json")
"""A file with none of these is something else and not a damaged package."""


class Container(Protocol):
    """Members by their path inside the top folder, in the order in which they lie. Several threads may read at once."""

    top: str  # name of the top folder; "" where a folder was given, which may be called anything
    findings: tuple[Finding, ...]
    readable: bool  # False where reading on would mean to trust a container that lies
    marked: bool  # has at least one of MARKS

    @property
    def names(self) -> tuple[str, ...]: ...
    def size(self, name: str) -> int: ...
    def stream(self, name: str) -> Iterator[bytes]: ...
    def digest(self, name: str, watch: Callable[[int], object]) -> str: ...
    def read(self, name: str, limit: int) -> bytes: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_container(path: Path) -> Container:
    """Open a package. Raises `UnreadablePackage` where it is none; everything else wrong is in `findings`."""
    container: Container = Folder(path) if path.is_dir() else Zipped(path)
    if not container.marked:
        container.__exit__(None, None, None)
        raise UnreadablePackage(
            f"{path.name or path} is not an evidence package: it has none of the files that make one.",
            "Choose the ZIP file that you were sent, or the folder unpacked from it (the one with bagit.txt in it).",
            where=str(path),
        )
    return container


class Zipped:
    """A package in its ZIP."""

    def __init__(self, path: Path) -> None:
        self._archive = Archive.open(path)
        tops = {name.partition("/")[0] for name in self._archive.names}
        self.top = next(iter(tops)) if len(tops) == 1 else ""
        self.findings = self._archive.findings
        self.marked = any(name.endswith("/" + mark) for name in self._archive.names for mark in MARKS)
        if len(tops) != 1 or any("/" not in name for name in self._archive.names):
            problem = "There must be one folder in the ZIP, with everything in it."
            self.findings += (Finding("container", "", problem, "1", str(len(tops))),)
        self.readable = not self.findings
        self._prefix = f"{self.top}/" if self.top else ""
        self._names = tuple(name.removeprefix(self._prefix) for name in self._archive.names)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()

    @property
    def names(self) -> tuple[str, ...]:
        return self._names

    def size(self, name: str) -> int:
        return self._archive.size(self._prefix + name)

    def stream(self, name: str) -> Iterator[bytes]:
        return self._archive.stream(self._prefix + name)

    def digest(self, name: str, watch: Callable[[int], object]) -> str:
        return self._archive.digest(self._prefix + name, watch)

    def read(self, name: str, limit: int) -> bytes:
        return self._archive.read(self._prefix + name, limit)


class Folder:
    """A package that was unpacked. Links are never followed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.top = ""
        self._sizes: dict[str, int] = {}
        found: list[Finding] = []
        try:
            self._walk(path, "", found)
        except OSError as error:
            raise UnreadablePackage(
                f"{path.name or path} cannot be read: {error.strerror or error}.",
                "Check that you may read the folder and everything in it.",
                where=str(error.filename or path),
            ) from error
        self.findings = tuple(found)
        self.readable = True
        self.marked = any(mark in self._sizes for mark in MARKS)

    def _walk(self, folder: Path, prefix: str, found: list[Finding]) -> None:
        twins: dict[str, str] = {}
        for item in sorted(os.scandir(folder), key=lambda item: item.name):
            name = prefix + item.name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
            twin = twins.setdefault(twin_key(name), name)
            if twin != name:
                found.append(Finding("container", name, f"On some systems this is the same file as {twin}."))
            problem = name_problem(name)
            if item.is_symlink():
                found.append(Finding("container", name, "This is a link, not a file."))
            elif problem:
                found.append(Finding("container", name, f"Refused: {problem}."))
            elif item.is_dir(follow_symlinks=False):
                self._walk(Path(item.path), name + "/", found)
            elif not stat.S_ISREG(item.stat(follow_symlinks=False).st_mode):
                found.append(Finding("container", name, "This is not a file."))
            else:
                self._sizes[name] = item.stat(follow_symlinks=False).st_size
            if len(self._sizes) > MOST_ENTRIES:
                found.append(
                    Finding("container", "", "There are more files than a package may have.", str(MOST_ENTRIES))
                )
                return

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._sizes))

    def size(self, name: str) -> int:
        return self._sizes[name]

    def stream(self, name: str) -> Iterator[bytes]:
        for piece in self._pieces(name):
            yield bytes(piece)

    def digest(self, name: str, watch: Callable[[int], object]) -> str:
        digest = hashlib.sha256()
        for piece in self._pieces(name):
            digest.update(piece)
            watch(len(piece))
        return digest.hexdigest()

    def _pieces(self, name: str) -> Iterator[memoryview]:
        """The bytes of one file; each piece is good only until the next is asked for."""
        buffer = memoryview(bytearray(min(CHUNK, self._sizes[name] + 1)))
        try:
            handle = os.open(self.path / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
            with os.fdopen(handle, "rb", buffering=0) as file:
                while count := file.readinto(buffer):
                    yield buffer[:count]
        except OSError as error:
            raise DamagedEntry(f"{name} cannot be read: {error.strerror or error}.", where=name) from error

    def read(self, name: str, limit: int) -> bytes:
        if self.size(name) > limit:
            raise DamagedEntry(f"{name} is larger than the {limit} bytes such a file may have.", where=name)
        return b"".join(self.stream(name))
