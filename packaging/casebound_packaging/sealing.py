"""The files of seals/: each signer's two signatures over one file, and a time stamp over each where one was had."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from casebound_packaging import seal, sshsig
from casebound_packaging.identity import Identity
from casebound_packaging.stamp import NoStamp, request_stamp


def seal_files(
    tagmanifest: bytes, signers: Sequence[tuple[str, Identity]], sealed_at: datetime, tsa_url: str = ""
) -> tuple[dict[str, bytes], str]:
    """The files of seals/ by their path in the package, and why a stamp that was asked for is not among them.

    `signers` are (`01-examiner`, identity) pairs, the first who seals first.
    """
    made: dict[str, bytes] = {}
    unstamped = ""
    for name, identity in signers:
        p7s = seal.cades(tagmanifest, identity, sealed_at)
        made[f"seals/{name}.p7s"] = p7s
        made[f"seals/{name}.sig"] = sshsig.sign(tagmanifest, identity).encode("ascii")
        if tsa_url:
            try:
                made[f"seals/{name}.p7s.tsr"] = request_stamp(tsa_url, p7s)
            except NoStamp as fault:
                unstamped = fault.paragraph()
    return made, unstamped
