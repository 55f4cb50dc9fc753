"""Attaching in the window: many files are one job, and a file is asked what it says of itself."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QLabel

from casebound_ui.desktop.main import Program


def words(program: Program) -> str:
    assert program.case is not None
    return "\n".join(label.text() for label in program.case.attachments.findChildren(QLabel) if label.isVisible())


def test_many_dropped_files_are_one_change(small_case: Program, settle, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number:02d}.txt" for number in range(25)]
    for path in paths:
        path.write_text(path.name)
    assert small_case.case is not None
    small_case.window.go("attachments")
    small_case.window.take_files(paths)
    settle(lambda: len(small_case.session.snapshot.attachments) == 25)
    assert "25 files" in words(small_case)


def test_a_photograph_is_asked_what_it_says(small_case: Program, settle, tmp_path: Path) -> None:
    from PIL import Image

    image = Image.new("RGB", (40, 30))
    exif = image.getexif()
    exif[0x0110] = "L-100"
    image.save(tmp_path / "a.jpg", exif=exif)
    small_case.window.go("attachments")
    small_case.window.take_files([tmp_path / "a.jpg"])
    settle(lambda: "L-100" in words(small_case))
    assert "as the file says; nothing shows that it is so" in words(small_case)
    assert "It is being asked" not in words(small_case)
