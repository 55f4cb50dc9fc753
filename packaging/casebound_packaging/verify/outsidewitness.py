"""One outside witness read from a file: a checkpoint, a proof of consistency, a receipt, an answer, or a package."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from casebound_packaging import consistency
from casebound_packaging.canonical import load
from casebound_packaging.checkpoint import Checkpoint, parse
from casebound_packaging.consistency import Consistency, is_consistency
from casebound_packaging.errors import UnreadablePackage
from casebound_packaging.keptstate import KeptState, parse_kept
from casebound_packaging.merkle import root
from casebound_packaging.receipt import LONGEST
from casebound_packaging.verify.container import open_container
from casebound_packaging.verify.contents import LEDGER, PACKAGE, json_lines
from casebound_packaging.verify.custody import Custody, overfull, read_line
from casebound_packaging.verify.receipts import CheckedReceipt, check_receipt
from casebound_packaging.verify.trust import BadTrust

_LARGEST = 512 << 20


@dataclass(frozen=True, slots=True)
class Witness:
    """What somebody outside kept. `version` and `package_id` are of the package that was seen, where it is said.

    `leaves` are all leaf hashes, of a package; `receipt` and `proof` are there where the file is one.
    """

    name: str
    state: KeptState
    leaves: tuple[bytes, ...] | None = None
    version: int | None = None
    package_id: str = ""
    receipt: CheckedReceipt | None = None
    proof: Consistency | None = None


def read_witness(path: Path) -> Witness:
    """Read one witness. Raises `BadTrust` where the file is none."""
    try:
        if path.is_dir():
            return _package(path)
        with path.open("rb") as file:
            head = file.read(4)
            if head == b"PK\x03\x04":
                return _package(path)
            data = head + file.read(LONGEST + 1)
        return _small(path.name, data)
    except (OSError, ValueError, UnreadablePackage) as error:
        reason = error.title if isinstance(error, UnreadablePackage) else str(error)
        if isinstance(error, OSError):
            reason = error.strerror or reason
        elif isinstance(error, UnicodeDecodeError):
            reason = "it is no text"
        raise BadTrust(
            f"{path.name} cannot be compared with: {reason.removesuffix('.')}.",
            "Give a checkpoint, a receipt, an older package, or what `verify --json` printed for one.",
            where=str(path),
        ) from error


def typed_witness(text: str) -> Witness:
    """A checkpoint as a person typed it. Raises `BadTrust` where it is none."""
    try:
        return Witness("What you typed", parse_kept(text))
    except ValueError as error:
        raise BadTrust(
            f"“{' '.join(text.split())[:80]}” is no checkpoint: {error}.",
            "Type the number of entries, and after it the root or its twelve words, as they stand on the paper.",
        ) from error


def _small(name: str, data: bytes) -> Witness:
    if data[:1] == b"\x30":
        receipt = check_receipt(data)
        seen = receipt.statement.package
        return Witness(name, _kept(receipt.statement.checkpoint), None, seen.version, seen.id, receipt)
    if data.lstrip()[:1] == b"{":
        return _statement(name, load(data.strip()))
    text = data.decode("utf-8")
    if is_consistency(data):
        proof = consistency.parse(text)
        return Witness(name, _kept(proof.state), proof=proof)
    if "\n\n" not in text.strip():
        return Witness(name, parse_kept(text))  # without a signature, as somebody copied it from paper
    return Witness(name, _kept(parse(text)[0]))


def _kept(state: Checkpoint) -> KeptState:
    if state.size < 1:
        raise ValueError("it covers no entry")
    return KeptState(state.size, state.root, origin=state.origin)


def _statement(name: str, value: object) -> Witness:
    """The JSON of an earlier check, or package.json: the object `checkpoint` in it."""
    stated = value.get("checkpoint") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(stated, dict):
        raise ValueError("it names no checkpoint")
    origin, size, head = stated.get("origin"), stated.get("size"), stated.get("root")
    if not isinstance(origin, str) or not isinstance(size, int) or not isinstance(head, str) or size < 1:
        raise ValueError("its checkpoint is not complete")
    version, package_id = value.get("version"), value.get("package_id")
    return Witness(
        name,
        _kept(Checkpoint(origin, size, head)),
        version=version if isinstance(version, int) and not isinstance(version, bool) else None,
        package_id=package_id if isinstance(package_id, str) else "",
    )


def sealed_record(path: Path) -> tuple[str, list[bytes]]:
    """The log origin and the leaf hashes of the custody record in a package.

    Its seals are not checked. Raises `ValueError` or `UnreadablePackage` where it holds no whole record.
    """
    witness = _package(path)
    return witness.state.origin, list(witness.leaves or ())


def _package(path: Path) -> Witness:
    with ExitStack() as stack:
        container = stack.enter_context(open_container(path))
        if not container.readable or not {PACKAGE, LEDGER} <= set(container.names):
            raise ValueError("it is not a whole package")
        stated = _statement(path.name, load(container.read(PACKAGE, _LARGEST)))
        seen, ledger = Custody(), container.read(LEDGER, _LARGEST)
        if overfull(ledger):
            raise ValueError("its custody record has more lines than its length can hold entries")
        for _, line in json_lines(ledger):
            seen.leaves.append(read_line(line, seen))
    if len(seen.leaves) != stated.state.size or root(seen.leaves).hex() != stated.state.root:
        raise ValueError("its own custody record does not hold")
    return Witness(path.name, stated.state, tuple(seen.leaves), stated.version, stated.package_id)
