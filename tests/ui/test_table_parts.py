"""Parts of the table one by one: rows and positions, selections, columns, words of the head, text that is copied."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebound.case import Event, EventId
from casebound.events import Events
from casebound_ui.desktop.timeline import cells, columns, copying, order
from casebound_ui.desktop.timeline.badges import Badges
from casebound_ui.desktop.timeline.bins import Shown
from casebound_ui.desktop.timeline.cells import Cells, SourceName
from casebound_ui.desktop.timeline.columnplaces import Placing, fitting, placed
from casebound_ui.desktop.timeline.columns import Columns
from casebound_ui.desktop.timeline.counting import Counts, brief_stretch
from casebound_ui.desktop.timeline.dates import micros
from casebound_ui.desktop.timeline.emphasis import words_of
from casebound_ui.desktop.timeline.listed import Listing, marks_first
from casebound_ui.desktop.timeline.order import ColumnOrder, TimeOrder
from casebound_ui.desktop.timeline.picked import NOTHING_PICKED, Picked
from casebound_ui.desktop.timeline.rowprompt import Place, read_place
from casebound_ui.desktop.timeline.tablepaint import matches

NO_ROWS = Events.open(Path("none.casebound"), ())
NOON = 1_772_366_400_000_000  # 2026-03-01 12:00:00 UTC


def made(number: int = 0, **parts: object) -> Event:
    name = EventId("ab" * 32, "", "requests", number)
    event = Event(name, 1, NOON, "12:00", "UTC", "in the value", number + 2, "acc_1", "log-in", "console")
    return replace(event, **parts)  # type: ignore[arg-type]


# Rows and positions


@st.composite
def lists(draw: st.DrawFn) -> tuple[Shown, int, int]:
    """Events of which a filter shows some, and a stretch of those."""
    of = draw(st.integers(0, 60))
    times = np.sort(np.array(draw(st.lists(st.integers(0, 9), min_size=of, max_size=of)), dtype=np.int64))
    kept = draw(st.one_of(st.none(), st.lists(st.booleans(), min_size=of, max_size=of)))
    positions = None if kept is None else np.flatnonzero(np.array(kept, dtype=bool)).astype(np.int64)
    shown = Shown(times if positions is None else times[positions], (), of, positions)
    low = draw(st.integers(0, shown.count))
    return shown, low, draw(st.integers(low, shown.count))


@settings(max_examples=200, deadline=None)
@given(lists(), st.booleans(), st.randoms(use_true_random=False), st.integers(0, 3))
def test_rows_and_positions_are_one_to_one(
    chosen: tuple[Shown, int, int], descending: bool, random: object, kind: int
) -> None:
    shown, low, high = chosen
    listed = [shown.position(rank) for rank in range(low, high)]
    if kind == 0:
        found: order.Order = TimeOrder(shown, low, high, descending=descending)
    else:
        random.shuffle(listed)  # type: ignore[attr-defined]
        found = order.placed(shown, low, high, np.array(listed, dtype=np.int64))
    rows = range(found.count)
    positions = [found.position(row) for row in rows]
    assert len(positions) == len(set(positions)) == high - low
    assert sorted(positions) == sorted(listed)  # type: ignore[type-var]
    assert [found.row(position) for position in positions if position is not None] == list(rows)
    if kind:
        assert positions == listed
    whole = found.positions(0, found.count)
    assert whole is not None and whole.tolist() == positions
    assert found.rows(whole).tolist() == list(rows)
    others = np.array([p for p in range(-1, shown.of + 2) if p not in positions], dtype=np.int64)
    assert (found.rows(others) == -1).all()
    assert all(found.row(position) is None for position in others.tolist())
    assert found.position(found.count) is None and found.position(-1) is None


@given(lists(), st.integers(0, 60))
def test_the_first_rows_of_an_order_agree_with_the_whole(chosen: tuple[Shown, int, int], first: int) -> None:
    shown, low, high = chosen
    ordered = np.array([shown.position(rank) for rank in range(low, high)][::-1], dtype=np.int64)
    head, whole = ColumnOrder(shown, low, high, ordered[:first]), order.placed(shown, low, high, ordered)
    assert whole.complete and head.complete == (first >= high - low)
    for row in range(high - low):
        position = head.position(row)
        assert position == (whole.position(row) if row < first else None)
        if position is not None:
            assert head.row(position) == row
    assert (head.positions(0, high - low) is None) == (first < high - low)
    assert set(head.rows(ordered).tolist()) <= {-1, *range(first)}


def test_an_order_of_many_is_put_in_its_places_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "CHUNK", 7)
    shown = Shown(np.arange(100, dtype=np.int64), (), 100)
    ordered = np.random.default_rng(1).permutation(np.arange(10, 90, dtype=np.int64))
    found = order.placed(shown, 10, 90, ordered)
    assert [found.row(int(position)) for position in ordered] == list(range(80))


def test_marked_events_come_first_or_last() -> None:
    shown = Shown(np.arange(4, dtype=np.int64), (), 10, np.array([1, 4, 6, 9], dtype=np.int64))
    asked = Listing(shown, 1, 4, None, NO_ROWS, columns.MARKS, False, (9, 1, 5))
    assert marks_first(asked).tolist() == [9, 4, 6]
    last = Listing(shown, 1, 4, None, NO_ROWS, columns.MARKS, True, (9, 1, 5))
    assert marks_first(last).tolist() == [4, 6, 9]
    assert asked.same(Listing(shown, 1, 4, None, NO_ROWS, columns.MARKS, False, (9, 1, 5)))
    assert not asked.same(last) and not asked.same(None)


# Selections


@given(st.sets(st.integers(0, 40)), st.sets(st.integers(0, 40)), st.integers(0, 40), st.integers(-5, 5))
def test_ranges_are_the_rows_they_stand_for(one: set[int], other: set[int], row: int, by: int) -> None:
    picked = Picked.of(one)
    assert picked.rows(100) == sorted(one) and picked.count == len(one)
    assert all(a[1] < b[0] for a, b in zip(picked.ranges, picked.ranges[1:], strict=False))
    assert all((n in picked) == (n in one) for n in range(42))
    assert picked.joined(Picked.of(other)).rows(100) == sorted(one | other)
    assert picked.without(row).rows(100) == sorted(one - {row})
    assert picked.toggled(row).rows(100) == sorted(one ^ {row})
    assert picked.rows(3) == sorted(one)[:3]
    assert picked.within(20).rows(100) == sorted(n for n in one if n < 20)
    assert picked.moved(by).within(99).rows(100) == sorted(n + by for n in one if n + by >= 0)


def test_sixteen_million_rows_are_one_range() -> None:
    whole = Picked.between(15_999_999, 0)
    assert whole.count == 16_000_000 and whole.ranges == ((0, 16_000_000),)
    assert whole.rows(2) == [0, 1]
    assert whole.without(8_000_000).count == 15_999_999
    assert "no row" not in NOTHING_PICKED and 0 not in NOTHING_PICKED


# Columns


def test_columns_are_shown_hidden_moved_and_pinned() -> None:
    usual = Columns()
    more = usual.with_column("tokens", True)
    assert more.shown == ("time", "source", "action", "actor", "object", "tokens", "marks")
    assert more.with_column("tokens", False) == usual
    assert usual.with_column("time", False) == usual
    assert usual.with_column("local", True).shown[:2] == ("time", "local")
    assert more.moved("tokens", 1).shown[1] == "tokens"
    assert more.moved("time", 3) == more and more.moved("source", 0).shown == more.shown
    pinned = more.with_pinned("tokens", True)
    assert pinned.shown[:2] == ("time", "tokens") and pinned.pinned == 2
    assert pinned.moved("tokens", 5).shown == pinned.shown  # those in sight stay together
    assert pinned.moved("source", 0).shown[:3] == ("time", "tokens", "source")
    assert pinned.with_pinned("tokens", False).pinned == 1
    assert pinned.with_column("tokens", False).pinned == 1
    assert usual.with_width("actor", 5).widths == {"actor": columns.NARROWEST}


def test_a_click_sorts_up_then_down_then_by_time() -> None:
    up = Columns().sorted_next("tokens")
    assert (up.sort, up.descending) == ("tokens", False)
    down = up.sorted_next("tokens")
    assert (down.sort, down.descending) == ("tokens", True)
    assert down.sorted_next("tokens") == Columns()
    latest = Columns().sorted_next("time")
    assert (latest.sort, latest.descending) == ("", True)
    assert latest.sorted_next("time") == Columns()
    assert down.sorted_next("actor").descending is False


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    ),
    st.sampled_from(("shown", "pinned", "widths", "sort", "descending")),
)
def test_columns_of_a_damaged_file_are_columns(damage: object, name: str) -> None:
    for found in (damage, {name: damage}, {**Columns().plain(), name: damage}):
        read = Columns.from_plain(found)
        assert read.shown[0] == columns.TIME and len(set(read.shown)) == len(read.shown)
        assert 1 <= read.pinned <= len(read.shown)
        assert Columns.from_plain(read.plain()) == read


def test_columns_come_back_as_they_were() -> None:
    chosen = Columns(("time", "tokens", "field:action"), 2, {"tokens": 90}, "tokens", True)
    assert Columns.from_plain(chosen.plain()) == chosen
    assert columns.field_of(columns.named("Action")) == "Action" and columns.title("field:Action") == "Action"
    assert columns.named("tokens") == "tokens" and columns.field_of("time") == ""


def test_pinned_columns_stay_and_the_others_scroll() -> None:
    placing = Placing(("time", "a", "b", "c"), (100, 50, 200, 300), 1, 400)
    assert placing.fixed == 100 and placing.most == 250
    assert [placing.left(place, 120) for place in range(4)] == [0, -20, 30, 230]
    assert placing.at(50, 120) == 0 and placing.at(140, 120) == 2 and placing.at(399, 120) == 3
    assert placing.at(-1, 0) == -1 and Placing(("time",), (100,), 1, 400).at(150, 0) == -1
    for place in range(4):
        offset = placing.showing(place, 250)
        left = placing.left(place, offset)
        assert left >= (0 if place == 0 else 100) and left + placing.widths[place] <= 400


@pytest.mark.parametrize("room", [200, 500, 799, 800, 1_500])
def test_columns_take_the_room_there_is(room: int) -> None:
    chosen = Columns(("time", "source", "tokens", "object", "marks"), 3, {"tokens": 120})
    names, icons = fitting(chosen, room, 1.0)
    found = placed(chosen, names, room, 1.0, time=190, icons_only=icons, title_width=lambda name: 70)
    assert sum(found.widths) >= room  # no empty stripe at the right
    assert found.widths[2] == 120
    assert found.fixed < room  # something is left to scroll
    assert columns.ACTOR not in fitting(Columns(), 600, 1.0)[0] and columns.ACTOR in fitting(Columns(), 900, 1.0)[0]


# Cells


def test_missing_empty_and_absent_values_are_told_apart() -> None:
    one = Cells({1: SourceName("requests.csv", "activity")}, {})
    event = made(fields={"note": "", "Code": None, "path": "/a"})
    assert one.cell(event, "path").text == "/a"
    assert one.cell(event, "note").text == cells.EMPTY and "empty text" in one.words(event, "note")
    assert one.cell(event, "code").text == cells.NO_VALUE and "No value" in one.words(event, "code")
    assert one.cell(event, "other").text == "" and "no column" in one.words(event, "other")
    assert cells.pointed(event, "code") == ("code", "")
    assert cells.pointed(event, "other") is None and cells.pointed(event, "time") is None
    assert cells.pointed(event, "source") == ("source", "S-01") and cells.pointed(event, "actor") == ("actor", "acc_1")


def test_a_time_is_no_finer_than_its_record() -> None:
    assert cells.time_text(made(), 3).endswith("12:00:00.000")
    assert cells.time_text(made(time_precision_us=1_000_000), 3).endswith("12:00:00")
    assert cells.time_text(made(time_us=NOON + 5), 0).endswith("12:00:00.000005")
    day = made(time_us=NOON - 43_200_000_000, time_precision_us=86_400_000_000)
    assert cells.time_text(day, 3) == "01 Mar 2026"


def test_hostile_text_is_inert_in_cells_and_tips() -> None:
    one = Cells({}, {})
    event = made(actor="a\u202eb", fields={"note": "x" * 5_000, "bad": "one\ntwo\x07"})
    assert "\u202e" not in one.cell(event, "actor").text
    assert "\x07" not in one.words(event, "bad") and "one\ntwo" in one.words(event, "bad")
    assert len(one.cell(event, "note").text) <= cells.LONG
    assert "1,000 more characters" in one.words(event, "note")


def test_words_of_the_filter_are_found_in_cells() -> None:
    assert words_of('mess -secret model:lumen* actor:acc_1 OR "two words"') == ("mess", "lumen", "two words")
    assert words_of("((") == () and words_of("") == () and words_of("x") == ()
    assert matches("/v1/Messages", ("mess",)) == [(4, 4)]
    assert matches("İmess", ("mess",)) == [] and matches("abc", ()) == []
    assert len(matches("a" * 500, ("a",))) == 20


# Words of the head


@given(*[st.integers(0, 10**7)] * 4, st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_the_head_accounts_for_every_event(
    listed: int, hidden: int, elsewhere: int, rest: int, aside: int, untimed: int, selected: int
) -> None:
    of = listed + hidden + elsewhere + rest
    counts = Counts(listed, hidden, elsewhere, rest, of, aside, untimed, selected, "a to b UTC", "6 d", "")
    assert counts.lines[0].startswith(f"{listed:,} of {of:,}")
    assert (f"{hidden + rest:,} hidden by the filter" in counts.lines[0]) == bool(hidden + rest)
    assert (f"{aside:,} set aside" in counts.lines[0]) == bool(aside)
    assert counts.lines[-1] == f"{listed:,} of {of:,}"
    assert all(len(a) > len(b) for a, b in zip(counts.lines, counts.lines[1:], strict=False))
    assert f"{elsewhere:,} outside of this stretch" in counts.told or not (elsewhere or rest)
    assert ("without a time" in counts.told) == bool(untimed)


def test_the_stretch_is_said_with_less_room() -> None:
    start, hour = micros(datetime(2026, 9, 30, 14, 41, tzinfo=UTC)), 3_600_000_000
    assert brief_stretch(start, start + 6 * hour) == "30 Sep 2026 14:41 to 20:41 UTC"
    assert brief_stretch(start + 7, start + 6 * hour + 7) == "30 Sep 2026 14:41 to 20:41 UTC"
    assert brief_stretch(start, start + 24 * hour) == "30 Sep 14:41 to 01 Oct 2026 14:41 UTC"
    assert brief_stretch(start, start + 5_000_000) == "30 Sep 2026 14:41:00.000 to 14:41:05.000 UTC"
    counts = Counts(5, 0, 0, 0, 5, 12, 0, 0, "a to b UTC", "6 d", "", brief="a to b")
    assert counts.lines[1] == "5 of 5  ·  12 set aside  ·  a to b  ·  6 d"
    assert counts.lines[-2:] == ("5 of 5  ·  12 set aside", "5 of 5")


# Copying, and going to a row


def test_copied_rows_carry_their_source_and_run_nothing() -> None:
    one = Cells({}, {made(1).id: Badges(notes=1, exhibit="EX-0001")})
    rows = [made(0, actor="=HYPERLINK(1)", fields={"n": "-5", "t": 'a\tb\n"c"'}), made(1, fields={"n": None, "t": ""})]
    text = copying.as_text(rows, ("time", "source", "actor", "n", "t", "marks"), one, {})
    head, first, *_ = text.split("\n")
    assert head.split("\t")[:5] == ["Time (UTC)", "Actor", "n", "t", "Marks"]
    assert head.endswith("SHA-256 of the original\tEvent")
    assert "'=HYPERLINK(1)" in first and "\t-5\t" in first
    assert '"a\tb\n""c"""' in text
    assert text.count("ab" * 32) == 4 and "EX-0001, 1 note" in text
    assert text.rstrip("\n").endswith(f"3\t{'ab' * 32}\t{made(1).id}")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("1", Place(row=0)),
        ("16,000,000", Place(row=15_999_999)),
        ("16_000_000", Place(row=15_999_999)),
        ("0", None),
        ("16000001", None),
        ("50%", Place(row=8_000_000)),
        ("100 %", Place(row=15_999_999)),
        ("101%", None),
        ("2026-03-01 12:00", Place(time_us=NOON)),
        ("12:00", Place(time_us=NOON)),
        ("soon", None),
        ("9" * 400, None),
        ("", None),
    ],
)
def test_a_place_is_a_number_a_share_or_a_time(text: str, place: Place | None) -> None:
    assert read_place(text, 16_000_000, NOON) == place
