"""Mappings as files: how one table is read, saved, shared and used again.

::

    {"table": "requests", "zone": "Europe/Berlin", "encoding": "utf-8", "delimiter": ",", "header_line": 1,
     "columns": {"ts": {"role": "time", "time_format": "dmy"}, "account_id": "actor"}}

Every key may be missing: what is not said stays as proposed. `time_base` is what times in a format such as relative-ms
are counted from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace

from casebound.case import Column, ColumnRole, TableMapping
from casebound.errors import BadRequest
from casebound.importers.layout import Choices
from casebound.moments import FORMATS, time_base

_KEYS = {
    "table",
    "zone",
    "encoding",
    "delimiter",
    "header_line",
    "header_rows",
    "time_base",
    "time_base_origin",
    "columns",
    "zone_origin",
    "recognised_as",
}
_SINGLE = (ColumnRole.TIME, ColumnRole.ACTOR, ColumnRole.ACTION, ColumnRole.OBJECT, ColumnRole.ID)
_HINT = "A mapping may say table, zone, encoding, delimiter, header_line, and columns with their roles."


def mapping_json(mapping: TableMapping) -> str:
    """A mapping as it is kept with a generation."""
    facts = asdict(mapping)
    facts["columns"] = [
        {"name": column.name, "role": column.role.value, "time_format": column.time_format}
        for column in mapping.columns
    ]
    return json.dumps(facts, ensure_ascii=False, sort_keys=True)


def choices_of(said: Mapping[str, object] | None) -> Choices:
    """The part of a mapping that must be known before the file is looked into. Raises `BadRequest`."""
    said = said or {}
    unknown = sorted(str(key) for key in set(said) - _KEYS)
    if unknown:
        raise BadRequest(f"The mapping says “{unknown[0]}”, which means nothing here.", _HINT)
    line = said.get("header_line")
    if line is not None and (not isinstance(line, int) or isinstance(line, bool) or line < 0):
        raise BadRequest("“header_line” in the mapping must be the number of a line, or 0 for none.", _HINT)
    rows = said.get("header_rows")
    if rows is not None and (not isinstance(rows, int) or isinstance(rows, bool) or not 1 <= rows <= 10):
        raise BadRequest("“header_rows” in the mapping must be a number from 1 to 10.", _HINT)
    texts = {}
    for key in ("encoding", "delimiter"):
        value = said.get(key, "")
        if not isinstance(value, str):
            raise BadRequest(f"“{key}” in the mapping must be text.", _HINT)
        texts[key] = value
    return Choices(texts["encoding"], texts["delimiter"], line, rows)


def changed(mapping: TableMapping, said: Mapping[str, object] | None) -> TableMapping:
    """The proposed mapping with the roles and formats that a person chose.

    Raises `BadRequest` naming what does not fit.
    """
    columns = (said or {}).get("columns", {})
    if isinstance(columns, list):
        columns = {item.get("name"): item for item in columns if isinstance(item, Mapping)}
    if not isinstance(columns, Mapping):
        raise BadRequest("“columns” in the mapping must name columns and their roles.", _HINT)
    chosen: dict[str, tuple[ColumnRole | None, str]] = {}
    for name, value in columns.items():
        if name not in {column.name for column in mapping.columns}:
            near = next((c.name for c in mapping.columns if c.name.lower() == str(name).lower()), "")
            raise BadRequest(
                f"The mapping names a column “{name}”, which “{mapping.table}” does not have.",
                f"Did you mean “{near}”?"
                if near
                else "Its columns are: " + ", ".join(c.name for c in mapping.columns[:30]) + ".",
            )
        chosen[str(name)] = _choice(str(name), value)
    taken = {role for role, _ in chosen.values() if role in _SINGLE}
    result = []
    for column in mapping.columns:
        if column.name in chosen:
            role, time_format = chosen[column.name]
            result.append(Column(column.name, role or column.role, time_format or column.time_format))
        elif column.role in taken:
            result.append(replace(column, role=ColumnRole.TEXT, time_format="auto"))
        else:
            result.append(column)
    base = (said or {}).get("time_base", "")
    if not isinstance(base, str):
        raise BadRequest("“time_base” in the mapping must be text.", "Write it as 2026-03-01T10:00:00Z.")
    if base.strip() and base.strip() != mapping.time_base:
        time_base(base, "chosen")  # a moment, or an error that says so
        mapping = replace(mapping, time_base=base.strip(), time_base_origin="chosen")
    for role in _SINGLE:
        if sum(column.role is role for column in result) > 1:
            raise BadRequest(f"Two columns of “{mapping.table}” are mapped as {role.value}; there can be one.", _HINT)
    return replace(mapping, columns=tuple(result))


def _choice(name: str, value: object) -> tuple[ColumnRole | None, str]:
    role_text, time_format = (
        (value.get("role"), value.get("time_format", "")) if isinstance(value, Mapping) else (value, "")
    )
    try:
        role = None if role_text is None else ColumnRole(str(role_text))
    except ValueError:
        roles = ", ".join(role.value for role in ColumnRole)
        raise BadRequest(f"“{role_text}” is no role for the column “{name}”.", f"Roles are {roles}.") from None
    if not isinstance(time_format, str) or (time_format and time_format not in FORMATS and "%" not in time_format):
        raise BadRequest(
            f"“{time_format}” is no format of time for the column “{name}”.",
            f"Use one of {', '.join(FORMATS)}, or a pattern such as %d/%m/%Y %H:%M.",
        )
    return role, time_format
