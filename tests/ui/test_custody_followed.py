"""The custody record is recomputed once and followed: what is shown is what a look at the whole would say."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from casebound_packaging.ledger import GENESIS, Line, compose, line_hash
from casebound_ui.desktop import custody_record
from casebound_ui.desktop.custody_links import RawLine, Walk, extended, recompute
from casebound_ui.desktop.main import Program

SIZE = 14
START = datetime(2026, 3, 1, 10, tzinfo=UTC)


def record(size: int = SIZE) -> list[RawLine]:
    made: list[RawLine] = []
    for seq in range(size):
        line = compose(
            Line(
                seq=seq,
                prev=made[-1].stored if made else GENESIS,
                time=START + timedelta(minutes=seq),
                actor="unauthenticated",
                action="created" if seq == 0 else "annotated",
                item_type="case" if seq == 0 else "mark",
                item_id="case" if seq == 0 else str(seq),
                inputs=(),
                outputs=(),
                disclosures=(),
            )
        )
        made.append(RawLine(line, line_hash(line), {"actor_name": "Mary Okafor"}))
    return made


WHOLE = record()


def harmed(lines: list[RawLine], kind: str, at: int) -> list[RawLine]:
    """One line removed, doubled, changed, changed with its stored seal, moved or made unreadable."""
    made = list(lines)
    raw = made[at]
    if kind == "removed":
        del made[at]
    elif kind == "doubled":
        made.insert(at, raw)
    elif kind == "swapped":
        made[at - 1], made[at] = made[at], made[at - 1]
    elif kind == "unreadable":
        made[at] = RawLine(b"\xff not a line", raw.stored, {})
    elif kind != "whole":
        entry = json.loads(raw.line)
        entry["item"]["id"] = "99"
        line = json.dumps(entry, separators=(",", ":"), sort_keys=True).encode()
        made[at] = RawLine(line, line_hash(line) if kind == "resealed" else raw.stored, raw.disclosures)
    return made


KINDS = st.sampled_from(("whole", "removed", "doubled", "swapped", "unreadable", "changed", "resealed"))


@given(KINDS, st.integers(0, SIZE - 1), st.lists(st.integers(0, SIZE), max_size=4))
def test_a_record_taken_in_pages_is_the_record_taken_at_once(kind: str, at: int, cuts: list[int]) -> None:
    lines = harmed(WHOLE, kind, at)
    walk = Walk()
    edges = [0, *sorted(cuts), len(lines)]
    for start, stop in pairwise(edges):
        walk.take(lines[start:stop])
    assert walk.chain(SIZE, WHOLE[-1].stored) == recompute(lines, SIZE, WHOLE[-1].stored)


@given(KINDS, st.integers(1, SIZE - 1), st.integers(0, SIZE - 1))
def test_what_follows_on_is_what_the_whole_says_or_nothing(kind: str, known: int, at: int) -> None:
    """Entries `known` to the end are new. Either the extension is the whole's own answer, or there is none."""
    before = recompute(WHOLE[:known], known, WHOLE[known - 1].stored)
    assert before.unbroken
    lines = WHOLE[:known] + harmed(WHOLE[known:], kind, min(at, SIZE - known - 1))
    found = extended(before, lines[known:], SIZE, WHOLE[-1].stored)
    whole = recompute(lines, SIZE, WHOLE[-1].stored)
    if whole.unbroken:
        assert found == whole
        assert found is not None and found.links[:known] == before.links
    else:
        assert found is None


def test_a_head_that_is_not_the_last_seal_is_no_extension() -> None:
    before = recompute(WHOLE[:5], 5, WHOLE[4].stored)
    assert extended(before, [], 5, WHOLE[4].stored) is before
    assert extended(before, [], 5, WHOLE[5].stored) is None
    assert extended(before, [], 4, WHOLE[3].stored) is None
    assert extended(before, WHOLE[5:6], 7, WHOLE[6].stored) is None
    assert extended(before, WHOLE[6:7], 6, WHOLE[6].stored) is None


def lengthen(program: Program, count: int) -> None:
    """Add entries behind the program's back, sealed as they should be."""
    assert program.session is not None
    base = sqlite3.connect(program.session.case.path / "case.db")
    size, head = base.execute('select ledger_size, ledger_head from "case"').fetchone()
    for seq in range(size, size + count):
        line = compose(
            Line(
                seq=seq,
                prev=head,
                time=START + timedelta(seconds=seq),
                actor="unauthenticated",
                action="opened",
                item_type="attachment",
                item_id="1",
                inputs=(),
                outputs=(),
                disclosures=(),
            )
        )
        head = line_hash(line)
        base.execute("insert into ledger values (?, ?, ?, ?, ?)", (seq, line, head, "attachment", "1"))
    base.execute('update "case" set ledger_size = ?, ledger_head = ?', (size + count, head))
    base.commit()
    base.close()


