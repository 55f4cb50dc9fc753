"""How somebody with a key makes seals and reports: through the product's own code once, and then over other bytes.

What a first signature costs is spent once for each signer. Every further one is the same structure over another
digest, signed again; so that an insider can seal thousands of packages in a test, and the same bytes come every time.
"""

from __future__ import annotations

import hashlib
import io
import re
import tempfile
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from asn1crypto import cms
from corpus_cast import SEALED, steady
from tampering import Insider

from casebound_packaging.identity import Identity
from casebound_packaging.pdfseal import sign_pdf
from casebound_packaging.seal import cades

_RANGE = re.compile(rb"/ByteRange ?\[ ?0 ([0-9]+) ([0-9]+) ([0-9]+)")
_CHANGED = re.compile(rb"(/ModDate \(D\\072)[0-9]{14}")  # pyHanko writes the machine's clock here
_BLANK_ROOT = "0" * 64
_MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")


def resigned(der: bytes, digest: bytes, identity: Identity) -> bytes:
    """A CMS signature's structure over content with another SHA-256, signed by `identity` (RFC 6979)."""
    kind, explicit = _parts(der)
    (body,) = _parts(explicit)
    *before, infos = _parts(body)
    (info,) = _parts(infos)
    version, signer, hashed, attributes, algorithm, _, *after = _parts(info)
    changed = []
    for attribute in _parts(attributes):
        name, values = _parts(attribute)
        if name == _MESSAGE_DIGEST:
            values = _part(0x31, _part(0x04, digest))
        changed.append(_part(0x30, name + values))
    covered = _part(0x31, b"".join(changed))  # RFC 5652 section 5.4
    signature = _part(0x04, identity.sign(covered))
    info = _part(0x30, b"".join([version, signer, hashed, b"\xa0" + covered[1:], algorithm, signature, *after]))
    body = _part(0x30, b"".join([*before, _part(0x31, info)]))
    return _part(0x30, kind + _part(0xA0, body))


def _parts(der: bytes) -> list[bytes]:
    """The elements inside one DER element (ITU-T X.690), each whole."""
    found = []
    place, end = _start(der, 0), len(der)
    while place < end:
        begin = _start(der, place)
        length = der[place + 1]
        if length & 0x80:
            length = int.from_bytes(der[place + 2 : begin], "big")
        found.append(der[place : begin + length])
        place = begin + length
    return found


def _start(der: bytes, place: int) -> int:
    return place + 2 + (der[place + 1] & 0x7F if der[place + 1] & 0x80 else 0)


def _part(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


@cache
def _seal_pattern(fingerprint: str, at: datetime, identity: Identity) -> bytes:
    return cades(b"", identity, at)


def seal_of(data: bytes, identity: Identity, at: datetime = SEALED) -> bytes:
    """A CAdES seal over `data`, DER; the same every time."""
    return resigned(_seal_pattern(identity.fingerprint, at, identity), hashlib.sha256(data).digest(), identity)


def plain_report(package_id: str, evidence_root: str, subject: str = "") -> bytes:
    """A one-page PDF without a signature, which names its package in its document information and on its page."""
    from reportlab.pdfgen.canvas import Canvas

    made = io.BytesIO()
    canvas = Canvas(made, invariant=1, pageCompression=0)
    canvas.setTitle(f"Report of {package_id}")
    canvas.setKeywords(f"package {package_id}; evidence root {evidence_root}")
    canvas.setSubject(subject or "Northgate")
    for place, line in enumerate((f"Package {package_id}", f"Evidence root {evidence_root}")):
        canvas.drawString(72, 720 - 20 * place, line)
    canvas.save()
    return made.getvalue()


def signed(plain: bytes, identity: Identity, at: datetime = SEALED) -> bytes:
    """A PDF as the product signs it; the same every time."""
    with tempfile.TemporaryDirectory() as folder, steady("report"):
        source, target = Path(folder, "plain.pdf"), Path(folder, "signed.pdf")
        source.write_bytes(plain)
        sign_pdf(source, target, identity, at, reason="Sealed")
        return pressed(redated(target.read_bytes(), at), identity)


def redated(pdf: bytes, at: datetime = SEALED) -> bytes:
    """The same PDF, saved at another time than the machine's clock had."""
    return _CHANGED.sub(rb"\g<1>" + f"{at:%Y%m%d%H%M%S}".encode(), pdf)


def pressed(pdf: bytes, identity: Identity) -> bytes:
    """A signed PDF whose bytes were changed, with its signature made again over them."""
    match = _RANGE.search(pdf)
    assert match is not None
    first, resume = int(match[1]), int(match[2])
    hole = pdf[first:resume]
    der = bytes(cms.ContentInfo.load(bytes.fromhex(hole[1:-1].decode())).dump())
    made = resigned(der, hashlib.sha256(pdf[:first] + pdf[resume:]).digest(), identity).hex().encode()
    assert len(made) <= len(hole) - 2
    return pdf[:first] + b"<" + made.ljust(len(hole) - 2, b"0") + b">" + pdf[resume:]


@cache
def _report_pattern(fingerprint: str, package_id: str, at: datetime, identity: Identity) -> bytes:
    return signed(plain_report(package_id, _BLANK_ROOT), identity, at)


def report_of(identity: Identity, package_id: str, evidence_root: str, at: datetime = SEALED) -> bytes:
    """The signed report of one package."""
    stem, _, digits = package_id.rpartition("-")
    blank = f"{stem}-{'0' * len(digits)}"
    pattern = _report_pattern(identity.fingerprint, blank, at, identity)
    named = pattern.replace(_BLANK_ROOT.encode(), evidence_root.encode())
    for spelled in (str, lambda text: text.replace("-", "\\055")):  # as ReportLab and as pyHanko write a text
        named = named.replace(spelled(blank).encode(), spelled(package_id).encode())
    return pressed(named, identity)


@dataclass
class SteadyInsider(Insider):
    """An insider of the corpus: the same seals every time, and quickly."""

    scratch: Path = Path()
    at: datetime = SEALED

    def report_of(self, package_id: str, evidence_root: str) -> bytes:
        return report_of(self.identity, package_id, evidence_root, self.at)

    def seal_of(self, signed: bytes, identity: Identity) -> bytes:
        return seal_of(signed, identity, self.at)
