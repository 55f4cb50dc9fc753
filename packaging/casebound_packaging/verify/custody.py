"""Is the custody record unbroken: chain, disclosures, attachments, signed end; and does it name what is enclosed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from casebound_packaging.canonical import load
from casebound_packaging.checkpoint import Checkpoint, key_id
from casebound_packaging.checkpoint import parse as parse_checkpoint
from casebound_packaging.checkpoint import verify as verify_checkpoint
from casebound_packaging.disclosure import Disclosure
from casebound_packaging.finding import Finding
from casebound_packaging.ledger import examine, line_hash
from casebound_packaging.lineage import earlier_names, is_of
from casebound_packaging.merkle import roots
from casebound_packaging.times import parse_stamp
from casebound_packaging.verify.contents import DISCLOSURES, LEDGER, PACKAGE, Contents, json_lines
from casebound_packaging.verify.exhibits import Exhibits, disclosed
from casebound_packaging.verify.proofs import check_proof

CHECKPOINTS = "data/custody/checkpoints/"
_SHORTEST_LINE = 85  # {"omitted":"<64>","seq":0} and LF, less a little
_SHORTEST_TEXT = 60
_SIZE = re.compile(re.escape(CHECKPOINTS) + r"(0|[1-9][0-9]{0,15})\.checkpoint")


@dataclass(slots=True)
class Custody:
    """The enclosed ledger as stored. A line is parsed again where it is asked for, so that long ledgers stay small."""

    lines: list[bytes] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)  # RFC 6962 leaf hashes
    given: dict[int, list[str]] = field(default_factory=dict)  # encoded disclosures by seq
    omitted: int = 0
    withheld_texts: int = 0
    checkpoint: Checkpoint | None = None  # the signed end
    first_time: datetime | None = None
    last_time: datetime | None = None
    notes: list[str] = field(default_factory=list)
    backwards: list[int] = field(default_factory=list)  # entries dated before the one before them

    def line(self, seq: int) -> Mapping[str, object] | None:
        """One line's object, or None where it is omitted or cannot be read."""
        try:
            value = load(self.lines[seq])
        except ValueError:
            return None
        return value if isinstance(value, dict) and "omitted" not in value else None

    @property
    def earlier_names(self) -> Mapping[str, int]:
        """The log origins that the record had before, as folders that it was copied from, and up to which size."""
        return earlier_names(self.lines, lambda seq: self.given.get(seq, ()))

    def texts(self, seq: int) -> list[Disclosure]:
        """The disclosures given for one line."""
        return disclosed(self.given.get(seq, ()), DISCLOSURES, [])


def overfull(data: bytes, shortest: int = _SHORTEST_LINE) -> bool:
    """Whether a ledger has more lines than entries fit into it: a small file could fill the memory with empty ones."""
    return data.count(b"\n") * shortest > len(data)


def read_custody(contents: Contents, found: list[Finding]) -> Custody:
    """Read ledger and disclosures and check what they say about themselves."""
    custody = Custody()
    data = contents.kept.get(LEDGER)
    if data is None:
        return custody
    if data and not data.endswith(b"\n"):
        found.append(Finding("custody", LEDGER, "The custody record is cut off: its last line does not end."))
    texts = contents.kept.get(DISCLOSURES, b"")
    for name, held, shortest in ((LEDGER, data, _SHORTEST_LINE), (DISCLOSURES, texts, _SHORTEST_TEXT)):
        if overfull(held, shortest):
            found.append(Finding("custody", name, "The file has more lines than its length can hold entries."))
            return custody
    stored = [line for _, line in json_lines(data)]
    pairs = _disclosures(contents, custody, found)
    for line in stored:
        custody.leaves.append(read_line(line, custody))
    found += examine(stored, pairs)
    if not custody.lines:
        found.append(Finding("custody", LEDGER, "The custody record is empty."))
    if custody.backwards:
        first, count = custody.backwards[0], len(custody.backwards)
        more = f", and {count - 1} more times" if count > 1 else ""
        custody.notes.append(
            f"The clock went backwards: entry {first} of the custody record is dated before an entry above it{more}."
            " The order of the entries is proved, their times are claims."
        )
    return custody


