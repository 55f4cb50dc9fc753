"""What the window remembers, what it writes, and how it says numbers and times."""

from __future__ import annotations

import stat
import struct
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from casebound.errors import CannotWrite
from casebound_ui.desktop import wording
from casebound_ui.desktop.cover import pixels
from casebound_ui.desktop.crash import CrashLog
from casebound_ui.desktop.preferences import Preferences
from casebound_ui.desktop.saving import whole


def clock() -> datetime:
    return datetime(2026, 10, 2, 9, 0, tzinfo=UTC)


def test_preferences_come_back(tmp_path: Path) -> None:
    first = Preferences(tmp_path, clock)
    first.keep(theme="dark", text_scale=1.25, name="Mary")
    first.opened(tmp_path / "a.casebound")
    first.opened(tmp_path / "b.casebound")
    first.opened(tmp_path / "a.casebound")
    first.confirm("AB" * 32, "Jonas", "in person")
    again = Preferences(tmp_path, clock)
    assert again.remembered == first.remembered
    assert [Path(path).name for path in again.remembered.recent] == ["a.casebound", "b.casebound"]
    assert again.signer("ab" * 32).confirmed_at == clock()
    assert again.signer("cd" * 32) is None
    assert stat.S_IMODE(again.path.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"theme": 3, "text_scale": "x"}', '{"signers": [{}]}', "\x00"]
)
def test_damaged_preferences_mean_the_defaults(tmp_path: Path, text: str) -> None:
    (tmp_path / "window.json").write_text(text, encoding="utf-8")
    assert Preferences(tmp_path).remembered == Preferences(tmp_path / "other").remembered


def test_what_is_saved_is_saved_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    whole(path, b"one")
    whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.txt"]
    with pytest.raises(CannotWrite) as told:
        whole(tmp_path / "nowhere" / "x", b"")
    assert told.value.hint


def test_a_crash_report_names_our_code_and_not_the_evidence(tmp_path: Path) -> None:
    log = CrashLog(tmp_path)
    log.open()
    try:
        raise KeyError("acc_67120 secret@example.org")
    except KeyError as error:
        where = log.report(error)
    log.close()
    text = Path(where).read_text(encoding="utf-8")
    assert "KeyError" in text
    assert "test_window_memory.py" in text
    assert "secret" not in text
    assert "acc_67120" not in text


def test_numbers_and_times_are_said_as_people_say_them() -> None:
    at = datetime(2026, 11, 3, 4, 5, 6, tzinfo=UTC)
    assert wording.counted(1, "row") == "1 row"
    assert wording.counted(1234, "entry", "entries") == "1,234 entries"
    assert [wording.size(n) for n in (1, 999, 1000, 1_800_000, 412_000_000)] == [
        "1 byte",
        "999 bytes",
        "1.0 kB",
        "1.8 MB",
        "412 MB",
    ]
    assert wording.full_moment(at) == "Tue 3 Nov 2026, 04:05:06 UTC"
    assert wording.from_us(0) == "1 Jan 1970, 00:00:00"
    assert wording.from_us(None) == "no time"
    assert wording.short_hash("9f2c41aa" + "0" * 48 + "e81b5c60") == "9f2c 41aa … e81b 5c60"
    assert wording.initials("Mary Okafor") == "MO"
    assert wording.readable_times("2026-03-01T10:00:05.120000Z or 2026-03-01T10:00:05Z") == (
        "2026-03-01 10:00:05.12 UTC or 2026-03-01 10:00:05 UTC"
    )


def test_remaining_time_is_not_guessed_too_early() -> None:
    assert wording.remaining(1, 1000, 60) == ""
    assert wording.remaining(500, 1000, 1) == ""
    assert wording.remaining(500, 1000, 240) == "about 4 minutes left"
    assert wording.remaining(990, 1000, 240) == "a few seconds left"


def test_text_from_evidence_is_drawn_inert() -> None:
    assert wording.inert("a\u202eb\x00c\n\td") == "a⟨U+202E⟩b⟨U+0000⟩c⟨U+000A⟩ d"
    assert wording.inert("x" * 50, 10) == "x" * 9 + "…"


def child(path: Path, look: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "casebound_ui.desktop.preview_child", str(path), "80", look]
    return subprocess.run(command, capture_output=True, timeout=60, check=False)


def test_the_child_gives_bare_pixels_in_grey_and_in_colour(tmp_path: Path) -> None:
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("#C03040"))
    path = tmp_path / "red.png"
    assert image.save(str(path), "PNG")
    for look in ("blurred", "grey", "colour"):
        ended = child(path, look)
        assert ended.returncode == 0, ended.stderr
        assert struct.unpack(">II", ended.stdout[:8]) == (80, 40)
        made = pixels(ended.stdout)
        assert (made.width(), made.height()) == (80, 40)
        assert made.allGray() == (look != "colour")


@pytest.mark.parametrize("data", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\xff" * 64, b"GIF89a" + b"\x00" * 20])
def test_the_child_refuses_what_is_no_picture(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(data)
    ended = child(path, "grey")
    assert ended.returncode == 1
    assert ended.stdout == b""


@pytest.mark.parametrize(
    "data",
    [b"", b"\0" * 7, struct.pack(">II", 2, 2) + b"\0" * 15, struct.pack(">II", 0, 0), struct.pack(">II", 1 << 30, 4)],
)
def test_pixels_that_are_not_what_they_say_are_not_drawn(data: bytes) -> None:
    assert pixels(data).isNull()
