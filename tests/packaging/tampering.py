"""The means to tamper with a package: as a stranger, and as an insider.

A stranger changes bytes. An insider holds the signer's key and can make lists, report and seals anew, so that only the
deeper checks are left to find what was done.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from specimen_members import ORIGIN, SEALED_AT, jcs, sha, signed_report

from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.checkpoint import sign as sign_checkpoint
from casebound_packaging.identity import Identity
from casebound_packaging.ledger import line_hash
from casebound_packaging.merkle import leaf_hash, root
from casebound_packaging.seal import cades
from casebound_packaging.sshsig import allowed_signers
from casebound_packaging.sshsig import sign as ssh_sign
from casebound_packaging.zipwriter import ZipWriter

Files = dict[str, bytes]
UNKNOWN = {"role": "interchange", "media_type": "text/plain", "exhibit": None, "sensitive": False}
_ROLES = {".p7m": "receipt", ".tsr": "stamp", ".tlog-proof": "proof", ".checkpoint": "checkpoint", ".csv": "table"}


def unknown(name: str) -> dict[str, object]:
    """What package.json says of a file that was not in it before."""
    return {**UNKNOWN, "role": next((role for end, role in _ROLES.items() if name.endswith(end)), "interchange")}


def unpack(path: Path) -> tuple[str, Files]:
    """(top folder, files by their path in it, in the order of the ZIP)."""
    with zipfile.ZipFile(path) as archive:
        top = archive.namelist()[0].partition("/")[0]
        return top, {name.removeprefix(top + "/"): archive.read(name) for name in archive.namelist()}


def packed(top: str, files: Files, order: Sequence[str] = ()) -> bytes:
    """A ZIP as the format has it, whatever the files are; in the format's order, or in another.

    Everything is stored: what a packer makes of a text is not the same byte for byte from one run to the next.
    """
    made = io.BytesIO()
    writer = ZipWriter(made)
    for name in order or ordered(files):
        writer.add(f"{top}/{name}", len(files[name]), lambda name=name: [files[name]], deflate=False)
    writer.finish()
    return made.getvalue()


def pack(path: Path, top: str, files: Files) -> Path:
    """The same, as a file."""
    path.write_bytes(packed(top, files))
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

    def report_of(self, package_id: str, evidence_root: str) -> bytes:
        """The signed report of a package."""
        return signed_report(self.scratch, self.identity, package_id, evidence_root)

    def seal_of(self, signed: bytes, identity: Identity) -> bytes:
        """One CAdES seal."""
        return cades(signed, identity, SEALED_AT)

    def relist(self, files: Files, *, report: bool = True, keep_entries: bool = False) -> Files:
        """Make package.json, report, manifests and seals fit what the other files now are."""
        payload = sorted(name for name in files if name.startswith("data/"))
        listed = [name for name in payload if name not in ("data/report.pdf", "data/metadata/package.json")]
        evidence_root = root([leaf_hash(f"{sha(files[name])}  {name}".encode()) for name in listed]).hex()
        info = json.loads(files["data/metadata/package.json"])
        package_id = f"{re.sub('[^A-Za-z0-9._-]', '-', info['case']['number'])}-v{info['version']}-{evidence_root[:12]}"
        info |= {"evidence_root": evidence_root, "package_id": package_id}
        if report:
            files["data/report.pdf"] = self.report_of(package_id, evidence_root)
        known = {item["path"]: item for item in info["files"]}
        if not keep_entries:
            info["files"] = [
                {
                    **known.get(name, unknown(name)),
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
            files[f"seals/{name}.p7s"] = self.seal_of(signed, identity)
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
