"""The ledger: what a line may be, and that each kind of tampering is found and named."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from ledgermaking import BEGIN, Ledger, busy_ledger

from casebound_packaging import merkle
from casebound_packaging.canonical import canonical, load
from casebound_packaging.disclosure import disclose
from casebound_packaging.finding import Finding
from casebound_packaging.ledger import (
    GENESIS,
    Line,
    compose,
    compose_attached,
    examine,
    leaves,
    line_hash,
    omitted,
    read,
)
from casebound_packaging.times import stamp

ROOT = "ab" * 32


def line(**changes: object) -> Line:
    values: dict[str, object] = {
        "seq": 3,
        "prev": ROOT,
        "time": BEGIN,
        "actor": "unauthenticated",
        "action": "annotated",
        "item_type": "mark",
        "item_id": "19",
    }
    return Line(**(values | changes))  # type: ignore[arg-type]


def problems(findings: list[Finding]) -> str:
    return "\n".join(f"{finding.item}: {finding.problem}" for finding in findings)


def altered(data: bytes, **changes: object) -> bytes:
    record = json.loads(data)
    record.update(changes)
    return canonical(record)


# A line


def test_a_line_is_written_as_the_format_says() -> None:
    told = disclose("text", "hello", bytes(16))
    moment = datetime(2026, 3, 1, 11, 30, tzinfo=timezone(timedelta(hours=2)))
    data = compose(line(time=moment, inputs=(ROOT,), disclosures=(told,)))
    assert load(data) == {
        "v": 1,
        "seq": 3,
        "prev": ROOT,
        "time": "2026-03-01T09:30:00.000000Z",
        "clock": "system",
        "actor": "unauthenticated",
        "action": "annotated",
        "item": {"type": "mark", "id": "19"},
        "inputs": [ROOT],
        "outputs": [],
        "tool": {"name": "casebound", "version": "0.1.0"},
        "_sd": [told.digest],
    }
    assert canonical(load(data)) == data
    assert b"hello" not in data
    assert line_hash(data) == merkle.leaf_hash(data).hex()


def test_an_attached_line_carries_its_link() -> None:
    record = read(compose(line(action="attached", item_type="attachment", attachment=1, attachment_prev=GENESIS)))
    assert (record["attachment"], record["attachment_prev"]) == (1, GENESIS)


def test_a_corrected_line_names_an_earlier_one() -> None:
    assert read(compose(line(action="corrected", corrects=2)))["corrects"] == 2


def test_an_omitted_line_keeps_the_hash_of_the_line_it_stands_for() -> None:
    data = compose(line())
    stand_in = omitted(3, line_hash(data))
    assert read(stand_in) == {"omitted": line_hash(data), "seq": 3}
    assert line_hash(stand_in) == line_hash(data)
    assert leaves([stand_in]) == leaves([data])


@pytest.mark.parametrize(
    "changes",
    [
        {"seq": -1},
        {"seq": True},
        {"prev": "00"},
        {"prev": ROOT.upper()},
        {"actor": "Mary"},
        {"action": "deleted"},
        {"item_type": "person"},
        {"item_id": ""},
        {"item_id": "a name with spaces"},
        {"item_id": "x" * 65},
        {"inputs": ("00",)},
        {"outputs": (ROOT.upper(),)},
        {"attachment": 1, "attachment_prev": GENESIS},  # not an attached line
        {"action": "attached"},
        {"action": "attached", "attachment": 0, "attachment_prev": GENESIS},
        {"action": "attached", "attachment": 1, "attachment_prev": ""},
        {"corrects": 1},
        {"action": "corrected"},
        {"action": "corrected", "corrects": 3},
        {"disclosures": (disclose("a", 1), disclose("a", 2))},
        {"time": datetime(2026, 3, 1)},  # noqa: DTZ001
    ],
)
def test_what_the_format_does_not_know_cannot_be_written(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        compose(line(**changes))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        compose(line()) + b"\n",
        compose(line()) + b" ",
        compose(line()).replace(b'"v":1', b'"v":2'),
        compose(line()).replace(b'"v":1', b'"v":true'),
        compose(line()).replace(b'"v":1', b'"v":1.0'),
        compose(line()).replace(b'"seq":3', b'"seq":3.0'),
        compose(line()).replace(b'"seq":3', b'"seq": 3'),
        compose(line()).replace(b'"annotated"', b'"\\u0061nnotated"'),
        compose(line()).replace(b'"clock":"system"', b'"clock":"tsa"'),
        compose(line()).replace(b'"seq":3', b'"seq":3,"text":"a secret"'),
        compose(line()).replace(b'"seq":3', b'"seq":3,"seq":3'),
        compose(line()).replace(b'"_sd":[]', b'"_sd":["short"]'),
        compose(line(disclosures=(disclose("a", 1),))).replace(
            b'"_sd":[', b'"_sd":["' + b"A" * 43 + b'","' + b"A" * 43 + b'",'
        ),
        altered(compose(line()), tool={"name": "casebound", "version": 1}),
        altered(compose(line()), item={"type": "mark", "id": "19", "name": "Ana"}),
        altered(compose(line()), item=["mark", "19"]),
        altered(compose(line()), time="2026-03-01T09:30:00Z"),
        altered(compose(line()), inputs=ROOT),
        b'{"omitted":"' + b"a" * 64 + b'"}',
        b'{"omitted":"' + b"a" * 63 + b'","seq":1}',
        b'{"omitted":"' + b"a" * 64 + b'","seq":-1}',
        b'{"seq":1,"omitted":"' + b"a" * 64 + b'"}',
        b'{"omitted":"' + b"a" * 64 + b'","seq":1,"text":"x"}',
    ],
)
def test_lines_that_are_not_exactly_version_1_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        read(data)


# The whole


def test_an_untouched_ledger_holds() -> None:
    ledger = busy_ledger()
    root = merkle.root(leaves(ledger.lines)).hex()
    assert examine(ledger.lines, ledger.disclosures, ledger.head, size=len(ledger.lines), root=root) == []


def test_it_still_holds_with_texts_withheld_and_lines_omitted() -> None:
    ledger = busy_ledger()
    root = merkle.root(leaves(ledger.lines)).hex()
    some = [given for given in ledger.disclosures if given[0] not in (2, 3)]
    assert examine(ledger.without(2, 3), some, ledger.head, size=len(ledger.lines), root=root) == []


def test_an_altered_line_breaks_the_chain_and_later_entries_are_not_proved() -> None:
    ledger = busy_ledger()
    ledger.lines[2] = altered(ledger.lines[2], action="linked")
    found = examine(ledger.lines, ledger.disclosures)
    assert [finding.item for finding in found] == ["ledger entry 3", "ledger entries 3 to 8"]
    assert "chain is broken between entries 2 and 3" in found[0].problem
    assert "not proved" in found[1].problem


def test_every_break_is_told_and_not_only_the_first() -> None:
    ledger = busy_ledger()
    for seq in (2, 6):
        ledger.lines[seq] = altered(ledger.lines[seq], action="linked")
    assert [finding.item for finding in examine(ledger.lines, ledger.disclosures)] == [
        "ledger entry 3",
        "ledger entry 7",
        "ledger entries 3 to 8",
    ]


def test_a_line_that_is_no_line_is_named_by_its_place() -> None:
    ledger = busy_ledger()
    ledger.lines[4] = b"something else"
    found = examine(ledger.lines, [])
    assert found[0].item == "ledger line 5"
    assert "entry 5" in found[1].item


def test_two_exchanged_lines_are_reordered_by_name() -> None:
    ledger = busy_ledger()
    ledger.lines[2], ledger.lines[5] = ledger.lines[5], ledger.lines[2]
    text = problems(examine(ledger.lines, ledger.disclosures))
    assert "entry 5 stands where entry 2 belongs" in text
    assert "entry 2 stands where entry 5 belongs" in text


def test_a_repeated_line_is_told() -> None:
    ledger = busy_ledger()
    ledger.lines.insert(3, ledger.lines[3])
    assert "ledger entry 3: This entry's number stands 2 times" in problems(examine(ledger.lines, []))


def test_a_missing_line_is_told_with_its_number() -> None:
    ledger = busy_ledger()
    del ledger.lines[3:5]
    text = problems(examine(ledger.lines, []))
    assert "ledger entries 3 to 4: Missing from the ledger: 2 entries deleted before entry 5" in text
    assert "entry 4, which entry 5 names, is not there" in text


def test_a_cut_off_beginning_is_told() -> None:
    ledger = busy_ledger()
    text = problems(examine(ledger.lines[2:], []))
    assert "ledger entries 0 to 1: Missing" in text


@pytest.mark.parametrize("kept", [1, 4, 8])
def test_a_truncated_ledger_is_told_when_its_end_is_known(kept: int) -> None:
    ledger = busy_ledger()
    given = [pair for pair in ledger.disclosures if pair[0] < kept]
    assert examine(ledger.lines[:kept], given) == [], "a chain alone cannot know"
    assert "truncated" in problems(examine(ledger.lines[:kept], given, size=9))
    assert "truncated" in problems(examine(ledger.lines[:kept], given, ledger.head))
    root = merkle.root(leaves(ledger.lines)).hex()
    assert "not the one that its checkpoint signs" in problems(examine(ledger.lines[:kept], given, root=root))


def test_an_empty_ledger_is_a_finding() -> None:
    assert "empty" in problems(examine([], []))
    assert "truncated" in problems(examine([], [], ROOT, size=4))


def test_lines_added_after_the_known_end_are_told() -> None:
    ledger = busy_ledger()
    head = ledger.head
    ledger.add("annotated", "mark", "99")
    text = problems(examine(ledger.lines, ledger.disclosures, head, size=9))
    assert "1 entry more than are signed for" in text
    assert "known to be entry 8: what follows it was added" in text


def test_a_ledger_written_anew_as_a_whole_is_told_only_by_its_root() -> None:
    ours, other = busy_ledger(), busy_ledger()
    assert examine(other.lines, other.disclosures, size=9) == [], "every check inside passes"
    root = merkle.root(leaves(ours.lines)).hex()
    assert "not the one that its checkpoint signs" in problems(examine(other.lines, other.disclosures, root=root))


def test_an_altered_line_before_an_omitted_one_is_told_by_the_root() -> None:
    ledger = busy_ledger()
    root = merkle.root(leaves(ledger.lines)).hex()
    lines = ledger.without(4)
    lines[3] = altered(lines[3], item={"type": "attachment", "id": "77"})
    assert "not the one that its checkpoint signs" in problems(examine(lines, [], ledger.head, root=root))


def test_created_is_the_first_action_and_only_that() -> None:
    ledger = Ledger()
    ledger.add("received", "source", "1")
    ledger.add("created", "case", "1")
    items = [finding.item for finding in examine(ledger.lines, [])]
    assert items == ["ledger entry 0", "ledger entry 1"]


# Attachments, by an insider who chained all lines anew


def relinked(numbers: list[tuple[int, str]]) -> Ledger:
    """A sound line chain whose attached lines carry these numbers and links."""
    ledger = Ledger()
    ledger.add("created", "case", "1")
    for number, previous in numbers:
        ledger.add("attached", "attachment", str(number), attachment=number, attachment_prev=previous)
    return ledger


def test_a_deleted_attachment_is_named_though_the_lines_were_chained_anew() -> None:
    kept = busy_ledger()
    third = read(kept.lines[5])
    ledger = Ledger()
    ledger.add("created", "case", "1")
    first = ledger.add("attached", "attachment", "1", attachment=1, attachment_prev=GENESIS)
    ledger.add("attached", "attachment", "3", attachment=3, attachment_prev=str(third["attachment_prev"]))
    found = examine(ledger.lines, [])
    assert [finding.item for finding in found] == ["attachment 2"]
    assert "deleted" in found[0].problem
    assert first != third["attachment_prev"]


def test_swapped_attachments_are_named() -> None:
    ledger = Ledger()
    ledger.add("created", "case", "1")
    one = ledger.add("attached", "attachment", "1", attachment=1, attachment_prev=GENESIS)
    ledger.add("attached", "attachment", "3", attachment=3, attachment_prev=one)
    ledger.add("attached", "attachment", "2", attachment=2, attachment_prev=ledger.head)
    text = problems(examine(ledger.lines, []))
    assert "attachment 2: The attachments were reordered: attachment 2 (entry 3) comes after attachment 3" in text
    assert "attachment 2: It names attachment 3 as the one before it, not attachment 1" in text
    assert "attachment 3: It names attachment 1 as the one before it, not attachment 2" in text


def test_a_replaced_attachment_is_named() -> None:
    ledger = relinked([(1, GENESIS), (2, ROOT)])
    found = examine(ledger.lines, [])
    assert [finding.item for finding in found] == ["attachment 2"]
    assert "attachment 1 was altered, swapped or replaced" in found[0].problem


def test_an_attachment_number_given_twice_is_named() -> None:
    ledger = Ledger()
    ledger.add("created", "case", "1")
    ledger.add("attached", "attachment", "1", attachment=1, attachment_prev=GENESIS)
    ledger.add("attached", "attachment", "1", attachment=1, attachment_prev=GENESIS)
    assert "attachment 1: This number was given twice: by entries 1 and 2" in problems(examine(ledger.lines, []))


def test_a_first_attachment_with_one_before_it_is_named() -> None:
    assert "attachment 1: The first attachment names one before it" in problems(
        examine(relinked([(1, ROOT)]).lines, [])
    )


def test_attachments_deleted_in_front_are_named() -> None:
    found = examine(relinked([(3, ROOT)]).lines, [])
    assert [finding.item for finding in found] == ["attachments 1 to 2"]


def test_the_chain_runs_through_omitted_attachments() -> None:
    ledger = busy_ledger(attachments=4)
    seqs = [seq for seq, data in enumerate(ledger.lines) if b'"attachment":' in data]
    for hidden in ([0], [1], [1, 2], [0, 1, 2], [3], [0, 1, 2, 3]):
        gone = [seqs[place] for place in hidden]
        given = [pair for pair in ledger.disclosures if pair[0] not in gone]
        assert examine(ledger.without(*gone), given, ledger.head) == [], hidden


def test_an_omitted_line_elsewhere_does_not_stand_for_a_deleted_attachment() -> None:
    """Attachment 2 was never attached: the omitted line is a note's, and the link points nowhere."""
    ledger = Ledger()
    ledger.add("created", "case", "1")
    ledger.add("attached", "attachment", "1", attachment=1, attachment_prev=GENESIS)
    ledger.add("annotated", "mark", "1")
    ledger.add("attached", "attachment", "3", attachment=3, attachment_prev=ROOT)
    assert [finding.item for finding in examine(ledger.without(2), [])] == ["attachment 2"]


