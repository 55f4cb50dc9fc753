"""Seals and stamps of a package in the making: the files of seals/, and what a time stamp service adds to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding

from casebound_packaging import seal, sshsig
from casebound_packaging.identity import Identity
from casebound_packaging.member import Member
from casebound_packaging.staging import Watch, unwatched
from casebound_packaging.stamp import read_stamp
from casebound_packaging.timeservices import TimeServices

STAMP_TYPE: Final = "application/timestamp-reply"


def checkpoint_stamp(checkpoint: Member, services: TimeServices, watch: Watch = unwatched) -> Member | None:
    """The payload file with a stamp over the signed checkpoint, or None where no service gave one.

    It is asked for before anything is hashed, because the manifest lists it like every payload file.
    """
    assert isinstance(checkpoint.content, bytes)
    answer = services.ask(checkpoint.content, watch)
    return None if answer is None else Member(f"{checkpoint.path}.tsr", "stamp", STAMP_TYPE, answer)


def service_chain(stamp: Member | None) -> bytes:
    """certs/tsa-chain.pem: the certificates that came with the checkpoint's stamp, but roots; empty without a stamp."""
    if stamp is None:
        return b""
    assert isinstance(stamp.content, bytes)
    read = read_stamp(stamp.content)
    between = [one for one in read.others if one.subject != one.issuer]
    return b"".join(one.public_bytes(Encoding.PEM) for one in (read.signer, *between))


def seal_files(
    tagmanifest: bytes,
    signers: Sequence[tuple[str, Identity]],
    sealed_at: datetime,
    services: TimeServices,
    watch: Watch = unwatched,
) -> dict[str, bytes]:
    """The files of seals/ by their path in the package, each seal with a time stamp where a service gives one.

    `signers` are (`01-examiner`, identity) pairs, the first who seals first.
    """
    made: dict[str, bytes] = {}
    for name, identity in signers:
        p7s = seal.cades(tagmanifest, identity, sealed_at)
        made[f"seals/{name}.p7s"] = p7s
        made[f"seals/{name}.sig"] = sshsig.sign(tagmanifest, identity).encode("ascii")
        answer = services.ask(p7s, watch)
        if answer is not None:
            made[f"seals/{name}.p7s.tsr"] = answer
    return made
