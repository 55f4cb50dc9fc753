"""Event exhibits against the rows of the enclosed tables that they are of.

An exhibit's fields are proved by what the custody record committed to; a table's row is not. Where both are given they
must say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from casebound_packaging.finding import Finding
from casebound_packaging.times import parse_stamp
from casebound_packaging.verify.cells import records
from casebound_packaging.verify.contents import Contents
from casebound_packaging.verify.exhibits import Exhibits

_EPOCH = "1970-01-01T00:00:00.000000Z"


def check_citations(contents: Contents, exhibits: Exhibits, found: list[Finding]) -> None:
    """Compare every field given, and the time, with the row enclosed. What differs is a finding."""
    places = {identity: rows for rows in contents.tables.values() for identity in rows.records}
    for number, record in sorted(exhibits.records.items()):
        event = record.get("event")
        identity = event.get("id") if isinstance(event, dict) else None
        if not isinstance(identity, str) or identity not in places:
            continue
        rows = places[identity]
        try:
            names = next(records(rows.header + "\n"))
            cells = next(records(rows.records[identity].decode("utf-8") + "\n"))
        except (ValueError, StopIteration):
            found.append(Finding("completeness", rows.name, f"The row that {number} is of cannot be read.", identity))
            continue
        row = dict(zip(names, cells, strict=False))
        for key, said in _said(record).items():
            if key not in row or (row[key] or "") != (said or ""):
                problem = f"The row that {number} is of says something else than the exhibit ({key.strip('_')[:80]})."
                found.append(Finding("completeness", rows.name, problem, str(said)[:200], str(row.get(key))[:200]))


def _said(record: Mapping[str, object]) -> dict[str, str | None]:
    """What an exhibit says of its row, by column."""
    fields, time = record.get("fields"), record.get("time")
    said = (
        {str(key): value if isinstance(value, str) else None for key, value in fields.items()}
        if isinstance(fields, dict)
        else {}
    )
    try:
        moment = parse_stamp(str(time.get("utc"))) if isinstance(time, dict) else None
    except ValueError:
        moment = None
    if moment is not None:
        said["_time_us"] = str((moment - parse_stamp(_EPOCH)) // timedelta(microseconds=1))
    return said
