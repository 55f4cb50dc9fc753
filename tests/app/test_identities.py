"""Where a person's own identity lies, and who acts."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from casebound import identities
from casebound.errors import BadIdentity


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CASEBOUND_HOME", str(tmp_path / "own"))
    return tmp_path / "own"


def test_an_identity_is_made_once_and_unlocked_with_its_passphrase(home: Path) -> None:
    assert identities.own_identity_path() == home / "identity.p12"
    with pytest.raises(BadIdentity, match="cannot be read"):
        identities.unlock_own("correct horse")
    made = identities.create_own("Rosa Behrens", "correct horse", organisation="Example Provider")
    assert made.self_issued
    unlocked = identities.unlock_own("correct horse")
    assert unlocked.fingerprint == made.fingerprint
    with pytest.raises(BadIdentity, match="wrong passphrase"):
        identities.unlock_own("wrong horse")
    before = identities.own_identity_path().read_bytes()
    with pytest.raises(BadIdentity, match="already"):
        identities.create_own("Somebody", "other")
    assert identities.own_identity_path().read_bytes() == before
    actor = identities.actor_of(unlocked)
    assert (actor.name, actor.key, actor.authenticated) == ("Rosa Behrens", made.key_fingerprint, True)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_it_is_the_owners_alone(home: Path) -> None:
    identities.create_own("Rosa Behrens", "correct horse")
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE(identities.own_identity_path().stat().st_mode) == 0o600


def test_a_bad_name_or_passphrase_leaves_nothing(home: Path) -> None:
    for name, passphrase in (("", "correct horse"), ("Rosa", ""), ("R" * 100, "correct horse")):
        with pytest.raises(BadIdentity):
            identities.create_own(name, passphrase)
    assert not identities.own_identity_path().exists()


def test_without_a_named_folder_it_is_the_systems(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CASEBOUND_HOME", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert identities.home() == tmp_path / "casebound"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("APPDATA", str(tmp_path))
    assert identities.home() == tmp_path / "Casebound"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert identities.home().parts[-3:] == ("Library", "Application Support", "casebound".capitalize())


def test_a_typed_name_is_nobody_authenticated(monkeypatch: pytest.MonkeyPatch) -> None:
    assert identities.typed_actor(" Ivo Lang ").name == "Ivo Lang"
    assert not identities.typed_actor("Ivo Lang").authenticated
    monkeypatch.setenv("LOGNAME", "ivo")
    assert identities.typed_actor().name == "ivo"
