"""By an insider: the custody record, what it commits to, its signed end, its proofs, and what outsiders saw of it."""

from __future__ import annotations

import json
from collections.abc import Callable

from corpus_cast import CAST
from corpus_member import (
    ATTACHMENT,
    DISCLOSURES,
    EVENT,
    LEDGER,
    LETTER,
    PNG,
    Act,
    Member,
    Workshop,
    rewritten,
    sealed_anew,
)
from corpus_press import SteadyInsider
from corpus_seed import older_note, proof_text
from specimen_members import ORIGIN
from tampering import edit_json, jcs, sha

from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.checkpoint import sign as sign_checkpoint
from casebound_packaging.disclosure import disclose
from casebound_packaging.ledger import leaves, line_hash
from casebound_packaging.merkle import inclusion_proofs, root

CHECKPOINTS = "data/custody/checkpoints"
SALT = b"\x07" * 16  # of texts that an insider invents
ENTRIES = 8


def lines_of(shop: Workshop) -> list[bytes]:
    return shop.files[LEDGER].splitlines()


def set_lines(shop: Workshop, lines: list[bytes]) -> None:
    shop.files[LEDGER] = b"".join(line + b"\n" for line in lines)


def resign(shop: Workshop, by: SteadyInsider | None = None) -> None:
    """Everything that follows from the ledger's lines: checkpoints old and new, lengths stated, proofs."""
    insider = by or shop.insider
    insider.resign_ledger(shop.files)
    lines = lines_of(shop)
    older = older_note(lines, insider.identity)
    shop.files[f"{CHECKPOINTS}/4.checkpoint"] = older.encode()
    note = shop.files[f"{CHECKPOINTS}/{len(lines)}.checkpoint"].decode()
    for name in [name for name in shop.files if name.endswith(".tlog-proof")]:
        record = json.loads(shop.files[f"{name.rpartition('/')[0]}/exhibit.json"])
        hashes = inclusion_proofs([min(record["line_seq"], len(lines) - 1)], leaves(lines))[0]
        shop.files[name] = proof_text(record["line_seq"], hashes, note)


def _edited(change: Callable[[list[bytes]], list[bytes]], *, signed: bool = False) -> Act:
    """The ledger's lines changed by the insider; with `signed`, its end is signed anew as well."""

    def act(shop: Workshop) -> None:
        set_lines(shop, change(lines_of(shop)))
        if signed:
            resign(shop)
        shop.relist()

    return act


def _line(number: int, change: Callable[[dict], None]) -> Act:
    """One line says something else, and its end is signed anew; the lines after it follow another."""

    def changed(lines: list[bytes]) -> list[bytes]:
        line = json.loads(lines[number])
        change(line)
        return [*lines[:number], jcs(line)[:-1], *lines[number + 1 :]]

    return _edited(changed, signed=True)


def _cut_after(number: int) -> Act:
    """The record ends after `number` entries, and this end is signed."""
    return _edited(lambda lines: lines[:number], signed=True)


def _resealed_cut(number: int) -> Act:
    """The record ends after `number` entries, and the list is sealed; its end keeps the old signature."""
    return _edited(lambda lines: lines[:number])


def _swap_attachments(shop: Workshop) -> None:
    files = shop.files
    files[PNG], files[LETTER] = files[LETTER], files[PNG]
    for folder, name in (("EX-0001", PNG), ("EX-0002", LETTER)):
        facts = {"sha256": sha(files[name]), "size": len(files[name])}
        edit_json(files, f"data/exhibits/{folder}/exhibit.json", lambda record, facts=facts: record.update(facts))


def _swap_links(shop: Workshop) -> None:
    keys = ("attachment", "line_seq", "line_hash", "previous_line_hash")
    names = [f"data/exhibits/EX-000{n}/exhibit.json" for n in (1, 2)]
    first, second = (json.loads(shop.files[name]) for name in names)
    for name, record, other in zip(names, (first, second), (second, first), strict=True):
        shop.files[name] = jcs({**record, **{key: other[key] for key in keys}})


def _drop_attachment(shop: Workshop) -> None:
    """Attachment 1 and its ledger line vanish, and the numbers after it move up."""
    for name in [name for name in shop.files if name.startswith("data/exhibits/EX-0001/")]:
        del shop.files[name]
    lines = [json.loads(line) for line in lines_of(shop)]
    del lines[3]
    stored: list[bytes] = []
    for seq, line in enumerate(lines):
        line["seq"] = seq
        if "prev" in line and seq:
            line["prev"] = line_hash(stored[-1])
        stored.append(jcs(line)[:-1])
    set_lines(shop, stored)
    resign(shop)
    shop.relist()


