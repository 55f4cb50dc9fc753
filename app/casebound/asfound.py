"""Records set aside, byte for byte as they stand in their originals."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from casebound.case import Source
from casebound.errors import BadCase
from casebound.events import Events
from casebound.importers.batch import Refused
from casebound.quarantine import Choice
from casebound.unpacking import readable
from casebound.work import Progress, silent


def as_found(
    case_path: Path, events: Events, source: Source, progress: Progress = silent
) -> Iterator[tuple[Refused, bytes]]:
    """Every record of a source that is set aside now, in the order of the original, with its exact bytes.

    A row of a sheet or of a database has none: its values stand for it, with tabs between them, in UTF-8. Raises
    `BadCase` where the original is gone.
    """
    with ExitStack() as stack:
        stream: BinaryIO | None = None
        for done, one in enumerate(events.set_aside_where(source.number, Choice())):
            if done % 500 == 0:
                progress(done, source.quarantined, f"Rows set aside of {source.name}")
            if one.offset < 0:
                yield one, one.raw.encode("utf-8", "surrogatepass")
                continue
            stream = stream or stack.enter_context(_opened(case_path, source, stack, progress))
            stream.seek(one.offset)
            found = stream.read(one.length)
            if len(found) != one.length:
                raise _gone(source)
            yield one, found


def _opened(case_path: Path, source: Source, stack: ExitStack, progress: Progress) -> BinaryIO:
    original = case_path / "evidence" / source.sha256[:2] / source.sha256[2:]
    if not original.is_file():
        raise _gone(source)
    room = stack.enter_context(tempfile.TemporaryDirectory(prefix="casebound-"))
    unpacked = stack.enter_context(readable(original, source.name, source.member, Path(room) / "unpacked", progress))
    return unpacked.path.open("rb")


def _gone(source: Source) -> BadCase:
    return BadCase(
        f"The original of “{source.name}” is missing from this case, or is not whole.",
        "Run `casebound check` on the case; it names what is missing.",
        where=source.name,
    )
