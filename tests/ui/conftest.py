"""The window under test: offscreen, in a home of its own, with the bundled fonts and the light theme."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from casebound.document import Case
from casebound_ui.desktop import theme
from casebound_ui.desktop.crash import CrashLog
from casebound_ui.desktop.main import Program

PATIENCE = 30_000  # milliseconds that a wait for a condition may take on a loaded machine

ROWS = (
    "time,account,action,target\n"
    "2026-03-01T10:00:00Z,acc_1,log-in,console\n"
    "2026-03-01T10:00:05Z,acc_1,request,model-a\n"
    "2026-03-02T11:30:00Z,acc_2,request,model-a\n"
    "not a time,acc_2,request,model-b\n"
    "2026-03-03T09:15:00Z,acc_3,request,model-b\n"
)


def pytest_configure(config: pytest.Config) -> None:
    # The offscreen platform says this of every window with a smallest size.
    config.addinivalue_line("qt_log_ignore", "This plugin does not support propagateSizeHints")
    # And this of every menu that opens.
    config.addinivalue_line("qt_log_ignore", "This plugin does not support raise")
    config.addinivalue_line("qt_log_ignore", "This plugin does not support grabbing the keyboard")


@pytest.fixture(scope="session", autouse=True)
def _fonts(qapp: QApplication) -> None:
    theme.load_fonts()
    theme.apply(theme.LIGHT)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The person's own folder, empty."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CASEBOUND_HOME", str(folder))
    return folder


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A small export: five rows, one of them without a readable time."""
    path = tmp_path / "requests.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


Settle = Callable[..., None]


@pytest.fixture
def program(qtbot: QtBot, home: Path) -> Iterator[Program]:
    """The whole program with its window, nothing open. Closed again, with its threads, after the test."""
    made = Program(home, CrashLog(home))
    made.preferences.keep(name="Mary Okafor")
    made.window.put_theme(theme.LIGHT, 1.0)
    made.window.show()
    qtbot.waitExposed(made.window)
    yield made
    made.window.message.leave()
    made.board.stop_all()
    qtbot.waitUntil(lambda: not made.board.running, timeout=PATIENCE)
    made.window.close()
    made.board.close()
    QApplication.processEvents()  # the last words of the workers
    made.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # else all of it is styled anew below
    theme.apply(theme.LIGHT)


@pytest.fixture
def settle(qtbot: QtBot, program: Program) -> Settle:
    """Wait until nothing is under way and a condition holds."""

    def wait(until: Callable[[], object] = lambda: True) -> None:
        qtbot.waitUntil(lambda: bool(not program.board.running and until()), timeout=PATIENCE)

    return wait


@pytest.fixture
def empty_case(program: Program, settle: Settle, tmp_path: Path) -> Program:
    """The program with a new case open."""
    program.openings.create(tmp_path / "CASE-7.casebound", "CASE-7", "A small case", "Mary Okafor")
    settle(lambda: program.case is not None)
    return program


@pytest.fixture
def small_case(empty_case: Program, settle: Settle, export: Path) -> Program:
    """The program with a case open that has one source, brought in the way a person would."""
    case = empty_case.case
    assert case is not None
    empty_case.window.go("sources")
    empty_case.window.take_files([export])
    settle(lambda: case.sources.currentWidget() is case.sources.preview_page)
    case.sources.start()
    settle(lambda: empty_case.session is not None and len(empty_case.session.snapshot.sources) == 1)
    return empty_case


@pytest.fixture
def full_case(small_case: Program, settle: Settle, tmp_path: Path) -> Program:
    """A case with something on every screen."""
    session = small_case.session
    assert session is not None
    picture = tmp_path / "door.png"
    image = QImage(32, 32, QImage.Format.Format_RGB32)
    image.fill(QColor("#204060"))
    assert image.save(str(picture), "PNG")

    def fill(case: Case) -> None:
        first = session.events.page(0, 1)[0]
        case.make_exhibit(event=first, caption="First log-in")
        made = case.attach(picture)
        case.make_exhibit(attachment=made.number, caption="The door")
        case.annotate([first.id], note="Look here")
        case.add_finding("acc_1 logged in first.", supports=("EX-0001",), contradicts=("EX-0002",))

    session.change(fill)
    settle(lambda: len(session.snapshot.findings) == 1)
    return small_case
