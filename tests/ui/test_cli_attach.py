"""`casebound attach` with many files and folders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from casebound_ui.entry import main


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "case", "--number", "C-1", "--title", "T"]) == 0
    return "case"


def ran(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    capsys.readouterr()
    ended = main([*arguments, "--json"])
    said = capsys.readouterr()
    assert ended == code, said.err
    return json.loads(said.out)


def folder(path: Path, count: int) -> Path:
    (path / "deep").mkdir(parents=True)
    for number in range(count):
        (path / f"{number:03d}.txt").write_text(f"file {number}")
    (path / "deep" / "a.txt").write_text("deep")
    return path


def test_a_folder_is_attached_whole(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = ran(capsys, "attach", case, str(folder(tmp_path / "shots", 5)))
    assert [(one["attachment"], one["file"], one["title"]) for one in made] == [
        (1, "000.txt", ""),
        (2, "001.txt", ""),
        (3, "002.txt", ""),
        (4, "003.txt", ""),
        (5, "004.txt", ""),
        (6, "a.txt", "deep/a.txt"),
    ]
    assert [one["previous_hash"] for one in made[1:]] == [one["line_hash"] for one in made[:-1]]
    assert made[0]["facts"] == {}


def test_what_is_there_already_is_told(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = folder(tmp_path / "shots", 2)
    ran(capsys, "attach", case, str(where / "001.txt"))
    made = ran(capsys, "attach", case, str(where), "--exhibit")
    assert [one.get("repeated", False) for one in made] == [False, False, True]
    assert made[2] == {"attachment": 1, "file": "001.txt", "repeated": True}
    assert [one["exhibit"] for one in made[:2]] == ["EX-0001", "EX-0002"]
    assert main(["attach", case, str(where)]) == 1
    assert "Every one of these 3 files is attached already." in capsys.readouterr().err


def test_many_are_told_in_a_line(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = folder(tmp_path / "shots", 30)
    (where / "link").symlink_to("/etc/hostname")
    assert main(["attach", case, str(where)]) == 0
    said = capsys.readouterr().out
    assert "Attachments 1 to 31: 31 files" in said
    assert "Passed over:" in said and "link" in said
    assert main(["check", case]) == 0


def test_one_that_is_missing_adds_none(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = folder(tmp_path / "shots", 2)
    assert main(["attach", case, str(where), str(tmp_path / "none")]) == 2
    assert main(["attach", case, str(tmp_path / "shots" / "deep" / "none")]) == 2
    (tmp_path / "empty").mkdir()
    assert main(["attach", case, str(where), str(tmp_path / "empty")]) == 2
    assert "There is no file in" in capsys.readouterr().err
    assert [one["action"] for one in ran(capsys, "custody", case)] == ["created"]


def test_what_a_picture_says_is_shown_with_what_it_is_worth(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from PIL import Image

    image = Image.new("RGB", (8, 6))
    exif = image.getexif()
    exif[0x0110] = "L-100\x1b[2J"
    image.save(tmp_path / "a.jpg", exif=exif)
    (made,) = ran(capsys, "attach", case, str(tmp_path / "a.jpg"))
    assert made["facts"]["camera_model"]["value"].startswith("L-100")
    assert made["facts"]["gps"] == {"value": "none", "worth": ""}
    Image.new("RGB", (9, 6)).save(tmp_path / "b.png")
    assert main(["attach", case, str(tmp_path / "b.png")]) == 0
    said = capsys.readouterr().out
    assert "Pixels: 9 × 6" in said and "its absence shows nothing" in said
    assert "\x1b" not in said
