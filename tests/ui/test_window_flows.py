"""What people do with a case, from the first click to the sealed package, on the real window with the real case."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from casebound_ui.desktop import cover as covers
from casebound_ui.desktop.main import Program
from casebound_ui.desktop.newcase import NewCase


def png(path: Path) -> Path:
    """A small red picture."""
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill(QColor("#C03040"))
    assert image.save(str(path), "PNG")
    return path


def actions(program: Program) -> list[str]:
    """The actions in custody, oldest first, as the window's own chain shows them."""
    assert program.case is not None
    return [link.action for link in program.case.custody.view.chain.links]


def words(program: Program) -> str:
    """Every text that stands on the shown screen."""
    shown = program.window.pages.currentWidget()
    return "\n".join(label.text() for label in shown.findChildren(QLabel) if label.isVisible())


def test_a_case_is_started_from_the_form(program: Program, settle, tmp_path: Path) -> None:
    program.commands.run("new")
    form: NewCase = program.form
    assert form.isVisible()
    assert not form.start.isEnabled()
    form.keep_in(tmp_path)
    QTest.keyClicks(form.number, "CASE 0042/x")
    QTest.keyClicks(form.title, "Pools")
    assert form.person.text() == "Mary Okafor"
    assert form.target == tmp_path / "CASE-0042-x.casebound"
    QTest.keyClick(form.title, Qt.Key.Key_Return)
    settle(lambda: program.case is not None)
    assert (tmp_path / "CASE-0042-x.casebound" / "case.db").is_file()
    assert program.window.place == "sources"
    assert "Bring in the first export" in words(program)
    assert program.preferences.remembered.recent[0] == str(tmp_path / "CASE-0042-x.casebound")


def test_a_dropped_export_is_previewed_accepted_and_counted(empty_case: Program, settle, export: Path) -> None:
    case = empty_case.case
    assert case is not None
    empty_case.window.go("overview")
    empty_case.window.take_files([export])
    settle(lambda: case.sources.currentWidget() is case.sources.preview_page)
    assert empty_case.window.place == "sources"
    page = case.sources.preview_page
    assert [column.name for column in page.previews[0].mapping.columns] == ["time", "account", "action", "target"]
    assert page.start.isEnabled()
    assert len(empty_case.session.snapshot.sources) == 0
    QTest.mouseClick(page.start, Qt.MouseButton.LeftButton)
    settle(lambda: len(empty_case.session.snapshot.sources) == 1)
    source = empty_case.session.snapshot.sources[0]
    assert (source.read, source.kept, source.quarantined) == (5, 4, 1)
    assert case.sources.card.words == ("requests.csv is in", "5 rows read: 4 rows kept, 1 set aside.")
    assert case.sources.listing.table.record == source
    settle(lambda: bool(case.sources.aside.groups()))
    assert [(code, len(rows)) for code, rows in case.sources.aside.groups()] == [("time", 1)]
    assert empty_case.session.events.count == 4
    settle(lambda: "imported" in actions(empty_case))


def test_a_role_is_changed_in_the_preview(empty_case: Program, settle, export: Path) -> None:
    case = empty_case.case
    assert case is not None
    case.sources.look([export])
    settle(lambda: case.sources.currentWidget() is case.sources.preview_page)
    page = case.sources.preview_page
    page._change("target", "actor", "")
    settle(lambda: page.previews[0].mapping.named(type(page.previews[0].mapping.columns[0].role)("actor")) == "target")
    roles = {column.name: str(column.role) for column in page.previews[0].mapping.columns}
    assert roles["target"] == "actor"
    assert roles["account"] != "actor"


