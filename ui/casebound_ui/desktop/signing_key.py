"""The key that signs, in a file made on first use or in a token: unlocked as long as the window is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from casebound import passphrases
from casebound.clock import Clock, system_clock
from casebound.identities import (
    create_own,
    in_token,
    install_certificate,
    own_identity_path,
    renew_identity,
    unlock_own,
)
from casebound.work import Done, Failed, Job, Stopped
from casebound_packaging.identity import Identity
from casebound_packaging.identityfile import read_file, read_lists
from casebound_ui.desktop.jobs import Board

Ended: TypeAlias = Callable[[Exception | None], object]


@dataclass(frozen=True, slots=True)
class Keyring:
    """Whether this computer has a keyring, and whether it keeps the passphrase of the person's key."""

    there: bool
    kept: bool


class SigningKey:
    """The unlocked key of this run of the program, or none. It lies in the person's own folder, or in a token."""

    def __init__(self, clock: Clock = system_clock) -> None:
        self.identity: Identity | None = None
        self.clock = clock

    @property
    def exists(self) -> bool:
        return own_identity_path().is_file()

    @property
    def in_token(self) -> bool:
        """Whether a PIN is asked for, and no passphrase."""
        return in_token(own_identity_path())

    def make(self, board: Board, name: str, organisation: str, passphrase: str, ended: Ended) -> None:
        """Make a key and keep it under the passphrase."""
        clock = self.clock
        self._run(board, lambda progress: create_own(name, passphrase, organisation=organisation, clock=clock), ended)

    def unlock(self, board: Board, passphrase: str, ended: Ended, *, remember: bool = False) -> None:
        """Open the file, with the passphrase that the keyring keeps where none is given. A wrong one is `BadIdentity`.

        `remember` puts a passphrase that was right into the keyring.
        """
        path = own_identity_path()

        def job(progress: object) -> Identity:
            identity = unlock_own(passphrase or passphrases.kept(path) or "")
            if remember and passphrase:
                passphrases.keep(path, passphrase)
            return identity

        self._run(board, job, ended)

    def ask_keyring(self, board: Board, then: Callable[[Keyring], object]) -> None:
        """Look, behind the window, what the system's keyring can do. Nothing is said where it does not answer."""
        path = own_identity_path()

        def job(progress: object) -> Keyring:
            there = passphrases.available()
            return Keyring(there, there and passphrases.kept(path) is not None)

        def finished(ending: Done[Keyring] | Stopped | Failed) -> None:
            if isinstance(ending, Done):
                then(ending.value)

        board.start(job, finished, on_case=False)

    def install(self, board: Board, passphrase: str, certificates: Path, ended: Ended) -> None:
        """Put a certificate that was issued for the key, and a revocation list in the same file, into the identity."""

        def job(progress: object) -> Identity:
            pem = read_file(certificates)
            lists = read_lists(certificates) if b"-----BEGIN X509 CRL-----" in pem else b""
            install_certificate(own_identity_path(), passphrase, pem, lists)
            return unlock_own(passphrase)

        self._run(board, job, ended)

    def renew(self, board: Board, passphrase: str, ended: Ended) -> None:
        """Make a new self-issued certificate for the same key."""
        clock = self.clock
        self._run(board, lambda progress: renew_identity(own_identity_path(), passphrase, clock=clock)[0], ended)

    def _run(self, board: Board, job: Job[Identity], ended: Ended) -> None:
        def finished(ending: Done[Identity] | Stopped | Failed) -> None:
            match ending:
                case Done(identity):
                    self.identity = identity
                    ended(None)
                case Failed(error):
                    ended(error)

        board.start(job, finished, on_case=False)
