"""What can be written at a place of a filter: fields with their role, values with their counts, words of the language.

Nothing here reads events; what it needs of the case is handed over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from casebound.case import ColumnRole, MarkKind, Snapshot
from casebound.filtering import HAS, SPECIAL, term
from casebound.selections import FieldInfo
from casebound_ui.desktop.timeline.typing_place import TypingPlace
from casebound_ui.desktop.wording import count, counted, inert

MOST = 50  # values of a column
MOST_NAMES = 1_000
WIDEST = 80  # characters of a value that are shown
_COMPARED = re.compile(r"^[<>~]|\.\.|\*")
WORDS = (
    ("after", "events from a time on"),
    ("before", "events before a time"),
    ("has", "with a note, tag, exhibit …"),
    ("tag", "with a tag of yours"),
    ("in", "in a finding"),
    ("source", "from one export"),
    ("table", "from the exports of one kind"),
)
ROLES = (("actor", "who, in every export"), ("action", "what, in every export"), ("object", "on what, in every export"))
_ROLE_WORDS = {
    ColumnRole.TIME: "time", ColumnRole.ACTOR: "actor", ColumnRole.ACTION: "action", ColumnRole.OBJECT: "object",
    ColumnRole.ID: "identifier", ColumnRole.ENTITY: "entity", ColumnRole.NUMBER: "number", ColumnRole.TEXT: "text",
}  # fmt: skip
_HAS_WORDS = {
    "note": "a note", "tag": "a tag", "bookmark": "a bookmark", "attachment": "an attachment",
    "exhibit": "it is an exhibit", "mark": "any of these",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """`put` replaces what is being typed; `shown` and `said` are safe to draw. An `open` one is gone on with."""

    put: str
    shown: str
    said: str
    open: bool = False


def names(place: TypingPlace, fields: Sequence[FieldInfo]) -> list[Offer]:
    """Fields and words of the language that begin with what is typed, then those that hold it."""
    typed = place.typed.lower()
    offers: list[tuple[str, Offer]] = []
    known = {info.name.lower() for info in fields}
    for name, said in (*ROLES, *WORDS):
        if name not in known:
            offers.append((name, Offer(f"{name}:", f"{name}:", said, open=True)))
    several = len({number for info in fields for number in info.sources}) > 1
    for info in fields:
        where = f" · {counted(len(info.sources), 'export')}" if several else ""
        said = f"{_ROLE_WORDS[info.role]}{where}"
        put = term(info.name, "")[:-2]
        offers.append((info.name.lower(), Offer(put, f"{inert(info.name, WIDEST)}:", said, open=True)))
    found = [offer for name, offer in offers if name.startswith(typed)]
    found += [offer for name, offer in offers if typed in name and not name.startswith(typed)]
    if not place.first:
        joining = [Offer("OR ", "OR", "or what follows", open=True)]
        found = found + joining if typed == "" else joining + found if "or".startswith(typed) else found
    return found[:MOST_NAMES]


def of_people(place: TypingPlace, snapshot: Snapshot) -> list[Offer] | None:
    """Values of has:, tag:, in:, source: and table: from the case itself; None for every other field."""
    match "" if place.column else (place.field or "").lower():
        case "has":
            offers = [Offer(word, word, _HAS_WORDS[word]) for word in HAS]
        case "tag":
            tags: dict[str, int] = {}
            for mark in snapshot.marks:
                if mark.kind is MarkKind.TAG and not mark.removed and mark.event is not None:
                    tags[mark.text] = tags.get(mark.text, 0) + 1
            ranked = sorted(tags.items(), key=lambda item: (-item[1], item[0].lower()))
            offers = [value_offer(place, tag, number) for tag, number in ranked]
        case "in":
            offers = [
                Offer(finding.number, finding.number, inert(finding.sentence, WIDEST)) for finding in snapshot.findings
            ]
        case "source":
            offers = [
                Offer(one.label, one.label, f"{inert(one.name, 40)} · {counted(one.timed, 'event')}")
                for one in snapshot.sources
            ]
        case "table":
            tables: dict[str, int] = {}
            for one in snapshot.sources:
                tables[one.table] = tables.get(one.table, 0) + one.timed
            offers = [value_offer(place, table, number) for table, number in tables.items()]
        case _:
            return None
    typed = place.typed.lower()
    return [offer for offer in offers if typed in f"{offer.put} {offer.said}".lower()][:MOST_NAMES]


def times(place: TypingPlace, known: Sequence[tuple[str, str]]) -> list[Offer] | None:
    """Times for after: and before:, from those that matter now; None for every other field."""
    if place.column or (place.field or "").lower() not in ("after", "before"):
        return None
    return [Offer(text, text, said) for text, said in known if place.typed.lower() in text.lower()]


def askable(place: TypingPlace) -> bool:
    """Whether the values of a column are wanted here, and not a comparison, a pattern or stars."""
    column = place.column or (place.field or "").lower() not in SPECIAL
    return place.field is not None and column and (place.in_quotes or not _COMPARED.search(place.typed))


def values(place: TypingPlace, found: Sequence[tuple[str, int]], role: ColumnRole | None) -> list[Offer]:
    """Values of a column with their counts, then what else can stand there."""
    offers = [value_offer(place, value, number) for value, number in found if value]
    if place.typed:
        return offers
    more = [Offer('""', '""', "is empty or missing"), Offer("*", "*", "is not empty")]
    if role is ColumnRole.NUMBER:
        more = [Offer(">", ">", "more than a number", open=True), Offer("<", "<", "less than", open=True), *more]
    else:
        more.append(Offer("~", "~", "a pattern", open=True))
    return offers + more


def value_offer(place: TypingPlace, value: str, number: int) -> Offer:
    """A value as it must be written here."""
    put = term("x", value)[2:]
    if place.listed and (value.startswith("-") or value.lower() in ("or", "and", "not")):
        put = f'"{value}"'
    return Offer(put, inert(value, WIDEST), count(number))