def test_an_empty_file_is_told_in_words_and_nothing_is_added(empty_case: Program, settle, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()
    case = empty_case.case
    assert case is not None
    case.sources.look([empty])
    settle(lambda: empty_case.window.message.isVisible())
    assert "empty.csv" in empty_case.window.message.title
    assert "Traceback" not in words(empty_case)
    assert case.sources.currentWidget() is case.sources.listing


def test_the_same_file_again_changes_nothing(small_case: Program, settle, export: Path) -> None:
    case = small_case.case
    assert case is not None
    case.sources.look([export])
    settle(lambda: case.sources.currentWidget() is case.sources.preview_page)
    case.sources.start()
    settle(lambda: small_case.window.message.isVisible())
    assert "already in the case" in small_case.window.message.title
    assert len(small_case.session.snapshot.sources) == 1


def test_set_aside_rows_are_saved_as_found(small_case: Program, settle, tmp_path: Path) -> None:
    case = small_case.case
    assert case is not None
    settle(lambda: bool(case.sources.aside.groups()))
    target = tmp_path / "aside.txt"
    case.sources.aside.save_to(target)
    settle(target.exists)
    assert target.read_text(encoding="utf-8") == "not a time,acc_2,request,model-b\n"


def test_a_sensitive_picture_is_covered_until_asked_for(small_case: Program, settle, qtbot, tmp_path: Path) -> None:
    picture = png(tmp_path / "door.png")
    case = small_case.case
    assert case is not None
    small_case.window.go("attachments")
    small_case.window.take_files([picture])
    settle(lambda: len(small_case.session.snapshot.attachments) == 1)
    attachment = small_case.session.snapshot.attachments[0]
    assert attachment.sensitive
    cover = case.attachments.cover
    assert cover.state == covers.COVERED
    assert cover._image is None
    assert not cover.busy
    assert cover.words == ("Hidden: marked sensitive", "Space to reveal in grey")
    small_case.commands.run("attachment-reveal")
    qtbot.waitUntil(lambda: cover.state == covers.BLURRED, timeout=30_000)
    assert cover._image.allGray()
    small_case.commands.run("attachment-reveal")
    qtbot.waitUntil(lambda: cover.state == covers.GREY, timeout=30_000)
    assert cover._image.allGray()
    small_case.commands.run("attachment-colour")
    assert cover.state == covers.GREY, "colour asks first"
    small_case.commands.run("attachment-colour")
    qtbot.waitUntil(lambda: cover.state == covers.COLOUR, timeout=30_000)
    assert cover.timer.isActive()
    assert cover.timer.interval() == 60_000
    cover.timer.timeout.emit()
    assert cover.state == covers.COVERED
    assert cover._image is None
    settle(lambda: "revealed" in actions(small_case))
    assert actions(small_case).count("opened") == 1
    assert actions(small_case).count("revealed") == 1


def test_everything_is_covered_at_once(small_case: Program, settle, qtbot, tmp_path: Path) -> None:
    picture = png(tmp_path / "door.png")
    case = small_case.case
    assert case is not None
    small_case.window.go("attachments")
    case.attachments.attach([picture])
    settle(lambda: len(small_case.session.snapshot.attachments) == 1)
    small_case.commands.run("attachment-reveal")
    qtbot.waitUntil(lambda: case.attachments.cover.state == covers.BLURRED, timeout=30_000)
    small_case.commands.run("hide-all")
    assert case.attachments.cover.state == covers.COVERED


def test_a_picture_that_is_none_is_told_and_stays_covered(small_case: Program, settle, qtbot, tmp_path: Path) -> None:
    picture = png(tmp_path / "broken.png")
    picture.write_bytes(picture.read_bytes()[:40] + b"\xff" * 40)
    case = small_case.case
    assert case is not None
    small_case.window.go("attachments")
    case.attachments.attach([picture])
    settle(lambda: len(small_case.session.snapshot.attachments) == 1)
    cover = case.attachments.cover
    cover.reveal()
    qtbot.waitUntil(lambda: not cover.busy, timeout=30_000)
    assert cover.state == covers.COVERED
    if small_case.session.snapshot.attachments[0].media_type.startswith("image/"):
        assert cover.words[0] == "This picture cannot be shown here"


def test_what_is_written_of_a_finding_is_kept_and_in_custody(small_case: Program, settle) -> None:
    case = small_case.case
    assert case is not None
    session = small_case.session
    session.change(lambda held: held.make_exhibit(event=session.events.page(0, 1)[0], caption="First"))
    settle(lambda: len(session.snapshot.exhibits) == 1)
    small_case.commands.run("add-finding")
    assert small_case.window.place == "findings"
    QTest.keyClicks(case.findings.sentence, "acc_1 logged in before it asked.")
    QTest.keyClick(case.findings.sentence, Qt.Key.Key_Return)
    settle(lambda: len(session.snapshot.findings) == 1)
    editor = case.findings.editor
    assert editor.number.text() == "F-01"
    editor.supports.add("EX-0001")
    settle(lambda: session.snapshot.findings[0].supports == ("EX-0001",))
    editor.likelihood.setCurrentIndex(editor.likelihood.findData("likely"))
    editor.likelihood.activated.emit(editor.likelihood.currentIndex())
    editor.confidence.setCurrentIndex(editor.confidence.findData("moderate"))
    editor.confidence.activated.emit(editor.confidence.currentIndex())
    settle(lambda: str(session.snapshot.findings[0].confidence) == "moderate")
    assert str(session.snapshot.findings[0].likelihood) == "likely"
    before = session.snapshot.ledger_size
    QTest.keyClicks(editor.reasoning, "It is in the log.")
    assert "Being written" in editor.state.text()
    editor.keep()
    settle(lambda: session.snapshot.findings[0].reasoning == "It is in the log.")
    assert session.snapshot.ledger_size == before + 1
    editor.keep()
    settle()
    assert session.snapshot.ledger_size == before + 1, "what did not change is not written again"


def test_an_entry_that_was_removed_from_the_case_is_named(small_case: Program, settle, tmp_path: Path) -> None:
    case = small_case.case
    assert case is not None
    settle(lambda: case.custody.view.chain.size > 2)
    assert case.custody.view.banner.head == "Custody unbroken."
    path = small_case.session.case.path / "case.db"
    with sqlite3.connect(path, timeout=30) as database:
        tables = [row[0] for row in database.execute("select name from sqlite_master where type = 'table'")]
        table = next(name for name in tables if "ledger" in name)
        for trigger in [row[0] for row in database.execute("select name from sqlite_master where type = 'trigger'")]:
            database.execute(f'drop trigger "{trigger}"')
        database.execute("pragma foreign_keys = off")
        database.execute(f'delete from "{table}" where seq = 1')
    case.custody.check()
    settle(lambda: not case.custody.view.chain.unbroken)
    assert case.custody.view.banner.head == "Custody broken at entry 1."
    assert "not proved" in case.custody.view.banner.text
    assert case.custody.view.list.table.record.seq == 1
    small_case.window.go("custody")
    assert "This entry is missing" in words(small_case)
    small_case.window.go("packages")
    settle(lambda: not case.packages.build_button.isEnabled())
    assert "broken" in case.packages._why_not.text()


def test_the_custody_list_is_filtered_and_follows_one_item(small_case: Program, settle) -> None:
    case = small_case.case
    assert case is not None
    listed = case.custody.view.list
    settle(lambda: case.custody.view.chain.size > 2)
    listed.field.setText("no such person")
    assert listed.table.model().rowCount() == 0
    listed.field.clear()
    listed.follow(("source", "1"))
    assert {link.item for link in listed.table.records.records} == {("source", "1")}
    listed.follow(None)
    assert listed.table.model().rowCount() == case.custody.view.chain.size


def test_the_record_is_exported_as_it_is_stored(small_case: Program, settle, tmp_path: Path) -> None:
    case = small_case.case
    assert case is not None
    target = tmp_path / "custody.jsonl"
    case.custody.save_to(target)
    settle(target.exists)
    assert target.read_bytes() == b"".join(line + b"\n" for line in small_case.session.case.ledger_lines())


def test_a_locked_case_is_offered_for_looking_on(small_case: Program, settle, tmp_path: Path, qtbot, home) -> None:
    from casebound_ui.desktop.crash import CrashLog

    other = Program(home, CrashLog(home))
    other.window.show()
    try:
        other.open(small_case.session.case.path)
        qtbot.waitUntil(lambda: other.window.message.isVisible(), timeout=30_000)
        assert re.search("open|writ|has", other.window.message.title)
        other.openings.open(small_case.session.case.path, write=False)
        qtbot.waitUntil(lambda: other.case is not None, timeout=30_000)
        assert other.session.read_only
        assert not other.may_write()
        assert not other.window.top.action.isEnabled()
    finally:
        other.window.message.leave()
        qtbot.waitUntil(lambda: not other.board.running, timeout=30_000)
        other.window.close()
        other.board.close()


def test_a_dropped_file_without_a_case_asks_for_one_and_is_then_looked_at(
    program: Program, settle, export: Path, tmp_path: Path
) -> None:
    program.window.take_files([export])
    assert program.window.message.title == "Start a case for this file first."
    program.window.message.leave()
    program.openings.create(tmp_path / "C.casebound", "C", "T", "Mary Okafor")
    settle(lambda: program.case is not None and program.case.sources.currentIndex() == 1)
    assert program.case.sources.preview_page.previews[0].path == export


@pytest.mark.parametrize("name", ["folder", "nothing.casebound"])
def test_a_folder_that_is_no_case_is_told(program: Program, settle, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    program.open(folder)
    settle(lambda: program.window.message.isVisible())
    assert program.case is None
    assert program.window.place == "welcome"
