"""Whatever people do: taking all of it back leaves what was there, doing all of it again what came of it."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings

from casebound.case import Actor, Column, ColumnRole, Event, EventId, TableMapping
from casebound.document import Case, SourceDraft
from casebound.errors import BadRequest, NothingToDo

words = st.text(max_size=12)
number = st.integers(1, 4)
some = st.lists(st.integers(0, 4), min_size=1, max_size=4)
ACTS = st.one_of(
    st.tuples(st.just("annotate"), some, words, st.booleans()),
    st.tuples(st.just("range"), st.integers(-5, 5), st.integers(0, 5), words),
    st.tuples(st.just("entity"), st.sampled_from(["who", "ip"]), st.sampled_from(["a", "b"]), words),
    st.tuples(st.just("unmark"), number),
    st.tuples(st.just("exhibits"), some, words),
    st.tuples(st.just("caption"), number, words),
    st.tuples(st.just("unexhibit"), number),
    st.tuples(st.just("cite"), some, st.integers(0, 2), st.booleans()),
    st.tuples(st.just("finding"), number, words, st.lists(number, max_size=2)),
    st.tuples(st.just("measure"), words),
    st.tuples(st.just("view"), words, words, st.dictionaries(words, st.integers() | words, max_size=2)),
    st.tuples(st.just("rework"), number, words, st.none() | st.integers(-9, 9)),
    st.tuples(st.just("unview"), number),
    st.tuples(st.just("entries"), st.lists(number, min_size=1, max_size=3)),
    st.tuples(st.just("place"), number, st.none() | number),
    st.tuples(st.just("stretch"), st.integers(-5, 5), st.integers(0, 5), st.none() | number),
    st.tuples(st.just("say"), number, words),
    st.tuples(st.just("unentry"), number),
    st.tuples(st.just("link"), some),
    st.tuples(st.just("cover"), st.booleans()),
    st.tuples(st.just("undo")),
    st.tuples(st.just("redo")),
)


def living(case: Case) -> tuple[object, ...]:
    now = case.snapshot()
    return now.marks, now.exhibits, now.findings, now.measures, now.views, now.chronology, now.attachments


def perform(case: Case, source: str, act: tuple[Any, ...]) -> None:
    """One act; what it refuses is refused."""

    def ids(ordinals: list[int]) -> list[EventId]:
        return [EventId(source, "", "t", each) for each in ordinals]

    def rows(ordinals: list[int]) -> list[Event]:
        return [Event(each, 1, 0, "", "", "", 1, "", "", "", {"at": "0"}) for each in ids(ordinals)]

    def entry(place: int | None) -> str | None:
        return None if place is None else f"C-{place:04d}"

    match act:
        case "annotate", events, text, bookmark:
            case.annotate(ids(events), note=text, tags=[text] if text.strip() else [], bookmark=bookmark)
        case "range", start, length, text:
            case.annotate_range(start, start + length, note=text, bookmark=True)
        case "entity", field, value, text:
            case.annotate_entity(field, value, note=text, bookmark=text)
        case "unmark", which:
            case.remove_mark(which)
        case "exhibits", events, text:
            case.make_exhibits(rows(events), text)
        case "caption", which, text:
            case.caption_exhibit(f"EX-{which:04d}", text)
        case "unexhibit", which:
            case.remove_exhibit(f"EX-{which:04d}")
        case "cite", events, which, supports:
            case.cite(rows(events), finding=f"F-{which:02d}" if which else "", sentence="S.", supports=supports)
        case "finding", which, text, exhibits:
            case.change_finding(f"F-{which:02d}", reasoning=text, supports=[f"EX-{one:04d}" for one in exhibits])
        case "measure", text:
            case.add_measure(question=text, table="t", result=1)
        case "view", title, where, look:
            case.cite_view(title, sentence="S.", where=where, look=look, from_us=1)
        case "rework", which, text, at:
            case.change_view(f"V-{which:02d}", lanes=text, to_us=at, columns=[text])
        case "unview", which:
            case.remove_view(f"V-{which:02d}")
        case "entries", exhibits:
            case.add_entries([f"EX-{one:04d}" for one in exhibits])
        case "place", which, after:
            case.move_entry(f"C-{which:04d}", entry(after))
        case "stretch", start, length, after:
            case.add_entry(from_us=start, to_us=start + length, after=entry(after))
        case "say", which, text:
            case.change_entry(f"C-{which:04d}", text)
        case "unentry", which:
            case.remove_entry(f"C-{which:04d}")
        case "link", events:
            case.link_attachment(1, ids(events))
        case "cover", covered:
            case.mark_sensitive(1, covered)
        case ("undo",):
            case.undo()
        case ("redo",):
            case.redo()


@settings(max_examples=25, deadline=None)
@given(st.lists(ACTS, max_size=14))
def test_all_is_taken_back_and_done_again(acts: list[tuple[Any, ...]]) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)

    def clock() -> datetime:
        nonlocal now
        now += timedelta(milliseconds=1)
        return now

    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        (room / "a.csv").write_text("a")
        with Case.create(room / "case", "P-1", "Property", Actor("Rosa Behrens"), clock=clock) as case:
            original = case.keep_original(room / "a.csv")
            generation = case.new_generation()
            (generation / "rows").write_bytes(b"r")
            mapping = TableMapping("t", (Column("at", ColumnRole.TIME),))
            draft = SourceDraft(
                "a", "", "t", "csv", mapping, 5, 5, 0, 0, 5, 0, 1, None, "", None, generation, "00" * 32, "i"
            )
            (source,) = case.commit_sources(original, [draft])
            case.attach(room / "a.csv")
            start = living(case)
            for act in acts:
                before = living(case)
                try:
                    perform(case, source.sha256, act)
                except (BadRequest, NothingToDo):
                    assert living(case) == before, "what is refused changes nothing"
                assert case.check(full=False).findings == ()
            end, done = living(case), 0
            while case.undoable():
                case.undo()
                done += 1
                assert case.check(full=False).findings == ()
            assert living(case) == start
            for _ in range(done):
                case.redo()
            assert living(case) == end
            assert case.check(full=False).findings == ()
