"""Run by test_case_killed.py: does one change of a case again and again, killed a little later each time.

Usage: killed_case.py FOLDER WORK. Prints one JSON object. A killed child has no chance to tidy up: SIGKILL is sent from
inside, at the n-th thing that it asks of the file system or the database, for n = 0, 1, 2 … until it finishes.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, event

from casebound.case import Actor, Column, ColumnRole, EventId, TableMapping
from casebound.document import Case, Original, SourceDraft

ACTOR = Actor("Rosa Behrens")
WATCHED = ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "os.truncate", "shutil.rmtree")


def draft(original: Original, generation: Path) -> SourceDraft:
    (generation / "rows.bin").write_bytes(b"rows" * 100)
    mapping = TableMapping("requests", (Column("at", ColumnRole.TIME),))
    return SourceDraft(
        original.name,
        "",
        "requests",
        "csv",
        mapping,
        10,
        10,
        0,
        0,
        10,
        0,
        9,
        None,
        "",
        None,
        generation,
        "ab" * 32,
        "c",
    )


def bring(case: Case, path: Path) -> None:
    original = case.keep_original(path)
    case.commit_sources(original, [draft(original, case.new_generation())])


def attach(case: Case, path: Path) -> None:
    case.attach(path, title="Second")


def attach_many(case: Case, path: Path) -> None:
    # One of them is in the case already as an attachment, one as the original of a source.
    case.attach_many([path, *sorted(path.parent.glob("more-*.txt")), path.with_name("first.csv")])


def annotate(case: Case, path: Path) -> None:
    source = case.snapshot().sources[0]
    case.annotate([EventId(source.sha256, "", "requests", number) for number in range(2)], note="n", tags=["a"])


def annotate_many(case: Case, path: Path) -> None:
    source = case.snapshot().sources[0]
    events = [EventId(source.sha256, "", "requests", number) for number in range(9)]
    case.annotate(events, tags=[f"tag {number}" for number in range(120)])


def undo(case: Case, path: Path) -> None:
    case.undo_last()


WORKS: dict[str, Callable[[Case, Path], None]] = {
    "bring": bring,
    "attach": attach,
    "attach-many": attach_many,
    "annotate": annotate,
    "annotate-many": annotate_many,
    "undo": undo,
}


def kill_at(moment: int) -> None:
    """From now on count what is asked of the disk, and die at the number given."""
    seen = 0

    def ask(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen > moment:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(lambda name, arguments: ask() if name in WATCHED else None)
    event.listen(Engine, "before_cursor_execute", ask)
    event.listen(Engine, "commit", ask)


def facts(case: Case) -> tuple[int, ...]:
    now = case.snapshot()
    return (now.ledger_size, len(now.sources), len(now.attachments), len(now.marks))


def files(folder: Path) -> list[str]:
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in names if not name.startswith(("case.db", "lock")))


def main() -> None:
    os.umask(0o077)
    room, work = Path(sys.argv[1]), sys.argv[2]
    base, new = room / "base", room / "new.csv"
    (room / "first.csv").write_text("at\n" + "1\n" * 10)
    new.write_text("at\n" + "2\n" * 10)
    for number in range(20):
        (room / f"more-{number}.txt").write_text(f"more {number}")
    with Case.create(base, "K-1", "Killed", ACTOR) as case:
        bring(case, room / "first.csv")
        case.attach(room / "first.csv")
        if work == "undo":
            annotate_many(case, new)
        before = facts(case)
    untouched = files(base)
    outcomes, told, wrong = [], [], []
    for moment in range(1000):
        copy = room / f"{work}-{moment}"
        shutil.copytree(base, copy)
        child = os.fork()
        if child == 0:
            kill_at(moment)
            with Case.open(copy, ACTOR) as case:
                WORKS[work](case, new)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        with Case.open(copy, ACTOR) as case:
            after, report = facts(case), case.check()
            told.append(list(case.unfinished()))
            outcomes.append("before" if after == before else "after")
            if not report.clean or report.notes:
                wrong.append([moment, [str(finding) for finding in report.findings], list(report.notes)])
        if after == before and files(copy) != untouched:
            wrong.append([moment, "leftovers", sorted(set(files(copy)) ^ set(untouched))])
        shutil.rmtree(copy)
        if os.WIFEXITED(status):
            finished = os.WEXITSTATUS(status)
            break
    print(json.dumps({"outcomes": outcomes, "told": told, "wrong": wrong, "finished": finished}))


if __name__ == "__main__":
    main()
