"""The filter field: it judges itself, shows where it stumbles, mends itself with a key, completes and remembers."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from casebound.case import Actor
from casebound.document import Case
from casebound.events import Events
from casebound.filtering import FilterError, parse
from casebound.importing import bring_in
from casebound_ui.desktop import theme
from casebound_ui.desktop.jobs import Board, Desk
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.timeline import filter_field
from casebound_ui.desktop.timeline import screen as screens
from casebound_ui.desktop.timeline.completion import FilterCompletion, short_time
from casebound_ui.desktop.timeline.filter_field import FilterField, State, characters, units
from casebound_ui.desktop.timeline.screen import TimelineScreen
from casebound_ui.desktop.timeline.typing_place import typing_place, unfinished

WAIT = 15_000
HOSTILE = "<b>x</b>\u202egnp.exe"

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture
def field(qtbot: QtBot) -> FilterField:
    """A field by itself, whose filters are only read and not carried out."""
    made = FilterField()
    qtbot.addWidget(made)
    made.resize(600, 40)
    made.show()
    qtbot.waitExposed(made)

    def judge(text: str) -> None:
        try:
            parse(text)
        except FilterError as error:
            made.refuse(text, error)
        else:
            made.accept(text)

    made.asked.connect(judge)
    return made


def test_the_state_is_told_by_tint_icon_and_words(field: FilterField) -> None:
    assert field.state is State.NEUTRAL
    assert field.edit.accessibleDescription() == "No filter"
    field.put("a:1")
    assert field.state is State.VALID
    assert field.edit.accessibleDescription() == "Filter applied"
    assert field.message.isHidden()
    field.put("a:1 )")
    assert field.state is State.INVALID
    assert field.edit.property("invalid") == "true"
    assert "At character 5" in field.edit.accessibleDescription()
    assert "The last result stays." in field.said.text()
    assert field.message.isVisible()
    assert field.accepted == "a:1"
    field.put("")
    assert field.state is State.NEUTRAL
    assert field.message.isHidden()


def test_nothing_moves_where_it_stumbles(field: FilterField) -> None:
    field.put("a:1")
    before = field.edit.geometry(), field.sizeHint()
    field.put("a:1 )")
    assert (field.edit.geometry(), field.sizeHint()) == before


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a:1 )", ")"),
        ("  a:1 )", ")"),
        ("🦊 e\u0301 has:nots x", "nots"),
        ("🦊🦊 agent:~a{2000}", "{2000}"),
        ("a:> b", ""),
    ],
)
def test_the_place_is_selected_behind_any_character(field: FilterField, qtbot: QtBot, text: str, part: str) -> None:
    field.put(text)
    assert field.state is State.INVALID
    field.edit.setFocus()
    qtbot.keyClick(field.edit, Qt.Key.Key_F2)
    assert field.edit.selectedText() == part or (not part and field.edit.cursorPosition() == units("a:>"))
    qtbot.mouseClick(field.message, Qt.MouseButton.LeftButton)
    assert field.edit.selectedText() == part or not part


def test_a_wavy_line_stands_under_the_place_and_changes_no_text(field: FilterField) -> None:
    field.put("🦊 statuscode")
    drawn = field.edit.grab().toImage()
    spy = QSignalSpy(field.edit.textChanged)
    field.edit.underline(2, 12)
    assert field.edit.grab().toImage() != drawn
    field.edit.underline(0, 0)
    assert field.edit.grab().toImage() == drawn
    assert spy.count() == 0
    assert field.edit.text() == "🦊 statuscode"


def test_a_character_being_composed_is_left_alone(field: FilterField) -> None:
    composing = QInputMethodEvent("に", [])
    QApplication.sendEvent(field.edit, composing)
    field.edit.underline(0, 1)
    committed = QInputMethodEvent("", [])
    committed.setCommitString("日")
    QApplication.sendEvent(field.edit, committed)
    assert field.edit.text() == "日"


@pytest.mark.parametrize("way", ["key", "button", "typed and undone"])
def test_the_suggestion_is_one_key_or_click_away(field: FilterField, qtbot: QtBot, way: str) -> None:
    field.put("status:200 or status:429")
    assert field.suggestion == "status:200 OR status:429"
    assert field.message.use.isVisible()
    assert "status:200 OR status:429" in field.message.use.accessibleName()
    if way == "button":
        qtbot.mouseClick(field.message.use, Qt.MouseButton.LeftButton)
    else:
        qtbot.keyClick(field.edit, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    assert field.text == "status:200 OR status:429"
    assert field.state is State.VALID
    if way == "typed and undone":
        field.edit.undo()
        assert field.text == "status:200 or status:429"


def test_where_nothing_can_be_put_in_no_button_offers_it(field: FilterField) -> None:
    field.put("status:(-200)")
    assert field.state is State.INVALID
    assert field.suggestion is None
    assert not field.message.use.isVisible()


def test_tab_goes_to_the_suggestion(field: FilterField, qtbot: QtBot) -> None:
    field.put("status:200 or status:429")
    field.edit.setFocus()
    qtbot.waitUntil(field.edit.hasFocus, timeout=WAIT)
    qtbot.keyClick(field.edit, Qt.Key.Key_Tab)
    assert field.message.use.hasFocus()
    qtbot.keyClick(field.message.use, Qt.Key.Key_Space)
    assert field.text == "status:200 OR status:429"


def test_an_answer_to_what_was_overtaken_changes_nothing(qtbot: QtBot) -> None:
    field = FilterField()
    qtbot.addWidget(field)
    field.put("a:1")
    field.edit.setText("a:1 b")
    field.refuse("a:1", FilterError(0, "Wrong.", "Right."))
    assert field.state is State.NEUTRAL
    field.accept("a:1")
    assert field.state is State.NEUTRAL
    field.accept("a:1 b")
    assert field.state is State.VALID


def test_what_was_asked_for_is_remembered_once_and_the_last_first(field: FilterField) -> None:
    for text in ("a:1", "b:2", "a:1", "(", "", "a:1"):
        field.put(text)
    assert field.history == ["a:1", "b:2"]
    field.edit.setFocus()
    field.edit.setText("c:3")
    field._ask()
    assert "c:3" not in field.history  # a word on the way
    field.ask_now()
    assert field.history[0] == "c:3"


def test_a_long_filter_is_kept_whole(field: FilterField) -> None:
    text = " OR ".join(f"account_id:acc_{number}" for number in range(6_000))
    field.put(text)
    assert field.text == text
    assert field.state is State.VALID


@pytest.mark.parametrize("text", ["", "a", "🦊b", "e\u0301🦊🦊x"])
def test_places_are_counted_as_python_and_as_qt_count_them(text: str) -> None:
    for place in range(len(text) + 1):
        assert characters(text, units(text[:place])) == place


@pytest.mark.parametrize(
    ("text", "field", "typed", "start", "end"),
    [
        ("|", None, "", 0, 0),
        ("sta|", None, "sta", 0, 3),
        ("sta|tus:200", None, "sta", 0, 6),
        ("x -sta|", None, "sta", 3, 6),
        ("(sta|)", None, "sta", 1, 4),
        ("status:|", "status", "", 7, 7),
        ("status:2|00 x", "status", "2", 7, 10),
        ('"my field":v|', "my field", "v", 11, 12),
        ('agent:"curl x|', "agent", "curl x", 6, 13),
        ('agent:"curl| x" y', "agent", "curl", 6, 14),
        ('agent:"a\\"b|', "agent", 'a"b', 6, 11),
        ("status:(200 OR 4|", "status", "4", 15, 16),
        ("status:(200) x|", None, "x", 13, 14),
        ("a:b:c|", "a", "b:c", 2, 5),
        ("a:f(x|", "a", "f(x", 2, 5),
        ("has:|) b", "has", "", 4, 4),
        ("🦊 status:|", "status", "", 9, 9),
    ],
)
def test_what_is_being_typed(text: str, field: str | None, typed: str, start: int, end: int) -> None:
    place = typing_place(text.replace("|", ""), text.index("|"))
    assert (place.field, place.typed, place.start, place.end) == (field, typed, start, end)


def test_short_times_are_read_back_as_the_same() -> None:
    assert short_time(1_772_323_200_000_000) == "2026-03-01"
    assert short_time(1_772_323_200_000_000 + 61_500_000) == "2026-03-01T00:01:01.5"
    assert short_time(1_772_323_200_000_000 + 3_600_000_000) == "2026-03-01T01:00:00"


# On a real case


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> Iterator[None]:
    theme.load_fonts()
    theme.apply(theme.LIGHT)
    yield
    theme.apply(theme.LIGHT)


def values() -> list[str]:
    return [f"acc_{number % 7}" for number in range(200)] + [HOSTILE] * 3 + ["two words", "1..5", 'say "x"']


@pytest.fixture
def screen(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TimelineScreen]:
    """A timeline with the filter's completion alone."""
    monkeypatch.setattr(screens, "FEATURES", (FilterCompletion,))
    with (tmp_path / "requests.csv").open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream)
        out.writerow(["request_id", "ts", "account_id", "status_code"])
        for number, value in enumerate(values()):
            out.writerow(
                [f"r{number}", f"2026-03-01T{number // 60:02d}:{number % 60:02d}:00Z", value, 200 + number % 3]
            )
    case = Case.create(tmp_path / "f.casebound", "C-1", "Filters", Actor("Mary Okafor"))
    bring_in(case, tmp_path / "requests.csv")
    snapshot = case.snapshot()
    first = next(iter(Events.open(case.path, snapshot.sources).page(0, 1)))
    case.annotate([first.id], note="n", tags=("pool a",))
    case.add_finding("One sentence.")
    board = Board(Desk())
    session = CaseSession(case, case.snapshot(), Events.open(case.path, snapshot.sources), board)
    made = TimelineScreen(session)
    qtbot.addWidget(made)
    made.resize(1_244, 816)
    made.show()
    qtbot.waitExposed(made)
    settle(qtbot, made)
    made.filter.edit.setFocus()
    qtbot.waitUntil(made.filter.edit.hasFocus, timeout=WAIT)
    yield made
    session.close()
    board.close()
    session.events.close()


