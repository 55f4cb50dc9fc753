"""How an export was made, fact by fact: what was stated, by whom, and how it compares with what came.

Stated is not proved. A fact comes from the manifest, or a person stated it, or it is “not stated”; nothing is inferred.
The facts lie in `Source.origin`, flat, as they were stated; its key `_stated_by` says who stated which: the name of a
file, or `{"by": NAME, "at": TIME}` (without a time, the one of the import), under the fact's key or under "*" for all
others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from casebound import exportmanifest
from casebound.case import Source
from casebound.errors import BadRequest
from casebound.exportmanifest import Stated
from casebound.moments import Reading, read
from casebound.zones import find_zone

STATED_BY: Final = exportmanifest.STATED_BY
NOT_STATED: Final = "not stated"
GIVEN: Final = "the statement given with it"
_ALL: Final = "*"


@dataclass(frozen=True, slots=True)
class FactKind:
    """One fact that is asked for. `keys` are the names under which manifests state it; the first is ours."""

    keys: tuple[str, ...]
    title: str
    hint: str  # an example of how it is stated

    @property
    def key(self) -> str:
        return self.keys[0]


KINDS: Final = (
    FactKind(("source_system", "system"), "System", "the system it was exported from, for example billing-warehouse"),
    FactKind(("exported_by", "operator"), "Exported by", "who ran it"),
    FactKind(("query_text", "query"), "Query", "the query or report as it was run"),
    FactKind(("filters", "filter"), "Filters", "what was left out on purpose, for example internal accounts"),
    FactKind(
        ("retention_window", "retention"), "Retention", "how long the system keeps such rows, for example 90 days"
    ),
    FactKind(("tool", "export_tool"), "Tool", "the program that wrote the file"),
    FactKind(("tool_version", "source_version"), "Version", "the version of that program or system"),
    FactKind(("exported_at", "created_at"), "Exported at", "2026-10-05T09:31:00+02:00"),
    FactKind(("window_tz", "time_zone"), "Time zone", "Europe/Berlin, +02:00 or UTC"),
    FactKind(("window_start",), "Window from", "2026-08-01T00:00:00Z"),
    FactKind(("window_end",), "Window to", "2026-10-05T00:00:00Z"),
    FactKind(("row_count", "expected_count"), "Expected rows", "a whole number"),
    FactKind(("file_sha256", "sha256"), "File's SHA-256", "64 hexadecimal digits"),
    FactKind(("legal_hold_id", "legal_hold"), "Legal hold", "the hold under which it was kept"),
)
"""The facts of how an export was made, in the order in which they are shown."""

_BY_KEY: Final = {key: kind for kind in KINDS for key in kind.keys}


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as shown. `value` is "" and `origin` “not stated” where nobody stated it."""

    key: str
    title: str
    value: str
    origin: str  # "manifest.json", "stated by NAME at TIME", "not stated"

    @property
    def stated(self) -> bool:
        return self.origin != NOT_STATED


def facts(source: Source, *, names: bool = True) -> tuple[Fact, ...]:
    """Every fact that is asked for, stated or not. Without `names`, people are “the examiner”."""
    origin = source.origin or {}
    made = []
    for kind in KINDS:
        key = next((key for key in kind.keys if key in origin), "")
        if not key and kind.key == "row_count" and source.expected is not None:
            made.append(Fact(kind.key, kind.title, str(source.expected), source.expected_from or GIVEN))
        elif key:
            made.append(Fact(key, kind.title, written(origin[key]), _told(source, key, names)))
        else:
            made.append(Fact(kind.key, kind.title, "", NOT_STATED))
    return tuple(made)


def further(source: Source, *, names: bool = True) -> tuple[Fact, ...]:
    """What was stated besides, under the names that the manifest gives it."""
    origin = source.origin or {}
    known = facts(source)
    shown = {fact.key for fact in known} | {STATED_BY}
    # The same fact under its other name says nothing more.
    values = {fact.title: fact.value for fact in known}
    shown |= {key for key, kind in _BY_KEY.items() if key in origin and written(origin[key]) == values[kind.title]}
    return tuple(
        Fact(str(key), str(key), written(value), _told(source, str(key), names))
        for key, value in origin.items()
        if key not in shown
    )


