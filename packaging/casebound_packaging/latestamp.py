"""Time stamps had after sealing: a query carried to a connected machine, its answer brought back and kept beside.

The stamp of a package is over its first seal (seals/01-….p7s) and is kept as `NAME.zip.tsr`; that of a checkpoint is
over its file, and is kept as `NAME.checkpoint.tsr`. The sealed bytes are never touched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509

from casebound_packaging import checkpoint
from casebound_packaging.durable import new_file
from casebound_packaging.errors import CannotWrite, CaseboundError, UnreadablePackage
from casebound_packaging.servicetrust import vouch
from casebound_packaging.stamp import LARGEST, BadStamp, Stamp, plain, query, read_stamp
from casebound_packaging.verify.container import open_container

_LARGEST_SEAL: Final = 1 << 20
_LARGEST_NOTE: Final = 64 * 1024


class RefusedStamp(CaseboundError):
    """What was brought back is no stamp over this package or checkpoint. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a stamp is asked for: `over` are the bytes, `words` name them, `beside` is where its stamp is kept.

    `enclosed` is the stamp that the package was sealed with, or empty.
    """

    words: str
    over: bytes
    beside: Path
    enclosed: bytes = b""

    @property
    def digest(self) -> bytes:
        """SHA-256 of the bytes: all that a service ever gets to see."""
        return hashlib.sha256(self.over).digest()

    @property
    def stamped(self) -> bool:
        """Whether a stamp is kept beside already."""
        return self.beside.exists()


def subject(path: Path) -> Subject:
    """What is to be stamped of a package (ZIP or folder) or a checkpoint. Raises `UnreadablePackage` for all else."""
    path = path.absolute()
    try:
        if not path.is_dir():
            with path.open("rb") as file:
                head = file.read(_LARGEST_NOTE + 1)
            if head[:2] != b"PK":
                return _checkpoint(path, head)
        return _package(path)
    except OSError as error:
        raise UnreadablePackage(
            f"{path.name} cannot be read: {error.strerror or error}.", "Check the path.", where=str(path)
        ) from error


def _checkpoint(path: Path, head: bytes) -> Subject:
    try:
        state = checkpoint.parse(head.decode("utf-8"))[0]
    except ValueError:
        raise UnreadablePackage(
            f"{path.name} is neither a package nor a checkpoint.",
            "Name a sealed package, or a file that ends in .checkpoint.",
            where=str(path),
        ) from None
    return Subject(f"the checkpoint of {state.size:,} entries", head, path.with_name(path.name + ".tsr"))


def _package(path: Path) -> Subject:
    with ExitStack() as stack:
        container = stack.enter_context(open_container(path))
        seals = [name for name in container.names if name.startswith("seals/01-") and name.endswith(".p7s")]
        if not container.readable or len(seals) != 1:
            raise UnreadablePackage(
                f"{path.name} is no sealed package: a first seal cannot be found in it.",
                "Check it with casebound verify, which says what is wrong.",
                meaning="Nothing was written.",
                where=str(path),
            )
        seal = container.read(seals[0], _LARGEST_SEAL)
        stamp = f"{seals[0]}.tsr"
        enclosed = container.read(stamp, LARGEST) if stamp in container.names else b""
    beside = path.with_name(f"{path.name}.zip.tsr" if path.is_dir() else f"{path.name}.tsr")
    return Subject(f"the seal {seals[0]} of {path.name}", seal, beside, enclosed)


@dataclass(frozen=True, slots=True)
class Judged:
    """One stamp of a subject: `words` say when and by whom, `problem` why it does not count. Either may be empty.

    `trusted` is None where no root was given to judge the service by.
    """

    place: str  # "enclosed" or the name of the file beside
    words: str = ""
    problem: str = ""
    trusted: bool | None = None


def judged_stamps(
    what: Subject,
    roots: Sequence[x509.Certificate] = (),
    lists: Sequence[x509.CertificateRevocationList] = (),
) -> tuple[Judged, ...]:
    """Every stamp of it, the one enclosed first. Raises `RefusedStamp` where the file beside cannot be read."""
    answers = [("enclosed", what.enclosed)] if what.enclosed else []
    answers += [(what.beside.name, read_answer(what.beside))] if what.stamped else []
    return tuple(_judged(place, answer, what, roots, lists) for place, answer in answers)


def _judged(
    place: str,
    answer: bytes,
    what: Subject,
    roots: Sequence[x509.Certificate],
    lists: Sequence[x509.CertificateRevocationList],
) -> Judged:
    words = ""
    try:
        stamp = read_stamp(answer)
        words = described(stamp)
        stamp.require_over(what.over)
        if roots:
            vouch(stamp, roots, lists=lists)
    except BadStamp as fault:
        return Judged(place, words, str(fault), False if roots else None)
    return Judged(place, words, "", True if roots else None)


def known_stamps(what: Subject) -> tuple[str, str]:
    """The stamp enclosed and the one beside, as `described`; empty where there is none that holds over this."""
    found = {one.place: one.words for one in judged_stamps(what) if not one.problem}
    return found.get("enclosed", ""), found.get(what.beside.name, "")


def write_query(what: Subject, target: Path) -> None:
    """Write the query (TimeStampReq, DER) that a connected machine sends to a service. Raises `CannotWrite`."""
    _write(target, query(what.digest)[0], "The query")


def take_stamp(
    what: Subject,
    answer: bytes,
    name: str,
    roots: Sequence[x509.Certificate] = (),
    lists: Sequence[x509.CertificateRevocationList] = (),
) -> Stamp:
    """Check the answer that was brought back, and keep it beside. Who made it is asked only where roots are given.

    `name` is what the answer's file is called. Raises `RefusedStamp`, `CannotWrite` where there is a stamp already.
    """
    try:
        stamp = read_stamp(answer)
        stamp.require_over(what.over)
        if roots:
            vouch(stamp, roots, lists=lists)
    except BadStamp as fault:
        raise RefusedStamp(
            f"{name} is not a time stamp for this: {fault}.",
            "Check that it is the answer to the query of exactly this package or checkpoint.",
            meaning="Nothing was written, and nothing was changed.",
            where=name,
        ) from None
    keep_stamp(what, answer)
    return stamp


def keep_stamp(what: Subject, answer: bytes) -> None:
    """Write a checked answer beside. Raises `CannotWrite`; a stamp that is there is never replaced."""
    _write(what.beside, answer, "The time stamp")


def read_answer(path: Path) -> bytes:
    """A file that was brought back. Raises `RefusedStamp` where it cannot be read, or is far too large."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise RefusedStamp(
            f"{path.name} cannot be read: {error.strerror or error}.", "Check the path.", where=str(path)
        ) from None
    if len(data) > LARGEST:
        raise RefusedStamp(f"{path.name} is far too large for a time stamp.", "Name the answer of the service.")
    return data


def described(stamp: Stamp) -> str:
    """“2026-11-23 12:04:05 UTC, by Example Time Stamps”."""
    return f"{stamp.moment:%Y-%m-%d %H:%M:%S} UTC, by {plain(stamp.service)}"


def _write(path: Path, data: bytes, what: str) -> None:
    try:
        with new_file(path) as file:
            file.write(data)
    except OSError as error:
        reason = "it is already there" if isinstance(error, FileExistsError) else str(error.strerror or error)
        raise CannotWrite(
            f"{what} {path.name} could not be written: {reason}.",
            "Nothing is ever written over. Choose another place, or move the file that is there away.",
            meaning="Nothing was changed.",
            where=str(path),
        ) from None
