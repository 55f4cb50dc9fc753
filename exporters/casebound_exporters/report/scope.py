"""Scope: what was brought in, what became of every row, and what was set aside."""

from __future__ import annotations

from reportlab.platypus import CondPageBreak, Flowable  # noqa: TID253 - see the package

from casebound_exporters.report import style
from casebound_exporters.report.blocks import Cell, Press
from casebound_exporters.report.grid import Column, table
from casebound_exporters.report.model import Reason, ReportModel, SourceEntry
from casebound_exporters.report.statements import Account, together
from casebound_exporters.report.written import counted, listed, size

_MOST_FACTS = 24
_MOST_MENDS = 40


def scope(model: ReportModel, press: Press) -> list[Flowable]:
    """The sources and their books."""
    totals = model.totals
    made: list[Flowable] = [press.section("Scope")]
    if not model.sources:
        return [*made, press.text(style.TEXT, "No table was brought into this case.")]
    rows = f"{totals.rows_enclosed:,} of {counted(totals.rows_kept, 'kept row')}"
    files = f"{totals.attachments_enclosed:,} of {counted(totals.attachments_held, 'attachment')}"
    enclosed = f"Enclosed are {rows} and {files}; this package is declared PARTIAL (part of the whole)."
    if totals.complete:
        enclosed = "All of it is enclosed."
    made.append(press.text(style.LEAD, f"The case holds {counted(len(model.sources), 'source table')}. {enclosed}"))
    made.append(_books(model, press))
    made.append(
        press.text(
            style.NOTE,
            "For every source, rows read = kept + set aside + repeated, and kept = enclosed + filtered + not selected. "
            "Filtered rows are those that the stated filter of a query left out; not selected rows stand "
            "behind no number and no exhibit.",
        )
    )
    accounts = together(model.sources)
    for account in accounts:
        made += _statement(account, press)
    for source in model.sources:
        made += _source(source, next((one for one in accounts if source.label in one.labels), None), press)
    return made


def _books(model: ReportModel, press: Press) -> Flowable:
    number = [
        Column(head, 45, True)
        for head in ("Read", "Kept", "Set aside", "Repeated", "Enclosed", "Filtered", "Not selected")
    ]
    columns = [Column("Source", style.WIDTH - 315), *number]
    rows: list[list[Cell | list[Cell]]] = [
        [
            [(style.CELL_STRONG, f"{source.label}\u00a0 {source.file}"), (style.CELL, source.table)],
            *(
                (style.CELL, f"{count:,}")
                for count in (
                    source.read,
                    source.kept,
                    source.quarantined,
                    source.duplicates,
                    source.enclosed,
                    source.filtered,
                    source.not_selected,
                )
            ),
        ]
        for source in model.sources
    ]
    return table(press, columns, rows)


def _source(source: SourceEntry, account: Account | None, press: Press) -> list[Flowable]:
    facts: list[tuple[str, list[Cell]]] = [
        (
            "Original",
            [(style.DIGEST, source.sha256), (style.SMALL, f"SHA-256 of {size(source.size)}, kept byte for byte")],
        ),
        ("Table", [(style.VALUE, source.table)]),
        (
            "Covers",
            [(style.VALUE, f"{source.first} to {source.last}" if source.first else "The table has no time column.")],
        ),
    ]
    if source.first:
        basis = "an assumption: nobody stated it" if source.zone_origin == "assumed" else source.zone_origin
        zone = f"{source.zone or 'UTC'} for times that name none ({basis})"
        facts.append(("Time zone", [(style.VALUE, zone)]))
    if source.clock:
        facts.append(("Clock", [(style.VALUE, f"Corrected in every time given here: {source.clock}")]))
    if source.expected is not None:
        agrees = "and as many were read" if source.expected == source.read else f"but {source.read:,} were read"
        facts.append(
            (
                "Expected rows",
                [(style.VALUE, f"{source.expected:,} stated in {source.expected_from or 'a statement'}, {agrees}")],
            )
        )
    else:
        facts.append(("Expected rows", [(style.VALUE, "Not stated")]))
    facts.append(("How it was made", _origin(source, account)))
    told = [pair for pair in source.compared if pair[0] != "Rows"]
    if told:
        facts.append(("Compared", [(style.SMALL, f"{title}: {words}") for title, words in told]))
    facts.append(("Brought in", [(style.VALUE, f"{source.imported}; {_reader(source.importer)}")]))
    facts += [("Warning", [(style.VALUE, warning)]) for warning in source.warnings[:6]]
    if len(source.warnings) > 6:
        facts.append(("Warning", [(style.VALUE, f"{len(source.warnings) - 6} more warnings are not printed.")]))
    return press.whole(press.text(style.HEADING, f"{source.label}\u00a0 {source.file}", 120), press.facts(facts))


def _reader(importer: str) -> str:
    name, _, edition = importer.rpartition(" ")
    return f"read by the {name} reader, version {edition}" if name and edition.isdigit() else f"read by {importer}"


