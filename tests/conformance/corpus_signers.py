"""Certificates, revocation, time stamps, second signers: who sealed, and when."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache

from corpus_cast import CAST, SEALED, SIGNER_USES, self_issued
from corpus_clock import refused, service, stamped
from corpus_ledger import lines_of, resign
from corpus_member import (
    BASE,
    FINGERPRINT,
    LEDGER,
    NOTHING,
    PACKAGE,
    SEAL,
    STAMP,
    Act,
    Given,
    Member,
    Workshop,
    invalid,
    rewritten,
    tampered,
    valid,
)
from corpus_press import SteadyInsider, seal_of
from corpus_seed import DAY
from corpus_trust import EXPIRED_CLOCK, STAMPED
from cryptography.x509.oid import ExtendedKeyUsageOID
from tampering import edit_json

from casebound_packaging.identity import Identity
from casebound_packaging.ledger import line_hash
from casebound_packaging.sshsig import allowed_signers

_ORG = CAST.organisation
_REST = tuple(limit for limit in BASE if limit != "UNSTAMPED")


def resealed_by(identity: Callable[[], Identity]) -> Act:
    """The same evidence and history, with another certificate for the signer named and used throughout."""

    def act(shop: Workshop) -> None:
        signer = shop.by(identity())
        lines = lines_of(shop)
        renamed, previous = {}, "0" * 64
        attached = "0" * 64
        for place, stored in enumerate(lines):
            line = json.loads(stored)
            if "omitted" not in line:
                line |= {"prev": previous, "actor": signer.identity.key_fingerprint}
                if line["action"] == "attached":
                    line["attachment_prev"] = attached
                lines[place] = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
            previous = line_hash(lines[place])
            renamed[line_hash(stored)] = previous
            attached = previous if line.get("action") == "attached" else attached
        shop.files[LEDGER] = b"".join(line + b"\n" for line in lines)
        for name in [name for name in shop.files if name.endswith("/exhibit.json")]:

            def relink(record: dict) -> None:
                record["line_hash"] = renamed[record["line_hash"]]
                if record.get("previous_line_hash", "0" * 64) != "0" * 64:
                    record["previous_line_hash"] = renamed[record["previous_line_hash"]]

            edit_json(shop.files, name, relink)
        resign(shop, signer)
        signer.relist(signer.name_signer(shop.files))

    return act


class Careless(Identity):
    """A signer whose program does not ask whether the certificate is valid."""

    def require_valid(self, at: datetime) -> None:
        """Nothing is asked."""


def issued(**how: object) -> Callable[[], Identity]:
    """The examiner's key under the organisation's root, with a certificate of another kind."""

    def make() -> Identity:
        one = _ORG.issue("Ben Alvarez", key="signer Ben Alvarez of Example Root", **how)  # type: ignore[arg-type]
        return Careless(one.private_key, one.certificate, one.chain)

    return make


def _stamp(data: Callable[[Workshop], bytes], at: datetime = STAMPED, by: Identity | None = None) -> Act:
    return lambda shop: shop.files.update({STAMP: stamped(data(shop), at, by)})


def _own_seal(shop: Workshop) -> bytes:
    return shop.files[SEAL]


def _beside(end: str, data: Callable[[Workshop], bytes]) -> Act:
    return lambda shop: shop.beside.update({end: data(shop)})


def _both(*acts: Act) -> Act:
    def act(shop: Workshop) -> None:
        for one in acts:
            one(shop)

    return act


def cosigned(seals: dict[str, Identity], *gone: str) -> Act:
    """Further seals, as package.json expects them; then perhaps some of their files are taken away."""

    def act(shop: Workshop) -> None:
        edit_json(shop.files, PACKAGE, lambda info: info.update(seals_expected=["01-examiner", *seals]))
        signers = [CAST.examiner, *seals.values()]
        shop.files["certs/allowed_signers"] = "".join(allowed_signers(one) for one in signers).encode()
        SteadyInsider(CAST.examiner, seals=seals).relist(shop.files)
        for name in gone:
            del shop.files[name]

    return act


def _crl_inside(shop: Workshop) -> None:
    shop.files["certs/crl.pem"] = _ORG.crl(CAST.examiner, SEALED - DAY)
    shop.relist()


@cache
def _between() -> Identity:
    return _ORG.under("Example Issuing").issue("Ben Alvarez", key="signer Ben Alvarez of Example Root")


def _without_chain() -> Identity:
    whole = _between()
    return Identity(whole.private_key, whole.certificate, whole.chain[-1:])


_SERVICE_STAMP = _stamp(_own_seal)
_CLOCK = Given(tsa="tsa-root.pem")
_SEALS = ("01-examiner", "02-reviewer")
_TWO = {"02-reviewer": CAST.reviewer}
_NOTED = ("UNATTRIBUTED", *BASE)


def _crl(name: str, **more: str) -> Given:
    return Given(trust=f"root-crl-{name}.pem", **more)  # type: ignore[arg-type]


SIGNERS: tuple[Member, ...] = (
    valid("sound", "as it was sealed; the organisation's root is given", lambda shop: None, *BASE),
    valid("sound-fingerprint", "as it was sealed; the fingerprint is given", lambda shop: None, *BASE,
          given=FINGERPRINT),
    valid("sound-nothing-given", "as it was sealed; nothing is given", lambda shop: None, *_NOTED, given=NOTHING),
    valid("self-issued", "a signer who issued the certificate to themselves; its fingerprint is given",
          resealed_by(lambda: CAST.stranger), "SELF-ISSUED", *BASE,
          given=Given(trust="stranger.pem", signer=CAST.stranger.fingerprint, allowed="allowed_stranger")),
    valid("issued-through-another", "a certificate of an authority under the root", resealed_by(_between), *BASE),
    valid("certificate-without-purposes", "a certificate that lists no purposes; its fingerprint is given",
          resealed_by(issued(uses=())), *BASE, given=Given(signer=issued(uses=())().fingerprint)),
    invalid("issued-through-nobody", "the certificate of the authority between is not enclosed",
            resealed_by(_without_chain), "chain", ("signer", SEAL)),
    invalid("purpose-web-server", "a certificate for web servers", resealed_by(issued(
        uses=(ExtendedKeyUsageOID.SERVER_AUTH,))), "purpose", ("signer", SEAL)),
    invalid("purpose-code-signing", "a certificate for code", resealed_by(issued(
        uses=(ExtendedKeyUsageOID.CODE_SIGNING,))), "purpose", ("signer", SEAL)),
    invalid("usage-encryption-only", "a certificate whose key may only encipher", resealed_by(issued(
        usage=("key_encipherment",))), "purpose", ("signer", SEAL)),
    Member("colleagues-mail-certificate", "a colleague's mail certificate under the right root", "tampered", "insider",
           resealed_by(lambda: CAST.clerk), frozenset(["unmarked"]), verdict="verified-with-limits", limits=_NOTED,
           given=Given(allowed="allowed_clerk")),
    rewritten("another-colleague", "sealed by a colleague; the examiner's fingerprint is given",
              resealed_by(lambda: CAST.reviewer), "issuer", ("signer", SEAL), given=FINGERPRINT),
    invalid("sealed-before-its-certificate", "the certificate was not yet valid", resealed_by(issued(
        begin=SEALED + DAY)), "lifetime", ("signer", SEAL)),
    invalid("sealed-after-its-certificate", "the certificate had expired when the seal was made", resealed_by(issued(
        end=SEALED - DAY)), "lifetime expired", ("signer", SEAL)),
    valid("expired-since", "the certificate has expired since, and nothing proves that the seal is older",
          resealed_by(issued(end=SEALED + 30 * DAY)), *BASE, "EXPIRED", breaks=frozenset(["expired"])),
    valid("expired-since-but-stamped", "the certificate has expired since; a time stamp is older",
          _both(resealed_by(issued(end=SEALED + 30 * DAY)), _SERVICE_STAMP), *_REST, given=_CLOCK,
          breaks=frozenset(["expired-stamped"])),
    # Revocation: lists that the recipient brings, and one that is enclosed.
    valid("list-that-revokes-nobody", "a fresh list that revokes nobody", lambda shop: None, *BASE,
          given=_crl("nobody")),
    valid("list-that-revokes-a-colleague", "a fresh list that revokes a colleague", lambda shop: None, *BASE,
          given=_crl("of-another")),
    valid("list-by-a-stranger", "a list by another root of the same name revokes nobody", lambda shop: None, *BASE,
          given=_crl("by-stranger"), breaks=frozenset(["no-list"])),
    invalid("revoked-before-sealing", "revoked before the seal was made", lambda shop: None, "revoked",
            ("signer", SEAL), given=_crl("before-sealing")),
    invalid("revoked-since-unstamped", "revoked since, and nothing proves that the seal is older", lambda shop: None,
            "revoked", ("signer", SEAL), given=_crl("after-sealing")),
    invalid("revoked-before-the-stamp", "revoked after the claimed time and before the proved one", _SERVICE_STAMP,
            "revoked", ("signer", SEAL), given=_crl("after-sealing", tsa="tsa-root.pem")),
    valid("revoked-after-the-stamp", "revoked after the proved time", _SERVICE_STAMP, *_REST, "REVOKED-LATER",
          given=_crl("after-stamp", tsa="tsa-root.pem"), breaks=frozenset(["revoked-later"])),
    invalid("leaked-key", "revoked later, for a key known to have leaked before", _SERVICE_STAMP, "revoked",
            ("signer", SEAL), given=_crl("leaked-key", tsa="tsa-root.pem")),
    invalid("revoked-by-the-enclosed-list", "the enclosed list revokes the signer", _crl_inside, "revoked-inside",
            ("signer", SEAL)),
    # Second signers.
    valid("two-signers", "a reviewer sealed as well", cosigned(_TWO), *BASE, seals=_SEALS),
    invalid("two-seals-of-one-key", "two seals by one key", cosigned({"02-reviewer": CAST.examiner}), "one-key",
            ("seal", "seals/")),
    invalid("second-signer-unknown", "the second signer is under no root that was given",
            cosigned({"02-reviewer": self_issued("Rita Reviewer")}), "chain", ("signer", "02-reviewer"),
            seals=_SEALS),
    tampered("removed-second-seal-cades", "the second CAdES seal is gone",
             cosigned(_TWO, "seals/02-reviewer.p7s"), "p7s-gone", ("inventory", "02-reviewer.p7s"), seals=_SEALS),
    tampered("removed-second-seal-openssh", "the second OpenSSH seal is gone",
             cosigned(_TWO, "seals/02-reviewer.sig"), "sig-gone", ("inventory", "02-reviewer.sig"), seals=_SEALS),
    tampered("removed-second-seal", "the second seal is gone whole",
             cosigned(_TWO, "seals/02-reviewer.p7s", "seals/02-reviewer.sig"), "p7s-gone sig-gone",
             ("inventory", "02-reviewer"), seals=_SEALS),
)  # fmt: skip

STAMPS: tuple[Member, ...] = (
    valid("stamped", "a time stamp by the service whose root is given", _SERVICE_STAMP, *_REST, given=_CLOCK),
    valid("stamped-and-witnessed", "a time stamp, and an older checkpoint at hand", _SERVICE_STAMP, "PARTIAL",
          "REDACTED", given=Given(tsa="tsa-root.pem", against=("seen.checkpoint",))),
    valid("stamped-service-unknown", "a time stamp, and no service's root is given", _SERVICE_STAMP, *BASE),
    valid("stripped-stamp", "the time stamp was taken out: nothing is broken, and nothing is proved",
          lambda shop: None, *BASE, given=_CLOCK),
    valid("stamped-by-hand", "a time stamp carried by hand lies beside the ZIP", _beside(
        ".tsr", lambda shop: stamped(_own_seal(shop), STAMPED)), *_REST, given=_CLOCK, folder=False),
    invalid("stamp-of-another-service", "a time stamp by another service than was given",
            _stamp(_own_seal, by=service(CAST.other_clocks)), "stamp", ("time", STAMP), given=_CLOCK),
    invalid("stamp-over-other-bytes", "a time stamp over other bytes", _stamp(lambda shop: b"other"), "stamp",
            ("time", STAMP), given=_CLOCK),
    tampered("stamp-of-another-package", "the time stamp of another package's seal",
             _stamp(lambda shop: seal_of(b"other", CAST.examiner)), "stamp", ("time", STAMP), given=_CLOCK),
    invalid("stamp-refused", "the service's refusal in place of a time stamp",
            lambda shop: shop.files.update({STAMP: refused()}), "stamp", ("time", STAMP), given=_CLOCK),
    invalid("stamp-of-nothing", "a time stamp file with zero bytes", lambda shop: shop.files.update({STAMP: b""}),
            "stamp", ("time", STAMP), given=_CLOCK),
    invalid("stamp-by-an-expired-service", "a time stamp by a service whose certificate had ended",
            _stamp(_own_seal, by=EXPIRED_CLOCK), "stamp", ("time", STAMP), given=_CLOCK),
    invalid("stamp-by-a-signer", "a “time stamp” by a certificate that is not for time stamps",
            _stamp(_own_seal, by=CAST.clocks.issue("Ben Alvarez", uses=SIGNER_USES)), "stamp", ("time", STAMP),
            given=_CLOCK),
    invalid("stamp-beside-over-other-bytes", "a time stamp beside the ZIP over other bytes",
            _beside(".tsr", lambda shop: stamped(b"other", STAMPED)), "stamp", ("time", ".tsr"), given=_CLOCK,
            folder=False),
    tampered("stamp-half", "half of a time stamp", _both(_SERVICE_STAMP, lambda shop: shop.files.update(
        {STAMP: shop.files[STAMP][:300]})), "stamp", ("time", STAMP), given=_CLOCK),
)  # fmt: skip
