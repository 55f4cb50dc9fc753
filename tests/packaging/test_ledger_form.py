"""The quick readers of lines and disclosures agree with the thorough ones on whatever stands there."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ledgermaking import busy_ledger

from casebound_packaging.canonical import canonical, is_surely_canonical, load
from casebound_packaging.disclosure import b64u, digest, disclose, parse, told
from casebound_packaging.ledger import compose, line_hash, omitted, read
from casebound_packaging.ledgerform import committed, entry
from casebound_packaging.ledgerline import GENESIS, Line

LEDGER = busy_ledger()
CORRECTED = compose(
    Line(9, "ab" * 32, datetime(2026, 3, 1, tzinfo=UTC), "cd" * 32, "corrected", "source", "4",
         inputs=("12" * 32, "34" * 32), disclosures=(disclose("a", 1), disclose("b", 2)), corrects=2)
)  # fmt: skip
LINES = [*LEDGER.lines, CORRECTED, *LEDGER.without(*range(len(LEDGER.lines)))]


def same(data: bytes) -> None:
    """`entry` accepts what `read` accepts, says the same of it, and refuses the rest in the same words."""
    try:
        record = read(data)
    except ValueError as fault:
        with pytest.raises(ValueError) as told_fault:
            entry(data)
        assert str(told_fault.value) == str(fault)
        return
    found = entry(data)
    assert found.seq == record["seq"]
    assert found.hash == line_hash(data)
    assert found.omitted is ("omitted" in record)
    if not found.omitted:
        assert found.prev == record["prev"]
        assert found.created is (record["action"] == "created")
        assert found.attachment == record.get("attachment", 0)
        assert found.attachment_prev == record.get("attachment_prev", "")
        assert committed(data, found) == frozenset(record["_sd"])  # type: ignore[arg-type]


@pytest.mark.parametrize("data", LINES, ids=range(len(LINES)))
def test_every_line_is_read_alike(data: bytes) -> None:
    same(data)


@settings(max_examples=600)
@given(st.sampled_from(LINES), st.data())
def test_any_change_of_a_line_is_judged_alike(line: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(line) - 1))
    length = data.draw(st.integers(0, 3))
    put = data.draw(st.binary(max_size=3) | st.sampled_from([b'"', b"0", b" ", b"\\u0061", b"A", b",", b"}"]))
    same(line[:at] + put + line[at + length :])


VALUES = st.sampled_from(
    [
        0, 1, -1, 3, 2**53 - 1, 2**53, 10**15, 1.0, True, None, "", "x", "é", "\U0001f600", "system", "created",
        "attached", "corrected", "case", "attachment", "unauthenticated", "ab" * 32, "AB" * 32, [], {},
        ["ab" * 32], ["A" * 43], ["B" * 43, "A" * 43], ["A" * 43, "A" * 43], ["A" * 42],
        {"type": "case", "id": "1"}, {"type": "hold", "id": "H-01"}, {"type": "case", "id": "x" * 65},
        {"name": "casebound", "version": "é\n"}, {"name": "a", "version": '"'}, {"name": 1, "version": "1"},
        "2026-02-29T09:30:00.000000Z", "0000-01-01T09:30:00.000000Z", "2026-03-01T24:00:00.000000Z",
        "2026-03-01T23:59:60.000000Z", "2024-02-29T23:59:59.999999Z",
    ]
)  # fmt: skip


@settings(max_examples=600)
@given(st.sampled_from(LINES), st.dictionaries(st.sampled_from([*json.loads(CORRECTED), "attachment", "omitted", "x"]),
       VALUES, max_size=2), st.sets(st.sampled_from(list(json.loads(CORRECTED))), max_size=1))  # fmt: skip
def test_any_change_of_a_value_is_judged_alike(line: bytes, changed: dict[str, object], gone: set[str]) -> None:
    record = json.loads(line)
    record.update(changed)
    for key in gone:
        record.pop(key, None)
    try:
        data = canonical(record)
    except ValueError:
        return  # no JSON can say it
    same(data)


def test_an_omitted_line_is_its_hash() -> None:
    assert entry(omitted(4, "ab" * 32)) == entry(b'{"omitted":"' + b"ab" * 32 + b'","seq":4}')
    assert entry(omitted(4, "ab" * 32)).omitted


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=500)
@given(JSON, st.booleans(), st.booleans(), st.sampled_from([None, 0, 1]))
@example({"\U0001f600": 1, "\ufffd": 2}, False, True, None)  # sorts otherwise in UTF-16
@example({"a": 1e16}, False, True, None)
@example({"a": -0.0}, False, True, None)
@example("\ud800", True, True, None)
@example(float("nan"), False, True, None)
@example([[[]]] * 70, False, True, None)
def test_what_is_surely_canonical_is(value: object, ascii_only: bool, ordered: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, sort_keys=ordered, separators=(",", ":"), indent=indent)
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        return
    if is_surely_canonical(data):
        assert canonical(load(data)) == data


def judged(encoded: str) -> None:
    try:
        named = parse(encoded).name
    except ValueError as fault:
        with pytest.raises(ValueError) as told_fault:
            told(encoded)
        assert str(told_fault.value) == str(fault)
        return
    assert told(encoded) == (named, digest(encoded).encode("ascii"))


@settings(max_examples=400)
@given(st.text(max_size=6), JSON)
def test_every_disclosure_is_read_alike(name: str, value: object) -> None:
    try:
        judged(disclose(name, value).encoded)
    except (ValueError, UnicodeEncodeError):
        return  # nothing that RFC 8785 can say


@settings(max_examples=600)
@given(st.sampled_from([disclose("text", "hello"), disclose("record", {"a": [1, "é"], "b": None})]), st.data())
def test_any_change_of_a_disclosure_is_judged_alike(one: object, data: st.DataObject) -> None:
    encoded = one.encoded  # type: ignore[attr-defined]
    at = data.draw(st.integers(0, len(encoded)))
    judged(
        encoded[:at] + data.draw(st.text("AQgw09-_+/=. \né", max_size=3)) + encoded[at + data.draw(st.integers(0, 3)) :]
    )


@pytest.mark.parametrize(
    "data",
    [b'["AAAAAAAAAAAAAAAAAAAAAA","a",1.50]', b'["AAAAAAAAAAAAAAAAAAAAAA","a",{"b":1,"a":2}]', b"[]", b"",
     b'["AAAAAAAAAAAAAAAAAAAAAB","a",1]', b'["AAAAAAAAAAAAAAAAAAAAAA","a",{"a":1,"a":1}]', b'["short","a",1]',
     b'["AAAAAAAAAAAAAAAAAAAAAA","a",1] ', b'["AAAAAAAAAAAAAAAAAAAAAA","a\\u0062",1]',
     b'["AAAAAAAAAAAAAAAAAAAAAA","a","b","c"]', b'["AAAAAAAAAAAAAAAAAAAAAA","a",NaN]',
     b'["AAAAAAAAAAAAAAAAAAAAAA","a",9007199254740993]', b'["AAAAAAAAAAAAAAAAAAAAAA",7,1]'],
)  # fmt: skip
def test_a_disclosure_of_another_form_is_refused_alike(data: bytes) -> None:
    judged(b64u(data))


def test_a_long_ledger_that_is_broken_still_names_the_break() -> None:
    from casebound_packaging.ledger import examine

    lines = list(LEDGER.lines)
    lines[3] = compose(Line(3, GENESIS, datetime(2026, 3, 1, tzinfo=UTC), "unauthenticated", "annotated", "mark", "1"))
    told_of = [finding.item for finding in examine(lines, ())]
    assert "ledger entry 3" in told_of and "ledger entry 4" in told_of
    assert f"ledger entries 3 to {len(lines) - 1}" in told_of
