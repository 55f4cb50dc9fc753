"""Every reader of foreign bytes, on real bytes that were cut, flipped, doubled and mixed: a value or a plain refusal.

What a reader may raise is `ValueError` (or the project's own errors); anything else would be a trace before somebody
who only wanted to know whether a package is sound.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from specimen import NOW, Files, pack, sha, unpack

from casebound_packaging import checkpoint, consistency, keptstate, ledgerform, ledgerline, sshsig, tlogproof
from casebound_packaging.canonical import canonical, load
from casebound_packaging.disclosure import parse as parse_disclosure
from casebound_packaging.errors import CaseboundError
from casebound_packaging.identity import Identity
from casebound_packaging.ledger import examine, leaves
from casebound_packaging.receipt import parse as parse_receipt
from casebound_packaging.stamp import read_stamp, read_token
from casebound_packaging.verify import Trust, verify
from casebound_packaging.verify.cells import table
from casebound_packaging.verify.cms import check_enclosing, check_signature
from casebound_packaging.verify.outsidewitness import read_witness, typed_witness
from casebound_packaging.verify.pdf import check_pdf
from casebound_packaging.verify.receipts import check_receipt
from casebound_packaging.verify.receiving import receive
from casebound_packaging.verify.revocation import read_lists

SOME = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
FEW = settings(SOME, max_examples=15)
INTERESTING = [
    b"", b"\0", b"\xff", b"\x30\x80", b"\x30\x84\xff\xff\xff\xff", b"\n\n", b'"', b"{", b"[" * 70, b"\\ud800", b"1e999",
    b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"/Prev 0", b"/Kids[1 0 R]", b"startxref\n0\n", b"endobj",
]  # fmt: skip


@st.composite
def bent(draw: st.DrawFn, whole: bytes) -> bytes:
    """`whole` after one to four changes: flipped, cut, doubled, moved, or with something in it that hurts."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        at, end = sorted(draw(st.tuples(st.integers(0, len(data)), st.integers(0, len(data)))))
        match draw(st.sampled_from(["flip", "cut", "double", "move", "insert", "number"])):
            case "flip" if data:
                data[min(at, len(data) - 1)] ^= draw(st.integers(1, 255))
            case "cut":
                del data[at:end]
            case "double":
                data[at:at] = data[at : min(end, at + 4096)]
            case "move":
                piece = data[at:end]
                del data[at:end]
                data[0:0] = piece
            case "insert":
                data[at:at] = draw(st.sampled_from(INTERESTING))
            case _:
                data[at : at + 4] = draw(st.integers(0, 2**32 - 1)).to_bytes(
                    4, draw(st.sampled_from(["big", "little"]))
                )
    return bytes(data)


@pytest.fixture(scope="module")
def files(package: Path) -> Files:
    return unpack(package)[1]


@pytest.fixture(scope="module")
def receipt(package: Path, signer: Identity) -> bytes:
    lawyer = Identity.create("Noor Haddad", clock=lambda: NOW - timedelta(days=2))
    return receive(package, Trust(signer_fingerprint=signer.fingerprint), lawyer, NOW - timedelta(minutes=9))[1]


@pytest.fixture(scope="module")
def seeds(files: Files, receipt: bytes) -> dict[str, bytes]:
    """One real file for each reader."""
    note = files["data/custody/checkpoints/8.checkpoint"]
    lines = files["data/custody/ledger.jsonl"].splitlines()
    hashes = leaves(lines)
    return {
        "json": files["data/metadata/package.json"],
        "line": lines[3],
        "disclosure": json.loads(files["data/custody/disclosures.jsonl"].splitlines()[0])["disclosure"].encode(),
        "ledger": files["data/custody/ledger.jsonl"],
        "checkpoint": note,
        "kept": b"8 entries\nroot " + json.loads(files["data/metadata/package.json"])["checkpoint"]["root"].encode(),
        "proof": tlogproof.prove([3], hashes, note.decode())[0].text.encode(),
        "consistency": consistency.compose(4, hashes, note.decode()).encode(),
        "ssh": files["seals/01-examiner.sig"],
        "cms": files["seals/01-examiner.p7s"],
        "receipt": receipt,
        "statement": check_receipt(receipt).statement.data(),
        "table": files["data/tables/requests.csv"],
        "pem": files["certs/root.pem"].replace(b"CERTIFICATE", b"X509 CRL"),
    }


def text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


