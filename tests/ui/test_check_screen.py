"""The Check screen on a real package: the words of each verdict, what opens by itself, and what is never green."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from casebound_packaging.identity import Identity
from casebound_packaging.spokenwords import spoken
from casebound_packaging.verify import LIMITS
from casebound_ui.desktop import theme
from casebound_ui.desktop.check import Check
from casebound_ui.desktop.main import Program


@pytest.fixture(scope="session")
def specimen() -> ModuleType:
    """The small package of the verifier's own tests, and the means to tamper with it."""
    path = Path(__file__).parents[1] / "packaging" / "specimen.py"
    sys.path.insert(0, str(path.parent))  # it is in several files
    spec = importlib.util.spec_from_file_location("specimen_of_the_check_screen", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def signer() -> Identity:
    from datetime import UTC, datetime, timedelta

    return Identity.create("Mary Okafor", clock=lambda: datetime.now(UTC) - timedelta(hours=2))


@pytest.fixture
def package(specimen: ModuleType, signer: Identity, tmp_path: Path) -> Path:
    return specimen.seal_specimen(tmp_path, signer)


@pytest.fixture
def check(program: Program, settle):
    """Checks a file on the screen and returns the screen, with its result on it."""

    def act(path: Path) -> Check:
        program.open(path)
        settle(lambda: program.package is not None and program.package.result.checked is not None)
        assert program.package is not None
        assert program.window.place == "result"
        return program.package.result

    return act


def texts(screen: Check) -> list[str]:
    return [label.text() for label in screen.findChildren(QLabel) if label.isVisible()]


def row(screen: Check, name: str):
    return next(made for made in screen.rows.rows if made.result.check == name)


def test_an_unknown_signer_is_neither_green_nor_red(check, qtbot, package: Path, signer: Identity) -> None:
    screen = check(package)
    assert screen.verdict.headline == "Intact, signer not confirmed"
    assert screen.verdict.tone == "unk"
    assert not any("Verified" in text for text in texts(screen))
    assert len(screen.rows.rows) == 6
    assert row(screen, "signer").button.isChecked(), "the reason is open"
    word = spoken(signer.fingerprint).split()[0]
    qtbot.waitUntil(lambda: any(word in text for text in texts(screen)), timeout=30_000)
    assert screen.confirm_button.isVisible()
    assert any("It does not say that what they record is true" in text for text in texts(screen))


def test_a_confirmed_signer_is_remembered(
    check, program: Program, settle, qtbot, package: Path, signer: Identity
) -> None:
    screen = check(package)
    screen.confirm_signer()
    assert screen._confirm.isVisible()
    assert screen._confirm.confirm.isEnabled()
    QTest.keyClicks(screen._confirm.given, "ab" * 32)
    assert not screen._confirm.confirm.isEnabled(), "another fingerprint must not be confirmed"
    screen._confirm.given.setText(signer.fingerprint.upper())
    assert screen._confirm.confirm.isEnabled()
    QTest.mouseClick(screen._confirm.confirm, Qt.MouseButton.LeftButton)
    settle(lambda: screen.checked is not None and "UNATTRIBUTED" not in screen.checked.report.limits)
    assert program.preferences.signer(signer.fingerprint).name == "Mary Okafor"
    assert screen.verdict.headline == "Verified, with limits"
    assert screen.verdict.tone == "unk", "green is for VERIFIED alone"
    assert not screen.confirm_button.isVisible()
    assert row(screen, "signer").result.state == "pass"
    assert screen.verdict.sentence == "Every file is exactly as Mary Okafor signed it, within these limits:"
    limits = screen.checked.report.limits
    assert limits
    qtbot.waitUntil(lambda: limits[-1] in texts(screen), timeout=30_000)
    shown = texts(screen)
    for limit in limits:
        assert limit in shown, "each limit stands on a line of its own"
        assert any(text.lower() == f"{LIMITS[limit]}.".lower() for text in shown)
        assert limit in screen.verdict.accessibleName()
    program.window.put_theme(theme.LIGHT, 2.0)
    seal = row(screen, "time")
    seal.open()
    for made in seal.findChildren(QLabel):
        if made.text() == "as stated":
            assert made.width() >= made.sizeHint().width()


def test_a_changed_file_is_named_and_nothing_is_verified(
    check, qtbot, specimen: ModuleType, package: Path, tmp_path: Path
) -> None:
    top, files = specimen.unpack(package)
    name = next(name for name in files if name.startswith("data/exhibits/") and not name.endswith(".json"))
    files[name] = bytes([files[name][0] ^ 1]) + files[name][1:]
    screen = check(specimen.pack(tmp_path / "changed.zip", top, files))
    assert screen.verdict.headline == "Not verified"
    assert screen.verdict.tone == "bad"
    assert not any("Verified" in text for text in texts(screen))
    assert row(screen, "contents").button.isChecked(), "the first failure is open"
    qtbot.waitUntil(lambda: any(name in text for text in texts(screen)), timeout=30_000)


def test_something_else_could_not_be_checked(check, tmp_path: Path) -> None:
    path = tmp_path / "letter.zip"
    path.write_bytes(b"this is no package at all")
    screen = check(path)
    assert screen.verdict.headline == "Could not be checked"
    assert screen.verdict.tone == "unk"
    assert not any("Verified" in text for text in texts(screen))
    assert not screen.open_button.isVisible()


def test_a_file_that_changes_is_no_longer_checked(check, qtbot, package: Path) -> None:
    screen = check(package)
    with package.open("ab") as stream:
        stream.write(b"x")
        stream.flush()
        os.fsync(stream.fileno())
    qtbot.waitUntil(lambda: screen.checked is None, timeout=30_000)
    assert screen.verdict.headline == "Not checked"
    assert screen.verdict.tone == "neutral"
    assert screen.again.isVisible()
    assert not screen.save.isVisible()


def test_the_check_report_is_saved_in_words_and_as_data(check, package: Path, tmp_path: Path) -> None:
    screen = check(package)
    text, data = tmp_path / "check.txt", tmp_path / "check.json"
    screen.save_to(text)
    screen.save_to(data)
    words = text.read_text(encoding="utf-8")
    assert "RESULT:    Intact, signer not confirmed" in words
    assert words.count("[Passed]") == 4
    assert "[Not known] You have not confirmed this signer" in words
    assert "does not say that what they record is true" in words
    assert words.count("UNATTRIBUTED") == 1
    assert json.loads(data.read_text(encoding="utf-8"))["verdict"] == "verified-with-limits"


def test_a_report_that_cannot_be_saved_is_told(check, program: Program, package: Path, tmp_path: Path) -> None:
    screen = check(package)
    screen.save_to(tmp_path / "nowhere" / "check.txt")
    assert "could not be written" in program.window.message.title


def test_the_evidence_opens_read_only(check, program: Program, settle, package: Path) -> None:
    screen = check(package)
    QTest.mouseClick(screen.open_button, Qt.MouseButton.LeftButton)
    settle(lambda: program.window.has("p-custody"))
    for place in ("p-findings", "p-timeline", "p-exhibits", "p-custody"):
        program.window.go(place)
        assert program.window.place == place
    exhibits = next(place for place in program.package.places_with(None) if place.id == "p-exhibits").widget
    assert exhibits.listing.table.model().rowCount() > 0
    custody = next(place for place in program.package.places_with(None) if place.id == "p-custody").widget
    assert custody.chain.unbroken
    assert custody.chain.size == screen.checked.report.counts["ledger_lines"]
    program.window.go("leave")
    assert program.window.place == "welcome"


def test_a_root_that_did_not_issue_the_signer_is_a_refusal(check, settle, package: Path, tmp_path: Path) -> None:
    screen = check(package)
    other = Identity.create("Somebody Else")
    root = tmp_path / "root.pem"
    root.write_bytes(other.certificate_pem())
    screen.trust.use_root(root)
    settle(lambda: screen.checked is not None)
    assert screen.verdict.headline == "Not verified"
    assert row(screen, "signer").result.state == "fail"
    screen.trust.use_root(None)
    settle(lambda: screen.checked is not None)
    assert screen.verdict.headline == "Intact, signer not confirmed"


def test_the_verdict_is_the_first_thing_that_tab_reaches_in_both_themes(check, program: Program, package: Path) -> None:
    screen = check(package)
    assert screen.verdict.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert screen.verdict.accessibleName().startswith("Intact, signer not confirmed.")
    program.window.put_theme(theme.DARK, 1.0)
    image = screen.verdict.grab().toImage()
    assert image.pixelColor(200, 8).name().upper() == theme.DARK.unk_soft
