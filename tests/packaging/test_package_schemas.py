"""The published JSON Schemas, against a package sealed by the real writer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError
from specimen import unpack

import casebound_packaging

SCHEMAS = Path(casebound_packaging.__file__).parent / "schemas"
WHERE = {
    "package": "data/metadata/package.json",
    "exhibit": "data/exhibits/*/exhibit.json",
    "table": "data/tables/*.schema.json",
    "query": "data/queries/*.json",
    "completeness": "data/completeness.json",
    "timeline-line": "data/timeline.jsonl",
    "disclosure-line": "data/custody/disclosures.jsonl",
    "ledger-line": "data/custody/ledger.jsonl",
    "omitted-line": "data/custody/ledger.jsonl",
}
# What people put together is not in every package; the exporter's tests check these.
OF_PEOPLE = {"view": "data/views/*.json", "chronology-line": "data/chronology.jsonl"}


def schema(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8")))


def values(files: dict[str, bytes], name: str) -> Iterator[dict]:
    for path, content in files.items():
        if not fnmatch(path, WHERE[name]):
            continue
        for line in content.splitlines() if path.endswith(".jsonl") else [content]:
            value = json.loads(line)
            if name not in ("ledger-line", "omitted-line") or ("omitted" in value) is (name == "omitted-line"):
                yield value


def test_every_schema_is_one_and_has_its_place() -> None:
    names = {path.name.removesuffix(".schema.json") for path in SCHEMAS.iterdir()}
    assert names == WHERE.keys() | OF_PEOPLE.keys() | {"verification"}
    for name in names:
        Draft202012Validator.check_schema(json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8")))


@pytest.mark.parametrize("name", WHERE)
def test_a_real_package_fits(name: str, package: Path) -> None:
    _, files = unpack(package)
    there = list(values(files, name))
    assert there
    for value in there:
        schema(name).validate(value)


@pytest.mark.parametrize("name", WHERE)
def test_each_required_key_is_required_and_no_other_is_allowed(name: str, package: Path) -> None:
    _, files = unpack(package)
    value = next(values(files, name))
    validator = schema(name)
    with pytest.raises(ValidationError):
        validator.validate({**value, "surprise": 1})
    for key in value:
        with pytest.raises(ValidationError):
            validator.validate({other: item for other, item in value.items() if other != key})


def test_every_json_in_the_package_has_a_schema(package: Path) -> None:
    _, files = unpack(package)
    for path in files:
        if path.endswith((".json", ".jsonl")):
            assert any(fnmatch(path, pattern) for pattern in WHERE.values()), path
