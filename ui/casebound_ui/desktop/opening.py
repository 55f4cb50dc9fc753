"""Opening, starting and closing cases, behind the window: each is a job, and each failure is told in words."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from casebound.case import Actor
from casebound.document import Case
from casebound.errors import CaseLocked
from casebound.events import Events
from casebound.identities import typed_actor
from casebound.work import Done, Failed, Job, Progress, Stopped
from casebound_packaging.verify.alonefiles import is_alone
from casebound_packaging.verify.container import MARKS
from casebound_ui.desktop.jobs import Board
from casebound_ui.desktop.preferences import Preferences
from casebound_ui.desktop.session import CaseSession

_BESIDE = frozenset({".receipt", ".checkpoint", ".consistency"})  # what lies beside packages and is checked alone


@dataclass(slots=True)
class Openings:
    """Makes sessions. `opened` gets each new one; `tell` gets failures; `locked` is asked whether to look on only."""

    board: Board
    preferences: Preferences
    opened: Callable[[CaseSession], None]
    tell: Callable[[Exception], None]
    locked: Callable[[CaseLocked, Callable[[], None]], None]

    def person(self) -> str:
        """The typed name, or the system account's until one is typed."""
        return typed_actor(self.preferences.remembered.name).name

    def open(self, path: Path, *, write: bool = True) -> None:
        actor = Actor(self.person())
        self._start(
            lambda progress: session_of(Case.open(path, actor, write=write), self.board), path, "Opening the case"
        )

    def create(self, path: Path, number: str, title: str, person: str) -> None:
        self.preferences.keep(name=person)
        actor = Actor(person)

        def job(progress: object) -> CaseSession:
            path.parent.mkdir(parents=True, exist_ok=True)
            return session_of(Case.create(path, number, title, actor), self.board)

        self._start(job, path, "Starting the case")

    def sample(self, make: Callable[[Progress], Path]) -> None:
        """Open the sample case, making it from its raw exports where it is not there yet."""
        actor = Actor(self.person())

        def job(progress: Progress) -> CaseSession:
            return session_of(Case.open(make(progress), actor), self.board)

        self._start(job, None, "Making the sample case")

    def _start(self, job: Job[CaseSession], path: Path | None, title: str) -> None:
        def ended(ending: Done[CaseSession] | Stopped | Failed) -> None:
            match ending:
                case Done(session):
                    self.preferences.opened(session.case.path)
                    self.opened(session)
                    session.prepare()
                case Failed(CaseLocked() as error) if path is not None:
                    self.locked(error, lambda: self.open(path, write=False))
                case Failed(error):
                    self.tell(error)

        self.board.start(job, ended, title=title)


def session_of(case: Case, board: Board) -> CaseSession:
    """The session of a case, made on a worker."""
    # np.unique loads this when it is first called: here, and not in the middle of the first picture.
    import numpy.ma  # noqa: F401

    try:
        snapshot = case.snapshot()
        return CaseSession(case, snapshot, Events.open(case.path, snapshot.sources, case.column_codes()), board)
    except BaseException:
        case.close()
        raise


def is_case(path: Path) -> bool:
    """Whether a dropped folder is a case."""
    return path.is_dir() and (path / "case.db").is_file()


def is_package(path: Path) -> bool:
    """Whether a dropped file looks like an evidence package, a receipt or a checkpoint, or a folder like an unpacked
    package or an exhibit given alone; the check itself decides.
    """
    if path.is_dir():
        return is_alone(path) or any((path / mark).is_file() for mark in MARKS)
    if path.suffix.lower() in _BESIDE:
        return True
    if path.suffix.lower() != ".zip" or not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith(("/bagit.txt", "/tagmanifest-sha256.txt")) for name in archive.namelist()[:20000])
    except (OSError, zipfile.BadZipFile, ValueError):
        return False
