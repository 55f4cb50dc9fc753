"""Everything that is done to a package, and who must notice: the table of docs/verifying.md.

A manipulation says which aspects of the package it breaks; a checker says which aspects it checks. Where the two meet,
the checker must refuse. Where they do not, the table says “not checked”, and the test shows that this is so.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from specimen import (
    SEALED_AT,
    Authority,
    Files,
    Insider,
    edit_json,
    incremental_update,
    jcs,
    manifest,
    sha,
    signed_report,
    unsigned_report,
)

from casebound_packaging.identity import Identity
from casebound_packaging.ledger import line_hash
from casebound_packaging.seal import cades
from casebound_packaging.sshsig import sign as ssh_sign

PNG = "data/exhibits/EX-0001/original.png"
LETTER = "data/exhibits/EX-0002/original.txt"
LEDGER = "data/custody/ledger.jsonl"
PACKAGE = "data/metadata/package.json"
COMPLETENESS = "data/completeness.json"
REPORT = "data/report.pdf"


@dataclass(frozen=True)
class World:
    """Who there is: the signer, their organisation's root, a stranger, and another authority."""

    insider: Insider
    authority: Authority
    stranger: Identity
    other_authority: Authority
    scratch: Path


@dataclass(frozen=True)
class Manipulation:
    """`change` edits the files in place. `breaks` are aspects. `finds` is a check that must have a finding."""

    name: str
    breaks: frozenset[str]
    change: Callable[[Files, World], None]
    finds: str
    item: str = ""  # part of a finding's item
    trust: str = "root"  # what the person who verifies brings: "root", "fingerprint" or "nothing"
    verdict: str = "not-verified"
    seals: tuple[str, ...] = ("01-examiner",)
    system_store: bool = False  # the other authority stands in the system's certificate store
    against: bool = False  # an older checkpoint is at hand


ASPECTS = {
    "payload": "bytes of a file under data/",
    "tags": "bytes of a file outside data/ and seals/",
    "payload-gone": "a file under data/ is gone",
    "tags-gone": "a file outside data/ is gone",
    "payload-added": "a file under data/ that nobody listed",
    "tags-added": "a file outside data/ that nobody listed",
    "seals-added": "a file in seals/ that nobody expects",
    "payload-list": "the list of evidence does not fit the evidence",
    "tag-list": "the list of tag files does not fit the tag files",
    "list": "the signed list is not the one that was signed",
    "p7s": "a CAdES seal by another key",
    "sig": "an OpenSSH seal by another key",
    "p7s-gone": "a CAdES seal is gone",
    "sig-gone": "an OpenSSH seal is gone",
    "issuer": "sealed under another root, or by another key, than was given from outside",
    "statements": "package.json says something else about signer or evidence",
    "ledger": "the custody record's chain, attachment chain, signed end",
    "exhibits": "an exhibit is not what the custody record attached",
    "disclosures": "a text is not what the custody record commits to",
    "fields": "an event's fields are not those committed to",
    "sums": "the completeness statement's sums",
    "rows": "the rows enclosed are not those stated",
    "twice": "a row enclosed twice",
    "report": "the report changed after its signature, or without one",
    "report-of": "a report of another package, or by another signer",
    "version": "a format of the future",
    "rewritten": "the whole custody record written anew, with an older checkpoint at hand",
}

CHECKERS: dict[str, frozenset[str]] = {
    "casebound": frozenset(ASPECTS),
    "verify.py": frozenset(ASPECTS),
    "openssl cms": frozenset(["list", "p7s", "p7s-gone", "issuer"]),
    "ssh-keygen": frozenset(["list", "sig", "sig-gone", "issuer"]),
    "sha256sum tags": frozenset(["tags", "tags-gone", "tag-list"]),
    "sha256sum payload": frozenset(["payload", "payload-gone", "payload-list"]),
    "diff of names": frozenset(["payload-gone", "tags-gone", "payload-added", "tags-added"]),
    "bagit.py": frozenset(
        ["payload", "payload-gone", "tags", "tags-gone", "payload-added", "payload-list", "tag-list"]
    ),
    "pdfsig": frozenset(["report"]),
}


