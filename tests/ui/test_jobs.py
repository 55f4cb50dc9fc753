"""Threads: a job ends exactly once, answers Stop, and cannot flood the window."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from casebound.work import Done, Failed, Progress, Stopped
from casebound_ui.desktop.jobs import Board, Desk, Step

PATIENCE = 20_000


@pytest.fixture
def board(qapp: object) -> Iterator[Board]:
    made = Board(Desk())
    yield made
    made.close()


def test_a_job_ends_once_with_its_value(qtbot: QtBot, board: Board) -> None:
    endings: list[object] = []
    board.start(lambda progress: 42, endings.append)
    qtbot.waitUntil(lambda: not board.running and bool(endings), timeout=PATIENCE)
    assert endings == [Done(42)]


def test_a_failure_is_a_value_and_not_a_crash(qtbot: QtBot, board: Board) -> None:
    fault = ValueError("no")

    def job(progress: Progress) -> None:
        raise fault

    endings: list[object] = []
    board.start(job, endings.append)
    qtbot.waitUntil(lambda: bool(endings), timeout=PATIENCE)
    assert endings == [Failed(fault)]


def test_stop_ends_a_job_that_reports(qtbot: QtBot, board: Board) -> None:
    started = threading.Event()

    def job(progress: Progress) -> None:
        while True:
            progress(1, 2, "working")
            started.set()

    endings: list[object] = []
    running = board.start(job, endings.append, title="Working")
    qtbot.waitUntil(started.is_set, timeout=PATIENCE)
    assert [shown.title for shown in board.shown] == ["Working"]
    running.stop()
    qtbot.waitUntil(lambda: bool(endings), timeout=PATIENCE)
    assert endings == [Stopped()]
    assert board.shown == []


def test_a_job_stopped_while_it_waits_never_runs(qtbot: QtBot, board: Board) -> None:
    gate, ran = threading.Event(), threading.Event()
    endings: list[object] = []
    board.start(lambda progress: gate.wait(20), endings.append)
    waiting = board.start(lambda progress: ran.set(), endings.append)
    waiting.stop()
    gate.set()
    qtbot.waitUntil(lambda: len(endings) == 2, timeout=PATIENCE)
    assert endings[1] == Stopped()
    assert not ran.is_set()


def test_work_on_a_case_is_done_one_after_another(qtbot: QtBot, board: Board) -> None:
    together, most, endings = [0], [0], []
    lock = threading.Lock()

    def job(progress: Progress) -> None:
        with lock:
            together[0] += 1
            most[0] = max(most[0], together[0])
        for step in range(200):
            progress(step, 200)
        with lock:
            together[0] -= 1

    for _ in range(20):
        board.start(job, endings.append)
    qtbot.waitUntil(lambda: len(endings) == 20, timeout=PATIENCE)
    assert most == [1]
    assert set(map(type, endings)) == {Done}


def test_progress_is_coalesced_and_comes_before_the_end(qtbot: QtBot, board: Board) -> None:
    seen: list[object] = []

    def job(progress: Progress) -> None:
        for step in range(50_000):
            progress(step, 50_000, "counting")

    board.start(job, seen.append, seen.append)
    qtbot.waitUntil(lambda: bool(seen) and isinstance(seen[-1], Done), timeout=PATIENCE)
    steps = [entry for entry in seen if isinstance(entry, Step)]
    assert 1 <= len(steps) < 500
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert sum(isinstance(entry, Done) for entry in seen) == 1


def test_a_thousand_jobs_end_a_thousand_times(qtbot: QtBot, board: Board) -> None:
    endings: list[object] = []
    for number in range(1000):
        board.start(lambda progress, number=number: number, endings.append, on_case=number % 2 == 0)
    qtbot.waitUntil(lambda: len(endings) == 1000, timeout=PATIENCE)
    assert sorted(ending.value for ending in endings if isinstance(ending, Done)) == list(range(1000))


def test_a_firm_job_is_done_even_when_the_program_ends(qtbot: QtBot, qapp: object) -> None:
    made, go_on, done = Board(Desk()), threading.Event(), threading.Event()

    def before(progress: Progress) -> None:
        go_on.wait(30)

    made.start(before, lambda ending: None)
    made.start(lambda progress: done.set(), lambda ending: None, firm=True)
    stopped = made.start(lambda progress: pytest.fail("a job that waits is dropped"), lambda ending: None)
    made.stop_all()
    go_on.set()
    made.close()
    assert done.is_set()
    qtbot.waitUntil(lambda: stopped.ending == Stopped(), timeout=PATIENCE)
