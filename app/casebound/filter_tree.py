"""A filter as a tree of conditions, and what is wrong with one that cannot be understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from casebound.errors import BadRequest


class FilterError(BadRequest):
    """The filter cannot be understood.

    `position` is the character, from 0; `suggestion` is what would be understood, or "".
    """

    def __init__(self, position: int, problem: str, suggestion: str = "") -> None:
        super().__init__(problem, suggestion, where=f"character {position + 1}")
        self.position, self.suggestion = position, suggestion


@dataclass(frozen=True, slots=True)
class Word:
    """Text looked for in every column."""

    text: str
    position: int


@dataclass(frozen=True, slots=True)
class Equal:
    """A column is exactly this; "" is empty or missing."""

    field: str
    value: str
    position: int


@dataclass(frozen=True, slots=True)
class Like:
    """A column matches a text in which * stands for anything."""

    field: str
    value: str
    position: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A column, or with "" any column, holds what the pattern describes."""

    field: str
    pattern: str
    position: int


@dataclass(frozen=True, slots=True)
class Number:
    """A column is a number that compares so. `operator` is one of < <= > >=; the number is as typed."""

    field: str
    operator: str
    value: str
    position: int


@dataclass(frozen=True, slots=True)
class Instant:
    """The event is not before (`after`) or is before this time."""

    after: bool
    time_us: int
    position: int


@dataclass(frozen=True, slots=True)
class Marked:
    """People's work: `kind` is "tag", "has" or "in"."""

    kind: str
    value: str
    position: int


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


@dataclass(frozen=True, slots=True)
class Every:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple[Node, ...]


Node: TypeAlias = "Word | Equal | Like | Pattern | Number | Instant | Marked | Not | Every | Either"


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter understood. `root` None lets everything through."""

    text: str
    root: Node | None

    @property
    def uses_marks(self) -> bool:
        return self.root is not None and any(isinstance(node, Marked) for node in walk(self.root))


def walk(node: Node) -> list[Node]:
    """The node and all below it."""
    parts: tuple[Node, ...] = ()
    if isinstance(node, Not):
        parts = (node.part,)
    elif isinstance(node, Every | Either):
        parts = node.parts
    return [node, *(below for part in parts for below in walk(part))]
