"""Payload files on their way into a package, with their digests; a file that changes meanwhile stops the sealing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from casebound_packaging.errors import CaseboundError
from casebound_packaging.member import Member

CHUNK: Final = 1 << 20

_TEXT: Final = frozenset(
    {
        "application/json",
        "application/jsonl",
        "application/json-lines",
        "application/ld+json",
        "application/schema+json",
        "application/sql",
        "application/x-ndjson",
        "application/xml",
        "message/rfc822",
    }
)

Watch = Callable[[int, int, str], None]


class ChangedFile(CaseboundError):
    """A file of the case changed, or could not be read, while it was being sealed."""


def unwatched(done: int, total: int, note: str = "") -> None:
    """A progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A payload file with its digest. `size` in bytes, `sha256` hex."""

    member: Member
    size: int
    sha256: str

    @property
    def line(self) -> bytes:
        """Its line of the payload manifest, without LF."""
        return f"{self.sha256}  {self.member.path}".encode("ascii")

    def as_json(self) -> dict[str, object]:
        """Its entry in package.json."""
        member = self.member
        return {
            "path": member.path,
            "role": member.role,
            "media_type": member.media_type,
            "size": self.size,
            "sha256": self.sha256,
            "exhibit": member.exhibit,
            "sensitive": member.sensitive,
        }


def deflates(member: Member) -> bool:
    """Text is packed; media, archives, PDF and office files are stored as they are."""
    kind = member.media_type.partition(";")[0].strip().lower()
    return kind.startswith("text/") or kind in _TEXT or kind.endswith(("+json", "+xml"))


def changed(member: Member) -> ChangedFile:
    """What to raise where a member is not what it was a moment ago."""
    return ChangedFile(
        f"{member.path} changed while it was being sealed.",
        "Close other programs that use the case folder, check the case, and seal again.",
        meaning="Nothing was sealed.",
        where=str(member.content) if isinstance(member.content, Path) else member.path,
    )


def stage(member: Member, watch: Callable[[int], None]) -> Staged:
    """Read and hash one member; `watch` is told how many bytes were read since the last time."""
    digest, size = hashlib.sha256(), 0
    for chunk in read(member, watch):
        digest.update(chunk)
        size += len(chunk)
    return Staged(member, size, digest.hexdigest())


def read(member: Member, watch: Callable[[int], None]) -> Iterator[bytes]:
    """The member's bytes in chunks. Raises `ChangedFile` where its file cannot be read."""
    if isinstance(member.content, bytes):
        yield member.content
        watch(len(member.content))
        return
    with _open(member) as file:
        while chunk := file.read(CHUNK):
            yield chunk
            watch(len(chunk))


def whole(member: Member, size: int) -> bytes:
    """All bytes of a small member, which are `size` or, where it changed, others. Raises `ChangedFile` as `read`."""
    if isinstance(member.content, bytes):
        return member.content
    with _open(member) as file:
        data = file.read(size)
        return data + file.read() if len(data) == size else data


@contextmanager
def _open(member: Member) -> Iterator[BinaryIO]:
    assert isinstance(member.content, Path)
    try:
        with member.content.open("rb", buffering=0) as file:
            yield file
    except OSError as fault:
        raise ChangedFile(
            f"{member.path} cannot be read: {fault.strerror}.",
            "Check that the case folder is complete (Check the case), and seal again.",
            meaning="Nothing was sealed.",
            where=str(member.content),
        ) from None


def length(member: Member) -> int:
    """Its size in bytes, for progress; 0 where it cannot be told."""
    if isinstance(member.content, bytes):
        return len(member.content)
    try:
        return member.content.stat().st_size
    except OSError:
        return 0
