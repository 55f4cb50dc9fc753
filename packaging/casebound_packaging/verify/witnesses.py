"""Older states of the same custody record, held by somebody outside, compared with the record enclosed.

A chain that nobody outside has seen proves nothing against someone who rewrites all of it. All leaves are enclosed, so
consistency (RFC 6962 section 2.1.2) needs no proof file: the older root must be the root of the first leaves.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from casebound_packaging.canonical import load
from casebound_packaging.checkpoint import Checkpoint, parse
from casebound_packaging.errors import UnreadablePackage
from casebound_packaging.finding import Finding
from casebound_packaging.merkle import root
from casebound_packaging.verify.container import open_container
from casebound_packaging.verify.contents import LEDGER, PACKAGE, json_lines
from casebound_packaging.verify.custody import Custody, read_line
from casebound_packaging.verify.trust import BadTrust

_LARGEST = 512 << 20


def compare(path: Path, custody: Custody, origin: str, found: list[Finding], notes: list[str]) -> bool:
    """Compare one witness. Returns whether it saw an older state of this record; what contradicts is a finding.

    Raises `BadTrust` where the file is no checkpoint, package or receipt.
    """
    checkpoint, leaves = _read_witness(path)
    if checkpoint.origin != origin:
        problem = "What was given to compare with is of another custody record."
        found.append(Finding("custody", path.name, problem, origin, checkpoint.origin))
        return False
    size = len(custody.leaves)
    if leaves is not None:
        for seq, (theirs, ours) in enumerate(zip(leaves, custody.leaves, strict=False)):
            if theirs != ours:
                problem = (
                    f"Entry {seq} of the custody record is not the one that the other package has: it was rewritten."
                )
                found.append(Finding("custody", path.name, problem, theirs.hex(), ours.hex()))
                return False
        if len(leaves) >= size:
            # A package beside itself, or a later one: it was not seen by anybody before this one was sealed.
            notes.append(f"{path.name} is not older than this package; it agrees, and is no witness to it.")
            return False
        return True
    if checkpoint.size > size:
        notes.append(
            f"{path.name} was seen later than this package ({checkpoint.size} entries); it cannot be compared."
        )
        return False
    if root(custody.leaves[: checkpoint.size]).hex() != checkpoint.root:
        problem = f"The first {checkpoint.size} entries are not those that were seen before: the record was rewritten."
        found.append(
            Finding("custody", path.name, problem, checkpoint.root, root(custody.leaves[: checkpoint.size]).hex())
        )
        return False
    return True


def _read_witness(path: Path) -> tuple[Checkpoint, list[bytes] | None]:
    """The state that was seen, and all its leaves where the witness is a package."""
    try:
        if path.is_dir():
            return _package(path)
        with path.open("rb") as file:
            head = file.read(4)
            if head == b"PK\x03\x04":
                return _package(path)
            data = head + file.read(1 << 20)
        if data.lstrip()[:1] == b"{":
            return _statement(load(data.strip())), None
        checkpoint = parse(data.decode("utf-8"))[0]
        if checkpoint.size < 1:
            raise ValueError("it covers no entry")
        return checkpoint, None
    except (OSError, ValueError, UnreadablePackage) as error:
        reason = error.title if isinstance(error, UnreadablePackage) else str(error)
        raise BadTrust(
            f"{path.name} cannot be compared with: {reason}",
            "Give a checkpoint, a receipt, an older package, or what `verify --json` printed for one.",
            where=str(path),
        ) from error


def _statement(value: object) -> Checkpoint:
    """A receipt, or the JSON of an earlier check: the object `checkpoint` in it."""
    stated = value.get("checkpoint") if isinstance(value, dict) else None
    if not isinstance(stated, dict):
        raise ValueError("it names no checkpoint")
    origin, size, head = stated.get("origin"), stated.get("size"), stated.get("root")
    if not isinstance(origin, str) or not isinstance(size, int) or not isinstance(head, str) or size < 1:
        raise ValueError("its checkpoint is not complete")
    return Checkpoint(origin, size, head)


def sealed_record(path: Path) -> tuple[str, list[bytes]]:
    """The log origin and the leaf hashes of the custody record in a package.

    Its seals are not checked. Raises `ValueError` or `UnreadablePackage` where it holds no whole record.
    """
    checkpoint, leaf_hashes = _package(path)
    return checkpoint.origin, leaf_hashes


def _package(path: Path) -> tuple[Checkpoint, list[bytes]]:
    with ExitStack() as stack:
        container = stack.enter_context(open_container(path))
        if not container.readable or not {PACKAGE, LEDGER} <= set(container.names):
            raise ValueError("it is not a whole package")
        checkpoint = _statement(load(container.read(PACKAGE, _LARGEST)))
        seen = Custody()
        for _, line in json_lines(container.read(LEDGER, _LARGEST)):
            seen.leaves.append(read_line(line, seen))
    if len(seen.leaves) != checkpoint.size or root(seen.leaves).hex() != checkpoint.root:
        raise ValueError("its own custody record does not hold")
    return checkpoint, seen.leaves
