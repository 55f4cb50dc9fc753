"""The evidence timeline and the chronology, against the exhibits that they tell of; their tables, against their lines.

Both are files that people read first. What they say of an exhibit must be what its own record says, which the custody
record commits to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from casebound_packaging.canonical import load
from casebound_packaging.finding import Finding
from casebound_packaging.verify.cells import table
from casebound_packaging.verify.contents import COMPLETENESS, Contents, json_lines
from casebound_packaging.verify.exhibits import Exhibits
from casebound_packaging.zipreader import MOST_ENTRIES

TIMELINE = "data/timeline"
CHRONOLOGY = "data/chronology"

Row = Mapping[str, object]


def check_timelines(contents: Contents, exhibits: Exhibits, found: list[Finding]) -> None:
    """Compare both files, as far as the package has them. What differs is a finding."""
    dated = _lines(contents, TIMELINE, found)
    if dated is not None:
        item = TIMELINE + ".jsonl"
        named = _each_once(dated, item, found)
        for row in dated:
            _event(row, exhibits, item, found)
        events = {number for number, record in exhibits.records.items() if record.get("kind") == "event"}
        for number in sorted(events - named):
            found.append(Finding("completeness", item, f"The timeline does not tell of {number}."))
    curated = _lines(contents, CHRONOLOGY, found)
    if curated is not None:
        _chronology(curated, exhibits, found)
        named = {str(row["exhibit"]) for row in curated if row.get("exhibit") is not None}
        _counts(contents, len(curated), len(named), exhibits.count, found)


def _lines(contents: Contents, name: str, found: list[Finding]) -> list[Row] | None:
    """The rows of NAME.jsonl, compared with NAME.csv; None where there is no such file, or it cannot be read."""
    item, other = name + ".jsonl", name + ".csv"
    if item not in contents.kept:
        return None
    rows: list[Row] = []
    if contents.kept[item].count(b"\n") > MOST_ENTRIES:
        found.append(Finding("completeness", item, "It has more entries than a package may have exhibits."))
        return None
    for number, line in json_lines(contents.kept[item]):
        try:
            row = load(line)
        except ValueError as error:
            found.append(Finding("completeness", item, f"Line {number} cannot be read: {error}."))
            return None
        if not isinstance(row, dict):
            found.append(Finding("completeness", item, f"Line {number} is not an entry."))
            return None
        rows.append(row)
    if other in contents.kept:
        try:
            names, cells = table(contents.kept[other])
        except ValueError as error:  # what is no UTF-8 among them
            found.append(Finding("completeness", other, f"The file cannot be read as a table: {error}."))
            return rows
        if any(row.keys() != set(names) for row in rows) or cells != [_written(row, names) for row in rows]:
            found.append(Finding("completeness", other, f"The table does not say the same as {item}."))
    return rows


def _written(row: Row, names: Sequence[str]) -> dict[str, str | None]:
    return {name: None if row[name] is None else str(row[name]) for name in names}


def _each_once(rows: Sequence[Row], item: str, found: list[Finding]) -> set[str]:
    """The exhibits named; one named twice is a finding."""
    named: set[str] = set()
    for row in rows:
        number = str(row.get("exhibit"))
        if number in named:
            found.append(Finding("completeness", item, f"It tells of {number} twice."))
        named.add(number)
    return named


def _event(row: Row, exhibits: Exhibits, item: str, found: list[Finding]) -> None:
    """One row of the timeline against its exhibit: the row it is of, its time, place and caption."""
    number = str(row.get("exhibit"))
    record = exhibits.records.get(number)
    if exhibits.lacks(number):
        found.append(Finding("completeness", item, f"It tells of {number}, which is not in the package."))
    if record is None:
        return
    own: dict[str, object] = {"caption": record.get("caption") or record.get("title", ""), "event": None}
    event, time, source = record.get("event"), record.get("time"), record.get("source")
    if isinstance(event, dict) and isinstance(time, dict) and isinstance(source, dict):
        own |= {"event": event.get("id"), "line": source.get("line")}
        own |= {key: time.get(key) for key in ("utc", "raw", "zone", "zone_origin")}
        said = str(row.get("source"))
        if said != source.get("name") and not said.endswith(f" {source.get('name')}"):
            own["source"] = source.get("name")
    for key, value in own.items():
        if row.get(key) != value:
            problem = f"What it says of {number} is not what the exhibit says ({key.replace('_', ' ')})."
            found.append(Finding("completeness", item, problem, str(value)[:200], str(row.get(key))[:200]))


def _chronology(rows: Sequence[Row], exhibits: Exhibits, found: list[Finding]) -> None:
    item = CHRONOLOGY + ".jsonl"
    if [row.get("position") for row in rows] != list(range(1, len(rows) + 1)):
        found.append(Finding("completeness", item, "The entries are not in the order that they give themselves."))
    for row in rows:
        number, entry = row.get("exhibit"), str(row.get("entry"))
        record = exhibits.records.get(str(number))
        if number is None:
            continue  # a moment or a range that a person stated; no row says it
        if exhibits.lacks(str(number)):
            problem = f"Entry {entry} tells of {number}, which is not in the package."
            found.append(Finding("completeness", item, problem))
        if record is None:
            continue
        own: dict[str, object] = {}
        event, time = record.get("event"), record.get("time")
        if isinstance(event, dict) and isinstance(time, dict):
            own = {"event": event.get("id"), "utc": time.get("utc")}
        if row.get("caption_of") == "exhibit":
            own["caption"] = record.get("caption") or record.get("title", "")
        for key, value in own.items():
            if row.get(key) != value:
                problem = f"What entry {entry} says of {number} is not what the exhibit says ({key})."
                found.append(Finding("completeness", item, problem, str(value)[:200], str(row.get(key))[:200]))


def _counts(contents: Contents, entries: int, named: int, exhibits: int, found: list[Finding]) -> None:
    """The completeness statement's count of the chronology, where it has one."""
    try:
        statement = load(contents.kept.get(COMPLETENESS, b"").removesuffix(b"\n"))
    except ValueError:
        return  # which has been said
    stated = statement.get("chronology") if isinstance(statement, dict) else None
    own = {"entries": entries, "exhibits_in_it": named, "exhibits_not_in_it": exhibits - named}
    if stated != own:
        problem = "The chronology is not as the statement counts it."
        found.append(Finding("completeness", COMPLETENESS, problem, str(stated), str(own)))
