"""Receipts and checkpoints on the Check screen: given for a package, typed from paper, taken into the case."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from casebound.case import Actor
from casebound.document import Case
from casebound_exporters import SealedPackageExporter
from casebound_packaging.identity import Identity
from casebound_packaging.keptstate import phone_text
from casebound_packaging.verify import Trust
from casebound_packaging.verify.receipts import check_receipt
from casebound_packaging.verify.receiving import receive
from casebound_ui.desktop.check import Check
from casebound_ui.desktop.main import Program


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A case folder, and the package that it sealed."""
    folder = tmp_path_factory.mktemp("sealed")
    identity = Identity.create("Ines Marlowe")
    with Case.create(
        folder / "case.casebound", "LF-7", "Small", Actor("Ines Marlowe", identity.key_fingerprint)
    ) as case:
        (folder / "note.txt").write_text("seen\n")
        case.make_exhibit(attachment=case.attach(folder / "note.txt", title="Seen").number)
        package = SealedPackageExporter(identity, "legal", "Advice").export(case, folder / "out")
    return folder / "case.casebound", Path(package.path)


@pytest.fixture
def check(program: Program, settle):
    def act(path: Path) -> Check:
        program.check(path)
        assert program.package is not None
        screen = program.package.result
        settle(lambda: screen.checked is not None and screen.checked.path == path)
        return screen

    return act


def test_a_receipt_is_given_from_the_screen(check, program: Program, settle, sealed, tmp_path: Path) -> None:
    screen = check(sealed[1])
    assert screen.receipt.isVisible() and not screen.take_in.isVisible()
    QTest.mouseClick(screen.receipt, Qt.MouseButton.LeftButton)
    sheet = screen.receipt_sheet
    assert sheet is not None and sheet.isVisible()
    assert not sheet.sign.isEnabled(), "nobody can sign without a key"
    for field, text in (
        (sheet.signer.person, "Noor Haddad"),
        (sheet.signer.passphrase, "ten letters"),
        (sheet.signer.again, "ten letters"),
    ):
        field.setText(text)
    sheet.signer.make_key()
    settle(sheet.sign.isEnabled)
    sheet.received.setText("yesterday")
    assert not sheet.sign.isEnabled()
    sheet.received.setText("2026-11-20 09:30")
    assert sheet.sign.isEnabled()
    sheet.note.setText("Came by courier.")
    target = tmp_path / "LF-7-v1.receipt"
    sheet.sign_to(target)
    settle(target.is_file)
    said = check_receipt(target.read_bytes())
    assert said.signer.name == "Noor Haddad" and said.statement.note == "Came by courier."
    assert said.statement.package.id == screen.checked.report.package_id
    assert said.statement.received_at == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    assert not sheet.isVisible()


def test_a_checkpoint_is_typed_from_paper(check, settle, sealed) -> None:
    screen = check(sealed[1])
    assert "UNWITNESSED" in screen.checked.report.limits
    words = phone_text(screen.checked.report.checkpoint)
    screen.trust.compare_typed("twelve words")
    assert screen.trust._unread.isVisible() and screen.checked is not None, (
        "nothing is checked with what cannot be read"
    )
    screen.trust.compare_typed(words)
    settle(lambda: screen.checked is not None and "UNWITNESSED" not in screen.checked.report.limits)
    assert not screen.trust._unread.isVisible()
    screen.trust.compare_typed(words.replace(words.split()[-1], "abandon"))
    settle(lambda: screen.checked is not None and screen.checked.report.findings)
    assert screen.verdict.headline == "Not verified"
    screen.trust.compare_typed("twelve")  # what stood there before is no longer compared with
    assert screen.trust.given().seen == () and not screen.trust._unread.isHidden()
    settle(lambda: screen.checked is not None and not screen.checked.report.findings)


def test_a_receipt_that_came_back_goes_into_the_open_case(
    check, program: Program, settle, sealed, tmp_path: Path
) -> None:
    case, package = sealed
    receipt = tmp_path / "LF-7-v1.receipt"
    receipt.write_bytes(receive(package, Trust(), Identity.create("Noor Haddad"), datetime.now(UTC))[1])
    screen = check(receipt)
    assert screen.verdict.headline == "A receipt, not a package"
    assert not screen.take_in.isVisible() and not screen.receipt.isVisible(), "no case is open"
    program.open(case)
    settle(lambda: program.session is not None)
    before = program.session.snapshot.ledger_size
    program.dropped([receipt])
    settle(lambda: screen.checked is not None and screen.take_in.isVisible())
    assert program.session.snapshot.ledger_size == before, "looking at a receipt is no check of the package"
    QTest.mouseClick(screen.take_in, Qt.MouseButton.LeftButton)
    settle(lambda: program.session.snapshot.receipts)
    assert program.session.snapshot.receipts[0].recipient == "Noor Haddad"
    assert not screen.take_in.isVisible()
    screen._recheck()
    settle(lambda: screen.checked is not None and screen.take_in.isVisible())
    QTest.mouseClick(screen.take_in, Qt.MouseButton.LeftButton)
    settle(program.window.message.isVisible)
    assert "R-01 already" in program.window.message.title
