"""Start a case, check that its folder is whole, read its custody record."""

from __future__ import annotations

from typing import Annotated

import typer

from casebound.case import LedgerEntry
from casebound.document import Case
from casebound.errors import BadCase
from casebound_packaging.finding import Finding
from casebound_packaging.ledger import UNAUTHENTICATED, examine
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import CasePath, Json, Key, Name, PassphraseFile
from casebound_ui.items import item_of


def register(app: typer.Typer) -> None:
    app.command("new", short_help="Start a case.")(new)
    app.command("check", short_help="Check that the case folder is whole.")(check)
    app.command("custody", short_help="Print the custody record.")(custody)


def new(
    case: CasePath,
    number: Annotated[str, typer.Option("--number", metavar="N", help="Case number, as on the package.")],
    title: Annotated[str, typer.Option("--title", metavar="T", help="What the case is about.")],
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Start a case in a new folder."""
    who = opening.actor(name, identity, passphrase_file)
    with Case.create(case, number, title, who) as made:
        held = made.snapshot()
    if json:
        terminal.show_json(
            {"case": str(held.path), "number": held.number, "title": held.title, "log_origin": held.log_origin}
        )
        return
    terminal.say(f"Started case {held.number}, “{held.title}”, in {held.path}.")
    terminal.say(f"Acting: {who.name}, {'with a key' if who.authenticated else 'not authenticated'}.")


def check(
    case: CasePath,
    quick: Annotated[
        bool, typer.Option("--quick", help="The custody record and every record; originals only looked for, not read.")
    ] = False,
    json: Json = False,
) -> int:
    """Check the case folder itself: ledger, disclosures, records, originals, stores.

    A check of many gigabytes that was stopped goes on where it was when it is started again. Ends with 1 where
    something does not hold.
    """
    with opening.reading(case) as held, terminal.working("Checking") as progress:
        report = held.check(progress, full=not quick)
    if json:
        terminal.show_json(report.as_json())
        return 0 if report.clean else 1
    terminal.say(report.sentence)
    for one in report.findings:
        terminal.say("  " + terminal.inert(f"[{one.check}] {one.item}: {one.problem}"))
        if one.expected or one.found:
            terminal.say(
                "    " + terminal.inert(f"expected {one.expected or 'nothing'}, found {one.found or 'nothing'}")
            )
    for text in report.notes:
        terminal.say("  Note: " + terminal.inert(text))
    terminal.say(f"  {report.reach}")
    return 0 if report.clean else 1


def custody(
    case: CasePath,
    item: Annotated[
        str | None,
        typer.Option(
            "--item",
            metavar="ID",
            help="Only one item, with what held it and who had it: EX-0001, F-01, V-01, C-0001, S-01, H-01, T-01, or a"
            " type and a number such as attachment:3.",
        ),
    ] = None,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Recompute every seal and say whether the record holds; ends with 1 if not."),
    ] = False,
    json: Json = False,
) -> int:
    """Print the custody record: who did what to which item, when, each line chained to the one before."""
    with opening.reading(case) as held:
        snapshot = held.snapshot()
        found = _examined(held, snapshot.ledger_size, snapshot.ledger_head) if verify else []
        try:
            lines = held.ledger(item=item_of(item)) if item else held.ledger()
        except BadCase:
            if not found:
                raise
            lines = []  # an entry cannot be read any more, and it is named below
    if json:
        shown = [entry(line) for line in lines]
        told = {"unbroken": not found, "findings": [one.as_json() for one in found], "entries": shown}
        terminal.show_json(told if verify else shown)
        return 1 if found else 0
    head = ("No.", "Time (UTC)", "Who", "What", "Detail", "Hash")
    rows = [
        (line.seq, f"{line.time:%Y-%m-%d %H:%M:%S}", who(line), *Case.describe_entry(line), line.hash[:12])
        for line in lines
    ]
    terminal.show_table(head, rows, right=frozenset({0}), whole=frozenset({1, 5}))
    if item and not lines and not found:
        terminal.say(f"No entry of the custody record is about {terminal.inert(item)}.")
    terminal.say()
    terminal.say(f"{len(lines):,} of {terminal.count(snapshot.ledger_size, 'entry', 'entries')}.")
    if verify and not found:
        terminal.say("Custody unbroken: each entry recomputed and sealed to the one before, the end as recorded.")
    elif verify:
        terminal.say(f"Custody broken: {terminal.count(len(found), 'thing does', 'things do')} not hold.")
        for one in found:
            terminal.say("  " + terminal.inert(f"{one.item}: {one.problem}"))
    return 1 if found else 0


def _examined(held: Case, size: int, head: str) -> list[Finding]:
    """Everything wrong with the record by itself: chain, end, attachments, texts."""
    lines, said = held.ledger_lines(), held.ledger_texts()
    return examine(lines, said, head, size=size)


def who(line: LedgerEntry) -> str:
    """The name as recorded, and how far it is known to be theirs."""
    name = str(line.disclosures.get("actor_name") or "not told")
    return name if line.actor == UNAUTHENTICATED else f"{name} (key {line.actor[:8]})"


def entry(line: LedgerEntry) -> dict[str, object]:
    """An entry of the custody record with stable keys."""
    title, detail = Case.describe_entry(line)
    return {
        "seq": line.seq,
        "title": title,
        "detail": detail,
        "time": line.time,
        "actor": line.actor,
        "action": line.action,
        "item": {"type": line.item_type, "id": line.item_id},
        "hash": line.hash,
        "prev": line.prev,
        "disclosures": dict(line.disclosures),
    }
