"""A report found alone: its signature, its wholeness, its signer. The evidence was not there to check."""

from __future__ import annotations

from pathlib import Path

from casebound_packaging.errors import UnreadablePackage
from casebound_packaging.finding import CHECKS, Finding
from casebound_packaging.verify.certificates import UNREADABLE
from casebound_packaging.verify.pdf import SignedReport, check_pdf
from casebound_packaging.verify.signer import Attribution, Sealing, attribute
from casebound_packaging.verify.stamps import Stamped, check_report_stamp
from casebound_packaging.verify.trust import Trust
from casebound_packaging.verify.verdict import LIMITS, CheckResult, Report, Verdict
from casebound_packaging.verify.wording import grouped, how_known, minute


def examine_loose_report(path: Path, trust: Trust) -> Report:
    """Judge a signed PDF by itself. Raises `UnreadablePackage` where it cannot be opened."""
    found: list[Finding] = []
    try:
        with path.open("rb") as file:
            pdf = check_pdf(file, path.name, found)
    except OSError as error:
        raise UnreadablePackage(
            f"{path.name} cannot be read: {error.strerror or error}.", "Check the path.", where=str(path)
        ) from error
    notes = ["Only the report was given; the evidence it speaks of was not there to check."]
    stamped = check_report_stamp(pdf, path.name, trust, found, notes)
    limits = {"UNWITNESSED"} if stamped.moment else {"UNSTAMPED", "UNWITNESSED"}
    known: Attribution | None = None
    if pdf.signer is not None:
        try:
            in_time = stamped.moment is not None and stamped.moment <= pdf.signer.not_valid_after_utc
            proved = stamped.moment if in_time else None
            known = attribute(Sealing(pdf.signer, pdf.others, path.name, pdf.signed_at, proved), trust, found)
        except (ValueError, TypeError, *UNREADABLE) as error:
            found.append(Finding("signer", path.name, "The signer's certificate cannot be read.", "", str(error)))
    limits |= known.limits if known else set()
    found.sort(key=lambda finding: CHECKS.index(finding.check))
    named = len(pdf.package_ids) == 1
    verdict = Verdict.NOT_VERIFIED if found else Verdict.LIMITED
    return Report(
        verdict=verdict,
        sentence=_sentence(found, known),
        limits=tuple(limit for limit in LIMITS if limit in limits),
        findings=tuple(found),
        checks=_rows(found, known, pdf, stamped),
        signer=known.facts if known else None,
        sealed_at=pdf.signed_at,
        stamped_at=stamped.moment,
        counts={"files": 1, "present": 1, "matching": 0 if found else 1},
        package_id=next(iter(pdf.package_ids)) if named else "",
        evidence_root=next(iter(pdf.evidence_roots)) if len(pdf.evidence_roots) == 1 else "",
        notes=(*notes, *(known.notes if known else ())),
        kind="report",
    )


def _sentence(found: list[Finding], known: Attribution | None) -> str:
    alone = "The evidence it speaks of was not there to check."
    who = known.facts.name if known else "its signer"
    if found:
        return f"This report is not as {who} signed it, or not by a signer you trust. Do not rely on it. {alone}"
    if known and "UNATTRIBUTED" in known.limits:
        return f"This report is unchanged since it was signed, but nobody outside has confirmed this signer. {alone}"
    return f"This report is exactly as {who} signed it. {alone}"


def _rows(
    found: list[Finding], known: Attribution | None, pdf: SignedReport, stamped: Stamped
) -> tuple[CheckResult, ...]:
    report = [finding for finding in found if finding.check == "report"]
    signer = [finding for finding in found if finding.check == "signer"]
    rows = [
        CheckResult("inventory", "not-checked", "The package was not there", "Only its report was given."),
        CheckResult("contents", "not-checked", "The evidence was not compared", "Only the report was given."),
        CheckResult(
            "custody", "not-checked", "The custody record was not checked", "It is in the package, not in the report."
        ),
    ]
    if report or known is None:
        rows.append(
            CheckResult("seal", "fail", "The report's signature does not hold", report[0].problem if report else "")
        )
    else:
        detail = f"Signed with key {grouped(known.facts.key_fingerprint)}; the whole report is covered, and unaltered."
        rows.append(CheckResult("seal", "pass", "The signature is genuine", detail))
    if signer:
        rows.append(CheckResult("signer", "fail", "This is not a signer you trust", signer[0].problem))
    elif known is None:
        rows.append(CheckResult("signer", "not-checked", "The signer was not checked", "No signature could be read."))
    elif "UNATTRIBUTED" in known.limits:
        detail = f"The report says it is from {known.facts.name}. Anyone can type a name; only the key proves it."
        rows.append(CheckResult("signer", "unknown", "You have not confirmed this signer", detail))
    else:
        rows.append(CheckResult("signer", "pass", "You know this signer", how_known(known.facts)))
    rows.append(_time(found, pdf, stamped))
    return tuple(rows)


def _time(found: list[Finding], pdf: SignedReport, stamped: Stamped) -> CheckResult:
    faults = [finding for finding in found if finding.check == "time"]
    if faults:
        return CheckResult("time", "fail", "The time stamp does not hold", faults[0].found or faults[0].problem)
    if stamped.moment:
        detail = f"A time stamp service you trust saw the report's signature on {minute(stamped.moment)}."
        return CheckResult("time", "pass", "The signing time is proved", f"{detail} It was made then or before.")
    when = f"It says {minute(pdf.signed_at)}." if pdf.signed_at else "It gives no time."
    why = stamped.told or f"No independent time stamp was {'checked' if stamped.there else 'included'}."
    return CheckResult("time", "unknown", "Signing time is the signer's own clock", f"{when} {why}")
