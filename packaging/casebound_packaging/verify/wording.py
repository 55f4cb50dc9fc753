"""The verdict in plain sentences: one first line, and the six rows of the Check screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from casebound_packaging.finding import Finding
from casebound_packaging.verify.facts import Facts
from casebound_packaging.verify.signerwords import refusal, row_title
from casebound_packaging.verify.verdict import LIMITS, CheckResult, SignerFacts, State, Verdict

FOOTER = "A pass means the contents are unchanged since signing. It does not say that what they record is true."
_NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def counted(number: int, thing: str, things: str = "") -> str:
    """“two files”, “1 file” in words up to twelve."""
    word = _NUMBERS[number] if 0 <= number < len(_NUMBERS) else f"{number:,}"
    return f"{word} {thing if number == 1 else things or thing + 's'}"


def day(moment: datetime) -> str:
    """“23 November 2026”."""
    return f"{moment.day} {moment:%B %Y}"


def minute(moment: datetime) -> str:
    """“23 November 2026, 12:04 UTC”."""
    return f"{day(moment)}, {moment:%H:%M} UTC"


def grouped(fingerprint: str, groups: int = 4) -> str:
    """The first digits of a fingerprint in fours, for people: “4F2A 91C7 D03B 6E18”."""
    digits = fingerprint.upper()
    return " ".join(digits[place : place + 4] for place in range(0, 4 * groups, 4))


def sentence(verdict: Verdict, limits: Sequence[str], facts: Facts) -> str:
    """The one plain first line."""
    who = facts.signer.name if facts.signer else "its signer"
    if verdict is Verdict.NOT_VERIFIED:
        return _refusal(facts, who)
    dated = f" The signing is dated {minute(facts.sealed_at)}." if facts.sealed_at else ""
    if "UNATTRIBUTED" in limits:
        if facts.signer_told:
            return f"The files match what was signed. {facts.signer_told}"
        return (
            "The files match what was signed, but nobody outside the package has confirmed this signer."
            " Confirm the key with them by phone before you rely on it."
        )
    whole = f"Every file in this package is exactly as {who} signed it, and the custody record has no gaps.{dated}"
    if verdict is Verdict.VERIFIED:
        return whole
    return f"{whole} Limits: {'; '.join(LIMITS[limit] for limit in limits)}."


def _refusal(facts: Facts, who: str) -> str:
    seal_holds = not facts.of("seal")
    by_whom = f"what {who} signed" if seal_holds and facts.signer else "what was signed"
    changed = _items(facts.of("contents"))
    if facts.of("container"):
        return "The file is not put together as an evidence package must be, so nothing in it can be relied on."
    if facts.of("inventory"):
        gone = sum("missing" in finding.problem for finding in facts.of("inventory"))
        extra = sum("added" in finding.problem for finding in facts.of("inventory"))
        parts = [f"{counted(gone, 'file is', 'files are')} missing"] if gone else []
        parts += [f"{counted(extra, 'file was', 'files were')} added"] if extra else []
        told = " and ".join(parts) or "the lists of files do not agree"
        return f"{_capital(told)}. This is not {by_whom}. Do not rely on it."
    if changed:
        rest = facts.listed - len(changed)
        told = counted(len(changed), "file is", "files are")
        them = "it" if len(changed) == 1 else "them"
        others = f" The other {rest:,} files are as signed." if seal_holds and rest > 0 else ""
        return f"{_capital(told)} not {by_whom}. Do not rely on {them}.{others}"
    if _contradicts(facts):
        return "The package says one thing in one place and another in another. Do not rely on it."
    if facts.of("completeness"):
        return "The statement of what is enclosed and what was left out does not add up. Do not rely on this package."
    if facts.of("custody"):
        at = f" at entry {facts.broken_at}" if facts.broken_at is not None else ""
        return f"The custody record does not hold{at}. Do not rely on this package."
    if facts.of("report"):
        return "The report is not as it was signed, or is not this package's. Do not rely on this package."
    if facts.of("seal"):
        if all(finding.problem.startswith(_BESIDE) for finding in facts.of("seal")):
            return (
                f"{facts.of('seal')[0].problem} The package's own seals hold. Rely on neither until this is cleared up."
            )
        return "The seal does not hold. Do not rely on this package."
    if facts.of("signer"):
        return refusal(facts.of("signer")[0].problem)
    beside = [finding.item for finding in facts.of("time") if "/" not in finding.item]
    if beside and len(beside) == len(facts.of("time")):  # anybody can put one there
        return f"{beside[0]}, beside the package, is no time stamp that holds. All that is in the package does."
    return "The time stamp does not hold. Do not rely on this package."


_BESIDE = "The co-signature beside the package"


_RETOLD = ("data/timeline.", "data/chronology.", "data/queries/", "data/views/")


def _contradicts(facts: Facts) -> bool:
    """Whether all that does not add up is told twice and otherwise, and no sum is wrong."""
    sums = facts.of("completeness")
    return bool(sums) and all(finding.item.startswith(_RETOLD) for finding in sums)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _items(findings: Sequence[Finding]) -> set[str]:
    return {finding.item for finding in findings}


def rows(facts: Facts, limits: Sequence[str]) -> tuple[CheckResult, ...]:
    """The six rows, in the order of weight."""
    if facts.of("container"):
        first = facts.of("container")[0]
        place = f"{first.item}: " if first.item else ""
        top = CheckResult("inventory", "fail", "The file is not put together as it must be", f"{place}{first.problem}")
        names = ("contents", "custody", "seal", "signer", "time")
        return (top, *(CheckResult(name, "not-checked", *_NOT_CHECKED[name]) for name in names))
    return (_inventory(facts), _contents(facts), _custody(facts), _seal(facts), _signer(facts, limits), _time(facts))


_NOT_CHECKED = {
    "contents": ("The files were not compared", "Reading stopped before them."),
    "custody": ("The custody record was not checked", "Reading stopped before it."),
    "seal": ("The signature was not checked", "Reading stopped before it."),
    "signer": ("The signer was not checked", "Reading stopped before the signature."),
    "time": ("The signing time was not checked", "Reading stopped before the signature."),
}


def _inventory(facts: Facts) -> CheckResult:
    faults = facts.of("inventory")
    if not faults:
        detail = f"{facts.present:,} of {facts.listed:,} listed files are present. No unlisted files."
        return CheckResult("inventory", "pass", "Nothing is missing and nothing was added", detail)
    gone = [fault for fault in faults if "missing" in fault.problem]
    extra = [fault for fault in faults if "added" in fault.problem]
    title = "The lists of files do not agree"
    if gone and extra:
        title = "Files are missing and files were added"
    elif gone:
        title = f"{counted(len(gone), 'file is', 'files are').capitalize()} missing"
    elif extra:
        title = f"{counted(len(extra), 'file was', 'files were').capitalize()} added"
    detail = f"{facts.present:,} of {facts.listed:,} listed files are present. {faults[0].item}: {faults[0].problem}"
    return CheckResult("inventory", "fail", title, detail)


def _contents(facts: Facts) -> CheckResult:
    changed, sums = facts.of("contents"), facts.of("completeness")
    if changed:
        number = len(_items(changed))
        title = f"{_capital(counted(number, 'file does', 'files do'))} not match"
        detail = (
            "Its content is not what the signed list says."
            if number == 1
            else "Their content is not what the signed list says."
        )
        return CheckResult("contents", "fail", title, detail)
    if sums:
        told = _contradicts(facts)
        title = "The package contradicts itself" if told else "The statement of completeness does not add up"
        return CheckResult("contents", "fail", title, f"{sums[0].item}: {sums[0].problem}")
    if facts.matching != facts.listed or not facts.listed:
        detail = f"{facts.matching:,} of {facts.listed:,} SHA-256 fingerprints match; the other files are not there."
        return CheckResult("contents", "fail", "Not every file could be compared", detail)
    detail = f"All {facts.listed:,} SHA-256 fingerprints match, recalculated on this computer just now."
    return CheckResult("contents", "pass", "No file was changed", detail)


def _custody(facts: Facts) -> CheckResult:
    faults = facts.of("custody")
    if faults:
        title = "The custody record does not hold"
        detail = f"{faults[0].item}: {faults[0].problem}"
        if facts.broken_at is not None:
            title = f"The custody record stops matching at entry {facts.broken_at}"
            if facts.broken_at > 0:
                before = "Entry 0 is" if facts.broken_at == 1 else f"Entries 0 to {facts.broken_at - 1} are"
                detail = f"{before} unbroken. {faults[0].problem}"
        return CheckResult("custody", "fail", title, detail)
    if not facts.lines:
        return CheckResult("custody", "not-checked", "The custody record was not checked", "It is not there.")
    span = ""
    if facts.first_time and facts.last_time:
        first, last = day(facts.first_time), day(facts.last_time)
        span = f", all of {first}" if first == last else f", from {first} to {last}"
    hidden = (
        f" {_capital(counted(facts.omitted, 'entry is', 'entries are'))} shown only by fingerprint."
        if facts.omitted
        else ""
    )
    seen = " It agrees with what was seen outside before." if facts.witnessed else ""
    entries = f"{facts.lines:,} {'entry' if facts.lines == 1 else 'entries'}"
    detail = f"{entries}, each sealed to the one before{span}.{hidden}{seen}"
    return CheckResult("custody", "pass", "The custody record is unbroken", detail)


def _seal(facts: Facts) -> CheckResult:
    if facts.of("seal"):
        fault = facts.of("seal")[0]
        beside = all(finding.problem.startswith(_BESIDE) for finding in facts.of("seal"))
        genuine = "A co-signature is not genuine" if beside else "The signature is not genuine"
        return CheckResult("seal", "fail", genuine, f"{fault.item}: {fault.problem}")
    if facts.of("report"):
        return CheckResult("seal", "fail", "The report's signature does not hold", facts.of("report")[0].problem)
    if facts.signer is None:
        return CheckResult("seal", "fail", "There is no signature", "No seal could be read.")
    detail = f"Signed with key {grouped(facts.signer.key_fingerprint)} and not altered since."
    if any(facts.of(check) for check in ("inventory", "contents")):
        detail = "The signed list itself was not altered. That is how the changes were found."
    return CheckResult("seal", "pass", "The signature is genuine", detail)


def how_known(signer: SignerFacts) -> str:
    """By what somebody outside the package knows this signer, as a sentence."""
    return {
        "fingerprint": f"The key of {signer.name} is the one whose fingerprint you gave.",
        "root": (
            f"The certificate of {signer.name} is the one you gave."
            if signer.self_issued
            else f"{signer.name} is authorised by {signer.issuer}, whose root you gave."
        ),
        "allowed-signers": f"The key of {signer.name} is among the allowed signers you gave.",
        "remembered": f"The key of {signer.name} is one that you confirmed before.",
    }[signer.confirmed_by or "fingerprint"]


def _signer(facts: Facts, limits: Sequence[str]) -> CheckResult:
    signer = facts.signer
    if facts.of("signer"):
        problem = facts.of("signer")[0].problem
        return CheckResult("signer", "fail", row_title(problem), problem)
    if signer is None:
        return CheckResult("signer", "not-checked", *_NOT_CHECKED["signer"])
    if "UNATTRIBUTED" in limits and facts.signer_told:
        return CheckResult("signer", "unknown", "This signer is not authorised by the root alone", facts.signer_told)
    if "UNATTRIBUTED" in limits:
        detail = f"The package says it is from {signer.name}. Anyone can type a name; only the key proves it."
        return CheckResult("signer", "unknown", "You have not confirmed this signer", detail)
    own = " The certificate is self-issued." if signer.self_issued else ""
    minded = [limit for limit in _OF_SIGNER if limit in limits]
    state: State = "unknown" if minded else "pass"
    late = "".join(f" Mind that {LIMITS[limit]}." for limit in minded)
    known = f"You know this signer, but {_OF_SIGNER[minded[0]]}" if minded else "You know this signer"
    return CheckResult("signer", state, known, f"{how_known(signer)}{own}{late}")


_OF_SIGNER = {
    "REVOKED-LATER": "the certificate was revoked since",
    "EXPIRED": "the certificate has expired",
    "STALE-REVOCATION": "the revocation list is overdue",
}


def _time(facts: Facts) -> CheckResult:
    if facts.of("time"):
        return CheckResult("time", "fail", "The time stamp does not hold", facts.of("time")[0].problem)
    if facts.stamped_at:
        detail = (
            f"A time stamp service you trust saw the seal on {minute(facts.stamped_at)}. It was made then or before."
        )
        return CheckResult("time", "pass", "The signing time is proved", detail)
    if facts.sealed_at is None:
        return CheckResult("time", "not-checked", *_NOT_CHECKED["time"])
    detail = "No independent time stamp was checked. The order of entries is proved; the exact clock time is not."
    if not facts.stamp_there:
        detail = detail.replace("checked", "included")
    elif facts.stamp_told:
        detail = f"{facts.stamp_told} The order of entries is proved; the exact clock time is not."
    return CheckResult("time", "unknown", "Signing time is the signer's own clock", detail)
