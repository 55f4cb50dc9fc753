"""The program `casebound-verify`: check an evidence package or a signed report, with nothing else of Casebound.

Exit codes: 0 verified, 1 not verified, 2 not a package or wrong usage, 3 verified with limits (0 where `--accept` names
every one of them).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from casebound_packaging import __version__
from casebound_packaging.errors import CaseboundError
from casebound_packaging.identity import spoken
from casebound_packaging.verify import FOOTER, LIMITS, Report, Trust, Verdict, accepted, verify
from casebound_packaging.verify.trust import given_bytes, given_signers

_MARKS = {"pass": "ok     ", "fail": "FAILED ", "unknown": "open   ", "not-checked": "not checked "}


def parser() -> argparse.ArgumentParser:
    """The options, which are those of `casebound verify`."""
    options = argparse.ArgumentParser(
        prog="casebound-verify",
        description="Check an evidence package, or what was given of one: a report, a receipt, an exhibit."
        " Nothing is written, and nothing leaves this computer.",
        epilog="Trust comes from outside the package: give the root certificate or the fingerprint that the signer"
        " told you. Exit codes: 0 verified, 1 not verified, 2 not a package or wrong usage, 3 verified with limits.",
    )
    options.add_argument(
        "package",
        type=Path,
        metavar="PACKAGE",
        help="a package (ZIP, or unpacked), a report (PDF), a receipt, a checkpoint, or the folder of one exhibit",
    )
    options.add_argument("--trust", type=Path, metavar="ROOT.pem", help="root certificate of the signer's organisation")
    options.add_argument(
        "--crl", type=Path, metavar="CRL.pem", help="fresh revocation list of the signer's organisation"
    )
    options.add_argument(
        "--signer",
        metavar="FINGERPRINT",
        help="SHA-256 of the signer's certificate or key; several separated by commas",
    )
    options.add_argument(
        "--allowed-signers", type=Path, metavar="FILE", help="OpenSSH allowed signers file that you keep"
    )
    options.add_argument("--tsa-trust", type=Path, metavar="PEM", help="root certificate of the time stamp service")
    options.add_argument(
        "--against",
        type=Path,
        nargs="+",
        default=[],
        action="extend",
        metavar="FILE",
        help="older checkpoint, receipt or package of the same case to compare the custody record with",
    )
    options.add_argument(
        "--seen",
        action="append",
        default=[],
        metavar="CHECKPOINT",
        help="a checkpoint from paper or the telephone: the number of entries, then the root or its twelve words",
    )
    options.add_argument(
        "--accept", default="", metavar="LIMIT,…", help="limits that are in order: exit with 0 if there are no others"
    )
    options.add_argument("--json", action="store_true", help="print the whole answer as JSON")
    options.add_argument("--version", action="version", version=f"casebound-verify {__version__}")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit code."""
    given = parser().parse_args(arguments)
    meter = _Meter(sys.stderr)
    try:
        accept = accepted(given.accept)
        trust = Trust(
            root_pem=given_bytes(given.trust),
            signer_fingerprint=given.signer,
            allowed_signers=given_signers(given.allowed_signers),
            tsa_pem=given_bytes(given.tsa_trust),
            crl_pem=given_bytes(given.crl),
            against=tuple(given.against),
            seen=tuple(given.seen),
            accept=accept,
        )
        report = verify(given.package, trust, meter)
    except CaseboundError as error:
        meter.clear()
        print(f"casebound-verify: {error.paragraph()}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        meter.clear()
        print("casebound-verify: stopped; nothing was decided.", file=sys.stderr)
        return 2
    meter.clear()
    if given.json:
        _say(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        _say(plain_text(report, given.package.name or str(given.package)))
    return report.exit_code(accept)


def _say(text: str) -> None:
    """Print, whatever the terminal can show and however early its reader goes away; the exit code says the rest."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        print(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def plain_text(report: Report, name: str) -> str:
    """The answer for a terminal: the verdict first, then why, then every fact by name."""
    lines = [f"{report.headline.upper()}: {name}", _inert(report.sentence)]
    if report.verdict is Verdict.NOT_A_PACKAGE:
        return "\n".join(lines)
    lines.append("")
    for row in report.checks:
        lines.append(f"{_MARKS[row.state]} {row.title}. {_inert(row.detail)}")
    if report.findings:
        lines += ["", f"What is wrong ({len(report.findings)}):"]
        for finding in report.findings:
            lines.append(f"  [{finding.check}] {_inert(finding.item)}: {_inert(finding.problem)}")
            lines += [f"      signed or stated  {_inert(finding.expected)}"] if finding.expected else []
            lines += [f"      found             {_inert(finding.found)}"] if finding.found else []
    if report.limits and report.verdict is not Verdict.NOT_VERIFIED:
        lines += ["", "Limits:"] + [f"  {limit}: {LIMITS[limit]}" for limit in report.limits]
    lines += ["", *_facts(report)]
    lines += [f"Note: {_inert(note)}" for note in report.notes]
    lines += ["", FOOTER]
    return "\n".join(lines)


def _facts(report: Report) -> list[str]:
    facts = []
    if report.package_id:
        facts.append(f"Package      {_inert(report.package_id)}")
    if report.case_number:
        facts.append(f"Case         {_inert(report.case_number)}, {_inert(report.case_title)}")
    if report.signer:
        signer = report.signer
        issued = "self-issued" if signer.self_issued else f"issued by {_inert(signer.issuer)}"
        facts.append(f"Signer       {_inert(signer.name)}, {issued}")
        facts.append(f"Certificate  {signer.fingerprint}")
        facts.append(f"Key          {signer.key_fingerprint}")
        facts.append(f"In words     {spoken(signer.fingerprint)}")
    if report.sealed_at:
        facts.append(f"Sealed       {report.sealed_at:%Y-%m-%d %H:%M:%S} UTC (as stated)")
    if report.stamped_at:
        facts.append(f"Stamped      {report.stamped_at:%Y-%m-%d %H:%M:%S} UTC (proved)")
    if report.checkpoint:
        facts.append(f"Ledger       {report.checkpoint.size} entries, root {report.checkpoint.root}")
    return facts


def _inert(text: str) -> str:
    """Text from a package, so that it cannot steer a terminal or turn its reading direction."""
    return "".join(letter if letter.isprintable() else f"U+{ord(letter):04X}" for letter in text)


class _Meter:
    """How far the check is, on a terminal only."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = stream.isatty()
        self._last = -1

    def __call__(self, done: int, total: int, note: str = "") -> None:
        share = done * 100 // total if total else 100
        if self._shown and share != self._last:
            self._last = share
            self._stream.write(f"\rChecking… {note} ({share} %)\x1b[K")
            self._stream.flush()

    def clear(self) -> None:
        """Leave an empty line."""
        if self._shown and self._last >= 0:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


if __name__ == "__main__":
    sys.exit(main())
