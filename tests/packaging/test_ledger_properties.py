"""Whatever is done to a ledger or to its parts, `examine` says so, and nothing makes it raise."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from ledgermaking import Ledger, busy_ledger

from casebound_packaging import merkle
from casebound_packaging.canonical import canonical, load
from casebound_packaging.ledger import GENESIS, examine, leaves, read

LEDGER: Ledger = busy_ledger(attachments=4, notes=6)
SIZE = len(LEDGER.lines)
ROOT = merkle.root(leaves(LEDGER.lines)).hex()
PLACES = st.integers(0, SIZE - 1)


def findings(lines: list[bytes]) -> int:
    return len(examine(lines, LEDGER.disclosures, LEDGER.head))


@given(PLACES)
def test_any_line_deleted_is_found(place: int) -> None:
    assert findings(LEDGER.lines[:place] + LEDGER.lines[place + 1 :])


@given(PLACES, PLACES)
def test_any_line_repeated_anywhere_is_found(place: int, at: int) -> None:
    assert findings([*LEDGER.lines[:at], LEDGER.lines[place], *LEDGER.lines[at:]])


@given(PLACES, PLACES)
def test_any_two_lines_swapped_are_found(first: int, second: int) -> None:
    lines = list(LEDGER.lines)
    lines[first], lines[second] = lines[second], lines[first]
    assert bool(findings(lines)) == (first != second)


@given(st.permutations(LEDGER.lines))
def test_any_other_order_is_found(lines: list[bytes]) -> None:
    assert bool(findings(lines)) == (lines != LEDGER.lines)


@settings(max_examples=400)
@given(PLACES, st.data())
def test_any_bit_flipped_is_found(place: int, data: st.DataObject) -> None:
    line = bytearray(LEDGER.lines[place])
    at = data.draw(st.integers(0, len(line) - 1))
    line[at] ^= 1 << data.draw(st.integers(0, 7))
    assert findings([*LEDGER.lines[:place], bytes(line), *LEDGER.lines[place + 1 :]])


@given(st.sets(PLACES), PLACES, st.integers(0, 7))
def test_any_change_to_a_ledger_with_omitted_lines_is_found_by_its_root(gone: set[int], place: int, bit: int) -> None:
    lines = LEDGER.without(*gone)
    given_texts = [pair for pair in LEDGER.disclosures if pair[0] not in gone]
    assert examine(lines, given_texts, LEDGER.head, size=SIZE, root=ROOT) == []
    line = bytearray(lines[place])
    line[len(line) // 2] ^= 1 << bit
    lines[place] = bytes(line)
    assert examine(lines, given_texts, LEDGER.head, size=SIZE, root=ROOT)


@given(st.lists(st.sampled_from([*LEDGER.lines, *LEDGER.without(*range(SIZE))]) | st.binary(max_size=30), max_size=20))
def test_no_ledger_makes_it_raise(lines: list[bytes]) -> None:
    examine(lines, LEDGER.disclosures, LEDGER.head, size=SIZE, root=ROOT)


@given(st.lists(st.tuples(st.integers(-5, 30), st.text(max_size=20)), max_size=10))
def test_no_disclosures_make_it_raise(disclosures: list[tuple[int, str]]) -> None:
    assert len(examine(LEDGER.lines, disclosures)) == len(disclosures)


@given(PLACES)
def test_the_quick_test_of_the_spelling_agrees_with_the_standard(place: int) -> None:
    for line in (LEDGER.lines[place], LEDGER.without(place)[place]):
        assert canonical(load(line)) == line
        assert read(line) == load(line)


def chained(links: list[tuple[int, str]]) -> list[bytes]:
    """A sound chain of lines whose attached lines have these numbers and links: an insider's work."""
    ledger = Ledger()
    ledger.add("created", "case", "1")
    for number, previous in links:
        ledger.add("attached", "attachment", str(number), attachment=number, attachment_prev=previous)
    return ledger.lines


def links(count: int) -> list[tuple[int, str]]:
    """The links of attachments 1 to `count` as they were made."""
    ledger = Ledger()
    ledger.add("created", "case", "1")
    made: list[tuple[int, str]] = []
    previous = GENESIS
    for number in range(1, count + 1):
        made.append((number, previous))
        previous = ledger.add("attached", "attachment", str(number), attachment=number, attachment_prev=previous)
    return made


MADE = links(5)


@given(st.lists(st.sampled_from(MADE), max_size=7))
def test_attachments_chained_anew_are_found_unless_only_the_last_are_gone(some: list[tuple[int, str]]) -> None:
    found = examine(chained(some), [])
    assert bool(found) == (some != MADE[: len(some)])
    assert all(finding.item.startswith("attachment") for finding in found)
