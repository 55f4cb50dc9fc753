"""What people outside hold: roots, revocation lists, roots of time stamp services, older states. By file name."""

from __future__ import annotations

from corpus_cast import CAST, SEALED, Authority
from corpus_clock import service
from corpus_seed import DAY, older_note, published_seed
from corpus_versions import received, second_version
from specimen_members import ORIGIN

from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.checkpoint import sign as sign_checkpoint
from casebound_packaging.sshsig import allowed_signers

_SEED = published_seed()
_LINES = _SEED.files["data/custody/ledger.jsonl"].splitlines()
STAMPED = SEALED + DAY
"""When the stamps of the corpus were given."""


def _with(authority: Authority, *lists: bytes) -> bytes:
    return authority.pem + b"".join(lists)


_ORG, _BEN = CAST.organisation, CAST.examiner
_LEAKED = _ORG.crl(_BEN, STAMPED + 5 * DAY, since=SEALED - DAY)
TRUST: dict[str, bytes] = {
    "root.pem": _ORG.pem,
    "public-root.pem": CAST.public.pem,
    "namesake-root.pem": CAST.namesake.pem,
    "stranger.pem": CAST.stranger.certificate_pem(),
    "allowed_signers": allowed_signers(_BEN).encode(),
    "allowed_stranger": allowed_signers(CAST.stranger).encode(),
    "allowed_clerk": allowed_signers(CAST.clerk).encode(),
    "tsa-root.pem": CAST.clocks.pem,
    "other-tsa-root.pem": CAST.other_clocks.pem,
    # The same root with a revocation list behind it.
    "root-crl-nobody.pem": _with(_ORG, _ORG.crl()),
    "root-crl-before-sealing.pem": _with(_ORG, _ORG.crl(_BEN, SEALED - DAY)),
    "root-crl-after-sealing.pem": _with(_ORG, _ORG.crl(_BEN, SEALED + DAY / 2)),
    "root-crl-after-stamp.pem": _with(_ORG, _ORG.crl(_BEN, STAMPED + DAY)),
    "root-crl-leaked-key.pem": _with(_ORG, _LEAKED),
    "root-crl-of-another.pem": _with(_ORG, _ORG.crl(CAST.reviewer, SEALED - DAY)),
    "root-crl-by-stranger.pem": _with(_ORG, CAST.namesake.crl(_BEN, SEALED - DAY)),
    "root-crl-stale.pem": _with(_ORG, _ORG.crl(made=SEALED - 20 * DAY, fresh_until=SEALED - DAY)),
    # Older states of the custody record, as people outside kept them.
    "seen.checkpoint": older_note(_LINES, _BEN).encode(),
    "seen-by-another-key.checkpoint": older_note(_LINES, CAST.reviewer).encode(),
    "other-log.checkpoint": sign_checkpoint(Checkpoint(f"{ORIGIN[:-1]}0", 4, "ab" * 32), _BEN).encode(),
    "other-history.checkpoint": sign_checkpoint(Checkpoint(ORIGIN, 4, "ab" * 32), _BEN).encode(),
    "later.checkpoint": sign_checkpoint(Checkpoint(ORIGIN, 99, "ab" * 32), _BEN).encode(),
    "first-version.zip": _SEED.zip,
    "first-version.receipt": received(_SEED.files),
    "second-version.zip": second_version(_SEED).packed,
}
EXPIRED_CLOCK = service(CAST.clocks, SEALED)
"""A time stamp service whose certificate ended before the stamps were given."""
