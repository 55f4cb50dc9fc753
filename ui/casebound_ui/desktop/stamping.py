"""The time stamp of one sealed package: what it has, and the ways to have one later, with a network or by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from casebound.case import SealedPackage
from casebound.errors import CaseboundError
from casebound.stampservices import judging_roots, kept_services
from casebound.work import Done, Failed, Progress, Stopped
from casebound_packaging import latestamp
from casebound_packaging.latestamp import Subject
from casebound_packaging.stamp import query
from casebound_packaging.timeservices import NoStamp, TimeServices
from casebound_ui.desktop import choosing
from casebound_ui.desktop.controls import Button, Picture, column, label, row
from casebound_ui.desktop.jobs import Running, Step
from casebound_ui.desktop.saving import whole
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.wording import inert


@dataclass(frozen=True, slots=True)
class Stamps:
    """What was found of one package: the stamp enclosed, the one beside, or why that cannot be told."""

    enclosed: str = ""
    beside: str = ""
    problem: str = ""
    taken: bool = False  # whether a file lies where a stamp would be kept


@dataclass(frozen=True, slots=True)
class Kept:
    """A stamp that was just kept: its time and service in words, SHA-256 of its file. Empty where only a query was."""

    words: str = ""
    sha256: str = ""


def look(path: Path) -> Stamps:
    """Read what stamps a package has. On the worker."""
    try:
        what = latestamp.subject(path)
        enclosed, beside = latestamp.known_stamps(what)
    except CaseboundError as error:
        return Stamps(problem=error.title)
    return Stamps(enclosed, beside, taken=what.stamped)


def stamp_kept(what: Subject, answer: bytes, name: str) -> Kept:
    """Check an answer and keep it beside the package. On the worker."""
    words = latestamp.described(latestamp.take_stamp(what, answer, name, *judging_roots()))
    return Kept(words, hashlib.sha256(answer).hexdigest())


def asked_in_turn(services: tuple[str, ...]) -> str:
    """Which services would be asked, in words."""
    if not services:
        return "No time stamp service is named in the settings: only your own clock will say when it was sealed."
    hosts = [inert(urlsplit(url).hostname or url, 60) for url in services]
    then = f"{hosts[0]} is asked" if len(hosts) == 1 else f"{', then '.join(hosts)} are asked in turn"
    return f"{then}, over the network. Without an answer the package is sealed all the same."


class StampCard(QFrame):
    """Says how one package stands, and offers what can be done about it."""

    def __init__(self, session: CaseSession, around: Surroundings, path_of: Callable[[SealedPackage], Path]) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._session, self._around, self._path_of = session, around, path_of
        self._package: SealedPackage | None = None
        self._running: Running[Kept] | None = None
        self._picture = Picture("clock", "text2", 20)
        self._title = label("", "strong", wrap=True)
        self._told = label("", "small", "text2", wrap=True)
        self.ask_button = Button("Ask now", self.ask, icon="clock", name="Ask the time stamp services now")
        self.query_button = Button("Save a query…", self._choose_query, icon="download", name="Save a time stamp query")
        self.answer_button = Button("Bring an answer…", self._choose_answer, icon="file-input", name="Bring its answer")
        self.stop_button = Button("Stop", self._stop, icon="x", name="Stop asking for a time stamp")
        words = column(self._title, self._told, gap=3)
        head = row(self._picture, words, gap=12)
        head.setStretch(1, 1)
        head.setAlignment(self._picture, Qt.AlignmentFlag.AlignTop)
        acts = row(self.ask_button, self.query_button, self.answer_button, self.stop_button, None, gap=8)
        self.setLayout(column(label("Time stamp", "title"), head, acts, gap=10, margins=(20, 14, 20, 16)))
        self.stop_button.hide()
        self.hide()

    def show_package(self, package: SealedPackage | None, *, again: bool = False) -> None:
        """Look at one package; nothing is shown where there is none, or it was never finished.

        What is shown already is looked at only `again` where something may have changed.
        """
        wanted = package if package is not None and package.exported else None
        before, self._package = self._package, wanted
        if wanted is not None and before is not None and wanted.version == before.version and not again:
            return
        self.setVisible(wanted is not None)
        if wanted is None:
            return
        path = self._path_of(wanted)

        def found(ending: Done[Stamps] | Stopped | Failed) -> None:
            if self._package is None or self._package.version != wanted.version:
                return
            match ending:
                case Done(stamps):
                    self._show(wanted, stamps)
                case Failed(error):
                    self._around.tell(error)

        # A large package lies on a slow disk perhaps: not on the worker of the case.
        self._session.run(lambda progress: look(path), found, on_case=False)

    def look_again(self) -> None:
        """Look once more at the package that is shown: a file may have come beside it, a service been named."""
        if self._running is None:
            self.show_package(self._package, again=True)

    def _show(self, package: SealedPackage, stamps: Stamps) -> None:
        name = inert(package.name, 120)
        stamped = stamps.enclosed or stamps.beside
        if stamps.problem:
            self._picture.show_icon("circle-alert", "warn")
            self._title.setText(f"{name} cannot be looked at")
            self._told.setText(inert(stamps.problem, 400))
        elif stamped:
            self._picture.show_icon("circle-check", "ok")
            self._title.setText(f"{name} has a time stamp")
            where = "It was sealed with it." if stamps.enclosed else f"It lies beside, as {name}.tsr: give both."
            self._told.setText(f"Of {inert(stamped, 200)}. {where}")
        else:
            self._picture.show_icon("circle-alert", "warn")
            self._title.setText(f"{name} has no time stamp")
            wrong = f" The file {name}.tsr beside it is no stamp over this package." if stamps.taken else ""
            services = kept_services()
            ask = "Ask the services that you named" if services else "Name a service in the settings"
            self._told.setText(
                f"Only your own clock says when it was sealed.{wrong} {ask}, or carry a query to a connected computer"
                " and bring its answer back. The package stays as it is."
            )
        open_to = not stamped and not stamps.problem and not self._session.read_only and not stamps.taken
        for button in (self.ask_button, self.query_button, self.answer_button):
            button.setVisible(open_to)
        self.ask_button.setEnabled(bool(kept_services()))

    # Acts

    def ask(self) -> None:
        """Ask the named services, one after the other."""

        def job(path: Path, progress: Progress) -> Kept:
            what = latestamp.subject(path)
            services = TimeServices(kept_services())
            answer = services.ask(what.over, progress)
            if answer is None:
                raise NoStamp(
                    " ".join(services.failures) or "No time stamp service is named.",
                    "Try again later, or carry a query by hand.",
                    meaning="The package is as it was.",
                )
            return stamp_kept(what, answer, "The service's answer")

        self._start(job, "Asking for a time stamp")

    def save_query(self, target: Path) -> None:
        """Write the query to be carried."""

        def job(path: Path, progress: Progress) -> Kept:
            whole(target, query(latestamp.subject(path).digest)[0])
            return Kept()

        self._start(job, "", f"Wrote {target.name}. It holds a fingerprint, and nothing of the case.")

    def bring(self, answer: Path) -> None:
        """Take the answer that was brought back."""

        def job(path: Path, progress: Progress) -> Kept:
            return stamp_kept(latestamp.subject(path), latestamp.read_answer(answer), answer.name)

        self._start(job, "")

    def _start(self, job: Callable[[Path, Progress], Kept], title: str, said: str = "") -> None:
        package = self._package
        if package is None or self._running is not None:
            return
        path, version = self._path_of(package), package.version

        def ended(ending: Done[Kept] | Stopped | Failed) -> None:
            self._running = None
            self.stop_button.hide()
            match ending:
                case Done(kept):
                    self._around.note(said or f"Kept the time stamp of {kept.words}.")
                    if kept.sha256:
                        self._session.change(lambda case: case.record_stamp(version, kept.sha256, kept.words))
                case Stopped():
                    self._around.note("Nobody is asked any more. Nothing was changed.")
                case Failed(error):
                    self._around.tell(error)
            self.show_package(self._package, again=True)

        self.ask_button.setEnabled(False)
        self.stop_button.setVisible(bool(title))
        # A service may keep us waiting: never on the worker of the case.
        self._running = self._session.run(
            lambda progress: job(path, progress), ended, self._moved, title=title, on_case=False
        )

    def _moved(self, step: Step) -> None:
        if step.note:
            self._told.setText(f"{inert(step.note, 120)}…")

    def _stop(self) -> None:
        if self._running is not None:
            self._running.stop()

    def _choose_query(self) -> None:
        if self._package is not None:
            name = f"{self._package.name.removesuffix('.zip')}.tsq"
            choosing.target(self, "Save the query", name, "Time stamp queries (*.tsq)", self.save_query)

    def _choose_answer(self) -> None:
        choosing.file(self, "The service's answer", "Time stamps (*.tsr);;All files (*)", self.bring)
