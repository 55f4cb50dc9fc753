"""Files on their way into a case: one after the other, each told on the card while it comes in, and what is over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from casebound.case import Preview, Source
from casebound.foundtables import LeftOut
from casebound.importing import bring_in
from casebound.remainders import Attached, attach_rest
from casebound.work import Done, Failed, Progress, Stopped
from casebound_ui.desktop.bringing import BringingCard, result_words
from casebound_ui.desktop.jobs import Running
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.wording import count, counted

BY_ROWS = ("xlsx", "xls", "ods", "parquet", "sqlite")
"""Formats whose reading is counted in rows; of all others in bytes."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that is about to come in."""

    path: Path
    previews: tuple[Preview, ...]
    left_out: tuple[LeftOut, ...]
    stated: Mapping[str, object]


class Arrivals:
    """The queue of files. `came` hears the number of the last source of each file that is in."""

    def __init__(self, session: CaseSession, around: Surroundings, came: Callable[[int], object]) -> None:
        self._session, self._around, self._came = session, around, came
        self._running: Running[tuple[Source, ...]] | None = None
        self._waiting: list[Waiting] = []
        self._rest: list[LeftOut] = []  # what came with the tables and can be attached
        self.card = BringingCard(self.stop)

    def add(self, files: Iterable[Waiting], rest: Iterable[LeftOut]) -> None:
        """Bring these in behind what is on its way; `rest` is offered for attaching when all are in."""
        self._waiting += files
        self._rest += rest
        if self._running is None:
            self._next()

    def _next(self) -> None:
        if not self._waiting:
            self._offer_rest()
            self._session.prepare()
            return
        one = self._waiting.pop(0)
        path = one.path

        def job(progress: Progress) -> tuple[Source, ...]:
            return bring_in(
                self._session.case,
                path,
                previews=one.previews,
                left_out=one.left_out,
                origin=one.stated or None,
                progress=progress,
            )

        def ended(ending: Done[tuple[Source, ...]] | Stopped | Failed) -> None:
            self._running = None
            match ending:
                case Done(sources):
                    read, kept = sum(s.read for s in sources), sum(s.kept for s in sources)
                    aside, twice = sum(s.quarantined for s in sources), sum(s.duplicates for s in sources)
                    self.card.ended(f"{path.name} is in", result_words(read, kept, aside, twice), well=True)
                    if sources:
                        self._came(sources[-1].number)
                case Stopped():
                    self._waiting.clear()
                    self._rest.clear()
                    self.card.ended(
                        f"{path.name} was stopped",
                        "Nothing was added. The case is as it was; the stop is in custody.",
                        well=False,
                    )
                case Failed(error):
                    self.card.hide()
                    self._around.tell(error)
            self._next()

        self.card.begin(path.name, by_rows=any(each.format in BY_ROWS for each in one.previews))
        self._running = self._session.run(job, ended, self.card.moved, title=f"Bringing in {path.name}")

    def _offer_rest(self) -> None:
        """Ask whether the files that gave no rows are to be attached."""
        rest, self._rest = tuple(self._rest), []
        if not rest:
            return

        def done(made: tuple[Attached, ...]) -> None:
            new = sum(one.attachment is not None for one in made)
            known = f" {count(len(made) - new)} were attached already." if new < len(made) else ""
            self._around.note(f"{counted(new, 'file')} attached.{known}")

        def ended(ending: Done[tuple[Attached, ...]] | Stopped | Failed) -> None:
            match ending:
                case Done(made):
                    done(made)
                case Failed(error):
                    self._around.tell(error)

        def attach() -> None:
            case = self._session.case
            self._session.run(lambda progress: attach_rest(case, rest, progress), ended, title="Attaching the rest")

        self.card.offer_rest(len(rest), attach)

    def stop(self) -> None:
        """Stop what is coming in; the case is then as it was before that file."""
        if self._running is not None:
            self._running.stop()
            self.card.stopping()
