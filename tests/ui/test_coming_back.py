"""Opening a case brings a person back to where they were; what is kept of that is theirs alone, and may be anything."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtTest import QTest

from casebound_ui.desktop.main import Program
from casebound_ui.desktop.recent import MISSING, READY, recent_cases
from casebound_ui.desktop.timeline import state
from casebound_ui.desktop.timeline.scale import View
from casebound_ui.desktop.whereabouts import LARGEST, MOST, Whereabouts
from casebound_ui.desktop.wordmatch import score, typed_words

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def at_rest(program: Program, settle) -> None:
    case = program.case
    assert case is not None
    settle(lambda: case.timeline.browsing.ready and case.timeline.browsing.idle)


def test_a_case_opens_where_it_was_left(small_case: Program, settle, home: Path) -> None:
    path = small_case.session.case.path
    before_files = sorted(str(one.relative_to(path)) for one in path.rglob("*"))
    small_case.window.go("timeline")
    at_rest(small_case, settle)
    screen = small_case.case.timeline
    screen.filter.put("action:request")
    at_rest(small_case, settle)
    screen.browsing.by("actor")
    at_rest(small_case, settle)
    bounds = screen.canvas.bounds
    view = View(bounds.start + bounds.span // 8, bounds.end - bounds.span // 8)
    screen.choice.choose(1)
    at_rest(small_case, settle)
    screen.canvas.move_to(view, settle=True)
    screen.inspector.hide()
    at_rest(small_case, settle)
    kept = state.capture(screen)
    assert json.loads(json.dumps(kept)) == kept, "plain values only"
    small_case.commands.run("close-case")
    settle()
    small_case.open(path)
    settle(lambda: small_case.case is not None)
    again = small_case.case.timeline
    settle(lambda: again.browsing.where == "action:request" and again.browsing.idle and again.choice.event is not None)
    settle(lambda: again.canvas.view == view)
    assert small_case.window.place == "timeline"
    assert again.browsing.field == "actor"
    assert again.toolbar.lanes.currentData() == "actor"
    assert again.choice.event.line == 3
    assert again.inspector.isHidden()
    files = list((home / "whereabouts").iterdir())
    assert len(files) == 1 and "CASE" not in files[0].name
    if sys.platform != "win32":
        assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
        assert stat.S_IMODE(files[0].parent.stat().st_mode) == 0o700
    after = sorted(str(one.relative_to(path)) for one in path.rglob("*"))
    assert {name for name in after if "lock" not in name and "-wal" not in name and "-shm" not in name} <= set(
        before_files
    )


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', "null", "[" * 100_000, '{"screen": 7, "timeline": [1]}'])
def test_a_damaged_file_means_the_defaults(small_case: Program, settle, home: Path, text: str) -> None:
    path = small_case.session.case.path
    small_case.commands.run("close-case")
    settle()
    (kept,) = (home / "whereabouts").glob("*.json")
    kept.write_text(text, encoding="utf-8")
    small_case.open(path)
    settle(lambda: small_case.case is not None)
    at_rest(small_case, settle)
    assert small_case.window.place == "overview"
    assert not small_case.window.message.isVisible()


HOSTILE = (
    {"where": "x" * 30_000, "lanes": "no such column", "from_us": 5, "to_us": 4},
    {"where": 'action:"', "from_us": 10**30, "to_us": -(10**30)},
    {"from_us": True, "to_us": False, "range": [1], "options": [], "event": "9" * 9_000},
    {"event": f"{'0' * 64}/requests/{'9' * 5_000}", "splitter": [-1, 10**9], "inspector": "yes"},
    {"columns": 7, "colour": {"a": 1}, "zone": "Nowhere/At_all", "facets": [[]], "a key of the future": {"deep": [1]}},
    {"range": [0, 1, 2], "splitter": [], "options": {"root": "on"}},
)


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_state_harms_nothing(small_case: Program, settle, hostile: dict[str, object]) -> None:
    small_case.window.go("timeline")
    at_rest(small_case, settle)
    screen = small_case.case.timeline
    view = screen.canvas.view
    state.apply(screen, hostile)
    at_rest(small_case, settle)
    assert not small_case.window.message.isVisible()
    assert screen.browsing.field == "source"
    assert screen.browsing.where == ""
    assert screen.canvas.view == view
    assert screen.canvas.shown.count == 4


def test_nothing_is_kept_where_nobody_wants_it(small_case: Program, settle, home: Path) -> None:
    path = small_case.session.case.path
    small_case.window.go("custody")
    small_case.commands.run("close-case")
    settle()
    assert list((home / "whereabouts").glob("*.json"))
    small_case.commands.run("settings")
    small_case.settings.switches["come_back"].setChecked(False)
    small_case.settings.leave()
    assert not list((home / "whereabouts").glob("*.json")), "what was kept is forgotten"
    small_case.open(path)
    settle(lambda: small_case.case is not None)
    assert small_case.window.place == "overview"
    small_case.commands.run("close-case")
    settle()
    assert not list((home / "whereabouts").glob("*.json"))


@given(st.dictionaries(st.text(max_size=10), PLAIN, max_size=5))
def test_whatever_is_kept_comes_back(tmp_path_factory: pytest.TempPathFactory, kept: dict[str, object]) -> None:
    places = Whereabouts(tmp_path_factory.mktemp("home"))
    places.keep("case A", kept)
    assert places.get("case A") == json.loads(json.dumps(kept))
    assert places.get("case B") == {}
    places.forget()
    assert places.get("case A") == {}


def test_only_so_many_cases_and_so_much_of_one(tmp_path: Path) -> None:
    places = Whereabouts(tmp_path)
    places.keep("large", {"where": "x" * LARGEST})
    assert places.get("large") == {}
    for number in range(MOST + 7):
        places.keep(f"case {number}", {"screen": "timeline"})
    assert len(list((tmp_path / "whereabouts").iterdir())) == MOST
    assert places.get(f"case {MOST + 6}") == {"screen": "timeline"}


def test_the_window_comes_back_to_its_place(program: Program) -> None:
    program.window.setGeometry(40, 30, 1200, 740)
    program.last.keep_window()
    program.window.setGeometry(0, 0, 1180, 720)
    program.last.put_window()
    assert (program.window.width(), program.window.height()) == (1200, 740)
    program.preferences.keep(place=(90_000, 90_000, 1200, 740))  # a screen that is gone
    program.last.put_window()
    screen = program.window.screen().availableGeometry()
    assert screen.intersects(program.window.geometry())


def test_recent_cases_say_how_they_stand(small_case: Program, settle, tmp_path: Path) -> None:
    path = small_case.session.case.path
    small_case.commands.run("close-case")
    settle()
    small_case.preferences.opened(tmp_path / "gone.casebound")
    gone, here = recent_cases(small_case.preferences)
    assert (gone.state, here.state) == (MISSING, READY)
    assert "not there" in gone.words
    assert here.words.startswith("Opened ") and here.words.endswith(" UTC")
    small_case.show_welcome()
    names = [child.accessibleName() for child in small_case.welcome.findChildren(type(small_case.welcome).__base__)]
    assert "Take off the list: gone" in names and f"Open {path.stem}" in names
    small_case.preferences.forget(str(tmp_path / "gone.casebound"))
    assert [case.path for case in recent_cases(small_case.preferences)] == [path]


def test_words_are_matched_by_their_beginnings_and_their_letters() -> None:
    assert score(typed_words("bring exp"), "Bring in an export") > score(typed_words("ring"), "Bring in an export") > 0
    assert score(typed_words("exprt"), "Bring in an export")
    assert not score(typed_words("bring zebra"), "Bring in an export")
    assert score([], "anything") > 0


def test_the_palette_finds_what_the_case_holds(full_case: Program, settle, qtbot) -> None:
    palette, case = full_case.window.palette_sheet, full_case.case
    settle(lambda: case.timeline.browsing.ready and case.timeline.browsing.idle)

    def found(text: str) -> dict[str, str]:
        palette.appear()
        palette.field.setText(text)
        qtbot.waitUntil(lambda: not palette.busy, timeout=30_000)
        return {thing.id: thing.kind for thing in palette.table.records.records}

    assert found("door")["attachment 1"] == "File"
    assert found("logged first")["finding F-01"] == "Finding"
    assert found("look here").get("mark 1") == "Note"
    rows = found("acc_2")
    assert rows["actor acc_2"] == "Actor"
    assert list(rows.values()).count("Event") == 1
    assert rows["events"] == "Events"
    palette.table.selectRow(list(rows).index("actor acc_2"))
    palette._run(palette.table.record)
    settle(lambda: case.timeline.browsing.idle and case.timeline.browsing.where == "actor:acc_2")
    assert full_case.window.place == "timeline"
    rows = found("model-b")
    event = next(identity for identity in rows if identity.startswith("event "))
    palette.table.selectRow(list(rows).index(event))
    palette._run(palette.table.record)
    settle(lambda: case.timeline.browsing.idle and case.timeline.choice.event is not None)
    assert str(case.timeline.choice.event.id) == event.removeprefix("event ")
    assert "events" not in found('" OR ( ~'), "signs are looked for as text"
    palette.leave()


def test_an_overtaken_search_is_dropped(small_case: Program, settle, qtbot) -> None:
    settle(lambda: small_case.case.timeline.browsing.ready and small_case.case.timeline.browsing.idle)
    answers: list[list[str]] = []
    things = small_case.case.things
    for text in ("acc_1", "acc_2", "acc_3"):
        things.ask(text, lambda found: answers.append([thing.id for thing in found]))
    qtbot.waitUntil(lambda: bool(answers), timeout=30_000)
    settle(lambda: small_case.case.timeline.browsing.idle)
    assert len(answers) == 1
    assert "actor acc_3" in answers[0]


def test_the_palette_works_without_a_case(program: Program) -> None:
    palette = program.window.palette_sheet
    palette.appear()
    QTest.keyClicks(palette.field, "start")
    assert palette.table.record.id == "new"
    assert not palette.busy
    palette.leave()