def test_an_act_reads_only_what_is_new(small_case: Program, settle, monkeypatch) -> None:
    session, case = small_case.session, small_case.case
    assert session is not None and case is not None
    settle(lambda: not session.custody.busy)
    before = session.custody.chain
    assert before is not None and before.unbroken
    asked: list[tuple[int, int | None]] = []
    read = session.case.ledger

    def counted(*, start: int = 0, limit: int | None = None):
        asked.append((start, limit))
        return read(start=start, limit=limit)

    monkeypatch.setattr(session.case, "ledger", counted)
    session.change(lambda held: held.add_finding("Three accounts asked for the same model."))
    settle(lambda: session.custody.chain is not before and not session.custody.busy)
    chain = session.custody.chain
    assert asked == [(before.size, 1)]
    assert chain.size == before.size + 1
    assert chain.links[: before.size] == before.links
    monkeypatch.undo()
    snapshot = session.snapshot
    lines = [RawLine(entry.line, entry.hash, entry.disclosures) for entry in session.case.ledger()]
    assert chain == recompute(lines, snapshot.ledger_size, snapshot.ledger_head)
    for said in (case.timeline.banner, case.overview.banner, case.custody.view.banner):
        assert said.head == "Custody unbroken."
        assert f"{chain.size} entries" in said.text
    assert case.custody.view.list.table.records.records[0].seq == before.size


def test_an_old_entry_changed_is_found_by_a_look_at_the_whole(small_case: Program, settle) -> None:
    session, case = small_case.session, small_case.case
    assert session is not None and case is not None
    settle(lambda: not session.custody.busy)
    base = sqlite3.connect(session.case.path / "case.db")
    line = base.execute("select line from ledger where seq = 1").fetchone()[0]
    base.execute("update ledger set line = ? where seq = 1", (line.replace(b'"actor"', b'"acter"', 1),))
    base.commit()
    base.close()
    small_case.commands.run("check-custody")
    settle(lambda: not session.custody.busy)
    assert session.custody.chain is not None
    assert session.custody.chain.break_seq == 1
    for said in (case.timeline.banner, case.overview.banner, case.custody.view.banner):
        assert said.head == "Custody broken at entry 1."


def test_a_long_record_is_checked_in_pages_and_the_list_follows(small_case: Program, settle, monkeypatch) -> None:
    monkeypatch.setattr(custody_record, "PAGE", 50)
    session, case = small_case.session, small_case.case
    assert session is not None and case is not None
    settle(lambda: not session.custody.busy)
    told: list[tuple[int, int]] = []
    lengthen(small_case, 420)
    end = session.custody.watch(lambda chain: None, lambda done, of: told.append((done, of)))
    session.custody.check()
    # What a person does meanwhile is not held up, and is in the record that comes out.
    session.change(lambda held: held.add_finding("Three accounts asked for the same model."))
    settle(lambda: not session.custody.busy and session.custody.chain.size == session.snapshot.ledger_size)
    end()
    assert len(told) >= 8
    assert session.custody.chain.unbroken
    shown = case.custody.view.list
    assert shown.table.records.rowCount() == session.custody.chain.size
    assert shown.table.records.records[0].action == "derived"
    small_case.window.go("custody")
    shown.field.setText("attachment opened")
    settle(lambda: shown._sieve is None)
    assert len(shown.table.records.records) == 420
    assert "hidden by the filter" in shown._count.text()
    # New entries that the filter hides change the count and no row.
    session.change(lambda held: held.add_finding("Two more did."))
    settle(lambda: not session.custody.busy and session.custody.chain.size == session.snapshot.ledger_size)
    assert len(shown.table.records.records) == 420
    assert f"420 of {session.custody.chain.size:,} entries" in shown._count.text()


def test_what_a_person_looks_at_stays_where_it_is(small_case: Program, settle, qtbot) -> None:
    session, case = small_case.session, small_case.case
    assert session is not None and case is not None
    lengthen(small_case, 200)
    small_case.window.go("custody")
    session.custody.check()
    settle(lambda: not session.custody.busy and session.custody.chain.size > 200)
    table = case.custody.view.list.table
    table.selectRow(100)
    table.scrollTo(table.model().index(100, 0))
    chosen, top = table.record, table.rowAt(4)
    assert top > 0
    session.change(lambda held: held.add_finding("Three accounts asked for the same model."))
    settle(lambda: not session.custody.busy and session.custody.chain.size == session.snapshot.ledger_size)
    assert table.record == chosen
    assert table.rowAt(4) == top + 1
