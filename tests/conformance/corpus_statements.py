"""By an insider: what a package states of itself. Sums, rows, package.json, lists, the form of JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from corpus_member import (
    ATTACHMENT,
    BASE,
    COMPLETENESS,
    LETTER,
    MANIFEST,
    PACKAGE,
    SCHEMA,
    SEAL,
    TABLE,
    Act,
    Member,
    Workshop,
    invalid,
    rewritten,
    sealed_anew,
    valid,
)
from tampering import edit_json, manifest

TIMELINE = "data/timeline.csv"


def _edit(name: str, change: Callable[[dict], object], **how: bool) -> Act:
    def act(shop: Workshop) -> None:
        edit_json(shop.files, name, lambda value: change(value) and None)

    return sealed_anew(act, **how)


def _source(**facts: object) -> Act:
    return _edit(COMPLETENESS, lambda value: value["sources"][0].update(facts))


def _said(part: str, **facts: object) -> Act:
    return _edit(COMPLETENESS, lambda value: value[part].update(facts))


def after(change: Callable[[dict], object], data: bytes = b"") -> Act:
    """package.json changed last, so that nothing puts it right again; then the lists and seals over it.

    `data` is the whole of it in the words of the caller, whatever JSON it is.
    """

    def act(shop: Workshop) -> None:
        if data:
            shop.files[PACKAGE] = data
        else:
            shop.relist()
            edit_json(shop.files, PACKAGE, lambda value: change(value) and None)
        _lists(shop)

    return act


def _lists(shop: Workshop, change: Callable[[bytes], bytes] = lambda data: data) -> None:
    payload = [name for name in shop.files if name.startswith("data/")]
    shop.files[MANIFEST] = change(manifest(shop.files, payload))
    octets = sum(len(shop.files[name]) for name in payload)
    text = shop.files["bag-info.txt"].decode()
    text = re.sub(r"Payload-Oxum: .*", f"Payload-Oxum: {octets}.{len(payload)}", text)
    shop.files["bag-info.txt"] = text.encode()
    shop.insider.reseal(shop.files)


def _listed(change: Callable[[bytes], bytes]) -> Act:
    """The list of evidence in another form, sealed."""

    def act(shop: Workshop) -> None:
        shop.files[MANIFEST] = change(shop.files[MANIFEST])
        shop.insider.reseal(shop.files)

    return act


def _raw(name: str, change: Callable[[bytes], bytes]) -> Act:
    """A file's bytes changed and sealed, whatever its JSON then is."""

    def act(shop: Workshop) -> None:
        shop.files[name] = change(shop.files[name])
        if name == PACKAGE:
            _lists(shop)
        else:
            shop.relist()

    return act


def _rows(change: Callable[[list[bytes]], list[bytes]]) -> Act:
    return _raw(TABLE, lambda data: b"".join(change(data.splitlines(keepends=True))))


def _unlisted(shop: Workshop) -> None:
    """A file taken out of both lists by the insider, and left in the package."""
    kept = shop.files.pop(TIMELINE)
    shop.relist()
    shop.files[TIMELINE] = kept


def _misstated(shop: Workshop) -> None:
    """The insider's list gives other hashes than the files have, and everything above it is sealed anew."""
    kept = shop.files[LETTER]
    shop.files[LETTER] += b"!"
    payload = [name for name in shop.files if name.startswith("data/")]
    shop.files[MANIFEST] = manifest(shop.files, payload)
    shop.files[LETTER] = kept
    shop.insider.reseal(shop.files)


def _bag(shop: Workshop) -> None:
    shop.files["bag-info.txt"] = re.sub(rb"Payload-Oxum: .*", b"Payload-Oxum: 1.1", shop.files["bag-info.txt"])
    shop.insider.reseal(shop.files)


def _lying_program(shop: Workshop) -> None:
    """A verify.py that always says “verified”, enclosed and sealed by the examiner."""
    shop.files["verify.py"] = b'print("VERIFIED (verified): everything holds.")\n'
    edit_json(shop.files, PACKAGE, lambda info: info.pop("omissions") and None)
    shop.relist()


