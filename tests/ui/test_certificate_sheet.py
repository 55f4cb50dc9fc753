"""The person's own certificate in the window: a request, the organisation's answer, renewal, the keyring."""

from __future__ import annotations

from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from PySide6.QtWidgets import QLabel

from casebound.identities import create_own, own_identity_path
from casebound_packaging.authority import Authority
from casebound_packaging.certification import read_request
from casebound_ui.desktop.main import Program
from casebound_ui.desktop.signing import SignerCard

SECRET = "the right passphrase"


class InMemory(KeyringBackend):
    """A keyring as an operating system would offer one."""

    priority = 5  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


@pytest.fixture
def card(empty_case: Program, settle) -> SignerCard:
    create_own("Mary Okafor", SECRET)
    assert empty_case.case is not None
    empty_case.window.go("packages")
    made = empty_case.case.packages.signer
    made.refresh()
    settle()
    return made


def shown(widget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel)).replace("\u200b", "")


def test_a_certificate_is_asked_for_installed_and_shown(
    card: SignerCard, empty_case: Program, settle, tmp_path: Path
) -> None:
    key = empty_case.around.key
    card.passphrase.setText(SECRET)
    card.unlock()
    settle(lambda: key.identity is not None)
    assert "Self-issued, valid until" in shown(card)
    card.certificate.click()
    sheet = card._sheet
    assert sheet is not None and sheet.isVisible() and sheet.renew.isVisible()
    sheet.write_request(tmp_path / "request.pem")
    settle(lambda: (tmp_path / "request.pem").exists())
    root = Authority.create("Northgate Root")
    issued = root.issue(read_request((tmp_path / "request.pem").read_bytes()))
    answer = tmp_path / "cert.pem"
    from cryptography.hazmat.primitives.serialization import Encoding

    answer.write_bytes(issued.public_bytes(Encoding.PEM) + root.pem() + root.withdrawn([], None))
    sheet.install_from(answer)
    assert "Type your passphrase" in sheet._problem.text(), "the file is written anew, under the passphrase"
    sheet.passphrase.setText("wrong")
    sheet.install_from(answer)
    settle(lambda: "wrong passphrase" in sheet._problem.text())
    sheet.passphrase.setText(SECRET)
    sheet.install_from(answer)
    settle(lambda: key.identity is not None and not key.identity.self_issued)
    assert key.identity is not None and key.identity.crls.startswith(b"-----BEGIN X509 CRL")
    assert "Issued by Northgate Root" in shown(card) and "Issued by Northgate Root" in shown(sheet)
    assert not sheet.renew.isVisible() and sheet.passphrase.text() == ""
    assert len(list(own_identity_path().parent.glob("identity-until-*.p12"))) == 1
    sheet.leave()


def test_renewing_keeps_the_key(card: SignerCard, empty_case: Program, settle) -> None:
    key = empty_case.around.key
    card.passphrase.setText(SECRET)
    card.unlock()
    settle(lambda: key.identity is not None)
    before = key.identity
    card.certificate.click()
    assert card._sheet is not None and before is not None
    card._sheet.passphrase.setText(SECRET)
    card._sheet.renew.click()
    settle(lambda: key.identity is not before)
    assert key.identity is not None and key.identity.key_fingerprint == before.key_fingerprint
    assert key.identity.fingerprint != before.fingerprint


@pytest.fixture
def system_keyring():
    before, own = keyring.get_keyring(), InMemory()
    keyring.set_keyring(own)
    yield own
    keyring.set_keyring(before)


def test_the_keyring_is_offered_where_there_is_one(
    system_keyring: InMemory, card: SignerCard, empty_case: Program, settle
) -> None:
    key = empty_case.around.key
    settle(lambda: not card.remember.isHidden())
    assert system_keyring.held == {}, "nothing is kept unasked"
    card.remember.setChecked(True)
    card.passphrase.setText(SECRET)
    card.unlock()
    settle(lambda: key.identity is not None)
    assert list(system_keyring.held.values()) == [SECRET]
    key.identity = None
    card.refresh()
    settle(lambda: "leave it empty" in card.passphrase.placeholderText())
    card.unlock()
    settle(lambda: key.identity is not None)
