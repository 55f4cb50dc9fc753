"""The custody record and the attachment chain."""

from __future__ import annotations

from reportlab.platypus import CondPageBreak, Flowable  # noqa: TID253 - see the package

from casebound_exporters.report import style
from casebound_exporters.report.blocks import Cell, Press
from casebound_exporters.report.evidence import cut_note
from casebound_exporters.report.grid import Column, table
from casebound_exporters.report.model import ReportModel
from casebound_exporters.report.written import counted


def custody(model: ReportModel, press: Press) -> list[Flowable]:
    """Who did what to which item, and the hash that seals each line to the one before."""
    totals, cover = model.totals, model.cover
    withheld = (
        f" {counted(totals.ledger_omitted, 'line')} about other items stand as their hash alone."
        if totals.ledger_omitted
        else ""
    )
    made: list[Flowable] = [
        press.section("Custody record"),
        press.text(
            style.TEXT,
            f"{counted(totals.ledger_lines, 'line')}, each sealed to the one before; the last is the "
            f"preparation of this package.{withheld} "
            "Names and texts are commitments in the ledger and are disclosed beside it. An actor shown "
            "as a key is who held that key; "
            "an unauthenticated actor is a name that was typed. Times are those of the machine’s own clock.",
        ),
    ]
    rows: list[list[Cell | list[Cell]]] = []
    for entry in model.custody.items:
        if entry.omitted:
            rows.append(
                [
                    (style.CELL, f"{entry.seq:,}"),
                    (style.CELL, " "),
                    (style.CELL, " "),
                    (style.CELL, "omitted"),
                    (style.CELL_MONO, entry.hash[:16]),
                ]
            )
        else:
            rows.append(
                [
                    (style.CELL, f"{entry.seq:,}"),
                    (style.CELL, entry.time),
                    (style.CELL, entry.actor),
                    [(style.CELL_STRONG, entry.action), (style.CELL, entry.item)],
                    (style.CELL_MONO, entry.hash[:16]),
                ]
            )
    columns = [
        Column("Line", 34, True),
        Column("Time (UTC)", 104),
        Column("Actor", 110),
        Column("Act and item", style.WIDTH - 34 - 104 - 110 - 78),
        Column("Hash begins", 78),
    ]
    made += [table(press, columns, rows), *cut_note(press, model.custody, "lines")]
    made += [
        press.text(style.SMALL, f"Checkpoint: {cover.log_origin}, {counted(cover.log_size, 'line')}, RFC 6962 root"),
        press.text(style.DIGEST, cover.log_root),
    ]
    return made


def chain(model: ReportModel, press: Press) -> list[Flowable]:
    """The attachments as a chain: number, own hash, hash of the one before."""
    made: list[Flowable] = [CondPageBreak(160), press.section("Attachment chain")]
    if not model.chain.total:
        return [*made, press.text(style.TEXT, "Nothing was attached in this case.")]
    made.append(
        press.text(
            style.TEXT,
            "Every attachment names the hash of the one attached before it. Removing, swapping or "
            "reordering one breaks the chain at "
            "that place. Attachments that are not in this package keep their link.",
        )
    )
    rows: list[list[Cell | list[Cell]]] = [
        [
            (style.CELL_STRONG, f"{link.number}"),
            [(style.CELL_STRONG, link.exhibit or "not enclosed"), (style.CELL, link.title)],
            [
                (style.CELL, f"own hash, ledger line {link.seq:,}"),
                (style.CELL_MONO, link.own),
                (style.CELL, "previous hash"),
                (style.CELL_MONO, link.previous),
            ],
        ]
        for link in model.chain.items
    ]
    columns = [Column("No.", 30), Column("Attachment", style.WIDTH - 30 - 292), Column("Chain", 292)]
    return [*made, table(press, columns, rows), *cut_note(press, model.chain, "attachments")]
