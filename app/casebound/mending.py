"""Mending: set-aside rows of a source are read again by another recipe, those rows alone, and join it where they fit.

A mend is tried first and nothing is kept of that; then it is done, and its rows are a generation of their own, named in
one commit with its line of the ledger. Rows keep their identity: marks and filters find them as if they had been kept
from the beginning. What cannot be read this way either stays set aside, with the new reason.
"""

# ruff: noqa: S608 - names are quoted by casebound.sqltext

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from casebound import overlaps, rowstore
from casebound.case import ColumnRole, Source, TableMapping
from casebound.duck import ask, connect, refusals_in_words
from casebound.errors import BadCase, BadRequest, NothingToDo
from casebound.events import Events
from casebound.generation import MendDraft
from casebound.importers import importer_of
from casebound.importers.batch import Refused
from casebound.mappedtimes import time_column
from casebound.moments import utc_text
from casebound.previewing import ambiguity
from casebound.quarantine import Choice, Group
from casebound.recipes import Recipe, Shift, spoken
from casebound.rereading import batches
from casebound.sqltext import name_sql
from casebound.staging import Staging
from casebound.unpacking import readable
from casebound.work import Cancelled, Progress, silent

if TYPE_CHECKING:
    from casebound.document import Case

_EXAMPLES = 5
_SHOWN = 400  # characters of a value of an example


