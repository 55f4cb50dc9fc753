"""Run by test_case_full_disk.py: changes of a case while no file may grow beyond a limit (the system says EFBIG).

Usage: full_disk.py FOLDER WORK LIMIT. Prints the name of the error and whether the case is as before.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from casebound.case import Actor, Column, TableMapping
from casebound.document import Case, SourceDraft


def bring(case: Case, big: Path) -> None:
    original = case.keep_original(big)
    generation = case.new_generation()
    (generation / "rows").write_bytes(b"r")
    mapping = TableMapping("t", (Column("x" * 200_000),))
    case.commit_sources(
        original,
        [SourceDraft("b", "", "t", "csv", mapping, 1, 1, 0, 0, 0, None, None, None, "", None, generation, "0", "i")],
    )


WORKS = {
    "attach": lambda case, big: case.attach(big),
    "attach-many": lambda case, big: case.attach_many([*sorted(big.parent.glob("more-*")), big]),
    "bring": bring,
    "annotate": lambda case, big: case.annotate_attachment(1, note="n" * 90_000, tags=[str(n) for n in range(200)]),
    "create": lambda case, big: Case.create(big.with_name("other"), "2", "T", Actor("Rosa Behrens")),
}


def main() -> None:
    room, work, limit = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    (room / "small.txt").write_text("small")
    big = room / "big.bin"
    big.write_bytes(b"x" * (3_000_000 if work.startswith("attach") else 10))
    for number in range(30):
        (room / f"more-{number}").write_text(str(number))
    entries = sorted(path.name for path in room.iterdir())
    with Case.create(room / "case", "1", "T", Actor("Rosa Behrens")) as case:
        case.attach(room / "small.txt")
        before = case.snapshot()
        kept = sorted(path.name for path in (case.path / "evidence").rglob("*"))
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        error = ""
        try:
            WORKS[work](case, big)
        except Exception as refused:
            error = type(refused).__name__
            title = str(refused)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        same = case.snapshot() == before
        case.add_finding("There is room again.")
        case.record_stop("import", "big.bin")
        left = sorted(path.name for path in (case.path / "evidence").rglob("*")) != kept
    with Case.open(room / "case", Actor("Rosa Behrens")) as case:
        report = case.check()
    entries_after = sorted(path.name for path in room.iterdir() if path.name != "case")
    print(
        json.dumps(
            {
                "error": error,
                "title": title if error else "",
                "same": same,
                "left": left or entries_after != entries,
                "clean": report.clean and not report.notes,
            }
        )
    )


if __name__ == "__main__":
    main()
