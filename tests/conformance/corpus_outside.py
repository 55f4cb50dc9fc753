"""What comes and goes beside a package: receipts, stamps of the signed end, co-signatures, later versions."""

from __future__ import annotations

from collections.abc import Callable

from corpus_cast import CAST, SEALED, self_issued
from corpus_clock import service, stamped
from corpus_member import (
    BASE,
    EVENT,
    TAG_MANIFEST,
    Act,
    Given,
    Member,
    Workshop,
    invalid,
    rewritten,
    sealed_anew,
    tampered,
    valid,
)
from corpus_press import seal_of
from corpus_seed import DAY
from corpus_signers import issued, resealed_by
from corpus_trust import STAMPED
from corpus_versions import RECEIPT, next_version, received
from corpus_witnesses import insiders_history
from specimen_members import ORIGIN
from tampering import edit_json

from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.identity import Identity
from casebound_packaging.sshsig import sign as ssh_sign

_END = "data/custody/checkpoints/8.checkpoint"
_CLOCK = Given(tsa="tsa-root.pem")
_UNWITNESSED = tuple(limit for limit in BASE if limit != "UNWITNESSED")
FIRST = Given(against=("first-version.zip",))


def _next(given: Callable[[Workshop], bytes]) -> Act:
    return lambda shop: next_version(shop, given(shop))


def _broken(data: bytes) -> bytes:
    return data[:-20] + bytes([data[-20] ^ 1]) + data[-19:]


def _end_stamp(over: Callable[[Workshop], bytes], by: Identity | None = None) -> Act:
    """A time stamp of the custody record's signed end, which lies in the payload."""

    def act(shop: Workshop) -> None:
        shop.files[f"{_END}.tsr"] = stamped(over(shop), STAMPED, by)

    return sealed_anew(act)


def _beside(number: str, by: Identity, *kinds: str, over: bytes = b"") -> Act:
    """A later co-signature beside the ZIP."""

    def act(shop: Workshop) -> None:
        data = over or shop.files[TAG_MANIFEST]
        halves = {"p7s": seal_of(data, by, SEALED + DAY), "sig": ssh_sign(data, by).encode()}
        shop.beside.update({f".{number}.{kind}": halves[kind] for kind in kinds or ("p7s", "sig")})

    return act


def _told(name: str, old: bytes, new: bytes) -> Act:
    """A text that people read first says something else, in both of its forms."""

    def act(shop: Workshop) -> None:
        for end in ("csv", "jsonl"):
            shop.files[f"data/{name}.{end}"] = shop.files[f"data/{name}.{end}"].replace(old, new)

    return sealed_anew(act)


def _with_crl(fresh: bool) -> Act:
    def act(shop: Workshop) -> None:
        end = {} if fresh else {"made": SEALED - 20 * DAY, "fresh_until": SEALED - DAY}
        shop.files["certs/crl.pem"] = CAST.organisation.crl(**end)  # type: ignore[arg-type]
        shop.relist()

    return act


