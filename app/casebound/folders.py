"""A folder, or several files, looked at as a whole: every table in it, and everything else with what becomes of it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from casebound import exportmanifest
from casebound.errors import BadSource
from casebound.foundtables import Fate, LeftOut
from casebound.previewing import Looked, look, require_tables
from casebound.work import Progress, silent

MOST_FILES = 50_000
_DEEPEST = 40  # folders within folders


@dataclass(frozen=True, slots=True)
class Survey:
    """The files in a folder and the folders in it, sorted by path; and what was passed over, with the reason."""

    files: tuple[Path, ...]
    passed_over: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is in several files and folders. `left_out` is everything that gives no rows, members of archives too."""

    looked: tuple[Looked, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def tables(self) -> int:
        return sum(len(one.previews) for one in self.looked)


def survey(folder: Path, progress: Progress = silent) -> Survey:
    """Walk through a folder. Links are not followed, hidden files and other cases are told and not entered.

    Raises `BadSource` where the folder cannot be read or holds more files than `MOST_FILES`.
    """
    files: list[Path] = []
    passed: list[LeftOut] = []
    for path, reason in _walk(folder, 0):
        if reason:
            passed.append(LeftOut(path, "", Fate.NOT_TAKEN, reason))
        else:
            files.append(path)
        if len(files) > MOST_FILES:
            raise BadSource(
                f"“{folder.name}” holds more than {MOST_FILES:,} files.",
                "Bring in the folders inside it one after another.",
                where=str(folder),
            )
        progress(len(files), 0, f"Looking through {folder.name}")
    return Survey(tuple(files), tuple(passed))


def _walk(folder: Path, depth: int) -> Iterator[tuple[Path, str]]:
    """Files below a folder, or what is passed over with the reason."""
    try:
        with os.scandir(folder) as listed:
            entries = sorted(listed, key=lambda entry: entry.name)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        if depth == 0:
            raise BadSource(
                f"“{folder}” cannot be read: {why}.", "Check the permissions.", where=str(folder)
            ) from error
        yield folder, f"The folder cannot be read: {why}."
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.is_symlink():
            yield path, "It is a link; links are not followed."
        elif entry.name.startswith("."):
            yield path, "It is hidden. Name it to bring it in."
        elif entry.is_dir(follow_symlinks=False):
            if (path / "case.db").is_file():
                yield path, "It is the folder of a case."
            elif depth >= _DEEPEST:
                yield path, f"It lies more than {_DEEPEST} folders deep."
            else:
                yield from _walk(path, depth + 1)
        elif stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
            yield path, ""
        else:
            yield path, "It is a device or a pipe, not a file."


def gather(
    paths: Sequence[Path],
    *,
    table: str = "",
    zone: str = "",
    mapping: Mapping[str, object] | None = None,
    progress: Progress = silent,
) -> Gathered:
    """Look at files and folders before anything of them is brought in.

    A file that was named must hold a table, else this raises what `look` raises; in a folder, what holds none is left
    out with its reason. Raises `BadSource` where nothing at all can be brought in.
    """
    looked: list[Looked] = []
    left_out: list[LeftOut] = []
    for path in map(Path, paths):
        if not path.is_dir():
            if len(paths) > 1 and path.is_file() and exportmanifest.is_manifest(path):
                left_out.append(_manifest(path))
                continue
            one = look(path, table=table, zone=zone, mapping=mapping, progress=progress)
            require_tables(one, path.name)
            looked.append(one)
            left_out += one.left_out
            continue
        found = survey(path, progress)
        left_out += found.passed_over
        for number, file in enumerate(found.files):
            progress(number, len(found.files), f"Looking at {file.name}")
            if exportmanifest.is_manifest(file):
                left_out.append(_manifest(file))
                continue
            try:
                one = look(file, table=table, zone=zone, mapping=mapping, alone=False)
            except BadSource as error:
                left_out.append(LeftOut(file, "", Fate.NO_TABLE, error.title, error.hint, file.stat().st_size))
                continue
            left_out += one.left_out
            if one.previews:
                looked.append(one)
            elif not one.left_out:
                left_out.append(LeftOut(file, "", Fate.NO_TABLE, f"“{file.name}” is an empty archive."))
    if not looked:
        _nothing(paths, left_out)
    return Gathered(tuple(looked), tuple(left_out))


def _manifest(path: Path) -> LeftOut:
    return LeftOut(path, "", Fate.MANIFEST, "It is no table; what it states is used for the files that it names.")


def _nothing(paths: Sequence[Path], left_out: Sequence[LeftOut]) -> None:
    names = ", ".join(f"“{path.name or path}”" for path in paths)
    first = f" The first: {left_out[0].reason}" if left_out else ""
    raise BadSource(
        f"There is no table in {names}: of {len(left_out):,} files none can be brought in as rows.{first}",
        "Attach the files to the case instead.",
        meaning="Nothing was brought in.",
        where=str(paths[0]) if paths else "",
    )