# Disclosures


def test_a_text_that_the_entry_is_not_committed_to_is_told() -> None:
    ledger = busy_ledger()
    found = examine(ledger.lines, [(1, disclose("title", "another title").encoded)])
    assert [finding.item for finding in found] == ["disclosure “title” for entry 1"]
    assert "not committed" in found[0].problem


def test_a_text_under_another_entry_is_told() -> None:
    ledger = busy_ledger()
    seq, encoded = ledger.disclosures[2]
    assert "belongs to another entry" in problems(examine(ledger.lines, [(seq + 1, encoded)]))


def test_a_text_given_twice_is_told() -> None:
    ledger = busy_ledger()
    assert "given twice" in problems(examine(ledger.lines, [ledger.disclosures[1], *ledger.disclosures]))


def test_a_text_for_an_omitted_or_absent_entry_is_told() -> None:
    ledger = busy_ledger()
    assert "omitted" in problems(examine(ledger.without(2), [ledger.disclosures[2]]))
    assert "not committed" in problems(examine(ledger.lines, [(99, ledger.disclosures[2][1])]))


def test_two_texts_under_one_name_are_told() -> None:
    first, second = disclose("title", "A"), disclose("title", "B")
    data = altered(compose(line(seq=0, prev=GENESIS, action="created")), _sd=sorted([first.digest, second.digest]))
    found = examine([data], [(0, first.encoded), (0, second.encoded)])
    assert "two texts under this name" in problems(found)


def test_a_malformed_disclosure_is_told() -> None:
    ledger = busy_ledger()
    assert "not a well-formed disclosure" in problems(examine(ledger.lines, [(0, "!!")]))


@pytest.mark.parametrize("inputs", [(), ("ab" * 32,)])
@pytest.mark.parametrize("actor", ["unauthenticated", "cd" * 32])
def test_the_fast_way_to_write_attachments_writes_what_the_other_does(inputs: tuple[str, ...], actor: str) -> None:
    now = datetime(2026, 3, 1, 9, 30, 0, 5, tzinfo=UTC)
    said = tuple(disclose(name, "…") for name in ("name", "title", "record"))
    slow = compose(Line(7, "12" * 32, now, actor, "attached", "attachment", "3", inputs, (), said, 3, "34" * 32))
    fast = compose_attached(
        seq=7,
        prev="12" * 32,
        time=stamp(now),
        actor=actor,
        number=3,
        inputs=inputs,
        digests=[one.digest for one in said],
        attachment_prev="34" * 32,
    )
    assert fast == slow
    assert read(fast)["attachment"] == 3
