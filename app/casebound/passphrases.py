"""The system's own store of secrets, where there is one: Keychain, Credential Locker, Secret Service, KWallet.

It keeps the passphrase of an identity, or the PIN of its token, so that nobody has to type it while they are signed in
to this computer. Nothing is stored but where a person asks for it. The key itself stays in its file or token.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from casebound.errors import BadRequest

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE: Final = "Casebound identity"


def available() -> bool:
    """Whether this system has a store that keeps secrets encrypted."""
    return _store() is not None


def kept(path: Path) -> str | None:
    """The passphrase kept for an identity's file, or None. A store that does not answer has none."""
    store = _store()
    if store is None:
        return None
    try:
        return store.get_password(SERVICE, _name(path))
    except Exception:  # noqa: BLE001 - locked, refused, gone: the person is asked instead
        return None


def keep(path: Path, passphrase: str) -> None:
    """Keep the passphrase of an identity's file. Raises `BadRequest` where the system has no store, or it refuses."""
    store = _store()
    if store is None:
        raise BadRequest(
            "This system offers no keyring that Casebound can use.",
            "Keep typing the passphrase, or read it from a file with --passphrase-file.",
            meaning="Nothing was stored.",
        )
    try:
        store.set_password(SERVICE, _name(path), passphrase)
    except Exception as error:  # noqa: BLE001 - each store fails in its own way
        raise BadRequest(
            f"The system's keyring did not keep the passphrase ({type(error).__name__}).",
            "Unlock the keyring, and try again.",
            meaning="Nothing was stored.",
        ) from None


def forget(path: Path) -> bool:
    """Take the passphrase out of the store. Answers whether one was there."""
    store = _store()
    if store is None or kept(path) is None:
        return False
    try:
        store.delete_password(SERVICE, _name(path))
    except Exception as error:  # noqa: BLE001 - each store fails in its own way
        raise BadRequest(
            f"The system's keyring did not let the passphrase go ({type(error).__name__}).",
            "Unlock the keyring, and try again.",
        ) from None
    return True


def _store() -> KeyringBackend | None:
    """The system's store. Backends that are no recommendation of the library's (plain files) do not count."""
    import keyring

    try:
        store = keyring.get_keyring()
        return store if store.priority >= 1 else None
    except Exception:  # noqa: BLE001 - a desktop's service may fail in any way; then there is no store
        return None


def _name(path: Path) -> str:
    return str(path.absolute())
