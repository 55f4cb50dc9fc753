"""What every importer owes: one file, one importer; every record told once, at its exact place; stoppable."""

from __future__ import annotations

import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode has no other way to share `importer_samples`

from importer_sample import Sample, Samples, Told, values_of
from importer_samples import SAMPLES

from casebound.case import Preview
from casebound.errors import CaseboundError
from casebound.importers import IMPORTERS, importer_for, importer_of
from casebound.importers.batch import FULL_ROWS, LONGEST_RAW, Batch, shortened, shown
from casebound.importers.kinds import kind_of
from casebound.importers.layout import Choices
from casebound.previewing import preview

KINDS = [importer.kind for importer in IMPORTERS]


@cache
def samples(kind: str) -> Samples:
    return SAMPLES[kind]()


def every(which: str) -> list[object]:
    """All samples of all importers, as parameters of a test. An importer without samples fails below, by name."""
    found = []
    for kind in KINDS:
        if kind in SAMPLES:
            ours = samples(kind)
            chosen = (*ours.good, *ours.bad) if which == "all" else ours.good if which == "good" else ours.bad
            found += [pytest.param(kind, sample, id=f"{kind}: {sample.way}") for sample in chosen]
    return found


def batches_of(path: Path, one: Preview) -> list[Batch]:
    return list(importer_of(one.format).batches(path, one.member, one.mapping))


def written(folder: Path, sample: Sample) -> Path:
    path = folder / sample.file
    path.write_bytes(sample.content)
    return path


def test_every_importer_has_samples_and_every_sample_an_importer() -> None:
    assert set(SAMPLES) == set(KINDS)
    assert len(set(KINDS)) == len(KINDS)
    for kind in KINDS:
        assert samples(kind).good and samples(kind).bad, kind
        ways = [sample.way for sample in (*samples(kind).good, *samples(kind).bad)]
        assert len(set(ways)) == len(ways), kind
        assert all(sample.refusal or sample.tables for sample in samples(kind).bad), kind
        assert all(sample.refusal or any(told.codes for told in sample.tables.values()) for sample in samples(kind).bad)
        assert not any(told.codes or sample.refusal for sample in samples(kind).good for told in sample.tables.values())


@pytest.mark.parametrize(("kind", "sample"), every("all"))
def test_one_importer_and_only_one_claims_a_file(tmp_path: Path, kind: str, sample: Sample) -> None:
    path = written(tmp_path, sample)
    if sample.refusal:
        with pytest.raises(CaseboundError) as refused:
            importer_for(path, path.name).layouts(path, path.name, Choices())
        assert sample.refusal in str(refused.value)
        assert refused.value.title and refused.value.hint
        return
    assert kind_of(path, path.name) == kind
    assert [importer.kind for importer in IMPORTERS if importer.kind == kind_of(path, path.name)] == [kind]
    # The name that a kept original has tells nothing: its importer is known from the source's format.
    assert {one.format for one in preview(path)} == {importer_for(path, path.name).format}


@pytest.mark.parametrize(("kind", "sample"), every("all"))
def test_every_record_is_told_exactly_once_at_its_place(tmp_path: Path, kind: str, sample: Sample) -> None:
    if sample.refusal:
        return
    path = written(tmp_path, sample)
    seen = preview(path)
    assert {one.member for one in seen} == set(sample.tables)
    for one in seen:
        told = sample.tables[one.member]
        names = tuple(column.name for column in one.mapping.columns)
        assert told.columns in (None, names)
        assert all(len(row) == len(names) for row in one.rows)
        found = batches_of(path, one)
        for before, after in pairwise(found):
            assert after.columns[: len(before.columns)] == before.columns
        assert found[0].columns[: len(names)] == names
        check_batches(path, one.mapping.encoding, found, told)


