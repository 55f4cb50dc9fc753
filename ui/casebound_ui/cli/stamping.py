"""Time stamps: by hand where the machine has no network, from named services where it has one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casebound import stampservices
from casebound.errors import BadRequest, CannotWrite
from casebound_packaging import latestamp
from casebound_packaging.latestamp import Subject
from casebound_packaging.stamp import Stamp
from casebound_packaging.timeservices import NoStamp, TimeServices
from casebound_packaging.verify.trust import given_bytes
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import Json

_HELP = "Add time stamps to what is sealed: by hand, or from services that you name."
_group = typer.Typer(help=_HELP, rich_markup_mode=None, no_args_is_help=False)

Sealed = Annotated[
    Path,
    typer.Argument(metavar="PACKAGE|CHECKPOINT", help="A sealed package, or a .checkpoint file.", show_default=False),
]
Roots = Annotated[
    Path | None,
    typer.Option("--tsa-trust", metavar="PEM", help="Root of the service, to check by; else the roots you keep."),
]


def register(app: typer.Typer) -> None:
    app.add_typer(_group, name="stamp", short_help=_HELP)


@_group.command("request")
def request(
    sealed: Sealed,
    to: Annotated[Path, typer.Option("--to", metavar="FILE.tsq", help="A new file for the query.")],
    json: Json = False,
) -> None:
    """Write a query to carry to a connected machine. It holds a fingerprint, and nothing of the case.

    There: curl -H "Content-Type: application/timestamp-query" --data-binary @FILE.tsq URL > FILE.tsr
    """
    what = latestamp.subject(sealed)
    latestamp.write_query(what, to)
    if json:
        terminal.show_json({"query": str(to), "over": what.words, "sha256": what.digest.hex()})
        return
    terminal.say(terminal.inert(f"Wrote the query {to}, over {what.words}."))
    terminal.say(f"SHA-256       {what.digest.hex()}")
    terminal.say("Have a service answer it, and bring the answer back with `casebound stamp import`.")
    if what.stamped:
        terminal.note(terminal.inert(f"There is a time stamp already: {what.beside.name}."))


@_group.command("import")
def take(
    sealed: Sealed,
    answer: Annotated[
        Path, typer.Argument(metavar="FILE.tsr", help="The service's answer, as it came.", show_default=False)
    ],
    tsa_trust: Roots = None,
    json: Json = False,
) -> None:
    """Check a service's answer and keep it beside the package or checkpoint, which stays as it is."""
    what = latestamp.subject(sealed)
    opening.existing(answer, "a time stamp")
    roots, lists = stampservices.judging_roots(given_bytes(tsa_trust))
    stamp = latestamp.take_stamp(what, latestamp.read_answer(answer), answer.name, roots, lists)
    _told(what, stamp, bool(roots), json)


@_group.command("ask")
def ask(
    sealed: Sealed,
    tsa: Annotated[
        list[str] | None,
        typer.Option("--tsa", metavar="URL", help="Ask this service; may be repeated. Else those you keep."),
    ] = None,
    tsa_trust: Roots = None,
    json: Json = False,
) -> None:
    """Ask services, one after the other, for a stamp over what was sealed before, and keep it beside."""
    what = latestamp.subject(sealed)
    urls = stampservices.named_services(tsa or ()) or stampservices.kept_services()
    if not urls:
        raise BadRequest(
            "No time stamp service was named.",
            "Name one with --tsa, keep some with `casebound stamp services`, or carry a query by hand.",
            meaning="Nobody was asked.",
        )
    if what.stamped:
        raise CannotWrite(
            f"There is a time stamp already: {what.beside.name}.",
            "Move it away first if another is wanted.",
            meaning="Nobody was asked, and nothing was changed.",
            where=str(what.beside),
        )
    roots, lists = stampservices.judging_roots(given_bytes(tsa_trust))
    services = TimeServices(urls)
    with terminal.working("Asking for a time stamp") as progress:
        answer = services.ask(what.over, progress)
    for failure in services.failures:
        terminal.note(terminal.inert(failure))
    if answer is None:
        raise NoStamp(
            "None of the services gave a time stamp.",
            "Try again later, or carry a query by hand: casebound stamp request.",
            meaning="The package is as it was. The time of sealing is still the signer's own clock.",
        )
    stamp = latestamp.take_stamp(what, answer, "The service's answer", roots, lists)
    _told(what, stamp, bool(roots), json)


