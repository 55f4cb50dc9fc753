"""How an export was made, as its manifest states: a manifest.json beside the files, or a file a person names.

Stated is not proved: what the manifest says is kept as stated, compared with what came, and every difference is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from casebound.errors import BadRequest
from casebound.moments import time_base
from casebound.zones import find_zone
from casebound_packaging.canonical import load

NAME = "manifest.json"
STATED_BY = "_stated_by"
"""The key under which `casebound.assurance` keeps who stated what; no manifest can say that of itself."""
_LARGEST = 4 * 1024 * 1024
_PER_FILE = ("row_counts", "file_sha256")
_KNOWN = {
    "export_id",
    "exported_at",
    "exported_by",
    "source_system",
    "query_text",
    "window_start",
    "window_tz",
    *_PER_FILE,
}


@dataclass(frozen=True, slots=True)
class Stated:
    """What is stated about one file. Empty where nothing is."""

    origin: Mapping[str, object] | None = None
    expected: int | None = None
    expected_from: str = ""
    sha256: str = ""
    zone: str = ""
    zone_origin: str = "assumed"
    warnings: tuple[str, ...] = ()
    time_base: str = ""  # what relative times are counted from
    time_base_origin: str = ""


def is_manifest(path: Path) -> bool:
    """Whether a file is itself a manifest: a note on other files, not a table."""
    if path.name.lower() != NAME or path.stat().st_size > _LARGEST:
        return False
    facts = _read(path)
    return facts is not None and bool(_KNOWN & set(facts))


def beside(path: Path, table: str, name: str) -> Stated:
    """What the manifest in the folder of `path` states about it; nothing where there is none or it does not name the
    file.
    """
    manifest = path.parent / NAME
    try:
        if not manifest.is_file() or manifest.stat().st_size > _LARGEST:
            return Stated()
    except OSError:
        return Stated()
    facts = _read(manifest)
    if facts is None:
        return Stated(warnings=(f"{NAME} beside the file is not JSON and was not used.",))
    named = {key for field in _PER_FILE for key in _mapping(facts.get(field))} | set(_mapping(facts.get("files")))
    if not _KNOWN & set(facts) or (named and name not in named and table not in named):
        return Stated()
    return stated(facts, table, name, NAME)


def stated(facts: Mapping[str, object], table: str, name: str, source: str) -> Stated:
    """What `facts` state about the file `name` holding `table`. `source` says where they come from."""
    warnings = []
    own = _mapping(facts.get("files")).get(name, _mapping(facts.get("files")).get(table))
    if isinstance(own, Mapping):
        facts = {**facts, **own}
    expected = _of(facts.get("row_counts"), name, table, facts.get("expected_count", facts.get("row_count")))
    if expected is not None and (not isinstance(expected, int) or isinstance(expected, bool) or expected < 0):
        warnings.append(f"The count of rows that {source} states is no number and was not used.")
        expected = None
    sha256 = _of(facts.get("file_sha256"), name, table, facts.get("sha256"))
    zone = facts.get("window_tz", facts.get("time_zone", ""))
    zone = zone if isinstance(zone, str) else ""
    if zone:
        try:
            find_zone(zone)
        except BadRequest:
            warnings.append(f"The time zone “{zone}” that {source} states is not known and was not used.")
            zone = ""
    base = facts.get("time_base", "")
    base = base if isinstance(base, str) else ""
    if base:
        try:
            time_base(base, source)
        except BadRequest:
            warnings.append(f"The time base “{base}” that {source} states is no moment with a zone and was not used.")
            base = ""
    if STATED_BY in facts:
        warnings.append(
            f"What {source} states under “{STATED_BY}” was not used: that name is kept for who stated what."
        )
    apart = (*_PER_FILE, "files", STATED_BY)
    origin: dict[str, object] = {key: value for key, value in facts.items() if key not in apart}
    if expected is not None:
        origin["row_count"] = expected
    if isinstance(sha256, str):
        origin["file_sha256"] = sha256
    return Stated(
        origin,
        expected if isinstance(expected, int) else None,
        source if isinstance(expected, int) else "",
        sha256.lower() if isinstance(sha256, str) else "",
        zone,
        source if zone else "assumed",
        tuple(warnings),
        base,
        source if base else "",
    )


def _read(path: Path) -> Mapping[str, object] | None:
    try:
        facts = load(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, OSError):
        return None
    return facts if isinstance(facts, Mapping) else None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _of(per_file: object, name: str, table: str, otherwise: object) -> object:
    found = _mapping(per_file)
    for key in (name, table):
        if key in found:
            return found[key]
    return otherwise
