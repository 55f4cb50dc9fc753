"""An import that is stopped, killed or refused by the disk, at every stage and inside DuckDB's own writing: the case is
as before, nothing is left, nothing hangs.
"""

from __future__ import annotations

import errno
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from casebound import arranging, filling, stagedtext
from casebound.document import Case
from casebound.errors import CannotWrite
from casebound.importing import bring_in
from casebound.work import Cancelled

SCRIPT = Path(__file__).with_name("failing_import.py")
_LONG = 60  # seconds after which an import hangs


def _table(path: Path, rows: int = 3_000) -> Path:
    lines = [f"r{number % 2_900},{1_772_359_200 + number * 7_919 % rows},a{number}\n" for number in range(rows)]
    path.write_text("request_id,time,account_id\n" + "".join(lines))
    return path


def _left(case: Case) -> list[Path]:
    return [path for part in ("rows", "evidence") for path in (case.path / part).rglob("*") if path.is_file()]


def _at_work() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("casebound-")}


def _ending(case: Case, path: Path, stop_at: int = 0) -> tuple[BaseException | None, list[str]]:
    """How the import ends, asked on a thread of its own so that one that hangs fails the test; the notes it gave."""
    notes: list[str] = []
    ended: list[BaseException | None] = []

    def progress(done: int, total: int, note: str = "") -> None:
        notes.append(note)
        if len(notes) == stop_at:
            raise Cancelled

    def work() -> None:
        try:
            bring_in(case, path, progress=progress)
            ended.append(None)
        except BaseException as error:
            ended.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(_LONG)
    assert ended, "the import hangs"
    return ended[0], notes


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many blocks, dealt out."""
    for name, value in (("GROUP", 100), ("ROWS", 100), ("_MOST_ROWS", 300), ("_CHUNK", 20_000)):
        monkeypatch.setattr(arranging, name, value)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("at", [1, 2, 17, 30])
@pytest.mark.parametrize(
    "refusal",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        MemoryError(),
        "OutOfMemoryException",
        "TransactionException",
        "FatalException",
    ],
    ids=["disk", "memory", "DuckDB's memory", "commit", "fatal"],
)
def test_a_refusal_in_a_thread_comes_out_in_words(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, refusal: Exception | str
) -> None:
    import duckdb

    raised = getattr(duckdb, refusal)("refused") if isinstance(refusal, str) else refusal
    real, calls, counting = filling._write, [0], threading.Lock()

    def writing(block: Path, text: stagedtext.Text, longest: int) -> int:
        with counting:
            calls[0] += 1
            last = calls[0] == at
        if last:
            raise raised
        return real(block, text, longest)

    monkeypatch.setattr(filling, "_write", writing)
    path = _table(tmp_path / "t.csv")
    before = case.snapshot().sources
    ended, _ = _ending(case, path)
    assert isinstance(ended, CannotWrite), repr(ended)
    assert (case.snapshot().sources, _left(case), _at_work()) == (before, [], set())
    monkeypatch.undo()
    assert bring_in(case, path)[0].read == 3_000


@pytest.mark.usefixtures("small")
def test_stopped_at_any_look_the_case_is_as_before(case: Case, tmp_path: Path) -> None:
    path = _table(tmp_path / "t.csv")
    other = Case.create(tmp_path / "other.casebound", "2", "T", case.actor)
    with other:
        ended, notes = _ending(other, path)
    assert ended is None
    stages = {note.split(" t.csv")[0] for note in notes}
    assert stages >= {"Reading", "Arranging by time", "Sorting by time", "Looking at the columns", "Writing"}
    firsts = {notes.index(note) + 1 for note in notes} | {len(notes) // 2}
    for moment in sorted(firsts):
        ended, seen = _ending(case, path, moment)
        if len(seen) >= moment:
            assert isinstance(ended, Cancelled), (moment, notes[moment - 1], repr(ended))
            assert (case.snapshot().sources, _left(case), _at_work()) == ((), [], set())


def test_rows_far_apart_are_not_read_with_all_between_them(
    tmp_path: Path, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two rows with the same key at both ends of a long original cost their own bytes, not those between."""
    asked: list[int] = []
    real = stagedtext._part

    def part(path: Path, low: int, size: int) -> bytes:
        asked.append(size)
        return real(path, low, size)

    monkeypatch.setattr(stagedtext, "_part", part)
    rows = "".join(f"r{number % 29_999},{1_772_359_200 + number},{'x' * 100}\n" for number in range(30_000))
    path = tmp_path / "t.csv"
    path.write_text("request_id,time,text\n" + rows)
    mapping = {"columns": {"request_id": "id", "time": "time", "text": "text"}}
    (source,) = bring_in(case, path, mapping=mapping)
    assert (source.kept, source.quarantined) == (29_999, 1)
    assert max(asked, default=0) < 1_000_000


def _run(folder: Path, work: str, moments: str) -> list[list[object]]:
    command = [sys.executable, str(SCRIPT), str(folder), work, moments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[list[object]] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="the limit is of POSIX")
def test_a_disk_that_is_full_inside_duckdb_is_told_in_words(tmp_path: Path) -> None:
    for error, words, left, clean in _run(tmp_path, "full", "1,3,15,29"):
        assert (error, left, clean) == ("CannotWrite", [], True), words
        assert str(words).startswith("The rows could not be written")


@pytest.mark.skipif(sys.platform != "linux", reason="a small disk is mounted in a namespace of its own")
@pytest.mark.parametrize("size", ["4m", "7m", "9m"])
def test_a_small_disk_leaves_the_case_as_before(tmp_path: Path, size: str) -> None:
    mounted = tmp_path / "disk"
    mounted.mkdir()
    mount = 'mount -t tmpfs -o size="$0" tmpfs "$1" || exit 77; shift; exec "$@"'
    python = [sys.executable, str(SCRIPT), str(mounted), "small", "0"]
    try:
        command = ["unshare", "-rm", "sh", "-c", mount, size, str(mounted), *python]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no unshare")
    if done.returncode == 77 or done.stderr.startswith("unshare:"):
        pytest.skip("mounting is not allowed")
    assert done.returncode == 0, done.stderr
    ((error, words, left, clean),) = json.loads(done.stdout)
    assert (error, left, clean) == ("CannotWrite", [], True), words


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_long_import_killed_anywhere_leaves_the_case_as_before(tmp_path: Path) -> None:
    moments = "0.01,0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,0.95,0.99"
    stages, *found = _run(tmp_path, "kill", moments)
    assert {"Reading", "Sorting by time", "Writing"} <= set(stages)
    died = [one for one in found if one[0]]
    assert len(found) == 12 and len(died) >= 9
    assert all(one == [True, True, 0, []] for one in died), died
    # Where fewer looks were taken than in the run that counted them, the import was through before its moment.
    assert all(one[1:3] == [True, 300_000] for one in found if not one[0]), found