SIGNED = hashlib.sha256(b"what was signed").digest()
READERS: dict[str, tuple[str, Callable[[bytes], object]]] = {
    "JSON": ("json", load),
    "a line": ("line", ledgerline.read),
    "a line, fast": ("line", ledgerform.entry),
    "a disclosure": ("disclosure", lambda data: parse_disclosure(text(data))),
    "a whole ledger": ("ledger", lambda data: examine(data.split(b"\n"), [])),
    "a checkpoint": ("checkpoint", lambda data: checkpoint.parse(text(data))),
    "a checkpoint typed from paper": ("kept", lambda data: keptstate.parse_kept(text(data))),
    "words typed from paper": ("kept", lambda data: typed_witness(text(data))),
    "a proof": ("proof", lambda data: tlogproof.parse(text(data))),
    "a proof between states": ("consistency", lambda data: consistency.parse(text(data))),
    "an OpenSSH signature": ("ssh", lambda data: sshsig.verify(b"what was signed", text(data))),
    "a CAdES signature": ("cms", lambda data: check_signature(data, SIGNED)),
    "a CAdES signature with its content": ("receipt", check_enclosing),
    "a receipt": ("receipt", check_receipt),
    "a receipt's statement": ("statement", parse_receipt),
    "a time stamp": ("cms", read_stamp),
    "a time stamp's token": ("cms", read_token),
    "a table": ("table", table),
    "revocation lists": ("pem", read_lists),
}


@pytest.mark.parametrize("reader", READERS)
@SOME
@given(data=st.data())
def test_a_reader_gives_a_value_or_refuses_plainly(reader: str, seeds: dict[str, bytes], data: st.DataObject) -> None:
    seed, read = READERS[reader]
    try:
        read(data.draw(bent(seeds[seed])))
    except (ValueError, CaseboundError) as refused:
        assert str(refused)


def test_every_reader_reads_its_seed(seeds: dict[str, bytes], files: Files) -> None:
    """Else the test above would only ever try what is refused at the first byte."""
    other = {"an OpenSSH signature", "a CAdES signature", "a time stamp", "a time stamp's token"}
    for reader, (seed, read) in READERS.items():
        if reader not in other:
            read(seeds[seed])
    signed = files["tagmanifest-sha256.txt"]
    assert sshsig.verify(signed, text(seeds["ssh"]))
    assert check_signature(seeds["cms"], hashlib.sha256(signed).digest())


@SOME
@given(data=st.data())
def test_what_was_read_and_written_again_is_one_form(seeds: dict[str, bytes], data: st.DataObject) -> None:
    try:
        value = load(data.draw(bent(seeds["line"])))
        again = canonical(value)
    except ValueError:
        return
    assert canonical(load(again)) == again


@FEW
@given(data=st.data())
def test_a_bent_report_is_never_taken_for_the_signed_one(files: Files, data: st.DataObject) -> None:
    whole = files["data/report.pdf"]
    changed = data.draw(bent(whole))
    found: list = []
    report = check_pdf(io.BytesIO(changed), "report.pdf", found)
    assert found or changed == whole
    assert all(one.check == "report" and one.problem.endswith(".") for one in found), report


@FEW
@given(data=st.data())
def test_a_bent_witness_is_compared_or_refused(
    receipt: bytes, files: Files, package: Path, tmp_path: Path, data: st.DataObject
) -> None:
    whole = data.draw(st.sampled_from([receipt, files["data/custody/checkpoints/8.checkpoint"], package.read_bytes()]))
    path = tmp_path / "witness"
    path.write_bytes(data.draw(bent(whole)))
    try:
        seen = read_witness(path)
    except CaseboundError as refused:
        assert refused.paragraph()
    else:
        assert seen.state.size >= 1


@FEW
@given(data=st.data())
def test_one_bent_file_of_a_package_is_found(
    package: Path, tmp_path: Path, signer: Identity, data: st.DataObject
) -> None:
    """In whichever file it is: each is covered by a list, and the lists by the seals."""
    top, files = unpack(package)
    name = data.draw(st.sampled_from(sorted(files)))
    before = sha(files[name])
    files[name] = data.draw(bent(files[name]))
    report = verify(pack(tmp_path / "bent.zip", top, files), Trust(signer_fingerprint=signer.fingerprint))
    # Line ends of the OpenSSH armour carry nothing: it may be written in several ways.
    if sha(files[name]) != before and not name.endswith(".sig"):
        assert report.verdict in ("not-verified", "not-a-package"), (name, report)
    assert all(one.problem for one in report.findings)
