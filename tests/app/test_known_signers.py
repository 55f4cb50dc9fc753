"""Signers confirmed once, and passphrases that the system's keyring keeps."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import keyring
import keyring.backends.fail
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from casebound import identities, passphrases
from casebound.errors import BadIdentity, BadRequest, CannotWrite
from casebound.knownsigners import KnownSigner, KnownSigners
from casebound_packaging.identity import Identity

AT = datetime(2026, 10, 2, 9, 0, tzinfo=UTC)
MARY = KnownSigner("ab" * 32, "Mary Okafor", AT, "in person", "cd" * 32)
BEN = KnownSigner("12" * 32, "Ben Alvarez", AT, "by phone")


def test_signers_are_remembered_once_each_and_forgotten(tmp_path: Path) -> None:
    known = KnownSigners(tmp_path / "new" / "folder")
    assert known.all() == () and known.fingerprints() == frozenset()
    known.confirm(MARY)
    known.confirm(BEN)
    again = KnownSigner(MARY.fingerprint, "Mary O.", AT, "by phone", MARY.key)
    known.confirm(again)
    assert KnownSigners(tmp_path / "new" / "folder").all() == (BEN, again)
    assert known.fingerprints() == {MARY.fingerprint, MARY.key, BEN.fingerprint}
    assert stat.S_IMODE(known.path.stat().st_mode) == 0o600
    assert known.forget("ffff") == () and known.forget("") == ()
    assert known.forget("CDCDCDCD") == (again,)
    assert known.all() == (BEN,)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"signers": [{}]}', '{"signers": 3}', "[" * 100_000, "\x00"])
def test_a_damaged_list_confirms_nobody(tmp_path: Path, text: str) -> None:
    (tmp_path / "signers.json").write_text(text)
    known = KnownSigners(tmp_path)
    assert known.all() == ()
    known.confirm(BEN)
    assert known.all() == (BEN,)


def test_a_list_that_others_can_write_confirms_nobody(tmp_path: Path) -> None:
    known = KnownSigners(tmp_path)
    known.confirm(BEN)
    known.path.chmod(0o666)
    assert known.all() == ()
    known.path.chmod(0o600)
    assert known.all() == (BEN,)


def test_those_of_the_first_version_are_taken_over(tmp_path: Path) -> None:
    old = {"fingerprint": MARY.fingerprint, "name": MARY.name, "confirmed_at": AT.isoformat(), "how": MARY.how}
    (tmp_path / "window.json").write_text(json.dumps({"theme": "dark", "signers": [old]}))
    known = KnownSigners(tmp_path)
    assert [one.name for one in known.all()] == ["Mary Okafor"]
    known.confirm(BEN)
    assert [one.name for one in known.all()] == ["Mary Okafor", "Ben Alvarez"]


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite):
        KnownSigners(tmp_path / "file").confirm(BEN)


# ------------------------------------------------------------------ the keyring


class Store(KeyringBackend):
    """A keyring in memory, as an operating system would offer one; it can be locked."""

    priority = 5  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}
        self.locked = False

    def _require_open(self) -> None:
        if self.locked:
            raise KeyringLocked("locked")

    def get_password(self, service: str, username: str) -> str | None:
        self._require_open()
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._require_open()
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._require_open()
        del self.held[service, username]


class PlainFile(Store):
    """One that the library does not recommend."""

    priority = 0.5  # type: ignore[assignment]


@pytest.fixture
def store():
    before, own = keyring.get_keyring(), Store()
    keyring.set_keyring(own)
    yield own
    keyring.set_keyring(before)


def test_a_passphrase_is_kept_and_forgotten(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "me.p12"
    assert passphrases.available() and passphrases.kept(path) is None
    passphrases.keep(path, "correct horse")
    assert passphrases.kept(path) == "correct horse" and passphrases.kept(tmp_path / "other.p12") is None
    assert passphrases.forget(path) and not passphrases.forget(path)
    assert store.held == {}


def test_a_locked_keyring_is_told_and_blocks_nobody(store: Store, tmp_path: Path) -> None:
    store.locked = True
    assert passphrases.kept(tmp_path / "me.p12") is None
    with pytest.raises(BadRequest, match="did not keep") as caught:
        passphrases.keep(tmp_path / "me.p12", "correct horse")
    assert "correct" not in caught.value.paragraph()


@pytest.mark.parametrize("kind", [PlainFile, keyring.backends.fail.Keyring])
def test_a_store_that_is_no_recommendation_does_not_count(store: Store, tmp_path: Path, kind: type) -> None:
    keyring.set_keyring(kind())
    assert not passphrases.available() and passphrases.kept(tmp_path / "me.p12") is None
    with pytest.raises(BadRequest, match="no keyring"):
        passphrases.keep(tmp_path / "me.p12", "x")
    assert not passphrases.forget(tmp_path / "me.p12")


# ------------------------------------------------------------------ files of identities


def test_an_identity_is_renewed_in_its_place_and_the_one_before_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "me.p12"
    first = Identity.create("Mary Okafor", organisation="Example Ltd")
    first.save(path, "pass")
    renewed, kept = identities.renew_identity(path, "pass")
    assert renewed.key_fingerprint == first.key_fingerprint and renewed.fingerprint != first.fingerprint
    assert Identity.load(path, "pass").fingerprint == renewed.fingerprint
    assert Identity.load(kept, "pass").fingerprint == first.fingerprint
    other, _ = identities.renew_identity(path, "pass", new_key=True)
    assert other.key_fingerprint != first.key_fingerprint
    assert (other.name, other.organisation) == ("Mary Okafor", "Example Ltd")
    assert len(list(tmp_path.glob("me-until-*.p12"))) == 2
    assert all(stat.S_IMODE(one.stat().st_mode) == 0o600 for one in tmp_path.iterdir())
    with pytest.raises(BadIdentity, match="wrong passphrase"):
        identities.renew_identity(path, "other")
    assert Identity.load(path, "pass").fingerprint == other.fingerprint


def test_a_token_file_is_the_own_identity_where_no_other_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEBOUND_HOME", str(tmp_path))
    assert identities.own_identity_path() == tmp_path / "identity.p12"
    (tmp_path / "identity.token").write_text("{}")
    assert identities.own_identity_path() == tmp_path / "identity.token"
    assert identities.in_token(tmp_path / "identity.token") and not identities.in_token(tmp_path / "missing")
    (tmp_path / "identity.p12").write_bytes(b"0")
    assert identities.own_identity_path() == tmp_path / "identity.p12"
