"""A small real package, made through `Draft`, and the means to tamper with it: as a stranger, and as an insider.

A stranger changes bytes. An insider holds the signer's key and can make lists, report and seals anew, so that only the
deeper checks are left to find what was done.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from casebound_packaging.canonical import canonical
from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.checkpoint import sign as sign_checkpoint
from casebound_packaging.disclosure import Disclosure, disclose
from casebound_packaging.identity import Identity
from casebound_packaging.ledger import GENESIS, Line, compose, line_hash, omitted
from casebound_packaging.member import Member
from casebound_packaging.merkle import leaf_hash, root
from casebound_packaging.package import About, Draft
from casebound_packaging.pdfseal import sign_pdf
from casebound_packaging.seal import cades
from casebound_packaging.sshsig import allowed_signers
from casebound_packaging.sshsig import sign as ssh_sign
from casebound_packaging.zipwriter import ZipWriter

NOW = datetime.now(UTC).replace(microsecond=0)  # stock programs judge certificates by the real clock
SEALED_AT = NOW - timedelta(hours=1)
ORIGIN = "casebound/CASE-7/0123456789abcdef"
SOURCE = b"id,who,what\n1,ada,login\n2,bob,login\n3,ada,'=sum(1)\n4,eve,logout\n"
SOURCE_SHA = hashlib.sha256(SOURCE).hexdigest()
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")

Files = dict[str, bytes]
UNKNOWN = {"role": "interchange", "media_type": "text/plain", "exhibit": None, "sensitive": False}


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
            time=SEALED_AT - timedelta(days=10) + timedelta(minutes=seq),
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


def members_and_log(identity: Identity) -> tuple[list[Member], Log]:
    log = Log(identity.key_fingerprint)
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
        f"{row_id(1)},1772357400000001,2,bob,login\n"
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
    about = About(
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
    draft = Draft(about, members, log.lines, log.disclosures, identity, SEALED_AT)
    facts = draft.facts()
    report = signed_report(folder / "report", identity, facts.package_id, facts.evidence_root)
    target = folder / f"{draft.folder}.zip"
    draft.seal(target, report)
    return target


# ------------------------------------------------------------------ authorities


@dataclass(frozen=True)
class Authority:
    """A root that issues signers' certificates."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @classmethod
    def create(cls, name: str) -> Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = _certificate(subject, subject, key.public_key(), timedelta(days=365))
        certificate = (
            builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
            .sign(key, SHA256())
        )
        return cls(key, certificate)

    def issue(
        self,
        name: str,
        *,
        uses: tuple[x509.ObjectIdentifier, ...] = (ExtendedKeyUsageOID.EMAIL_PROTECTION, DOCUMENT_SIGNING),
        ends: timedelta = timedelta(days=90),
    ) -> Identity:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = _certificate(subject, self.certificate.subject, key.public_key(), ends)
        certificate = (
            builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage(list(uses)), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, SHA256())
        )
        return Identity(key, certificate, (self.certificate,))

    def revoke(self, identity: Identity, at: datetime) -> bytes:
        """A CRL in PEM that revokes one certificate."""
        revoked = (
            x509.RevokedCertificateBuilder()
            .serial_number(identity.certificate.serial_number)
            .revocation_date(at)
            .build()
        )
        return (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(NOW - timedelta(minutes=5))
            .next_update(NOW + timedelta(days=7))
            .add_revoked_certificate(revoked)
            .sign(self.key, SHA256())
            .public_bytes(Encoding.PEM)
        )


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, ends: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(NOW + ends)
    )


def _usage(**on: bool) -> x509.KeyUsage:
    names = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign"
    )
    return x509.KeyUsage(**{name: on.get(name, False) for name in [*names.split(), "encipher_only", "decipher_only"]})


# ------------------------------------------------------------------ tampering


def unpack(path: Path) -> tuple[str, Files]:
    """(top folder, files by their path in it, in the order of the ZIP)."""
    with zipfile.ZipFile(path) as archive:
        top = archive.namelist()[0].partition("/")[0]
        return top, {name.removeprefix(top + "/"): archive.read(name) for name in archive.namelist()}


def pack(path: Path, top: str, files: Files) -> Path:
    """A ZIP of exactly the format's form, whatever the files are."""
    with path.open("wb") as file:
        writer = ZipWriter(file)
        for name in ordered(files):
            writer.add(
                f"{top}/{name}",
                len(files[name]),
                lambda name=name: [files[name]],
                deflate=name.endswith((".txt", ".json")),
            )
        writer.finish()
    return path


def ordered(files: Files) -> list[str]:
    def place(name: str) -> tuple[int, str]:
        return (
            0 if name.startswith("data/") else 3 if name.startswith("seals/") else 2 if name.startswith("tagm") else 1,
            name,
        )

    return sorted(files, key=place)


def unfold(folder: Path, files: Files) -> Path:
    """The package as a folder, for the stock programs."""
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def edit_json(files: Files, name: str, change: Callable[[dict], None]) -> None:
    value = json.loads(files[name])
    change(value)
    files[name] = jcs(value)


def manifest(files: Files, names: list[str]) -> bytes:
    return "".join(f"{sha(files[name])}  {name}\n" for name in sorted(names)).encode()


