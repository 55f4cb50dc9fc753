"""One sealed package: from members and ledger lines to a ZIP that a stranger can check (docs/format.md).

    with Draft(about, members, lines, disclosures, identity, sealed_at, workplace=workplace) as draft:
        facts = draft.facts()                 # package id, evidence root, checkpoint: what the report prints
        sealed = draft.seal(folder, report)   # the report, signed, is the last member to come

With a workplace the ZIP is begun with the facts, and every byte of a member is read, hashed, packed and written in one
pass. Memory does not grow with the size of the members. Two drafts of one state with equal arguments have equal members
but for the report, and for what hashes it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Self

from casebound_packaging import checkpoint, merkle
from casebound_packaging.build import build_hash
from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.custodymembers import CHECKPOINTS, custody_members
from casebound_packaging.durable import HalfFile, require_free
from casebound_packaging.errors import CannotWrite
from casebound_packaging.identity import Identity
from casebound_packaging.ledger import leaves
from casebound_packaging.member import Member
from casebound_packaging.packagefacts import About, Facts, FileFact, Sealed
from casebound_packaging.packagefiles import package_json, tag_files
from casebound_packaging.packagerules import (
    PACKAGE,
    REPORT,
    check_about,
    check_custody,
    check_folder,
    check_members,
    folder_name,
)
from casebound_packaging.packing import Packing
from casebound_packaging.sealing import checkpoint_stamp, seal_files, service_chain
from casebound_packaging.staging import Staged, Watch, changed, length, stage, unwatched
from casebound_packaging.timeservices import TimeServices

__all__ = ["About", "Draft", "Facts", "FileFact", "Sealed", "build_hash"]


class Draft:
    """A package being made.

    `members` are payload files without the report, package.json and the custody record. `lines` are all ledger lines
    up to `export-prepared` of this version, omitted ones as such; `disclosures` are (seq, encoded).
    `older_checkpoints` are signed notes of the same ledger. `cosigners` are further (role, identity) pairs that seal
    the same bytes. `receipts` are receipts of earlier versions, as files; `proofs` names for an exhibit the ledger
    entry whose place in the ledger is proved beside it. `services` are addresses of time stamp services, asked in this
    order; without an answer the package is sealed unstamped. `workplace` is a folder on the file system of the target
    to be, in which the ZIP is written until it is whole; without one the members are read twice.

    Use it as a context manager where it has a workplace: what was begun and not sealed is taken away. Raises
    `ValueError` for members or an About that the format does not allow, `BrokenCustody` for a ledger that does not
    hold, `BadIdentity` for a certificate that is not valid at `sealed_at`.
    """

    def __init__(
        self,
        about: About,
        members: Sequence[Member],
        lines: Sequence[bytes],
        disclosures: Sequence[tuple[int, str]],
        identity: Identity,
        sealed_at: datetime,
        older_checkpoints: Sequence[str] = (),
        *,
        cosigners: Sequence[tuple[str, Identity]] = (),
        receipts: Sequence[bytes] = (),
        proofs: Mapping[str, int] | None = None,
        services: Sequence[str] = (),
        workplace: Path | None = None,
    ) -> None:
        self.about = about
        self.sealed_at = sealed_at
        self.folder = folder_name(about.case_number, about.version)
        roles = ["examiner", *(role for role, _ in cosigners)]
        identities = [identity, *(one for _, one in cosigners)]
        self._signers = [
            (f"{number:02d}-{role}", one) for number, (role, one) in enumerate(zip(roles, identities, strict=True), 1)
        ]
        for one in identities:
            one.require_valid(sealed_at)
        self._identity = identity
        check_folder(self.folder)
        check_about(about.limits, about.recipient_class, about.version, roles)
        if len({one.key_fingerprint for one in identities}) != len(identities):
            raise ValueError("each seal is made with a key of its own")
        check_custody(lines, disclosures, about.version)
        root = merkle.root(leaves(lines)).hex()
        self.checkpoint = Checkpoint(about.log_origin, len(lines), root)
        self.checkpoint_text = checkpoint.sign(self.checkpoint, identity)
        self._members = [
            *members,
            *custody_members(lines, disclosures, self.checkpoint_text, older_checkpoints, receipts, proofs),
        ]
        check_members(self.folder, self._members)
        self.services = TimeServices(services)
        self._stamp: Member | None = None
        self._staged: list[Staged] | None = None
        self._workplace = workplace
        self._half: HalfFile | None = None
        self._packing: Packing | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take away what was begun and not sealed. May be called again."""
        packing, half = self._packing, self._half
        self._packing = self._half = None
        if packing is not None:
            packing.close()
        if half is not None:
            half.discard()

    def facts(self, progress: Watch = unwatched) -> Facts:
        """Hash every member, once, and say what follows. Raises `ChangedFile` where one cannot be read."""
        staged = self._stage(progress)
        root = merkle.root([merkle.leaf_hash(one.line) for one in staged]).hex()
        return Facts(
            package_id=f"{self.folder}-{root[:12]}",
            evidence_root=root,
            checkpoint=self.checkpoint,
            fingerprint=self._identity.fingerprint,
            key_fingerprint=self._identity.key_fingerprint,
            signer_name=self._identity.name,
            self_issued=self._identity.self_issued,
            sealed_at=self.sealed_at,
            files=tuple(_fact(one) for one in staged),
            checkpoint_text=self.checkpoint_text,
        )

    def seal(self, target: Path, report: Path | bytes, progress: Watch = unwatched, tsa_url: str = "") -> Sealed:
        """Write the ZIP at `target`, or under its own name in the folder `target`. It appears whole or not at all.

        `report` is the signed PDF. `tsa_url` is one more service to ask for a stamp over the seals. Where none answers,
        `Sealed.unstamped` says why. Raises `CannotWrite`, `ChangedFile`, and what `progress` raises.
        """
        path = target / f"{self.folder}.zip" if target.is_dir() else target
        with self._writing(path):
            require_free(path)
            facts = self.facts(progress)
            staged = self._stage(progress)
            packing = self._packing or self._begin(path.parent, progress)
            final = stage(Member(REPORT, "report", "application/pdf", report), lambda count: None)
            others = sorted([*staged, final], key=_path)
            verifier = self._verifier()
            record = package_json(self.about, facts, self._signers, others, has_verifier=bool(verifier))
            package = stage(Member(PACKAGE, "", "application/json", record), lambda count: None)
            payload = sorted([*others, package], key=_path)
            _require_same([package, final], packing.end([package.member, final.member], progress))
            chain = service_chain(self._stamp)
            tags = tag_files(self.about, facts, self.folder, self._signers, payload, verifier, chain)
            tagmanifest = _manifest(sorted((name, hashlib.sha256(data).hexdigest()) for name, data in tags.items()))
            services = TimeServices([tsa_url]) if tsa_url else self.services
            seals = seal_files(tagmanifest, self._signers, self.sealed_at, services, progress)
            for name, data in [
                *sorted(tags.items()),
                ("tagmanifest-sha256.txt", tagmanifest),
                *sorted(seals.items()),
            ]:
                packing.add(name, data, deflate=not name.endswith((".p7s", ".tsr")))
            size, whole = packing.finish()
            progress(0, 0, "Waiting for the disk")
            assert self._half is not None
            self._half.keep(path)
        return Sealed(
            path,
            whole,
            size,
            facts.package_id,
            self.checkpoint_text,
            facts.evidence_root,
            stamped=any(name.startswith("seals/01-") and name.endswith(".tsr") for name in seals),
            unstamped=services.unstamped,
            stamp_told=services.told,
        )

    def _stage(self, progress: Watch) -> list[Staged]:
        if self._staged is None:
            own = f"{CHECKPOINTS}/{self.checkpoint.size}.checkpoint"
            checkpoint = next(member for member in self._members if member.path == own)
            self._stamp = checkpoint_stamp(checkpoint, self.services, progress)
            self._members += [self._stamp] if self._stamp is not None else []
            self._members.sort(key=lambda member: member.path)
            if self._workplace is not None:
                with self._writing(self._workplace / f"{self.folder}.zip", last=False):
                    self._begin(self._workplace, progress)
            else:
                counter = _Counter(progress, sum(length(member) for member in self._members))
                self._staged = [stage(member, counter.noted(f"Hashing {member.path}")) for member in self._members]
        assert self._staged is not None
        return self._staged

    def _begin(self, workplace: Path, progress: Watch) -> Packing:
        """Begin the ZIP in `workplace`: what comes before package.json is written, all of it is hashed."""
        self._half = HalfFile(workplace)
        self._packing = Packing(self._half.file, self.folder, workplace)
        written = self._packing.begin(self._members, PACKAGE, progress)
        _require_same(self._staged or written, written)
        self._staged = written
        return self._packing

    @contextmanager
    def _writing(self, path: Path, *, last: bool = True) -> Iterator[None]:
        """A fault of the disk is told as such, and nothing half-written stays. With `last` nothing more is written."""
        done = False
        try:
            yield
            done = True
        except OSError as fault:
            reason = "it is already there" if isinstance(fault, FileExistsError) else str(fault.strerror or fault)
            raise CannotWrite(
                f"The package {path.name} could not be written: {reason}.",
                "Choose another folder, or make room on the disk.",
                meaning="Nothing was sealed, and nothing half-written was left behind.",
                where=str(path),
            ) from None
        finally:
            if last or not done:
                self.close()

    def _verifier(self) -> bytes:
        """The stand-alone verifier's bytes; empty where it was to be left out."""
        if not self.about.include_verifier:
            return b""
        return (files("casebound_packaging") / "standalone" / "verify.py").read_bytes()


class _Counter:
    """Adds up bytes over many files for one progress."""

    def __init__(self, progress: Watch, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def noted(self, note: str) -> Callable[[int], None]:
        def watch(count: int) -> None:
            self._done += count
            self._progress(min(self._done, self._total), self._total, note)

        return watch


def _require_same(before: Sequence[Staged], now: Sequence[Staged]) -> None:
    """Raises `ChangedFile` where a member is not what was hashed of it before."""
    for one, again in zip(before, now, strict=True):
        if (one.size, one.sha256) != (again.size, again.sha256):
            raise changed(one.member)


def _path(one: Staged) -> str:
    return one.member.path


def _fact(one: Staged) -> FileFact:
    member = one.member
    return FileFact(member.path, member.role, member.media_type, one.size, one.sha256, member.exhibit, member.sensitive)


def _manifest(entries: Sequence[tuple[str, str]]) -> bytes:
    return "".join(f"{digest}  {name}\n" for name, digest in entries).encode("ascii")
