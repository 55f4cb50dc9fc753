"""Whatever the bytes are, checking ends in a verdict: never a traceback, and never a pass for a changed package."""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from specimen import Files, Insider, pack, unpack

from casebound_packaging.canonical import canonical
from casebound_packaging.cli import plain_text
from casebound_packaging.identity import Identity
from casebound_packaging.verify import Trust, Verdict, verify

EACH = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@EACH
@given(data=st.data())
def test_changed_bytes_are_never_accepted(data: st.DataObject, package: Path, place: Path, signer: Identity) -> None:
    """One to five bytes of the ZIP changed anywhere before the seals, headers included."""
    whole = bytearray(package.read_bytes())
    sealed_until = whole.index(b"/seals/01-examiner.p7s") - 30
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, sealed_until - 1))
        whole[at] ^= data.draw(st.integers(1, 255))
    if bytes(whole) == package.read_bytes():
        return
    path = place / "flipped.zip"
    path.write_bytes(whole)
    report = verify(path, Trust(signer_fingerprint=signer.fingerprint))
    assert report.verdict in (Verdict.NOT_VERIFIED, Verdict.NOT_A_PACKAGE), report
    assert plain_text(report, "x.zip")
    json.dumps(report.as_json())


def test_a_disk_that_fails_while_reading_is_told(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", full)
    report = verify(package)
    assert report.verdict is Verdict.NOT_A_PACKAGE
    assert "No space left on device" in report.sentence


def test_stopping_is_not_swallowed(package: Path) -> None:
    class Stopped(Exception):
        pass

    def stop(done: int, total: int, note: str = "") -> None:
        if done:
            raise Stopped

    with pytest.raises(Stopped):
        verify(package, Trust(), stop)


@pytest.mark.parametrize(
    "stage", ["0 of", "the list", "the custody", "what the files", "the seals", "the report", "the signer"]
)
def test_stop_answers_at_every_stage(package: Path, stage: str) -> None:
    """And no thread goes on."""

    class Stopped(Exception):
        pass

    def stop(done: int, total: int, note: str = "") -> None:
        if note.startswith(stage):
            raise Stopped

    with pytest.raises(Stopped):
        verify(package, Trust(), stop)
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("reading")]


def test_progress_counts_files_and_ends_at_all_of_it(package: Path) -> None:
    told: list[tuple[int, int, str]] = []
    verify(package, Trust(), lambda done, total, note="": told.append((done, total, note)))
    assert told[0][0] == 0 and told[0][2] == "0 of 27"
    assert told[-1][0] == told[-1][1] > 0
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)


@EACH
@given(share=st.floats(0, 1))
def test_a_cut_package_is_never_accepted(share: float, package: Path, place: Path) -> None:
    whole = package.read_bytes()
    path = place / "cut.zip"
    path.write_bytes(whole[: min(int(len(whole) * share), len(whole) - 1)])
    assert verify(path).verdict in (Verdict.NOT_VERIFIED, Verdict.NOT_A_PACKAGE)


@EACH
@given(noise=st.binary(max_size=400), head=st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"%PDF-1.7\n"]))
def test_noise_ends_in_a_verdict(noise: bytes, head: bytes, place: Path) -> None:
    path = place / "noise"
    path.write_bytes(head + noise)
    assert verify(path).verdict in (Verdict.NOT_VERIFIED, Verdict.NOT_A_PACKAGE)


@EACH
@given(data=st.data())
def test_a_changed_seal_is_no_bug_of_ours(data: st.DataObject, package: Path, place: Path) -> None:
    top, files = unpack(package)
    name = data.draw(st.sampled_from(sorted(name for name in files if name.startswith("seals/"))))
    changed = bytearray(files[name])
    for _ in range(data.draw(st.integers(1, 3))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    files[name] = bytes(changed[: data.draw(st.integers(1, len(changed)))])
    assert verify(pack(place / "seal.zip", top, files)).verdict in (Verdict.NOT_VERIFIED, Verdict.LIMITED)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def _replaced(data: st.DataObject, value: object) -> object:
    """The value with one part of it, somewhere, replaced by anything."""
    if isinstance(value, dict) and value and data.draw(st.integers(0, 4)):
        key = data.draw(st.sampled_from(sorted(value)))
        return {**value, key: _replaced(data, value[key])}
    if isinstance(value, list) and value and data.draw(st.integers(0, 4)):
        at = data.draw(st.integers(0, len(value) - 1))
        return [*value[:at], _replaced(data, value[at]), *value[at + 1 :]]
    return data.draw(JSON)


@EACH
@given(data=st.data())
def test_an_insiders_json_of_any_shape_ends_in_a_verdict(
    data: st.DataObject, package: Path, place: Path, signer: Identity
) -> None:
    """Lists and seals fit; only the shape inside is not what a package has."""
    top, files = unpack(package)
    name = data.draw(st.sampled_from(sorted(name for name in files if name.endswith((".json", ".jsonl")))))
    _change_json(data, files, name)
    insider = Insider(signer, place / "insider")
    if name == "data/metadata/package.json":
        insider.reseal(files)
    else:
        insider.relist(files, report=False)
    report = verify(pack(place / "shape.zip", top, files))
    assert report.verdict in Verdict
    assert plain_text(report, "x.zip")
    json.dumps(report.as_json())


def _change_json(data: st.DataObject, files: Files, name: str) -> None:
    lines = files[name].splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at] = canonical(_replaced(data, json.loads(lines[at])))
    files[name] = b"".join(line + b"\n" for line in lines)
