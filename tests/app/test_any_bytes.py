"""Any bytes under any of our names come in with counts that balance, or are refused with a named reason.

Nothing else may happen: no other exception, no row that cannot be stored, no record lost or told twice.
"""

from __future__ import annotations

import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode has no other way to share `importer_samples`

from importer_sample import values_of
from importer_samples import SAMPLES

from casebound.case import Preview
from casebound.errors import CaseboundError
from casebound.importers import importer_of
from casebound.importing import read_table
from casebound.previewing import preview

SUFFIXES = [
    ".csv",
    ".tsv",
    ".tab",
    ".psv",
    ".txt",
    ".log",
    ".json",
    ".jsonl",
    ".ndjson",
    ".json-seq",
    ".xlsx",
    ".xlsm",
    ".xls",
    ".ods",
    ".xlsb",
    ".parquet",
    ".db",
    ".sqlite",
    ".eml",
    ".mbox",
    ".warc",
    ".warc.gz",
    ".wacz",
    ".zip",
    ".gz",
    ".zst",
    ".pdf",
    ".png",
]
_IN_A_CHILD = ("workbook-old",)  # starting a process for each example takes its time
_LARGEST = 32 * 1024


@cache
def grown(kinds: tuple[str, ...]) -> tuple[tuple[str, bytes], ...]:
    """Names and contents of samples, good and bad, that are small enough to be spoilt further."""
    found = [
        (sample.file, sample.content)
        for kind in kinds
        for samples in (SAMPLES[kind](),)
        for sample in (*samples.good, *samples.bad)
        if 0 < len(sample.content) <= _LARGEST
    ]
    assert found
    return tuple(found)


QUICK = tuple(kind for kind in SAMPLES if kind not in _IN_A_CHILD)
SPOILS = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "drop", "double", "put", "swap"]),
        st.floats(0, 1, exclude_max=True),
        st.floats(0, 1, exclude_max=True),
        st.one_of(
            st.binary(max_size=8),
            st.sampled_from(
                [b"\n", b"\r", b'"', b",", b"\0", b"{", b"]", b"\\u", b"\xef\xbb\xbf", b"\xff\xff\xff\xff"]
            ),
        ),
    ),
    min_size=1,
    max_size=4,
)


def spoilt(content: bytes, spoils: list[tuple[str, float, float, bytes]], other: bytes) -> bytes:
    """The content after some changes; `other` is spliced in where a change says so."""
    for kind, first, second, piece in spoils:
        begin, end = sorted((int(first * len(content)), int(second * len(content))))
        match kind:
            case "flip":
                content = (
                    content[:begin] + bytes(byte ^ 0x55 for byte in content[begin : begin + 3]) + content[begin + 3 :]
                )
            case "cut":
                content = content[:end] if end else content
            case "drop":
                content = content[:begin] + content[end:]
            case "double":
                content = content[:end] + content[begin:]
            case "put":
                content = content[:begin] + piece + content[begin:]
            case "swap":
                content = content[:begin] + other[int(second * len(other)) :]
    return content[: 2 * _LARGEST]


def check(path: Path) -> int:
    """Bring all of a file in as far as rows go; how many records it has. A refusal in words counts as none."""
    try:
        seen = preview(path)
        return sum(told(path, one) for one in seen)
    except CaseboundError as error:
        assert error.title.strip() and error.hint.strip()
        return 0


def told(path: Path, one: Preview) -> int:
    """The records of one table, each told once and storable."""
    size = path.stat().st_size
    ordinals: list[int] = []
    columns: tuple[str, ...] = ()
    for batch in importer_of(one.format).batches(path, one.member, one.mapping):
        assert batch.columns[: len(columns)] == columns
        columns = batch.columns
        assert len({name.lower() for name in columns}) == len(columns)
        rows = values_of(batch)
        assert len(rows) == batch.count
        for row in rows:
            assert len(row) == len(columns)
            assert "\0" not in "".join(value or "" for value in row).encode().decode()
        ordinals += batch.ordinals.tolist()
        for refused in batch.refused:
            assert refused.code and refused.reason.strip()
            ordinals.append(refused.ordinal)
            assert refused.offset < 0 or refused.offset + refused.length <= size
        ends = (batch.offsets + batch.lengths)[batch.offsets >= 0].tolist()
        assert all(0 <= end <= size for end in ends)
        assert all(before <= after for before, after in pairwise(ends))
    assert sorted(ordinals) == list(range(len(ordinals)))
    return len(ordinals)


