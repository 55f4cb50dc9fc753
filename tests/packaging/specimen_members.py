"""A small real case, and a package of it made through `Draft`: two attachments, an event, a table, a hidden entry."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from authorities import NOW

from casebound_packaging.canonical import canonical
from casebound_packaging.disclosure import Disclosure, disclose
from casebound_packaging.identity import Identity
from casebound_packaging.ledger import GENESIS, Line, compose, line_hash, omitted
from casebound_packaging.member import Member
from casebound_packaging.package import About, Draft
from casebound_packaging.pdfseal import sign_pdf

SEALED_AT = NOW - timedelta(hours=1)
ORIGIN = "casebound/CASE-7/0123456789abcdef"
SOURCE = b"id,who,what\n1,ada,login\n2,bob,login\n3,ada,'=sum(1)\n4,eve,logout\n"
SOURCE_SHA = hashlib.sha256(SOURCE).hexdigest()
ABOUT = About(
    case_number="CASE-7",
    case_title="Northgate",
    log_origin=ORIGIN,
    version=1,
    supersedes=None,
    recipient_class="legal",
    purpose="For Legal",
    legal_basis=None,
    organisation="Example Ltd",
    limits=("PARTIAL", "REDACTED"),
)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def jcs(value: object) -> bytes:
    return canonical(value) + b"\n"


def row_id(ordinal: int) -> str:
    return f"{SOURCE_SHA}/requests/{ordinal}"


@dataclass
class Log:
    """A ledger in the making."""

    actor: str
    lines: list[bytes] = field(default_factory=list)
    disclosures: list[tuple[int, str]] = field(default_factory=list)
    attached: int = 0
    last_attached: str = GENESIS
    sealed_at: datetime = SEALED_AT

    def add(
        self,
        action: str,
        kind: str,
        number: str,
        *,
        outputs: tuple[str, ...] = (),
        told: tuple[Disclosure, ...] = (),
        **more,
    ) -> str:
        seq = len(self.lines)
        line = Line(
            seq=seq,
            prev=line_hash(self.lines[-1]) if self.lines else GENESIS,
            time=self.sealed_at - timedelta(days=10) + timedelta(minutes=seq),
            actor=self.actor,
            action=action,
            item_type=kind,
            item_id=number,
            outputs=outputs,
            disclosures=told,
            **more,
        )
        self.lines.append(compose(line))
        self.disclosures += [(seq, item.encoded) for item in told]
        return line_hash(self.lines[-1])

    def attach(self, content: bytes, title: str) -> dict[str, object]:
        self.attached += 1
        previous = self.last_attached
        self.last_attached = self.add(
            "attached",
            "attachment",
            str(self.attached),
            outputs=(sha(content),),
            told=(disclose("title", title), disclose("record", {"sha256": sha(content), "title": title})),
            attachment=self.attached,
            attachment_prev=previous,
        )
        return {
            "attachment": self.attached,
            "line_seq": len(self.lines) - 1,
            "line_hash": self.last_attached,
            "previous_line_hash": previous,
        }


ATTACHED = {"EX-0001": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3, "EX-0002": b"A letter, byte for byte.\r\n" * 40}


def members_and_log(identity: Identity, sealed_at: datetime = SEALED_AT) -> tuple[list[Member], Log]:
    log = Log(identity.key_fingerprint, sealed_at=sealed_at)
    log.add("created", "case", "case", told=(disclose("title", "Northgate"),))
    log.add("received", "source", "1", outputs=(SOURCE_SHA,), told=(disclose("name", "requests.csv"),))
    log.add("imported", "source", "1", told=(disclose("counts", {"read": 4}),))
    members: list[Member] = []
    for number, (name, content) in enumerate(ATTACHED.items(), 1):
        link = log.attach(content, f"Attachment {number}")
        extension = "png" if number == 1 else "txt"
        media = "image/png" if number == 1 else "text/plain"
        record = {
            "exhibit": name,
            "kind": "attachment",
            "caption": f"What was seen, {number}",
            "sensitive": number == 1,
            "file": f"original.{extension}",
            "media_type": media,
            "size": len(content),
            "sha256": sha(content),
            "original_name": f"Bild {number}.{extension}",
            "title": f"Attachment {number}",
            "acquired": None,
            **link,
        }
        folder = f"data/exhibits/{name}"
        members.append(Member(f"{folder}/original.{extension}", "exhibit", media, content, name, number == 1))
        members.append(Member(f"{folder}/exhibit.json", "exhibit-record", "application/json", jcs(record), name))
    fields = {"id": "2", "who": "bob", "what": "login"}
    given = [disclose(name, value) for name, value in fields.items()]
    commitments = sorted(item.digest for item in given)
    made = log.add(
        "annotated", "exhibit", "EX-0003", told=(disclose("record", {"exhibit": "EX-0003", "_sd": commitments}),)
    )
    event = {
        "exhibit": "EX-0003",
        "kind": "event",
        "caption": "Bob signs in",
        "sensitive": False,
        "event": {"id": row_id(1), "sha256": SOURCE_SHA, "member": "", "table": "requests", "ordinal": 1},
        "source": {"name": "requests.csv", "line": 3},
        "time": {
            "utc": "2026-03-01T09:30:00.000000Z",
            "raw": "2026-03-01 09:30",
            "zone": "UTC",
            "zone_origin": "assumed",
        },
        "line_seq": len(log.lines) - 1,
        "line_hash": made,
        "_sd": commitments,
        "disclosures": [item.encoded for item in given],
        "fields": fields,
    }
    members.append(
        Member("data/exhibits/EX-0003/exhibit.json", "exhibit-record", "application/json", jcs(event), "EX-0003")
    )
    hidden = log.add("opened", "attachment", "1")
    log.lines[-1] = omitted(len(log.lines) - 1, hidden)
    log.add("export-prepared", "package", "1", told=(disclose("purpose", "For Legal"),))
    members += _tables(len(log.lines))
    return members, log


def _tables(lines: int) -> list[Member]:
    table = (
        "_row,_time_us,id,who,what\n"
        f"{row_id(0)},1772357400000000,1,ada,login\n"
        f"{row_id(1)},1772357400000000,2,bob,login\n"
        f'{row_id(2)},1772357400000002,3,ada,"\'=sum(1)\nsecond line"\n'
    ).encode()
    columns = [
        {"name": name, "type": "integer" if name == "_time_us" else "text"}
        for name in ("_row", "_time_us", "id", "who", "what")
    ]
    schema = {"table": "requests", "columns": columns, "null": "", "guard": "'", "rows": 3, "sources": [SOURCE_SHA]}
    query = {
        "query": "Q-0001", "question": "How many requests?", "engine": "duckdb", "engine_version": "2.0.0",
        "tables": {"requests": "data/tables/requests.csv"}, "parameters": {}, "window": None, "unit": "requests",
        "result": 3, "denominator": None, "denominator_of": None, "denominator_sql": None, "filter": "",
    }  # fmt: skip
    line = {
        "utc": "2026-03-01T09:30:00.000000Z", "raw": "2026-03-01 09:30", "zone": "UTC", "zone_origin": "assumed",
        "source": "requests.csv", "line": 3, "event": row_id(1), "exhibit": "EX-0003", "caption": "Bob signs in",
    }  # fmt: skip
    source = {
        "source": "S-01", "file": "requests.csv", "sha256": SOURCE_SHA, "size": len(SOURCE), "table": "requests",
        "read": 6, "kept": 4, "quarantined": 1, "duplicates": 1, "expected": None, "expected_from": None,
        "cited": 3, "enclosed": 3, "filtered": 1, "filter": "what = login", "not_selected": 0,
        "quarantine_reasons": [{"reason": "time", "count": 1, "first_line": 6}],
        "origin": None, "window": None, "first": None, "last": None, "zone": "UTC", "zone_origin": "assumed",
    }  # fmt: skip
    attached = sum(len(content) for content in ATTACHED.values())
    completeness = {
        "complete": False,
        "sources": [source],
        "attachments": {"held": 2, "enclosed": 2, "bytes_enclosed": attached, "withheld": 0},
        "ledger": {"lines": lines, "omitted": 1},
    }
    header = "utc,raw,zone,zone_origin,source,line,event,exhibit,caption"
    values = ",".join(str(value) for value in line.values())
    return [
        Member("data/tables/requests.csv", "table", "text/csv", table),
        Member("data/tables/requests.schema.json", "table-schema", "application/json", jcs(schema)),
        Member("data/queries/Q-0001.json", "query", "application/json", jcs(query)),
        Member("data/queries/Q-0001.sql", "query", "application/sql", b"SELECT count(*) FROM requests;\n"),
        Member("data/timeline.csv", "timeline", "text/csv", f"{header}\n{values}\n".encode()),
        Member("data/timeline.jsonl", "timeline", "application/jsonl", jcs(line)),
        Member("data/completeness.json", "completeness", "application/json", jcs(completeness)),
    ]


def unsigned_report(path: Path, package_id: str, evidence_root: str) -> Path:
    """A one-page PDF that names its package where a verifier looks: in the document information."""
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), invariant=1)
    canvas.setTitle(f"Report of {package_id}")
    canvas.setKeywords(f"package {package_id}; evidence root {evidence_root}")
    canvas.drawString(72, 720, f"Package {package_id}")
    canvas.drawString(72, 700, f"Evidence root {evidence_root}")
    canvas.save()
    return path


def signed_report(folder: Path, identity: Identity, package_id: str, evidence_root: str) -> bytes:
    folder.mkdir(parents=True, exist_ok=True)
    plain = unsigned_report(folder / "plain.pdf", package_id, evidence_root)
    target = folder / "signed.pdf"
    target.unlink(missing_ok=True)
    sign_pdf(plain, target, identity, SEALED_AT, reason="Sealed")
    return target.read_bytes()


def seal_specimen(folder: Path, identity: Identity) -> Path:
    """The whole way, through the real writer. Returns the ZIP."""
    folder.mkdir(parents=True, exist_ok=True)
    members, log = members_and_log(identity)
    draft = Draft(ABOUT, members, log.lines, log.disclosures, identity, SEALED_AT)
    facts = draft.facts()
    report = signed_report(folder / "report", identity, facts.package_id, facts.evidence_root)
    target = folder / f"{draft.folder}.zip"
    draft.seal(target, report)
    return target
