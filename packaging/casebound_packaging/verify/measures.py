"""Queries and views: do their descriptions, files and numbers belong together. No SQL is run here."""

from __future__ import annotations

import re
from collections.abc import Mapping

from casebound_packaging.finding import Finding
from casebound_packaging.verify.cells import decoded, records
from casebound_packaging.verify.contents import Contents, document

_QUERY = re.compile(r"data/queries/(Q-[0-9]{4,})\.(json|sql)")
_VIEW = re.compile(r"data/views/(V-[0-9]{2,})\.(json|sql|csv)")


def check_measures(contents: Contents, found: list[Finding]) -> None:
    """Check every query and view that is enclosed. What does not fit is a finding."""
    for pattern, key, kinds in ((_QUERY, "query", ("json", "sql")), (_VIEW, "view", ("json", "sql", "csv"))):
        numbers = {match[1] for name in contents.names if (match := pattern.fullmatch(name))}
        folder = "data/queries/" if key == "query" else "data/views/"
        for number in sorted(numbers):
            for kind in kinds:
                if f"{folder}{number}.{kind}" not in contents.names:
                    found.append(Finding("completeness", f"{folder}{number}.{kind}", f"The {key} is not there whole."))
            path = f"{folder}{number}.json"
            record = document(contents, path, "completeness", found)
            if record is None:
                continue
            if record.get(key) != number:
                problem = f"The description is of another {key}."
                found.append(Finding("completeness", path, problem, number, str(record.get(key))))
            _tables(contents, record, path, found)
            if key == "view":
                _numbers(contents, record, path, found)


def _tables(contents: Contents, record: Mapping[str, object], path: str, found: list[Finding]) -> None:
    tables = record.get("tables")
    if not isinstance(tables, dict):
        found.append(Finding("completeness", path, "It does not say which tables it counts."))
        return
    for name in tables.values():
        if name not in contents.names:
            found.append(Finding("completeness", path, "It counts a table that is not enclosed.", str(name), ""))


def _numbers(contents: Contents, record: Mapping[str, object], path: str, found: list[Finding]) -> None:
    """The counts of a view add up to what it says it shows, in all and for each source."""
    numbers = str(record.get("numbers"))
    if numbers != path.removesuffix("json") + "csv":
        found.append(Finding("completeness", path, "Its numbers stand in another file than its own.", "", numbers))
        return
    counted: dict[str, int] = {}
    try:
        rows = records(decoded(contents.kept.get(numbers, b"")))
        if next(rows, []) != ["bin_us", "lane", "source", "events"]:
            raise ValueError("its columns are not those of a view")
        for row in rows:
            *_, source, events = row if len(row) == 4 else (None, None)
            if not re.fullmatch(r"[1-9][0-9]{0,17}", events or ""):
                raise ValueError("a count is no number of events")
            counted[str(source)] = counted.get(str(source), 0) + int(events or "0")
    except ValueError as error:  # what is no UTF-8 among them
        found.append(Finding("completeness", numbers, f"The numbers cannot be read: {error}."))
        return
    sources = record.get("sources")
    listed = [one for one in sources if isinstance(one, dict)] if isinstance(sources, list) else []
    stated = {str(one.get("source")): one.get("shown") for one in listed}
    if record.get("shown") != sum(counted.values()) or any(
        counted.get(source, 0) != stated.get(source, 0) for source in {*counted, *stated}
    ):
        problem = "The events counted are not as many as the view says it shows."
        found.append(Finding("completeness", path, problem, str(record.get("shown")), str(sum(counted.values()))))