def _duplicate_key(data: bytes) -> bytes:
    return data.replace(b'{"', b'{"complete":true,"', 1)


_MEND = {"read": 3, "kept": 1, "quarantined": 1, "duplicates": 5, "at": "", "by": "", "how": "", "recipe": ""}

SUMS: tuple[Member, ...] = (
    rewritten("sum-read", "more rows read than kept, set aside and repeated", _source(read=7), "sums",
              ("completeness", "S-01")),
    rewritten("sum-kept", "rows kept are not those cited, filtered and not selected", _source(kept=5, read=7), "sums",
              ("completeness", "S-01")),
    rewritten("sum-cited", "rows cited are not those enclosed", _source(cited=2, filtered=2), "sums",
              ("completeness", "S-01")),
    rewritten("sum-reasons", "the reasons do not account for every row set aside", _source(quarantine_reasons=[]),
              "sums", ("completeness", "S-01")),
    rewritten("sum-negative", "a count below nothing", _source(filtered=-5, not_selected=6), "sums",
              ("completeness", "S-01")),
    rewritten("sum-of-another-kind", "a count that is a text", _source(kept="4"), "sums", ("completeness", "S-01")),
    rewritten("sum-true", "a count that is “true”", _source(duplicates=True), "sums", ("completeness", "S-01")),
    rewritten("sum-repeated", "repeated rows that are not accounted for",
              _source(repeated=[{"source": "S-01", "count": 9}]), "sums", ("completeness", "S-01")),
    rewritten("sum-mended", "a mend whose sums do not balance", _source(mends=[_MEND]), "sums",
              ("completeness", "S-01")),
    rewritten("sum-set-aside-not-there", "rows set aside that are said to be enclosed, and are not",
              _source(set_aside="data/set-aside/S-02.csv"), "sums", ("completeness", "S-01")),
    rewritten("sum-attachments", "fewer attachments than are enclosed", _said("attachments", enclosed=1, held=1),
              "sums", ("completeness", "attachments")),
    rewritten("sum-attachment-bytes", "fewer bytes of attachments than are enclosed",
              _said("attachments", bytes_enclosed=1), "sums", ("completeness", "attachments")),
    rewritten("sum-attachments-held", "more attachments held than enclosed and withheld",
              _said("attachments", held=9), "sums", ("completeness", "attachments")),
    rewritten("sum-ledger-lines", "another length of the custody record", _said("ledger", lines=9), "sums",
              ("completeness", "ledger")),
    rewritten("sum-ledger-omitted", "another number of withheld entries", _said("ledger", omitted=0), "sums",
              ("completeness", "ledger")),
    rewritten("claims-to-be-complete", "“complete”, though it is not",
              _edit(COMPLETENESS, lambda value: value.update(complete=True)), "sums", ("completeness", "")),
    rewritten("partial-not-declared", "things were left out, and nobody says so",
              after(lambda info: info.update(limits=["REDACTED"])), "sums", ("completeness", "")),
    rewritten("redacted-not-declared", "things are withheld, and nobody says so",
              after(lambda info: info.update(limits=["PARTIAL"])), "sums", ("completeness", "")),
    rewritten("no-sources", "a completeness statement without sources",
              _edit(COMPLETENESS, lambda value: value.update(sources=[])), "rows", ("completeness", "")),
    rewritten("row-removed", "a row taken out of a table", _rows(lambda rows: [rows[0], *rows[2:]]), "rows",
              ("completeness", "")),
    rewritten("row-twice", "a row in place of another", _rows(lambda rows: [rows[0], rows[2], *rows[2:]]), "twice",
              ("completeness", TABLE)),
    rewritten("row-of-another-source", "a row of an original that nobody names", _rows(
        lambda rows: [rows[0], b"ab" * 32 + rows[1][64:], *rows[2:]]), "rows", ("completeness", "")),
    rewritten("row-without-identity", "a row that names no original", _rows(
        lambda rows: [rows[0], b"x" + rows[1], *rows[2:]]), "rows", ("completeness", TABLE)),
    rewritten("table-cut", "a table whose last row is cut off", _raw(TABLE, lambda data: data[:-3]), "table-cut",
              ("completeness", TABLE)),
    rewritten("table-without-description", "a table whose description is gone",
              sealed_anew(lambda shop: shop.files.pop(SCHEMA) and None), "rows", ("completeness", TABLE)),
    rewritten("table-of-another-length", "a description that states more rows",
              _edit(SCHEMA, lambda value: value.update(rows=4)), "rows", ("completeness", TABLE)),
)  # fmt: skip

