"""Our program and verify.py, side by side on what an insider could make: neither contradicts the other.

verify.py never refuses what our program accepts, and what only our program finds is among the things that verify.py
says it does not check. (Which manipulations both must find is the corpus' part.)
"""

from __future__ import annotations

import importlib.util
import json
import re
from contextlib import suppress
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from specimen import Authority, Files, Insider, edit_json, pack, unfold, unpack

import casebound_packaging
from casebound_packaging.canonical import canonical
from casebound_packaging.identity import Identity
from casebound_packaging.merkle import leaf_hash, root
from casebound_packaging.verify import Trust, verify

PROGRAM = Path(casebound_packaging.__file__).parent / "standalone/verify.py"
LEDGER = "data/custody/ledger.jsonl"
CHANGES = 24
# What our program says, and the words with which verify.py says that it does not look there.
RETOLD = "captions, titles and the recipient against the ledger; timeline, chronology and rows against the exhibits"
FORM = "the form of JSON (RFC 8785) and of single ledger entries"
UNSEEN = {
    r"says something else about it|The row that EX-|does not say the same": RETOLD,
    r"timeline|chronology|What it says of|What entry|It tells of": RETOLD,
    r"not a well-formed line|RFC 8785|not written as|The entry is not committed|not in order|role is none": FORM,
    r"The (query|view|description|numbers|events counted|table that this)|It counts|It does not say": "whether queries",
}


@pytest.fixture(scope="module")
def standalone() -> ModuleType:
    spec = importlib.util.spec_from_file_location("standalone_verify", PROGRAM)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def whole(package: Path, tmp_path_factory: pytest.TempPathFactory, signer: Identity) -> tuple[str, Files, Insider]:
    top, files = unpack(package)
    return top, files, Insider(signer, tmp_path_factory.mktemp("insider"))


OTHER: list[Any] = [None, True, False, 0, 1, -1, 3, 10**15, 1.5, "", "x", "EX-0001", "0" * 64, [], {}, [1], {"a": 1}]


def changed(chance: Random, value: Any) -> Any:
    """`value` with one part gone, doubled, moved, one more or less, or replaced by anything."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key, other = chance.choice(sorted(value)), chance.choice(sorted(value))
        return chance.choice(
            [
                lambda: {name: one for name, one in value.items() if name != key},
                lambda: {**value, "extra": chance.choice(OTHER)},
                lambda: {**value, key: value[other], other: value[key]},
                *[lambda: {**value, key: changed(chance, value[key])}] * 5,
            ]
        )()
    if isinstance(value, list) and value and chance.random() < 0.85:
        at = chance.randrange(len(value))
        return chance.choice(
            [
                lambda: [*value[:at], *value[at + 1 :]],
                lambda: [*value[:at], value[at], *value[at:]],
                lambda: value[::-1],
                lambda: [*value[:at], changed(chance, value[at]), *value[at + 1 :]],
            ]
        )()
    if isinstance(value, int) and chance.random() < 0.5:
        return value + chance.choice([-1, 1])
    if isinstance(value, str) and value and chance.random() < 0.5:
        at = chance.randrange(len(value))
        return value[:at] + chance.choice("0aZ-/é") + value[at + 1 :]
    return chance.choice(OTHER)


def change(chance: Random, files: Files) -> str:
    """One change somewhere under data/, in the form that the format asks for. Returns the file's name."""
    names = [name for name in files if name.endswith((".json", ".jsonl", ".csv")) and name.startswith("data/")]
    name = chance.choice(sorted(names))
    lines = files[name].splitlines()
    at = chance.randrange(len(lines))
    if name.endswith(".csv"):
        lines[at] = lines[at].replace(chance.choice([b",", b"0", b"a", b'"']), b"", 1)
    elif name.endswith(".json") or chance.random() < 0.7:
        lines[at] = canonical(changed(chance, json.loads(lines[at])))
    elif chance.random() < 0.5:
        del lines[at]
    else:
        lines.insert(at, chance.choice(lines))
    files[name] = b"".join(line + b"\n" for line in lines)
    return name


