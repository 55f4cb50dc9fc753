"""The copy of verify.py in a package: whoever made the package made it too, so it is compared, and never run.

Its bytes are the same for every package of one release, and docs/verifying.md publishes their SHA-256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

COMPANION: Final = "verify.py"

EARLIER: Final[Mapping[str, str]] = {
    "43667cf9b5768aae7bd373cbfddb535390a8297ad48ea423597e3e41b4e29fc4": "0.1.0, first edition",
}
"""SHA-256 → which verify.py of ours it is, for those that packages were sealed with before today's."""


@cache
def own_companion() -> str:
    """SHA-256, hex, of the verify.py that this program encloses when it seals."""
    return hashlib.sha256((files("casebound_packaging") / "standalone" / COMPANION).read_bytes()).hexdigest()


def companion_notes(digest: str | None) -> list[str]:
    """What is to be said about the copy enclosed, whose SHA-256 is `digest`; nothing where there is none, or ours."""
    if digest is None or digest == own_companion():
        return []
    if digest in EARLIER:
        return [f"The verify.py in the package is an earlier one of ours ({EARLIER[digest]})."]
    unknown = "The verify.py in the package is none that this program knows: do not run it."
    return [f"{unknown} The SHA-256 of each that was published stands in docs/verifying.md."]
