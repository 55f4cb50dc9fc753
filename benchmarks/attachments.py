"""Attaching many small files against copying them: wall times of each, in folders of their own.

`python benchmarks/attachments.py FOLDER` makes the files, measures both in turn and prints the medians. The same disk
must hold both, and nothing may be deleted in between: a file system takes its time to use again what was just freed.
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FILES = 10_000
SIZE = 10_000  # bytes of each
REPEATS = 5


def prepare_attachments(folder: Path) -> None:
    """Files of random bytes, each another, under FOLDER/files."""
    files = folder / "files"
    if files.is_dir() and sum(1 for _ in files.iterdir()) == FILES:
        return
    files.mkdir(parents=True, exist_ok=True)
    chance = random.Random(7)
    for number in range(FILES):
        (files / f"{number:05d}.bin").write_bytes(chance.randbytes(SIZE))
    os.sync()


def import_attachments(folder: Path) -> float:
    """Attach them to a new case, until all is on the disk. Prints and returns the wall seconds."""
    from casebound.case import Actor
    from casebound.document import Case

    paths = sorted((folder / "files").iterdir())
    room = Path(tempfile.mkdtemp(prefix="case-", dir=folder))
    with Case.create(room / "case", "BENCH-3", "Attachments", Actor("Bench")) as case:
        started = time.perf_counter()
        made = case.attach_many(paths).made
        seconds = time.perf_counter() - started
    assert len(made) == FILES
    print(f"attach_many of {FILES:,} files: {seconds:.2f} s")
    return seconds


def copy_attachments(folder: Path) -> float:
    """Copy them with the standard library, and force them to the disk. Prints and returns the wall seconds."""
    room = Path(tempfile.mkdtemp(prefix="copy-", dir=folder))
    started = time.perf_counter()
    shutil.copytree(folder / "files", room / "files")
    os.sync()
    seconds = time.perf_counter() - started
    print(f"shutil.copytree and sync of {FILES:,} files: {seconds:.2f} s")
    return seconds


def cp_attachments(folder: Path) -> float:
    """The same with `cp -r`, which neither hashes nor records anything."""
    room = Path(tempfile.mkdtemp(prefix="cp-", dir=folder))
    started = time.perf_counter()
    subprocess.run(["cp", "-r", str(folder / "files"), str(room / "files")], check=True)
    os.sync()
    seconds = time.perf_counter() - started
    print(f"cp -r and sync of {FILES:,} files: {seconds:.2f} s")
    return seconds


def main(folder: Path) -> int:
    prepare_attachments(folder)
    works = (import_attachments, copy_attachments, cp_attachments)
    walls: dict[str, list[float]] = {work.__name__: [] for work in works}
    for _ in range(REPEATS):
        for work in works:
            walls[work.__name__].append(work(folder))
    medians = {name: statistics.median(found) for name, found in walls.items()}
    print({name: round(seconds, 2) for name, seconds in medians.items()})
    ours = medians["import_attachments"]
    print(
        f"against copytree {ours / medians['copy_attachments']:.2f}, against cp -r {ours / medians['cp_attachments']:.2f}"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
