"""How a table is read, as a file: saved from one import, shared, kept under version control, used for the next.

::

    {
      "columns": [{"name": "ts", "role": "time", "time_format": "dmy"}, {"name": "account_id", "role": "actor", …}, …],
      "delimiter": ",", "description": "Request exports of the warehouse", "encoding": "utf-8",
      "format": "casebound mapping", "header_line": 1, "header_rows": 1, "recognised_as": "requests export",
      "table": "requests", "time_base": "", "time_base_origin": "", "tool": "casebound 0.1.0", "version": 1,
      "zone": "Europe/Berlin", "zone_origin": "chosen by Rosa Behrens"
    }

The same mapping always gives the same bytes. A file written by hand may leave out all but what it changes, `format`
and `version` included, and may give `columns` as an object, name to role. Who used a file is who chose: its zone and
time base count as chosen by them, whoever saved it.
"""

from __future__ import annotations

import json
from pathlib import Path

from casebound import __version__
from casebound.case import TableMapping
from casebound.errors import BadRequest
from casebound.mappings import choices_of, mapping_json

FORMAT = "casebound mapping"
VERSION = 1
_LARGEST = 4_000_000  # bytes
_ABOUT = ("format", "version", "tool", "description")
_TEXTS = ("table", "zone", "encoding", "delimiter", "time_base", "tool", "description")
_HINT = "Choose a file saved with “Save mapping” or --save-mapping, or write one as the guide shows."


def mapping_file(mapping: TableMapping, description: str = "") -> bytes:
    """A mapping as a file: UTF-8, sorted, indented, the same bytes for the same mapping and program."""
    facts = json.loads(mapping_json(mapping))
    about = {"format": FORMAT, "version": VERSION, "tool": f"casebound {__version__}", "description": description}
    return (json.dumps({**facts, **about}, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def read_mapping_file(path: Path) -> dict[str, object]:
    """What a mapping file says, as `preview` and `bring_in` take it. Raises `BadRequest` naming what does not fit."""
    try:
        if path.stat().st_size > _LARGEST:
            raise _none(path.name, f"it is larger than {_LARGEST:,} bytes")
        return mapping_said(path.read_bytes(), path.name)
    except OSError as error:
        raise _none(path.name, f"it cannot be read ({error.strerror})") from error


def mapping_said(content: bytes, name: str) -> dict[str, object]:
    """The same for the bytes of a file of that name."""
    try:
        said = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        raise _none(name, "it is not UTF-8 text") from error
    except (ValueError, RecursionError) as error:
        raise _none(name, str(error) or "it is nested too deeply") from error
    if not isinstance(said, dict):
        raise _none(name, "it is no JSON object")
    if said.get("format", FORMAT) != FORMAT:
        raise _none(name, f"it is a file of the format “{said['format']}”")
    version = said.get("version", VERSION)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _none(name, f"“{version}” is no version of a mapping")
    if version > VERSION:
        tool = said.get("tool") or "a newer program"
        raise BadRequest(
            f"“{name}” is a mapping of version {version}, written by {tool}; the newest read here is {VERSION}.",
            "Use the newer program, or save the mapping again with this one.",
            meaning="Nothing was read by it: what a newer version adds would be left out without a word.",
            where=name,
        )
    for key in _TEXTS:
        if not isinstance(said.get(key, ""), str):
            raise BadRequest(f"“{key}” in the mapping “{name}” must be text.", _HINT, where=name)
    known = {key: value for key, value in said.items() if key not in _ABOUT}
    choices_of(known)
    return known


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, _ in pairs if sum(name == other for other, _ in pairs) > 1)
        raise ValueError(f"it says “{twice}” twice")
    return found


def _none(name: str, why: str) -> BadRequest:
    return BadRequest(f"“{name}” is no mapping: {why}.", _HINT, meaning="Nothing changed.", where=name)
