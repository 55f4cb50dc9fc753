"""Names that a package may use: they mean one and the same file on every system.

ASCII only, relative, no `..`, no drive letter, nothing Windows reserves, under 120 characters. The rule is that of
docs/format.md, "The ZIP"; the words are for people.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 119  # characters, with the top folder: under 120

_SHAPE = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*", re.ASCII)
_PART = r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*"
_PLAIN = re.compile(rf"{_PART}(?:/{_PART})*", re.ASCII)
_LIKE_RESERVED = re.compile(r"(?:^|/)(?:con|prn|aux|nul|com|lpt)", re.ASCII | re.IGNORECASE)
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"com{digit}" for digit in range(10)]
    + [f"lpt{digit}" for digit in range(10)]
)


def name_problem(name: str) -> str:
    """Why `name` must be refused, as a clause for a sentence; "" for a good name."""
    if _PLAIN.fullmatch(name) and len(name) <= LONGEST and not _LIKE_RESERVED.search(name):
        return ""  # nearly every name: the closer look below costs ten times as much
    if not name:
        return "the name is empty"
    if name.startswith(("\\\\", "//")):
        return "the name is a network path"
    if name.startswith(("/", "\\")):
        return "the name is an absolute path"
    if re.match(r"[A-Za-z]:", name):
        return "the name begins with a drive letter"
    if "\\" in name:
        return "the name contains a backslash"
    parts = name.split("/")
    if ".." in parts or "." in parts:
        return "the name climbs out of its folder"
    if name.endswith("/"):
        return "the entry is a folder, and folders have no entry of their own"
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") for letter in name):
        return "the name contains invisible control characters"
    if not _SHAPE.fullmatch(name):
        return "the name uses characters outside A-Z a-z 0-9 . _ -"
    if len(name) > LONGEST:
        return f"the name is longer than {LONGEST} characters"
    for part in parts:
        if part.startswith(".") or part.endswith("."):
            return "a part of the name begins or ends with a dot"
        if part.split(".")[0].lower() in _RESERVED:
            return "Windows reserves a part of the name"
    return ""


def twin_key(name: str) -> str:
    """Two names with the same key are one file on some system: case and composition are folded away."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
