"""The custody record, broken in every way: the entry is named, what stands after it is not proved."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from casebound_packaging.ledger import GENESIS, Line, compose, line_hash, omitted
from casebound_ui.desktop.custody_links import (
    BROKEN,
    MISSING,
    SEALED,
    UNPROVED,
    WITHHELD,
    Chain,
    RawLine,
    recompute,
)

SIZE = 12


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    made: list[bytes] = []
    for seq in range(SIZE):
        line = Line(
            seq=seq,
            prev=line_hash(made[-1]) if made else GENESIS,
            time=datetime(2026, 3, 1, 10, seq, tzinfo=UTC),
            actor="unauthenticated",
            action="created" if seq == 0 else "annotated",
            item_type="case" if seq == 0 else "mark",
            item_id="case" if seq == 0 else str(seq),
            inputs=(),
            outputs=(),
            disclosures=(),
        )
        made.append(compose(line))
    return made


def chain(lines: list[bytes], head: str, size: int = SIZE, stored: list[str] | None = None) -> Chain:
    hashes = stored or [""] * len(lines)
    return recompute([RawLine(line, kept, {}) for line, kept in zip(lines, hashes, strict=True)], size, head)


def states(found: Chain) -> list[str]:
    return [link.state for link in found.links]


def test_a_whole_record_is_unbroken(lines: list[bytes]) -> None:
    found = chain(lines, line_hash(lines[-1]), stored=[line_hash(line) for line in lines])
    assert found.unbroken
    assert states(found) == [SEALED] * SIZE
    assert found.verdict()[0] == "Custody unbroken."
    assert "12 entries" in found.verdict()[1]


@pytest.mark.parametrize("removed", range(SIZE))
def test_a_removed_entry_is_named(lines: list[bytes], removed: int) -> None:
    rest = lines[:removed] + lines[removed + 1 :]
    found = chain(rest, line_hash(lines[-1]))
    assert found.break_seq == removed
    assert states(found) == [SEALED] * removed + [MISSING] + [UNPROVED] * (SIZE - removed - 1)
    head, text = found.verdict()
    assert head == f"Custody broken at entry {removed}."
    if removed < SIZE - 2:
        assert f"{removed + 1} to {SIZE - 1} are not proved" in text
    assert found.links[removed].title == f"Entry {removed} is missing"


@pytest.mark.parametrize("changed", range(SIZE))
def test_a_changed_entry_is_named(lines: list[bytes], changed: int) -> None:
    entry = json.loads(lines[changed])
    entry["clock"] = "other"
    altered = json.dumps(entry, separators=(",", ":"), sort_keys=True).encode()
    for stored in (None, [line_hash(line) for line in lines]):
        found = chain([*lines[:changed], altered, *lines[changed + 1 :]], line_hash(lines[-1]), stored=stored)
        assert found.break_seq == changed
        assert states(found) == [SEALED] * changed + [BROKEN] + [UNPROVED] * (SIZE - changed - 1)
        assert found.links[changed].problem


def test_a_cut_tail_is_found_by_the_head_and_the_count(lines: list[bytes]) -> None:
    found = chain(lines[:-3], line_hash(lines[-1]))
    assert found.break_seq == SIZE - 3
    assert states(found)[-3:] == [MISSING, UNPROVED, UNPROVED] or states(found)[-3:] == [MISSING] * 3


def test_two_entries_that_changed_places_are_found(lines: list[bytes]) -> None:
    swapped = [*lines[:4], lines[5], lines[4], *lines[6:]]
    found = chain(swapped, line_hash(lines[-1]))
    assert found.break_seq == 4
    assert not found.unbroken


def test_a_withheld_entry_keeps_the_chain_whole(lines: list[bytes]) -> None:
    given = [*lines[:5], omitted(5, line_hash(lines[5])), *lines[6:]]
    found = chain(given, "", 0)
    assert found.unbroken
    assert states(found) == [SEALED] * 5 + [WITHHELD] + [SEALED] * 6


def test_a_withheld_entry_with_another_hash_breaks_it(lines: list[bytes]) -> None:
    given = [*lines[:5], omitted(5, "a" * 64), *lines[6:]]
    assert chain(given, "", 0).break_seq == 5


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b'{"seq":true}', b'{"seq":"x","prev":3}', b"\xff\xfe"])
def test_a_line_of_nonsense_is_a_break_and_no_crash(lines: list[bytes], line: bytes) -> None:
    found = chain([*lines[:3], line, *lines[4:]], line_hash(lines[-1]))
    assert found.break_seq == 3
