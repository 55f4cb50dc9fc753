"""Which words of a filter are worth showing in the cells. Free of Qt."""

from __future__ import annotations

from collections.abc import Iterator

from casebound.errors import CaseboundError
from casebound.filter_tree import Either, Every, Like, Node, Word
from casebound.filtering import parse

SHORTEST = 2  # characters: a single letter stands everywhere


def words_of(where: str) -> tuple[str, ...]:
    """Texts in lower case that the filter looks for somewhere in a value; none of those that it leaves out, or that
    are a whole value anyway."""
    try:
        root = parse(where).root
    except CaseboundError:
        return ()
    found = _words(root) if root is not None else ()
    return tuple(dict.fromkeys(word.lower() for word in found if len(word) >= SHORTEST))


def _words(node: Node) -> Iterator[str]:
    if isinstance(node, Word):
        yield node.text
    elif isinstance(node, Like):
        yield from node.parts
    elif isinstance(node, Every | Either):
        for part in node.parts:
            yield from _words(part)
