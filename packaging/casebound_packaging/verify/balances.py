"""Do the sums of the completeness statement balance, and do they agree with the rows enclosed."""

from __future__ import annotations

from collections.abc import Mapping

from casebound_packaging.finding import Finding
from casebound_packaging.verify.contents import COMPLETENESS, PACKAGE, Contents, document
from casebound_packaging.verify.exhibits import Exhibits

_COUNTS = ("read", "kept", "quarantined", "duplicates", "cited", "enclosed", "filtered", "not_selected")


def check_balances(
    contents: Contents,
    package: Mapping[str, object] | None,
    exhibits: Exhibits,
    omitted: int,
    lines: int,
    found: list[Finding],
) -> bool:
    """Check every sum. `omitted` and `lines` count the enclosed ledger. Returns whether anything was left out."""
    for table in contents.tables.values():
        found += table.findings
        _schema(contents, table.name, found)
    for path in contents.under("data/tables/", ".schema.json"):
        if path.removesuffix(".schema.json") + ".csv" not in contents.names:
            found.append(Finding("completeness", path, "The table that this file describes is not enclosed."))
    if contents.census.full:
        found.append(Finding("completeness", "data/tables/", "There are more rows than can be counted."))
    statement = document(contents, COMPLETENESS, "completeness", found)
    if statement is None:
        return False
    sources = statement.get("sources")
    if not isinstance(sources, list) or not all(isinstance(source, dict) for source in sources):
        found.append(Finding("completeness", COMPLETENESS, "The statement lists no sources."))
        sources = []
    stated: dict[tuple[str, str], int] = {}
    names: dict[tuple[str, str], str] = {}
    partial = False
    for source in sources:
        name = f"{source.get('source')} {source.get('file')}"
        counts = {key: source.get(key) for key in _COUNTS}
        if not all(isinstance(value, int) and not isinstance(value, bool) and value >= 0 for value in counts.values()):
            found.append(Finding("completeness", name, "A count is missing or is no number."))
            continue
        number = {key: int(str(value)) for key, value in counts.items()}
        _sums(name, number, source.get("quarantine_reasons"), found)
        _told(name, number, source, contents, found)
        origin = (str(source.get("sha256")), str(source.get("table")))
        stated[origin] = stated.get(origin, 0) + number["enclosed"]
        names[origin] = name
        partial = partial or number["cited"] != number["kept"]
    for origin in sorted(stated.keys() | contents.census.counts.keys()):
        there = contents.census.counts.get(origin, 0)
        if stated.get(origin, 0) != there:
            item = names.get(origin, f"{origin[1]} of {origin[0][:12]}…")
            problem = "The rows enclosed are not as many as the statement says."
            found.append(Finding("completeness", item, problem, str(stated.get(origin, 0)), str(there)))
    partial |= _attachments(contents, statement.get("attachments"), exhibits, found)
    _ledger(statement.get("ledger"), omitted, lines, found)
    complete = statement.get("complete")
    if complete is not (not partial):
        problem = "The statement says the opposite of what its numbers say."
        found.append(Finding("completeness", COMPLETENESS, problem, str(not partial).lower(), str(complete).lower()))
    limits = package.get("limits") if package is not None else None
    if package is not None and isinstance(limits, list) and ("PARTIAL" in limits) is not partial:
        problem = (
            "Things were left out, and package.json does not declare it."
            if partial
            else ("package.json declares that things were left out; nothing was.")
        )
        found.append(Finding("completeness", PACKAGE, problem))
    return partial


def _sums(name: str, number: Mapping[str, int], reasons: object, found: list[Finding]) -> None:
    right = number["kept"] + number["quarantined"] + number["duplicates"]
    if number["read"] != right:
        problem = "The sums do not balance: rows read must be rows kept, set aside and repeated."
        found.append(Finding("completeness", name, problem, str(number["read"]), str(right)))
    right = number["cited"] + number["filtered"] + number["not_selected"]
    if number["kept"] != right:
        problem = "The sums do not balance: rows kept must be rows cited, filtered and not selected."
        found.append(Finding("completeness", name, problem, str(number["kept"]), str(right)))
    if number["cited"] != number["enclosed"]:
        problem = "The rows cited and the rows enclosed differ."
        found.append(Finding("completeness", name, problem, str(number["cited"]), str(number["enclosed"])))
    counted = (
        [reason.get("count") for reason in reasons if isinstance(reason, dict)] if isinstance(reasons, list) else []
    )
    total = sum(count for count in counted if isinstance(count, int))
    if not all(isinstance(count, int) and not isinstance(count, bool) and count >= 0 for count in counted):
        found.append(Finding("completeness", name, "A reason's count is missing or is no number."))
    elif total != number["quarantined"]:
        problem = "The reasons given do not account for every row set aside."
        found.append(Finding("completeness", name, problem, str(number["quarantined"]), str(total)))


