"""The key that signs: made on first use, kept in one file under a passphrase, unlocked while the window is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from casebound.clock import Clock, system_clock
from casebound.identities import create_own, own_identity_path, unlock_own
from casebound.work import Done, Failed, Job, Stopped
from casebound_packaging.identity import Identity
from casebound_ui.desktop.jobs import Board

Ended: TypeAlias = Callable[[Exception | None], object]


class SigningKey:
    """The unlocked key of this run of the program, or none. It lies in the person's own folder, under a passphrase."""

    def __init__(self, clock: Clock = system_clock) -> None:
        self.identity: Identity | None = None
        self._clock = clock

    @property
    def exists(self) -> bool:
        return own_identity_path().is_file()

    def make(self, board: Board, name: str, organisation: str, passphrase: str, ended: Ended) -> None:
        """Make a key and keep it under the passphrase."""
        clock = self._clock
        self._run(board, lambda progress: create_own(name, passphrase, organisation=organisation, clock=clock), ended)

    def unlock(self, board: Board, passphrase: str, ended: Ended) -> None:
        """Open the file. A wrong passphrase is a `BadIdentity`."""
        self._run(board, lambda progress: unlock_own(passphrase), ended)

    def _run(self, board: Board, job: Job[Identity], ended: Ended) -> None:
        def finished(ending: Done[Identity] | Stopped | Failed) -> None:
            match ending:
                case Done(identity):
                    self.identity = identity
                    ended(None)
                case Failed(error):
                    ended(error)

        board.start(job, finished, on_case=False)
