"""The names that a custody record had before: a copy of a case goes on under a log origin of its own.

Its entry `copied` discloses `prior`: the log origin of the folder it was copied from, and how many entries there were
then, which is the entry's own number. States of the earlier name up to that size are states of this record too. What
the other copy signed after that is another record's, and nothing here speaks for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from casebound_packaging.disclosure import parse

_COPIED: Final = b'"action":"copied"'


def copies(lines: Iterable[bytes]) -> list[int]:
    """The numbers of the lines that tell of a copy."""
    return [seq for seq, line in enumerate(lines) if _COPIED in line]


def earlier_names(lines: Sequence[bytes], told: Callable[[int], Sequence[str]]) -> Mapping[str, int]:
    """Log origins that the record had before, each with the number of entries that it had under that name.

    `told(seq)` gives the encoded disclosures of a line, known to be committed to by it. What is not of the form is
    left out: nothing is then known of that name.
    """
    found: dict[str, int] = {}
    for seq in copies(lines):
        for encoded in told(seq):
            try:
                one = parse(encoded)
            except ValueError:
                continue
            prior = one.value if one.name == "prior" else None
            if isinstance(prior, dict) and prior.keys() == {"log_origin", "size"}:
                origin, size = prior["log_origin"], prior["size"]
                if isinstance(origin, str) and size == seq and not isinstance(size, bool):
                    found[origin] = seq
    return found


def stated_names(lines: Sequence[bytes], disclosures: Iterable[tuple[int, str]]) -> Mapping[str, int]:
    """The same, of a record with the (seq, encoded) disclosures that are given with it."""
    told: defaultdict[int, list[str]] = defaultdict(list)
    for seq, encoded in disclosures:
        told[seq].append(encoded)
    return earlier_names(lines, lambda seq: told.get(seq, ()))


def is_of(origin: str, size: int, own: str, earlier: Mapping[str, int]) -> bool:
    """Whether a state of `size` entries under the name `origin` is to be a state of the record `own`."""
    return origin == own or size <= earlier.get(origin, -1)
