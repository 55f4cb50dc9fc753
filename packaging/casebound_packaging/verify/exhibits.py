"""Each exhibit against its file, its ledger line and, for an event, the commitments to its fields."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from casebound_packaging.disclosure import Disclosure, parse
from casebound_packaging.finding import Finding
from casebound_packaging.verify.contents import Contents, document
from casebound_packaging.verify.inventory import Listed
from casebound_packaging.verify.proofs import proof_path

_FOLDER = re.compile(r"data/exhibits/(EX-[0-9]{4,})/([^/]+)")


@dataclass(slots=True)
class Exhibits:
    """What the exhibits say: attachment number → record, and whether fields were withheld."""

    records: dict[str, Mapping[str, object]] = field(default_factory=dict)  # EX-0001 → exhibit.json
    attachments: dict[int, str] = field(default_factory=dict)  # attachment number → EX-0001
    unread: set[str] = field(default_factory=set)  # EX-0001 … whose exhibit.json is there and cannot be read
    withheld_fields: int = 0

    def lacks(self, number: str) -> bool:
        """Whether the package has no such exhibit. One that cannot be read is there; that is told where it lies."""
        return number not in self.records and number not in self.unread

    @property
    def count(self) -> int:
        return len(self.records) + len(self.unread)


def check_exhibits(contents: Contents, listed: Listed, found: list[Finding]) -> Exhibits:
    """Read every exhibit.json and compare it with what lies beside it. Ledger lines are compared by `check_custody`."""
    exhibits = Exhibits()
    folders: dict[str, list[str]] = {}
    for path in contents.under("data/exhibits/"):
        folders.setdefault("/".join(path.split("/")[:3]) + "/", []).append(path)
        match = _FOLDER.fullmatch(path)
        if not match:
            found.append(Finding("completeness", path, "The file is in no exhibit's folder."))
        elif f"data/exhibits/{match[1]}/exhibit.json" not in contents.names:
            found.append(Finding("completeness", path, "The exhibit has no record beside it."))
    for path in contents.under("data/exhibits/", "/exhibit.json"):
        number = path.split("/")[2]
        record = document(contents, path, "completeness", found)
        contents.kept.pop(path, None)  # its record is kept instead
        if record is None:
            exhibits.unread.add(number)
            continue
        exhibits.records[number] = record
        if record.get("exhibit") != number:
            found.append(
                Finding("completeness", path, "The record is of another exhibit.", number, str(record.get("exhibit")))
            )
        if record.get("kind") == "attachment":
            _attachment(contents, listed, path, folders, record, exhibits, found)
        elif record.get("kind") == "event":
            others = [
                name for name in folders["/".join(path.split("/")[:3]) + "/"] if name not in (path, proof_path(number))
            ]
            if others:
                problem = "The folder holds a file that is no part of an event's exhibit."
                found.append(Finding("completeness", path, problem, "", ", ".join(others)))
            _event(contents, path, record, exhibits, found)
        else:
            found.append(Finding("completeness", path, "The record is neither of an attachment nor of an event."))
    return exhibits


def _attachment(
    contents: Contents,
    listed: Listed,
    path: str,
    folders: Mapping[str, Sequence[str]],
    record: Mapping[str, object],
    exhibits: Exhibits,
    found: list[Finding],
) -> None:
    folder = path.removesuffix("exhibit.json")
    file = folder + str(record.get("file"))
    inside = [name for name in folders[folder] if name not in (path, proof_path(path.split("/")[2]))]
    if inside != [file]:
        found.append(
            Finding(
                "completeness", path, "The folder does not hold exactly the file recorded.", file, ", ".join(inside)
            )
        )
    digest = contents.digests.get(file)
    # What the manifest already calls changed is not told twice: only a record that disagrees with a sound file is.
    if digest is not None and digest == listed.payload.get(file):
        if record.get("sha256") != digest:
            problem = "The file is not the one that was attached as this exhibit."
            found.append(Finding("custody", file, problem, str(record.get("sha256")), digest))
        elif record.get("size") != contents.sizes.get(file):
            found.append(
                Finding(
                    "custody",
                    file,
                    "The file's size is not as recorded.",
                    str(record.get("size")),
                    str(contents.sizes.get(file)),
                )
            )
    number = record.get("attachment")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        found.append(Finding("custody", path, "The record does not give the attachment's number."))
    elif number in exhibits.attachments:
        found.append(Finding("custody", path, f"Attachment {number} is also exhibit {exhibits.attachments[number]}."))
    else:
        exhibits.attachments[number] = str(record.get("exhibit"))


def _event(
    contents: Contents, path: str, record: Mapping[str, object], exhibits: Exhibits, found: list[Finding]
) -> None:
    event = record.get("event")
    if isinstance(event, dict):
        sha256, member, table, ordinal = (event.get(key) for key in ("sha256", "member", "table", "ordinal"))
        if isinstance(sha256, str) and isinstance(member, str) and isinstance(table, str) and _whole(ordinal):
            assert isinstance(ordinal, int)
            identity = f"{sha256}{'!' + member if member else ''}/{table}/{ordinal}"
            if event.get("id") != identity:
                found.append(
                    Finding(
                        "completeness", path, "The row's identity is not of this row.", identity, str(event.get("id"))
                    )
                )
            contents.census.add(sha256, member, table, ordinal)
        else:
            found.append(Finding("completeness", path, "The record does not say which row it is."))
    else:
        found.append(Finding("completeness", path, "The record does not say which row it is."))
    commitments, encoded, fields = record.get("_sd"), record.get("disclosures"), record.get("fields")
    if not _texts(commitments) or not _texts(encoded) or not isinstance(fields, dict):
        found.append(Finding("custody", path, "The record does not commit to the row's fields."))
        return
    assert isinstance(commitments, list) and isinstance(encoded, list)
    if commitments != sorted(set(commitments)):
        found.append(Finding("custody", path, "The commitments to the fields are not sorted or are given twice."))
    given = disclosed(encoded, path, found)
    for item in given:
        if item.digest not in commitments:
            found.append(Finding("custody", path, f"The field “{item.name}” is not one that was committed to."))
    if len({item.digest for item in given}) != len(given):
        found.append(Finding("custody", path, "A field is disclosed twice."))
    if {item.name: item.value for item in given} != fields:
        found.append(Finding("custody", path, "The readable fields are not those that were committed to."))
    exhibits.withheld_fields += max(len(set(commitments)) - len(given), 0)


def disclosed(encoded: Sequence[str], item: str, found: list[Finding]) -> list[Disclosure]:
    """The disclosures that can be read; the others become findings."""
    given = []
    for text in encoded:
        try:
            given.append(parse(text))
        except ValueError as error:
            found.append(Finding("custody", item, f"A disclosure cannot be read: {error}."))
    return given


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**18
