"""Run by test_column_codes.py: building the codes of columns on a full disk, and killed a little later each time.

Usage: harmed_codes.py FOLDER full|kill. Prints one JSON object. FOLDER holds requests.csv.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
from pathlib import Path

from killed_case import ACTOR, kill_at

from casebound.document import Case
from casebound.importing import bring_in


def full(base: Path) -> dict[str, object]:
    """No file may grow beyond 2,000 bytes (the system says EFBIG)."""
    with Case.open(base, ACTOR) as case:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, hard))
        try:
            case.build_column_codes(least_rows=1)
            error = ""
        except Exception as refused:
            error = type(refused).__name__
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        left = [path.name for path in (base / "codes").iterdir()]
        return {
            "error": error,
            "left": left,
            "clean": case.check().clean,
            "built": case.build_column_codes(least_rows=1),
        }


def kill(base: Path) -> dict[str, object]:
    """Killed at the n-th thing that it asks of the file system or the database, for n = 0, 1, 2 … until it finishes."""
    wrong, halves, finished = [], 0, -1
    for moment in range(1_000):
        copy = base.with_name(f"copy-{moment}")
        shutil.copytree(base, copy)
        child = os.fork()
        if child == 0:
            with Case.open(copy, ACTOR) as case:
                kill_at(moment)
                case.build_column_codes(least_rows=1)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        halves += len(list(copy.glob("codes/.half-*")))
        with Case.open(copy, ACTOR) as case:
            before = case.check()
            swept = not list(copy.glob("codes/.half-*"))
            case.build_column_codes(least_rows=1)
            after = case.check()
            if not before.clean or not after.clean or after.notes or not swept:
                wrong.append([moment, [str(one) for one in (*before.findings, *after.findings)], list(after.notes)])
        shutil.rmtree(copy)
        if os.WIFEXITED(status):
            finished = os.WEXITSTATUS(status)
            break
    return {"wrong": wrong, "halves": halves, "finished": finished, "moments": moment}


def main() -> None:
    os.umask(0o077)
    room, work = Path(sys.argv[1]), sys.argv[2]
    with Case.create(room / "base", "K-2", "Codes", ACTOR) as case:
        bring_in(case, room / "requests.csv")
    print(json.dumps({"full": full, "kill": kill}[work](room / "base")))


if __name__ == "__main__":
    main()