def flip(files: Files, name: str, place: int | None = None) -> None:
    data = bytearray(files[name])
    data[len(data) // 2 if place is None else place] ^= 1
    files[name] = bytes(data)


def lines_of(files: Files) -> list[bytes]:
    return files[LEDGER].splitlines()


def set_lines(files: Files, lines: list[bytes]) -> None:
    files[LEDGER] = b"".join(line + b"\n" for line in lines)


def swap(files: Files, first: str, second: str) -> None:
    files[first], files[second] = files[second], files[first]


# ------------------------------------------------------------------ by a stranger, who changes bytes


def _hash_digit(files: Files, name: str) -> None:
    """Another digit in the first hash of a manifest, so that it stays a manifest."""
    data = bytearray(files[name])
    data[0] = ord("0") if data[0] != ord("0") else ord("1")
    files[name] = bytes(data)


def _flip_report(files: Files, world: World) -> None:
    flip(files, REPORT, files[REPORT].index(b"endstream") - 3)


def _swap_names(files: Files, world: World) -> None:
    swap(files, PNG, LETTER)


def _reorder_ledger(files: Files, world: World) -> None:
    lines = lines_of(files)
    lines[2], lines[3] = lines[3], lines[2]
    set_lines(files, lines)


def _truncate_ledger(files: Files, world: World) -> None:
    set_lines(files, lines_of(files)[:-2])


def _other_report(files: Files, world: World) -> None:
    files[REPORT] = signed_report(world.scratch / "other", world.stranger, "CASE-7-v1-000000000000", "0" * 64)


def _updated_report(files: Files, world: World) -> None:
    files[REPORT] = incremental_update(files[REPORT])


def _foreign_p7s(files: Files, world: World) -> None:
    files["seals/01-examiner.p7s"] = cades(files["tagmanifest-sha256.txt"], world.stranger, SEALED_AT)


def _foreign_sig(files: Files, world: World) -> None:
    files["seals/01-examiner.sig"] = ssh_sign(files["tagmanifest-sha256.txt"], world.stranger).encode()


def _foreign_seal(files: Files, world: World) -> None:
    _foreign_p7s(files, world)
    _foreign_sig(files, world)


def _forge(identity: Callable[[World], Identity]) -> Callable[[Files, World], None]:
    """Everything made anew by somebody else, with an invented row and their own root inside."""

    def change(files: Files, world: World) -> None:
        forger = replace(world.insider, identity=identity(world))
        _other_letter(files)
        _rewrite_history(files, forger)
        forger.relist(forger.name_signer(files))

    return change


def _other_letter(files: Files) -> None:
    """The letter says more than it did, and every statement about it agrees."""
    files[LETTER] += b"One more sentence."
    facts = {"sha256": sha(files[LETTER]), "size": len(files[LETTER])}
    edit_json(files, "data/exhibits/EX-0002/exhibit.json", lambda record: record.update(facts))
    total = sum(len(files[name]) for name in (PNG, LETTER))
    edit_json(files, COMPLETENESS, lambda value: value["attachments"].update(bytes_enclosed=total))


def _rewrite_history(files: Files, forger: Insider) -> None:
    """A whole new chain in which the changed letter was attached from the beginning."""
    lines: list[bytes] = []
    previous, attached = "0" * 64, "0" * 64
    renamed: dict[str, str] = {}
    for stored in lines_of(files):
        line = json.loads(stored)
        if "omitted" in line:
            line = {"omitted": sha(stored), "seq": line["seq"]}
        else:
            line |= {"prev": previous, "actor": forger.identity.key_fingerprint}
            if line["action"] == "attached":
                line["attachment_prev"] = attached
                if line["attachment"] == 2:
                    line["outputs"] = [sha(files[LETTER])]
        lines.append(jcs(line)[:-1])
        previous = line_hash(lines[-1])
        renamed[line_hash(stored)] = previous
        if line.get("action") == "attached":
            attached = previous
    set_lines(files, lines)
    for name in [name for name in files if name.endswith("/exhibit.json")]:

        def relink(record: dict) -> None:
            record["line_hash"] = renamed[record["line_hash"]]
            if "previous_line_hash" in record:
                record["previous_line_hash"] = renamed.get(record["previous_line_hash"], "0" * 64)

        edit_json(files, name, relink)
    forger.resign_ledger(files)


# ------------------------------------------------------------------ by an insider, who seals anew


def insider(change: Callable[[Files, World], None], **how: bool) -> Callable[[Files, World], None]:
    """`change`, and then lists, report and seals made to fit by the signer's own key."""

    def changed(files: Files, world: World) -> None:
        change(files, world)
        world.insider.relist(files, **how)

    return changed


def _signed_truncation(files: Files, world: World) -> None:
    _truncate_ledger(files, world)
    edit_json(files, "data/exhibits/EX-0003/exhibit.json", lambda record: None)
    world.insider.resign_ledger(files)


def _altered_line(files: Files, world: World) -> None:
    lines = lines_of(files)
    line = json.loads(lines[1])
    line["time"] = line["time"].replace("2026", "2025").replace("2027", "2025")
    lines[1] = jcs(line)[:-1]
    set_lines(files, lines)
    world.insider.resign_ledger(files)


def _swap_attachments(files: Files, world: World) -> None:
    """The two files change places, and their records say so."""
    swap(files, PNG, LETTER)
    for folder, name in (("EX-0001", PNG), ("EX-0002", LETTER)):
        facts = {"sha256": sha(files[name]), "size": len(files[name])}
        edit_json(files, f"data/exhibits/{folder}/exhibit.json", lambda record, facts=facts: record.update(facts))


def _swap_links(files: Files, world: World) -> None:
    """The two exhibits claim each other's place in the chain."""
    keys = ("attachment", "line_seq", "line_hash", "previous_line_hash")
    names = [f"data/exhibits/EX-000{n}/exhibit.json" for n in (1, 2)]
    first, second = (json.loads(files[name]) for name in names)
    for name, record, other in zip(names, (first, second), (second, first), strict=True):
        files[name] = jcs({**record, **{key: other[key] for key in keys}})


def _drop_attachment(files: Files, world: World) -> None:
    """Attachment 1 and its ledger line vanish, and the numbers after it move up."""
    for name in (PNG, "data/exhibits/EX-0001/exhibit.json"):
        del files[name]
    lines = [json.loads(line) for line in lines_of(files)]
    del lines[3]
    stored: list[bytes] = []
    for seq, line in enumerate(lines):
        line["seq"] = seq
        if "prev" in line and seq:
            line["prev"] = line_hash(stored[-1])
        stored.append(jcs(line)[:-1])
    set_lines(files, stored)
    world.insider.resign_ledger(files)


def _other_text(files: Files, world: World) -> None:
    """A disclosure says something else than was committed to."""
    from casebound_packaging.disclosure import disclose

    lines = [json.loads(line) for line in files["data/custody/disclosures.jsonl"].splitlines()]
    lines[1]["disclosure"] = disclose("name", "other.csv").encoded
    files["data/custody/disclosures.jsonl"] = b"".join(jcs(line) for line in lines)


def _other_field(files: Files, world: World) -> None:
    edit_json(files, "data/exhibits/EX-0003/exhibit.json", lambda record: record["fields"].update(who="eve"))


def _unbalanced(files: Files, world: World) -> None:
    edit_json(files, COMPLETENESS, lambda value: value["sources"][0].update(read=7))


def _fewer_rows(files: Files, world: World) -> None:
    table = files["data/tables/requests.csv"].splitlines(keepends=True)
    files["data/tables/requests.csv"] = b"".join(table[:1] + table[2:])


def _row_twice(files: Files, world: World) -> None:
    """One row replaced by another that is there already: the number of rows stays."""
    table = files["data/tables/requests.csv"].splitlines(keepends=True)
    files["data/tables/requests.csv"] = b"".join([table[0], table[2], *table[2:]])


def _claims_complete(files: Files, world: World) -> None:
    edit_json(files, COMPLETENESS, lambda value: value.update(complete=True))


def _other_seal_named(files: Files, world: World) -> None:
    edit_json(files, PACKAGE, lambda info: info["signer"].update(fingerprint="0" * 64))


def _future(files: Files, world: World) -> None:
    edit_json(files, PACKAGE, lambda info: info.update(format_version=2))


def _insider_other_report(files: Files, world: World) -> None:
    files[REPORT] = signed_report(world.scratch / "wrong", world.insider.identity, "CASE-7-v1-000000000000", "0" * 64)


def _report_by_other(files: Files, world: World) -> None:
    info = json.loads(files[PACKAGE])
    files[REPORT] = signed_report(world.scratch / "by", world.stranger, info["package_id"], info["evidence_root"])


def _unsigned(files: Files, world: World) -> None:
    info = json.loads(files[PACKAGE])
    plain = unsigned_report(world.scratch / "unsigned.pdf", info["package_id"], info["evidence_root"])
    files[REPORT] = plain.read_bytes()


def _cosign(files: Files, world: World, gone: str = "") -> None:
    """A second seal, as package.json expects it; then perhaps one of its files is taken away."""
    reviewer = world.authority.issue("Rita Reviewer")
    edit_json(files, PACKAGE, lambda info: info.update(seals_expected=["01-examiner", "02-reviewer"]))
    replace(world.insider, seals={"02-reviewer": reviewer}).relist(files)
    if gone:
        del files[gone]


def _gone(*names: str) -> Callable[[Files, World], None]:
    def change(files: Files, world: World) -> None:
        for name in names:
            del files[name]

    return change


def _second_gone(kind: str) -> Callable[[Files, World], None]:
    return lambda files, world: _cosign(files, world, f"seals/02-reviewer.{kind}")


def _added(name: str) -> Callable[[Files, World], None]:
    return lambda files, world: files.update({name: b"Nobody listed this.\n"})


def _unlisted(files: Files, world: World) -> None:
    """A file taken out of both lists by the insider, and left in the package."""
    del files["data/timeline.csv"]
    world.insider.relist(files)
    files["data/timeline.csv"] = b"utc\n"


def _insider_rewrite(files: Files, world: World) -> None:
    _other_letter(files)
    _rewrite_history(files, world.insider)
    world.insider.relist(files)


def _stated_list(files: Files, world: World) -> None:
    """The insider's manifest lists other hashes than the files have, and everything above it is sealed anew."""
    info = json.loads(files[PACKAGE])
    payload = sorted(name for name in files if name.startswith("data/"))
    truth = dict(files)
    files[LETTER] = files[LETTER] + b"!"
    files["manifest-sha256.txt"] = manifest(files, payload)
    files[LETTER] = truth[LETTER]
    assert info["files"]
    world.insider.reseal(files)


def s(*aspects: str) -> frozenset[str]:
    assert set(aspects) <= set(ASPECTS), aspects
    return frozenset(aspects)


UNTOUCHED = Manipulation("untouched", s(), lambda files, world: None, "", verdict="verified-with-limits")

MANIPULATIONS: tuple[Manipulation, ...] = (
    Manipulation("a flipped byte in an attachment", s("payload"), lambda f, w: flip(f, PNG), "contents", PNG),
    Manipulation("a flipped byte in the report", s("payload", "report"), _flip_report, "contents", REPORT),
    Manipulation(
        "a flipped byte in the ledger", s("payload", "ledger"), lambda f, w: flip(f, LEDGER), "contents", LEDGER
    ),
    Manipulation(
        "another hash in the list of evidence",
        s("tags", "payload-list"),
        lambda f, w: _hash_digit(f, "manifest-sha256.txt"),
        "contents",
        "manifest-sha256.txt",
    ),
    Manipulation(
        "another hash in the list of tag files",
        s("list", "tag-list"),
        lambda f, w: _hash_digit(f, "tagmanifest-sha256.txt"),
        "seal",
        "seals/01-examiner.p7s",
    ),
    Manipulation(
        "a flipped byte in the instructions", s("tags"), lambda f, w: flip(f, "README-VERIFY.txt"), "contents", "README"
    ),
    Manipulation("an attachment removed", s("payload-gone", "exhibits"), _gone(PNG), "inventory", PNG),
    Manipulation("the ledger removed", s("payload-gone", "ledger"), _gone(LEDGER), "inventory", LEDGER),
    Manipulation("the instructions removed", s("tags-gone"), _gone("README-VERIFY.txt"), "inventory", "README"),
    Manipulation(
        "a file added to the evidence", s("payload-added"), _added("data/extra.txt"), "inventory", "data/extra.txt"
    ),
    Manipulation("a file added beside it", s("tags-added"), _added("extra.txt"), "inventory", "extra.txt"),
    Manipulation(
        "a file added to the seals", s("seals-added"), _added("seals/note.txt"), "inventory", "seals/note.txt"
    ),
    Manipulation("the names of two attachments swapped", s("payload", "exhibits"), _swap_names, "contents", PNG),
    Manipulation("the ledger reordered", s("payload", "ledger"), _reorder_ledger, "custody"),
    Manipulation("the ledger truncated", s("payload", "ledger"), _truncate_ledger, "custody"),
    Manipulation("the report replaced by another", s("payload", "report-of"), _other_report, "contents", REPORT),
    Manipulation("the report saved again after signing", s("payload", "report"), _updated_report, "report"),
    Manipulation("the CAdES seal replaced by another key's", s("p7s"), _foreign_p7s, "seal", "01-examiner"),
    Manipulation("the OpenSSH seal replaced by another key's", s("sig"), _foreign_sig, "seal", "01-examiner.sig"),
    Manipulation("both replaced by another key's", s("p7s", "sig", "statements"), _foreign_seal, "seal", "01-examiner"),
    Manipulation(
        "the CAdES seal removed", s("p7s-gone"), _gone("seals/01-examiner.p7s"), "inventory", "01-examiner.p7s"
    ),
    Manipulation(
        "the OpenSSH seal removed", s("sig-gone"), _gone("seals/01-examiner.sig"), "inventory", "01-examiner.sig"
    ),
    Manipulation(
        "the second CAdES seal removed",
        s("p7s-gone"),
        _second_gone("p7s"),
        "inventory",
        "02-reviewer.p7s",
        seals=("01-examiner", "02-reviewer"),
    ),
    Manipulation(
        "the second OpenSSH seal removed",
        s("sig-gone"),
        _second_gone("sig"),
        "inventory",
        "02-reviewer.sig",
        seals=("01-examiner", "02-reviewer"),
    ),
    Manipulation(
        "a whole forgery with its own root; the right root is given",
        s("issuer"),
        _forge(lambda w: w.stranger),
        "signer",
    ),
    Manipulation(
        "the same; the right fingerprint is given",
        s("issuer"),
        _forge(lambda w: w.stranger),
        "signer",
        trust="fingerprint",
    ),
    Manipulation(
        "the same; nothing is given",
        s(),
        _forge(lambda w: w.stranger),
        "",
        trust="nothing",
        verdict="verified-with-limits",
    ),
    Manipulation(
        "a forgery under an authority of the system's store",
        s("issuer"),
        _forge(lambda w: w.other_authority.issue("Ben Alvarez")),
        "signer",
        system_store=True,
    ),
    Manipulation(
        "insider: the ledger reordered, sealed anew", s("ledger"), insider(_reorder_ledger), "custody", "ledger entr"
    ),
    Manipulation("insider: the ledger truncated, sealed anew", s("ledger"), insider(_truncate_ledger), "custody"),
    Manipulation(
        "insider: truncated, and its end signed anew",
        s("ledger"),
        insider(_signed_truncation),
        "custody",
        "ledger entry",
    ),
    Manipulation("insider: a ledger entry altered", s("ledger"), insider(_altered_line), "custody", "ledger entr"),
    Manipulation(
        "insider: two attachments swapped", s("exhibits"), insider(_swap_attachments), "custody", "data/exhibits/EX-000"
    ),
    Manipulation(
        "insider: their links swapped", s("exhibits"), insider(_swap_links), "custody", "data/exhibits/EX-000"
    ),
    Manipulation(
        "insider: an attachment deleted from the chain",
        s("ledger", "exhibits"),
        insider(_drop_attachment),
        "custody",
        "attachment",
    ),
    Manipulation("insider: another text for an entry", s("disclosures"), insider(_other_text), "custody", "disclosure"),
    Manipulation("insider: another field of an event", s("fields"), insider(_other_field), "custody", "EX-0003"),
    Manipulation("insider: sums that do not balance", s("sums"), insider(_unbalanced), "completeness", "S-01"),
    Manipulation("insider: “complete” though it is not", s("sums"), insider(_claims_complete), "completeness"),
    Manipulation("insider: a row taken out of a table", s("rows"), insider(_fewer_rows), "completeness"),
    Manipulation("insider: a row in place of another", s("twice"), insider(_row_twice), "completeness"),
    Manipulation(
        "insider: another signer named in package.json",
        s("statements"),
        insider(_other_seal_named),
        "seal",
        "01-examiner",
    ),
    Manipulation(
        "insider: a list that does not fit the evidence",
        s("payload", "payload-list", "statements"),
        _stated_list,
        "contents",
        LETTER,
    ),
    Manipulation(
        "insider: a file left in that no list names", s("payload-added"), _unlisted, "inventory", "timeline.csv"
    ),
    Manipulation(
        "insider: the report of another package", s("report-of"), insider(_insider_other_report, report=False), "report"
    ),
    Manipulation(
        "insider: a report by another signer", s("report-of"), insider(_report_by_other, report=False), "report"
    ),
    Manipulation("insider: a report without signature", s("report"), insider(_unsigned, report=False), "report"),
    Manipulation(
        "insider: the report changed after signing", s("report"), insider(_updated_report, report=False), "report"
    ),
    Manipulation(
        "insider: the whole custody record written anew; an older checkpoint is given",
        s("rewritten"),
        _insider_rewrite,
        "custody",
        "seen.checkpoint",
        against=True,
    ),
    Manipulation("a format version of the future", s("version"), insider(_future), "", verdict="not-a-package"),
)


def cell(checker: str, manipulation: Manipulation) -> str:
    """What the table says: “refuses”, “passes” or “not checked”."""
    if manipulation.breaks & CHECKERS[checker]:
        return "refuses"
    if manipulation is UNTOUCHED:
        return "passes"
    if manipulation.trust == "nothing" and checker in ("casebound", "verify.py"):
        return "UNATTRIBUTED"
    return "not checked"


def claims() -> str:
    """What each checker checks, as a list in Markdown."""
    return "".join(
        f"- **{name}**: {'; '.join(words for aspect, words in ASPECTS.items() if aspect in checks)}.\n"
        for name, checks in CHECKERS.items()
    )


def table() -> str:
    """The table of docs/verifying.md, in Markdown."""
    head = "| manipulation | " + " | ".join(CHECKERS) + " |"
    rule = "|---|" + "---|" * len(CHECKERS)
    rows = [
        f"| {one.name} | " + " | ".join(cell(checker, one) for checker in CHECKERS) + " |"
        for one in (UNTOUCHED, *MANIPULATIONS)
    ]
    return "\n".join([head, rule, *rows]) + "\n"
