"""The demonstration: the sample case from its raw exports to a sealed package that is then checked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from casebound.case import SealedPackage, Snapshot
from casebound.document import Case
from casebound.errors import BadRequest, CannotWrite
from casebound.identities import actor_of
from casebound.work import Progress
from casebound_packaging.identity import Identity, spoken
from casebound_packaging.verify import LIMITS, Report, Trust, Verdict
from casebound_packaging.verify import verify as verified
from casebound_resources import sample
from casebound_ui.cli import opening, terminal
from casebound_ui.display import has_display, show_window
from casebound_ui.sample import build_sample_case


def register(app: typer.Typer) -> None:
    app.command("demo", short_help="Make the sample case, seal it, check it, open it.")(demo)


def demo(
    directory: Annotated[
        Path, typer.Option("--dir", metavar="DIR", help="Where to put it; a number is added where DIR is not empty.")
    ] = Path("demo"),
    no_window: Annotated[bool, typer.Option("--no-window", help="Do not open the window at the end.")] = False,
) -> int:
    """Build the sample case from its raw exports, seal a package, verify it, say what was made, and open the window."""
    folder = _fresh(directory)
    told = sample.story()
    identity = Identity.create(told["person"], organisation=told["organisation"])
    who = actor_of(identity)
    terminal.say("The sample: invented provider, invented actor. Made from the raw exports in")
    terminal.say(f"  {sample.EXPORTS}")
    with terminal.working("Making the sample case") as progress:
        path = build_sample_case(folder, progress, who)
    with Case.open(path, who) as case:
        _tell_case(case.snapshot())
        with terminal.working("Sealing") as progress:
            package = _seal(case, identity, folder, progress)
    certificate = folder / "sample-signer.pem"
    opening.write_new(certificate, identity.certificate_pem())
    terminal.say()
    terminal.say(f"Package   {package.path}")
    terminal.say(f"          {package.package_id}, {package.size:,} bytes, for {package.recipient_class}")
    terminal.say(f"Signer    {identity.name}, self-issued for this demonstration; the key is thrown away")
    terminal.say(f"          certificate (to be given by another way than the package): {certificate}")
    terminal.say(f"          words to read over the telephone: {spoken(identity.fingerprint)}")
    with terminal.working("Checking") as progress:
        report = verified(Path(package.path), Trust(root_pem=certificate.read_bytes()), progress)
    _tell_verdict(report)
    terminal.say()
    terminal.say(f"Look at it:      casebound {path}")
    terminal.say(f"Check it again:  casebound verify {package.path} --trust {certificate}")
    if report.verdict not in (Verdict.VERIFIED, Verdict.LIMITED):
        return 1
    if no_window or not has_display():
        return 0
    sys.stdout.flush()
    return show_window(path)


def _fresh(directory: Path) -> Path:
    """The folder, or the next numbered one where something is in it already; nothing is ever written over."""
    try:
        for number in range(1, 1000):
            folder = directory if number == 1 else directory.with_name(f"{directory.name}-{number}")
            if folder.is_dir() and any(folder.iterdir()):
                continue
            if folder.exists() and not folder.is_dir():
                raise BadRequest(f"{folder} is a file, not a folder.", "Name a folder with --dir.", where=str(folder))
            folder.mkdir(parents=True, exist_ok=True)
            if number > 1:
                terminal.say(f"{directory} is not empty and stays as it is; this one goes to {folder}.")
            return folder.absolute()
    except OSError as fault:
        raise CannotWrite(f"{directory} cannot be used: {fault.strerror}.", "Name another folder with --dir.") from None
    raise BadRequest(f"There are a thousand demonstrations beside {directory}.", "Name another folder with --dir.")


def _seal(case: Case, identity: Identity, folder: Path, progress: Progress) -> SealedPackage:
    from casebound_exporters.archive import SealedPackageExporter

    told = sample.story()
    exporter = SealedPackageExporter(
        identity=identity,
        recipient_class="legal",
        purpose=told["purpose"],
        legal_basis=told["legal_basis"],
        organisation=told["organisation"],
    )
    return exporter.export(case, folder / "packages", progress)


def _tell_case(held: Snapshot) -> None:
    read = sum(source.read for source in held.sources)
    kept = sum(source.kept for source in held.sources)
    aside = sum(source.quarantined for source in held.sources)
    double = sum(source.duplicates for source in held.sources)
    terminal.say()
    terminal.say(f"Case      {held.path}")
    terminal.say(f"          {held.number}, {held.title}")
    terminal.say(
        f"          {len(held.sources)} exports: {read:,} rows read = "
        f"{kept:,} kept + {aside:,} set aside + {double:,} duplicates"
    )
    terminal.say(
        f"          {len(held.attachments)} attachments, {len(held.marks)} notes, tags and bookmarks, "
        f"{len(held.exhibits)} exhibits, "
        f"{len(held.measures)} measured numbers, {len(held.findings)} findings"
    )
    terminal.say(f"          {held.ledger_size} entries in the custody record")


def _tell_verdict(report: Report) -> None:
    terminal.say()
    # The sentence tells the limits too; here each has a line of its own.
    terminal.say(f"Verdict   {report.headline}. {terminal.inert(report.sentence.partition(' Limits: ')[0])}")
    for limit in report.limits:
        terminal.say(f"          {limit}: {LIMITS[limit]}")
    for finding in report.findings:
        terminal.say("          " + terminal.inert(f"{finding.check}: {finding.item}: {finding.problem}"))
