"""By a stranger, who has no key: bytes, names, lists and seals of a sealed package changed."""

from __future__ import annotations

from collections.abc import Callable

from corpus_cast import CAST
from corpus_member import (
    LEDGER,
    LETTER,
    MANIFEST,
    PNG,
    REPORT,
    SEAL,
    SSH_SEAL,
    TABLE,
    TAG_MANIFEST,
    Act,
    Member,
    Workshop,
    tampered,
)
from corpus_press import plain_report, seal_of, signed

from casebound_packaging.sshsig import sign as ssh_sign

TAMPERABLE = {
    "attachment": PNG,
    "letter": LETTER,
    "exhibit-record": "data/exhibits/EX-0001/exhibit.json",
    "event-record": "data/exhibits/EX-0003/exhibit.json",
    "proof": "data/exhibits/EX-0001/EX-0001.tlog-proof",
    "report": REPORT,
    "ledger": LEDGER,
    "disclosures": "data/custody/disclosures.jsonl",
    "checkpoint": "data/custody/checkpoints/8.checkpoint",
    "older-checkpoint": "data/custody/checkpoints/4.checkpoint",
    "completeness": "data/completeness.json",
    "table": TABLE,
    "table-schema": "data/tables/requests.schema.json",
    "query": "data/queries/Q-0001.sql",
    "query-record": "data/queries/Q-0001.json",
    "timeline": "data/timeline.csv",
    "chronology": "data/chronology.csv",
    "view": "data/views/V-01.csv",
    "rows-set-aside": "data/set-aside/S-01.csv",
    "linked-data": "data/metadata/case.jsonld",
    "package-json": "data/metadata/package.json",
    "instructions": "README-VERIFY.txt",
    "bag": "bagit.txt",
    "bag-info": "bag-info.txt",
    "root": "certs/root.pem",
    "allowed-signers": "certs/allowed_signers",
}
"""The artefacts of the seed by the names that members have."""

_FIRST = ("package-json",)  # without it a verifier cannot even say of which format the package is
_DEEPER = {"report": "report"}  # what the stock program for it sees as well


