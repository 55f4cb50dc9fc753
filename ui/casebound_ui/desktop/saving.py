"""Writing a small file whole or not at all, for what the window saves at a person's wish."""

from __future__ import annotations

from pathlib import Path

from casebound.errors import CannotWrite
from casebound.store.disk import write_whole


def whole(path: Path, content: bytes) -> None:
    """Write `content` to `path`, replacing what is there. Raises `CannotWrite`; nothing half-written stays."""
    try:
        write_whole(path, content)
    except OSError as error:
        raise CannotWrite(
            f"“{path.name}” could not be written: {error.strerror or 'no reason was given'}.",
            "Choose another folder, or make room on the disk.",
            meaning="Nothing was written.",
            where=str(path),
        ) from error
