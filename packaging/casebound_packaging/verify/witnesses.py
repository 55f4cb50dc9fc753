"""Older states of the same custody record, held by somebody outside, compared with the record enclosed.

A chain that nobody outside has seen proves nothing against someone who rewrites all of it. All leaves are enclosed, so
consistency (RFC 6962 section 2.1.2) needs no proof file: the older root must be the root of the first leaves. Only a
state later than the package needs one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from casebound_packaging.finding import Finding
from casebound_packaging.lineage import is_of
from casebound_packaging.merkle import roots
from casebound_packaging.verify.custody import Custody
from casebound_packaging.verify.outsidewitness import Witness, read_witness, sealed_record, typed_witness
from casebound_packaging.verify.trust import BadTrust, Trust
from casebound_packaging.verify.wording import counted

__all__ = ["Witnessed", "compare_all", "sealed_record"]


@dataclass(frozen=True, slots=True)
class Examined:
    """The package that is compared: its custody record, its own statement, and the SHA-256 of the signed list."""

    custody: Custody
    package: Mapping[str, object]
    tagmanifest_sha256: str
    states: dict[int, str] = field(default_factory=dict)  # roots already computed, by size

    @property
    def origin(self) -> str:
        case = self.package.get("case")
        return str(case.get("log_origin")) if isinstance(case, dict) else ""

    @property
    def version(self) -> int:
        version = self.package.get("version")
        return version if isinstance(version, int) and not isinstance(version, bool) else 0

    @property
    def package_id(self) -> str:
        return str(self.package.get("package_id"))

    @property
    def maker(self) -> str:
        """The fingerprint of the key that sealed it, as it says; the seal's own check compares the two."""
        signer = self.package.get("signer")
        return str(signer.get("key")) if isinstance(signer, dict) else ""

    @property
    def size(self) -> int:
        return len(self.custody.leaves)

    def root(self, size: int) -> str:
        """The root of the first `size` entries, hex."""
        if size not in self.states:
            self.states[size] = roots(self.custody.leaves, {size})[size].hex()
        return self.states[size]


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What the witnesses say together. `superseded` names a later version that is at hand, or is 0."""

    witnessed: bool
    superseded: int

    @property
    def limits(self) -> set[str]:
        return ({"UNWITNESSED"} if not self.witnessed else set()) | ({"SUPERSEDED"} if self.superseded else set())


def compare_all(
    trust: Trust,
    custody: Custody,
    package: Mapping[str, object] | None,
    tagmanifest_sha256: str,
    found: list[Finding],
    notes: list[str],
    beside: Path | None = None,
    folder: Path | None = None,
) -> Witnessed:
    """Compare everything that was given to compare with. What contradicts is a finding.

    `beside` is where a receipt of the package would lie that was given by its recipient. One that lies there is read
    and told; it is a witness, for or against, only where it is given as one, because anybody can put a file there.
    `folder` is the package where it was unpacked: nothing that lies in it comes from outside.

    Raises `BadTrust` where something given is no checkpoint, receipt, proof or package.
    """
    outside = [path for path in trust.against if not _enclosed(path, folder)]
    notes += [
        f"{path.name} lies in the package itself, and is no witness to it."
        for path in trust.against
        if path not in outside
    ]
    given = [read_witness(path) for path in outside] + [typed_witness(text) for text in trust.seen]
    own = Examined(custody, package or {}, tagmanifest_sha256)
    witnessed = False
    later = 0
    for witness in given:
        before = len(found)
        is_older = _compare(witness, own, found, notes)
        witnessed = witnessed or is_older
        if len(found) == before:
            later = max(later, _later_version(witness, own, notes))
    if beside is not None and beside.is_file() and beside not in trust.against:
        _found_beside(beside, own, notes)
    return Witnessed(witnessed, later)


def _enclosed(path: Path, folder: Path | None) -> bool:
    if folder is None or not folder.is_dir():
        return False
    try:
        inside, top = path.resolve(), folder.resolve()
    except (OSError, RuntimeError):  # links in a circle
        return False
    return inside != top and inside.is_relative_to(top)


def _found_beside(path: Path, own: Examined, notes: list[str]) -> None:
    try:
        witness = read_witness(path)
    except BadTrust:
        notes.append(f"{path.name} lies beside the package and is no receipt that holds.")
        return
    if witness.receipt is None:
        return
    against: list[Finding] = []
    _compare(witness, own, against, notes)
    said = f", and speaks against it: {against[0].problem}" if against else "."
    notes.append(f"{path.name} was found beside the package{said} Where you kept it yourself, compare with it.")


def _compare(witness: Witness, own: Examined, found: list[Finding], notes: list[str]) -> bool:
    """Whether the witness saw this record as it was at or before this package."""
    state = witness.state
    names = own.custody.earlier_names
    if state.origin and not is_of(state.origin, state.size, own.origin, names):
        problem = "What was given to compare with is of another custody record."
        if state.origin in names:
            problem = f"This record was copied after {names[state.origin]} entries. What was seen later is not in it."
        found.append(Finding("custody", witness.name, problem, own.origin, state.origin))
        return False
    if witness.leaves is not None:
        return _beside_package(witness, witness.leaves, own, found, notes)
    if state.size > own.size:
        return _later_state(witness, own, found, notes)
    if not state.agrees(own.root(state.size)):
        root = own.root(state.size)
        problem = f"The first {state.size} entries are not those that were seen before: the record was rewritten"
        # What people copy by ear or by eye may be wrong itself; a file that was kept is not.
        problem += ", unless a word was misheard or mistyped." if state.words else "."
        found.append(Finding("custody", witness.name, problem, state.told, state.told_of(root)))
        return False
    if witness.receipt is None:
        return not _other_package(witness, own, found)
    return _received(witness, own, found, notes)


def _beside_package(
    witness: Witness, leaves: tuple[bytes, ...], own: Examined, found: list[Finding], notes: list[str]
) -> bool:
    for seq, (theirs, ours) in enumerate(zip(leaves, own.custody.leaves, strict=False)):
        if theirs != ours:
            problem = f"Entry {seq} of the custody record is not the one that the other package has: it was rewritten."
            found.append(Finding("custody", witness.name, problem, theirs.hex(), ours.hex()))
            return False
    if _other_package(witness, own, found):
        return False
    if len(leaves) < own.size:
        return True
    # A package beside itself, or a later one: it was not seen by anybody before this one was sealed.
    notes.append(f"{witness.name} is not older than this package; it agrees, and is no witness to it.")
    return False


def _other_package(witness: Witness, own: Examined, found: list[Finding]) -> bool:
    """Whether the witness saw another package under the number of this one; a number is given once."""
    if not witness.package_id or witness.version != own.version or witness.package_id == own.package_id:
        return False
    problem = f"Another package calls itself version {own.version} of this case, with other evidence."
    found.append(Finding("custody", witness.name, problem, witness.package_id, own.package_id))
    return True


def _later_state(witness: Witness, own: Examined, found: list[Finding], notes: list[str]) -> bool:
    proof, size = witness.proof, witness.state.size
    if witness.version is not None and 0 < witness.version <= own.version:
        entries = counted(size, "entry", "entries")
        problem = f"Version {witness.version} was seen with {entries} of the custody record: its end was cut off since."
        found.append(Finding("custody", witness.name, problem, str(size), str(own.size)))
        return False
    if proof is not None and proof.old_size == own.size:
        if proof.holds(own.root(own.size)):
            entries = counted(size, "entry", "entries")
            notes.append(f"{witness.name} proves that a later state of {entries} only adds to this record.")
        else:
            problem = "The later state that was given does not continue this custody record: one of them was rewritten."
            found.append(Finding("custody", witness.name, problem, witness.state.told, own.root(own.size)))
        return False
    notes.append(f"{witness.name} was seen later than this package ({size} entries); it cannot be compared.")
    return False


def _received(witness: Witness, own: Examined, found: list[Finding], notes: list[str]) -> bool:
    """A state that agrees; where it is a receipt of this very version, what was received must be this, too."""
    receipt = witness.receipt
    if receipt is None:
        return True
    seen = receipt.statement.package
    if seen.version == own.version and seen.tagmanifest_sha256 != own.tagmanifest_sha256:
        problem = f"{receipt.signer.name} received another package as version {own.version} of this case."
        found.append(Finding("custody", witness.name, problem, seen.tagmanifest_sha256, own.tagmanifest_sha256))
        return False
    if receipt.signer.key_fingerprint == own.maker:
        notes.append(f"{witness.name} is by the key that sealed this package; it agrees, and is no witness to it.")
        return False
    entries = counted(witness.state.size, "entry", "entries")
    notes.append(f"{witness.name}: {receipt.told}. The custody record agrees with the {entries} seen then.")
    return True


def _later_version(witness: Witness, own: Examined, notes: list[str]) -> int:
    """The version of this case that the witness shows to exist, where it is later than the package's."""
    if not own.version or witness.version is None or witness.version <= own.version:
        return 0
    notes.append(
        f"{witness.name} shows that version {witness.version} of this case exists; this is version {own.version}."
    )
    return witness.version