def flip(shop: Workshop, name: str, place: int | None = None, bits: int = 1) -> None:
    """One byte of a file is another."""
    data = bytearray(shop.files[name])
    data[len(data) // 2 if place is None else place] ^= bits
    shop.files[name] = bytes(data)


def _where(path: str) -> str:
    return "payload" if path.startswith("data/") else "tags"


def _flipped(path: str) -> Act:
    if path == REPORT:
        return lambda shop: flip(shop, path, shop.files[path].index(b"Evidence root") + 3)
    if path == "data/metadata/package.json":
        return lambda shop: flip(shop, path, shop.files[path].index(b"For Legal"))
    return lambda shop: flip(shop, path)


def _removed(*names: str) -> Act:
    def act(shop: Workshop) -> None:
        for name in names:
            del shop.files[name]

    return act


def _made(path: str, change: Callable[[bytes], bytes]) -> Act:
    def act(shop: Workshop) -> None:
        shop.files[path] = change(shop.files[path])

    return act


def _added(name: str, content: bytes = b"Nobody listed this.\n") -> Act:
    return lambda shop: shop.files.update({name: content})


def _artefacts() -> list[Member]:
    """Each artefact: a byte flipped, and the whole of it gone."""
    made = []
    for name, path in TAMPERABLE.items():
        where = _where(path)
        deeper = f" {_DEEPER[name]}" if name in _DEEPER else ""
        words = f"one bit of {path} is another"
        made.append(tampered(f"flipped-{name}", words, _flipped(path), where + deeper, ("contents", path)))
        gone = f"{where}-gone{deeper}"
        made.append(tampered(f"removed-{name}", f"{path} is gone", _removed(path), gone, ("inventory", path)))
    return made


def _cut(name: str, path: str, finds: tuple[str, str], more: str = "") -> list[Member]:
    """Zero bytes, and half of it."""
    where = f"{_where(path)} {more}"
    return [
        tampered(f"empty-{name}", f"{path} has zero bytes", _made(path, lambda data: b""), where, finds),
        tampered(f"half-{name}", f"half of {path}", _made(path, lambda data: data[: len(data) // 2]), where, finds),
    ]


def _lines(change: Callable[[list[bytes]], list[bytes]], path: str = LEDGER) -> Act:
    return _made(path, lambda data: b"".join(change(data.splitlines(keepends=True))))


def _swapped(shop: Workshop) -> None:
    shop.files[PNG], shop.files[LETTER] = shop.files[LETTER], shop.files[PNG]


def _digit(name: str) -> Act:
    """Another digit in the first hash of a manifest, so that it stays a manifest."""
    return _made(name, lambda data: (b"0" if data[:1] != b"0" else b"1") + data[1:])


def _renamed(old: str, new: str) -> Act:
    def act(shop: Workshop) -> None:
        shop.files[new] = shop.files.pop(old)

    return act


def _other_report(shop: Workshop) -> None:
    shop.files[REPORT] = signed(plain_report("CASE-7-v1-000000000000", "0" * 64), CAST.stranger)


def _sealed_by_stranger(*kinds: str) -> Act:
    def act(shop: Workshop) -> None:
        data = shop.files[TAG_MANIFEST]
        if "p7s" in kinds:
            shop.files[SEAL] = seal_of(data, CAST.stranger)
        if "sig" in kinds:
            shop.files[SSH_SEAL] = ssh_sign(data, CAST.stranger).encode()

    return act


def _for_git(shop: Workshop) -> None:
    shop.files[SSH_SEAL] = ssh_sign(shop.files[TAG_MANIFEST], CAST.examiner, "git").encode()


def _older_seal(shop: Workshop) -> None:
    """The seals of the package as it was before the examiner sealed it again with one word more."""
    seals = {name: data for name, data in shop.files.items() if name.startswith("seals/")}
    shop.files[LETTER] += b"."
    shop.relist()
    shop.files.update(seals)


_LIAR = b'#!/usr/bin/env python3\nprint("VERIFIED (verified): everything holds.")\n'

FILES: tuple[Member, ...] = (
    *_artefacts(),
    *_cut("attachment", PNG, ("contents", PNG)),
    *_cut("ledger", LEDGER, ("contents", LEDGER)),
    *_cut("report", REPORT, ("contents", REPORT), "report"),
    *_cut("list-of-evidence", MANIFEST, ("inventory", ""), "payload-list payload-added"),
    tampered("digit-in-list-of-evidence", "another hash in manifest-sha256.txt", _digit(MANIFEST),
             "tags payload-list", ("contents", MANIFEST)),
    tampered("digit-in-list-of-tag-files", "another hash in tagmanifest-sha256.txt", _digit(TAG_MANIFEST),
             "list tag-list", ("seal", SEAL)),
    tampered("removed-list-of-evidence", "manifest-sha256.txt is gone", _removed(MANIFEST),
             "tags-gone payload-gone payload-list", ("inventory", MANIFEST)),
    tampered("removed-list-of-tag-files", "tagmanifest-sha256.txt is gone", _removed(TAG_MANIFEST),
             "list-gone", ("inventory", TAG_MANIFEST)),
    tampered("ledger-and-lines-of-lists", "the ledger is gone, and its line in the list of evidence",
             lambda shop: (_removed(LEDGER)(shop), _lines(
                 lambda lines: [line for line in lines if b"ledger.jsonl" not in line], MANIFEST)(shop)),
             "tags", ("inventory", LEDGER)),
    tampered("added-evidence", "a file under data/", _added("data/extra.txt"), "payload-added",
             ("inventory", "data/extra.txt")),
    tampered("added-exhibit", "a file in an exhibit's folder", _added("data/exhibits/EX-0001/second.png"),
             "payload-added", ("inventory", "second.png")),
    tampered("added-tag-file", "a file beside data/", _added("extra.txt"), "tags-added", ("inventory", "extra.txt")),
    tampered("added-seal", "a file in seals/", _added("seals/note.txt"), "seals-added", ("inventory", "note.txt")),
    tampered("added-unexpected-seal", "a stranger's further seal",
             lambda shop: shop.files.update({"seals/02-reviewer.p7s": shop.files[SEAL]}),
             "seals-added", ("inventory", "02-reviewer.p7s")),
    tampered("lying-verify-py", "an enclosed verify.py that always says “verified”", _added("verify.py", _LIAR),
             "tags-added", ("inventory", "verify.py")),
    tampered("lying-instructions", "instructions whose commands trust every authority of the system",
             _made("README-VERIFY.txt", lambda data: data.replace(b"-no-CApath -no-CAstore", b"")),
             "tags", ("contents", "README")),
    tampered("renamed-attachment", "an attachment under another name",
             _renamed(PNG, "data/exhibits/EX-0001/image.png"), "payload-gone payload-added", ("inventory", PNG)),
    tampered("renamed-ledger", "the ledger under another name", _renamed(LEDGER, "data/custody/ledger.json"),
             "payload-gone payload-added", ("inventory", LEDGER)),
    tampered("swapped-attachments", "two attachments changed places", _swapped, "payload", ("contents", PNG)),
    tampered("ledger-reordered", "two lines of the ledger changed places",
             _lines(lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]]), "payload", ("custody", "ledger entr")),
    tampered("ledger-tail-cut", "the last two lines of the ledger are gone", _lines(lambda lines: lines[:-2]),
             "payload", ("custody", "")),
    tampered("ledger-head-cut", "the first line of the ledger is gone", _lines(lambda lines: lines[1:]),
             "payload", ("custody", "")),
    tampered("ledger-line-twice", "a line of the ledger stands twice",
             _lines(lambda lines: [*lines[:3], lines[2], *lines[3:]]), "payload", ("custody", "")),
    tampered("ledger-unended", "the ledger's last line feed is gone", _made(LEDGER, lambda data: data[:-1]),
             "payload", ("custody", LEDGER)),
    tampered("table-row-removed", "a row of a table is gone", _lines(lambda lines: [lines[0], *lines[2:]], TABLE),
             "payload", ("contents", TABLE)),
    tampered("table-rows-reordered", "two rows of a table changed places",
             _lines(lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], TABLE), "payload", ("contents", TABLE)),
    tampered("report-of-stranger", "the report replaced by a stranger's", _other_report, "payload",
             ("contents", REPORT)),
)  # fmt: skip

SEALS: tuple[Member, ...] = (
    tampered("seal-of-stranger-cades", "the CAdES seal is another key's", _sealed_by_stranger("p7s"), "p7s",
             ("seal", "01-examiner")),
    tampered("seal-of-stranger-openssh", "the OpenSSH seal is another key's", _sealed_by_stranger("sig"), "sig",
             ("seal", SSH_SEAL)),
    tampered("seal-of-stranger-both", "both seals are another key's", _sealed_by_stranger("p7s", "sig"),
             "p7s sig statements", ("seal", "01-examiner")),
    tampered("removed-seal-cades", "the CAdES seal is gone", _removed(SEAL), "p7s-gone", ("inventory", SEAL)),
    tampered("removed-seal-openssh", "the OpenSSH seal is gone", _removed(SSH_SEAL), "sig-gone",
             ("inventory", SSH_SEAL)),
    tampered("removed-seals", "both seals are gone", _removed(SEAL, SSH_SEAL), "p7s-gone sig-gone",
             ("inventory", SEAL)),
    tampered("older-seals", "the seals of an older state on newer content", _older_seal, "p7s sig", ("seal", SEAL)),
    tampered("flipped-seal-cades", "one bit of the CAdES signature", lambda shop: flip(shop, SEAL, -5), "p7s",
             ("seal", SEAL)),
    tampered("flipped-seal-openssh", "one letter of the OpenSSH signature",
             _made(SSH_SEAL, lambda data: data[:300] + bytes([data[300] ^ 1]) + data[301:]), "sig",
             ("seal", SSH_SEAL)),
    tampered("empty-seal-cades", "the CAdES seal has zero bytes", _made(SEAL, lambda data: b""), "p7s", ("seal", SEAL)),
    tampered("half-seal-cades", "half of the CAdES seal", _made(SEAL, lambda data: data[: len(data) // 2]), "p7s",
             ("seal", SEAL)),
    tampered("empty-seal-openssh", "the OpenSSH seal has zero bytes", _made(SSH_SEAL, lambda data: b""), "sig",
             ("seal", SSH_SEAL)),
    tampered("seals-over-other-bytes", "the examiner's seals over another list",
             lambda shop: shop.files.update({SEAL: seal_of(b"other\n", CAST.examiner),
                                             SSH_SEAL: ssh_sign(b"other\n", CAST.examiner).encode()}),
             "p7s sig", ("seal", SEAL)),
    tampered("openssh-seal-for-git", "the examiner's OpenSSH signature for another purpose",
             _for_git,
             "sig", ("seal", SSH_SEAL)),
)  # fmt: skip