def _texts(change: Callable[[list[dict]], list[dict]]) -> Act:
    def act(shop: Workshop) -> None:
        lines = change([json.loads(line) for line in shop.files[DISCLOSURES].splitlines()])
        shop.files[DISCLOSURES] = b"".join(jcs(line) for line in lines)

    return act


def _other_text(lines: list[dict]) -> list[dict]:
    lines[1]["disclosure"] = disclose("name", "other.csv", SALT).encoded
    return lines


def _moved_text(lines: list[dict]) -> list[dict]:
    lines[1]["seq"], lines[2]["seq"] = lines[2]["seq"], lines[1]["seq"]
    return lines


def _field(change: Callable[[dict], None]) -> Act:
    return sealed_anew(lambda shop: edit_json(shop.files, EVENT, change))


def _older(note: Callable[[Workshop], str], size: int = 4) -> Act:
    def act(shop: Workshop) -> None:
        shop.files[f"{CHECKPOINTS}/{size}.checkpoint"] = note(shop).encode()
        shop.relist()

    return act


def _state(size: int, head: str, origin: str = ORIGIN) -> str:
    return sign_checkpoint(Checkpoint(origin, size, head), CAST.examiner)


def _proof(change: Callable[[list[bytes]], list[bytes]]) -> Act:
    name = "data/exhibits/EX-0001/EX-0001.tlog-proof"

    def act(shop: Workshop) -> None:
        shop.files[name] = b"\n".join(change(shop.files[name].split(b"\n")))
        shop.relist()

    return act


def _foreign_proof(shop: Workshop) -> None:
    shop.files["data/exhibits/EX-0001/EX-0001.tlog-proof"] = shop.files["data/exhibits/EX-0002/EX-0002.tlog-proof"]
    shop.relist()


_END = f"{CHECKPOINTS}/{ENTRIES}.checkpoint"

CUTS: tuple[Member, ...] = tuple(
    rewritten(f"ledger-ends-after-{number}", f"the custody record ends after {number} entries, its end signed",
              _cut_after(number), "ledger", ("custody", "")) for number in range(1, ENTRIES)
)  # fmt: skip

