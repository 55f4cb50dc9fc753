"""Legal holds and transfers: every one of the case with its state, and the acts that change one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QWidget

from casebound.case import Direction, Hold, Snapshot, Transfer
from casebound.custodyacts import Item
from casebound.document import Case
from casebound_ui.desktop.controls import Button, column, label, row
from casebound_ui.desktop.custody_form import Act, Answers, Asked, CustodyForm, items_of, moment_of, typed
from casebound_ui.desktop.custody_words import item_name
from casebound_ui.desktop.overlay import Overlay
from casebound_ui.desktop.records import Cell, Field, RecordTable
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.wording import counted, day, inert

_ITEMS = Asked("items", "Which items of the case", "Such as attachment:3, EX-0001, S-01, package:2.")
_AT = Asked("at", "When", "Now where it is empty; else such as 2026-03-01T09:30Z (UTC).")
_WHY = Asked("reason", "Because", "It stands in the custody record, beside the earlier words.", needed=True)
_WAYS = ((Direction.TO.value, "To a custodian"), (Direction.FROM.value, "From a custodian"))


def put_to(snapshot: Snapshot, item: Item) -> frozenset[Item]:
    """An item and all that was put to it: its marks, its exhibit, what holds it, who had it."""
    found = {item}
    if item[0] == "attachment" and item[1].isdigit():
        number = int(item[1])
        found |= {("mark", str(mark.number)) for mark in snapshot.marks if mark.attachment == number}
        found |= {("exhibit", one.number) for one in snapshot.exhibits if one.attachment == number}
    inside = found.copy()
    found |= {("hold", hold.number) for hold in snapshot.holds if inside.intersection(hold.items)}
    found |= {("transfer", one.number) for one in snapshot.transfers if inside.intersection(one.items)}
    return frozenset(found)


def open_text(snapshot: Snapshot) -> str:
    """What is open, in words: holds in force, transfers that nobody has acknowledged; "" where nothing is."""
    holds = sum(hold.active for hold in snapshot.holds)
    waiting = sum(transfer.open for transfer in snapshot.transfers)
    parts = [f"{counted(holds, 'hold')} in force."] if holds else []
    parts += [f"{counted(waiting, 'transfer')} not acknowledged."] if waiting else []
    return " ".join(parts)


def _what(one: Hold | Transfer) -> str:
    named = [item_name(item) for item in one.items]
    return inert(", ".join([*named, one.what] if one.what else named) or "The whole case", 240)


def _state(one: Hold | Transfer) -> Cell:
    if isinstance(one, Hold):
        return Cell("In force" if one.active else "Released", "accent" if one.active else "neutral", chip=True)
    return Cell("Not acknowledged" if one.open else "Acknowledged", "accent" if one.open else "neutral", chip=True)


def _kind(one: Hold | Transfer) -> Cell:
    if isinstance(one, Hold):
        second = f"Ordered by {inert(one.authority, 120)}" if one.authority else "Who ordered it is not told"
        return Cell("Legal hold", kind="strong", second=second, prose=True)
    way = "To" if one.direction is Direction.TO else "From"
    return Cell(f"{way} {inert(one.custodian, 120)}", kind="strong", second=inert(one.means, 120), prose=True)


def _why(one: Hold | Transfer) -> Cell:
    if isinstance(one, Hold):
        ended = f"Released: {one.release_reason}" if one.released_at else ""
        return Cell(_what(one), second=inert(ended or one.reason, 240), prose=True)
    said = f"Acknowledged: {one.acknowledgement}" if one.acknowledged_at else one.purpose
    return Cell(_what(one), second=inert(said, 240), prose=True)


def _when(one: Hold | Transfer) -> datetime:
    return one.placed_at if isinstance(one, Hold) else one.at


class CustodyActs(Overlay):
    """The list, newest first, and below it what can be done."""

    def __init__(self, window: QWidget, session: CaseSession) -> None:
        super().__init__(window, 1040, 560)
        self._session = session
        self.form = CustodyForm(window)
        self.form.goes_with(self)
        self._text = label("", "body", "text2", wrap=True)
        self.table = RecordTable(
            (
                Field("No.", 70, lambda one: Cell(one.number)),
                Field("Date (UTC)", 118, lambda one: Cell(day(_when(one)), "text2")),
                Field("Hold or transfer", 240, _kind),
                Field("What, and why", 0, _why),
                Field("State", 150, _state),
            ),
            "Holds and transfers, newest first",
            height=46,
        )
        self.table.chosen.connect(lambda one: self._offer())
        self.hold = Button("Place a hold…", lambda: self.form.ask(self._new_hold()), icon="lock")
        self.transfer = Button("Record a transfer…", lambda: self.form.ask(self._new_transfer()), icon="package")
        self.end = Button("Release…", self._end)
        self.correct = Button("Correct…", lambda: self._ask(self._correction))
        self.mistake = Button("Entered by mistake…", lambda: self._ask(self._withdrawal))
        self.content.setContentsMargins(24, 20, 24, 20)
        self.content.addLayout(
            column(
                label("Holds and transfers", "h2"),
                self._text,
                self.table,
                row(self.end, self.correct, self.mistake, None, gap=8),
                row(self.hold, self.transfer, None, Button("Close", self.leave), gap=8),
                gap=12,
            )
        )
        self.destroyed.connect(session.changed.add(lambda kinds: self.refresh()))
        self.refresh()

    def refresh(self) -> None:
        """What the case holds now; the chosen one stays chosen."""
        snapshot = self._session.snapshot
        found: list[Hold | Transfer] = [*snapshot.holds, *snapshot.transfers]
        found.sort(key=lambda one: (_when(one), one.number), reverse=True)
        self.table.show_records(found, lambda one: one.number)
        self._text.setText(
            open_text(snapshot)
            or "Each act is an entry of the custody record; what was written down wrongly is corrected by a new one."
        )
        self._offer()

    def _offer(self) -> None:
        one: Hold | Transfer | None = self.table.record
        free = not self._session.read_only
        self.hold.setEnabled(free)
        self.transfer.setEnabled(free)
        ended = one is None or not (one.active if isinstance(one, Hold) else one.open)
        self.end.show_text("Acknowledged…" if isinstance(one, Transfer) else "Release…")
        self.end.setEnabled(free and not ended)
        self.correct.setEnabled(free and one is not None)
        self.mistake.setEnabled(free and one is not None)

    def _ask(self, act: Callable[[Hold | Transfer], Act]) -> None:
        if self.table.record is not None:
            self.form.ask(act(self.table.record))

    def _end(self) -> None:
        self._ask(lambda one: self._release(one) if isinstance(one, Hold) else self._acknowledgement(one))

    def _do(self, call: Callable[[Case], object]) -> None:
        self._session.change(call)

    # What is asked

    def _new_hold(self) -> Act:
        def do(said: Answers) -> None:
            items, at = items_of(said["items"]), moment_of(said["at"])
            self._do(
                lambda case: case.place_hold(
                    said["reason"], authority=said["authority"], what=said["what"], items=items, placed_at=at
                )
            )

        asked = (
            Asked("reason", "Reason", "Such as: litigation is expected.", needed=True),
            Asked("authority", "Ordered by", "A court, counsel, a policy."),
            Asked("what", "What is held", "Empty, and without items below: the whole case."),
            _ITEMS,
            _AT,
        )
        text = "A duty to keep, and on whose word. Nothing of a case is ever deleted by this program."
        return Act("Place a legal hold", text, "Place the hold", asked, do)

    def _new_transfer(self) -> Act:
        def do(said: Answers) -> None:
            items, at, way = items_of(said["items"]), moment_of(said["at"]), Direction(said["direction"])
            self._do(
                lambda case: case.record_transfer(
                    way, said["custodian"], said["purpose"], what=said["what"], items=items, means=said["means"], at=at
                )
            )

        asked = (
            Asked("direction", "Which way", choices=_WAYS),
            Asked("custodian", "The other custodian", "A person, an office.", needed=True),
            Asked("purpose", "Purpose", needed=True),
            Asked("what", "What changed hands", "In words, or by the items below."),
            _ITEMS,
            Asked("means", "How it went", "A courier, an encrypted disk and its number."),
            _AT,
        )
        text = "What came from somebody, or went to somebody, and what for. The acknowledgement follows when it comes."
        return Act("Record a transfer", text, "Write it down", asked, do)

    def _release(self, one: Hold) -> Act:
        def do(said: Answers) -> None:
            at = moment_of(said["at"])
            self._do(lambda case: case.release_hold(one.number, said["reason"], released_at=at))

        why = Asked("reason", "Because", "Such as: the matter was settled.", needed=True)
        return Act(f"Release hold {one.number}", _what(one), "Release the hold", (why, _AT), do)

    def _acknowledgement(self, one: Transfer) -> Act:
        def do(said: Answers) -> None:
            at = moment_of(said["at"])
            self._do(lambda case: case.acknowledge_transfer(one.number, said["by"], acknowledged_at=at))

        who = Asked("by", "Who acknowledged it, and how", "A signed form and its number, an answer.", needed=True)
        return Act(f"Transfer {one.number} was acknowledged", _what(one), "Write it down", (who, _AT), do)

    def _correction(self, one: Hold | Transfer) -> Act:
        items = Asked("items", _ITEMS.title, _ITEMS.hint, value=typed(one.items))
        what = Asked("what", "What it is, in words", value=one.what)
        at = Asked("at", "When", _AT.hint, value=_when(one).isoformat().replace("+00:00", "Z"))
        own: tuple[Asked, ...]
        if isinstance(one, Hold):
            own = (
                Asked("because", "Reason for the hold", needed=True, value=one.reason),
                Asked("authority", "Ordered by", value=one.authority),
            )
        else:
            own = (
                Asked("custodian", "The other custodian", needed=True, value=one.custodian),
                Asked("purpose", "Purpose", needed=True, value=one.purpose),
                Asked("means", "How it went", value=one.means),
            )

        def do(said: Answers) -> None:
            fields = {"what": said["what"], "items": items_of(said["items"])}
            moment = moment_of(said["at"])
            if isinstance(one, Hold):
                self._do(
                    lambda case: case.correct_hold(
                        one.number, said["reason"], reason=said["because"], authority=said["authority"],
                        placed_at=moment, **fields,
                    )
                )  # fmt: skip
            else:
                own_fields = {name: said[name] for name in ("custodian", "purpose", "means")}
                self._do(
                    lambda case: case.correct_transfer(one.number, said["reason"], at=moment, **own_fields, **fields)
                )

        text = "The entry with the earlier words stays. The new one names it."
        return Act(f"Correct {one.number}", text, "Correct it", (*own, what, items, at, _WHY), do)

    def _withdrawal(self, one: Hold | Transfer) -> Act:
        def do(said: Answers) -> None:
            if isinstance(one, Hold):
                self._do(lambda case: case.withdraw_hold(one.number, said["reason"]))
            else:
                self._do(lambda case: case.withdraw_transfer(one.number, said["reason"]))

        text = f"{_what(one)}. It is shown no more; the custody record keeps both entries."
        return Act(f"{one.number} was entered by mistake", text, "Take it off the list", (_WHY,), do)