@_group.command("show")
def show(sealed: Sealed, tsa_trust: Roots = None, json: Json = False) -> int:
    """Say what time stamps a package or checkpoint has, and whether they hold. Ends with 1 where none does."""
    what = latestamp.subject(sealed)
    found = latestamp.judged_stamps(what, *stampservices.judging_roots(given_bytes(tsa_trust)))
    code = 0 if any(not one.problem for one in found) else 1
    if json:
        keys = ("place", "words", "problem", "trusted")
        terminal.show_json({"over": what.words, "stamps": [{key: getattr(one, key) for key in keys} for one in found]})
        return code
    terminal.say(terminal.inert(f"Over          {what.words}"))
    for one in found:
        terminal.say(terminal.inert(f"Stamp         {one.place}: {one.words or 'not readable'}"))
        if one.problem:
            terminal.say(terminal.inert(f"              It does not count: {one.problem}."))
        elif one.trusted is None:
            terminal.say(
                "              Who made it was not checked: no root certificate of a service is given or kept."
            )
        else:
            terminal.say("              It holds, by a service that you trust.")
    if not found:
        terminal.say("No time stamp: only the signer's own clock says when it was made.")
    return code


@_group.command("services")
def services(
    urls: Annotated[
        list[str] | None,
        typer.Argument(metavar="URL", help="Keep these, in this order, in place of those before."),
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Keep none: nobody is asked.")] = False,
    roots: Annotated[
        Path | None,
        typer.Option("--roots", metavar="PEM", help="Keep these root certificates to judge stamps by."),
    ] = None,
    json: Json = False,
) -> None:
    """Show or keep the time stamp services that are asked when a package is sealed."""
    if none and urls:
        raise BadRequest("Services and --none contradict each other.", "Give one of them.")
    if urls or none:
        stampservices.keep_services(urls or ())
    if roots is not None:
        stampservices.keep_roots(given_bytes(opening.existing(roots, "a certificate")))
    kept, known = stampservices.kept_services(), len(stampservices.judging_roots()[0])
    if json:
        terminal.show_json({"services": list(kept), "roots": known})
        return
    for number, url in enumerate(kept, 1):
        terminal.say(terminal.inert(f"{number}. {url}"))
    if not kept:
        terminal.say("No time stamp service is kept: nobody is asked, unless you name one with --tsa.")
    terminal.say(f"Stamps are judged by {terminal.count(known, 'root certificate')} that you keep.")


def stamped_beside(path: Path) -> tuple[str, ...]:
    """Ask the kept services for a stamp over a checkpoint that was just made, and keep it; says what came of it.

    Nothing about it stops the work: a checkpoint is as good as before without a stamp.
    """
    services = TimeServices(stampservices.kept_services())
    if not services:
        return ()
    what = latestamp.subject(path)
    with terminal.working("Asking for a time stamp") as progress:
        answer = services.ask(what.over, progress)
    if answer is not None:
        latestamp.keep_stamp(what, answer)
        return (*services.failures, f"Kept {what.beside.name}: {services.told[-1]}")
    return tuple(services.failures)


def _told(what: Subject, stamp: Stamp, judged: bool, json: bool) -> None:
    if json:
        terminal.show_json(
            {
                "stamp": str(what.beside),
                "over": what.words,
                "time": stamp.moment,
                "service": stamp.service,
                "service_trusted": True if judged else None,
            }
        )
        return
    terminal.say(terminal.inert(f"Kept {what.beside.name}, over {what.words}."))
    terminal.say(terminal.inert(f"Seen          {latestamp.described(stamp)}"))
    if not judged:
        terminal.say("Who made the stamp was not checked: no root certificate of a service is given or kept.")
    terminal.say("Give it along with what it is beside.")
