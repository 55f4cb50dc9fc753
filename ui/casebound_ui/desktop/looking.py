"""Looking at files before they come in: their tables, what is no table and why, and what is stated of them. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from casebound import exportmanifest, previewing
from casebound.assurance import STATED_BY, written
from casebound.case import ColumnRole, Preview, TableMapping
from casebound.errors import BadRequest, CaseboundError
from casebound.folders import Survey, survey
from casebound.foundtables import Fate, LeftOut
from casebound.moments import Reading, read
from casebound.work import Progress

LAYOUT = ("encoding", "delimiter", "header_line", "header_rows")
Said = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class LookedAt:
    """Everything that was found in some files. `facts` is what manifests beside them state of all tables alike."""

    previews: tuple[Preview, ...]
    left_out: tuple[LeftOut, ...] = ()
    facts: Mapping[str, str] | None = None

    @property
    def manifests(self) -> int:
        """How many of the files say how the others were made."""
        return sum(one.fate is Fate.MANIFEST for one in self.left_out)


def look(paths: Sequence[Path], progress: Progress) -> LookedAt:
    """Recognise every table of files, folders and archives. One file alone that cannot be read raises; of several, the
    others are still shown.
    """
    found: list[Preview] = []
    left_out: list[LeftOut] = []
    files: list[Path] = []
    for path in paths:
        inside = survey(path, progress) if path.is_dir() else Survey((path,), ())
        files += inside.files
        left_out += inside.passed_over
    named = {path for path in paths if not path.is_dir()}
    for place, path in enumerate(files):
        progress(place, len(files), path.name)
        if len(files) > 1 and exportmanifest.is_manifest(path):
            reason = "It says how the files beside it were exported, and is used for them."
            left_out.append(LeftOut(path, "", Fate.MANIFEST, reason))
            continue
        try:
            seen = previewing.look(path, progress=progress, alone=path in named)
            if len(files) == 1:
                previewing.require_tables(seen, path.name)
        except CaseboundError as error:
            if len(files) == 1:
                raise
            left_out.append(LeftOut(path, "", Fate.NO_TABLE, error.title, error.hint))
            continue
        found += seen.previews
        left_out += seen.left_out
    return LookedAt(tuple(found), tuple(left_out), stated(found))


def nothing_found(looked: LookedAt) -> CaseboundError:
    """What to say where no file of several is a table."""
    first = looked.left_out[0] if looked.left_out else None
    told = f" “{first.name}”: {first.reason}" if first is not None else ""
    return BadRequest(
        f"There is no table in what was chosen.{told}",
        "Attach the files to the case instead.",
        meaning="Nothing was brought in.",
    )


def again(one: Preview, said: Said) -> Preview:
    """The same table read as a person said. Raises `BadRequest` where that does not fit."""
    fresh = previewing.preview(one.path, mapping=said, member=one.member)
    same = next((each for each in fresh if each.member == one.member), None)
    if same is None:
        raise BadRequest(f"“{one.path.name}” no longer holds the table “{one.mapping.table}”.", "Look at it again.")
    return same


def stated(previews: Sequence[Preview]) -> Mapping[str, str] | None:
    """What manifests state alike of all these tables; None where there is no manifest."""
    shared: dict[str, str] | None = None
    for one in previews:
        origin = exportmanifest.beside(one.path, one.mapping.table, one.path.name).origin
        own = {key: written(value) for key, value in (origin or {}).items() if key != STATED_BY}
        shared = own if shared is None else {key: value for key, value in shared.items() if own.get(key) == value}
    return shared or None


def said_of(mapping: TableMapping, chosen: Said) -> dict[str, object]:
    """A mapping as something said: every column, and of the layout and the zone what a person chose."""
    columns: dict[str, object] = {
        one.name: {"role": str(one.role), "time_format": one.time_format} for one in mapping.columns
    }
    return {**chosen, "columns": columns}


def with_role(mapping: TableMapping, chosen: Said, name: str, role: str, time_format: str) -> dict[str, object]:
    """What is said once column `name` has this role: who, what, when and the key are one column each."""
    said = said_of(mapping, chosen)
    columns = said["columns"]
    assert isinstance(columns, dict)
    if role in ("time", "actor", "action", "object", "id"):
        for other, value in columns.items():
            if other != name and value["role"] == role:
                columns[other] = {"role": "text", "time_format": "auto"}
    columns[name] = {"role": role, "time_format": time_format or "auto"}
    return said


def day_month(one: Preview) -> str:
    """The sentence that says that days and months can be told either way; "" where they can be told."""
    return next((words for words in one.evidence if "can be read day first or month first" in words), "")


@dataclass(frozen=True, slots=True)
class Sample:
    """How one time would read: the raw text, UTC or why it would be set aside, the rule, the zone and its origin."""

    raw: str
    reads: str
    rule: str
    zone: str
    settled: bool  # False where it would be set aside, or a person must decide


def samples(one: Preview) -> tuple[Sample, ...]:
    """The first different times of a table, each with the rule that reads it."""
    time = next((column for column in one.mapping.columns if column.role is ColumnRole.TIME), None)
    if time is None:
        return ()
    made = []
    for raw, reads in one.time_samples:
        found = read(raw, time.time_format)
        settled = isinstance(found, Reading) and not reads.startswith("set aside")
        rule, zone = "", ""
        if isinstance(found, Reading):
            rule = found.rule
            if found.relative:
                zone = f"from {one.mapping.time_base}" if one.mapping.time_base else ""
            elif found.offset is not None:
                zone = f"{found.zone or 'UTC'}, in the value"
            else:
                zone = f"{one.mapping.zone or 'UTC'}, {one.mapping.zone_origin}"
        made.append(Sample(raw, reads, rule, zone, settled))
    return tuple(made)
