"""The certificate of the person's own key: what it says, asking an organisation for one, installing it, renewing it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from PySide6.QtWidgets import QLineEdit, QWidget

from casebound.errors import CaseboundError
from casebound.work import Done, Failed, Stopped
from casebound_packaging.identity import Identity, certificate_name
from casebound_packaging.spokenwords import spoken
from casebound_ui.desktop import choosing
from casebound_ui.desktop.controls import Button, column, emptied, label, labelled, row, rule
from casebound_ui.desktop.facts import fact
from casebound_ui.desktop.overlay import Overlay
from casebound_ui.desktop.saving import whole
from casebound_ui.desktop.signing_key import SigningKey
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.wording import day, inert

SOON = timedelta(days=30)
_PEM = "Certificates and requests (*.pem *.crt *.cer);;All files (*)"


def standing(identity: Identity, now: datetime) -> tuple[str, str]:
    """A short word on how long the certificate lasts, and its tone; empty while it lasts."""
    end = identity.certificate.not_valid_after_utc
    if now > end:
        return "Expired", "bad"
    return (f"Expires {day(end)}", "warn") if now > end - SOON else ("", "")


def issued_by(identity: Identity) -> str:
    """Who issued it, and until when, as one line."""
    until = day(identity.certificate.not_valid_after_utc)
    return f"{'Self-issued' if identity.self_issued else f'Issued by {inert(identity.issuer)}'}, valid until {until}"


class CertificateSheet(Overlay):
    """An overlay about the unlocked key's certificate. `changed` hears when another certificate took its place."""

    def __init__(self, window: QWidget, key: SigningKey, around: Surroundings, changed: Callable[[], object]) -> None:
        super().__init__(window, 600, 0)
        self._key, self._around, self._changed = key, around, changed
        self._facts = column(gap=6)
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.request = Button("Write a request…", self._choose_request, icon="file-text")
        self.install = Button("Install a certificate…", self._choose_certificate, icon="download")
        self.renew = Button("Renew it", self.renew_now, icon="refresh-cw")
        self._problem = label("", "small", "bad", wrap=True)
        self._why = label("", "small", "text2", wrap=True)
        self._secret = labelled("Passphrase", self.passphrase, "Needed to install or renew: the file is written anew.")
        self.content.setContentsMargins(24, 20, 24, 20)
        self.content.addLayout(
            column(
                label("Your certificate", "h2"),
                self._facts,
                rule(),
                self._why,
                row(self.request, self.install, self.renew, None, gap=8),
                self._secret,
                self._problem,
                row(None, Button("Close", self.leave)),
                gap=12,
            )
        )

    def ask(self) -> None:
        """Show the certificate of the key that is unlocked."""
        self.passphrase.clear()
        self._problem.setText("")
        self._refresh()
        self.appear()
        self.request.setFocus()

    def _refresh(self) -> None:
        identity = self._key.identity
        emptied(self._facts)
        if identity is None:
            return
        word, _ = standing(identity, self._key.clock())
        lines = [("Name", identity.name), ("Issued", issued_by(identity) + (f" ({word.lower()})" if word else ""))]
        if not identity.self_issued:
            listed = "Enclosed in packages" if identity.crls else "None at hand"
            lines += [("Root", _root(identity)), ("Revocation list", listed)]
        lines += [("Key words", spoken(identity.key_fingerprint))]
        for name, text in lines:
            self._facts.addLayout(fact(name, inert(text)))
        self._why.setText(
            "An organisation's root can vouch for you: write a request, carry it to whoever keeps the root, read them"
            " the words above, and install what they give you. Your key stays here."
        )
        self.renew.setVisible(identity.self_issued)
        in_token = self._key.in_token
        if self.isVisible():
            self._place()
        self.passphrase.setAccessibleName("PIN of your token" if in_token else "Passphrase of your key")

    def write_request(self, path: Path) -> None:
        """Write the request for a certificate over this key."""
        identity = self._key.identity
        if identity is None:
            return

        def finished(ending: Done[bytes] | Stopped | Failed) -> None:
            match ending:
                case Done(pem):
                    try:
                        whole(path, pem)
                    except CaseboundError as error:
                        self._problem.setText(error.paragraph())
                        return
                    self._around.note(f"The request is in {path.name}. Read its words to whoever keeps the root.")
                case Failed(error):
                    self._problem.setText(_told(error))

        self._around.board.start(lambda progress: identity.request(), finished, on_case=False)

    def install_from(self, path: Path) -> None:
        """Install the certificate in a file, with the passphrase typed."""
        if self._typed():
            self._key.install(self._around.board, self.passphrase.text(), path, self._ended)

    def renew_now(self) -> None:
        """Make a new self-issued certificate for the same key."""
        if self._typed():
            self._key.renew(self._around.board, self.passphrase.text(), self._ended)

    def _typed(self) -> bool:
        if self.passphrase.text():
            self._problem.setText("")
            return True
        self._problem.setText("Type the PIN of your token." if self._key.in_token else "Type your passphrase first.")
        self.passphrase.setFocus()
        return False

    def _ended(self, error: Exception | None) -> None:
        if error is not None:
            self._problem.setText(_told(error))
            return
        self.passphrase.clear()
        self._refresh()
        self._changed()
        self._around.note("The certificate is in place. The file before is kept beside it.")

    def _choose_request(self) -> None:
        choosing.target(self, "Where to write the request", "request.pem", _PEM, self.write_request)

    def _choose_certificate(self) -> None:
        if self._typed():
            choosing.file(self, "The certificate you were given", _PEM, self.install_from)


def _root(identity: Identity) -> str:
    return f"{certificate_name(identity.root)}, {spoken(identity.root.fingerprint(SHA256()).hex())}"


def _told(error: Exception) -> str:
    return error.paragraph() if isinstance(error, CaseboundError) else str(error) or "The key could not be used."
