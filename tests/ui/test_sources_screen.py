"""The Sources screen: what a person sees and changes before an export comes in, and states of it afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QTableView, QWidget

from casebound.case import ColumnRole, Source
from casebound_ui.desktop import theme
from casebound_ui.desktop.main import Program
from casebound_ui.desktop.preview_page import PreviewPage
from casebound_ui.desktop.sources import Sources

Settle = Callable[..., None]
DATES = (
    "Export of 3 rows\n\nid;when;who;Größe\n1;03/04/2026 10:00;Zoë;1\n2;05/04/2026 11:00;Müller;2\n"
    "3;25/04/2026 12:00;X;3\n"
)


@pytest.fixture
def sources(empty_case: Program) -> Sources:
    assert empty_case.case is not None
    empty_case.window.go("sources")
    return empty_case.case.sources


@pytest.fixture
def dates(tmp_path: Path) -> Path:
    path = tmp_path / "dates.csv"
    path.write_bytes(DATES.encode("cp1252"))
    return path


def looked(sources: Sources, settle: Settle, *paths: Path) -> PreviewPage:
    sources.take_files(list(paths))
    settle(lambda: sources.currentWidget() is sources.preview_page)
    return sources.preview_page


def brought(program: Program, sources: Sources, settle: Settle, count: int) -> tuple[Source, ...]:
    QTest.mouseClick(sources.preview_page.start, Qt.MouseButton.LeftButton)
    settle(lambda: program.session is not None and len(program.session.snapshot.sources) == count)
    settle()
    assert program.session is not None
    return program.session.snapshot.sources


def words(widget: QWidget) -> str:
    return "\n".join(label.text().replace("\u200b", "") for label in widget.findChildren(QLabel) if label.isVisible())


def choose(box: QComboBox, text: str) -> None:
    """Choose an entry as the keyboard does: it is activated."""
    place = box.findText(text, Qt.MatchFlag.MatchStartsWith)
    assert place >= 0, text
    box.setCurrentIndex(place)
    box.activated.emit(place)


def roles(page: PreviewPage, place: int = 0) -> dict[str, str]:
    return {column.name: str(column.role) for column in page.previews[place].mapping.columns}


def manifest(folder: Path, **facts: object) -> None:
    (folder / "manifest.json").write_text(json.dumps({"source_system": "lumen", **facts}), encoding="utf-8")


def unnamed(page: QWidget) -> list[QWidget]:
    """Controls on a page that can take the focus and have no name."""
    inside = [w for w in page.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isVisible()]
    controls = [w for w in inside if isinstance(w, QPushButton | QComboBox | QLineEdit | QTableView)]
    # The line inside a box speaks the name of the box.
    own = [w for w in controls if not isinstance(w.parent(), QComboBox)]
    return [w for w in own if not w.accessibleName()]


def test_a_file_says_how_it_was_recognised(sources: Sources, settle: Settle, dates: Path) -> None:
    page = looked(sources, settle, dates)
    assert page.layout_card.encoding.currentData() == "cp1252"
    assert page.layout_card.delimiter.currentText() == "semicolon"
    assert page.layout_card.header.value() == 3
    told = words(page.layout_card)
    assert "Windows-1252" in told
    assert "semicolon" in told
    assert "Export of 3 rows" in told


def test_day_or_month_first_is_asked_and_never_guessed(
    empty_case: Program, sources: Sources, settle: Settle, dates: Path
) -> None:
    page = looked(sources, settle, dates)
    assert not page.start.isEnabled()
    assert "2 times in “when”" in words(page.times)
    assert "1 only day first" in words(page.times)
    assert "whether days or months come first" in words(page)
    page.times.day_first.setFocus()
    QTest.keyClick(page.times.day_first, Qt.Key.Key_Space)
    settle(lambda: "2026-04-03 10:00:00" in words(page.times))
    assert page.start.isEnabled()
    assert "day first, UTC" in words(page.times)
    assert not page.times.day_first.isVisible()
    (source,) = brought(empty_case, sources, settle, 1)
    assert source.first_us == int(datetime(2026, 4, 3, 10, tzinfo=UTC).timestamp()) * 1_000_000
    assert source.mapping.columns[1].time_format == "dmy"


def test_another_encoding_is_tried_at_once_and_taken_back(sources: Sources, settle: Settle, dates: Path) -> None:
    page = looked(sources, settle, dates)
    choose(page.layout_card.encoding, "mac-roman")
    settle(lambda: page.previews[0].mapping.encoding == "mac-roman")
    assert "Größe" not in roles(page)
    QTest.mouseClick(page.layout_card.reset, Qt.MouseButton.LeftButton)
    settle(lambda: page.previews[0].mapping.encoding == "cp1252")
    assert "Größe" in roles(page)
    assert not page.layout_card.reset.isVisible()


def test_another_delimiter_and_header(sources: Sources, settle: Settle, dates: Path) -> None:
    page = looked(sources, settle, dates)
    choose(page.layout_card.delimiter, "comma")
    settle(lambda: page.previews[0].mapping.delimiter == ",")
    assert len(roles(page)) == 1
    choose(page.layout_card.delimiter, "semicolon")
    settle(lambda: page.previews[0].mapping.delimiter == ";")
    page.layout_card.header.setFocus()
    QTest.keyClick(page.layout_card.header, Qt.Key.Key_Up)
    settle(lambda: page.previews[0].mapping.header_line == 4)
    assert "when" not in roles(page)


def test_a_mapping_is_saved_shared_and_loaded(
    empty_case: Program, sources: Sources, settle: Settle, export: Path, dates: Path, tmp_path: Path
) -> None:
    page = looked(sources, settle, export)
    box = next(b for b in page.findChildren(QComboBox) if b.accessibleName() == "What the column target is for")
    choose(box, "Who did it")
    settle(lambda: roles(page)["target"] == "actor")
    assert roles(page)["account"] == "text"
    kept = tmp_path / "requests-mapping.json"
    sources.save_mapping(page.previews[0], kept)
    settle(kept.exists)
    assert json.loads(kept.read_text("utf-8"))["columns"]
    sources._cancel()
    page = looked(sources, settle, export)
    assert roles(page)["target"] != "actor"
    sources.load_mapping(page.previews[0], kept)
    settle(lambda: roles(page)["target"] == "actor")
    (source,) = brought(empty_case, sources, settle, 1)
    assert source.mapping.named(ColumnRole.ACTOR) == "target"
    page = looked(sources, settle, dates)
    before = roles(page)
    sources.load_mapping(page.previews[0], kept)
    settle(empty_case.window.message.isVisible)
    assert "does not have" in words(empty_case.window.message)
    empty_case.window.message.leave()
    assert roles(page) == before


def test_a_file_that_is_no_mapping_is_told(empty_case: Program, sources: Sources, settle: Settle, export: Path) -> None:
    page = looked(sources, settle, export)
    sources.load_mapping(page.previews[0], export)
    settle(empty_case.window.message.isVisible)
    assert "is no mapping" in words(empty_case.window.message)
    empty_case.window.message.leave()


def test_the_focus_stays_where_it_was(sources: Sources, settle: Settle, export: Path) -> None:
    page = looked(sources, settle, export)
    name = "What the column target is for"
    box = next(b for b in page.findChildren(QComboBox) if b.accessibleName() == name)
    box.setFocus()
    choose(box, "Text")
    settle(lambda: roles(page)["target"] == "text")

    def focused() -> str:
        widget = page.window().focusWidget()
        return widget.accessibleName() if widget is not None and widget is not box else ""

    settle(lambda: focused() == name)


def test_how_it_was_made_is_stated_with_the_import(
    empty_case: Program, sources: Sources, settle: Settle, export: Path
) -> None:
    manifest(export.parent, row_counts={"requests.csv": 7})
    page = looked(sources, settle, export)
    assert page.origin.isHidden()
    QTest.mouseClick(page.origin_fold, Qt.MouseButton.LeftButton)
    assert page.origin.text("source_system") == "lumen"
    QTest.keyClicks(page.origin.fields["tool"], "unload")
    QTest.keyClicks(page.origin.fields["window_end"], "never")
    QTest.mouseClick(page.start, Qt.MouseButton.LeftButton)
    assert "“Window to” is not a time" in page.origin.problem.text()
    assert page.window().focusWidget() is page.origin.fields["window_end"]
    assert sources.currentWidget() is page
    field = page.origin.fields["window_end"]
    assert isinstance(field, QLineEdit)
    field.setText("2026-03-02T00:00:00Z")
    (source,) = brought(empty_case, sources, settle, 1)
    assert source.origin is not None
    assert (source.origin["source_system"], source.origin["tool"]) == ("lumen", "unload")
    settle(lambda: "Not as stated" in words(sources.listing.panel))
    told = words(sources.listing.panel)
    assert "Not as stated: Rows, Window." in told
    assert "2 events after the window" in told
    assert "stated by Mary Okafor" in told
    assert "Outside the stated window: 2 events after the window." in sources.coverage.words


def test_how_it_was_made_is_stated_later_and_is_in_custody(small_case: Program, settle: Settle) -> None:
    assert small_case.case is not None
    sources = small_case.case.sources
    settle(lambda: "Nothing was stated" in words(sources.listing.panel))
    button = next(b for b in sources.listing.panel.findChildren(QPushButton) if "State how" in b.text())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    page = sources.origin_page
    assert sources.currentWidget() is page
    assert unnamed(page) == []
    QTest.keyClicks(page.form.fields["source_system"], "billing")
    QTest.keyClicks(page.form.fields["row_count"], "5")
    QTest.mouseClick(page.keep, Qt.MouseButton.LeftButton)
    settle(lambda: sources.currentWidget() is sources.listing)
    assert small_case.session is not None
    (source,) = small_case.session.snapshot.sources
    assert (source.expected, source.read) == (5, 5)
    settle(lambda: "Rows, as stated" in words(sources.listing.panel))
    links = small_case.case.custody.view.chain.links
    settle(lambda: small_case.case is not None and small_case.case.custody.view.chain.links[-1].action == "corrected")
    assert links is not None
    assert (sources.listing.table.record, source.origin is not None) == (source, True)


def test_a_folder_is_several_tables_and_what_is_none_is_told(
    empty_case: Program, sources: Sources, settle: Settle, tmp_path: Path, export: Path
) -> None:
    folder = tmp_path / "handed over"
    (folder / "deeper").mkdir(parents=True)
    export.rename(folder / "requests.csv")
    (folder / "deeper" / "accounts.csv").write_text("account,plan\nacc_1,free\nacc_2,pro\n")
    (folder / "deeper" / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    (folder / "empty.csv").write_bytes(b"")
    (folder / ".hidden.csv").write_text("a,b\n1,2\n")
    manifest(folder, row_counts={"requests.csv": 5})
    page = looked(sources, settle, folder)
    assert sorted(one.mapping.table for one in page.previews) == ["accounts", "requests"]
    refused = {one.path.name: one.reason for one in page._looked.left_out}
    assert set(refused) == {"logo.png", "empty.csv", "manifest.json", ".hidden.csv"}
    assert "picture" in refused["logo.png"]
    assert "empty" in refused["empty.csv"]
    assert page.start.text().strip() == "Bring in 2 tables"
    assert unnamed(page) == []
    page.tables.table.setFocus()
    page.tables.table.selectRow(0)
    QTest.keyClick(page.tables.table, Qt.Key.Key_Space)
    assert page.start.text().strip() == "Bring in 1 table"
    assert [one.mapping.table for one in page.taken] == ["requests"]
    (source,) = brought(empty_case, sources, settle, 1)
    assert (source.table, source.expected) == ("requests", 5)


def test_no_table_is_chosen(sources: Sources, settle: Settle, tmp_path: Path, export: Path) -> None:
    (tmp_path / "more.csv").write_text("a,b\n1,2\n")
    page = looked(sources, settle, export, tmp_path / "more.csv")
    for place in range(2):
        page.tables.toggle(page.previews[place])
    assert not page.start.isEnabled()
    assert page.start.toolTip() == "No table is chosen."


def test_several_files_without_a_table_are_told(
    empty_case: Program, sources: Sources, settle: Settle, tmp_path: Path
) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(b"")
    sources.take_files([tmp_path / "a.csv", tmp_path / "b.csv"])
    settle(empty_case.window.message.isVisible)
    assert "There is no table in what was chosen" in words(empty_case.window.message)
    empty_case.window.message.leave()
    assert sources.currentWidget() is sources.listing


def test_very_many_columns_are_shown_in_steps(sources: Sources, settle: Settle, tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    names = [f"c{place}" for place in range(100)]
    path.write_text(",".join(names) + "\n" + ",".join(["x"] * 100) + "\n")
    page = looked(sources, settle, path)

    def shown() -> int:
        spoken = [box.accessibleName() for box in page.columns.findChildren(QComboBox) if box.isVisible()]
        return sum(name.startswith("What the column") for name in spoken)

    assert shown() == 40
    QTest.mouseClick(page.columns.more, Qt.MouseButton.LeftButton)
    QTest.mouseClick(page.columns.more, Qt.MouseButton.LeftButton)
    settle(lambda: shown() == 100)
    assert not page.columns.more.isVisible()


@pytest.fixture
def quiet(tmp_path: Path) -> Path:
    """Rows every five minutes by day, for three weeks; none on one afternoon."""
    start, lines = datetime(2026, 3, 2, tzinfo=UTC), ["ts,account_id,action"]
    for minutes in range(0, 21 * 24 * 60, 5):
        at = start + timedelta(minutes=minutes)
        if 8 <= at.hour < 18 and not (at.day == 13 and 9 <= at.hour < 17):
            lines.append(f"{at:%Y-%m-%dT%H:%M:%SZ},acct-1,ping")
    path = tmp_path / "pings.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_silence_is_said_and_drawn(empty_case: Program, sources: Sources, settle: Settle, quiet: Path) -> None:
    manifest(quiet.parent, window_start="2026-02-20T00:00:00Z", window_end="2026-03-24T00:00:00Z")
    looked(sources, settle, quiet)
    brought(empty_case, sources, settle, 1)
    settle(sources.coverage.isVisible)
    assert sources.coverage.words == (
        "No rows in the first 10 d of the stated window.",
        "No rows in the last 1 d 6 h of the stated window.",
        (
            "No rows between 13 Mar 2026, 08:55:00 and 13 Mar 2026, 17:00:00: 8 h 5 min. "
            "Usual there: some 92 rows, no pause above 5 min."
        ),
    )
    assert "No rows between 13 Mar 2026" in sources.coverage.strip.accessibleDescription()
    assert not any("A stretch is listed when" in text for text in words(sources.coverage).splitlines())
    QTest.mouseClick(sources.coverage.all, Qt.MouseButton.LeftButton)
    assert any("A stretch is listed when" in text for text in words(sources.coverage).splitlines())
    strip = sources.coverage.strip
    seen = strip.grab().toImage()
    middle = round(strip.place(int(datetime(2026, 3, 13, 14, tzinfo=UTC).timestamp()) * 1_000_000))
    silent = {seen.pixelColor(middle, y).name() for y in range(strip.height())}
    assert theme.tokens().histogram.lower() not in silent


def test_a_table_without_times_has_no_coverage(
    empty_case: Program, sources: Sources, settle: Settle, tmp_path: Path
) -> None:
    path = tmp_path / "plans.csv"
    path.write_text("plan,price\nfree,0\npro,20\n")
    looked(sources, settle, path)
    brought(empty_case, sources, settle, 1)
    settle(lambda: "The table has no times" in words(sources.listing.panel))
    assert not sources.coverage.isVisible()


def test_relations_between_tables_are_shown(
    empty_case: Program, sources: Sources, settle: Settle, tmp_path: Path
) -> None:
    one, other = tmp_path / "accounts.csv", tmp_path / "logins.csv"
    one.write_text("account_id,plan\n" + "".join(f"acc_{n},free\n" for n in range(8)))
    other.write_text("ts,account_id\n" + "".join(f"2026-03-0{n + 1}T10:00:00Z,acc_{n}\n" for n in range(8)))
    looked(sources, settle, one, other)
    brought(empty_case, sources, settle, 2)
    settle(lambda: "logins.account_id → accounts.account_id" in words(sources.listing.panel))


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_every_control_has_a_name_and_nothing_is_cut_sideways(
    empty_case: Program, sources: Sources, settle: Settle, dates: Path, scale: float
) -> None:
    page = looked(sources, settle, dates)
    empty_case.window.resize(1180, 720)
    empty_case.window.put_theme(theme.LIGHT, scale)
    settle()
    QTest.mouseClick(page.origin_fold, Qt.MouseButton.LeftButton)
    settle()
    assert unnamed(page) == []
    assert page.layout_card.encoding.width() > 40
    for part in (page.tables, page.layout_card, page.times, page.columns, page.origin):
        if part.isVisible():
            right = part.mapTo(page, part.rect().topRight()).x()
            assert right <= page.width(), part
