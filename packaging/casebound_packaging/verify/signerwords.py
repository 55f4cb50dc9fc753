"""What is told of a signer: each fault in one sentence that stands alone, with the title of its row."""

from __future__ import annotations

from typing import Final

OTHER_FINGERPRINT: Final = "The signer is not the one whose fingerprint was given."
NOT_ALLOWED: Final = "The signer's key is not among the allowed signers given."
OTHER_ROOT: Final = "The signer is not under the root that was given."
OTHER_PURPOSE: Final = "The certificate is for another purpose than signing documents."
NO_SIGNATURES: Final = "The certificate's key is not for signatures."
TOO_EARLY: Final = "The certificate was not valid yet when the seal was made."
TOO_LATE: Final = "The certificate was not valid any more when the seal was made."
NOT_YET: Final = "The certificate is not valid yet, by the clock of this computer."
REVOKED_BEFORE: Final = "The signer's certificate had been revoked before the seal was made."
REVOKED_UNPROVED: Final = "The signer's certificate was revoked, and nothing proves that the seal is older."
COMPROMISED: Final = "The signer's certificate was revoked: its key was in other hands before the seal was made."
ISSUER_REVOKED: Final = "The certificate of the signer's issuer was revoked."

TITLES: Final = {
    OTHER_FINGERPRINT: "This is not the signer you named",
    NOT_ALLOWED: "This is not a signer you allow",
    OTHER_ROOT: "This signer is not under the root you gave",
    OTHER_PURPOSE: "The signer's certificate is for something else",
    NO_SIGNATURES: "The signer's certificate is for something else",
    TOO_EARLY: "The signer's certificate was not valid yet",
    TOO_LATE: "The signer's certificate had expired",
    NOT_YET: "The signer's certificate is not valid yet",
    REVOKED_BEFORE: "The signer's certificate was revoked",
    REVOKED_UNPROVED: "The signer's certificate was revoked",
    COMPROMISED: "The signer's key was in other hands",
    ISSUER_REVOKED: "The signer's issuer was revoked",
}
"""The title of the signer's row, by the sentence of its first finding."""


def refusal(problem: str) -> str:
    """The first line where nothing but the signer is wrong."""
    return f"{problem} Do not rely on this package."


def row_title(problem: str) -> str:
    """The title of the signer's row for a fault."""
    return TITLES.get(problem, "This is not a signer you trust")


def unauthorised(name: str) -> str:
    """Under the root, but nobody said that this person may seal evidence."""
    return (
        f"{name} is under the root given, but is not marked as a signer of documents. Ask the organisation whether"
        " they seal evidence, and confirm the key with them."
    )


def expired_since(name: str, day: str) -> str:
    """Expired, and no fault of the seal: the proved time is older."""
    return f"The certificate of {name} expired on {day}; the time stamp proves that the seal is older."


def list_told(issuer: str, state: str, made: str, due: str) -> str:
    """What is known of an issuer's revocation list, as a note."""
    if state == "stale":
        was_due = f" and was to be renewed by {due}" if due else ""
        return (
            f"The newest revocation list of {issuer} at hand is of {made}{was_due}."
            " Whether a certificate was taken back since then is not known."
        )
    was = f" since {made}" if made else ""
    return (
        f"No fresh revocation list of {issuer} was given: whether the certificate was taken back{was} was not checked."
    )
