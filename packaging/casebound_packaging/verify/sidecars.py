"""Co-signatures that were made later: `NAME.zip.NN-role.p7s` and `.sig`, beside the package and never in it.

They are over the same list of files as the seals inside, so they say that their signer saw exactly this package. A
package is whole without them. One that is there and does not hold is a finding, as a stamp beside it would be.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final

from casebound_packaging.finding import Finding
from casebound_packaging.verify.cms import check_signature
from casebound_packaging.verify.contents import TAG_MANIFEST, Contents
from casebound_packaging.verify.seals import Seal, check_ssh

_KINDS: Final = ("p7s", "sig")
_MOST: Final = 32
_LARGEST: Final = 1 << 20


def sidecar_path(package: Path, name: str, kind: str) -> Path:
    """Where a half of the co-signature `02-reviewer` lies: `CASE-7-v1.zip.02-reviewer.p7s`."""
    return package.with_name(f"{_zip_name(package)}.{name}.{kind}")


def sidecar_names(package: Path) -> tuple[str, ...]:
    """The co-signatures beside a package by name, such as `02-reviewer`, in order, also those with half their files."""
    form = re.compile(re.escape(_zip_name(package)) + r"\.([0-9]{2}-[a-z]{1,40})\.(?:p7s|sig)")
    try:
        names = {match[1] for beside in package.parent.iterdir() if (match := form.fullmatch(beside.name))}
    except OSError:
        return ()
    return tuple(sorted(names))


def check_sidecars(
    package: Path, contents: Contents, expected: tuple[str, ...], seals: tuple[Seal, ...], found: list[Finding]
) -> tuple[Seal, ...]:
    """Check what lies beside a ZIP, or a folder unpacked from it. Returns the co-signatures of which both halves hold.

    `expected` are the names of the seals that belong inside, `seals` those inside that hold.
    """
    signed = contents.kept.get(TAG_MANIFEST)
    if signed is None:
        return ()
    holding: list[Seal] = []
    names = sidecar_names(package)
    for name in names[:_MOST]:
        item = sidecar_path(package, name, "p7s").name
        try:
            if name[:2] in {inside[:2] for inside in (*expected, "01-")}:
                raise ValueError("It has the number of a seal that belongs inside.")
            seal = _checked(package, name, signed, found)
        except ValueError as error:
            found.append(Finding("seal", item, f"The co-signature beside the package does not hold. {error}"))
            continue
        if seal.spki in {other.spki for other in (*seals, *holding)}:
            problem = "The co-signature beside the package is by a key that sealed it already."
            found.append(Finding("seal", item, problem))
            continue
        holding.append(seal)
    if len(names) > _MOST:
        problem = f"The co-signature beside the package is one of more than {_MOST}; the others were not looked at."
        found.append(Finding("seal", package.name, problem))
    return tuple(holding)


def _zip_name(package: Path) -> str:
    """The ZIP's name, also of a folder that was unpacked from it."""
    return f"{package.name}.zip" if package.is_dir() else package.name


def _checked(package: Path, name: str, signed: bytes, found: list[Finding]) -> Seal:
    halves = {}
    for kind in _KINDS:
        path = sidecar_path(package, name, kind)
        try:
            if not path.is_file():  # a pipe would keep us waiting for ever
                raise FileNotFoundError
            with path.open("rb") as file:
                halves[kind] = file.read(_LARGEST + 1)
        except OSError:
            raise ValueError(f"{path.name} is missing or cannot be read; a seal has two files.") from None
    seal = Seal(name, check_signature(halves["p7s"], hashlib.sha256(signed).digest()), halves["p7s"])
    problems: list[Finding] = []
    check_ssh(halves["sig"], signed, seal, sidecar_path(package, name, "sig").name, problems)
    if problems:
        raise ValueError(problems[0].problem)
    return seal
