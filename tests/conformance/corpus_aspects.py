"""What a package can break, and who says that they look at it: the table of docs/verifying.md."""

from __future__ import annotations

from corpus_member import BASE, Member


def _s(names: str) -> frozenset[str]:
    return frozenset(names.split())


ASPECTS = {
    "container": "a ZIP that means two things, or has bytes that no list covers",
    "container-form": "a ZIP that another program packed",
    "no-zip": "an empty, cut or foreign file in place of the ZIP",
    "folder-name": "a folder of another name than the package",
    "payload": "bytes of a file under data/",
    "tags": "bytes of a file outside data/ and seals/",
    "payload-gone": "a file under data/ is gone",
    "tags-gone": "a file outside data/ is gone",
    "payload-added": "a file under data/ that nobody listed",
    "tags-added": "a file outside data/ that nobody listed",
    "seals-added": "a file in seals/ that nobody expects",
    "payload-list": "the list of evidence does not fit the evidence",
    "tag-list": "the list of tag files does not fit the tag files",
    "lists-names": "a list of files whose lines are not names of the files",
    "lists-twice": "a list that names a file twice",
    "lists-form": "a list of files that is not of its form",
    "list": "the signed list is not the one that was signed",
    "list-gone": "the signed list is gone",
    "p7s": "a CAdES seal by another key, or damaged",
    "sig": "an OpenSSH seal by another key, or damaged",
    "p7s-gone": "a CAdES seal is gone",
    "sig-gone": "an OpenSSH seal is gone",
    "issuer": "sealed under another root, or by another key, than was given from outside",
    "chain": "a certificate whose issuers lead to no root that was given",
    "one-key": "two seals by one key",
    "purpose": "a certificate for another purpose than signing documents",
    "unmarked": "a certificate under the root that is not marked for signing documents",
    "lifetime": "a certificate that was not valid when the seal was made",
    "expired": "a certificate that has expired since",
    "revoked": "a certificate that was revoked",
    "revoked-inside": "a certificate that the enclosed list revokes",
    "stale": "a revocation list that is out of date",
    "stamp": "a time stamp that does not hold, or of another service than was given",
    "checkpoint-stamp": "a stamp of the custody record's signed end that does not hold",
    "checkpoint-stamp-service": "a stamp of the signed end by another service than was given",
    "cosigner": "a later co-signature beside the package that does not hold",
    "statements": "package.json says something else about signer or evidence",
    "sealed-at": "package.json says another time than the seal",
    "files-twice": "package.json lists a file twice",
    "roles": "a file of a role that the format does not have",
    "bag": "bag-info.txt says something else than the evidence",
    "ledger": "the custody record's chain, attachment chain, signed end",
    "ledger-form": "an entry of the ledger in another form, or with other keys, than it may have",
    "older-checkpoints": "an enclosed older checkpoint that is not of this custody record",
    "receipts": "an enclosed receipt that does not hold, or saw another custody record",
    "proofs": "an exhibit's proof that does not lead to the signed end",
    "exhibits": "an exhibit is not what the custody record attached",
    "told": "captions, titles, recipient: something else than the custody record says",
    "disclosures": "a text is not what the custody record commits to",
    "fields": "an event's fields are not those committed to",
    "sums": "the completeness statement's sums",
    "rows": "the rows enclosed are not those stated",
    "twice": "a row enclosed twice",
    "table-cut": "a table whose last row is cut off",
    "timeline": "the evidence timeline is not that of the exhibits",
    "json": "a file that cannot be read as JSON in one way only",
    "form": "JSON in another form than the one it may have (RFC 8785)",
    "report": "the report changed after its signature, or without one",
    "report-form": "a report's signature that allows changes, or of another kind",
    "report-space": "bytes hidden in the space that a report reserves for its signature",
    "report-of": "a report of another package, or by another signer",
    "report-roots": "a report that names two evidence roots",
    "version": "a format of the future, or another format",
    "rewritten": "the whole custody record written anew, with something older from outside at hand",
    "rewritten-package": "the same, with an older package at hand",
    "superseded": "an older version, with a later one at hand",
}

STRICTER = {
    "expired-stamped": "a certificate that has expired since, and a time stamp that is older",
    "revoked-later": "a certificate that was revoked after the time that is proved",
    "no-list": "no revocation list by the certificate's issuer is at hand",
}
"""What only a stock program refuses, because it knows no proved time, or because it was asked to."""

_UNSEEN = (
    "unmarked expired revoked revoked-inside stale stamp checkpoint-stamp checkpoint-stamp-service cosigner receipts"
    " told ledger-form sealed-at files-twice roles timeline form report-form report-space report-roots superseded"
    " rewritten-package"
)
_OURS = frozenset(ASPECTS)
CHECKERS: dict[str, frozenset[str]] = {
    "casebound": _OURS,
    "verify.py": _OURS - _s(_UNSEEN),
    "openssl cms": _s("list list-gone p7s p7s-gone issuer chain purpose expired expired-stamped"),
    "openssl ts": _s("stamp"),
    "openssl crl": _s("revoked stale revoked-later no-list"),
    "ssh-keygen": _s("list list-gone sig sig-gone issuer"),
    "sha256sum tags": _s("tags tags-gone tag-list list-gone"),
    "sha256sum payload": _s("payload payload-gone payload-list"),
    "diff of names": _s("payload-gone tags-gone payload-added tags-added list-gone lists-names"),
    "bagit.py": _s("payload payload-gone tags tags-gone payload-added payload-list tag-list lists-twice bag"),
    "pdfsig": _s("report report-space"),
}
"""Who checks what. Where a verifier learns something new, its aspect is added here and nowhere else."""

LIMITED = _s("unmarked expired stale superseded")
"""Aspects that our program and verify.py answer with a limit instead of a refusal."""


def cell(checker: str, member: Member) -> str:
    """What the table says: “refuses”, limits that this member is about, “passes” or “not checked”."""
    claims = CHECKERS[checker] & member.breaks
    own = checker in ("casebound", "verify.py")
    if claims - (LIMITED if own else frozenset()):
        return "refuses"
    if own and claims:
        return ", ".join(sorted(set(member.limits) - set(BASE)))
    return "passes" if member.kind == "valid" else "not checked"


def aspects_table() -> str:
    """Check × verifier, in Markdown: “proves”, “limit”, “refuses” where only it does, or nothing."""
    lines = ["| what | " + " | ".join(CHECKERS) + " |", "|---|" + "---|" * len(CHECKERS)]
    for aspect, words in (ASPECTS | STRICTER).items():
        cells = []
        for checker, claims in CHECKERS.items():
            limit = aspect in LIMITED and checker in ("casebound", "verify.py")
            word = "refuses" if aspect in STRICTER else "limit" if limit else "proves"
            cells.append(word if aspect in claims else "")
        lines.append(f"| {words} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def members_table(members: tuple[Member, ...]) -> str:
    """Every member × verifier, in Markdown."""
    lines = ["| member | what was done | " + " | ".join(CHECKERS) + " |", "|---|---|" + "---|" * len(CHECKERS)]
    for member in members:
        cells = [cell(checker, member) for checker in CHECKERS]
        lines.append(f"| `{member.name}` | {member.words} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
