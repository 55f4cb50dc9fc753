"""Run by test_import_stages.py: brings one long table into a case and is killed, or finds the disk full, on the way.

Usage: failing_import.py FOLDER kill|full|small MOMENTS. Prints a JSON list, one entry for each moment.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import sys
from pathlib import Path

from casebound import arranging, filling
from casebound.case import Actor
from casebound.document import Case
from casebound.importing import bring_in
from casebound.stagedtext import Text

ACTOR = Actor("Rosa Behrens")


def table(path: Path, rows: int) -> Path:
    chance = random.Random(3)
    with path.open("w") as stream:
        stream.write("request_id,time,account_id,text\n")
        for number in range(rows):
            stamp = 1_772_359_200 + chance.randrange(rows)
            stream.write(f"r{number},{stamp},a{number % 99},{chance.random()} and {chance.random()}\n")
    return path


def left(case: Path) -> list[str]:
    inside = (path for part in ("rows", "evidence") for path in (case / part).rglob("*") if path.is_file())
    return sorted(path.relative_to(case).as_posix() for path in inside)


class Moments:
    """Counts the looks at progress, and dies at one of them; between them the threads write."""

    def __init__(self, last: int) -> None:
        self.last, self.seen = last, 0
        self.notes: list[str] = []

    def __call__(self, done: int, total: int, note: str = "") -> None:
        self.seen += 1
        self.notes.append(note.split(" big")[0])
        if self.seen == self.last:
            os.kill(os.getpid(), signal.SIGKILL)


def killed(room: Path, fractions: list[float]) -> list[object]:
    big = table(room / "big.csv", 300_000)
    base = room / "base"
    Case.create(base, "K-1", "Killed", ACTOR).close()
    shutil.copytree(base, room / "whole")
    counting = Moments(0)
    with Case.open(room / "whole", ACTOR) as case:
        bring_in(case, big, progress=counting)
    found: list[object] = [sorted(set(counting.notes))]
    for number, fraction in enumerate(fractions):
        copy = room / f"copy{number}"
        shutil.copytree(base, copy)
        moment = max(1, int(fraction * counting.seen))
        child = os.fork()
        if child == 0:
            with Case.open(copy, ACTOR) as case:
                bring_in(case, big, progress=Moments(moment))
            os._exit(0)
        died = os.WIFSIGNALED(os.waitpid(child, 0)[1])
        with Case.open(copy, ACTOR) as case:
            report = case.check()
            clean = report.clean and not report.notes
            kept = sum(source.kept for source in case.snapshot().sources)
        found.append([died, clean, kept, left(copy)])
        shutil.rmtree(copy)
    return found


def full(room: Path, moments: list[float]) -> list[object]:
    """From a block on, no file grows any more beyond a size: DuckDB's own writing fails."""
    big = table(room / "big.csv", 60_000)
    arranging.ROWS = arranging.GROUP = 2_000
    arranging._MOST_ROWS = 1_000
    real, found = filling._write, list[object]()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Case.create(room / "case", "K-1", "Full", ACTOR) as case:
        for moment in moments:
            blocks = 0

            def writing(block: Path, text: Text, longest: int, moment: float = moment) -> int:
                nonlocal blocks
                size = real(block, text, longest)
                blocks += 1
                if blocks == int(moment):
                    store = next(case.path.rglob("rows.duckdb*"))
                    resource.setrlimit(resource.RLIMIT_FSIZE, (max(store.stat().st_size, 1 << 18), hard))
                return size

            filling._write = writing
            try:
                bring_in(case, big)
                said = ["", ""]
            except Exception as error:
                said = [type(error).__name__, str(error)]
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            found.append([*said, left(case.path), case.check().clean])
    return found


def small(room: Path, moments: list[float]) -> list[object]:
    """The case lies on a disk of its own, mounted at `room`, that is too small."""
    big = table(room.with_name("big.csv"), 60_000)
    with Case.create(room / "case", "K-1", "Small", ACTOR) as case:
        try:
            bring_in(case, big)
            said = ["", ""]
        except Exception as error:
            said = [type(error).__name__, str(error)]
        return [[*said, left(case.path), case.check().clean]]


if __name__ == "__main__":
    os.umask(0o077)
    work = {"kill": killed, "full": full, "small": small}[sys.argv[2]]
    print(json.dumps(work(Path(sys.argv[1]), [float(moment) for moment in sys.argv[3].split(",")])))
