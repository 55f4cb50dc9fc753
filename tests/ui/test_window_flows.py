"""What people do with a case, from the first click to the sealed package, on the real window with the real case."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from casebound.case import Actor
from casebound.document import Case
from casebound.importing import bring_in
from casebound.work import Stopped
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
    assert [(group.code, group.count) for group in case.sources.aside.groups()] == [("time", 1)]
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
    settle(target.with_name("aside.txt.index.csv").exists)
    assert target.read_bytes() == b"not a time,acc_2,request,model-b\n"


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
    assert cover.countdown.running
    cover.hide_again()
    assert cover.state == covers.COVERED
    assert cover._image is None
    assert not cover.countdown.running
    settle(lambda: "opened" in actions(small_case))
    assert actions(small_case).count("opened") == 1
    assert actions(small_case).count("revealed") == 0, "how often is nobody's matter"


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
    settle(lambda: "broken" in case.packages._why_not.text())
    assert not case.packages.build_button.isEnabled()


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


def test_a_package_is_built_and_checked_as_its_recipient_will(small_case: Program, settle) -> None:
    case, session = small_case.case, small_case.session
    assert case is not None and session is not None
    session.change(lambda held: held.make_exhibit(event=session.events.page(0, 1)[0], caption="First"))
    settle(lambda: len(session.snapshot.exhibits) == 1)
    small_case.commands.run("build-package")
    packages = case.packages
    assert small_case.window.place == "packages"
    assert not packages.build_button.isEnabled()
    packages.purpose.setText("For a decision")
    card = packages.signer
    card.passphrase.setText("short")
    card.again.setText("short")
    card.make_key()
    assert "shorter" in card._problem.text()
    card.passphrase.setText("a long enough passphrase")
    card.again.setText("another passphrase entirely")
    card.make_key()
    assert "differ" in card._problem.text()
    card.again.setText("a long enough passphrase")
    card.make_key()
    settle(lambda: small_case.around.key.identity is not None)
    assert "Self-issued" in words(small_case) or "Self-issued" in [c.text() for c in card.findChildren(QLabel)]
    assert session.case.actor.authenticated
    assert packages.build_button.isEnabled()
    QTest.mouseClick(packages.build_button, Qt.MouseButton.LeftButton)
    settle(lambda: any(package.exported for package in session.snapshot.packages))
    sealed = session.snapshot.packages[-1]
    assert packages.result.isVisibleTo(packages)
    packages.result.check(sealed)
    settle(lambda: small_case.package is not None and small_case.package.result.checked is not None)
    screen = small_case.package.result
    assert screen.verdict.headline == "Intact, signer not confirmed"
    assert screen.verdict.tone == "unk"
    settle(lambda: "verified" in [line.action for line in session.case.ledger()])
    small_case.window.go("leave")
    assert small_case.window.place == "overview"
    settle(lambda: {"export-prepared", "exported", "verified"} <= set(actions(small_case)))


def test_a_wrong_passphrase_is_told_and_nothing_is_unlocked(empty_case: Program, settle) -> None:
    from casebound.identities import create_own

    create_own("Mary Okafor", "the right passphrase")
    case = empty_case.case
    assert case is not None
    empty_case.window.go("packages")
    card = case.packages.signer
    card.refresh()
    card.passphrase.setText("the wrong passphrase")
    card.unlock()
    settle(lambda: card.act.isEnabled())
    assert card._problem.text()
    assert empty_case.around.key.identity is None
    card.passphrase.setText("the right passphrase")
    card.unlock()
    settle(lambda: empty_case.around.key.identity is not None)


def test_closing_while_work_is_under_way_asks_first(small_case: Program, settle, qtbot) -> None:
    gate = threading.Event()

    def work(progress) -> None:
        while not gate.is_set():
            progress(1, 2, "working")

    small_case.session.run(work, lambda ending: None, title="Bringing in large.csv")
    small_case.window.close()
    assert small_case.window.isVisible()
    assert small_case.window.message.title == "Bringing in large.csv is under way."
    assert small_case.window.status.stop.isVisible()
    small_case.window.status.stop.click()
    small_case.window.message.leave()
    settle()
    assert not small_case.board.shown


def test_closing_asks_nobody_about_work_that_only_saves_time_later(small_case: Program, settle, qtbot) -> None:
    def work(progress) -> None:
        while True:
            progress(1, 2, "working")

    endings: list[object] = []
    small_case.board.start(work, endings.append, title="Building the text index", spare=True)
    assert small_case.board.shown and not small_case.board.wanted
    small_case.window.close()
    assert not small_case.window.isVisible()
    qtbot.waitUntil(lambda: len(endings) == 1, timeout=30_000)
    assert isinstance(endings[0], Stopped)


def test_what_a_person_did_is_done_though_the_window_closes_in_the_same_moment(small_case: Program, qtbot) -> None:
    session = small_case.session
    assert session is not None
    path = session.case.path
    event = session.events.page(0, 1)[0]
    gate = threading.Event()
    session.run(lambda progress: gate.wait(), lambda ending: None)  # something else is still being done
    session.change(lambda case: case.annotate([event.id], note="The last words"))
    small_case.close_case()
    gate.set()
    qtbot.waitUntil(lambda: not small_case.board.running, timeout=30_000)
    with Case.open(path, Actor("Mary Okafor"), write=False) as case:
        assert [mark.text for mark in case.snapshot().marks] == ["The last words"]


def test_an_import_that_is_stopped_leaves_the_case_as_it_was(
    empty_case: Program, settle, qtbot, tmp_path: Path
) -> None:
    large = tmp_path / "large.csv"
    lines = "".join(f"2026-03-01T10:{n // 60 % 60:02d}:{n % 60:02d}Z,acc_{n % 50},request\n" for n in range(300_000))
    large.write_text("time,account,action\n" + lines, encoding="utf-8")
    case, session = empty_case.case, empty_case.session
    assert case is not None and session is not None
    case.sources.look([large])
    settle(lambda: case.sources.currentWidget() is case.sources.preview_page)
    case.sources.start()
    qtbot.waitUntil(lambda: bool(empty_case.board.shown), timeout=30_000)
    case.sources.card.stop.click()
    settle()
    assert session.snapshot.sources == ()
    assert session.events.count == 0
    assert case.sources.card.words[0] == "large.csv was stopped"
    settle(
        lambda: "import-stopped" in [line.action for line in session.case.ledger()] or case.custody.view.chain.size == 1
    )
    assert session.case.check().clean


def test_ending_the_program_closes_the_case_and_its_rows(small_case: Program) -> None:
    session = small_case.session
    events = session.events
    assert events.count == 4
    small_case.window.close()
    for rows in (events, session.events):
        with pytest.raises(ValueError, match="let go"):
            rows.page(0, 1)
    with Case.open(session.case.path, Actor("Mary Okafor")) as again:
        assert not again.read_only, "the lock is free"


def test_the_window_prints_nothing_when_it_ends(tmp_path: Path, export: Path) -> None:
    path = tmp_path / "one.casebound"
    with Case.create(path, "ONE", "One", Actor("Mary Okafor")) as case:
        bring_in(case, export)
    code = f"import pathlib, casebound_ui.desktop.main as m; m.run(pathlib.Path({str(path)!r}), leave=True)"
    given = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "CASEBOUND_HOME": str(tmp_path / "own")}
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, env=given)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
