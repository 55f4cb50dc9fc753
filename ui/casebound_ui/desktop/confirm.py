"""Confirming a signer: by six words or a fingerprint that came another way than the package."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from casebound_packaging.spokenwords import spoken
from casebound_packaging.verify import BadTrust, SignerFacts
from casebound_packaging.verify import fingerprint as read_fingerprint
from casebound_ui.desktop.controls import Button, column, frame, label, labelled, row
from casebound_ui.desktop.overlay import Overlay
from casebound_ui.desktop.wording import grouped

WAYS = ("by phone, on a number I already knew", "in person", "from my organisation's list of keys")


class ConfirmSigner(Overlay):
    """Shows what to compare. Confirming is possible by word, or by typing a fingerprint, which must then match."""

    def __init__(self, window: QWidget, confirmed: Callable[[SignerFacts, str], object]) -> None:
        super().__init__(window, 600, 0)
        self._confirmed = confirmed
        self._signer: SignerFacts | None = None
        self._who = label("", "h2", wrap=True)
        self._words = label("", "title", select=True)
        self._fingerprint = label("", "mono", "text2", wrap=True, select=True)
        self.given = QLineEdit()
        self.given.setPlaceholderText("64 digits, with or without spaces")
        self.given.textChanged.connect(lambda text: self._judge())
        self.way = QComboBox()
        self.way.addItems(list(WAYS))
        self._answer = label("", "small", "bad", wrap=True)
        self.confirm = Button("It is the same: confirm", self._confirm, kind="primary", icon="user-check")
        box = frame("sunken")
        box.setLayout(column(self._words, self._fingerprint, gap=6, margins=(14, 12, 14, 12)))
        self.content.setContentsMargins(24, 20, 24, 20)
        self.content.addLayout(
            column(
                self._who,
                label(
                    "Ask the signer to read the words from their own screen, over a phone number you already know."
                    " A number or a message that came with the package proves nothing.",
                    "body",
                    "text2",
                    wrap=True,
                ),
                box,
                labelled("Or type the fingerprint you were given (it must match)", self.given),
                labelled("How you compared it", self.way),
                self._answer,
                row(None, Button("Cancel", self.leave), self.confirm),
                gap=12,
            )
        )

    def ask(self, signer: SignerFacts) -> None:
        self._signer = signer
        self._who.setText(f"Is this really {signer.name}?")
        self._words.setText("   ".join(spoken(signer.fingerprint).split()))
        self._fingerprint.setText(grouped(signer.fingerprint))
        self.given.clear()
        self._judge()
        self.appear()
        self.way.setFocus()

    def _judge(self) -> None:
        problem = ""
        text = self.given.text().strip()
        if text and self._signer is not None:
            try:
                matches = read_fingerprint(text) in (self._signer.fingerprint, self._signer.key_fingerprint)
                problem = "" if matches else "This is another key. Do not confirm; ask the signer what they sent."
            except BadTrust as error:
                problem = error.title
        self._answer.setText(problem)
        self.confirm.setEnabled(not problem)

    def _confirm(self) -> None:
        if self._signer is not None and self.confirm.isEnabled():
            self.leave()
            self._confirmed(self._signer, self.way.currentText())