def check_batches(path: Path, encoding: str, found: list[Batch], told: Told) -> None:
    content = path.read_bytes()
    rows: dict[int, tuple[str | None, ...]] = {}
    where: dict[int, tuple[int, int, int]] = {}
    refused = [one for batch in found for one in batch.refused]
    for batch in found:
        count = batch.count
        assert (batch.block is None) != (batch.values is None) or not count
        assert all(len(array) == count for array in (batch.lines, batch.offsets, batch.lengths))
        assert all(array.dtype == np.int64 for array in (batch.ordinals, batch.lines, batch.offsets, batch.lengths))
        values = values_of(batch)
        assert len(values) == count
        for index, ordinal in enumerate(batch.ordinals.tolist()):
            assert ordinal not in rows
            assert len(values[index]) == len(batch.columns)
            rows[ordinal] = values[index]
            where[ordinal] = int(batch.lines[index]), int(batch.offsets[index]), int(batch.lengths[index])
    for one in refused:
        assert one.ordinal not in where
        assert one.code and one.reason.endswith(".")
        assert one.raw
        where[one.ordinal] = one.line, one.offset, one.length
        if one.offset >= 0:
            raw = content[one.offset : one.offset + one.length]
            assert one.raw[:1000] == shortened(shown(raw, encoding))[:1000]
            assert len(one.raw) <= LONGEST_RAW + 100
    assert sorted(where) == list(range(len(where)))
    assert (len(rows), tuple(one.code for one in sorted(refused, key=lambda one: one.ordinal))) == (
        told.rows,
        told.codes,
    )
    lines = [where[ordinal][0] for ordinal in range(len(where))]
    assert all(line >= 1 for line in lines) and lines == sorted(lines)
    assert sum(batch.blank for batch in found) == told.blank
    if told.values is not None:
        assert [rows[ordinal] for ordinal in sorted(rows)] == told.values
    placed = [where[ordinal][1:] for ordinal in range(len(where))]
    assert all(length >= 0 for _, length in placed)
    if any(offset >= 0 for offset, _ in placed):
        assert told.raw is not None, "a sample of a format with byte offsets gives the bytes of its records"
        assert [content[offset : offset + length] for offset, length in placed] == list(told.raw)
        assert all(one[0] + one[1] <= two[0] for one, two in pairwise(placed))


@pytest.mark.parametrize(("kind", "sample"), every("all"))
def test_the_same_again_gives_the_same(tmp_path: Path, kind: str, sample: Sample) -> None:
    if sample.refusal:
        return
    path = written(tmp_path, sample)
    assert preview(path) == preview(path)

    def told() -> list[tuple[object, ...]]:
        return [
            (
                batch.columns,
                batch.ordinals.tolist(),
                batch.lines.tolist(),
                batch.offsets.tolist(),
                batch.lengths.tolist(),
                values_of(batch),
                batch.refused,
                batch.blank,
            )
            for one in preview(path)
            for batch in batches_of(path, one)
            if batch.count or batch.refused or batch.blank
        ]

    assert told() == told()


@pytest.mark.parametrize("kind", KINDS)
def test_a_person_can_stop_at_any_batch(tmp_path: Path, kind: str) -> None:
    """Batches come often and bounded; left at any, an importer leaves nothing open (warnings are errors)."""
    ours = samples(kind)
    path = tmp_path / ours.many_file
    path.write_bytes(ours.many(ours.most))
    (one,) = preview(path)
    importer = importer_of(one.format)
    size, rows, count = importer.size(path, one.member), 0, 0
    assert size >= 0
    for batch in importer.batches(path, one.member, one.mapping):
        count += 1
        rows += batch.count
        assert batch.block is not None or batch.count <= FULL_ROWS
    assert rows == ours.most
    assert count >= 2
    for most in (1, 2, count - 1):
        walking = importer.batches(path, one.member, one.mapping)
        for _ in range(most):
            next(walking)
        walking.close()  # type: ignore[attr-defined]
    path.unlink()  # on some systems not possible while it is open


@pytest.mark.parametrize("kind", KINDS)
def test_layouts_are_bounded(tmp_path: Path, kind: str) -> None:
    """A preview shows the first rows, however many there are."""
    ours = samples(kind)
    path = tmp_path / ours.many_file
    path.write_bytes(ours.many(ours.most))
    (layout,) = importer_for(path, path.name).layouts(path, path.name, Choices())
    assert 0 < len(layout.rows) <= 200
    assert layout.evidence