def check_custody(
    contents: Contents,
    custody: Custody,
    package: Mapping[str, object] | None,
    exhibits: Exhibits,
    spki_der: bytes | None,
    found: list[Finding],
) -> None:
    """Compare the ledger with the signed checkpoint, with package.json and with the exhibits.

    `spki_der` is the key of the first seal's signer; without it the checkpoint's signature is not checked, which the
    seal's own finding has said.
    """
    if LEDGER not in contents.kept:
        return
    _last_line(custody, package, found)
    _checkpoints(contents, custody, package, spki_der, found)
    end = f"{CHECKPOINTS}{len(custody.leaves)}.checkpoint"
    for number, record in sorted(exhibits.records.items()):
        _exhibit_line(number, record, custody, found)
        check_proof(number, record, contents, end, custody.leaves, found)


def _disclosures(contents: Contents, custody: Custody, found: list[Finding]) -> list[tuple[int, str]]:
    pairs: list[tuple[int, str]] = []
    data = contents.kept.get(DISCLOSURES, b"")
    for number, line in json_lines(data):
        try:
            value = load(line)
        except ValueError:
            value = None
        if (
            not isinstance(value, dict)
            or value.keys() != {"seq", "disclosure"}
            or not isinstance(value["seq"], int)
            or isinstance(value["seq"], bool)
            or not isinstance(value["disclosure"], str)
        ):
            found.append(Finding("custody", f"{DISCLOSURES}, line {number}", "The line is not a disclosure."))
            continue
        pairs.append((value["seq"], value["disclosure"]))
        custody.given.setdefault(value["seq"], []).append(value["disclosure"])
    return pairs


def read_line(stored: bytes, custody: Custody) -> bytes:
    """Note one stored ledger line in `custody`; returns its leaf hash."""
    try:
        value = load(stored)
    except ValueError:
        value = None
    line = value if isinstance(value, dict) else None
    hidden = line.get("omitted") if line is not None else None
    custody.lines.append(stored)
    if isinstance(hidden, str):
        custody.omitted += 1
        try:
            return bytes.fromhex(hidden)
        except ValueError:
            return bytes(32)
    if line is not None:
        commitments = line.get("_sd")
        if isinstance(commitments, list):
            custody.withheld_texts += max(len(commitments) - len(custody.given.get(len(custody.lines) - 1, ())), 0)
        try:
            moment = parse_stamp(str(line.get("time")))
        except ValueError:
            moment = None
        if moment is not None and custody.last_time is not None and moment < custody.last_time:
            custody.backwards.append(len(custody.lines) - 1)
        custody.first_time = custody.first_time or moment
        custody.last_time = moment or custody.last_time
    return bytes.fromhex(line_hash(stored))


def _last_line(custody: Custody, package: Mapping[str, object] | None, found: list[Finding]) -> None:
    last = custody.line(-1) if custody.lines else None
    item = f"ledger entry {max(len(custody.lines) - 1, 0)}"
    if last is None or last.get("action") != "export-prepared":
        found.append(
            Finding(
                "custody", item, "The custody record does not end with the making of this package: its end is cut off."
            )
        )
        return
    about = last.get("item")
    version = str(package.get("version")) if package is not None else ""
    if package is not None and (not isinstance(about, dict) or about.get("id") != version):
        got = str(about.get("id")) if isinstance(about, dict) else ""
        found.append(Finding("custody", item, "The last entry is about another package.", version, got))


def _checkpoints(
    contents: Contents,
    custody: Custody,
    package: Mapping[str, object] | None,
    spki_der: bytes | None,
    found: list[Finding],
) -> None:
    size = len(custody.leaves)
    end = f"{CHECKPOINTS}{size}.checkpoint"
    names = contents.under(CHECKPOINTS, ".checkpoint")
    stated_sizes = {int(match[1]) for path in names if (match := _SIZE.fullmatch(path))}
    states = roots(custody.leaves, {*stated_sizes, size})
    case = package.get("case") if package is not None else None
    origin = case.get("log_origin") if isinstance(case, dict) else None
    earlier = custody.earlier_names
    for former, there in earlier.items():
        custody.notes.append(
            f"This custody record is that of a copy: up to entry {there} it was called {former}, since then {origin}."
        )
    for path in names:
        text = contents.kept.get(path, b"").decode("utf-8", "replace")
        if spki_der is None:
            continue
        try:
            checkpoint = _signed_state(text, spki_der, path, path == end, custody)
        except ValueError as error:
            found.append(Finding("custody", path, f"The signed state of the custody record does not hold: {error}."))
            continue
        if path == end:
            custody.checkpoint = checkpoint
        if origin is not None and not is_of(checkpoint.origin, checkpoint.size, str(origin), earlier):
            found.append(
                Finding(
                    "custody", path, "The signed state is of another custody record.", str(origin), checkpoint.origin
                )
            )
        if path != f"{CHECKPOINTS}{checkpoint.size}.checkpoint":
            found.append(
                Finding("custody", path, "The signed state is of another size than its name.", "", str(checkpoint.size))
            )
        elif checkpoint.size > size:
            problem = "The custody record is shorter than its signed state: entries at its end are missing."
            found.append(Finding("custody", path, problem, str(checkpoint.size), str(size)))
        elif states[checkpoint.size].hex() != checkpoint.root:
            problem = "The custody record is not the one whose state was signed."
            found.append(Finding("custody", path, problem, checkpoint.root, states[checkpoint.size].hex()))
    if end not in contents.names:
        problem = "The custody record's end is not signed: there is no checkpoint for its length."
        found.append(Finding("custody", end, problem))
    stated = package.get("checkpoint") if package is not None else None
    if package is None:
        return
    own = {"origin": origin, "size": size, "root": states[size].hex()}
    if stated != own:
        problem = "package.json gives another state of the custody record."
        found.append(Finding("custody", PACKAGE, problem, str(stated), str(own)))


