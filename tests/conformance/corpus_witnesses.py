"""A history written anew, by a stranger and by the examiner, and what people outside can say to it."""

from __future__ import annotations

import json
from collections.abc import Callable

from corpus_cast import CAST
from corpus_ledger import lines_of, resign, set_lines
from corpus_member import (
    BASE,
    COMPLETENESS,
    FINGERPRINT,
    LETTER,
    NOTHING,
    PNG,
    Act,
    Given,
    Member,
    Workshop,
    rewritten,
    tampered,
    valid,
)
from corpus_press import SteadyInsider
from corpus_seed import DAY
from tampering import edit_json, jcs, sha

from casebound_packaging.identity import Identity
from casebound_packaging.ledger import line_hash
from casebound_packaging.times import parse_stamp, stamp

SEEN = Given(against=("seen.checkpoint",))


def other_letter(shop: Workshop) -> None:
    """The letter says more than it did, and every statement about it agrees."""
    shop.files[LETTER] += b"One more sentence."
    facts = {"sha256": sha(shop.files[LETTER]), "size": len(shop.files[LETTER])}
    edit_json(shop.files, "data/exhibits/EX-0002/exhibit.json", lambda record: record.update(facts))
    total = sum(len(shop.files[name]) for name in (PNG, LETTER))
    edit_json(shop.files, COMPLETENESS, lambda value: value["attachments"].update(bytes_enclosed=total))


def rewrite_history(shop: Workshop, by: SteadyInsider) -> None:
    """A whole new chain in which the changed letter was attached from the beginning."""
    lines: list[bytes] = []
    previous, attached = "0" * 64, "0" * 64
    renamed: dict[str, str] = {}
    for stored in lines_of(shop):
        line = json.loads(stored)
        if "omitted" in line:
            line = {"omitted": sha(stored), "seq": line["seq"]}
        else:
            moment = parse_stamp(line["time"]) + DAY / 24
            line |= {"prev": previous, "actor": by.identity.key_fingerprint, "time": stamp(moment)}
            if line["action"] == "attached":
                line["attachment_prev"] = attached
                if line["attachment"] == 2:
                    line["outputs"] = [sha(shop.files[LETTER])]
        lines.append(jcs(line)[:-1])
        previous = line_hash(lines[-1])
        renamed[line_hash(stored)] = previous
        if line.get("action") == "attached":
            attached = previous
    set_lines(shop, lines)
    for name in [name for name in shop.files if name.endswith("/exhibit.json")]:

        def relink(record: dict) -> None:
            record["line_hash"] = renamed[record["line_hash"]]
            if "previous_line_hash" in record:
                record["previous_line_hash"] = renamed.get(record["previous_line_hash"], "0" * 64)

        edit_json(shop.files, name, relink)
    resign(shop, by)


def forged(by: Callable[[], Identity]) -> Act:
    """Everything made anew by somebody else, with an invented letter and their own root inside."""

    def act(shop: Workshop) -> None:
        forger = shop.by(by())
        other_letter(shop)
        rewrite_history(shop, forger)
        forger.relist(forger.name_signer(shop.files))

    return act


def insiders_history(shop: Workshop) -> None:
    """The same by the examiner, with their own key: every internal check holds."""
    other_letter(shop)
    rewrite_history(shop, shop.insider)
    shop.relist()


WITNESSES: tuple[Member, ...] = (
    valid("witnessed", "an older checkpoint is at hand, and agrees", lambda shop: None,
          *(limit for limit in BASE if limit != "UNWITNESSED"), given=SEEN),
    valid("witness-of-later", "a later checkpoint is at hand; it cannot be compared", lambda shop: None, *BASE,
          given=Given(against=("later.checkpoint",))),
    rewritten("witness-of-another-history", "an older checkpoint is at hand, and is of another history",
              lambda shop: None, "rewritten", ("custody", "other-history"),
              given=Given(against=("other-history.checkpoint",))),
    rewritten("witness-of-another-log", "a checkpoint of another log is at hand", lambda shop: None, "rewritten",
              ("custody", "other-log"), given=Given(against=("other-log.checkpoint",))),
    rewritten("history-rewritten-checkpoint-kept", "the whole custody record written anew; a checkpoint is kept",
              insiders_history, "rewritten", ("custody", "seen.checkpoint"), given=SEEN),
    rewritten("history-rewritten-package-kept", "the same; an older package is kept", insiders_history,
              "rewritten-package", ("custody", "first-version.zip"), given=Given(against=("first-version.zip",))),
    rewritten("history-rewritten-nothing-kept", "the same; nobody kept anything, so nothing can show it",
              insiders_history, "", verdict="verified-with-limits", limits=BASE),
    tampered("forged-root-given", "a whole forgery with its own root; the right root is given",
             forged(lambda: CAST.stranger), "issuer", ("signer", "")),
    tampered("forged-fingerprint-given", "the same; the right fingerprint is given", forged(lambda: CAST.stranger),
             "issuer", ("signer", ""), given=FINGERPRINT),
    tampered("forged-nothing-given", "the same; nothing is given", forged(lambda: CAST.stranger), "", given=NOTHING,
             verdict="verified-with-limits", limits=("UNATTRIBUTED", "SELF-ISSUED", *BASE)),
    tampered("forged-by-a-namesake-root", "a forgery under another root of the same name",
             forged(lambda: CAST.namesake.issue("Ben Alvarez")), "issuer", ("signer", "")),
    tampered("forged-under-a-public-authority", "a forgery under an authority of the system's store",
             forged(lambda: CAST.public.issue("Ben Alvarez")), "issuer", ("signer", ""),
             given=Given(system_store=True)),
)  # fmt: skip
