"""A filter as a tree of conditions, and what is wrong with one that cannot be understood."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TypeAlias

from casebound.errors import BadRequest


@dataclass(frozen=True, slots=True)
class Fix:
    """What would be understood: `text` in place of the characters from `start` up to `end`."""

    start: int
    end: int
    text: str


class FilterError(BadRequest):
    """The filter cannot be understood.

    `position` is the character, from 0, at which it stumbles, and `end` where the part that is meant ends; characters
    are those of Python's text, so that an emoji is one. `suggestion` says what would be understood; where that is
    clear, `fix` writes it.
    """

    def __init__(
        self, position: int, problem: str, suggestion: str = "", *, end: int | None = None, fix: Fix | None = None
    ) -> None:
        super().__init__(problem, suggestion, where=f"character {position + 1}")
        self.position, self.suggestion = position, suggestion
        self.text = ""  # the whole filter, once it is known to whom it is told
        self.end = position + 1 if end is None else max(end, position)
        self.fix = fix

    def of(self, text: str) -> FilterError:
        """The same, told of this filter."""
        self.text = self.text or text
        return self

    def mended(self, text: str) -> str | None:
        """The filter with the suggestion put in; None where there is nothing to put in."""
        return None if self.fix is None else text[: self.fix.start] + self.fix.text + text[self.fix.end :]


# Where a condition stands in the text is no part of what it says: trees that say the same are equal.


@dataclass(frozen=True, slots=True)
class Word:
    """Text looked for in every column."""

    text: str
    position: int = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Equal:
    """A column is exactly this; "" is empty or missing."""

    field: str
    value: str
    position: int = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Like:
    """A column is these texts with anything, or nothing, between two of them: `a*` is ("a", "")."""

    field: str
    parts: tuple[str, ...]
    position: int = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A column, or with "" any column, holds what the pattern describes."""

    field: str
    pattern: str
    position: int = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Number:
    """A column is a number that compares so. `operator` is one of < <= > >=; the number is as typed."""

    field: str
    operator: str
    value: str
    position: int = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Instant:
    """The event is not before (`after`) or is before this time."""

    after: bool
    time_us: int
    position: int = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Marked:
    """People's work: `kind` is "tag", "has" or "in"."""

    kind: str
    value: str
    position: int = dataclasses.field(compare=False)


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
class Top:
    """One of the conditions that must all hold, and where it stands in the text."""

    node: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter understood. `root` None lets everything through; `tops` are the conditions side by side in it.

    Where it is `divided`, an OR stands outside of all parentheses, and the whole is one condition.
    """

    text: str
    root: Node | None
    tops: tuple[Top, ...] = ()
    divided: bool = False

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