@pytest.mark.parametrize("number", range(CHANGES))
def test_neither_contradicts_the_other(
    number: int, whole: tuple[str, Files, Insider], standalone: ModuleType, tmp_path: Path, signer: Identity
) -> None:
    chance = Random(number)
    top, files, insider = whole[0], dict(whole[1]), whole[2]
    name = change(chance, files)
    if name == LEDGER and chance.random() < 0.5:
        with suppress(ValueError):  # of a line that is none, there is nothing to sign
            insider.resign_ledger(files)
    # The report is not signed anew, which would take most of the time: what both say of it is left out below.
    insider.reseal(files) if name.endswith("package.json") else insider.relist(files, report=False)
    path = pack(tmp_path / "made.zip", top, files)
    ours = verify(path, Trust(signer_fingerprint=signer.fingerprint))
    theirs = standalone.check(str(path), standalone.Given(b"", {signer.fingerprint}, []))
    assert (ours.verdict == "not-a-package") == (theirs.verdict == "not-a-package"), (ours.findings, theirs)
    found = [one for one in ours.findings if one.check != "report"]
    wrong = [one for one in theirs.wrong if one[0] != "report"]
    assert found or not wrong, "verify.py refuses what our program accepts"
    if found and not wrong and ours.verdict != "not-a-package":
        told = " ".join(theirs.not_checked)
        for one in found:
            said = [words for problem, words in UNSEEN.items() if re.search(problem, f"{one.item}: {one.problem}")]
            assert said and said[0] in told, one


def test_what_is_not_checked_is_said_in_these_words(standalone: ModuleType) -> None:
    told = " ".join(standalone.NOT_CHECKED)
    assert all(words in told for words in UNSEEN.values())


def test_a_folder_and_its_zip_are_answered_alike(
    whole: tuple[str, Files, Insider], standalone: ModuleType, tmp_path: Path
) -> None:
    top, files, _ = whole
    nothing = standalone.Given(b"", set(), [])
    for name, edit in {
        "sound": lambda files: None,
        "wrong": lambda files: edit_json(files, "data/completeness.json", lambda value: value.update(complete=True)),
    }.items():
        made = dict(files)
        edit(made)
        packed = standalone.check(str(pack(tmp_path / f"{name}.zip", top, made)), nothing)
        folder = standalone.check(str(unfold(tmp_path / name, made)), nothing)
        assert (packed.verdict, packed.limits, packed.wrong) == (folder.verdict, folder.limits, folder.wrong), name
        assert packed.verdict == verify(tmp_path / name).verdict


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 8, 9, 31, 64, 65, 100])
def test_the_trees_of_verify_py_are_those_of_the_standard(size: int, standalone: ModuleType) -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(size)]
    assert standalone.leaf(b"\x07") == leaf_hash(b"\x07")
    roots = standalone.tree_roots(leaves, range(size))
    assert roots == {number: root(leaves[:number]) for number in range(size + 1)}
    assert standalone.tree_levels(leaves)[-1] == [root(leaves)]


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":2}',
        b"NaN",
        b'{"a":Infinity}',
        b'"\xff"',
        b"[" * 100_000,
        b"{",
        b"9" * 5000,
        b"[" + b"1," * 3_000_001,
    ],
    ids=lambda data: ascii(data[:12]),
)
def test_verify_py_reads_json_strictly(data: bytes, standalone: ModuleType) -> None:
    with pytest.raises((ValueError, RecursionError)):
        standalone.parse(data)


def test_whoever_is_trusted_both_answer_alike(
    issued_package: Path, employee: Identity, authority: Authority, standalone: ModuleType
) -> None:
    """A root, the signer's own certificate, prints of certificate and key, those of somebody else, and nothing."""
    own = employee.certificate.public_bytes(Encoding.PEM)
    for root_pem, given in (
        (b"", ""),
        (authority.pem, ""),
        (own, ""),
        (Authority.create("Other Root").pem, ""),
        (authority.pem, employee.fingerprint),
        (b"", employee.key_fingerprint),
        (authority.pem, "0" * 64),
    ):
        ours = verify(issued_package, Trust(root_pem=root_pem or None, signer_fingerprint=given))
        theirs = standalone.check(str(issued_package), standalone.Given(root_pem, {given} - {""}, []))
        limits = list(ours.limits) if ours.verdict == "verified-with-limits" else []
        assert (theirs.verdict, theirs.limits) == (ours.verdict, limits), (ours.findings, theirs.wrong)
