"""The sound package that everything in the corpus comes from: one of every artefact that the format has.

It goes the whole way through `Draft`, with a fixed clock and fixed keys. What a later version of the format adds is
added here, and has its mutations from then on (corpus_mutations.py).
"""

from __future__ import annotations

import base64
import json
import tempfile
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from corpus_cast import CAST, SEALED, steady
from corpus_press import report_of
from specimen_members import ABOUT, ORIGIN, SOURCE_SHA, Log, jcs, members_and_log
from tampering import Files, unpack

from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.checkpoint import sign as sign_checkpoint
from casebound_packaging.disclosure import parse
from casebound_packaging.identity import Identity
from casebound_packaging.ledger import leaves
from casebound_packaging.member import Member
from casebound_packaging.merkle import root
from casebound_packaging.package import Draft

SEED_FILE = Path(__file__).parent / "seed.zip"
SEEN_SIZE = 4
"""How many entries the older checkpoints of the corpus cover."""


@dataclass(frozen=True)
class Seed:
    """A package as it was sealed: the name of its folder, its files in the order of the ZIP, and the ZIP."""

    top: str
    files: Files
    zip: bytes


def read_seed(path: Path) -> Seed:
    """A package that was sealed before."""
    top, files = unpack(path)
    return Seed(top, files, path.read_bytes())


def published_seed() -> Seed:
    """The package that every published member was made from: sealed once, and kept."""
    return read_seed(SEED_FILE)


def older_note(lines: list[bytes], identity: Identity, size: int = SEEN_SIZE) -> str:
    """The checkpoint of the first `size` entries, as somebody outside may have kept it."""
    return sign_checkpoint(Checkpoint(ORIGIN, size, root(leaves(lines[:size])).hex()), identity)


def seal_seed(identity: Identity | None = None, *, verifier: bool = True) -> Seed:
    """Seal the package anew with the writer as it is now."""
    signer = identity or CAST.examiner
    with steady("seed"), tempfile.TemporaryDirectory() as folder:
        members, log = members_and_log(signer, SEALED)
        members = [_withheld(member) if member.path.endswith("EX-0003/exhibit.json") else member for member in members]
        members = [_curated(member) if member.path == "data/completeness.json" else member for member in members]
        about = replace(ABOUT, include_verifier=verifier)
        draft = Draft(
            about,
            [*members, *_further()],
            log.lines,
            log.disclosures,
            signer,
            SEALED,
            [older_note(log.lines, signer)],
            proofs=_proved(members, log),
        )
        facts = draft.facts()
        report = report_of(signer, facts.package_id, facts.evidence_root)
        path = draft.seal(Path(folder), report).path
        top, files = unpack(path)
        return Seed(top, files, path.read_bytes())


def _proved(members: list[Member], log: Log) -> dict[str, int]:
    """Every exhibit with the entry that it names."""
    records = [json.loads(bytes(one.content)) for one in members if one.role == "exhibit-record"]  # type: ignore[arg-type]
    assert all(0 <= record["line_seq"] < len(log.lines) for record in records)
    return {record["exhibit"]: record["line_seq"] for record in records}


def _changed(member: Member, content: bytes) -> Member:
    return Member(member.path, member.role, member.media_type, content, member.exhibit, member.sensitive)


def _withheld(member: Member) -> Member:
    """The event without one of its fields, which this recipient does not get."""
    assert isinstance(member.content, bytes)
    record = json.loads(member.content)
    hidden = next(text for text in record["disclosures"] if parse(text).name == "what")
    record["disclosures"].remove(hidden)
    del record["fields"]["what"]
    return _changed(member, jcs(record))


