"""Taking a change back: the record that each item had before is written back, as new lines that name the old ones.

Nothing of the ledger goes away. An item that the change made is removed; its number is never given again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casebound.acts import MADE, REDONE, UNDOABLE, UNDONE, Act, words
from casebound.errors import NothingToDo
from casebound.store import models
from casebound.store.change import Change
from casebound.store.coherence import CITABLE, clashes
from casebound.store.records import KINDS, Kind
from casebound.store.restoring import write_back
from casebound_packaging.canonical import canonical
from casebound_packaging.disclosure import parse
from casebound_packaging.ledger import read

Record = dict[str, object]
_KINDS: Final = {kind.item_type: kind for kind in KINDS}
_PASSING: Final = frozenset({"opened", "revealed", "verified", "checked", "checkpointed", "copied"})
"""Lines that change nothing: what was done before them can still be taken back."""


class Overtaken(NothingToDo):
    """A change that cannot be taken back, because its items were changed since or are not told of any more."""


@dataclass(frozen=True, slots=True)
class _Touched:
    """An item that a change touched: its last line in it, its record then, and whether the change made it."""

    kind: Kind
    item_id: str
    seq: int
    record: Record
    made: bool

    @property
    def number(self) -> int:
        return int(self.item_id.rpartition("-")[2])


def take_back(change: Change, act: Act, reason: str) -> None:
    """Write back what every item of `act` was before. Raises `NothingToDo` where one was changed since."""
    if act.by != change.by:
        raise NothingToDo(
            f"This was done by {act.by}, and only {act.by} can take it back.",
            "Change or remove it instead; the custody record then names you.",
            meaning="Nothing was changed.",
        )
    session = change.session
    touched = _touched(session, act)
    rows, before = _rows(session, touched), _before(change, touched, act)
    for each in touched:
        row = rows.get((each.kind.item_type, each.number))
        if row is None:
            raise _lost()
        if canonical(each.kind.record(row, session)) != canonical(each.record):
            raise Overtaken(
                f"{_name(each)} was changed since, by {_last_author(session, each)}, so this cannot be taken back.",
                "Look at its history, and change it by hand.",
                meaning="Nothing was changed.",
            )
        record = before.get((each.kind.item_type, each.item_id))
        if record is None:
            raise _lost()
        write_back(session, row, record)
    session.flush()
    _require_coherent(session, touched, rows)
    change.undoing = True
    with change.gathering():
        for each in touched:
            row = rows[each.kind.item_type, each.number]
            change.kinds.add(each.kind.changes)
            texts = {"reason": reason, "record": each.kind.record(row, session)}
            change.note("corrected", (each.kind.item_type, each.item_id), texts, corrects=each.seq)


def _require_coherent(
    session: Session, touched: Iterable[_Touched], rows: Mapping[tuple[str, int], models.Base]
) -> None:
    """Raises `Overtaken` where what others did since would no longer fit."""
    there = [(each, rows[each.kind.item_type, each.number]) for each in touched if each.kind.item_type in CITABLE]
    gone = [row for each, row in there if getattr(row, "removed", False) and _makes(session, each.seq)]
    problem = next(clashes(session, list(rows.values()), gone), "")
    if problem:
        raise Overtaken(
            f"{problem}, so this cannot be taken back.",
            "Look at what was done since, and change it by hand.",
            meaning="Nothing was changed.",
        )


def last_act(session: Session, *, undone: bool) -> Act:
    """The last change of the case, from its ledger; with `undone`, one that took something back.

    Raises `NothingToDo` where the last change is none that can be taken back.
    """
    lines = _from_the_end(session)
    last = next((line for line in lines if line["action"] not in _PASSING), None)
    if last is None:
        raise NothingToDo("Nothing was done in this case yet.")
    group = [last]
    for line in lines:
        if (line["time"], line["actor"]) != (last["time"], last["actor"]) or line["action"] == "copied":
            break
        group.append(line)
    group.reverse()
    if any((str(line["action"]), _item(line)[0]) not in UNDOABLE for line in group):
        raise NothingToDo(
            "The last change of the case is none that can be taken back.",
            "What comes in and what leaves the case stays; marks, exhibits, findings and views can be taken back.",
        )
    first = group[0]
    seq = _seq(first)
    said = _said(session, seq)
    if (said.get("reason") == UNDONE) is not undone:
        raise NothingToDo(
            "The last change was no undo, so there is nothing to do again."
            if undone
            else "The last change of the case was taken back already.",
            "" if undone else "“casebound undo --redo” does it again.",
        )
    told = _words(session, group)
    return Act(seq, _seq(group[-1]), str(said.get("actor_name", "")), told)


def _words(session: Session, group: list[dict[str, object]]) -> str:
    """What a change did, in words; of an undo or a redo, what it took back or did again."""
    first, said = group[0], _said(session, _seq(group[0]))
    lines = {_seq(line): line for line in group}
    while said.get("reason") in (UNDONE, REDONE):
        seqs = [seq for line in lines.values() if isinstance(seq := line.get("corrects"), int)]
        if not seqs:
            break
        lines = {seq: _line(session, seq) for seq in seqs}
        first, said = lines[min(seqs)], _said(session, min(seqs))
    record = said.get("record")
    return words(str(first["action"]), _item(first), record if isinstance(record, Mapping) else {}, len(group))


def _makes(session: Session, seq: int) -> bool:
    """Whether a line made its item, or did its making again."""
    line = _line(session, seq)
    while _said(session, _seq(line)).get("reason") in (UNDONE, REDONE) and isinstance(line.get("corrects"), int):
        line = _line(session, int(str(line["corrects"])))
    return line["action"] in MADE


def _line(session: Session, seq: int) -> dict[str, object]:
    row = session.get(models.LedgerRow, seq)
    if row is None:
        raise _lost()
    return read(models.stored(row.line))


def _touched(session: Session, act: Act) -> list[_Touched]:
    line, said = models.LedgerRow, models.DisclosureRow
    query = (
        select(line.seq, line.line, line.item_type, line.item_id, said.encoded)
        .join(said, said.seq == line.seq)
        .where(line.seq.between(act.first, act.last), said.name == "record")
        .order_by(line.seq)
    )
    found: dict[tuple[str, str], _Touched] = {}
    for row in session.execute(query):
        item, record = (row.item_type, row.item_id), parse(row.encoded).value
        made = found[item].made if item in found else read(models.stored(row.line))["action"] in MADE
        assert isinstance(record, dict)
        found[item] = _Touched(_KINDS[row.item_type], row.item_id, row.seq, record, made)
    count = session.scalar(select(func.count()).where(line.seq.between(act.first, act.last)))
    if sum(1 for _ in session.execute(query)) != count:
        raise _lost()
    return list(reversed(found.values()))


def _rows(session: Session, touched: Iterable[_Touched]) -> dict[tuple[str, int], models.Base]:
    wanted: dict[str, list[int]] = {}
    for each in touched:
        wanted.setdefault(each.kind.item_type, []).append(each.number)
    rows: dict[tuple[str, int], models.Base] = {}
    for item_type, numbers in wanted.items():
        model: Any = _KINDS[item_type].model
        for start in range(0, len(numbers), 500):
            query = select(model).where(model.number.in_(numbers[start : start + 500]))
            rows |= {(item_type, row.number): row for row in session.scalars(query)}
    return rows


def _before(change: Change, touched: Iterable[_Touched], act: Act) -> dict[tuple[str, str], Record]:
    """What each item was before the change: its record then, or, where the change made it, removed."""
    found: dict[tuple[str, str], Record] = {}
    earlier: dict[str, list[str]] = {}
    for each in touched:
        if each.made:
            found[each.kind.item_type, each.item_id] = {**each.record, "removed": True}
        else:
            earlier.setdefault(each.kind.item_type, []).append(each.item_id)
    said = models.DisclosureRow
    for item_type, names in earlier.items():
        seqs = {seq: name for name, seq in change.last_records(item_type, names, act.first).items()}
        wanted = sorted(seqs)
        for start in range(0, len(wanted), 500):
            query = select(said.seq, said.encoded).where(said.seq.in_(wanted[start : start + 500]))
            for seq, encoded in change.session.execute(query.where(said.name == "record")):
                record = parse(encoded).value
                if isinstance(record, dict):
                    found[item_type, seqs[seq]] = record
    return found


def _lost() -> Overtaken:
    return Overtaken(
        "The custody record does not hold any more what this was before, so it cannot be taken back.",
        "Change it by hand.",
        meaning="Nothing was changed.",
    )


def _last_author(session: Session, each: _Touched) -> str:
    line = models.LedgerRow
    seq = session.scalar(
        select(func.max(line.seq)).where(line.item_type == each.kind.item_type, line.item_id == each.item_id)
    )
    return str(_said(session, seq or 0).get("actor_name") or "somebody")


def _said(session: Session, seq: int) -> dict[str, object]:
    said = models.DisclosureRow
    found = (parse(encoded) for encoded in session.scalars(select(said.encoded).where(said.seq == seq)))
    return {each.name: each.value for each in found}


def _from_the_end(session: Session) -> Iterator[dict[str, object]]:
    line = models.LedgerRow
    for row in session.scalars(select(line.line).order_by(line.seq.desc()).execution_options(yield_per=100)):
        yield read(models.stored(row))


def _item(line: Mapping[str, object]) -> tuple[str, str]:
    item = line["item"]
    assert isinstance(item, dict)
    return str(item["type"]), str(item["id"])


def _seq(line: Mapping[str, object]) -> int:
    seq = line["seq"]
    assert isinstance(seq, int)
    return seq


def _name(each: _Touched) -> str:
    return f"{each.kind.item_type.capitalize()} {each.item_id}" if each.item_id.isdigit() else each.item_id