def _statement(account: Account, press: Press) -> list[Flowable]:
    """What one statement says of several sources, told once."""
    rows: list[list[Cell]] = [
        [(style.CELL, key), (style.CELL_MONO, value)] for key, value in account.facts[:_MOST_FACTS]
    ]
    columns = [Column("As stated", 130), Column("", style.WIDTH - 130)]
    made: list[Flowable] = [
        CondPageBreak(160),
        press.text(style.HEADING, f"How {listed(account.labels)} were made"),
        press.text(
            style.SMALL,
            "These facts came with the exports and are the same for all of them. They are the word of whoever made "
            "the exports and were not checked.",
        ),
        table(press, columns, rows, tight=True),
    ]
    if len(account.facts) > _MOST_FACTS:
        left = f"Showing {_MOST_FACTS} of {len(account.facts)}; all are in data/completeness.json."
        made.append(press.text(style.SMALL, left))
    return made


def _origin(source: SourceEntry, account: Account | None) -> list[Cell]:
    if source.origin is None:
        return [(style.VALUE, "Not stated: nothing accompanied the file that says how it was exported.")]
    facts = source.origin
    shown: list[Cell] = []
    if account is not None:
        facts = tuple(pair for pair in facts if pair not in account.facts)
        shown.append((style.VALUE, f"As stated for {listed(account.labels)} together, above"))
    else:
        shown.append((style.VALUE, "As stated by whoever exported it; not checked:"))
    agreed = [pair for pair in facts if pair[0] == "file_sha256" and pair[1].lower() == source.sha256]
    if agreed:
        shown.append((style.VALUE, "The SHA-256 stated with the export is that of the file received."))
    told = [pair for pair in facts if pair not in agreed and pair != ("row_count", str(source.expected))]
    shown += [(style.SMALL, f"{key}: {value}") for key, value in told[:_MOST_FACTS]]
    if len(told) > _MOST_FACTS:
        shown.append((style.SMALL, f"Showing {_MOST_FACTS} of {len(told)}; all are in data/completeness.json."))
    return shown


def set_aside(model: ReportModel, press: Press) -> list[Flowable]:
    """Rows that could not be read, by reason."""
    total = sum(source.quarantined for source in model.sources)
    repeated = sum(source.duplicates for source in model.sources)
    made: list[Flowable] = [press.section("What was set aside")]
    if not total:
        made.append(press.text(style.TEXT, "Nothing was set aside: every row of every source could be read."))
    else:
        made.append(
            press.text(
                style.TEXT,
                f"{counted(total, 'row')} could not be used as found. They stay in the case as they came, with "
                "line and reason; none was dropped. The first of each kind is shown here.",
            )
        )
        rows: list[list[Cell | list[Cell]]] = [
            [
                (style.CELL_STRONG, f"{source.label}\u00a0 {source.file}"),
                (style.CELL, reason.reason),
                (style.CELL, f"{reason.count:,}"),
                [(style.CELL, _place(reason)), (style.CELL_MONO, reason.first_raw)],
            ]
            for source in model.sources
            for reason in source.reasons
        ]
        columns = [
            Column("Source", 110),
            Column("Reason", 140),
            Column("Rows", 40, True),
            Column("First of them", style.WIDTH - 290),
        ]
        made.append(table(press, columns, rows))
    whole = [source.label for source in model.sources if not source.quarantined]
    if whole and total:
        made.append(
            press.text(style.SMALL, f"None set aside in: {', '.join(whole[:40])}{' …' if len(whole) > 40 else ''}.")
        )
    files = [source.aside_file for source in model.sources if source.aside_file]
    if files:
        told = f"All of them are enclosed as they were found, with place and reason: {', '.join(files[:40])}."
        made.append(press.text(style.SMALL, told))
    elif total:
        told = "The rows themselves are not enclosed: this recipient gets counts, reasons and the first of each kind."
        made.append(press.text(style.SMALL, told))
    repeats = [
        f"{source.label} {source.repeated or format(source.duplicates, ',')}"
        for source in model.sources
        if source.duplicates
    ]
    made.append(
        press.text(
            style.SMALL,
            f"Repeated rows (the same record again, counted once): {'; '.join(repeats)}."
            if repeated
            else "Repeated rows: none.",
        )
    )
    mends = [f"{source.label}: {mend}." for source in model.sources for mend in source.mends]
    if mends:
        made.append(press.text(style.HEADING, "Rows that were read again"))
        made.append(
            press.text(
                style.SMALL,
                "These rows could not be used as the source was first read. They were read again, from the same bytes, "
                "in the way stated; the originals are unchanged.",
            )
        )
        made += [press.text(style.SMALL, mend) for mend in mends[:_MOST_MENDS]]
        if len(mends) > _MOST_MENDS:
            left = f"Showing {_MOST_MENDS} of {len(mends)}; all are in data/completeness.json."
            made.append(press.text(style.SMALL, left))
    return made


def _place(reason: Reason) -> str:
    byte = f", byte {reason.first_offset:,}" if reason.first_offset >= 0 else ""
    return f"line {reason.first_line:,}{byte}"
