"""The answer about one exhibit given alone, in plain sentences: the first line, and the six rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from casebound_packaging.verify.verdict import LIMITS, CheckResult
from casebound_packaging.verify.wording import counted, grouped, how_known, minute

if TYPE_CHECKING:
    from casebound_packaging.verify.alone import Alone

_ALONE = "Nothing else of the case was there to check."


def sentence(alone: Alone, limits: Sequence[str]) -> str:
    """The one plain first line."""
    what = _what(alone)
    who = alone.known.facts.name if alone.known else "its signer"
    if alone.of("signer"):
        return f"{what} is not proved by the signer you trust. Do not rely on it."
    if alone.findings:
        return f"{what} is not proved: {_first(alone)} Do not rely on it."
    if "UNATTRIBUTED" in limits:
        return (
            f"{what} stands in a custody record whose state was signed, but nobody outside has confirmed this signer."
            " Confirm the key with them by phone before you rely on it."
        )
    return f"{what} stands, as it is here, in the custody record whose state {who} signed. {_ALONE}"


def _what(alone: Alone) -> str:
    """What it is. An attachment's entry says its number as attachment; as which exhibit it was shown, it does not."""
    number = alone.entry.get("attachment") if alone.entry is not None else None
    if alone.files.original:
        return f"The file {alone.files.original} (attachment {number})" if number else "The file"
    return alone.files.exhibit or "This exhibit"


def _first(alone: Alone) -> str:
    problem = alone.findings[0].problem
    return problem[:1].lower() + problem[1:]


def rows(alone: Alone, limits: Sequence[str]) -> tuple[CheckResult, ...]:
    """The six rows, in the order of weight."""
    return (_inventory(alone), _contents(alone), _custody(alone), _seal(alone), _signer(alone, limits), _time(alone))


def _inventory(alone: Alone) -> CheckResult:
    faults = [*alone.of("container"), *alone.of("inventory")]
    if faults:
        title = "The folder does not hold exactly the files of one exhibit"
        return CheckResult("inventory", "fail", title, f"{faults[0].item}: {faults[0].problem}")
    detail = "An exhibit given alone. What else the case holds is not in it, and nothing was added."
    return CheckResult("inventory", "pass", "The files of one exhibit, and no others", detail)


def _contents(alone: Alone) -> CheckResult:
    faults = alone.of("contents")
    if faults:
        title = "The file is not the one that was attached"
        return CheckResult("contents", "fail", title, f"{faults[0].item}: {faults[0].problem}")
    if alone.files.original and alone.entry is not None:
        detail = f"{alone.files.original}, {alone.files.size:,} bytes: its SHA-256 is the one that the entry names."
        return CheckResult("contents", "pass", "The file is the one that was attached", detail)
    if alone.entry is None:
        return CheckResult("contents", "not-checked", "No file was compared", "There is no entry to compare it with.")
    return CheckResult("contents", "pass", "There is no file to compare", "An event's exhibit is its entry and texts.")


def _custody(alone: Alone) -> CheckResult:
    faults = alone.of("custody")
    if faults:
        title = "The entry does not stand in the signed record"
        return CheckResult("custody", "fail", title, f"{faults[0].item}: {faults[0].problem}")
    if alone.proof is None or alone.entry is None:
        return CheckResult("custody", "not-checked", "The entry was not checked", "It, or its proof, is not there.")
    place, size = alone.proof.index, alone.proof.checkpoint.size
    dated = f", dated {minute(alone.time)}" if alone.time else ""
    texts = f" It commits to {counted(len(alone.texts), 'text')} given here." if alone.texts else ""
    seen = " That agrees with what was seen outside before." if alone.witnessed else ""
    detail = f"Entry {place} of {size:,}{dated}.{texts}{seen}"
    return CheckResult("custody", "pass", "The entry stands in the signed record", detail)


def _seal(alone: Alone) -> CheckResult:
    faults = alone.of("seal")
    if faults:
        return CheckResult("seal", "fail", "The signature is not genuine", f"{faults[0].item}: {faults[0].problem}")
    if alone.checkpoint is None or alone.known is None:
        detail = "The signed state, or the certificate, could not be read."
        return CheckResult("seal", "not-checked", "The signature was not checked", detail)
    key = grouped(alone.known.facts.key_fingerprint)
    detail = f"The state of the record is signed with key {key} and not altered since."
    return CheckResult("seal", "pass", "The signature is genuine", detail)


def _signer(alone: Alone, limits: Sequence[str]) -> CheckResult:
    faults = alone.of("signer")
    if faults:
        return CheckResult("signer", "fail", "This is not a signer you trust", faults[0].problem)
    if alone.known is None:
        detail = "There is no certificate that can be read."
        return CheckResult("signer", "not-checked", "The signer was not checked", detail)
    name = alone.known.facts.name
    if "UNATTRIBUTED" in limits:
        detail = f"The certificate says {name}. Anyone can type a name; only the key proves it."
        return CheckResult("signer", "unknown", "You have not confirmed this signer", detail)
    late = f" Mind that {LIMITS['EXPIRED']}." if "EXPIRED" in limits else ""
    return CheckResult("signer", "pass", "You know this signer", f"{how_known(alone.known.facts)}{late}")


def _time(alone: Alone) -> CheckResult:
    when = f"The entry says {minute(alone.time)}. " if alone.time else ""
    detail = f"{when}No independent time stamp was checked. When the state was signed is not said."
    return CheckResult("time", "unknown", "The time is the signer's own clock", detail)
