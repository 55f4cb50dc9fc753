"""What makes a table one that we know: the names of its columns, and what they are for."""

from __future__ import annotations

from dataclasses import dataclass

from casebound.case import ColumnRole

_SINGLE = {"time": ColumnRole.TIME, "actor": ColumnRole.ACTOR, "action": ColumnRole.ACTION, "object": ColumnRole.OBJECT}
_ENTITIES = ("_id", "_ip", "_by", "fingerprint")


@dataclass(frozen=True, slots=True)
class KnownTable:
    """`needed` names must be there; `wanted` gives for a role the columns that may have it, the first that is there
    and filled; `entities` are things worth following. All names are lower case.

    With `certain`, the needed names alone tell what it is. `second_time` names a column that tells the same time as
    the time column, and the format it is in: where the two differ it is told.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    needed: tuple[str, ...]
    wanted: dict[ColumnRole, tuple[str, ...]]
    entities: tuple[str, ...]
    certain: bool = False
    second_time: tuple[str, str] = ("", "")

    @property
    def timeless(self) -> bool:
        """Whether what it lists does not happen at a time, but is looked up."""
        return ColumnRole.TIME not in self.wanted

    @property
    def roles(self) -> dict[str, ColumnRole]:
        """The role of each column where all of them are there."""
        found = dict.fromkeys(self.entities, ColumnRole.ENTITY)
        for role, names in self.wanted.items():
            found[names[0]] = role
        return found


def known(
    name: str,
    columns: str,
    needed: str,
    *,
    key: str = "",
    time: str = "",
    actor: str = "",
    action: str = "",
    object_: str = "",
    entities: str = "",
    title: str = "",
    certain: bool = False,
    second_time: tuple[str, str] = ("", ""),
) -> KnownTable:
    """A known table. Names are separated by spaces; of several for one role, the first that is filled has it.

    `key` tells rows apart: two with the same are told as one thing told twice, so it is left out where it repeats.
    """
    names = tuple(columns.split())
    wanted = {ColumnRole.ID: tuple(key.split())} if key else {}
    for role, said in (("time", time), ("actor", actor), ("action", action), ("object", object_)):
        if said:
            wanted[_SINGLE[role]] = tuple(said.split())
    taken = {options[0] for options in wanted.values()}
    followed = [column for column in names if column.endswith(_ENTITIES) or column in ("ip", "asn", "email", "country")]
    others = tuple(dict.fromkeys(column for column in (*followed, *entities.split()) if column not in taken))
    return KnownTable(
        name, title or f"{name} export", names, tuple(needed.split()), wanted, others, certain, second_time
    )
