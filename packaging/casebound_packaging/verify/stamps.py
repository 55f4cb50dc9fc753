"""When: the signer's own clock, or a time stamp (RFC 3161) by a service that the person who verifies trusts."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from casebound_packaging.finding import Finding
from casebound_packaging.stamp import check_stamp
from casebound_packaging.verify.contents import Contents
from casebound_packaging.verify.seals import Seal
from casebound_packaging.verify.signer import read_roots
from casebound_packaging.verify.trust import Trust

_LARGEST = 1 << 20


def check_stamps(
    contents: Contents, seals: tuple[Seal, ...], path: Path, trust: Trust, found: list[Finding], notes: list[str]
) -> datetime | None:
    """The proved time of the first seal, or None. Stamps lie in the package or beside it (`NAME.zip.tsr`)."""
    roots = read_roots(trust.tsa_pem)[0] if trust.tsa_pem is not None else None
    proved: datetime | None = None
    there = False
    for seal in seals:
        name = f"seals/{seal.name}.p7s.tsr"
        answers = [(name, contents.kept[name])] if name in contents.kept else []
        beside = path.with_name(path.name + ".tsr")
        if seal is seals[0] and not path.is_dir() and beside.is_file():
            answers.append((beside.name, beside.read_bytes()[:_LARGEST]))
        for item, answer in answers:
            there = True
            if roots is None:
                notes.append(
                    f"{item}: a time stamp is there; it was not checked, because no time stamp root was given."
                )
                continue
            try:
                moment = check_stamp(answer, seal.p7s, roots)
            except Exception as error:  # noqa: BLE001 - hostile ASN.1; whatever fails, the stamp does not hold
                found.append(
                    Finding("time", item, "The time stamp does not hold.", "", str(error) or type(error).__name__)
                )
                continue
            if seal is seals[0]:
                proved = min(proved, moment) if proved else moment
    if roots is not None and not there:
        notes.append("A time stamp root was given; the package has no time stamp.")
    return proved
