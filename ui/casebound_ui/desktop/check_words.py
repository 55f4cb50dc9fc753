"""The result of a check in words: its tone, its details, and the report that can be saved."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from casebound_packaging.finding import Finding
from casebound_packaging.verify import FOOTER, LIMITS, Report, Verdict
from casebound_packaging.verify.receiving import FileState
from casebound_ui.desktop.wording import full_moment, grouped, size

# The rows of the screen, and which of the verifier's checks belong to each.
ROWS = {
    "inventory": ("inventory", "container"),
    "contents": ("contents", "completeness"),
    "custody": ("custody",),
    "seal": ("seal", "report"),
    "signer": ("signer",),
    "time": ("time",),
}
STATES = {
    "pass": ("circle-check", "ok", "Passed"),
    "fail": ("circle-x", "bad", "Failed"),
    "unknown": ("circle-question-mark", "unk", "Not known"),
    "not-checked": ("circle-minus", "text3", "Not checked"),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """One check that ended: of which file, when, how long it took."""

    path: Path
    size: int
    report: Report
    at: datetime
    seconds: float
    state: FileState | None = None  # of the file before it was checked

    def watched(self) -> list[str]:
        """What is to be looked at for changes: the file or folder, and of one exhibit's folder the files in it."""
        try:
            inside = list(self.path.iterdir()) if self.report.kind == "exhibit" else []
        except OSError:
            inside = []
        return [str(self.path), *map(str, inside)]

    @property
    def tone(self) -> str:
        """Green only for VERIFIED, red only for NOT VERIFIED; everything else is neither."""
        return {Verdict.VERIFIED: "ok", Verdict.NOT_VERIFIED: "bad"}.get(self.report.verdict, "unk")

    @property
    def icon(self) -> str:
        return {"ok": "shield-check", "bad": "shield-x"}.get(self.tone, "shield-question-mark")

    @property
    def sentence(self) -> str:
        """The one sentence under the headline; what limits it stands below, each limit on a line of its own."""
        report = self.report
        unsure = "UNATTRIBUTED" in report.limits or report.signer is None or report.kind != "package"
        if report.verdict is not Verdict.LIMITED or unsure or report.signer is None:
            return report.sentence
        return f"Every file is exactly as {report.signer.name} signed it, within these limits:"

    @property
    def limits(self) -> tuple[tuple[str, str], ...]:
        """Each limit as a word and its meaning, a sentence."""
        meanings = ((limit, LIMITS[limit]) for limit in self.report.limits)
        return tuple((limit, f"{meaning[:1].upper()}{meaning[1:]}.") for limit, meaning in meanings)

    @property
    def limits_below(self) -> tuple[tuple[str, str], ...]:
        """The limits of a verdict that has some, as far as the headline and its sentence do not say them already."""
        if self.report.verdict is not Verdict.LIMITED:
            return ()
        return tuple(limit for limit in self.limits if limit[0] != "UNATTRIBUTED")

    def findings(self, row: str) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.report.findings if finding.check in ROWS.get(row, (row,)))


def as_text(checked: Checked) -> str:
    """The check report as plain text: verdict, the six rows, every finding, the limits, and what a pass means."""
    report = checked.report
    lines = [
        "CHECK REPORT",
        "",
        f"File:      {checked.path.name}" + (f" ({size(checked.size)})" if checked.size else ""),
        f"Checked:   {full_moment(checked.at)}, offline, by Casebound",
        f"Package:   {report.package_id or 'not known'}",
        f"Case:      {report.case_number} {report.case_title}".rstrip(),
        "",
        f"RESULT:    {report.headline}",
        checked.sentence,
    ]
    lines += [f"  {limit}: {meaning}" for limit, meaning in checked.limits] + [""]
    for row in report.checks:
        lines += [f"[{STATES[row.state][2]}] {row.title}", f"    {row.detail}"]
        for finding in checked.findings(row.check):
            lines.append(f"    - {finding.item}: {finding.problem}")
            if finding.expected or finding.found:
                lines += [f"      signed {finding.expected}", f"      found  {finding.found}"]
    if report.signer is not None:
        lines += [
            "",
            f"Signer:      {report.signer.name}"
            + (f", {report.signer.organisation}" if report.signer.organisation else ""),
            f"Certificate: {grouped(report.signer.fingerprint)} (SHA-256)",
            f"Key:         {grouped(report.signer.key_fingerprint)} (SHA-256)",
        ]
    if report.notes:
        lines += ["", "Notes:"] + [f"  {note}" for note in report.notes]
    return "\n".join([*lines, "", FOOTER, ""])


def as_json(checked: Checked) -> str:
    """The same, as `casebound verify --json` prints it."""
    return json.dumps(checked.report.as_json(), indent=2, ensure_ascii=False) + "\n"
