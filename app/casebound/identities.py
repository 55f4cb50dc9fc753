"""Where a person's own things lie outside of any case: the signing identity, made on first use, and who acts.

CASEBOUND_HOME names another folder. Nothing in it is needed to open a case or to check a package.
"""

from __future__ import annotations

import getpass
import hashlib
import os
import shutil
import sys
from pathlib import Path
from typing import Final

from casebound.case import Actor
from casebound.clock import Clock, system_clock
from casebound.errors import BadIdentity
from casebound.store.database import cannot_write
from casebound.store.disk import make_folder
from casebound.store.stated import text
from casebound_packaging import certification
from casebound_packaging.identity import Identity, list_path
from casebound_packaging.tokenfile import is_token_file

IDENTITY: Final = "identity.p12"
CARD: Final = "identity.token"


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
    """Where the person's own identity is, or will be: a PKCS#12 file under a passphrase, or the name of a token."""
    file, token = home() / IDENTITY, home() / CARD
    return token if token.exists() and not file.exists() else file


def in_token(path: Path) -> bool:
    """Whether an identity's file only names a token, so that a PIN is asked for and no passphrase."""
    try:
        with path.open("rb") as file:
            return is_token_file(file.read(1))
    except OSError:
        return False


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


def replace_identity(path: Path, identity: Identity, passphrase: str) -> Path:
    """Put an identity in the place of the one at `path`, which is kept beside it. Answers where.

    The earlier file still opens with its passphrase, and what was sealed with it stays as it is. Raises `BadIdentity`,
    `CannotWrite`.
    """
    mark = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    new, kept = path.with_name(f".{path.name}.new-{mark}"), path.with_name(f"{path.stem}-until-{mark}{path.suffix}")
    new.unlink(missing_ok=True)  # of an attempt that was cut off
    identity.save(new, passphrase)
    try:
        if not kept.exists():
            shutil.copy2(path, kept)
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise cannot_write(error, path) from error
    return kept


def install_certificate(path: Path, passphrase: str, pem: bytes, lists: bytes = b"") -> tuple[Identity, Path]:
    """Put the certificate that was issued for an identity's key into its file; `lists` are the root's, PEM or none.

    Answers with the identity and where the file before is kept. Raises `BadIdentity`, `CannotWrite`.
    """
    made = Identity.load(path, passphrase).certified(certification.read_certificates(pem))
    kept_at = replace_identity(path, made, passphrase)
    if lists:
        keep_lists(path, lists)
    return made, kept_at


def renew_identity(
    path: Path, passphrase: str, *, new_key: bool = False, clock: Clock = system_clock
) -> tuple[Identity, Path]:
    """A new self-issued certificate in an identity's file, over the same key or a new one.

    Answers with the identity and where the file before is kept. Raises `BadIdentity` where an organisation issued the
    certificate, or for a new key in a token; `CannotWrite`.
    """
    before = Identity.load(path, passphrase)
    if new_key and in_token(path):
        raise BadIdentity(
            "A key in a token is not replaced.",
            "Make a new one with `casebound identity token --make`.",
            where=str(path),
        )
    if new_key:
        made = Identity.create(before.name, organisation=before.organisation, clock=clock)
    else:
        made = before.renewed(clock)
    return made, replace_identity(path, made, passphrase)


def keep_lists(path: Path, pem: bytes) -> Path:
    """Keep revocation lists beside an identity's file, in the place of earlier ones; packages enclose them."""
    place = list_path(path)
    new = place.with_name(f".{place.name}.new")
    try:
        new.write_bytes(pem)
        new.chmod(0o600)
        new.replace(place)
    except OSError as error:
        raise cannot_write(error, place) from error
    return place


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
