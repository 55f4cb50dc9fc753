"""What the format asks of a package before it is written: what breaks a rule here, every verifier would refuse."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from casebound_packaging.errors import CaseboundError
from casebound_packaging.ledger import examine, read
from casebound_packaging.member import ROLES, Member
from casebound_packaging.membername import LONGEST, name_problem, twin_key
from casebound_packaging.zipreader import MOST_ENTRIES

PACKAGE: Final = "data/metadata/package.json"
REPORT: Final = "data/report.pdf"
DECLARED_LIMITS: Final = frozenset({"PARTIAL", "REDACTED"})
RECIPIENT_CLASSES: Final = frozenset({"legal", "reviewer", "partner", "government"})

_LONGEST_FOLDER: Final = 64  # leaves 54 characters for the longest path inside
_OTHERS: Final = 400  # files that are not members: report, lists, certificates, three for each of 99 seals
_ROLE: Final = re.compile(r"[a-z]{1,20}", re.ASCII)
_MEDIA_TYPE: Final = re.compile(r"[\x21-\x7e][\x20-\x7e]*/[\x20-\x7e]*[\x21-\x7e]", re.ASCII)


class BrokenCustody(CaseboundError):
    """The custody record does not hold, so nothing may be sealed with it."""


def folder_name(case_number: str, version: int) -> str:
    """`<case number>-v<version>`, characters outside `[A-Za-z0-9._-]` replaced; the top folder's and the ZIP's name."""
    return f"{re.sub(r'[^A-Za-z0-9._-]', '-', case_number)}-v{version}"


def check_folder(folder: str) -> None:
    """Raises `CaseboundError` where the case number makes no name that every system can use."""
    problem = name_problem(folder) or (
        f"the name is longer than {_LONGEST_FOLDER} characters" if len(folder) > _LONGEST_FOLDER else ""
    )
    if problem:
        raise CaseboundError(
            f"A package of this case would be called {folder[:80]}, and {problem}.",
            "Give the case a shorter or plainer number.",
            meaning="Nothing was sealed.",
            where=folder,
        )


def check_about(limits: Sequence[str], recipient_class: str, version: int, roles: Sequence[str]) -> None:
    """Raises `ValueError` that names what the format does not allow."""
    if not set(limits) <= DECLARED_LIMITS or len(set(limits)) != len(limits):
        raise ValueError(f"declared limits are PARTIAL and REDACTED, not {', '.join(limits)}")
    if recipient_class not in RECIPIENT_CLASSES:
        raise ValueError(f"{recipient_class!r} is none of the recipient classes")
    if version < 1:
        raise ValueError("package versions begin at 1")
    if not all(_ROLE.fullmatch(role) for role in roles) or len(roles) > 99:
        raise ValueError("a signer's role is a word of small letters")


def check_members(folder: str, members: Sequence[Member]) -> None:
    """Number, names, twins, roles. Raises `ValueError` that names the member."""
    if len(members) + _OTHERS > MOST_ENTRIES:
        raise CaseboundError(
            f"The package would have {len(members):,} files, and a package has at most {MOST_ENTRIES - _OTHERS:,}.",
            "Make fewer exhibits, or put files that belong together into one archive and attach that.",
            meaning="Nothing was sealed: no recipient could verify it.",
        )
    seen: dict[str, str] = {}
    reserved = {twin_key(PACKAGE), twin_key(REPORT)}
    for member in members:
        name = f"{folder}/{member.path}"
        problem = name_problem(name)
        if problem and len(name) > LONGEST and not name_problem(member.path):
            raise CaseboundError(
                f"With this case number the name {name} is longer than the {LONGEST} characters that every system "
                "takes.",
                "Give the case a shorter number, or the table or file a shorter name.",
                meaning="Nothing was sealed.",
                where=member.path,
            )
        if problem:
            raise ValueError(f"{member.path!r} cannot be in a package: {problem}")
        if not member.path.startswith("data/"):
            raise ValueError(f"{member.path!r} is not under data/")
        key = twin_key(member.path)
        if key in seen or key in reserved:
            raise ValueError(f"{member.path!r} is there twice, or is the writer's own")
        seen[key] = member.path
        if member.role not in ROLES:
            raise ValueError(f"{member.path!r} has an unknown role, {member.role!r}")
        if _MEDIA_TYPE.fullmatch(member.media_type) is None:
            raise ValueError(f"{member.path!r} has no media type")
    for key in seen:
        parts = key.split("/")
        if any("/".join(parts[:depth]) in seen for depth in range(1, len(parts))):
            raise ValueError(f"{seen[key]!r} lies below a file")


def check_custody(lines: Sequence[bytes], disclosures: Sequence[tuple[int, str]], version: int) -> None:
    """The ledger holds, and ends with `export-prepared` of this version. Raises `BrokenCustody` if not."""
    findings = examine(lines, disclosures, size=len(lines))
    if findings:
        more = f" ({len(findings) - 1} more)" if len(findings) > 1 else ""
        raise BrokenCustody(
            f"The custody record of the case does not hold. {findings[0].item}: {findings[0].problem}{more}",
            "Check the case; restore it from a copy made before the damage.",
            meaning="Nothing was sealed: no recipient could verify it.",
            where=findings[0].item,
        )
    last = read(lines[-1])
    if last.get("action") != "export-prepared" or last.get("item") != {"type": "package", "id": str(version)}:
        raise ValueError(f"the last ledger line is not “export-prepared” of package version {version}")
