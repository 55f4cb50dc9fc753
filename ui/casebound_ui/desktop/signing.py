"""The card that shows who signs: a key to be made on first use, to be unlocked, or ready."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QVBoxLayout

from casebound_packaging.identity import Identity
from casebound_packaging.spokenwords import spoken
from casebound_ui.desktop.certificate_sheet import CertificateSheet, issued_by, standing
from casebound_ui.desktop.controls import Button, Chip, column, emptied, label, labelled, row
from casebound_ui.desktop.facts import fingerprint
from casebound_ui.desktop.signing_key import Keyring, SigningKey
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.wording import inert

SHORTEST = 10  # letters of a passphrase; the file may be copied, so it must stand on its own


class SignerCard(QFrame):
    """Shows the key: to be made, to be unlocked, or ready. `changed` hears when it is ready."""

    def __init__(self, key: SigningKey, around: Surroundings, name: str, changed: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._key, self._around, self._name, self._changed = key, around, name, changed
        self._body = QVBoxLayout(self)
        self._body.setContentsMargins(20, 14, 20, 16)
        self._body.setSpacing(10)
        self.person, self.organisation = QLineEdit(), QLineEdit()
        self.passphrase, self.again = QLineEdit(), QLineEdit()
        self.act = Button("", lambda: None)
        self._problem = label("", "small", "bad", wrap=True)
        self._kept = False
        self.remember = QCheckBox("Keep it in this computer's keyring")
        self.certificate = Button("", lambda: None)
        self._sheet: CertificateSheet | None = None
        fields = (self.person, self.organisation, self.passphrase, self.again, self.remember)
        for spare in (*fields, self.act, self._problem, self.certificate):
            spare.setParent(self)  # not every state has a place for it: it goes with the card all the same
            spare.hide()
        self.refresh()

    def refresh(self) -> None:
        emptied(self._body)
        self._body.addWidget(label("Signed by", "title"))
        if self._key.identity is not None:
            self._ready(self._key.identity)
        elif self._key.exists:
            self._locked()
        else:
            self._none()

    def _ready(self, identity: Identity) -> None:
        word, tone = standing(identity, self._key.clock())
        ready = Chip(word, tone) if tone == "bad" else Chip("Ready to sign", "ok")
        chips = row(label(inert(identity.name), "strong"), ready, None, gap=8)
        if identity.self_issued:
            chips.insertWidget(2, Chip("Self-issued", "neutral"))
        if tone == "warn":
            chips.insertWidget(2, Chip(word, tone))
        self.certificate = Button("Certificate…", self._show_certificate, kind="link", name="Your certificate")
        chips.addWidget(self.certificate)
        self._body.addLayout(chips)
        self._body.addWidget(label(issued_by(identity), "small", "text2", wrap=True))
        self._body.addLayout(
            fingerprint("Fingerprint", identity.fingerprint, "the fingerprint of the certificate", wide=True)
        )
        words = label("   ".join(spoken(identity.fingerprint).split()), "mono", select=True)
        self._body.addWidget(label("Key words, to read to the recipient over the telephone", "caption", "text2"))
        self._body.addWidget(words)

    def _locked(self) -> None:
        self.passphrase, self.again = _secret(), _secret()
        self.act = Button("Unlock", self.unlock, icon="lock-open", name="Unlock the key")
        self.passphrase.returnPressed.connect(self.unlock)
        self._problem = label("", "small", "bad", wrap=True)
        named = "PIN of your token" if self._key.in_token else "Passphrase of your key"
        line = row(labelled(named, self.passphrase), column(None, self.act), gap=8)
        line.setStretch(0, 1)
        self.remember = QCheckBox("Keep it in this computer's keyring")
        self.remember.hide()  # until it is known that there is one
        self._body.addLayout(line)
        self._body.addWidget(self.remember)
        self._body.addWidget(self._problem)
        self._key.ask_keyring(self._around.board, partial(self._offer_keyring, self.remember, self.passphrase))

    def _offer_keyring(self, remember: QCheckBox, passphrase: QLineEdit, keyring: Keyring) -> None:
        if remember is not self.remember or self._key.identity is not None:
            return  # the card was laid out anew since
        remember.setVisible(keyring.there and not keyring.kept)
        self._kept = keyring.kept
        if keyring.kept:
            passphrase.setPlaceholderText("Kept in this computer's keyring; leave it empty")

    def _none(self) -> None:
        self.person, self.organisation = QLineEdit(self._name), QLineEdit()
        self.passphrase, self.again = _secret(), _secret()
        self.act = Button("Make the key", self.make_key, icon="key-round")
        self._problem = label("", "small", "bad", wrap=True)
        why = (
            "There is no signing key on this computer yet. It is made here, kept here, and labelled self-issued:"
            " a recipient confirms it with you by six words."
        )
        self._body.addWidget(label(why, "body", "text2", wrap=True))
        names = row(labelled("Name", self.person), labelled("Organisation (may be empty)", self.organisation), gap=12)
        secret = row(labelled("Passphrase", self.passphrase), labelled("Passphrase again", self.again), gap=12)
        for line in (names, secret):
            line.setStretch(0, 1)
            line.setStretch(1, 1)
            self._body.addLayout(line)
        hint = f"At least {SHORTEST} letters. Nobody can recover it for you."
        self._body.addWidget(label(hint, "small", "text3"))
        self._body.addLayout(row(self.act, self._problem, None, gap=12))

    def make_key(self) -> None:
        """Make the key, when the form is filled as it must be."""
        if not self.person.text().strip():
            self._say("A key needs a name.")
        elif len(self.passphrase.text()) < SHORTEST:
            self._say(f"The passphrase is shorter than {SHORTEST} letters.")
        elif self.passphrase.text() != self.again.text():
            self._say("The two passphrases differ.")
        else:
            self._busy("Making the key…")
            person, organisation = self.person.text().strip(), self.organisation.text().strip()
            self._key.make(self._around.board, person, organisation, self.passphrase.text(), self._ended)

    def unlock(self) -> None:
        if self.passphrase.text() or self._kept:
            self._busy("Unlocking…")
            remember = self.remember.isChecked() and not self.remember.isHidden()
            self._key.unlock(self._around.board, self.passphrase.text(), self._ended, remember=remember)

    def _show_certificate(self) -> None:
        if self._sheet is None:
            self._sheet = CertificateSheet(self.window(), self._key, self._around, self._recertified)
            self._sheet.goes_with(self)
        self._sheet.ask()

    def _recertified(self) -> None:
        self.refresh()
        self._changed()

    def _ended(self, error: Exception | None) -> None:
        if error is None:
            self.passphrase.clear()
            self.again.clear()
            self.refresh()
            self._changed()
            return
        self.act.setEnabled(True)
        self._say(str(error) or "The key could not be used.")
        self.passphrase.selectAll()
        self.passphrase.setFocus()

    def _busy(self, text: str) -> None:
        self.act.setEnabled(False)
        self._problem.setText(text)

    def _say(self, text: str) -> None:
        self._problem.setText(text)
        self.passphrase.setAccessibleDescription(text)


def _secret() -> QLineEdit:
    made = QLineEdit()
    made.setEchoMode(QLineEdit.EchoMode.Password)
    return made