LEDGERS: tuple[Member, ...] = (
    *CUTS,
    rewritten("ledger-cut-and-resealed", "the last entry is gone; the old checkpoint stays", _resealed_cut(7), "ledger",
              ("custody", "")),
    rewritten("ledger-reordered-and-resealed", "two entries changed places",
              _edited(lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]]), "ledger",
              ("custody", "ledger entr")),
    rewritten("ledger-entry-redated", "an entry has another time", _line(1, lambda line: line.update(
        time=line["time"].replace("2026", "2025"))), "ledger", ("custody", "ledger entr")),
    rewritten("ledger-entry-by-another", "an entry names another actor",
              _line(2, lambda line: line.update(actor="unauthenticated")), "ledger", ("custody", "ledger entr")),
    rewritten("ledger-entry-of-another-act", "“opened” in place of “received”",
              _line(1, lambda line: line.update(action="opened")), "ledger", ("custody", "ledger entr")),
    rewritten("ledger-entry-without-field", "an entry has lost its commitments",
              _line(1, lambda line: line.pop("_sd")), "ledger", ("custody", "ledger entr")),
    rewritten("ledger-entry-with-more", "an entry has a key that the format does not have",
              _line(7, lambda line: line.update(remark="x")), "ledger-form", ("custody", "ledger line")),
    rewritten("ledger-entry-omitted-wrongly", "an entry withheld under another hash than its own",
              _edited(lambda lines: [lines[0], jcs({"omitted": "ab" * 32, "seq": 1})[:-1], *lines[2:]], signed=True),
              "ledger", ("custody", "ledger entr")),
    rewritten("ledger-line-not-canonical", "a space in an entry", _edited(
        lambda lines: [*lines[:7], lines[7].replace(b'":', b'": ', 1)], signed=True), "ledger-form", ("custody", "")),
    rewritten("ledger-of-another-version", "the last entry prepared another version",
              _line(7, lambda line: line["item"].update(id="2")), "ledger", ("custody", "ledger entry 7")),
    rewritten("attachments-swapped", "two attachments changed places, and their records say so",
              sealed_anew(_swap_attachments), "exhibits", ("custody", "data/exhibits/EX-000")),
    rewritten("attachment-links-swapped", "two exhibits claim each other's place in the chain",
              sealed_anew(_swap_links), "exhibits proofs", ("custody", "data/exhibits/EX-000")),
    rewritten("attachment-deleted-from-chain", "an attachment and its entry vanish, the numbers move up",
              _drop_attachment, "ledger exhibits", ("custody", "attachment")),
    rewritten("attachment-record-renumbered", "an exhibit claims another number in the chain",
              sealed_anew(lambda shop: edit_json(shop.files, ATTACHMENT, lambda it: it.update(attachment=3))),
              "exhibits", ("custody", ATTACHMENT)),
    rewritten("event-of-another-entry", "an event points at another exhibit's entry", sealed_anew(
        lambda shop: edit_json(shop.files, EVENT, lambda it: it.update({key: json.loads(
            shop.files[ATTACHMENT])[key] for key in ("line_seq", "line_hash")}))), "exhibits proofs",
        ("custody", EVENT)),
    rewritten("text-of-another-name", "another text for an entry", sealed_anew(_texts(_other_text)), "disclosures",
              ("custody", "disclosure")),
    rewritten("text-of-another-entry", "two texts changed entries", sealed_anew(_texts(_moved_text)), "disclosures",
              ("custody", "disclosure")),
    rewritten("text-twice", "a text is given twice", sealed_anew(_texts(lambda lines: [lines[0], *lines])),
              "disclosures", ("custody", "disclosure")),
    rewritten("field-of-another-value", "an event's field says something else",
              _field(lambda record: record["fields"].update(who="eve")), "fields", ("custody", EVENT)),
    rewritten("field-added", "an event has a field that nobody committed to",
              _field(lambda record: record["fields"].update(why="?")), "fields", ("custody", EVENT)),
    rewritten("field-disclosed-anew", "an event's field is disclosed with another value", _field(lambda record: (
        record["fields"].update(who="eve"),
        record["disclosures"].__setitem__(1, disclose("who", "eve", SALT).encoded))), "fields", ("custody", EVENT)),
    rewritten("field-uncommitted", "a commitment is taken out of an event", _field(lambda record: record["_sd"].pop()),
              "exhibits", ("custody", EVENT)),
    rewritten("checkpoint-by-another", "the custody record's end signed by somebody else", _older(
        lambda shop: sign_checkpoint(Checkpoint(ORIGIN, 8, root(leaves(lines_of(shop))).hex()), CAST.reviewer), 8),
        "ledger proofs", ("custody", _END)),
    rewritten("checkpoint-of-another-root", "a signed end that is not this one's", _older(
        lambda shop: _state(8, "ab" * 32), 8), "ledger proofs", ("custody", _END)),
    rewritten("checkpoint-of-another-log", "a signed end of another log", _older(lambda shop: _state(
        8, root(leaves(lines_of(shop))).hex(), f"{ORIGIN[:-1]}0"), 8), "ledger proofs", ("custody", _END)),
    rewritten("older-checkpoint-of-another-history", "an enclosed older checkpoint of another history",
              _older(lambda shop: _state(4, "ab" * 32)), "older-checkpoints", ("custody", f"{CHECKPOINTS}/4.")),
    rewritten("older-checkpoint-of-another-size", "an enclosed checkpoint under another size's name",
              _older(lambda shop: older_note(lines_of(shop), CAST.examiner, 3)), "older-checkpoints",
              ("custody", f"{CHECKPOINTS}/4.")),
    rewritten("proof-of-another-exhibit", "an exhibit with another exhibit's proof", _foreign_proof, "proofs",
              ("custody", "EX-0001.tlog-proof")),
    rewritten("proof-with-a-wrong-hash", "a proof that does not lead to the signed end", _proof(
        lambda lines: [*lines[:2], b"A" * 43 + b"=", *lines[3:]]), "proofs", ("custody", "EX-0001.tlog-proof")),
    rewritten("proof-too-short", "a proof with a hash less", _proof(lambda lines: [*lines[:2], *lines[3:]]), "proofs",
              ("custody", "EX-0001.tlog-proof")),
)  # fmt: skip