STATEMENTS: tuple[Member, ...] = (
    rewritten("another-signer-named", "package.json names another certificate",
              after(lambda info: info["signer"].update(fingerprint="0" * 64)), "statements", ("seal", SEAL)),
    rewritten("another-key-named", "package.json names another key",
              after(lambda info: info["signer"].update(key="0" * 64)), "statements", ("seal", SEAL)),
    rewritten("another-root-stated", "package.json states another evidence root",
              after(lambda info: info.update(evidence_root="ab" * 32)), "statements", ("contents", PACKAGE)),
    rewritten("another-id-stated", "package.json states another package id",
              after(lambda info: info.update(package_id="CASE-7-v1-000000000000")), "statements",
              ("contents", PACKAGE)),
    rewritten("another-case-stated", "package.json states another case number",
              after(lambda info: info["case"].update(number="CASE-8")), "statements", ("contents", PACKAGE)),
    rewritten("another-checkpoint-stated", "package.json states another end of the custody record",
              after(lambda info: info["checkpoint"].update(root="ab" * 32)), "ledger", ("custody", PACKAGE)),
    rewritten("sealed-at-another-time", "package.json states another time than the seal",
              after(lambda info: info.update(sealed_at="2026-02-02T10:00:00.000000Z")), "sealed-at", ("seal", SEAL)),
    rewritten("sealed-at-no-time", "package.json does not say when",
              after(lambda info: info.pop("sealed_at")), "lifetime", ("time", PACKAGE)),
    rewritten("no-seal-expected", "package.json expects no seal",
              after(lambda info: info.update(seals_expected=[])), "statements seals-added", ("inventory", "")),
    rewritten("another-seal-expected", "package.json expects a seal that is not there", after(
        lambda info: info.update(seals_expected=["01-examiner", "02-reviewer"])), "p7s-gone sig-gone",
        ("inventory", "02-reviewer"), seals=("01-examiner", "02-reviewer")),
    rewritten("file-not-listed", "package.json leaves a file out", after(lambda info: info["files"].pop(2)),
              "statements", ("inventory", "")),
    rewritten("file-listed-twice", "package.json lists a file twice",
              after(lambda info: info["files"].insert(1, info["files"][0])), "files-twice", ("inventory", "")),
    rewritten("file-of-another-size", "package.json gives a file another size",
              after(lambda info: info["files"][0].update(size=1)), "statements", ("contents", "")),
    rewritten("file-of-another-hash", "package.json gives a file another hash",
              after(lambda info: info["files"][0].update(sha256="ab" * 32)), "statements", ("contents", "")),
    rewritten("file-of-unknown-role", "package.json gives a file a role that there is not",
              after(lambda info: info["files"][0].update(role="poem")), "roles", ("contents", "")),
    rewritten("list-that-does-not-fit", "the sealed list gives another hash", _misstated,
              "payload payload-list statements", ("contents", LETTER)),
    rewritten("file-in-no-list", "a file left in that no list names", _unlisted, "payload-added",
              ("inventory", TIMELINE)),
    rewritten("bag-counts-otherwise", "bag-info.txt gives other counts", _bag, "bag", ("contents", "bag-info.txt")),
    rewritten("exhibit-retitled", "an attachment's title is another than its entry commits to",
              _edit(ATTACHMENT, lambda record: record.update(title="Other")), "told", ("custody", ATTACHMENT)),
    valid("lying-verify-py-sealed", "an enclosed verify.py that lies, sealed: nobody may trust the enclosed one",
          _lying_program, *BASE),
)  # fmt: skip

