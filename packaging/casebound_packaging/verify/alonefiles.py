"""The files of one exhibit that was given alone, read with bounds, and whether they are those and no others."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from casebound_packaging.errors import UnreadablePackage
from casebound_packaging.finding import Finding
from casebound_packaging.verify.container import MARKS

ENTRY = "entry.json"
TEXTS = "disclosures.txt"
SIGNER = "signer.pem"
SCRIPT = "check.sh"

_PROOF = re.compile(r"(EX-[0-9]{4,15})\.tlog-proof", re.ASCII)
_ORIGINAL = re.compile(r"original(\.[A-Za-z0-9]{1,20}){1,2}", re.ASCII)
_LARGEST = {ENTRY: 16 << 20, TEXTS: 64 << 20, SIGNER: 64 << 10, SCRIPT: 64 << 10}
_LARGEST_PROOF = 64 << 10
_MOST_FILES = 100
_CHUNK = 1 << 20


@dataclass(slots=True)
class AloneFiles:
    """What lies in the folder. `kept` has the small files by name; `exhibit` is what the proof's name says.

    `original` is the attachment's file name, or "" where there is none; `sha256` its hash, hex; `size` its bytes.
    """

    kept: dict[str, bytes] = field(default_factory=dict)
    exhibit: str = ""
    proof: str = ""
    original: str = ""
    sha256: str = ""
    size: int = 0


def is_alone(path: Path) -> bool:
    """Is this the folder of one exhibit given alone, and not an unpacked package?"""
    try:
        names = set(os.listdir(path)) if path.is_dir() else set()  # noqa: PTH208 - names only
    except OSError:
        return False
    return not names & set(MARKS) and (ENTRY in names or any(map(_PROOF.fullmatch, names)))


def read_alone(path: Path, progress: Callable[[int, int, str], None], found: list[Finding]) -> AloneFiles:
    """Read the folder. Links are never followed. Raises `UnreadablePackage` where it cannot be listed."""
    try:
        items = sorted(os.scandir(path), key=lambda item: item.name)
    except OSError as error:
        raise UnreadablePackage(
            f"{path.name or path} cannot be read: {error.strerror or error}.",
            "Check that you may read the folder and everything in it.",
            where=str(path),
        ) from error
    files = AloneFiles()
    for item in items[:_MOST_FILES]:
        proof = _PROOF.fullmatch(item.name)
        if proof is not None and not files.proof:
            files.exhibit, files.proof = proof[1], item.name
        elif _ORIGINAL.fullmatch(item.name) and not files.original:
            files.original = item.name
        elif item.name not in _LARGEST:
            found.append(Finding("inventory", _shown(item.name), "The file was added: no proof is about it."))
            continue
        try:
            if not stat.S_ISREG(item.stat(follow_symlinks=False).st_mode):
                found.append(Finding("container", item.name, "This is not a file, or is a link."))
            elif item.name == files.original:
                _digest(Path(item.path), progress, files)
            else:
                limit = _LARGEST.get(item.name, _LARGEST_PROOF)
                files.kept[item.name] = _small(Path(item.path), limit)
        except OSError as error:
            problem = f"The file cannot be read: {error.strerror or error}."
            found.append(Finding("contents", item.name, problem))
        except ValueError as error:
            found.append(Finding("contents", item.name, str(error)))
    if len(items) > _MOST_FILES:
        found.append(Finding("inventory", "", "There are more files than one exhibit has.", "", str(len(items))))
    named = {item.name for item in items}
    for name in (*sorted(_LARGEST), *(() if files.proof else ("EX-NNNN.tlog-proof",))):
        if name not in named:
            found.append(Finding("inventory", name, "The file is missing."))
    return files


def _open(path: Path) -> int:
    return os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))


def _small(path: Path, limit: int) -> bytes:
    with os.fdopen(_open(path), "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise ValueError("The file is larger than such a file may be.")
    return data


def _digest(path: Path, progress: Callable[[int, int, str], None], files: AloneFiles) -> None:
    digest = hashlib.sha256()
    with os.fdopen(_open(path), "rb") as file:
        total = os.fstat(file.fileno()).st_size
        while piece := file.read(_CHUNK):
            digest.update(piece)
            files.size += len(piece)
            progress(min(files.size, total), total, path.name)
    files.sha256 = digest.hexdigest()


def _shown(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
