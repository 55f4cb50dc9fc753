"""What an attached picture or PDF says of itself: shown beside it, and proved by nothing.

Such files come from strangers and are read in a child process that holds no key and can write nothing. The answers
are kept for as long as the program runs, and never in the case: the file is there to be asked again.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

FACTS_CHILD: Final = "--facts-child"
"""A frozen program has no interpreter to start, and starts itself with this."""

_PATIENCE: Final = 30  # seconds
_LONGEST: Final = 64 * 1024  # characters of an answer
_PICTURES: Final = ("image/png", "image/jpeg", "image/tiff", "image/webp", "image/gif", "image/bmp")
_OWN_WORD: Final = "as the file says; nothing shows that it is so"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a file says of itself: a stable key, its name for people, its value, and what it is worth."""

    key: str
    label: str
    value: str
    worth: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found, or in `fault` why nothing could be."""

    facts: tuple[Fact, ...] = ()
    fault: str = ""

    def as_json(self) -> dict[str, object]:
        """With stable keys."""
        found = {one.key: {"value": one.value, "worth": one.worth} for one in self.facts}
        return {"facts": found, "fault": self.fault} if self.fault else {"facts": found}


def has_facts(media_type: str) -> bool:
    """Whether files of this kind are asked at all."""
    return media_type in _PICTURES or media_type == "application/pdf"


@lru_cache(maxsize=4096)
def facts_of(path: Path, media_type: str) -> Facts:
    """Ask a kept file, which never changes. Takes a tenth of a second; never raises for what is in the file."""
    if not has_facts(media_type):
        return Facts()
    said = _asked(path, "pdf" if media_type == "application/pdf" else "picture")
    if said is None:
        return Facts(fault="It cannot be read: it is damaged, or was made to harm its reader.")
    if said.get("fault") == "password":
        return Facts((Fact("encrypted", "Encrypted", "yes"),), "It is locked with a password.")
    if said.get("fault"):
        return Facts(fault="It is too long to be looked into.")
    return Facts(tuple(_pdf(said) if media_type == "application/pdf" else _picture(said)))


def _asked(path: Path, kind: str) -> Mapping[str, object] | None:
    own = ["-I", str(Path(__file__).with_name("facts_child.py"))]
    command = [sys.executable, *([FACTS_CHILD] if getattr(sys, "frozen", False) else own), kind]
    try:
        with path.open("rb") as file:
            done = subprocess.run(
                command,
                stdin=file,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PATH": ""},
                timeout=_PATIENCE,
                check=False,
            )
        said = json.loads(done.stdout[: 4 * _LONGEST]) if done.returncode == 0 else None
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return said if isinstance(said, dict) else None


def _picture(said: Mapping[str, object]) -> list[Fact]:
    found = [Fact("format", "Format", str(said.get("format", "")))]
    found.append(Fact("pixels", "Pixels", f"{said.get('width')} × {said.get('height')}"))
    if not said.get("exif"):
        found.append(Fact("exif", "EXIF", "none", "most platforms remove it; its absence shows nothing"))
        return found
    found.append(Fact("exif", "EXIF", "present"))
    taken = _given(said, "taken")
    if taken:
        fraction, offset = _given(said, "taken_fraction"), _given(said, "taken_offset")
        moment = taken + (f".{fraction}" if fraction else "") + (f" {offset}" if offset else "")
        clock = "the camera's own clock" + ("" if offset else ", in a zone that is not stated")
        found.append(Fact("taken", "Taken", moment, f"{clock}; nothing shows that it was right"))
    for key, label in (
        ("digitised", "Digitised"),
        ("changed", "Changed"),
        ("camera_make", "Camera maker"),
        ("camera_model", "Camera"),
        ("camera_serial", "Camera serial number"),
        ("lens", "Lens"),
        ("software", "Software"),
    ):
        if value := _given(said, key):
            found.append(Fact(key, label, value, _OWN_WORD))
    found.append(
        Fact("gps", "GPS", "present", "it may show where somebody lives or was")
        if said.get("gps")
        else Fact("gps", "GPS", "none")
    )
    return found


def _pdf(said: Mapping[str, object]) -> list[Fact]:
    found = [Fact("version", "PDF version", _given(said, "version")), Fact("pages", "Pages", f"{said.get('pages')}")]
    for key, label in (
        ("title", "Title"),
        ("author", "Author"),
        ("producer", "Producer"),
        ("creator", "Creator"),
        ("created", "Created"),
        ("modified", "Modified"),
    ):
        if value := _given(said, key):
            found.append(Fact(key, label, value, _OWN_WORD))
    count = said.get("signatures")
    if isinstance(count, int) and count > 0:
        reach = (
            "the last of them reaches to the end of the file"
            if said.get("covered_to_end")
            else "none of them reaches to the end of the file: something was added after"
        )
        worth = f"{reach}; whether a signature holds, and whose it is, is not checked here"
        found.append(Fact("signatures", "Signature fields filled in", str(count), worth))
    else:
        found.append(Fact("signatures", "Signature fields filled in", "none"))
    if said.get("encrypted"):
        found.append(Fact("encrypted", "Encrypted", "yes"))
    if said.get("active"):
        found.append(Fact("active", "Scripts or files inside", "named in it", "it is never run or opened here"))
    if said.get("damaged"):
        found.append(Fact("damaged", "Structure", "damaged", "it was read as far as it can be"))
    return found


def _given(said: Mapping[str, object], key: str) -> str:
    value = said.get(key)
    return value if isinstance(value, str) else ""
