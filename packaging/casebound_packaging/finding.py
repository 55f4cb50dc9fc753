"""One thing that a check found wrong, and the checks in the order in which people read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CHECKS: Final = (
    "container",
    "inventory",
    "contents",
    "completeness",
    "custody",
    "report",
    "seal",
    "signer",
    "time",
)
"""The nine checks of a package. A finding belongs to exactly one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold.

    `check` is one of `CHECKS`; `item` names the file, line or record concerned; `problem` is one sentence for a person;
    `expected` and `found` are the two values that differ, as text, where there are two.
    """

    check: str
    item: str
    problem: str
    expected: str = ""
    found: str = ""

    def __post_init__(self) -> None:
        if self.check not in CHECKS:
            raise ValueError(f"{self.check!r} is not one of the checks")

    def as_json(self) -> dict[str, str]:
        """The finding as a JSON object; `expected` and `found` only where they say something."""
        found = {"check": self.check, "item": self.item, "problem": self.problem}
        if self.expected:
            found["expected"] = self.expected
        if self.found:
            found["found"] = self.found
        return found
