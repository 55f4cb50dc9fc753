"""Data that ships with the program: fonts, icons and the sample exports. No code of the case lives here."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def resource(name: str) -> Path:
    """The path of a file or folder that ships with the program, such as `fonts/Inter-Regular.ttf`.

    The package is always installed as plain files (wheel, editable, frozen one-folder), so a path is safe to give out.
    Raises `FileNotFoundError` where there is none.
    """
    path = Path(str(files("casebound_resources"))).joinpath(*name.split("/"))
    if not path.exists():
        raise FileNotFoundError(f"resource {name!r} is not in this build")
    return path
