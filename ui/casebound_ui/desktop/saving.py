"""Writing a small file whole or not at all, for what the window saves at a person's wish."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from casebound.errors import CannotWrite


def whole(path: Path, content: bytes) -> None:
    """Write `content` to `path`, replacing what is there. Raises `CannotWrite`; nothing half-written stays."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}-")
    except OSError as error:
        raise _cannot(path, error) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise _cannot(path, error) from error


def _cannot(path: Path, error: OSError) -> CannotWrite:
    return CannotWrite(
        f"“{path.name}” could not be written: {error.strerror or 'no reason was given'}.",
        "Choose another folder, or make room on the disk.",
        meaning="Nothing was written.",
        where=str(path),
    )
