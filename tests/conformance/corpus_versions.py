"""The second version of the corpus' package: a later state of the same custody record, with a receipt of the first."""

from __future__ import annotations

import hashlib
import json
import re

from corpus_cast import CAST, SEALED
from corpus_ledger import lines_of, resign, set_lines
from corpus_member import PACKAGE, TAG_MANIFEST, Workshop
from corpus_seed import DAY, Seed
from tampering import edit_json

from casebound_packaging import receipt
from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.identity import Identity
from casebound_packaging.ledger import Line, compose, line_hash

RECEIPT = "data/custody/receipts/0001.receipt.p7m"
RECEIVED = SEALED + 2 * DAY


def statement(files: dict[str, bytes], by: Identity, state: Checkpoint | None = None) -> receipt.Statement:
    """What a recipient says who was given this package."""
    info = json.loads(files[PACKAGE])
    seen = receipt.PackageSeen(
        info["package_id"], info["version"], None, hashlib.sha256(files[TAG_MANIFEST]).hexdigest(),
        info["evidence_root"], info["case"]["number"],
    )  # fmt: skip
    program = {"name": "casebound", "version": "1", "build": "0" * 64}
    limits = ("UNSTAMPED", "UNWITNESSED", "PARTIAL", "REDACTED")
    return receipt.Statement(
        seen, RECEIVED, RECEIVED, "verified-with-limits", limits, 0, state or Checkpoint(**info["checkpoint"]),
        receipt.recipient(by), program, "",
    )  # fmt: skip


def received(files: dict[str, bytes], by: Identity | None = None, state: Checkpoint | None = None) -> bytes:
    """A receipt of this package, signed."""
    who = by or CAST.reviewer
    return receipt.sign(statement(files, who, state), who, RECEIVED)


def next_version(shop: Workshop, given: bytes) -> None:
    """The case goes on: a receipt came back, and the package was sealed again as version 2."""
    first = json.loads(shop.files[PACKAGE])
    lines = lines_of(shop)
    actor = CAST.examiner.key_fingerprint
    own = hashlib.sha256(given).hexdigest()
    acts = (("acknowledged", "receipt", "1", (own,)), ("export-prepared", "package", "2", ()))
    for action, kind, number, inputs in acts:
        moment = RECEIVED + len(lines) * DAY / 1440
        line = Line(len(lines), line_hash(lines[-1]), moment, actor, action, kind, number, inputs=inputs)
        lines.append(compose(line))
    set_lines(shop, lines)
    older = shop.files[f"data/custody/checkpoints/{first['checkpoint']['size']}.checkpoint"]
    shop.files[RECEIPT] = given
    resign(shop)
    shop.files[f"data/custody/checkpoints/{first['checkpoint']['size']}.checkpoint"] = older
    before = {key: first[key] for key in ("package_id", "evidence_root")}
    edit_json(shop.files, PACKAGE, lambda info: info.update(version=2, supersedes=before))
    shop.top = re.sub(r"-v1$", "-v2", shop.top)
    shop.relist()


def second_version(seed: Seed) -> Workshop:
    """Version 2 of a package."""
    shop = Workshop.of(seed)
    next_version(shop, received(seed.files))
    return shop
