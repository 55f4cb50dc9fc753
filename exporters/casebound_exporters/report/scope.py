"""Scope: what was brought in, what became of every row, and what was set aside."""

from __future__ import annotations

from reportlab.platypus import CondPageBreak, Flowable  # noqa: TID253 - see the package

from casebound_exporters.report import style
from casebound_exporters.report.blocks import Cell, Press
from casebound_exporters.report.grid import Column, table
from casebound_exporters.report.model import ReportModel, SourceEntry
from casebound_exporters.report.written import counted, size

_MOST_FACTS = 14


def scope(model: ReportModel, press: Press) -> list[Flowable]:
    """The sources and their books."""
    totals = model.totals
    made: list[Flowable] = [press.section("Scope")]
    if not model.sources:
        return [*made, press.text(style.TEXT, "No table was brought into this case.")]
    rows = f"{totals.rows_enclosed:,} of {counted(totals.rows_kept, 'kept row')}"
    files = f"{totals.attachments_enclosed:,} of {counted(totals.attachments_held, 'attachment')}"
    enclosed = f"Enclosed are {rows} and {files}; this package is declared PARTIAL."
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
    stated: SourceEntry | None = None
    for source in model.sources:
        made += _source(source, stated, press)
        stated = stated or (source if source.origin else None)
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


def _source(source: SourceEntry, stated: SourceEntry | None, press: Press) -> list[Flowable]:
    facts: list[tuple[str, list[Cell]]] = [
        (
            "Original",
            [(style.DIGEST, source.sha256), (style.SMALL, f"SHA-256 of {size(source.size)}, kept byte for byte")],
        ),
        ("Table", [(style.VALUE, f"{source.table} ({source.format})")]),
        (
            "Covers",
            [(style.VALUE, f"{source.first} to {source.last}" if source.first else "The table has no time column.")],
        ),
    ]
    if source.first:
        facts.append(("Time zone", [(style.VALUE, f"{source.zone or 'UTC'} ({source.zone_origin})")]))
    if source.expected is not None:
        agrees = "as read" if source.expected == source.read else f"but {source.read:,} were read"
        facts.append(
            (
                "Expected rows",
                [(style.VALUE, f"{source.expected:,} by {source.expected_from or 'statement'}, {agrees}")],
            )
        )
    else:
        facts.append(("Expected rows", [(style.VALUE, "Not stated")]))
    facts.append(("How it was made", _origin(source.origin, stated)))
    facts.append(("Brought in", [(style.VALUE, source.imported), (style.SMALL, source.importer)]))
    facts += [("Warning", [(style.VALUE, warning)]) for warning in source.warnings[:6]]
    if len(source.warnings) > 6:
        facts.append(("Warning", [(style.VALUE, f"{len(source.warnings) - 6} more warnings are not printed.")]))
    return [
        CondPageBreak(130),
        press.text(style.HEADING, f"{source.label}\u00a0 {source.file}", 120),
        press.facts(facts),
    ]


def _origin(origin: tuple[tuple[str, str], ...] | None, stated: SourceEntry | None) -> list[Cell]:
    if origin is None:
        return [(style.VALUE, "Not stated: nothing accompanied the file that says how it was exported.")]
    head = "As stated by whoever exported it; not checked:"
    if stated is not None and stated.origin:
        own = tuple(pair for pair in origin if pair not in stated.origin)
        missing = {key for key, _ in stated.origin} - {key for key, _ in origin}
        if len(own) * 2 < len(origin) and not missing:
            head = f"As stated for {stated.label}; not checked{', but:' if own else '.'}"
            origin = own
    shown: list[Cell] = [(style.VALUE, head)]
    shown += [(style.SMALL, f"{key}: {value}") for key, value in origin[:_MOST_FACTS]]
    if len(origin) > _MOST_FACTS:
        shown.append((style.SMALL, f"Showing {_MOST_FACTS} of {len(origin)}; all are in data/completeness.json."))
    return shown


def set_aside(model: ReportModel, press: Press) -> list[Flowable]:
    """Rows that could not be read, by reason."""
    total = sum(source.quarantined for source in model.sources)
    repeated = sum(source.duplicates for source in model.sources)
    made: list[Flowable] = [CondPageBreak(200), press.section("What was set aside")]
    if not total:
        made.append(press.text(style.TEXT, "Nothing was set aside: every row of every source could be read."))
    else:
        made.append(
            press.text(
                style.TEXT,
                f"{counted(total, 'row')} could not be used as found. They are kept as they came, with "
                f"line and reason; none was dropped.",
            )
        )
        rows: list[list[Cell | list[Cell]]] = [
            [
                (style.CELL_STRONG, f"{source.label}\u00a0 {source.file}"),
                (style.CELL, reason.reason),
                (style.CELL, f"{reason.count:,}"),
                [(style.CELL, f"line {reason.first_line:,}"), (style.CELL_MONO, reason.first_raw)],
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
    repeats = [f"{source.label} {source.duplicates:,}" for source in model.sources if source.duplicates]
    made.append(
        press.text(
            style.SMALL,
            f"Repeated rows (the same record again, counted once): {', '.join(repeats)}."
            if repeated
            else "Repeated rows: none.",
        )
    )
    return made