@dataclass(frozen=True, slots=True)
class Example:
    """One row as it would be kept: its line, its time as found and in UTC ("" without times), and its values."""

    line: int
    time_raw: str
    utc: str
    values: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a mend would do. read = kept + quarantined + duplicates."""

    read: int
    kept: int
    quarantined: int
    duplicates: int
    examples: tuple[Example, ...]
    failing: tuple[tuple[str, int], ...]  # why rows could not be read this way either, with an example each, and counts


def parsed_target(case: Case, text: str) -> tuple[Source, Choice]:
    """What a person named as "S-01", "S-01:time" or "S-01:time-2". Raises `BadRequest`."""
    label, _, name = text.strip().partition(":")
    source = next((one for one in case.snapshot().sources if one.label.lower() == label.strip().lower()), None)
    if source is None:
        raise BadRequest(f"The case has no source “{label}”.", "Its sources are listed by `casebound sources`.")
    if not name:
        return source, Choice()
    with Events.open(case.path, [source]) as events:
        found = events.set_aside_groups(source.number)
    named = next((group for group in found if group.name == name), None)
    if named is not None and named.name != named.code:
        return source, Choice(named.code, named.shape)
    if not any(group.code == name for group in found):
        raise BadRequest(
            f"Nothing of {source.label} is set aside as “{name}”.",
            f"What is set aside there: {', '.join(group.name for group in found) or 'nothing'}.",
        )
    return source, Choice(name)


def of_group(group: Group) -> Choice:
    """The rows of a group."""
    return Choice(group.code, group.shape)


def try_mend(case: Case, source: Source, choice: Choice, recipe: Recipe, progress: Progress = silent) -> Trial:
    """What reading the chosen rows again would give. Nothing is kept of it. Raises as `mend` does."""
    with tempfile.TemporaryDirectory(prefix="casebound-") as room:
        folder = Path(room) / "rows"
        folder.mkdir(mode=0o700)
        draft = _read(case, source, choice, recipe, folder, progress)
        examples, failing = _looked_at(folder, source.mapping.named(ColumnRole.TIME))
        return Trial(draft.read, draft.kept, draft.quarantined, draft.duplicates, examples, failing)


def mend(case: Case, source: Source, choice: Choice, recipe: Recipe, progress: Progress = silent) -> Source:
    """Read the chosen rows again and keep what can be read. Returns the source as it is now.

    Raises `BadRequest` for a recipe that does not fit, `NothingToDo` where no row is meant, or none could be read, and
    `Cancelled`; the case is then as it was before.
    """
    folder = case.new_mend(source.name)
    try:
        draft = _read(case, source, choice, recipe, folder, progress)
        if not draft.kept + draft.duplicates:
            these = f"the {draft.read:,} rows" if draft.read > 1 else "the row"
            raise NothingToDo(
                f"Not one of {these} can be read this way." if draft.read > 1 else f"{these} cannot be read this way.",
                "Try another way; what each would give is shown before anything is kept.",
                meaning="Nothing was changed.",
                where=source.name,
            )
        return case.commit_mend(draft)
    except Cancelled:
        case.discard_generation(folder)
        case.record_stop("reading rows again", source.name)
        raise
    except BaseException:
        case.discard_generation(folder)
        raise


@refusals_in_words()
def _read(case: Case, source: Source, choice: Choice, recipe: Recipe, folder: Path, progress: Progress) -> MendDraft:
    """Read the chosen rows into the empty folder of a new generation."""
    snapshot = case.snapshot()
    source = next((one for one in snapshot.sources if one.number == source.number), source)
    mapping = recipe.mapping(source.mapping, case.actor.name)
    if not recipe.said():
        raise BadRequest(
            "Nothing was chosen that would be read otherwise.", "Choose a time format, a zone, an encoding or a shift."
        )
    importer, times = importer_of(source.format), time_column(mapping)
    known = overlaps.earlier(case.path, snapshot.sources, mapping, source.number)
    with readable(_original(case, source), source.name, source.member, folder / "unpacked", progress) as opened:
        staging = Staging(folder, opened.path, mapping, times)
        try:
            scratch = folder / "again"
            scratch.mkdir(mode=0o700)
            with Events.open(case.path, [source]) as events:
                chosen = _told(events.set_aside_where(source.number, choice), source, progress)
                for batch in batches(chosen, opened.path, source.format, mapping, recipe, scratch):
                    staging.add(batch)
            scratch.rmdir()
            if not staging.read:
                raise NothingToDo("No row that is set aside is meant.", "Look at what is set aside now.")
            if times and times.days.either:
                raise BadRequest(
                    ambiguity(mapping.named(ColumnRole.TIME), times.days, "these rows"),
                    "Choose the time format dmy or mdy.",
                    meaning="Nothing was changed, because a guess would move events to other days.",
                )
            overlaps.reconcile(staging, known, progress)
            written = rowstore.write(staging, importer.version, progress)
        finally:
            staging.close()
    return MendDraft(
        source=source.number,
        before=len(source.mends),
        recipe=_recorded(choice, recipe, mapping),
        read=staging.read,
        kept=written.kept,
        quarantined=written.quarantined,
        duplicates=written.duplicates,
        timed=written.timed,
        first_us=written.first_us,
        last_us=written.last_us,
        generation=folder,
        rows_digest=written.digest,
        importer=importer.version,
    )


def _recorded(choice: Choice, recipe: Recipe, mapping: TableMapping) -> dict[str, object]:
    """The recipe as it stands in the case and the ledger; which rows exactly is in the generation."""
    rows: dict[str, object] = {"code": choice.code} if choice.code else {}
    if choice.shape is not None:
        rows["shape"] = choice.shape
    if choice.ordinals is not None:
        rows["chosen_one_by_one"] = len(choice.ordinals)
    said = recipe.said()
    if recipe.zone:
        said["zone_origin"] = mapping.zone_origin
    return {"rows": rows, **said}


def _original(case: Case, source: Source) -> Path:
    """The kept original. Raises `BadCase` where it is gone."""
    path = case.evidence_path(source.sha256)
    if not path.is_file():
        raise BadCase(
            f"The original of “{source.name}” is missing from this case.",
            "Run `casebound check` on the case; it names what is missing.",
            meaning="Nothing was changed.",
            where=source.name,
        )
    return path


def _told(records: Iterator[Refused], source: Source, progress: Progress) -> Iterator[Refused]:
    for done, one in enumerate(records):
        if done % 100 == 0:
            progress(done, 0, f"Reading rows of {source.name} again")
        yield one


def _looked_at(folder: Path, time: str) -> tuple[tuple[Example, ...], tuple[tuple[str, int], ...]]:
    """The first rows of a generation, and why others could not be kept."""
    connection = connect(folder / rowstore.ROWS, None, read_only=True)
    try:
        names = [name for (name,) in ask(connection, "SELECT name FROM columns ORDER BY number")]
        cells = ", ".join(f"substr(CAST({name_sql(name)} AS VARCHAR), 1, {_SHOWN})" for name in names)
        rows = ask(connection, f"SELECT _line, _time_us, {cells} FROM rows ORDER BY _ordinal LIMIT {_EXAMPLES}")
        failing = ask(
            connection,
            "SELECT min_by(_reason, _ordinal), count(*) FROM quarantine GROUP BY _code ORDER BY 2 DESC LIMIT 20",
        )
    finally:
        connection.close()
    examples = []
    for line, time_us, *values in rows:
        fields = dict(zip(names, values, strict=True))
        utc = utc_text(time_us) if time_us is not None else ""
        examples.append(Example(int(line), str(fields.get(time) or ""), utc, tuple(fields.items())))
    return tuple(examples), tuple((str(reason), int(count)) for reason, count in failing)


__all__ = ["Choice", "Example", "Recipe", "Shift", "Trial", "mend", "of_group", "parsed_target", "spoken", "try_mend"]
