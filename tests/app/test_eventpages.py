"""Pages with rows of several sources: each generation answers by itself, and a question given up ends them all."""

from __future__ import annotations

import threading

import pytest

from casebound.questions import Question, carried, still_asked
from casebound.work import Cancelled


def test_a_part_on_another_thread_belongs_to_the_question_of_the_one_that_asked() -> None:
    told: list[str] = []

    def part(words: str) -> None:
        try:
            still_asked()
        except Cancelled:
            told.append(words)

    question = Question()
    with question:
        carry = carried(part)
        question.give_up()
        for call, words in ((carry, "given up"), (part, "nobody's")):
            beside = threading.Thread(target=call, args=(words,))
            beside.start()
            beside.join()
    assert told == ["given up"]
    still_asked()  # the question is over here too


def test_what_fails_beside_fails_where_it_was_asked() -> None:
    with pytest.raises(ZeroDivisionError):
        carried(lambda: 1 // 0)()
