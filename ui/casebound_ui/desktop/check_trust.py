"""What a check relies on from outside the package: confirmed signers, a root certificate, something older."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QFrame, QLineEdit

from casebound.stampservices import kept_roots
from casebound_packaging.keptstate import parse_kept
from casebound_packaging.verify import Trust
from casebound_packaging.verify.trust import given_bytes
from casebound_ui.desktop import choosing
from casebound_ui.desktop.check_words import Checked
from casebound_ui.desktop.controls import Button, Elided, column, label, row, rule
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.wording import counted, day


@dataclass(frozen=True, slots=True)
class Given:
    """What this person brings along. `ready` reads it, on the worker."""

    root: Path | None
    against: tuple[Path, ...]
    known: frozenset[str]
    seen: tuple[str, ...] = ()

    def ready(self) -> Trust:
        return Trust(
            root_pem=given_bytes(self.root),
            known=self.known,
            against=self.against,
            seen=self.seen,
            tsa_pem=kept_roots(),
        )


class TrustCard(QFrame):
    """One line for each thing, with its own button."""

    def __init__(self, around: Surroundings, changed: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._around, self._changed = around, changed
        self.root: Path | None = None
        self.against: tuple[Path, ...] = ()
        self.seen = ""
        self.paper = QLineEdit()
        self.paper.setPlaceholderText("number of entries, then the twelve words or the root")
        self.paper.setAccessibleName("Checkpoint from paper or telephone")
        self.paper.editingFinished.connect(self._typed)
        self._unread = label("", "small", "bad", wrap=True)
        self._unread.setContentsMargins(174, 0, 12, 4)
        self._unread.hide()
        self._signer = Elided("", "body", "text2")
        self._root = Elided("", "body", "text2")
        self._older = Elided("", "body", "text2")
        self._no_root = Button("Remove", lambda: self.use_root(None), kind="link", name="Remove the root certificate")
        self._no_older = Button("Remove", lambda: self.compare_with(()), kind="link", name="Compare with nothing")
        choose_root = Button("Choose…", self._choose_root, kind="link", name="Choose a root certificate")
        choose_older = Button("Choose…", self._choose_older, kind="link", name="Choose something older to compare with")

        def line(title: str, text: object, *buttons: Button) -> QFrame:
            made = QFrame()
            name = label(title, "body")
            name.setMinimumWidth(150)
            made.setLayout(row(name, text, *buttons, gap=8, margins=(16, 4, 12, 4)))  # type: ignore[arg-type]
            return made

        head = label("What you bring to this check", "caption", "text2")
        head.setContentsMargins(16, 10, 0, 4)
        self.setLayout(
            column(
                head,
                line("Signers you confirmed", self._signer),
                rule(),
                line("Root certificate", self._root, self._no_root, choose_root),
                rule(),
                line("Compare with", self._older, self._no_older, choose_older),
                rule(),
                line("From paper", self.paper),
                self._unread,
                gap=0,
                margins=(1, 1, 1, 6),
            )
        )
        self.show_checked(None)

    def given(self) -> Given:
        signers = self._around.preferences.signers
        known = frozenset(text for signer in signers for text in (signer.fingerprint, signer.key) if text)
        return Given(self.root, self.against, known, (self.seen,) if self.seen else ())

    def show_checked(self, checked: Checked | None) -> None:
        signers = self._around.preferences.signers
        text = counted(len(signers), "signer") if signers else "none yet"
        signer = checked.report.signer if checked else None
        known_by = self._around.preferences.signer
        known = (known_by(signer.fingerprint) or known_by(signer.key_fingerprint)) if signer else None
        if known is not None:
            text = f"{known.name}, {known.how}, {day(known.confirmed_at)}"
        self._signer.setText(text)
        self._root.setText(self.root.name if self.root else "none; a confirmed signer is enough")
        self._older.setText(", ".join(path.name for path in self.against) or "no older package, checkpoint or receipt")
        self._no_root.setVisible(self.root is not None)
        self._no_older.setVisible(bool(self.against))

    def use_root(self, path: Path | None) -> None:
        self.root = path
        self.show_checked(None)
        self._changed()

    def compare_with(self, paths: tuple[Path, ...]) -> None:
        self.against = paths
        self.show_checked(None)
        self._changed()

    def compare_typed(self, text: str) -> None:
        """Compare with a checkpoint from paper or the telephone; with nothing typed any more, no longer."""
        self.paper.setText(text)
        self._typed()

    def _typed(self) -> None:
        text = self.paper.text().strip()
        try:
            if text:
                parse_kept(text)
        except ValueError as fault:
            self._unread.setText(f"This is no checkpoint: {fault}.")
            self._unread.show()
            text = ""  # what was typed before it is no longer there to compare with
        else:
            self._unread.hide()
        if text != self.seen:
            self.seen = text
            self._changed()

    def _choose_root(self) -> None:
        kinds = "Certificates (*.pem *.crt *.cer);;All files (*)"
        choosing.file(self, "The root certificate you were given", kinds, self.use_root)

    def _choose_older(self) -> None:
        kinds = (
            "Packages, checkpoints, receipts (*.zip *.receipt *.checkpoint *.consistency *.json *.txt);;All files (*)"
        )
        choosing.files(self, "Something older from outside", kinds, lambda paths: self.compare_with(tuple(paths)))