def stated_facts(source: Source, *, names: bool = True) -> tuple[Fact, ...]:
    """All that was stated, the known facts first. Empty where nothing was."""
    return tuple(fact for fact in (*facts(source, names=names), *further(source, names=names)) if fact.stated)


def for_recipient(source: Source, *, names: bool) -> dict[str, object] | None:
    """The origin as a package holds it: as stated, with `_stated_by` for every fact, in words."""
    if source.origin is None:
        return None
    told = {fact.key: fact.origin for fact in stated_facts(source, names=names)}
    kept: dict[str, object] = {str(key): value for key, value in source.origin.items() if key != STATED_BY}
    return {**kept, STATED_BY: {key: told[key] for key in kept if key in told}}


def written(value: object) -> str:
    """A stated value as text: texts as they are, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _told(source: Source, key: str, names: bool) -> str:
    by = (source.origin or {}).get(STATED_BY)
    who = by.get(key, by.get(_ALL)) if isinstance(by, Mapping) else None
    if isinstance(who, str):
        return who
    if isinstance(who, Mapping):
        at = who.get("at") or f"{source.imported_at:%Y-%m-%dT%H:%M:%SZ}"
        return f"stated by {who.get('by') if names else 'the examiner'} at {at}"
    # Cases of earlier versions kept the facts alone; who stated the count stated all of them.
    return source.expected_from or "stated with the import"


# Stating


def at_import(path: Path, table: str, origin: Mapping[str, object] | None, actor: str, name: str = "") -> Stated:
    """What is stated about a file when it comes in: by the manifest beside it, and by a person, who has the last word.

    Where both speak, the difference is told. What makes no sense is kept as stated, with a warning.
    """
    name = name or path.name
    beside = exportmanifest.beside(path, table, name)
    base = {} if beside.origin is None else {**beside.origin, STATED_BY: {_ALL: exportmanifest.NAME}}
    if origin is None:
        return replace(beside, origin=base or None)
    given = exportmanifest.stated(_filled(origin), table, name, GIVEN)
    said = dict(given.origin or {})
    if not base:
        return replace(given, origin={**said, STATED_BY: {_ALL: {"by": actor}}} if said else None)
    new = {key: value for key, value in said.items() if base.get(key) != value}
    words = [
        f"“{key}” is {written(value)} in {GIVEN}, and {written(base[key])} in {exportmanifest.NAME}."
        for key, value in new.items()
        if key in base
    ]
    mine = given.expected is not None and given.expected != beside.expected
    return Stated(
        {**base, **new, STATED_BY: {_ALL: exportmanifest.NAME, **{key: {"by": actor} for key in new}}},
        given.expected if given.expected is not None else beside.expected,
        given.expected_from if mine else beside.expected_from or given.expected_from,
        given.sha256 or beside.sha256,
        given.zone or beside.zone,
        given.zone_origin if given.zone and given.zone != beside.zone else beside.zone_origin,
        (*beside.warnings, *given.warnings, *words),
        given.time_base or beside.time_base,
        given.time_base_origin or beside.time_base_origin,
    )


def restated(source: Source, said: Mapping[str, object], by: str, at: str) -> dict[str, object]:
    """The origin of a source after a person stated `said`; an empty value takes a fact back to “not stated”.

    What does not change keeps who stated it. `at` is when, as the ledger writes it. Raises `BadRequest`.
    """
    said = {str(key): value for key, value in said.items() if key != STATED_BY}
    require_sense(_filled(said))
    origin: dict[str, object] = {key: value for key, value in (source.origin or {}).items() if key != STATED_BY}
    before = {fact.key: fact for fact in stated_facts(source)}
    kept = (source.origin or {}).get(STATED_BY)
    who: dict[str, object] = dict(kept) if isinstance(kept, Mapping) else {}
    if not who and origin:
        who[_ALL] = source.expected_from or "stated with the import"
    for key, value in said.items():
        kind = _BY_KEY.get(key)
        # A fact is stated once: under the name that it has here already.
        name = next((other for other in kind.keys if other in origin), key) if kind else key
        value = value.strip() if isinstance(value, str) else value
        if value in (None, ""):
            origin.pop(name, None)
            who.pop(name, None)
        elif name not in origin or written(value) != before[name].value:
            origin[name] = _number(value) if kind and kind.key == "row_count" else value
            who[name] = {"by": by, "at": at}
    return {**origin, STATED_BY: who} if origin else {}


def require_sense(said: Mapping[str, object]) -> None:
    """Raise `BadRequest` naming the fact that cannot be what a person stated."""
    for key, value in said.items():
        kind = _BY_KEY.get(key)
        title = kind.title if kind else key
        match kind.key if kind else "":
            case "row_count":
                if _number(value) is None:
                    raise BadRequest(f"“{title}” must be a whole number of rows.", "Write it without a unit.")
            case "file_sha256":
                text = str(value).strip().lower()
                if len(text) != 64 or set(text) - set("0123456789abcdef"):
                    raise BadRequest(f"“{title}” must be 64 hexadecimal digits.", "Copy the whole fingerprint.")
            case "window_tz":
                find_zone(str(value))
            case "window_start" | "window_end" | "exported_at":
                if not isinstance(read(str(value)), Reading):
                    raise BadRequest(f"“{title}” is not a time that can be read.", f"Write it as {kinds_hint(key)}.")


def kinds_hint(key: str) -> str:
    """How a fact is written, by example."""
    return _BY_KEY[key].hint


def _number(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value >= 0 else None
    text = str(value).strip().replace(",", "").replace("\u202f", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _filled(said: Mapping[str, object]) -> dict[str, object]:
    """What was filled in, the count as a number."""
    made: dict[str, object] = {}
    for key, value in said.items():
        if key == STATED_BY or value is None or (isinstance(value, str) and not value.strip()):
            continue
        counted = _number(value) if key in ("row_count", "expected_count") else None
        made[str(key)] = value if counted is None else counted
    return made


def differences(name: str, read_rows: int, sha256: str, stated: Stated) -> tuple[str, ...]:
    """What is wrong between a statement and the file, in words: its fingerprint and its count."""
    words = []
    if stated.sha256 and sha256 and stated.sha256 != sha256:
        words.append(
            f"“{name}” is not the file that was exported, or was changed since: its SHA-256 is {sha256}, and "
            f"{stated.sha256} was stated."
        )
    if stated.expected is not None and stated.expected != read_rows:
        words.append(
            f"{stated.expected:,} rows were stated by {stated.expected_from} and {read_rows:,} are in the file."
        )
    return tuple(words)


def statement_of(source: Source) -> Stated:
    """What is stated of a source now, as `differences` takes it."""
    origin = source.origin or {}
    sha256 = next((origin[key] for key in ("file_sha256", "sha256") if key in origin), "")
    return Stated(
        origin, source.expected, source.expected_from, sha256.strip().lower() if isinstance(sha256, str) else ""
    )


def with_statement(source: Source, said: Mapping[str, object], by: str, at: datetime) -> Source:
    """The source as it is once a person stated `said`: its origin, expected count and warnings, nothing else."""
    moment = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    origin = restated(source, said, by, moment)
    name = next((key for key in _BY_KEY["row_count"].keys if key in origin), "")
    expected = _number(origin[name]) if name else None
    expected_from = source.expected_from if expected == source.expected else f"the statement of {moment[:10]}"
    after = replace(
        source, origin=origin or None, expected=expected, expected_from=expected_from if expected is not None else ""
    )
    old = differences(source.name, source.read, source.sha256, statement_of(source))
    new = differences(source.name, source.read, source.sha256, statement_of(after))
    rest = tuple(word for word in source.warnings if word not in old)
    return replace(after, warnings=(*new, *rest))
