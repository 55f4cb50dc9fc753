"""Run by test_mending.py: mends a source while it is killed, or while the disk takes no more.

Usage: mended_case.py FOLDER kill|full. Prints one JSON object.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
from pathlib import Path

from killed_case import ACTOR, files, kill_at  # type: ignore[import-not-found]

from casebound.case import Source
from casebound.document import Case
from casebound.importing import bring_in
from casebound.mending import Recipe, mend
from casebound.quarantine import Choice

RECIPE = Recipe(time_format="%d~%m~%Y")


def facts(case: Case) -> tuple[int, tuple[Source, ...]]:
    now = case.snapshot()
    return now.ledger_size, now.sources


def work(case: Case) -> None:
    mend(case, case.snapshot().sources[0], Choice("time"), RECIPE)


def killed(room: Path, base: Path) -> dict[str, object]:
    with Case.open(base, ACTOR) as case:
        before = facts(case)
    untouched = files(base)
    outcomes, told, wrong = [], [], []
    for step in range(60):
        moment = step * 3
        copy = room / f"copy-{moment}"
        shutil.copytree(base, copy)
        child = os.fork()
        if child == 0:
            kill_at(moment)
            with Case.open(copy, ACTOR) as case:
                work(case)
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
            break
    return {"outcomes": outcomes, "told": told, "wrong": wrong}


def full(base: Path) -> dict[str, object]:
    with Case.open(base, ACTOR) as case:
        before, untouched = facts(case), files(base)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
        error = ""
        try:
            work(case)
        except Exception as refused:
            error = type(refused).__name__
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        same = facts(case) == before
        left = files(base) != untouched
    with Case.open(base, ACTOR) as case:
        report = case.check()
    return {"error": error, "same": same, "left": left, "clean": report.clean and not report.notes}


def main() -> None:
    os.umask(0o077)
    room = Path(sys.argv[1])
    new = room / "new.csv"
    new.write_text("at,n\n2026-03-01T10:00:00Z,1\n" + "07~03~2026,2\n" * 50)
    with Case.create(room / "base", "K-1", "Mended", ACTOR) as case:
        bring_in(case, new, mapping={"columns": {"at": "time"}})
    done = killed(room, room / "base") if sys.argv[2] == "kill" else full(room / "base")
    print(json.dumps(done))


if __name__ == "__main__":
    main()