def completion(screen: TimelineScreen) -> FilterCompletion:
    return next(one for one in screen.features if isinstance(one, FilterCompletion))


def settle(qtbot: QtBot, screen: TimelineScreen) -> None:
    busy = screen.session.board.running
    qtbot.waitUntil(
        lambda: screen.browsing.idle and not busy and screen.browsing.ready and completion(screen).idle, timeout=WAIT
    )


def shown(screen: TimelineScreen) -> list[str]:
    one = completion(screen).list
    return [offer.shown for offer in one.offers] if one.isVisible() else []


Press = Callable[..., None]


@pytest.fixture
def press(qtbot: QtBot, screen: TimelineScreen) -> Press:
    def act(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        qtbot.keyClick(screen.filter.edit, key, modifiers)
        settle(qtbot, screen)

    return act


def test_fields_then_values_with_exact_counts(screen: TimelineScreen, qtbot: QtBot, press: Press) -> None:
    edit, one = screen.filter.edit, completion(screen).list
    qtbot.keyClicks(edit, "acc")
    qtbot.waitUntil(lambda: shown(screen) == ["account_id:"], timeout=WAIT)
    assert one.offers[0].said == "actor"
    press(Qt.Key.Key_Tab)
    assert edit.text() == "account_id:"
    qtbot.waitUntil(lambda: "acc_0" in shown(screen), timeout=WAIT)
    counts = Counter(values())
    listed = {offer.put: offer.said for offer in one.offers if not offer.said.startswith(("is ", "a "))}
    assert listed["acc_3"] == str(counts["acc_3"])
    assert listed['"two words"'] == "1"
    assert listed['"1..5"'] == "1"
    assert {"is empty or missing", "is not empty", "a pattern"} <= {offer.said for offer in one.offers}
    assert screen.filter.state is State.NEUTRAL  # unfinished is no mistake
    qtbot.keyClicks(edit, "acc_5")
    qtbot.waitUntil(lambda: not one.isVisible(), timeout=WAIT)  # nothing is left to complete
    qtbot.waitUntil(lambda: screen.filter.state is State.VALID, timeout=WAIT)
    assert screen.browsing.in_view == counts["acc_5"]


def test_a_chosen_value_is_quoted_and_asked_for_at_once(screen: TimelineScreen, qtbot: QtBot, press: Press) -> None:
    edit, one = screen.filter.edit, completion(screen).list
    qtbot.keyClicks(edit, "status_code:200 account_id:say")
    qtbot.waitUntil(lambda: shown(screen) == ['say "x"'], timeout=WAIT)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    assert edit.text() == 'status_code:200 account_id:"say \\"x\\"" '
    qtbot.waitUntil(lambda: screen.filter.state is State.VALID, timeout=WAIT)
    assert not one.isVisible()
    edit.undo()
    assert edit.text() == "status_code:200 account_id:say"


def test_a_hostile_value_is_drawn_inert_and_taken_as_it_is(screen: TimelineScreen, qtbot: QtBot, press: Press) -> None:
    edit, one = screen.filter.edit, completion(screen).list
    qtbot.keyClicks(edit, "account_id:<")
    settle(qtbot, screen)
    press(Qt.Key.Key_Escape)
    edit.clear()
    qtbot.keyClicks(edit, 'account_id:"<b')
    settle(qtbot, screen)
    assert len(shown(screen)) == 1
    assert "\u202e" not in one.offers[0].shown
    assert "⟨U+202E⟩" in one.tree.topLevelItem(0).text(0)
    assert "&lt;b" in one.tree.topLevelItem(0).toolTip(0)
    press(Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: screen.filter.state is State.VALID, timeout=WAIT)
    assert screen.browsing.in_view == 3


def test_esc_closes_the_list_then_clears_then_leaves(screen: TimelineScreen, qtbot: QtBot, press: Press) -> None:
    edit, one = screen.filter.edit, completion(screen).list
    qtbot.keyClicks(edit, "status_code:200 a")
    qtbot.waitUntil(one.isVisible, timeout=WAIT)
    press(Qt.Key.Key_Escape)
    assert not one.isVisible()
    assert edit.text() == "status_code:200 a"
    press(Qt.Key.Key_Escape)
    assert edit.text() == ""
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(screen.canvas.hasFocus, timeout=WAIT)


def test_enter_without_a_choice_asks_for_what_is_typed(screen: TimelineScreen, qtbot: QtBot, press: Press) -> None:
    qtbot.keyClicks(screen.filter.edit, "acc")
    qtbot.waitUntil(lambda: shown(screen) == ["account_id:"], timeout=WAIT)
    press(Qt.Key.Key_Return)
    assert screen.filter.text == "acc"
    qtbot.waitUntil(lambda: screen.filter.state is State.VALID, timeout=WAIT)
    assert not completion(screen).list.isVisible()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("has:no", ["note"]),
        ("tag:", ["pool a"]),
        ("in:", ["F-01"]),
        ("source:", ["S-01"]),
        ("table:", ["requests"]),
        ("status_code:(200 OR 20", ["200", "201", "202"]),
        (
            "status_code:200 O",
            ["OR", "object:", "account_id:", "action:", "actor:", "before:", "source:", "status_code:"],
        ),
    ],
)
def test_what_is_offered(screen: TimelineScreen, qtbot: QtBot, typed: str, offered: list[str]) -> None:
    qtbot.keyClicks(screen.filter.edit, typed)
    settle(qtbot, screen)
    if typed.endswith("O"):
        assert shown(screen)[0] == "OR"
        assert set(shown(screen)[1:]) <= {*offered, "action:", "tag:", "in:"}
    else:
        assert sorted(shown(screen)) == sorted(offered)


