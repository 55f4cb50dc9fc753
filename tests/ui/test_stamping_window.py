"""Time stamps in the window: named in the settings, asked for while sealing, brought back by hand afterwards."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from casebound import stampservices
from casebound_ui.desktop.main import Program

sys.path.insert(0, str(Path(__file__).parents[1] / "packaging"))  # importlib mode has no other way to share these
from authorities import Authority
from stampmaker import StampMaker, serving

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def told(widget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def test_services_are_named_in_the_settings(program: Program, tmp_path: Path) -> None:
    program.commands.run("settings")
    form = program.settings.stamping
    form.services.setPlainText("https://tsa.example/one\n\n  http://tsa2.example/two  ")
    form.keep()
    assert stampservices.kept_services() == ("https://tsa.example/one", "http://tsa2.example/two")
    form.services.setPlainText("tsa.example")
    form.keep()
    assert "is no time stamp service" in form.problem.text() and form.problem.isVisible()
    assert len(stampservices.kept_services()) == 2, "what was kept stays, where what was typed is none"
    (tmp_path / "root.pem").write_bytes(Authority.create("R").pem)
    assert "proves nothing" in told(form) and not form.remove.isVisible()
    form.use_roots(tmp_path / "root.pem")
    assert "judged by 1 root certificate" in told(form)
    form.use_roots(tmp_path / "gone.pem")
    assert "cannot be read" in form.problem.text() and stampservices.kept_roots()
    form.use_roots(None)
    assert stampservices.kept_roots() is None
    program.settings.leave()
    assert "Offline, but for time stamps" in told(program.window.status)
    program.commands.run("settings")
    assert form.services.toPlainText().startswith("https://tsa.example/one"), "what is kept, not what was typed last"
    form.services.setPlainText("")
    program.settings.leave()
    assert stampservices.kept_services() == ()
    assert "Nothing leaves this computer" in told(program.window.status)


def test_sealed_without_an_answer_and_stamped_by_hand(
    empty_case: Program, settle, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    maker = StampMaker.create(tmp_path_factory.mktemp("tsa"), Authority.create("TSA Root"))
    stampservices.keep_roots(maker.authority.pem)
    empty_case.window.go("packages")
    packages, session = empty_case.case.packages, empty_case.session
    assert not packages.stamp.isEnabled() and "No time stamp service is named" in told(packages)
    assert not packages.late_stamp.isVisible()
    card = packages.signer
    for field, text in (
        (card.person, "Mary Okafor"),
        (card.passphrase, "long enough it is"),
        (card.again, "long enough it is"),
    ):
        field.setText(text)
    card.make_key()
    packages.purpose.setText("For a decision")
    with serving(b"<html>") as confused:
        stampservices.keep_services([confused])
        packages.refresh()
        assert packages.stamp.isChecked() and "127.0.0.1 is asked" in told(packages)
        settle(packages.build_button.isEnabled)
        QTest.mouseClick(packages.build_button, Qt.MouseButton.LeftButton)
        settle(lambda: any(package.exported for package in session.snapshot.packages))
        settle(packages.result.isVisible)
    assert "No time stamp was had from 127.0.0.1" in told(packages.result)
    late = packages.late_stamp
    settle(lambda: "has no time stamp" in told(late))
    late.save_query(tmp_path / "q.tsq")
    settle((tmp_path / "q.tsq").exists)
    (tmp_path / "wrong.tsr").write_bytes(maker.stamp(b"another seal"))
    late.bring(tmp_path / "wrong.tsr")
    settle(empty_case.window.message.isVisible)
    assert "over other bytes" in told(empty_case.window.message)
    empty_case.window.message.leave()
    settle(lambda: late.answer_button.isVisible() and late.ask_button.isEnabled())
    (tmp_path / "q.tsr").write_bytes(maker.reply((tmp_path / "q.tsq").read_bytes()))
    late.bring(tmp_path / "q.tsr")
    settle(lambda: "has a time stamp" in told(late))
    assert "by Example Time Stamps" in told(late) and not late.answer_button.isVisible()
    settle(lambda: [one.action for one in session.case.ledger()][-1] == "signed")
    sealed = session.snapshot.packages[-1]
    packages.result.copy_to(sealed, tmp_path / "copy.zip")
    settle((tmp_path / "copy.zip").exists)
    assert (tmp_path / "copy.zip.tsr").is_file()
    packages.result.check(sealed)
    settle(lambda: empty_case.package is not None and empty_case.package.result.checked is not None)
    report = empty_case.package.result.checked.report
    assert "UNSTAMPED" not in report.limits and report.findings == ()
