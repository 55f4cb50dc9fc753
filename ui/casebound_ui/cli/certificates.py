"""A certificate on the terminal: whose it is, who issued it, its fingerprints and the words to read aloud."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from casebound_packaging.certification import text_of
from casebound_packaging.identity import certificate_name, key_fingerprint_of, spoken
from casebound_ui.cli import terminal


def shown(certificate: x509.Certificate, file: str, json: bool, *, done: str = "", **more: str) -> None:
    """Print what a certificate is, after the line `done`; or as JSON, with `more` beside its own facts."""
    fingerprint = certificate.fingerprint(SHA256()).hex()
    self_issued = certificate.issuer == certificate.subject
    facts = {
        "file": file,
        "name": certificate_name(certificate),
        "fingerprint": fingerprint,
        "key": key_fingerprint_of(certificate),
        "words": spoken(fingerprint),
        "self_issued": self_issued,
        "valid_from": certificate.not_valid_before_utc,
        "valid_to": certificate.not_valid_after_utc,
        **more,
    }
    if json:
        terminal.show_json(facts)
        return
    if done:
        terminal.say(done)
    issuer = text_of(certificate.issuer, NameOID.COMMON_NAME) or certificate.issuer.rfc4514_string()
    terminal.say(terminal.inert(f"{facts['name']}, {'self-issued' if self_issued else 'issued by ' + issuer}"))
    terminal.say(f"Certificate (SHA-256)  {fingerprint}")
    terminal.say(f"Key (SHA-256)          {facts['key']}")
    terminal.say(f"Read aloud             {facts['words']}")
    terminal.say(
        f"Valid                  {certificate.not_valid_before_utc:%Y-%m-%d} "
        f"to {certificate.not_valid_after_utc:%Y-%m-%d}"
    )
