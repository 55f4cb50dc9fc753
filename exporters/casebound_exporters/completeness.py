"""What is enclosed and what is not, so that the sums balance for every source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from casebound.assurance import for_recipient
from casebound.case import Event, Mend, Snapshot, Source
from casebound.comparison import Comparison
from casebound.quarantine import Group
from casebound.recipes import spoken
from casebound_exporters.audience import WIDE, zone_origin
from casebound_exporters.queries import Question
from casebound_exporters.tables import Table
from casebound_exporters.timeline import utc
from casebound_exporters.views import ShownView
from casebound_packaging.canonical import canonical
from casebound_packaging.member import Member
from casebound_packaging.times import stamp


@dataclass(frozen=True, slots=True)
class Reason:
    """Why rows are set aside: count, line and byte of the first, and the first as found."""

    reason: str
    count: int
    first_line: int
    first_raw: str
    first_offset: int = -1


@dataclass(frozen=True, slots=True)
class Book:
    """One source: kept = cited + filtered + not_selected."""

    source: Source
    cited: int
    filtered: int
    not_selected: int
    filter: str | None
    reasons: tuple[Reason, ...]
    compared: tuple[Comparison, ...] = ()  # what was stated of the export, beside what came
    repeated: Mapping[int, int] = field(default_factory=dict)  # duplicates by the source of the first occurrence
    enclosed_aside: str = ""  # path of the member with the rows set aside; "" where they are not enclosed


def reasons(groups: Iterable[Group]) -> tuple[Reason, ...]:
    """Rows set aside, by what is wrong with them, in the order of the first of each; in the words of the first."""
    ordered = sorted(groups, key=lambda group: group.first.ordinal)
    return tuple(
        Reason(group.first.reason, group.count, group.first.line, group.first.raw, group.first.offset)
        for group in ordered
    )


def books(
    snapshot: Snapshot,
    tables: Sequence[Table],
    questions: Sequence[Question],
    views: Sequence[ShownView],
    events: Sequence[Event],
    set_aside: Mapping[int, Iterable[Group]],
    compared: Mapping[int, tuple[Comparison, ...]],
    repeated: Mapping[int, Mapping[int, int]],
    aside: Mapping[int, str],
) -> tuple[Book, ...]:
    """One book for each source. A row that is in a table and is an exhibit as well is counted once."""
    made = []
    for source in snapshot.sources:
        cited: set[int] = set()
        for table in tables:
            if table.name == source.table:
                cited |= table.rows.get((source.sha256, source.member), set())
        identity = (source.sha256, source.member, source.table)
        cited |= {e.id.ordinal for e in events if (e.id.sha256, e.id.member, e.id.table) == identity}
        own = [f"{one.measure.number}: {_condition(one)}" for one in questions if source in one.sources]
        own += [f"{one.view.number}: {_seen(one)}" for one in views if source.table in one.counts.tables]
        rest = source.kept - len(cited)
        filtered = rest if own else 0
        conditions = "; ".join(own) if filtered else None
        why, beside = reasons(set_aside.get(source.number, ())), compared.get(source.number, ())
        double, enclosed = repeated.get(source.number, {}), aside.get(source.number, "")
        made.append(Book(source, len(cited), filtered, rest - filtered, conditions, why, beside, double, enclosed))
    return tuple(made)


def _condition(question: Question) -> str:
    measure = question.measure
    return _words(measure.where, measure.from_us, measure.to_us)


def _seen(one: ShownView) -> str:
    return _words(one.view.where, one.view.from_us, one.view.to_us)


def _words(where: str, from_us: int | None, to_us: int | None) -> str:
    parts = [where or "every row"]
    if from_us is not None:
        parts.append(f"from {utc(from_us)}")
    if to_us is not None:
        parts.append(f"before {utc(to_us)}")
    return " ".join(parts)


def complete(books: Sequence[Book], attachments_held: int, attachments_enclosed: int) -> bool:
    """Whether every row kept and every attachment held is enclosed."""
    return attachments_held == attachments_enclosed and all(book.cited == book.source.kept for book in books)


def member(
    books: Sequence[Book],
    attachments: Mapping[str, int],
    ledger: Mapping[str, int],
    curated: Mapping[str, int] | None,
    recipient_class: str,
) -> Member:
    """`data/completeness.json`. `curated` are the counts of the evidence timeline, where somebody made one."""
    record = {
        "complete": complete(books, attachments["held"], attachments["enclosed"]),
        "sources": [_entry(book, recipient_class) for book in books],
        "attachments": dict(attachments),
        "ledger": dict(ledger),
        **({"chronology": dict(curated)} if curated is not None else {}),
    }
    return Member("data/completeness.json", "completeness", "application/json", canonical(record) + b"\n")


def _entry(book: Book, recipient_class: str) -> dict[str, object]:
    source = book.source
    return {
        "source": source.label,
        "file": source.name,
        "sha256": source.sha256,
        "size": source.size,
        "table": source.table,
        "read": source.read,
        "kept": source.kept,
        "quarantined": source.quarantined,
        "duplicates": source.duplicates,
        "expected": source.expected,
        "expected_from": source.expected_from or None,
        "cited": book.cited,
        "enclosed": book.cited,
        "filtered": book.filtered,
        "filter": book.filter,
        "not_selected": book.not_selected,
        "quarantine_reasons": [
            {"reason": one.reason, "count": one.count, "first_line": one.first_line} for one in book.reasons
        ],
        "repeated": [{"source": f"S-{number:02d}", "count": count} for number, count in book.repeated.items()],
        "mends": [_mend(one, recipient_class) for one in source.mends],
        "set_aside": book.enclosed_aside or None,
        "origin": for_recipient(source, names=recipient_class in WIDE),
        "compared": [
            {"fact": one.key, "stated": one.stated, "came": one.came, "agrees": one.agrees} for one in book.compared
        ],
        "window": _window(source.origin),
        "first": None if source.first_us is None else utc(source.first_us),
        "last": None if source.last_us is None else utc(source.last_us),
        "zone": (source.mapping.zone or "UTC") if source.first_us is not None else None,
        "zone_origin": zone_origin(source.mapping.zone_origin, recipient_class)
        if source.first_us is not None
        else None,
        # Added to every time of the source; the reason goes to those who get the whole custody record.
        "clock_us": source.clock_us,
        "clock_reason": (source.clock_reason or None) if recipient_class in WIDE else None,
    }


def _mend(one: Mend, recipient_class: str) -> dict[str, object]:
    """A mend, with the name of who did it where the recipient gets names."""
    recipe = {key: value for key, value in one.recipe.items() if key != "zone_origin"}
    return {
        "at": stamp(one.at),
        **({"by": one.by} if recipient_class in WIDE else {}),
        "how": spoken(one.recipe),
        "recipe": recipe,
        "read": one.read,
        "kept": one.kept,
        "quarantined": one.quarantined,
        "duplicates": one.duplicates,
    }


def _window(origin: Mapping[str, object] | None) -> dict[str, str | None] | None:
    """The window of the export as stated, in the words in which it was."""
    first, last = (origin or {}).get("window_start"), (origin or {}).get("window_end")
    if not isinstance(first, str) and not isinstance(last, str):
        return None
    return {"from": first if isinstance(first, str) else None, "to": last if isinstance(last, str) else None}