def _curated(member: Member) -> Member:
    """The completeness statement with everything that newer packages say."""
    assert isinstance(member.content, bytes)
    statement = json.loads(member.content)
    statement["chronology"] = {"entries": 2, "exhibits_in_it": 1, "exhibits_not_in_it": 2}
    mend = {"read": 2, "kept": 1, "quarantined": 1, "duplicates": 0}
    statement["sources"][0] |= {
        "repeated": [{"source": "S-01", "count": 1}],
        "mends": [{"at": "2026-02-20T10:00:00.000000Z", "by": "Ben Alvarez", "how": "times", "recipe": "", **mend}],
        "set_aside": "data/set-aside/S-01.csv",
        "clock_us": 0,
        "clock_reason": None,
        "compared": [{"fact": "rows", "stated": "6", "came": "6", "agrees": True}],
    }  # fmt: skip
    return _changed(member, jcs(statement))


def _further() -> list[Member]:
    """What the small specimen does not have: loading script, a view, a chronology, rows set aside, CASE/UCO."""
    view = {
        "view": "V-01", "title": "Sign-ins", "findings": ["F-01"], "engine": "duckdb", "engine_version": "2.0.0",
        "tables": {"requests": "data/tables/requests.csv"}, "filter": "what:login", "window": None, "zone": "UTC",
        "lanes": "source", "lane_labels": ["S-01"], "bin_us": 3_600_000_000, "unit": "events", "shown": 3, "of": 4,
        "numbers": "data/views/V-01.csv", "sources": [{"source": "S-01", "sha256": SOURCE_SHA, "shown": 3, "of": 4}],
    }  # fmt: skip
    entries = [
        {"entry": "C-0001", "position": 1, "utc": "2026-03-01T09:30:00.000000Z", "until": None,
         "caption": "Bob signs in", "caption_of": "exhibit", "exhibit": "EX-0003", "source": "requests.csv",
         "line": 3, "event": f"{SOURCE_SHA}/requests/1"},
        {"entry": "C-0002", "position": 2, "utc": "2026-03-01T10:00:00.000000Z",
         "until": "2026-03-01T11:00:00.000000Z", "caption": "A quiet hour", "caption_of": "entry", "exhibit": None,
         "source": None, "line": None, "event": None},
    ]  # fmt: skip
    columns = ["source", "file", "member", "ordinal", "line", "offset", "length", "code", "reason", "raw", "bytes"]
    aside = f"{','.join(columns)}\nS-01,requests.csv,,5,6,60,9,time,no time,5;;never,\n"
    schema = {
        "table": "set-aside", "columns": [{"name": name, "type": "text"} for name in columns],
        "null": "", "guard": "'", "rows": 1, "sources": [SOURCE_SHA],
    }  # fmt: skip
    linked = {"@context": {"case-investigation": "https://ontology.example/case/"}, "@graph": [{"@id": "kb:case-7"}]}
    chronology = [",".join(entries[0]), *(",".join(str(value or "") for value in one.values()) for one in entries)]
    numbers = "bin_us,lane,source,events"
    script = "CREATE VIEW requests AS SELECT * FROM read_csv('data/tables/requests.csv', all_varchar = true);\n"
    return [
        Member("data/queries/tables.sql", "query", "application/sql", script.encode()),
        Member("data/views/V-01.json", "query", "application/json", jcs(view)),
        Member("data/views/V-01.sql", "query", "application/sql", b"SELECT 1772355600000000, 'S-01', 'S-01', 3;\n"),
        Member("data/views/V-01.csv", "table", "text/csv", f"{numbers}\n1772355600000000,S-01,S-01,3\n".encode()),
        Member("data/chronology.csv", "timeline", "text/csv", ("\n".join(chronology) + "\n").encode()),
        Member("data/chronology.jsonl", "timeline", "application/jsonl", b"".join(jcs(one) for one in entries)),
        Member("data/set-aside/S-01.csv", "table", "text/csv", aside.encode()),
        Member("data/set-aside/S-01.schema.json", "table-schema", "application/json", jcs(schema)),
        Member("data/metadata/case.jsonld", "interchange", "application/ld+json", jcs(linked)),
    ]


def proof_text(index: int, hashes: list[bytes], note: str) -> bytes:
    """A C2SP tlog-proof."""
    lines = "".join(base64.b64encode(one).decode() + "\n" for one in hashes)
    return f"c2sp.org/tlog-proof@v1\nindex {index}\n{lines}\n{note}".encode()


DAY = timedelta(days=1)
