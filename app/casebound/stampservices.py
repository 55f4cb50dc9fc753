"""The time stamp services that a person named, in the order in which they are asked, and the roots they trust for them.

Both lie with the person's own things, outside of any case. Nothing is asked that is not named here or on the command
line, and nothing at all unless something is sealed or somebody asks for a stamp.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from cryptography import x509

from casebound.errors import BadRequest
from casebound.identities import home
from casebound.store.database import cannot_write
from casebound.store.disk import make_folder, write_whole
from casebound_packaging.timeservices import MOST, address_problem
from casebound_packaging.verify.signer import read_roots

SERVICES: Final = "time-services.json"
ROOTS: Final = "time-service-roots.pem"
_LARGEST: Final = 1 << 20


def kept_services() -> tuple[str, ...]:
    """The addresses, first to be asked first; none where none were named, or the file cannot be read."""
    try:
        found = json.loads(_read(SERVICES) or b"{}").get("services", [])
        return tuple(url for url in found if isinstance(url, str) and not address_problem(url))[:MOST]
    except (ValueError, AttributeError, TypeError, RecursionError):
        return ()


def named_services(urls: Sequence[str]) -> tuple[str, ...]:
    """These addresses, each once, as they can be asked. Raises `BadRequest` for one that cannot be a service's."""
    wanted = tuple(dict.fromkeys(url.strip() for url in urls if url.strip()))
    for url in wanted:
        problem = address_problem(url)
        if problem:
            raise BadRequest(
                f"“{url[:200]}” is no time stamp service: {problem}.",
                "Give the address that the service publishes, such as https://tsa.example/stamp.",
                meaning="Nothing was changed.",
            )
    return wanted


def keep_services(urls: Sequence[str]) -> tuple[str, ...]:
    """Keep these addresses in place of those before; an empty list asks nobody.

    Raises `BadRequest` for one that cannot be a service's address, `CannotWrite`.
    """
    wanted = named_services(urls)
    if len(wanted) > MOST:
        raise BadRequest(f"These are {len(wanted)} services; at most {MOST} are kept.", "Name the ones you rely on.")
    _write(SERVICES, json.dumps({"services": list(wanted)}, indent=1).encode())
    return wanted


def kept_roots() -> bytes | None:
    """The root certificates (PEM) by which this person judges time stamps, or None."""
    return _read(ROOTS) or None


def judging_roots(
    given: bytes | None = None,
) -> tuple[list[x509.Certificate], list[x509.CertificateRevocationList]]:
    """Roots and revocation lists to judge a stamp by: those in `given` (PEM), else those that are kept; may be none.

    Raises `BadTrust` where no certificate is in them.
    """
    pem = given if given is not None else kept_roots()
    return read_roots(pem) if pem is not None else ([], [])


def keep_roots(pem: bytes | None) -> int:
    """Keep these root certificates in place of those before, or none; answers how many there are.

    Raises `BadRequest` where there is no certificate in what was given, `CannotWrite`.
    """
    if pem is None:
        (home() / ROOTS).unlink(missing_ok=True)
        return 0
    try:
        found = x509.load_pem_x509_certificates(pem[: _LARGEST + 1])
    except ValueError:
        raise BadRequest(
            "There is no certificate in PEM form in this file.",
            "Give the root certificate that the service publishes; it begins with -----BEGIN CERTIFICATE-----.",
            meaning="Nothing was changed.",
        ) from None
    _write(ROOTS, pem)
    return len(found)


def _read(name: str) -> bytes:
    try:
        with (home() / name).open("rb") as file:
            return file.read(_LARGEST)
    except OSError:
        return b""


def _write(name: str, data: bytes) -> None:
    path = home() / name
    try:
        make_folder(path.parent)
        write_whole(path, data)
    except OSError as error:
        raise cannot_write(error, path) from error
