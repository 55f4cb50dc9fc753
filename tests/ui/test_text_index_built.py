"""The text index is built behind an import: in the window as a job of its own, on the command line at its end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from casebound_ui.cli.app import app
from casebound_ui.desktop.main import Program

ROWS = 20_001


@pytest.fixture
def many(tmp_path: Path) -> Path:
    path = tmp_path / "many.csv"
    lines = [f"req_{n:06d},{1_772_359_200 + n},text number {n * 7919 % 100_003} of many" for n in range(ROWS)]
    path.write_text("\n".join(["request_id,ts,prompt", *lines]))
    return path


def test_the_window_builds_it_after_an_import(empty_case: Program, settle: Callable[..., None], many: Path) -> None:
    screen, session = empty_case.case, empty_case.session
    assert screen is not None
    assert session is not None
    empty_case.window.take_files([many])
    settle(lambda: screen.sources.currentWidget() is screen.sources.preview_page)
    seen: list[tuple[str, str]] = []
    empty_case.board.watch(lambda: seen.extend((one.title, one.step.note) for one in empty_case.board.shown))
    screen.sources.start()
    settle(lambda: len(session.snapshot.sources) == 1)
    settle(lambda: list((session.case.path / "text").glob("*.db")))
    assert ("Building the text index", "Building the text index") in seen
    assert (empty_case.board.past[0].title, empty_case.board.past[0].word) == ("Building the text index", "Done")
    assert session.events.select("req_000017").count == 1
    assert session.events.select("number -text").count == 0


def test_the_command_line_builds_it_unless_told_not_to(home: Path, tmp_path: Path, many: Path) -> None:
    run = CliRunner()
    for name, options, built in (("a", ["--no-index"], 0), ("b", [], 1)):
        case = str(tmp_path / f"{name}.casebound")
        made = run.invoke(app, ["new", case, "--number", name, "--title", "Index", "--name", "Ada"])
        assert made.exit_code == 0, made.output
        done = run.invoke(app, ["import", case, str(many), "--name", "Ada", *options])
        assert done.exit_code == 0, done.output
        assert len(list(Path(case).glob("text/*.db"))) == built
        found = run.invoke(app, ["events", case, "--where", "req_000017", "--format", "jsonl"])
        assert found.exit_code == 0, found.output
        assert found.stdout.count("req_000017") == 1
