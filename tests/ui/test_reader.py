"""Questions of the timeline: answered in their order, interrupted when they were overtaken, stopped with the reader."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from casebound.duck import ask, connect
from casebound.questions import reading
from casebound.work import Progress
from casebound_ui.desktop.jobs import Desk
from casebound_ui.desktop.timeline.reader import Reader

PATIENCE = 30_000  # milliseconds that a wait for a condition may take on a loaded machine
ENDLESS = "SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE a.range + b.range = -1"


@pytest.fixture
def reader(qtbot: QtBot) -> Iterator[Reader]:
    failures: list[Exception] = []
    made = Reader(Desk(), failures.append)
    yield made
    made.close()
    qtbot.waitUntil(lambda: made.idle, timeout=PATIENCE)
    assert failures == []


def _endless(begun: threading.Event) -> list[tuple[object, ...]]:
    connection = connect(None, None)
    try:
        cursor = reading(connection.cursor())
        begun.set()
        return ask(cursor, ENDLESS)
    finally:
        connection.close()


def test_answers_come_in_the_order_of_the_questions(reader: Reader, qtbot: QtBot) -> None:
    told: list[object] = []
    for number in range(5):
        reader.ask(partial(int, number), told.append)
    reader.ask(lambda: 1 // 0, told.append, lambda error: told.append(type(error)))
    qtbot.waitUntil(lambda: reader.idle, timeout=PATIENCE)
    assert told == [0, 1, 2, 3, 4, ZeroDivisionError]


def test_a_question_that_was_overtaken_is_interrupted(reader: Reader, qtbot: QtBot) -> None:
    told: list[object] = []
    begun = threading.Event()
    reader.ask(lambda: _endless(begun), told.append, told.append, about="events")
    begun.wait()
    waiting: list[int] = []
    reader.ask(lambda: waiting.append(1), told.append, told.append, about="events")  # overtaken before it begins
    reader.ask(lambda: "other", told.append, told.append)
    reader.ask(lambda: "newest", told.append, told.append, about="events")
    qtbot.waitUntil(lambda: reader.idle, timeout=PATIENCE)
    assert told == ["other", "newest"]
    assert waiting == []


def test_what_takes_seconds_is_worked_out_beside_and_can_be_stopped(reader: Reader, qtbot: QtBot) -> None:
    told: list[object] = []
    begun = threading.Event()

    def long(progress: Progress) -> object:
        progress(0, 0, "Sorting")
        return _endless(begun)

    steps: list[str] = []
    stop = reader.work(long, told.append, told.append, progressed=lambda step: steps.append(step.note), about="order")
    begun.wait()
    reader.ask(lambda: "page", told.append)
    qtbot.waitUntil(lambda: told == ["page"], timeout=PATIENCE)
    assert not reader.idle
    stop()
    qtbot.waitUntil(lambda: reader.idle, timeout=PATIENCE)
    assert told == ["page"]
    assert steps == ["Sorting"]


def test_a_question_is_given_up_where_nothing_takes_its_place(reader: Reader, qtbot: QtBot) -> None:
    told: list[object] = []
    begun = threading.Event()
    reader.ask(lambda: _endless(begun), told.append, told.append, about="order")
    begun.wait()
    reader.give_up("another")
    reader.give_up("order")
    qtbot.waitUntil(lambda: reader.idle, timeout=PATIENCE)
    reader.give_up("order")
    assert told == []


def test_a_closed_reader_gives_up_what_it_reads(qtbot: QtBot) -> None:
    told: list[object] = []
    begun = threading.Event()
    closing = Reader(Desk(), told.append)
    closing.ask(lambda: _endless(begun), told.append, told.append)
    begun.wait()
    closing.close()
    qtbot.waitUntil(lambda: closing.idle, timeout=PATIENCE)
    closing.ask(lambda: 1, told.append)
    closing.work(lambda progress: 1, told.append)()
    assert told == []
