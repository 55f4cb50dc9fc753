"""A key in a card or another token, through its maker's PKCS#11 library. It signs there and never leaves it.

The library is native code and runs inside this program: only one that the person named is ever loaded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.x509 import load_der_x509_certificate

from casebound_packaging.errors import BadIdentity

if TYPE_CHECKING:
    from pkcs11 import PrivateKey, Session, Token


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """Where a key lies: the token's PKCS#11 library, the token's label, the key's label."""

    library: Path
    token: str
    key: str

    def __str__(self) -> str:
        return f"{self.token}/{self.key}"


class TokenKey:
    """An unlocked key in a token. The session stays open as long as the program runs, so that the PIN is not kept."""

    def __init__(self, place: TokenPlace, session: Session, key: PrivateKey, public: ec.EllipticCurvePublicKey) -> None:
        self.place = place
        self._session = session  # closed with its last key; a token logs out then
        self._key = key
        self._public = public
        self._lock = Lock()

    def __repr__(self) -> str:
        return f"TokenKey({str(self.place)!r})"

    @property
    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._public

    def sign(self, data: bytes) -> bytes:
        """ECDSA with SHA-256, DER. The token gets the hash only. Raises `BadIdentity` where it does not sign."""
        from pkcs11 import Mechanism

        with _told(self.place), self._lock:
            raw = bytes(self._key.sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA))  # type: ignore[attr-defined]
        half = len(raw) // 2
        return encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))


def open_key(place: TokenPlace, pin: str) -> TokenKey:
    """Unlock the key at `place`. Raises `BadIdentity`: no such library, token or key, wrong PIN, not a P-256 key."""
    with _told(place), _closed_on_failure(_unlocked(place, pin)) as session:
        return _opened(session, place)


def make_key(place: TokenPlace, pin: str) -> TokenKey:
    """Make a new P-256 key inside the token, to be kept there. Raises `BadIdentity`, also where the label is taken."""
    from pkcs11 import Attribute, KeyType
    from pkcs11.util.ec import encode_named_curve_parameters

    with _told(place), _closed_on_failure(_unlocked(place, pin, rw=True)) as session:
        if next(iter(session.get_objects({Attribute.LABEL: place.key})), None) is not None:
            raise BadIdentity(
                f"The token {place.token} has something called {place.key} already.",
                "Choose another name with --key, or leave --make out to use the key that is there.",
                where=str(place),
            )
        curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        parameters = session.create_domain_parameters(KeyType.EC, curve, local=True)
        parameters.generate_keypair(store=True, label=place.key, id=hashlib.sha256(place.key.encode()).digest()[:8])
        return _opened(session, place)


def _unlocked(place: TokenPlace, pin: str, *, rw: bool = False) -> Session:
    """A session of the token's user. A token counts logins by program: a second session needs, and takes, no PIN."""
    from pkcs11 import PROTECTED_AUTH, TokenFlag
    from pkcs11.exceptions import UserAlreadyLoggedIn

    token = _token(place)
    own_keys = TokenFlag.PROTECTED_AUTHENTICATION_PATH in token.flags and not pin  # the PIN is typed on the reader
    try:
        return token.open(rw=rw, user_pin=PROTECTED_AUTH if own_keys else pin)
    except UserAlreadyLoggedIn:
        return token.open(rw=rw)


@contextmanager
def _closed_on_failure(session: Session) -> Iterator[Session]:
    try:
        yield session
    except BaseException:
        session.close()
        raise


def _token(place: TokenPlace) -> Token:
    import pkcs11

    if not place.library.is_absolute() or not place.library.is_file():
        raise BadIdentity(
            f"There is no PKCS#11 library {place.library}.",
            "Name the library of the token's maker by its whole path.",
            where=str(place.library),
        )
    return pkcs11.lib(str(place.library)).get_token(token_label=place.token)


def _opened(session: Session, place: TokenPlace) -> TokenKey:
    from pkcs11 import ObjectClass

    key: Any = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=place.key)
    public = _public(session, key)
    if not (isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1)):
        raise BadIdentity(
            f"The key {place.key} in the token {place.token} is not an ECDSA key on the curve P-256.",
            "Make one of that kind in the token, with --make or with its maker's program.",
            where=str(place),
        )
    return TokenKey(place, session, key, public)


def _public(session: Session, key: Any) -> object:
    """The public key beside a private one: the token's object of the same id, else that of its certificate."""
    from pkcs11 import Attribute, ObjectClass
    from pkcs11.util.ec import encode_ec_public_key

    mark = key[Attribute.ID]
    for public in session.get_objects({Attribute.CLASS: ObjectClass.PUBLIC_KEY, Attribute.ID: mark}):
        try:
            return load_der_public_key(encode_ec_public_key(public))  # type: ignore[arg-type]
        except (ValueError, TypeError, KeyError):  # of another kind
            return None
    for held in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.ID: mark}):
        return load_der_x509_certificate(bytes(held[Attribute.VALUE])).public_key()
    return None


@contextmanager
def _told(place: TokenPlace) -> Iterator[None]:
    """A fault of the token in words. PINs are in none of them."""
    from pkcs11 import exceptions

    try:
        yield
    except BadIdentity:
        raise
    except exceptions.PKCS11Error as fault:
        if type(fault) is exceptions.PKCS11Error:  # not the token's own word: the library could not be loaded
            raise _unusable(place, fault) from None
        what, hint = _WORDS.get(type(fault).__name__, ("", "Check that it is plugged in, and try again."))
        raise BadIdentity(
            f"The token {place.token} {what or f'did not do what was asked ({type(fault).__name__})'}.",
            hint,
            meaning="Nothing was signed.",
            where=str(place),
        ) from None
    except RuntimeError as fault:
        raise _unusable(place, fault) from None


def _unusable(place: TokenPlace, fault: Exception) -> BadIdentity:
    return BadIdentity(
        f"The PKCS#11 library {place.library} cannot be used: {str(fault)[:120]}",
        "Name the library of the token's maker.",
        meaning="Nothing was signed.",
        where=str(place.library),
    )


_WORDS = {
    "PinIncorrect": ("does not accept this PIN", "Type it again. Most tokens lock themselves after three wrong PINs."),
    "PinLenRange": ("does not accept this PIN", "Type it again. Most tokens lock themselves after three wrong PINs."),
    "ArgumentsBad": ("does not accept this PIN", "Type it again. Most tokens lock themselves after three wrong PINs."),
    "PinLocked": ("has locked itself after wrong PINs", "Its maker's program can unlock it."),
    "NoSuchToken": ("is not there", "Plug it in, and check its name."),
    "TokenNotPresent": ("is not there", "Plug it in, and check its name."),
    "DeviceRemoved": ("was taken away", "Plug it in again, and start anew."),
    "MultipleTokensReturned": ("is there more than once", "Give each token a name of its own."),
    "NoSuchKey": ("has no key of this name", "Check the name of the key, or make one with --make."),
    "MultipleObjectsReturned": ("has more than one key of this name", "Give each key a name of its own."),
    "UserPinNotInitialized": ("has no PIN yet", "Set it up with its maker's program first."),
}
