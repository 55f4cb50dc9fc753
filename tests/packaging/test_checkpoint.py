"""Checkpoints: C2SP tlog-checkpoint as a signed note of type 0x02."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from programs import needs

from casebound_packaging.checkpoint import Checkpoint, key_id, parse, sign, verify
from casebound_packaging.identity import Identity

ROOT = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
STATE = Checkpoint("casebound/CASE-0042/0123456789abcdef", 4, ROOT)


def test_the_key_id_is_that_of_a_public_log() -> None:
    """The ECDSA key of Sigstore's Rekor and its published key hash (signed note, type 0x02)."""
    spki = base64.b64decode(
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2G2Y+2tabdTV5BcGiBIx0a9fAFwrkBbmLSGtks4L3qX6yYY0zufBnhC8Ur/iy55GhWP/"
        "9A/bY2LhC30M9+RYtw=="
    )
    assert key_id(spki).hex() == "c0d23d6a"


def test_the_note_is_written_as_the_standard_says(signer: Identity) -> None:
    text = sign(STATE, signer)
    lines = text.split("\n")
    assert lines[:4] == [STATE.origin, "4", "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=", ""]
    mark, name, signature = lines[4].split(" ")
    assert (mark, name, lines[5:]) == ("—", STATE.origin, [""])
    assert base64.b64decode(signature)[:4] == bytes.fromhex(signer.key_fingerprint)[:4]
    assert verify(text, signer.spki_der) == STATE


def test_it_is_the_same_each_time(signer: Identity) -> None:
    assert sign(STATE, signer) == sign(STATE, signer)


@needs("openssl")
def test_openssl_agrees(signer: Identity, tmp_path: Path) -> None:
    _, note, (line,) = parse(sign(STATE, signer))
    (tmp_path / "note").write_bytes(note)
    (tmp_path / "sig").write_bytes(line.signature)
    key = signer.certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pem").write_bytes(key)
    command = ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "sig", "note"]
    assert "Verified OK" in subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout


def test_signatures_of_witnesses_are_skipped(signer: Identity) -> None:
    text = sign(STATE, signer) + f"— witness.example/w1 {base64.b64encode(b'0123' + bytes(64)).decode()}\n"
    assert verify(text, signer.spki_der) == STATE


def test_another_key_is_refused(signer: Identity, employee: Identity) -> None:
    with pytest.raises(ValueError, match="not signed by the signer's key"):
        verify(sign(STATE, employee), signer.spki_der)


@pytest.mark.parametrize("place", range(0, 120, 7))
def test_any_change_is_refused(signer: Identity, place: int) -> None:
    text = sign(STATE, signer)
    changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
    with pytest.raises(ValueError):
        verify(changed, signer.spki_der)


def test_another_signature_by_a_key_with_the_same_id_is_refused(signer: Identity) -> None:
    other = sign(Checkpoint(STATE.origin, 5, ROOT), signer)
    with pytest.raises(ValueError, match="does not hold"):
        verify(STATE.text + "\n" + other.split("\n\n")[1], signer.spki_der)


def test_a_key_may_sign_once(signer: Identity) -> None:
    text = sign(STATE, signer)
    with pytest.raises(ValueError, match="twice"):
        verify(text + text.split("\n\n")[1], signer.spki_der)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n4\n",
        STATE.text,
        STATE.text + "\n",
        STATE.text + "\n— a",
        STATE.text + "\n— a AAAA\n",
        STATE.text + "\n- a AAAAAAAAAAA=\n",
        STATE.text + "\n— a b AAAAAAAAAAA=\n",
        STATE.text + "an extension\n\n— a AAAAAAAAAAA=\n",
        STATE.text.replace("\n4\n", "\n04\n") + "\n— a AAAAAAAAAAA=\n",
        STATE.text.replace("\n4\n", "\n-4\n") + "\n— a AAAAAAAAAAA=\n",
        STATE.text.replace("\n4\n", "\n٤\n") + "\n— a AAAAAAAAAAA=\n",
        STATE.text.replace("FLc=", "FLd=") + "\n— a AAAAAAAAAAA=\n",
        STATE.text.replace("037k", "") + "\n— a AAAAAAAAAAA=\n",
        STATE.text.replace("casebound/", "case bound/") + "\n— a AAAAAAAAAAA=\n",
        "x" * 100_000,
    ],
)
def test_malformed_notes_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse(text)


@pytest.mark.parametrize(
    ("origin", "size", "root"), [("a b", 1, ROOT), ("a", -1, ROOT), ("a", 1, "00"), ("a+b", 1, ROOT)]
)
def test_a_checkpoint_that_could_not_be_written_is_refused(origin: str, size: int, root: str) -> None:
    with pytest.raises(ValueError):
        Checkpoint(origin, size, root)


def test_the_example_of_the_standard_is_read(signer: Identity) -> None:
    """C2SP tlog-checkpoint, its first example. Its key is Ed25519 (type 0x01), which no log of ours uses."""
    text = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+"
        "zyWE+xeMcTOAYQ8=\n"
    )
    state, note, (signature,) = parse(text)
    assert (state.origin, state.size) == ("example.com/behind-the-sofa", 20852163)
    assert base64.b64encode(bytes.fromhex(state.root)).decode() == "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    assert note.decode() + "\n" == text.partition("— ")[0]
    assert (signature.name, signature.key_id.hex(), len(signature.signature)) == (state.origin, "033de0ae", 64)
    with pytest.raises(ValueError, match="not signed by the signer's key"):
        verify(text, signer.spki_der)
