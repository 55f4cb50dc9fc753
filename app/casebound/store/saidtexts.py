"""The texts behind a ledger line, told by name at once and read where somebody asks for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from casebound.store.stated import frozen
from casebound_packaging.canonical import load
from casebound_packaging.disclosure import told, value_of


class Said(Mapping[str, object]):
    """What a line discloses, by name. A record of a hundred thousand lines has half a million texts, and a screen shows
    forty of them.
    """

    __slots__ = ("_encoded",)

    def __init__(self, encoded: Sequence[str]) -> None:
        """Raises `ValueError` where one of them is no disclosure."""
        self._encoded = {told(each)[0]: each for each in encoded}

    def __getitem__(self, name: str) -> object:
        return frozen(load(value_of(self._encoded[name])))

    def __contains__(self, name: object) -> bool:
        return name in self._encoded

    def __iter__(self) -> Iterator[str]:
        return iter(self._encoded)

    def __len__(self) -> int:
        return len(self._encoded)

    def __repr__(self) -> str:
        return repr(dict(self))
