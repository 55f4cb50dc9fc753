"""Which program wrote a package: one digest over its own files."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_PACKAGES: Final = ("casebound", "casebound_exporters", "casebound_packaging", "casebound_resources", "casebound_ui")


@cache
def build_hash() -> str:
    """SHA-256, hex, over the lines `<sha256>  <path>` LF of the program's Python files, sorted by path.

    A frozen program has its Python files inside the executable; there it is the digest of the executable.
    """
    if getattr(sys, "frozen", False):
        return _digest(Path(sys.executable))
    lines = sorted(
        f"{path.relative_to(root.parent).as_posix()}\0{_digest(path)}"
        for root in _roots()
        for path in root.rglob("*.py")
        if path.is_file()
    )
    listing = "".join(f"{digest}  {name}\n" for name, _, digest in (line.partition("\0") for line in lines))
    return hashlib.sha256(listing.encode("utf-8")).hexdigest()


def _roots() -> list[Path]:
    """The folders of our packages, found without importing any; a verifier alone has only its own."""
    specs = [find_spec(name) for name in _PACKAGES]
    return [Path(spec.origin).parent for spec in specs if spec is not None and spec.origin is not None]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
