"""Records that repeat a declared key: the same again is a duplicate, another under the same key is set aside."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from casebound.importers.batch import Refused
from casebound.stagedtext import StagedText
from casebound.staging import Duplicate, Staging
from casebound.work import Progress
from casebound.writtentimes import shown

Int64s = NDArray[np.int64]
_PAGE = 1_000


def repeated(keys: NDArray[np.uint64]) -> Int64s:
    """Which rows have a key number that another row has as well, sorted; 0 is no key."""
    placed = np.sort(keys)
    again = placed[1:][(placed[1:] == placed[:-1]) & (placed[1:] != 0)]
    if not len(again):
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(np.isin(keys, np.unique(again)))


def leave_out(staging: Staging, stays: NDArray[np.bool_], ordinals: Sequence[int]) -> None:
    """Rows with these ordinals stay no longer."""
    if ordinals:
        rows = np.searchsorted(staging.places["ordinal"].whole(), np.array(sorted(ordinals), dtype=np.int64))
        stays[rows] = False


def taken(staging: Staging, place: tuple[int, int, int, int], first_line: int, values: list[str | None]) -> Refused:
    """A record of another content than the one in `first_line`, which has the same key.

    `place` is its ordinal, line, first byte and length.
    """
    key = shown(values[staging.key] or "")
    reason = f"{staging.columns[staging.key]} {key} stands already in line {first_line}, with other content."
    return Refused(*place, "duplicate-key", reason, staging.raw_of(place[2], place[3], values))


def tell_apart(staging: Staging, stays: NDArray[np.bool_], progress: Progress) -> list[Duplicate]:
    """The duplicates among the staged rows; records of another content under a taken key are set aside.

    Neither stays any longer.
    """
    if staging.key < 0 or not staging.count:
        return []
    progress(0, 0, "Looking for repeated records")
    keys = staging.places["key"].whole()
    keys[~stays] = 0
    rows = repeated(keys)
    if not len(rows):
        return []
    places = {name: staging.places[name].whole()[rows] for name in ("ordinal", "line", "offset", "length")}
    staged = StagedText(staging)
    first: dict[str, tuple[int, list[str | None]]] = {}
    duplicates: list[Duplicate] = []
    refused: list[Refused] = []
    for place, row in enumerate(rows.tolist()):
        if place % _PAGE == 0:
            progress(place, len(rows), "Looking for repeated records")
            page = staged.values(rows[place : place + _PAGE])
        values = page[place % _PAGE]
        key = values[staging.key]
        if not key:
            continue
        before = first.setdefault(key, (place, values))
        if before[0] == place:
            continue
        ordinal, line, offset, length = (int(places[name][place]) for name in ("ordinal", "line", "offset", "length"))
        first_line = int(places["line"][before[0]])
        stays[row] = False
        if values == before[1]:
            duplicates.append(Duplicate(ordinal, line, offset, int(places["ordinal"][before[0]]), first_line))
            continue
        refused.append(taken(staging, (ordinal, line, offset, length), first_line, values))
        if len(refused) >= 1_000:
            staging.set_aside(refused)
            refused = []
    staging.set_aside(refused)
    staging.finish()
    return duplicates