@dataclass
class Insider:
    """Somebody with the signer's key, who makes the lists, the report and the seals anew."""

    identity: Identity
    scratch: Path
    seals: dict[str, Identity] = field(default_factory=dict)  # further seals by name

    def relist(self, files: Files, *, report: bool = True, keep_entries: bool = False) -> Files:
        """Make package.json, report, manifests and seals fit what the other files now are."""
        payload = sorted(name for name in files if name.startswith("data/"))
        listed = [name for name in payload if name not in ("data/report.pdf", "data/metadata/package.json")]
        evidence_root = root([leaf_hash(f"{sha(files[name])}  {name}".encode()) for name in listed]).hex()
        info = json.loads(files["data/metadata/package.json"])
        package_id = f"{re.sub('[^A-Za-z0-9._-]', '-', info['case']['number'])}-v{info['version']}-{evidence_root[:12]}"
        info |= {"evidence_root": evidence_root, "package_id": package_id}
        if report:
            files["data/report.pdf"] = signed_report(self.scratch, self.identity, package_id, evidence_root)
        known = {item["path"]: item for item in info["files"]}
        if not keep_entries:
            info["files"] = [
                {
                    **known.get(name, UNKNOWN),
                    "path": name, "size": len(files[name]), "sha256": sha(files[name]),
                }
                for name in payload
                if name != "data/metadata/package.json"
            ]  # fmt: skip
        files["data/metadata/package.json"] = jcs(info)
        files["manifest-sha256.txt"] = manifest(files, payload)
        octets = sum(len(files[name]) for name in payload)
        text = files["bag-info.txt"].decode()
        text = re.sub(r"External-Identifier: .*", f"External-Identifier: {package_id}", text)
        files["bag-info.txt"] = re.sub(r"Payload-Oxum: .*", f"Payload-Oxum: {octets}.{len(payload)}", text).encode()
        return self.reseal(files)

    def reseal(self, files: Files) -> Files:
        """Make the tag manifest and the seals fit."""
        tags = [name for name in files if not name.startswith(("data/", "seals/")) and name != "tagmanifest-sha256.txt"]
        files["tagmanifest-sha256.txt"] = manifest(files, tags)
        signed = files["tagmanifest-sha256.txt"]
        for name, identity in {"01-examiner": self.identity, **self.seals}.items():
            files[f"seals/{name}.p7s"] = cades(signed, identity, SEALED_AT)
            files[f"seals/{name}.sig"] = ssh_sign(signed, identity).encode()
        return files

    def resign_ledger(self, files: Files) -> Files:
        """Make the checkpoint and every statement of the ledger's length fit the ledger as it now is."""
        lines = files["data/custody/ledger.jsonl"].splitlines()
        leaves = [bytes.fromhex(line_hash(line)) for line in lines]
        state = Checkpoint(ORIGIN, len(lines), root(leaves).hex())
        for name in [name for name in files if name.endswith(".checkpoint")]:
            del files[name]
        files[f"data/custody/checkpoints/{len(lines)}.checkpoint"] = sign_checkpoint(state, self.identity).encode()
        hidden = sum(line.startswith(b'{"omitted"') for line in lines)

        def state_in(info: dict) -> None:
            info["checkpoint"] = {"origin": state.origin, "size": state.size, "root": state.root}
            old = next(item for item in info["files"] if item["path"].endswith(".checkpoint"))
            old["path"] = f"data/custody/checkpoints/{len(lines)}.checkpoint"

        edit_json(files, "data/metadata/package.json", state_in)
        edit_json(
            files, "data/completeness.json", lambda value: value["ledger"].update(lines=len(lines), omitted=hidden)
        )
        return files

    def name_signer(self, files: Files) -> Files:
        """Let package.json and certs/ name this insider, as a forger with a key of their own does."""
        identity = self.identity

        def named(info: dict) -> None:
            info["signer"] |= {
                "name": identity.name, "fingerprint": identity.fingerprint, "key": identity.key_fingerprint,
                "self_issued": identity.self_issued,
            }  # fmt: skip

        edit_json(files, "data/metadata/package.json", named)
        files["certs/root.pem"] = identity.root.public_bytes(Encoding.PEM)
        files["certs/allowed_signers"] = allowed_signers(identity).encode()
        return files


def as_other(insider: Insider, identity: Identity) -> Insider:
    return replace(insider, identity=identity)


def incremental_update(pdf: bytes) -> bytes:
    """The report with an annotation added after signing, as an editor would save it."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    note = generic.DictionaryObject(
        {
            generic.NameObject("/Type"): generic.NameObject("/Annot"),
            generic.NameObject("/Subtype"): generic.NameObject("/FreeText"),
            generic.NameObject("/Rect"): generic.ArrayObject([generic.NumberObject(n) for n in (72, 600, 300, 650)]),
            generic.NameObject("/Contents"): generic.TextStringObject("Approved"),
            generic.NameObject("/DA"): generic.TextStringObject("/Helv 12 Tf 0 g"),
        }
    )
    page[generic.NameObject("/Annots")] = generic.ArrayObject([writer.add_object(note)])
    writer.update_container(page)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()