OUTSIDE: tuple[Member, ...] = (
    valid("second-version", "version 2, with a receipt of version 1 in it",
          _next(lambda shop: received(shop.files)), *BASE),
    valid("second-version-witnessed", "the same, and version 1 is at hand",
          _next(lambda shop: received(shop.files)), *_UNWITNESSED, given=FIRST),
    valid("superseded", "version 1, and version 2 is at hand", lambda shop: None, "SUPERSEDED", *BASE,
          given=Given(against=("second-version.zip",)), breaks=frozenset(["superseded"])),
    valid("receipt-kept", "a recipient's receipt of this very package is at hand", lambda shop: None, *_UNWITNESSED,
          given=Given(against=("first-version.receipt",))),
    rewritten("history-rewritten-receipt-kept", "the whole custody record written anew; a receipt is kept",
              insiders_history, "rewritten-package", ("custody", "first-version.receipt"),
              given=Given(against=("first-version.receipt",))),
    rewritten("sealed-twice-as-one-version", "another package was received as this version",
              sealed_anew(lambda shop: shop.files.update({"README-VERIFY.txt": b"Other.\n"})),
              "rewritten-package", ("custody", "first-version.receipt"),
              given=Given(against=("first-version.receipt",))),
    rewritten("receipt-broken", "an enclosed receipt whose signature does not hold",
              _next(lambda shop: _broken(received(shop.files))), "receipts", ("custody", RECEIPT)),
    rewritten("receipt-of-another-history", "an enclosed receipt that saw another custody record", _next(
        lambda shop: received(shop.files, state=Checkpoint(ORIGIN, 4, "ab" * 32))), "receipts", ("custody", RECEIPT)),
    rewritten("receipt-of-another-log", "an enclosed receipt of another log", _next(
        lambda shop: received(shop.files, state=Checkpoint(f"{ORIGIN[:-1]}0", 4, "ab" * 32))), "receipts",
        ("custody", RECEIPT)),
    rewritten("receipt-of-more", "an enclosed receipt that saw more entries than there are", _next(
        lambda shop: received(shop.files, state=Checkpoint(ORIGIN, 99, "ab" * 32))), "receipts", ("custody", RECEIPT)),
    invalid("receipt-that-is-none", "a text in place of a receipt", _next(lambda shop: b"Thank you.\n"), "receipts",
            ("custody", RECEIPT)),
    # Stamps of the custody record's signed end.
    valid("end-stamped", "the custody record's signed end is stamped", _end_stamp(lambda shop: shop.files[_END]),
          *BASE, given=_CLOCK),
    invalid("end-stamp-over-other-bytes", "a stamp over other bytes beside the signed end",
            _end_stamp(lambda shop: b"other"), "checkpoint-stamp", ("time", _END), given=_CLOCK),
    invalid("end-stamp-of-another-service", "a stamp of the signed end by another service than was given",
            _end_stamp(lambda shop: shop.files[_END], service(CAST.other_clocks)), "checkpoint-stamp-service",
            ("time", _END), given=_CLOCK),
    # Co-signatures beside the ZIP.
    valid("cosigned", "a reviewer signed later; the signature lies beside the ZIP",
          _beside("02-reviewer", CAST.reviewer), *BASE, folder=False),
    tampered("cosigned-over-other-bytes", "a co-signature over other bytes",
             _beside("02-reviewer", CAST.reviewer, over=b"other\n"), "cosigner", ("seal", "02-reviewer.p7s"),
             folder=False),
    tampered("cosigned-half", "a co-signature of which one file is gone",
             _beside("02-reviewer", CAST.reviewer, "p7s"), "cosigner", ("seal", "02-reviewer.p7s"), folder=False),
    tampered("cosigned-under-a-number-inside", "a co-signature with the number of a seal that is inside",
             _beside("01-reviewer", CAST.reviewer), "cosigner", ("seal", "01-reviewer.p7s"), folder=False),
    invalid("cosigned-by-the-signer", "a co-signature by the key that sealed", _beside("02-reviewer", CAST.examiner),
            "cosigner", ("seal", "02-reviewer.p7s"), folder=False),
    valid("cosigned-by-a-stranger", "a co-signature by somebody whom nobody confirmed: it is told, and counts nothing",
          _beside("02-reviewer", self_issued("Rita Reviewer")), *BASE, folder=False),
    # Revocation lists that are out of date.
    valid("list-overdue", "the revocation list that was given is overdue", lambda shop: None, "STALE-REVOCATION",
          *BASE, given=Given(trust="root-crl-stale.pem"), breaks=frozenset(["stale"])),
    valid("list-enclosed", "a fresh list is enclosed that revokes nobody", _with_crl(True), *BASE),
    valid("list-enclosed-overdue", "an enclosed list is overdue", _with_crl(False), *BASE),
    valid("leaf-certificate-renewed", "sealed by the same key under a renewed certificate",
          resealed_by(issued(begin=SEALED - DAY)), *BASE),
    # What people read first.
    rewritten("timeline-retold", "the evidence timeline gives an event another caption",
              _told("timeline", b"Bob signs in", b"Eve signs in"), "timeline", ("completeness", "data/timeline")),
    rewritten("timeline-at-another-time", "the evidence timeline gives an event another time",
              _told("timeline", b"T09:30:00", b"T19:30:00"), "timeline", ("completeness", "data/timeline")),
    rewritten("chronology-of-another-order", "the chronology's entries in another order", sealed_anew(
        lambda shop: shop.files.update({"data/chronology.jsonl": b"".join(reversed(
            shop.files["data/chronology.jsonl"].splitlines(keepends=True)))})), "timeline",
        ("completeness", "data/chronology")),
    rewritten("event-at-another-time", "an event exhibit gives another time than its row", sealed_anew(
        lambda shop: edit_json(shop.files, EVENT, lambda it: it["time"].update(utc="2026-03-01T19:30:00.000000Z"))),
        "timeline", ("completeness", "")),
)  # fmt: skip
