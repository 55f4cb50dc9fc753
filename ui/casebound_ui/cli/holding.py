"""Legal holds and transfers from and to custodians: written down, ended, acknowledged, corrected, listed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casebound.case import Actor, Direction
from casebound.custodyacts import Item
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.custodyacts import show_holds, show_transfers
from casebound_ui.cli.opening import CasePath, Json, Key, Name, PassphraseFile
from casebound_ui.items import item_of

_HOLD = "Place a legal hold, release it, list all of them."
_TRANSFER = "Write down what came from a custodian or went to one, and who acknowledged it."
_hold = typer.Typer(help=_HOLD, rich_markup_mode=None, no_args_is_help=False)
_transfer = typer.Typer(help=_TRANSFER, rich_markup_mode=None, no_args_is_help=False)

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="Its number: H-01, T-01.", show_default=False)]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; goes into the record.", show_default=False)]
When = Annotated[
    str | None, typer.Option("--at", metavar="TIME", help="When it was, with its zone, else UTC; now when left out.")
]
What = Annotated[str, typer.Option("--what", metavar="TEXT", help="What it is, in words.", show_default=False)]
Items = Annotated[
    list[str] | None,
    typer.Option(
        "--item", metavar="ID", help="What of the case: S-01, EX-0001, attachment:3, package:2. Repeat for more."
    ),
]
Means = Annotated[str, typer.Option("--means", metavar="TEXT", help="How it went: a courier, a disk and its number.")]
Purpose = Annotated[str, typer.Option("--purpose", metavar="TEXT", help="What for; required.", show_default=False)]
Withdraw = Annotated[
    bool, typer.Option("--mistake", help="It was entered by mistake: shown no more, kept in the record.")
]


def register(app: typer.Typer) -> None:
    app.add_typer(_hold, name="hold", short_help=_HOLD)
    app.add_typer(_transfer, name="transfer", short_help=_TRANSFER)


@_hold.command("place")
def place(
    case: CasePath,
    reason: Why = "",
    authority: Annotated[
        str, typer.Option("--authority", metavar="TEXT", help="Who ordered it: a court, counsel, a policy.")
    ] = "",
    what: What = "",
    item: Items = None,
    at: When = None,
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Place a legal hold on the whole case, or on what --what and --item name."""
    who = opening.actor(name, identity, passphrase_file)
    with opening.writing(case, who) as held:
        made = held.place_hold(
            reason, authority=authority, what=what, items=_items(item), placed_at=opening.moment(at, "--at")
        )
    show_holds([made], json)