def test_times_that_matter_are_offered(screen: TimelineScreen, qtbot: QtBot, press: Press) -> None:
    qtbot.keyClicks(screen.filter.edit, "after:")
    settle(qtbot, screen)
    said = {offer.put: offer.said for offer in completion(screen).list.offers}
    assert "first event" in said["2026-03-01"]
    assert all(any(words in one for one in said.values()) for words in ("start of the view", "end of the view", "last"))
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: screen.filter.state is State.VALID, timeout=WAIT)


def test_of_several_questions_only_the_last_is_read(
    screen: TimelineScreen, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    asked: list[str] = []
    read = screen.session.events.values

    def counting(field: str, prefix: str = "", limit: int = 50) -> list[tuple[str, int]]:
        asked.append(prefix)
        return read(field, prefix, limit)

    monkeypatch.setattr(screen.session.events, "values", counting)
    one = completion(screen)
    one._fields = screen.session.events.fields()
    for text in ("account_id:a", "account_id:ac", "account_id:acc", "account_id:acc_", "account_id:acc_1"):
        screen.filter.edit.setText(text)
        one._edited()
    settle(qtbot, screen)
    assert asked[-1] == "acc_1"
    assert len(asked) <= 2  # the first may have begun before it was overtaken


def test_earlier_filters_come_back_by_key(screen: TimelineScreen, qtbot: QtBot, press: Press) -> None:
    field, one = screen.filter, completion(screen).list
    for text in ("status_code:200", "status_code:201", ""):
        field.put(text)
        settle(qtbot, screen)
    press(Qt.Key.Key_Up)
    assert shown(screen) == ["status_code:201", "status_code:200"]
    assert one.chosen is one.offers[0]
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: field.state is State.VALID, timeout=WAIT)
    assert field.text == "status_code:200"
    press(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert shown(screen) == ["status_code:201"]


def test_the_list_goes_with_the_focus(screen: TimelineScreen, qtbot: QtBot) -> None:
    qtbot.keyClicks(screen.filter.edit, "acc")
    qtbot.waitUntil(lambda: bool(shown(screen)), timeout=WAIT)
    screen.canvas.setFocus()
    qtbot.waitUntil(lambda: not shown(screen), timeout=WAIT)


def test_what_is_unfinished_is_told_once_the_list_is_closed(screen: TimelineScreen, qtbot: QtBot, press: Press) -> None:
    qtbot.keyClicks(screen.filter.edit, "account_id:")
    qtbot.waitUntil(lambda: bool(shown(screen)), timeout=WAIT)
    qtbot.waitUntil(lambda: screen.filter.error is not None, timeout=WAIT)
    assert screen.filter.state is State.NEUTRAL
    assert screen.filter.message.isHidden()
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: screen.filter.state is State.INVALID, timeout=WAIT)
    assert screen.filter.message.isVisible()


