"""Where a person's own things lie outside of any case: the signing identity, made on first use, and who acts.

CASEBOUND_HOME names another folder. Nothing in it is needed to open a case or to check a package.
"""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import Final

from casebound.case import Actor
from casebound.clock import Clock, system_clock
from casebound.errors import BadIdentity
from casebound.store.database import cannot_write
from casebound.store.disk import make_folder
from casebound.store.stated import text
from casebound_packaging.identity import Identity

IDENTITY: Final = "identity.p12"


def home() -> Path:
    """The folder for a person's own things. It may not be there yet; what is put in it is the owner's alone."""
    named = os.environ.get("CASEBOUND_HOME", "")
    if named:
        return Path(named).absolute()
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming") / "Casebound"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Casebound"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "casebound"


def own_identity_path() -> Path:
    """Where the person's own identity is, or will be: a PKCS#12 file under a passphrase."""
    return home() / IDENTITY


def create_own(name: str, passphrase: str, *, organisation: str = "", clock: Clock = system_clock) -> Identity:
    """Make the person's own identity, self-issued, and keep it. One that is there is never replaced.

    Raises `BadIdentity` where there is one already or the name or passphrase cannot be used, `CannotWrite`.
    """
    path = own_identity_path()
    if path.exists():
        raise BadIdentity(
            "You have an identity already.",
            "Use it, or move its file away first; seals made with it stay valid.",
            where=str(path),
        )
    identity = Identity.create(name, organisation=organisation, clock=clock)
    try:
        make_folder(path.parent)
    except OSError as error:
        raise cannot_write(error, path.parent) from error
    identity.save(path, passphrase)
    return identity


def unlock_own(passphrase: str) -> Identity:
    """Unlock the person's own identity. Raises `BadIdentity`: none is there, or the passphrase is wrong."""
    return Identity.load(own_identity_path(), passphrase)


def actor_of(identity: Identity) -> Actor:
    """Who acts while this key is unlocked."""
    return Actor(identity.name, identity.key_fingerprint)


def typed_actor(name: str = "") -> Actor:
    """Who acts without a key: the typed name, else the system account. Nobody has authenticated it."""
    if name.strip():
        return Actor(text(name.strip()))
    try:
        return Actor(text(getpass.getuser()))
    except (OSError, KeyError, ImportError):
        return Actor("unknown")