def _signed_state(text: str, spki_der: bytes, path: str, is_end: bool, custody: Custody) -> Checkpoint:
    """The checkpoint, signed by the sealer. An older one may be by somebody else, who is then said to be unknown."""
    checkpoint, _, signatures = parse_checkpoint(text)
    if not is_end and all(signature.key_id != key_id(spki_der) for signature in signatures):
        custody.notes.append(f"{path} is signed by another key than the package; only its content was compared.")
        return checkpoint
    return verify_checkpoint(text, spki_der)


def _exhibit_line(number: str, record: Mapping[str, object], custody: Custody, found: list[Finding]) -> None:
    """The ledger line that an exhibit names says the same as the exhibit."""
    item = f"data/exhibits/{number}/exhibit.json"
    seq = record.get("line_seq")
    if not isinstance(seq, int) or isinstance(seq, bool) or not 0 <= seq < len(custody.lines):
        found.append(Finding("custody", item, "The exhibit names no entry of the custody record."))
        return
    line = custody.line(seq)
    if custody.leaves[seq].hex() != record.get("line_hash"):
        problem = f"The exhibit names entry {seq} of the custody record by another hash."
        found.append(Finding("custody", item, problem, str(record.get("line_hash")), custody.leaves[seq].hex()))
        return
    if line is None:
        found.append(
            Finding("custody", item, f"Entry {seq}, which the exhibit names, was left out of the custody record.")
        )
    elif record.get("kind") == "attachment":
        _attached(item, seq, record, line, custody, found)
    else:
        _committed(item, seq, number, record, line, custody, found)


def _attached(
    item: str,
    seq: int,
    record: Mapping[str, object],
    line: Mapping[str, object],
    custody: Custody,
    found: list[Finding],
) -> None:
    if line.get("action") != "attached" or line.get("attachment") != record.get("attachment"):
        problem = f"Entry {seq} does not attach attachment {record.get('attachment')}."
        found.append(Finding("custody", item, problem))
        return
    if line.get("attachment_prev") != record.get("previous_line_hash"):
        problem = "The exhibit gives another previous link of the attachment chain than the custody record."
        found.append(
            Finding("custody", item, problem, str(line.get("attachment_prev")), str(record.get("previous_line_hash")))
        )
    named = {*_list(line.get("inputs")), *_list(line.get("outputs"))}
    for given in custody.texts(seq):
        if given.name == "sha256":
            named.add(given.value)
        elif given.name == "record" and isinstance(given.value, dict):
            named.add(given.value.get("sha256"))
    if record.get("sha256") not in named:
        problem = (
            f"Attachment {record.get('attachment')} is not the file that entry {seq} of the custody record attached."
        )
        expected = ", ".join(sorted(str(name) for name in named if name))
        found.append(Finding("custody", item, problem, expected, str(record.get("sha256"))))


def _committed(
    item: str,
    seq: int,
    number: str,
    record: Mapping[str, object],
    line: Mapping[str, object],
    custody: Custody,
    found: list[Finding],
) -> None:
    about = line.get("item")
    if not isinstance(about, dict) or (about.get("type"), about.get("id")) != ("exhibit", number):
        found.append(Finding("custody", item, f"Entry {seq} of the custody record is not about this exhibit."))
        return
    records = [given.value for given in custody.texts(seq) if given.name == "record"]
    if not any(isinstance(value, dict) and value.get("_sd") == record.get("_sd") for value in records):
        problem = f"The commitments to the row's fields are not those of entry {seq} of the custody record."
        found.append(Finding("custody", item, problem))


def _list(value: object) -> list[object]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
