"""Folders and archives in the window: dropped once, every table in, the rest attached when a person says so."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from casebound_ui.desktop.main import Program

Settle = Callable[..., None]
ROWS = "time,account_id,action\n2026-03-01T10:00:00Z,a1,login\n2026-03-01T10:00:01Z,a2,login\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)


def test_a_folder_comes_in_and_the_rest_is_attached_on_a_click(
    empty_case: Program, settle: Settle, tmp_path: Path
) -> None:
    folder = tmp_path / "handed over"
    folder.mkdir()
    (folder / "logins.csv").write_text(ROWS)
    (folder / "screen.png").write_bytes(PNG)
    (folder / ".hidden").write_text("x")
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.writestr("bans.csv", ROWS.replace("login", "ban"))
        archive.writestr("plan.png", PNG + b"1")
    assert empty_case.case is not None
    session = empty_case.session
    assert session is not None
    sources = empty_case.case.sources
    empty_case.window.go("sources")
    sources.take_files([folder])
    settle(lambda: sources.currentWidget() is sources.preview_page)
    assert {one.mapping.table for one in sources.preview_page.previews} == {"logins", "bans"}
    QTest.mouseClick(sources.preview_page.start, Qt.MouseButton.LeftButton)
    settle(lambda: len(session.snapshot.sources) == 2 and sources.card.rest.isVisible())
    assert not session.snapshot.attachments
    assert sources.card.rest.accessibleName() or sources.card.rest.text()
    QTest.mouseClick(sources.card.rest, Qt.MouseButton.LeftButton)
    settle(lambda: len(session.snapshot.attachments) == 2)
    assert {one.name for one in session.snapshot.attachments} == {"screen.png", "plan.png"}
    assert not sources.card.rest.isVisible()
    assert {one.member for one in session.snapshot.sources} == {"", "bans.csv"}
