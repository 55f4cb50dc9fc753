"""Is every file what the signed lists say: digests, sizes, evidence root, package id, the bag's own statements."""

from __future__ import annotations

import re
from collections.abc import Mapping

from casebound_packaging.finding import Finding
from casebound_packaging.member import ROLES
from casebound_packaging.merkle import leaf_hash, root
from casebound_packaging.verify.contents import MANIFEST, PACKAGE, REPORT, Contents
from casebound_packaging.verify.inventory import Listed

BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def evidence_root(lines: tuple[bytes, ...]) -> str:
    """RFC 6962 root over the manifest lines of all payload but the report and package.json, hex."""
    kept = [line for line in lines if line[66:].decode("utf-8", "replace") not in (REPORT, PACKAGE)]
    return root([leaf_hash(line) for line in kept]).hex()


def package_name(number: str, version: object) -> str:
    """`<case number>-v<version>` as the top folder is called."""
    return f"{re.sub(r'[^A-Za-z0-9._-]', '-', number)}-v{version}"


def check_fingerprints(
    contents: Contents, listed: Listed, package: Mapping[str, object] | None, found: list[Finding]
) -> int:
    """Compare every digest. Returns how many of the listed files are exactly as listed."""
    found += contents.damaged
    damaged = {finding.item for finding in contents.damaged}
    owner = {digest: path for path, digest in (listed.payload | listed.tags).items()}
    matching = 0
    for path, expected in sorted((listed.payload | listed.tags).items()):
        digest = contents.digests.get(path)
        if digest == expected:
            matching += 1
        elif digest is not None:
            other = owner.get(digest)
            problem = (
                f"The file does not match: it holds what is listed as {other}."
                if other
                else "The file does not match what was signed."
            )
            found.append(Finding("contents", path, problem, expected, digest))
        elif path in contents.names and path not in damaged:
            found.append(Finding("contents", path, "The file could not be read."))
    if contents.kept.get("bagit.txt", BAGIT) != BAGIT:
        found.append(Finding("contents", "bagit.txt", "The file does not say that this is a BagIt 1.0 bag."))
    if package is not None:
        _package(contents, listed, package, found)
    return matching


def _package(contents: Contents, listed: Listed, package: Mapping[str, object], found: list[Finding]) -> None:
    for path, item in sorted(listed.files.items()):
        if item.get("sha256") != listed.payload.get(path, item.get("sha256")):
            problem = "The two signed lists give different fingerprints for this file."
            found.append(Finding("contents", path, problem, listed.payload[path], str(item.get("sha256"))))
        size = contents.sizes.get(path)
        if size is not None and item.get("size") != size and contents.digests.get(path) == listed.payload.get(path):
            found.append(
                Finding("contents", path, "The file's size is not as listed.", str(item.get("size")), str(size))
            )
        if item.get("role") not in ROLES:
            found.append(
                Finding("contents", path, "The file's role is none of this format's.", "", str(item.get("role")))
            )
    case = package.get("case")
    number = str(case.get("number")) if isinstance(case, dict) else ""
    name = package_name(number, package.get("version"))
    if contents.top and contents.top != name:
        found.append(Finding("contents", contents.top, "The folder in the ZIP has another name.", name, contents.top))
    if MANIFEST not in contents.kept:
        return
    computed = evidence_root(listed.payload_lines)
    if package.get("evidence_root") != computed:
        problem = "The evidence root does not belong to this evidence."
        found.append(Finding("contents", PACKAGE, problem, str(package.get("evidence_root")), computed))
    if package.get("package_id") != f"{name}-{computed[:12]}":
        problem = "The package id does not belong to this evidence."
        found.append(Finding("contents", PACKAGE, problem, str(package.get("package_id")), f"{name}-{computed[:12]}"))
    _bag_info(contents, listed, package, found)


def _bag_info(contents: Contents, listed: Listed, package: Mapping[str, object], found: list[Finding]) -> None:
    text = contents.kept.get("bag-info.txt", b"").decode("utf-8", "replace")
    stated = {key: value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())}
    sizes = [item.get("size") for item in listed.files.values()]
    octets = sum(size for size in sizes if isinstance(size, int)) + contents.sizes.get(PACKAGE, 0)
    count = len(listed.payload)
    wanted = {"External-Identifier": str(package.get("package_id")), "Payload-Oxum": f"{octets}.{count}"}
    for key, expected in wanted.items():
        if "bag-info.txt" in contents.names and stated.get(key) != expected:
            found.append(Finding("contents", "bag-info.txt", f"{key} is not as found.", stated.get(key, ""), expected))
