"""The custody record and the attachment chain."""

from __future__ import annotations

from dataclasses import replace

from reportlab.platypus import Flowable  # noqa: TID253 - see the package

from casebound_exporters.report import style
from casebound_exporters.report.blocks import Cell, Press
from casebound_exporters.report.checkpointcode import checkpoint_code
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
    silent = sum(entry.withheld for entry in model.custody.items)
    if silent:
        are, their = ("are", "their") if silent > 1 else ("is", "its")
        withheld += f" {counted(silent, 'line')} {are} about something not enclosed, and {their} texts are withheld."
    made: list[Flowable] = [
        press.section("Custody record"),
        press.text(
            style.TEXT,
            f"{counted(totals.ledger_lines, 'line')}, numbered from 0, each sealed to the one before by its hash; the "
            f"last is the preparation of this package.{withheld} Names and texts are committed to in the record and "
            "disclosed beside it. Times are UTC by the clock of the machine on which the work was done.",
        ),
    ]
    actors = _actors(model)
    if actors:
        made.append(press.facts([(name, _holder(actor)) for actor, name in actors.items()]))
    rows: list[list[Cell | list[Cell]]] = []
    for entry in model.custody.items:
        number, digest = (style.CELL, f"{entry.seq:,}"), (style.CELL_MONO, entry.hash)
        if entry.omitted:
            rows.append([number, (style.CELL, " "), (style.CELL, "omitted"), [digest]])
            continue
        item = ": ".join(part for part in (entry.item, "details withheld" if entry.withheld else "") if part)
        day, _, clock = entry.time.partition(" ")
        who = (style.CELL, actors[(entry.name, entry.key)])
        rows.append(
            [
                number,
                [(style.CELL, day), (style.CELL, clock)],
                [(style.CELL_STRONG, entry.action), who],
                [*([(style.CELL, item)] if item else []), digest],
            ]
        )
    columns = [
        Column("Line", 30, True),
        Column("Time (UTC)", 74),
        Column("Act, and who", style.WIDTH - 30 - 74 - 268),
        Column("Item, and the hash of the line", 268),
    ]
    made += [table(press, columns, rows), *cut_note(press, model.custody, "lines")]
    made += [
        press.text(
            replace(style.SMALL, together=True),
            f"Checkpoint: {cover.log_origin}, {counted(cover.log_size, 'line')}, RFC 6962 root",
        ),
        press.text(style.DIGEST, cover.log_root),
        *checkpoint_code(cover, press),
    ]
    return made


def _actors(model: ReportModel) -> dict[tuple[str, str], str]:
    """How each actor is called in the table; two with one name are told apart by a number."""
    found = dict.fromkeys((entry.name, entry.key) for entry in model.custody.items if not entry.omitted)
    names = [name for name, _ in found]
    made: dict[tuple[str, str], str] = {}
    for place, (name, key) in enumerate(found):
        shown = name or ("unauthenticated" if key == "unauthenticated" else "name withheld")
        alone = names.count(name) == 1
        made[(name, key)] = shown if alone else f"{shown} ({names[: place + 1].count(name)})"
    return made


def _holder(actor: tuple[str, str]) -> list[Cell]:
    name, key = actor
    if key == "unauthenticated":
        return [
            (style.VALUE, "Unauthenticated: a name that was typed" if name else "Unauthenticated; the name is withheld")
        ]
    return [(style.SMALL, "Held the key whose SHA-256 is"), (style.DIGEST, key)]


def chain(model: ReportModel, press: Press) -> list[Flowable]:
    """The attachments as a chain: number, own hash, hash of the one before."""
    made: list[Flowable] = [press.section("Attachment chain")]
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
                (style.CELL, f"hash of custody line {link.seq:,}, which attached it"),
                (style.CELL_MONO, link.own),
                *(
                    [(style.CELL, "nothing was attached before it")]
                    if set(link.previous) <= {"0"}
                    else [(style.CELL, "hash that it names as the one before"), (style.CELL_MONO, link.previous)]
                ),
            ],
        ]
        for link in model.chain.items
    ]
    columns = [Column("No.", 30), Column("Attachment", style.WIDTH - 30 - 292), Column("Chain", 292)]
    return [*made, table(press, columns, rows), *cut_note(press, model.chain, "attachments")]