def _told(
    name: str, number: Mapping[str, int], source: Mapping[str, object], contents: Contents, found: list[Finding]
) -> None:
    """What only newer packages say: where repeated rows stand first, what was read again, and the rows set aside."""
    repeated, mends, aside = source.get("repeated"), source.get("mends"), source.get("set_aside")
    if repeated is not None:
        counts = _integers(repeated, ("count",))
        if counts is None or sum(counts) != number["duplicates"]:
            problem = "The repeated rows are not accounted for by the sources in which they stand first."
            told = "" if counts is None else str(sum(counts))
            found.append(Finding("completeness", name, problem, str(number["duplicates"]), told))
    for mend in mends if isinstance(mends, list) else []:
        counts = _integers([mend], ("read", "kept", "quarantined", "duplicates"))
        if counts is None or counts[0] != sum(counts[1:]):
            problem = "The sums of a mend do not balance: rows read again must be rows kept, set aside and repeated."
            found.append(Finding("completeness", name, problem))
    if aside is not None and str(aside) not in contents.names:
        problem = "The rows set aside are said to be enclosed, and are not."
        found.append(Finding("completeness", name, problem, str(aside), ""))
    elif aside is not None:
        _set_aside(str(aside), number["quarantined"], contents, found)


def _set_aside(path: str, stated: int, contents: Contents, found: list[Finding]) -> None:
    """The file of the rows set aside has one record for each."""
    rows = contents.set_aside.get(path)
    if rows is None:
        return
    found += rows.findings
    described = document(contents, path.removesuffix(".csv") + ".schema.json", "completeness", found)
    for number in (stated, described.get("rows") if described is not None else stated):
        if number != rows.rows:
            problem = "The rows set aside that are enclosed are not as many as stated."
            found.append(Finding("completeness", path, problem, str(number), str(rows.rows)))


def _integers(items: object, keys: tuple[str, ...]) -> list[int] | None:
    """The values of these keys, one after another; None where one is missing or no count."""
    values = [item.get(key) if isinstance(item, dict) else None for item in _listed(items) for key in keys]
    good = [value for value in values if isinstance(value, int) and not isinstance(value, bool) and value >= 0]
    return good if len(good) == len(values) else None


def _listed(items: object) -> list[object]:
    return items if isinstance(items, list) else [None]


def _schema(contents: Contents, table: str, found: list[Finding]) -> None:
    path = table.removesuffix(".csv") + ".schema.json"
    if path not in contents.names:
        found.append(Finding("completeness", table, "The table has no description beside it."))
        return
    schema = document(contents, path, "completeness", found)
    if schema is None:
        return
    rows = contents.tables[table]
    if schema.get("rows") != rows.rows:
        found.append(
            Finding(
                "completeness",
                table,
                "The table does not have as many rows as described.",
                str(schema.get("rows")),
                str(rows.rows),
            )
        )
    sources = schema.get("sources")
    if not isinstance(sources, list) or not rows.origins <= {str(source) for source in sources}:
        found.append(
            Finding("completeness", table, "The table has rows of an original that its description does not name.")
        )


def _attachments(contents: Contents, stated: object, exhibits: Exhibits, found: list[Finding]) -> bool:
    """Compare the counts of attachments. Returns whether any was left out."""
    if not isinstance(stated, dict):
        found.append(Finding("completeness", COMPLETENESS, "The statement does not count the attachments."))
        return False
    enclosed = [
        contents.sizes.get(f"data/exhibits/{number}/{record.get('file')}", 0)
        for number, record in exhibits.records.items()
        if record.get("kind") == "attachment"
    ]
    held, withheld = stated.get("held"), stated.get("withheld")
    there = {"enclosed": len(enclosed), "bytes_enclosed": sum(enclosed)}
    for key, value in there.items():
        if stated.get(key) != value:
            problem = "The attachments enclosed are not as the statement says."
            found.append(Finding("completeness", f"attachments, {key}", problem, str(stated.get(key)), str(value)))
    if not isinstance(held, int) or not isinstance(withheld, int) or withheld < 0 or held != len(enclosed) + withheld:
        problem = "The sums do not balance: attachments held must be attachments enclosed and withheld."
        found.append(Finding("completeness", "attachments", problem, str(held), f"{len(enclosed)} + {withheld}"))
    return isinstance(withheld, int) and withheld > 0


def _ledger(stated: object, omitted: int, lines: int, found: list[Finding]) -> None:
    counts = stated if isinstance(stated, dict) else {}
    for key, value in (("lines", lines), ("omitted", omitted)):
        if counts.get(key) != value:
            problem = "The custody record is not as long as the statement says."
            found.append(Finding("completeness", f"ledger, {key}", problem, str(counts.get(key)), str(value)))
