"""The sample case, made from its raw exports the way a person would: bring in, attach, mark, measure, find."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from casebound.case import Actor, Confidence, EventId, Likelihood, Snapshot
from casebound.document import Case
from casebound.errors import BadRequest, CannotWrite
from casebound.events import Events
from casebound.identities import home
from casebound.importing import bring_in
from casebound.measures import measured
from casebound.work import Progress, silent
from casebound_resources import sample

_MAKING = ".making-sample-"
_ABANDONED_S = 3600
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def sample_case(folder: Path | None = None, progress: Progress = silent) -> Path:
    """The sample case's folder, made on first use (below CASEBOUND_HOME unless `folder` says where)."""
    where = folder or home() / "sample"
    case = where / case_name()
    return case if (case / "case.db").exists() else build_sample_case(where, progress)


def case_name() -> str:
    """The name of the case folder."""
    return f"{sample.story()['number']}.casebound"


def build_sample_case(directory: Path, progress: Progress = silent, actor: Actor | None = None) -> Path:
    """Make the sample case in `directory` and return its folder, whole or not at all.

    Raises `BadRequest` where it is there already, `CannotWrite` where the folder cannot be written to.
    """
    told = sample.story()
    path = directory / case_name()
    if path.exists():
        raise BadRequest(f"{path} is already there.", "Open it, or choose another folder.", where=str(path))
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _sweep(directory)
        unfinished = Path(mkdtemp(prefix=_MAKING, dir=directory))
    except OSError as fault:
        raise CannotWrite(f"{directory} cannot be written to: {fault.strerror}.", "Choose another folder.") from None
    try:
        with Case.create(unfinished / path.name, told["number"], told["title"], actor or Actor(told["person"])) as case:
            _Telling(case, told, progress).tell()
        (unfinished / path.name).rename(path)
    finally:
        # Stopped, killed or out of space: no half-told case stays under the sample's name.
        shutil.rmtree(unfinished, ignore_errors=True)
    return path


def _sweep(directory: Path) -> None:
    """Remove what a killed program left half-told; a folder younger than that may still be somebody's work."""
    for left in directory.glob(f"{_MAKING}*"):
        if time.time() - left.stat().st_mtime > _ABANDONED_S:
            shutil.rmtree(left, ignore_errors=True)


class _Telling:
    """The story, step by step."""

    def __init__(self, case: Case, told: Mapping[str, Any], progress: Progress) -> None:
        self.case = case
        self.told = told
        self.progress = progress
        self.attached: dict[str, int] = {}
        self.exhibits: dict[str, str] = {}
        self.numbers: dict[str, str] = {}
        self.views: dict[str, str] = {}

    def tell(self) -> None:
        steps = len(sample.TABLES) + 3
        for done, name in enumerate(sample.TABLES):
            self.progress(done, steps, f"bringing in {name}")
            bring_in(self.case, sample.EXPORTS / name, progress=self._within(done, steps))
        snapshot = self.case.snapshot()
        self.names = self._names(snapshot)
        with Events.open(self.case.path, snapshot.sources) as rows:
            self.progress(steps - 3, steps, "attaching files")
            self._attach()
            self.progress(steps - 2, steps, "marking events")
            self._mark()
            self._choose(rows)
            self.progress(steps - 1, steps, "measuring and finding")
            self._measure(rows)
        self._look()
        self._find()
        self._arrange()
        self.progress(steps, steps, "done")

    def _within(self, step: int, steps: int) -> Progress:
        def inner(done: int, total: int, note: str = "") -> None:
            self.progress(step, steps, note)

        return inner

    def _names(self, snapshot: Snapshot) -> dict[str, EventId]:
        """The events of the story; a record ordinal names the same row whatever else was brought in."""
        tables = {source.table: source for source in snapshot.sources}
        return {
            name: EventId(
                tables[place["table"]].sha256, tables[place["table"]].member, place["table"], place["ordinal"]
            )
            for name, place in self.told["events"].items()
        }

    def _attach(self) -> None:
        for one in self.told["attachments"]:
            made = self.case.attach(
                sample.EXPORTS.joinpath(*one["file"].split("/")),
                title=one["title"],
                origin=one["origin"],
                sensitive=one["sensitive"],
                events=[self.names[name] for name in one["events"]],
                progress=silent,
            )
            self.attached[one["file"]] = made.number

    def _mark(self) -> None:
        for one in self.told["marks"]:
            self.case.annotate(
                [self.names[one["event"]]],
                note=one.get("note", ""),
                tags=tuple(one.get("tags", ())),
                bookmark=one.get("bookmark"),
            )

    def _choose(self, rows: Events) -> None:
        for one in self.told["exhibits"]:
            if "event" in one:
                event = rows.get(self.names[one["event"]])
                made = self.case.make_exhibit(event=event, caption=one["caption"])
            else:
                made = self.case.make_exhibit(attachment=self.attached[one["attachment"]], caption=one["caption"])
            self.exhibits[one.get("event") or one["attachment"]] = made.number

    def _measure(self, rows: Events) -> None:
        for one in self.told["measures"]:
            window = one["window"] or {}
            made = measured(
                self.case,
                rows,
                question=one["question"],
                table=one["table"],
                where=one["where"],
                unit=one["unit"],
                distinct=one["distinct"],
                from_us=_us(window.get("from")),
                to_us=_us(window.get("to")),
                of_where=one["of_where"],
                denominator_of=one["denominator_of"],
            )
            self.numbers[one["name"]] = made.number

    def _look(self) -> None:
        for one in self.told["views"]:
            made = self.case.save_view(
                one["title"],
                where=one["where"],
                from_us=_us(one["window"]["from"]),
                to_us=_us(one["window"]["to"]),
                lanes=one["lanes"],
            )
            self.views[one["name"]] = made.number

    def _arrange(self) -> None:
        """The evidence timeline, in the order in which the story is told."""
        for one in self.told["chronology"]:
            self.case.add_entry(exhibit=self.exhibits[one["event"]], caption=one.get("caption", ""))

    def _find(self) -> None:
        for one in self.told["findings"]:
            self.case.add_finding(
                one["sentence"],
                reasoning=one["reasoning"],
                supports=tuple(self.exhibits[name] for name in one["supports"]),
                contradicts=tuple(self.exhibits[name] for name in one["contradicts"]),
                measures=tuple(self.numbers[name] for name in one["measures"]),
                views=tuple(self.views[name] for name in one["views"]),
                clause=one["clause"],
                likelihood=Likelihood(one["likelihood"]),
                confidence=Confidence(one["confidence"]),
                confidence_basis=one["confidence_basis"],
                ask=one["ask"],
                limits=one["limits"],
            )


def _us(text: str | None) -> int | None:
    return None if text is None else (datetime.fromisoformat(text) - _EPOCH) // timedelta(microseconds=1)