HOSTILE = {
    "one byte far away": b"x" * 400_000 + b"\x80",
    "brackets without end": b"[" * 300_000 + b"\xff",
    "braces without end": b'{"a":' * 60_000,
    "digits without end": b"1" * 300_000 + b"x,y\n1,2\n",
    "dots and commas": b"1." * 200_000 + b"-\n",
    "quotes": b'"' * 300_001,
    "escapes": b'{"a": "' + b"\\" * 300_001,
    "blank lines": b"\n" * 300_000,
    "returns": b"\r" * 20_000 + b"a",
    "dashes as in a log": b"- - " * 100_000 + b'[17/May/2026:10:00:00 +0000] "',
    "header lines": b"From: a\n " * 50_000,
    "separators": b"From a 10:00 2026\n" * 20_000,
    "record separators": b"\x1e" * 300_000,
    "spaces": b" " * 400_000 + b"1,2\n",
    "zeros": b"\0" * 300_000,
    "a short time": b"time\n" + b"2026-03-01T00:00:00." + b"0" * 300_000 + b"Z\n",
}


@pytest.mark.parametrize("suffix", ["", ".csv", ".json", ".jsonl", ".log", ".eml", ".mbox"])
@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_long_and_hostile_shapes_take_no_time(tmp_path: Path, content: bytes, suffix: str) -> None:
    """Anything that is not linear in the length of such a text would hang here."""
    path = tmp_path / f"hostile{suffix}"
    path.write_bytes(content)
    check(path)


@given(st.binary(max_size=400), st.sampled_from(SUFFIXES))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_random_bytes(tmp_path: Path, data: bytes, suffix: str) -> None:
    path = tmp_path / f"random{suffix}"
    path.write_bytes(data)
    check(path)


@given(st.sampled_from(grown(QUICK)), SPOILS, st.sampled_from(grown(QUICK)), st.sampled_from(["", *SUFFIXES]))
@settings(max_examples=1200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_spoilt_samples(
    tmp_path: Path,
    sample: tuple[str, bytes],
    spoils: list[tuple[str, float, float, bytes]],
    other: tuple[str, bytes],
    suffix: str,
) -> None:
    name, content = sample
    path = tmp_path / (f"spoilt{suffix}" if suffix else name)
    path.write_bytes(spoilt(content, spoils, other[1]))
    check(path)


@given(st.sampled_from(grown(_IN_A_CHILD)), SPOILS)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_spoilt_workbooks_of_old_kinds(
    tmp_path: Path, sample: tuple[str, bytes], spoils: list[tuple[str, float, float, bytes]]
) -> None:
    path = tmp_path / sample[0]
    path.write_bytes(spoilt(sample[1], spoils, sample[1]))
    check(path)


@given(st.sampled_from(grown(QUICK)), SPOILS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_what_is_stored_balances(
    tmp_path_factory: pytest.TempPathFactory, sample: tuple[str, bytes], spoils: list[tuple[str, float, float, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    path = folder / sample[0]
    path.write_bytes(spoilt(sample[1], spoils, sample[1]))
    try:
        for number, one in enumerate(preview(path)):
            generation = folder / str(number)
            generation.mkdir()
            draft = read_table(path, path.name, one.format, one.member, one.mapping, generation)
            assert draft.read == draft.kept + draft.quarantined + draft.duplicates
            assert draft.read == told(path, one)
    except CaseboundError as error:
        assert error.title.strip() and error.hint.strip()
