"""One pass over everything in the package: each byte is read once, hashed, and kept only where a check needs it."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import IO

from casebound_packaging.canonical import canonical, load
from casebound_packaging.errors import UnreadablePackage
from casebound_packaging.finding import Finding
from casebound_packaging.verify.container import Container
from casebound_packaging.verify.reading import Reading, Watch
from casebound_packaging.verify.rows import RowCensus, TableRows

PACKAGE = "data/metadata/package.json"
REPORT = "data/report.pdf"
LEDGER = "data/custody/ledger.jsonl"
DISCLOSURES = "data/custody/disclosures.jsonl"
COMPLETENESS = "data/completeness.json"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"

_IN_MEMORY = 32 << 20  # a report larger than this goes to an unnamed temporary file


@dataclass(slots=True)
class Contents:
    """What one pass found. Names are relative to the top folder; digests are SHA-256 hex.

    A member that could not be read whole has a size but no digest, and a finding in `damaged`.
    """

    top: str
    names: frozenset[str]
    sizes: dict[str, int] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    kept: dict[str, bytes] = field(default_factory=dict)
    tables: dict[str, TableRows] = field(default_factory=dict)
    set_aside: dict[str, TableRows] = field(default_factory=dict)  # rows that nobody could read as rows
    census: RowCensus = field(default_factory=RowCensus)
    report: IO[bytes] | None = None
    damaged: list[Finding] = field(default_factory=list)

    def under(self, prefix: str, suffix: str = "") -> tuple[str, ...]:
        """Sorted names of members that begin and end so."""
        return tuple(sorted(name for name in self.names if name.startswith(prefix) and name.endswith(suffix)))


def document(contents: Contents, name: str, check: str, found: list[Finding]) -> dict[str, object] | None:
    """The JSON object `name`, or None with a finding. Anything but RFC 8785 and one LF is a finding as well."""
    data = contents.kept.get(name)
    if data is None:
        return None
    try:
        value = load(data.removesuffix(b"\n"))
        if canonical(value) + b"\n" != data:
            found.append(Finding(check, name, "The file is not in the one form that its JSON may have (RFC 8785)."))
    except ValueError as error:
        found.append(Finding(check, name, f"The file cannot be read as JSON: {error}."))
        return None
    if not isinstance(value, dict):
        found.append(Finding(check, name, "The file does not hold a JSON object."))
        return None
    return value


def read_contents(container: Container, progress: Watch, stack: ExitStack) -> Contents:
    """Read every member once. `progress` counts bytes and may raise to stop; `stack` closes the temporary report."""
    names = container.names
    contents = Contents(container.top, frozenset(names))
    contents.sizes = {name: container.size(name) for name in names}
    total = sum(contents.sizes.values())
    looked_into = [name for name in names if name == REPORT or _table(name) or _aside(name)]
    apart = frozenset(looked_into)
    reading = Reading(
        container, [name for name in names if name not in apart], frozenset(filter(_wanted, contents.names))
    )
    done = reading.run(progress, total, len(names))
    contents.digests, contents.kept = reading.read.digests, reading.read.kept
    damaged = reading.read.damaged
    cited = _cited(contents)
    for number, name in enumerate(looked_into, len(names) - len(apart) + 1):
        sink = _sink(name, contents, cited, stack)
        digest = hashlib.sha256()
        try:
            for piece in container.stream(name):
                digest.update(piece)
                sink(piece)
                done += len(piece)
                progress(min(done, total), total, f"{number} of {len(names)}")
        except UnreadablePackage as error:
            damaged[name] = Finding("contents", name, error.title)
            continue
        contents.digests[name] = digest.hexdigest()
        if name != REPORT:
            (contents.tables.get(name) or contents.set_aside[name]).finish()
    contents.damaged = [damaged[name] for name in names if name in damaged]
    progress(total, total, "")
    return contents


def _wanted(name: str) -> bool:
    if not name.startswith("data/") or name.startswith(("data/custody/", "data/metadata/package.json")):
        return True
    if name.startswith(("data/timeline.", "data/chronology.")):
        return True
    return name == COMPLETENESS or name.endswith(("/exhibit.json", ".schema.json", ".tlog-proof")) or _counted(name)


def _counted(name: str) -> bool:
    return name.startswith(("data/queries/", "data/views/")) and name.endswith((".json", ".csv"))


def _table(name: str) -> bool:
    return name.startswith("data/tables/") and name.endswith(".csv")


def _aside(name: str) -> bool:
    return name.startswith("data/set-aside/") and name.endswith(".csv")


def _cited(contents: Contents) -> frozenset[str]:
    """The identities of the rows that are exhibits."""
    found = set()
    for name in contents.under("data/exhibits/", "/exhibit.json"):
        try:
            record = load(contents.kept.get(name, b"").removesuffix(b"\n"))
        except ValueError:
            continue  # which is said where exhibits are checked
        event = record.get("event") if isinstance(record, dict) else None
        if isinstance(event, dict):
            found.add(str(event.get("id")))
    return frozenset(found)


def _sink(name: str, contents: Contents, cited: frozenset[str], stack: ExitStack) -> Callable[[bytes], object]:
    """Where the bytes of a member go that is looked into: the report to a file, a table to the count of its rows."""
    if name == REPORT:
        contents.report = stack.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115
        return contents.report.write
    if _aside(name):
        contents.set_aside[name] = TableRows(name)
        return contents.set_aside[name].feed
    contents.tables[name] = TableRows(name, contents.census, cited)
    return contents.tables[name].feed


def json_lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(number from 1, line without LF) of a JSON Lines file; a last line without LF is given as it is."""
    lines = data.split(b"\n")
    if lines and lines[-1] == b"":
        lines.pop()
    yield from enumerate(lines, 1)
