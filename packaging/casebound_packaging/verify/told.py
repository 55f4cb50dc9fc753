"""What package.json and the exhibits say about themselves, against what the custody record says of the same things.

Only what the recipient was given can be compared: the last `record` disclosed for an item is how it stood at sealing.
"""

from __future__ import annotations

from collections.abc import Mapping

from casebound_packaging.finding import Finding
from casebound_packaging.verify.contents import PACKAGE
from casebound_packaging.verify.custody import Custody
from casebound_packaging.verify.exhibits import Exhibits

Records = Mapping[tuple[str, str], tuple[int, Mapping[str, object]]]
"""(item type, item id) → seq of the last line that discloses its record, and the record."""

_ATTACHMENT = {
    "title": "title",
    "original_name": "name",
    "media_type": "media_type",
    "size": "size",
    "sensitive": "sensitive",
}


def check_told(
    package: Mapping[str, object] | None, exhibits: Exhibits, custody: Custody, found: list[Finding]
) -> None:
    """Compare captions, titles, which row an exhibit is of, the case, the recipient. What differs is a finding."""
    records = _records(custody)
    for number, exhibit in sorted(exhibits.records.items()):
        item = f"data/exhibits/{number}/exhibit.json"
        event = exhibit.get("event")
        own = {"caption": exhibit.get("caption")}
        if isinstance(event, dict):
            own["event"] = event.get("id")
        _compare(item, own, records.get(("exhibit", number)), found)
        if exhibit.get("kind") == "attachment":
            said = {theirs: exhibit.get(ours) for ours, theirs in _ATTACHMENT.items()}
            _compare(item, said, records.get(("attachment", str(exhibit.get("attachment")))), found)
    if package is None:
        return
    case = package.get("case")
    if isinstance(case, dict):
        _compare(PACKAGE, {key: case.get(key) for key in ("number", "title")}, records.get(("case", "case")), found)
    about = {key: package.get(key) or "" for key in ("recipient_class", "purpose", "legal_basis")}
    _compare(PACKAGE, about, records.get(("package", str(package.get("version")))), found)


def _records(custody: Custody) -> Records:
    found: dict[tuple[str, str], tuple[int, Mapping[str, object]]] = {}
    for seq in sorted(custody.given):
        line = custody.line(seq) if 0 <= seq < len(custody.lines) else None
        about = line.get("item") if line is not None else None
        for given in custody.texts(seq) if isinstance(about, dict) else ():
            if given.name == "record" and isinstance(given.value, dict):
                assert isinstance(about, dict)
                found[str(about.get("type")), str(about.get("id"))] = seq, given.value
    return found


def _compare(
    item: str, own: Mapping[str, object], said: tuple[int, Mapping[str, object]] | None, found: list[Finding]
) -> None:
    if said is None:
        return  # not given to this recipient
    seq, record = said
    for key, value in own.items():
        theirs = record.get(key, value)
        if (theirs or "") != (value or ""):
            problem = f"Entry {seq} of the custody record says something else about it ({key.replace('_', ' ')})."
            found.append(Finding("custody", item, problem, str(theirs)[:200], str(value)[:200]))