@_hold.command("release")
def release(
    case: CasePath,
    number: Number,
    reason: Why = "",
    at: When = None,
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Say that a hold has ended, and why."""
    who = opening.actor(name, identity, passphrase_file)
    with opening.writing(case, who) as held:
        made = held.release_hold(number, reason, released_at=opening.moment(at, "--at"))
    show_holds([made], json)


@_hold.command("correct")
def correct_hold(
    case: CasePath,
    number: Number,
    reason: Why = "",
    because: Annotated[
        str | None, typer.Option("--hold-reason", metavar="TEXT", help="The right reason for the hold.")
    ] = None,
    authority: Annotated[str | None, typer.Option("--authority", metavar="TEXT", help="Who ordered it.")] = None,
    what: Annotated[str | None, typer.Option("--what", metavar="TEXT", help="What it is, in words.")] = None,
    item: Items = None,
    at: When = None,
    mistake: Withdraw = False,
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """State anew what was written down wrongly. The record keeps the earlier words, and why they were changed."""
    who = opening.actor(name, identity, passphrase_file)
    with opening.writing(case, who) as held:
        if mistake:
            held.withdraw_hold(number, reason)
        else:
            held.correct_hold(
                number, reason, reason=because, authority=authority, what=what, items=_or_none(item),
                placed_at=opening.moment(at, "--at"),
            )  # fmt: skip
        left = [one for one in held.snapshot().holds if one.number == number.strip().upper()]
    _withdrawn(number) if mistake and not json else show_holds(left, json)


@_hold.command("list")
def holds(case: CasePath, json: Json = False) -> None:
    """Every hold of the case, released ones too."""
    with opening.reading(case) as held:
        found = held.snapshot().holds
    show_holds(found, json)


@_transfer.command("from")
def came(
    case: CasePath,
    custodian: Annotated[str, typer.Argument(metavar="CUSTODIAN", help="Who gave it.", show_default=False)],
    purpose: Purpose = "",
    what: What = "",
    item: Items = None,
    means: Means = "",
    at: When = None,
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Write down that a custodian gave something to the case."""
    who = opening.actor(name, identity, passphrase_file)
    _changed_hands(case, who, json, Direction.FROM, custodian, purpose, what, item, means, at)


@_transfer.command("to")
def went(
    case: CasePath,
    custodian: Annotated[str, typer.Argument(metavar="CUSTODIAN", help="Who got it.", show_default=False)],
    purpose: Purpose = "",
    what: What = "",
    item: Items = None,
    means: Means = "",
    at: When = None,
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Write down that something went to another custodian."""
    who = opening.actor(name, identity, passphrase_file)
    _changed_hands(case, who, json, Direction.TO, custodian, purpose, what, item, means, at)


@_transfer.command("acknowledge")
def acknowledge(
    case: CasePath,
    number: Number,
    by: Annotated[
        str,
        typer.Option("--by", metavar="TEXT", help="Who acknowledged it and how: a signed form, an answer; required."),
    ] = "",
    at: When = None,
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Write down that the other custodian acknowledged a transfer."""
    who = opening.actor(name, identity, passphrase_file)
    with opening.writing(case, who) as held:
        made = held.acknowledge_transfer(number, by, acknowledged_at=opening.moment(at, "--at"))
    show_transfers([made], json)


@_transfer.command("correct")
def correct_transfer(
    case: CasePath,
    number: Number,
    reason: Why = "",
    custodian: Annotated[str | None, typer.Option("--custodian", metavar="TEXT", help="The other side.")] = None,
    purpose: Annotated[str | None, typer.Option("--purpose", metavar="TEXT", help="What for.")] = None,
    what: Annotated[str | None, typer.Option("--what", metavar="TEXT", help="What it is, in words.")] = None,
    item: Items = None,
    means: Annotated[str | None, typer.Option("--means", metavar="TEXT", help="How it went.")] = None,
    at: When = None,
    mistake: Withdraw = False,
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """State anew what was written down wrongly. The record keeps the earlier words, and why they were changed."""
    who = opening.actor(name, identity, passphrase_file)
    with opening.writing(case, who) as held:
        if mistake:
            held.withdraw_transfer(number, reason)
        else:
            held.correct_transfer(
                number, reason, custodian=custodian, purpose=purpose, what=what, items=_or_none(item), means=means,
                at=opening.moment(at, "--at"),
            )  # fmt: skip
        left = [one for one in held.snapshot().transfers if one.number == number.strip().upper()]
    _withdrawn(number) if mistake and not json else show_transfers(left, json)


@_transfer.command("list")
def transfers(case: CasePath, json: Json = False) -> None:
    """Every transfer of the case, and which of them nobody has acknowledged."""
    with opening.reading(case) as held:
        found = held.snapshot().transfers
    show_transfers(found, json)


def _changed_hands(
    case: Path,
    who: Actor,
    json: bool,
    direction: Direction,
    custodian: str,
    purpose: str,
    what: str,
    item: list[str] | None,
    means: str,
    at: str | None,
) -> None:
    with opening.writing(case, who) as held:
        made = held.record_transfer(
            direction, custodian, purpose, what=what, items=_items(item), means=means, at=opening.moment(at, "--at")
        )
    show_transfers([made], json)


def _items(typed: list[str] | None) -> list[Item]:
    return [item_of(text) for text in typed or ()]


def _or_none(typed: list[str] | None) -> list[Item] | None:
    return _items(typed) if typed else None


def _withdrawn(number: str) -> None:
    terminal.say(f"{number.strip().upper()} is shown no more; the custody record keeps it, and why.")
