"""RFC 8785: the standard's own examples, and what the strict reader refuses."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from casebound_packaging.canonical import DEPTH, canonical, load

VECTORS = json.loads((Path(__file__).parent / "vectors/jcs.json").read_text("utf-8"))
# Retyped from RFC 8785 appendix B: the bits of an IEEE 754 double and how ECMAScript writes it.
NUMBERS = {
    0x0000000000000000: "0",
    0x8000000000000000: "0",
    0x0000000000000001: "5e-324",
    0x8000000000000001: "-5e-324",
    0x7FEFFFFFFFFFFFFF: "1.7976931348623157e+308",
    0xFFEFFFFFFFFFFFFF: "-1.7976931348623157e+308",
    0x4340000000000000: "9007199254740992",
    0xC340000000000000: "-9007199254740992",
    0x4430000000000000: "295147905179352830000",
    0x44B52D02C7E14AF5: "9.999999999999997e+22",
    0x44B52D02C7E14AF6: "1e+23",
    0x44B52D02C7E14AF7: "1.0000000000000001e+23",
    0x444B1AE4D6E2EF4E: "999999999999999700000",
    0x444B1AE4D6E2EF4F: "999999999999999900000",
    0x444B1AE4D6E2EF50: "1e+21",
    0x3EB0C6F7A0B5ED8C: "9.999999999999997e-7",
    0x3EB0C6F7A0B5ED8D: "0.000001",
    0x41B3DE4355555553: "333333333.3333332",
    0x41B3DE4355555554: "333333333.33333325",
    0x41B3DE4355555555: "333333333.3333333",
    0x41B3DE4355555556: "333333333.3333334",
    0x41B3DE4355555557: "333333333.33333343",
    0xBECBF647612F3696: "-0.0000033333333333333333",
    0x43143FF3C1CB0959: "1424953923781206.2",
}

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(
    VALUES | st.recursive(st.text() | st.integers(-9, 9), lambda inner: st.dictionaries(st.text('ab\x7f"\\'), inner))
)
def test_the_fast_way_writes_what_the_slow_one_does(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "character", [chr(code) for code in (*range(0x30), 0x5C, 0x7F, 0x80, 0x2028, 0xFFFF, 0x10FFFF)]
)
def test_every_escape_is_that_of_the_standard(character: str) -> None:
    assert canonical({"a": [character]}) == rfc8785.dumps({"a": [character]})


@pytest.mark.parametrize(("bits", "text"), NUMBERS.items())
def test_numbers_are_written_as_the_standard_says(bits: int, text: str) -> None:
    (number,) = struct.unpack(">d", bits.to_bytes(8, "big"))
    assert canonical(number) == text.encode()


def test_the_standards_example_is_written_as_it_says() -> None:
    """RFC 8785 section 3.2.2 and 3.2.3."""
    source = (
        b'{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],'
        b'"string": "\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/", "literals": [null, true, false]}'
    )
    wanted = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical(load(source)) == wanted.encode()


def test_keys_are_sorted_by_utf_16_units() -> None:
    """RFC 8785 section 3.2.3: sorting by code point would put the smiley last."""
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f602", "\u0080", "\u00f6"]
    written = canonical(dict.fromkeys(keys, 0)).decode()
    assert list(load(written.encode())) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f602", "\ufb33"]  # type: ignore[call-overload]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, "\ud800", {1: 2}, object(), {"a": {1, 2}}])
def test_what_json_cannot_say_exactly_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        canonical(value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b"NaN",
        b"[Infinity]",
        b"-Infinity",
        b"1e999",
        b"{} {}",
        b"\xef\xbb\xbf{}",
        b'"\xff"',
        b'"\\ud800"',
        b'{"\\udc00": 1}',
        b"",
        b"{'a': 1}",
        b"[1,]",
        b"01",
        b'"\x01"',
        b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1),
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b"9" * 5000,
    ],
)
def test_what_two_readers_could_read_differently_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        load(data)


def test_nesting_up_to_the_limit_is_read() -> None:
    assert load(b"[" * DEPTH + b"]" * DEPTH)


@given(VALUES)
def test_what_was_written_reads_back_and_is_written_the_same_again(value: object) -> None:
    data = canonical(value)
    assert load(data) == value
    assert canonical(load(data)) == data


@given(st.binary(max_size=60))
def test_bytes_of_any_kind_make_a_value_or_a_value_error(data: bytes) -> None:
    try:
        load(data)
    except ValueError:
        return


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_published_vectors_are_written_as_published(vector: dict[str, str]) -> None:
    """Inputs and outputs of the JSON Canonicalization Scheme's own project (cyberphone/json-canonicalization)."""
    assert canonical(load(vector["given"].encode())) == vector["canonical"].encode()