def test_everything_has_a_name(screen: TimelineScreen, qtbot: QtBot) -> None:
    one = completion(screen).list
    qtbot.keyClicks(screen.filter.edit, "acc")
    qtbot.waitUntil(one.isVisible, timeout=WAIT)
    assert one.tree.accessibleName()
    assert "Fields" in one.tree.accessibleDescription()
    for name in ("offers", "history", "suggestion", "place"):
        assert screen.commands[f"timeline-filter-{name}"].help


def test_where_room_is_short_the_filter_gets_it(screen: TimelineScreen, qtbot: QtBot) -> None:
    screen.toolbar.resize(1_000, 50)
    qtbot.waitUntil(lambda: screen.toolbar._zooming[1].isVisible(), timeout=WAIT)
    screen.resize(984, 700)
    qtbot.waitUntil(lambda: not screen.toolbar._zooming[1].isVisible(), timeout=WAIT)
    qtbot.waitUntil(lambda: screen.filter.width() >= 280, timeout=WAIT)


def test_the_table_says_whose_result_it_shows(screen: TimelineScreen, qtbot: QtBot) -> None:
    screen.filter.put("status_code:200")
    qtbot.waitUntil(lambda: screen.filter.state is State.VALID, timeout=WAIT)
    before = screen.browsing.in_view
    screen.filter.put("status_code:200 )")
    qtbot.waitUntil(lambda: screen.filter.state is State.INVALID, timeout=WAIT)
    assert screen.browsing.in_view == before
    assert "typed filter not applied" in screen.browsing.counts
    assert "The typed filter is not applied" in screen.list.counts.accessibleName()
    screen.filter.put("status_code:200")
    qtbot.waitUntil(lambda: screen.filter.state is State.VALID, timeout=WAIT)
    assert "not applied" not in screen.list.counts.accessibleName()