LISTS: tuple[Member, ...] = (
    invalid("list-with-windows-lines", "a list whose lines end with CR LF",
            _listed(lambda data: data.replace(b"\n", b"\r\n")), "lists-form lists-names", ("inventory", "")),
    invalid("list-with-capitals", "a list with capital digits", _listed(
        lambda data: data[:64].upper() + data[64:]), "lists-form", ("inventory", MANIFEST)),
    invalid("list-with-a-star", "a list in sha256sum's binary form", _listed(
        lambda data: data.replace(b"  ", b" *", 1)), "lists-form", ("inventory", MANIFEST)),
    invalid("list-not-sorted", "a list in another order", _listed(
        lambda data: b"".join(sorted(data.splitlines(keepends=True), reverse=True))), "lists-form",
        ("inventory", MANIFEST)),
    invalid("list-with-a-line-twice", "a list that names a file twice", _listed(
        lambda data: data.splitlines(keepends=True)[0] + data), "lists-form lists-names lists-twice",
        ("inventory", MANIFEST)),
    invalid("list-unended", "a list whose last line does not end", _listed(lambda data: data[:-1]), "lists-form",
            ("inventory", MANIFEST)),
    invalid("list-with-a-blank-line", "a list with a blank line", _listed(lambda data: data + b"\n"),
            "lists-form lists-names", ("inventory", MANIFEST)),
)  # fmt: skip

FORMS: tuple[Member, ...] = (
    invalid("format-of-the-future", "format version 2", after(lambda info: info.update(format_version=2)), "version",
            verdict="not-a-package"),
    invalid("format-of-another-kind", "a version that is no number",
            after(lambda info: info.update(format_version=True)), "version", verdict="not-a-package"),
    invalid("format-of-another-program", "another program's format",
            after(lambda info: info.update(format="evidence-box")), "version", verdict="not-a-package"),
    invalid("json-with-a-key-twice", "a key stands twice in the completeness statement",
            _raw(COMPLETENESS, _duplicate_key), "sums json", ("completeness", COMPLETENESS)),
    invalid("json-with-spaces", "package.json with a space that RFC 8785 does not have",
            _raw(PACKAGE, lambda data: data.replace(b'":', b'": ', 1)), "form", ("contents", PACKAGE)),
    invalid("json-in-another-order", "the completeness statement with its keys in another order",
            _raw(COMPLETENESS, lambda data: json.dumps(dict(reversed(json.loads(data).items())),
                                                       separators=(",", ":")).encode() + b"\n"), "form",
            ("completeness", COMPLETENESS)),
    invalid("json-with-a-mark", "package.json behind a byte order mark",
            _raw(PACKAGE, lambda data: b"\xef\xbb\xbf" + data), "json", ("contents", PACKAGE)),
    invalid("json-that-is-none", "a list in place of package.json", _raw(PACKAGE, lambda data: b"[]\n"), "json",
            ("contents", PACKAGE)),
    invalid("json-too-deep", "a completeness statement nested a hundred thousand times",
            _raw(COMPLETENESS, lambda data: b"[" * 100_000 + b"]" * 100_000 + b"\n"), "json",
            ("completeness", COMPLETENESS)),
    invalid("json-not-a-number", "a sum that is NaN", _raw(
        COMPLETENESS, lambda data: data.replace(b'"size":', b'"size":NaN,"x":', 1)), "json",
        ("completeness", COMPLETENESS)),
    invalid("json-not-utf-8", "bytes that are no UTF-8 in package.json",
            _raw(PACKAGE, lambda data: data.replace(b"Northgate", b"North\xffate")), "json", ("contents", PACKAGE)),
)  # fmt: skip
