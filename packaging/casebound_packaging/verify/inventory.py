"""Is everything there, and nothing else: names against the two manifests, package.json and the seals it expects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from casebound_packaging.finding import Finding
from casebound_packaging.membername import name_problem
from casebound_packaging.verify.contents import (
    COMPLETENESS,
    DISCLOSURES,
    LEDGER,
    MANIFEST,
    PACKAGE,
    REPORT,
    TAG_MANIFEST,
    Contents,
)
from casebound_packaging.zipreader import MOST_ENTRIES

REQUIRED = (
    "README-VERIFY.txt",
    "bag-info.txt",
    "bagit.txt",
    "certs/allowed_signers",
    "certs/root.pem",
    COMPLETENESS,
    DISCLOSURES,
    LEDGER,
    PACKAGE,
    REPORT,
    MANIFEST,
    TAG_MANIFEST,
)
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_SHORTEST_LINE = 67  # a digest, two spaces and one letter
_SEAL = re.compile(r"seals/((?:0[1-9]|[1-9][0-9])-[a-z]+)\.(p7s|sig|p7s\.tsr)")


@dataclass(slots=True)
class Listed:
    """What the package says about itself: path → SHA-256 per manifest, and package.json's own list."""

    payload: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    files: dict[str, Mapping[str, object]] = field(default_factory=dict)  # by path, from package.json
    seals: tuple[str, ...] = ()  # "01-examiner" …
    payload_lines: tuple[bytes, ...] = ()  # manifest lines as they stand, without LF

    @property
    def count(self) -> int:
        """Files that the two manifests list, and the tag manifest itself."""
        return len(self.payload) + len(self.tags)


def read_manifest(data: bytes, name: str, found: list[Finding]) -> tuple[dict[str, str], tuple[bytes, ...]]:
    """Path → digest, and the lines. A manifest that is not exactly of the format's form is a finding."""
    listed: dict[str, str] = {}
    count = data.count(b"\n")
    if count > MOST_ENTRIES or count * _SHORTEST_LINE > len(data):  # else a small file could fill the memory
        found.append(Finding("inventory", name, "The list has more lines than a package may have files."))
        return listed, ()
    lines = data.split(b"\n")
    if lines.pop() != b"":
        found.append(Finding("inventory", name, "The list of files is cut off: its last line does not end."))
    paths: list[bytes] = []
    for number, line in enumerate(lines, 1):
        try:
            match = _LINE.fullmatch(line.decode("ascii"))
        except UnicodeDecodeError:
            match = None
        if not match:
            found.append(Finding("inventory", name, f"Line {number} is not a fingerprint, two spaces and a path."))
            continue
        digest, path = match[1], match[2]
        problem = name_problem(path)
        if problem:
            found.append(Finding("inventory", name, f"Line {number}: {problem}."))
        if path in listed:
            found.append(Finding("inventory", name, f"Line {number} lists {path} a second time."))
        listed[path] = digest
        paths.append(path.encode())
    if paths != sorted(paths):
        found.append(Finding("inventory", name, "The lines are not in order."))
    return listed, tuple(lines)


def check_inventory(contents: Contents, package: Mapping[str, object] | None, found: list[Finding]) -> Listed:
    """Compare the names that are there with the names that should be."""
    listed = Listed()
    for name in REQUIRED:
        if name not in contents.names:
            found.append(Finding("inventory", name, "The file is missing; every package has it."))
    if MANIFEST in contents.kept:
        listed.payload, listed.payload_lines = read_manifest(contents.kept[MANIFEST], MANIFEST, found)
    if TAG_MANIFEST in contents.kept:
        listed.tags, _ = read_manifest(contents.kept[TAG_MANIFEST], TAG_MANIFEST, found)
    for path in listed.payload:
        if not path.startswith("data/"):
            found.append(Finding("inventory", path, "The list of evidence names a file outside data/."))
    for path in listed.tags:
        if path.startswith(("data/", "seals/")) or path == TAG_MANIFEST:
            found.append(Finding("inventory", path, "The list of tag files names a file that cannot be in it."))
    missing = (listed.payload.keys() | listed.tags.keys()) - contents.names
    found += [
        Finding("inventory", name, "The file is missing; the signed list names it.")
        for name in sorted(missing)
        if name not in REQUIRED
    ]
    for name in sorted(contents.names - listed.payload.keys() - listed.tags.keys() - {TAG_MANIFEST}):
        if not name.startswith("seals/"):
            found.append(Finding("inventory", name, "The file was added: the signed list does not name it."))
    if package is not None:
        _files(package, listed, found)
        _seals(package, listed, contents, found)
    else:
        listed.seals = tuple(sorted({match[1] for name in contents.names if (match := _SEAL.fullmatch(name))}))
    return listed


def _files(package: Mapping[str, object], listed: Listed, found: list[Finding]) -> None:
    """package.json names the same payload as the manifest (but itself)."""
    files = package.get("files")
    if not isinstance(files, list):
        found.append(Finding("inventory", PACKAGE, "The file does not list the evidence."))
        return
    order: list[str] = []
    for item in files:
        path = item.get("path") if isinstance(item, dict) else None
        if not isinstance(path, str):
            found.append(Finding("inventory", PACKAGE, "One of the files listed has no path."))
            continue
        if path in listed.files:
            found.append(Finding("inventory", path, "package.json lists the file twice."))
        listed.files[path] = item
        order.append(path)
    if order != sorted(order):
        found.append(Finding("inventory", PACKAGE, "The files listed are not in order."))
    expected = listed.payload.keys() - {PACKAGE}
    for path in sorted(expected - listed.files.keys()):
        found.append(Finding("inventory", path, "package.json does not list this file, the manifest does."))
    for path in sorted(listed.files.keys() - expected):
        found.append(Finding("inventory", path, "package.json lists this file, the manifest does not."))


def _seals(package: Mapping[str, object], listed: Listed, contents: Contents, found: list[Finding]) -> None:
    """Each seal that package.json expects has its two files, and no other file lies in seals/."""
    expected = package.get("seals_expected")
    if not isinstance(expected, list) or not expected or not all(isinstance(name, str) for name in expected):
        found.append(Finding("inventory", PACKAGE, "The file does not say which seals must be there."))
        expected = []
    if len(set(expected)) != len(expected) or [name[:2] for name in expected] != [
        f"{number:02d}" for number in range(1, len(expected) + 1)
    ]:
        found.append(Finding("inventory", PACKAGE, "The seals expected are not numbered 01, 02 …"))
    listed.seals = tuple(expected)
    for name in expected:
        for kind in ("p7s", "sig"):
            if f"seals/{name}.{kind}" not in contents.names:
                found.append(Finding("inventory", f"seals/{name}.{kind}", "A seal that must be there is missing."))
    for path in contents.under("seals/"):
        match = _SEAL.fullmatch(path)
        if not match or match[1] not in expected:
            found.append(Finding("inventory", path, "The file was added: no such seal is expected."))