def test_a_click_takes_and_the_field_keeps_the_focus(screen: TimelineScreen, qtbot: QtBot) -> None:
    one = completion(screen).list
    qtbot.keyClicks(screen.filter.edit, "acc")
    qtbot.waitUntil(lambda: shown(screen) == ["account_id:"], timeout=WAIT)
    middle = one.tree.visualItemRect(one.tree.topLevelItem(0)).center()
    qtbot.mouseClick(one.tree.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert screen.filter.edit.text() == "account_id:"
    assert screen.filter.edit.hasFocus()


def test_a_change_of_state_is_announced_and_a_key_is_not(
    screen: TimelineScreen, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(filter_field, "announce", lambda widget, words: said.append(words))
    field = screen.filter
    qtbot.keyClicks(field.edit, "status_code:200 x")
    qtbot.waitUntil(lambda: field.state is State.VALID, timeout=WAIT)
    qtbot.keyClicks(field.edit, "yz")
    settle(qtbot, screen)
    qtbot.waitUntil(lambda: field.accepted == "status_code:200 xyz", timeout=WAIT)
    assert said == ["Filter applied"]
    field.put("status_code:200 (")
    qtbot.waitUntil(lambda: field.state is State.INVALID, timeout=WAIT)
    assert said[1:] == [field.said.text()]
    field.put("")
    qtbot.waitUntil(lambda: field.state is State.NEUTRAL, timeout=WAIT)
    assert said[2:] == ["No filter"]


def test_blanks_of_any_kind_may_be_pasted(field: FilterField) -> None:
    QApplication.clipboard().setText("a:1\nb:2\t-c:3\u00a0d\u3000e")
    field.edit.paste()
    field.ask_now()
    assert field.state is State.VALID
    found = parse(field.text)
    assert len(found.tops) == 5


@pytest.mark.parametrize("rows", ["", "ts,my \u202efield,after,<b>x</b>\n2026-03-01T10:00:00Z,1,2,3\n"])
def test_what_is_offered_on_an_empty_case_and_on_hostile_names(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: str
) -> None:
    monkeypatch.setattr(screens, "FEATURES", (FilterCompletion,))
    case = Case.create(tmp_path / "f.casebound", "C-1", "Filters", Actor("Mary Okafor"))
    if rows:
        (tmp_path / "odd.csv").write_text(rows, encoding="utf-8")
        bring_in(case, tmp_path / "odd.csv")
    board = Board(Desk())
    session = CaseSession(case, case.snapshot(), Events.open(case.path, case.snapshot().sources), board)
    made = TimelineScreen(session)
    qtbot.addWidget(made)
    made.show()
    settle(qtbot, made)
    made.filter.edit.setFocus()
    qtbot.waitUntil(made.filter.edit.hasFocus, timeout=WAIT)
    qtbot.keyClick(made.filter.edit, Qt.Key.Key_Down)
    settle(qtbot, made)
    one = completion(made).list
    assert {"actor:", "after:", "has:"} <= set(shown(made))
    assert not any("\u202e" in text for text in shown(made))
    if rows:
        puts = {offer.put for offer in one.offers}
        assert {'"my \u202efield":', '"after":', '"<b>x</b>":'} <= puts
        assert "&lt;b&gt;" in one.tree.topLevelItem(
            next(at for at, offer in enumerate(one.offers) if offer.put == '"<b>x</b>":')
        ).toolTip(0)
    if rows:
        for typed, wanted in (('"after":', "2"), ("after:", "2026-03-01T10:00:00")):
            made.filter.edit.clear()
            qtbot.keyClicks(made.filter.edit, typed)
            settle(qtbot, made)
            assert wanted in shown(made)
    session.close()
    board.close()
    session.events.close()


def test_half_a_term_is_no_mistake_while_it_is_typed(screen: TimelineScreen, qtbot: QtBot) -> None:
    seen: list[State] = []
    screen.filter.judged.connect(lambda: seen.append(screen.filter.state))
    qtbot.keyClicks(screen.filter.edit, "(account_id:acc_1")
    qtbot.waitUntil(lambda: screen.filter.error is not None, timeout=WAIT)
    assert screen.filter.state is State.NEUTRAL, "the parenthesis may still be closed"
    screen.filter.edit.unfocused.emit()
    assert screen.filter.state is State.INVALID, "whoever leaves the field has written it"
    assert seen[0] is State.NEUTRAL


@pytest.mark.parametrize(
    ("text", "half"),
    [
        *((half, True) for half in ("model:", '"abc', 'model:"ab', "a (b", "a OR", "-", "in:")),
        *((wrong, False) for wrong in ("a:b)", "(b) )", "after:x model:")),
    ],
)
def test_what_only_lacks_its_end(text: str, half: bool) -> None:
    with pytest.raises(FilterError) as refused:
        parse(text)
    assert unfinished(text, refused.value.position) == half
