"""WARC, ARC and WACZ: the same records as another program reads, digests computed again, and what a seal shows."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode has no other way to share the samples

from importer_samples_captures import package, record, sha1

from casebound.case import Actor
from casebound.document import Case
from casebound.errors import BadSource
from casebound.importers.kinds import kind_of
from casebound.importers.layout import Choices
from casebound.importers.wacz import Wacz
from casebound.importers.waczseal import seal
from casebound.importers.warc import COLUMNS, row_of
from casebound.importers.warcrecords import Record, records
from casebound.importing import bring_in

SHARED = Path(__file__).parents[3] / "shared" / "data" / "wacz-warc-fixtures"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared web archives are not here")


def read(content: bytes) -> list[Record]:
    return [one for one in records(io.BytesIO(content)) if one is not None]


def row(content: bytes) -> dict[str, str | None]:
    (one,) = read(content)
    return dict(zip(COLUMNS, row_of(one), strict=True))


def test_a_response_is_a_row() -> None:
    found = row(record(b"<p>Hello</p>", extra=b"WARC-IP-Address: 192.0.2.1\r\n"))
    assert (found["type"], found["target_uri"], found["date"]) == (
        "response",
        "https://shop.example/",
        "2026-03-01T00:00:00Z",
    )
    assert (found["status"], found["mime"], found["ip_address"]) == ("200", "text/html", "192.0.2.1")
    assert (found["payload_digest_check"], found["block_digest_check"]) == ("matches", "not stated")
    assert found["problems"] is None


@pytest.mark.parametrize(
    ("digest", "check"),
    [
        (sha1(b"hello"), "matches"),
        (b"sha1:" + hashlib.sha1(b"hello").hexdigest().encode(), "matches"),
        (b"sha256:" + hashlib.sha256(b"hello").hexdigest().upper().encode(), "matches"),
        (b"sha-256:" + base64.b64encode(hashlib.sha256(b"hello").digest()), "matches"),
        (b"md5:" + base64.urlsafe_b64encode(hashlib.md5(b"hello").digest()).rstrip(b"="), "matches"),
        (sha1(b"other"), "does not match"),
        (b"sha256:" + hashlib.sha1(b"hello").hexdigest().encode(), "not checked: it is not written as a digest is"),
        (b"xxh3:1234", "not checked: “xxh3” is not known here"),
        (b"nothing", "not checked: “nothing” is not known here"),
    ],
)
def test_digests_in_every_spelling(digest: bytes, check: str) -> None:
    assert row(record(b"hello", digest=digest))["payload_digest_check"] == check


CHUNKED = b"Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    ("body", "digest_of", "check", "problem"),
    [
        (b"5\r\nhello\r\n0\r\n\r\n", b"hello", "matches", None),
        (b"5\r\nhello\r\n0\r\n\r\n", b"5\r\nhello\r\n0\r\n\r\n", "matches", None),
        (b"2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nTrailer: x\r\n\r\n", b"hello", "matches", None),
        (b"5\r\nhello\r\n", b"hello", "matches", "its last chunk is cut off or missing"),
        (b"9\r\nhello", b"x", "does not match", "its last chunk is cut off or missing"),
        (b"hello", b"hello", "matches", "its last chunk is cut off or missing"),
        (b"hello\r\nand more", b"x", "does not match", "says that its contents come in chunks, and they do not"),
        (b"2\r\nhello\r\n0\r\n", b"x", "does not match", "says that its contents come in chunks, and they do not"),
    ],
)
def test_chunks_are_taken_off_and_bad_ones_told(body: bytes, digest_of: bytes, check: str, problem: str | None) -> None:
    found = row(record(body, digest=sha1(digest_of), head=CHUNKED))
    assert found["payload_digest_check"] == check
    assert (problem or "") in (found["problems"] or "")
    assert bool(found["problems"]) == bool(problem)


def test_a_length_that_http_states_is_compared() -> None:
    assert row(record(b"hello", head=b"Content-Length: 5\r\n"))["problems"] is None
    assert row(record(b"hello", head=b"Content-Length: 9\r\n"))["problems"] == (
        "HTTP states 9 bytes of contents, and 5 are there"
    )


def test_a_record_that_is_longer_than_it_says_is_told_and_the_next_is_read() -> None:
    one = record(b"hello")
    short = one.replace(b"Content-Length: 49", b"Content-Length: 46")
    assert short != one
    found = read(short + record(b"x"))
    assert found[0].problems == ["no empty line follows it: its length may be wrong"]
    assert found[1].refused is not None and found[1].refused[0] == "framing"
    assert found[2].refused is None


def test_packed_records_that_are_damaged_cost_only_themselves() -> None:
    parts = [gzip.compress(record(bytes([65 + number]) * 2_000), mtime=0) for number in range(4)]
    parts[1] = parts[1][:-6] + b"\0\0" + parts[1][-4:]  # a wrong checksum
    parts[2] = parts[2][:40] + b"\xff" * 20 + parts[2][60:]
    found = read(b"".join(parts))
    whole = [one for one in found if one.refused is None]
    assert [one.refused[0] if one.refused else "" for one in found] == ["", "gzip", ""]
    assert [one.block.size for one in whole if one.block] == [2_044] * 2
    start, end = len(parts[0]), sum(map(len, parts[:3]))
    assert f"from byte {start:,} of the file up to byte {end:,}" in (found[1].refused or ("", ""))[1]


@given(st.binary(max_size=400), st.integers(0, 3))
def test_any_bytes_are_records_or_refused(tail: bytes, way: int) -> None:
    beginning = [b"", b"WARC/1.0\r\n", record(), record()[:200]][way]
    content = beginning + tail
    for packed in (content, gzip.compress(content), gzip.compress(content)[:-5]):
        found = read(packed)
        for one in found:
            assert (one.refused is None) == (one.block is not None)
            assert len(row_of(one)) == len(COLUMNS)
        if not packed.startswith(b"\x1f\x8b"):
            assert all(one.offset >= 0 and one.length > 0 for one in found)


@needs_shared
@pytest.mark.parametrize(
    "name",
    [
        "example-collection-with-lists.warc",
        "example-iana.warc",
        "example-resource.warc.gz",
        "example-warcinfo-metadata.warc",
        "warcio/example.warc",
        "warcio/example.warc.gz",
        "warcio/example.arc",
        "warcio/example.arc.gz",
        "warcio/example-digest.warc",
        "warcio/example-iana.org-chunked.warc",
        "warcio/post-test.warc.gz",
    ],
)
def test_another_program_reads_the_same(name: str) -> None:
    from warcio.archiveiterator import ArchiveIterator

    ours = read((SHARED / name).read_bytes())
    assert not [one.refused for one in ours if one.refused]
    theirs: list[tuple[Any, ...]] = []
    with (SHARED / name).open("rb") as stream:
        reader = ArchiveIterator(stream, check_digests=True)
        for one in reader:
            one.raw_stream.read()
            place = reader.get_record_offset(), reader.get_record_length()
            theirs.append((one, place, one.digest_checker.passed))
    assert len(ours) == len(theirs)
    for mine, (other, place, passed) in zip(ours, theirs, strict=True):
        headers = other.rec_headers
        if other.format == "warc":
            assert mine.headers["warc-record-id"] == headers.get_header("WARC-Record-ID")
            assert mine.headers["content-length"] == headers.get_header("Content-Length")
            if mine.offset >= 0:
                assert (mine.offset, mine.offset + mine.length) == (place[0], place[0] + place[1])
        unsound = ("does not match", "not checked: it is not written as a digest is")
        assert any(words in mine.digests for words in unsound) == (passed is False)
        assert passed is not True or "matches" in mine.digests


@needs_shared
def test_what_breaks_off_is_set_aside() -> None:
    found = read((SHARED / "warcio" / "example-space-in-url.arc").read_bytes())
    assert [one.refused[0] if one.refused else "" for one in found] == ["", "truncated"]


def test_a_web_archive_is_brought_in(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(record(b"one") + record(b"two", digest=sha1(b"other")) + record(b"three")[:200])
    assert kind_of(path, path.name) == "warc"
    with Case.create(tmp_path / "c", "1", "T", Actor("Rosa Behrens")) as case:
        (source,) = bring_in(case, path)
        assert (source.read, source.kept, source.quarantined, source.timed) == (3, 2, 1, 2)
        assert any("1 of 3 records are not what their own digest says" in words for words in source.warnings)


# WACZ


def layouts(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "a.wacz"
    path.write_bytes(content)
    return "\n".join(Wacz().layouts(path, path.name, Choices())[0].evidence)


def key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP384R1())


def digest_of(stated: bytes, private: Any = None, *, bare: bool = True, spoil: bool = False, **more: object) -> bytes:
    """datapackage-digest.json, signed where a key is given; as a browser writes it where `bare`."""
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    own = "sha256:" + hashlib.sha256(stated).hexdigest()
    found: dict[str, object] = {"path": "datapackage.json", "hash": own}
    if private is not None:
        signature = private.sign(own.encode(), ECDSA(SHA256()))
        if bare:
            signature = b"".join(number.to_bytes(48, "big") for number in decode_dss_signature(signature))
        if spoil:
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        found["signedData"] = {
            "hash": own,
            "created": "2026-03-01T00:00:00Z",
            "signature": base64.b64encode(signature).decode(),
            "publicKey": base64.b64encode(public).decode(),
            **more,
        }
    return json.dumps(found).encode()


STATED = b'{"resources": []}'


def test_an_unsigned_one_proves_little_and_says_so(tmp_path: Path) -> None:
    told = layouts(tmp_path, package(record()))
    assert "1 of 1 files are those whose hashes datapackage.json states." in told
    assert "It is not signed" in told and "Anybody could have made or changed it" in told


def test_a_changed_file_is_named(tmp_path: Path) -> None:
    told = layouts(tmp_path, package(record(), spoilt=True))
    assert "archive/data.warc is NOT the file whose sha256 datapackage.json states" in told
    assert "0 of 1 files" in told


@pytest.mark.parametrize("bare", [True, False])
def test_a_signature_that_holds_says_what_it_does_not_show(bare: bool) -> None:
    told = seal(STATED, digest_of(STATED, key(), bare=bare))
    assert told[0] == "datapackage.json is the file whose hash datapackage-digest.json states."
    assert told[1].startswith("Signed: the signature holds under the public key inside the archive")
    assert "The key is not known to us" in told[1] and "which nothing here confirms" in told[1]


def test_a_signature_that_does_not_hold_is_invalid() -> None:
    assert "does not hold" in seal(STATED, digest_of(STATED, key(), spoil=True))[1]
    assert "over another hash" in seal(STATED, digest_of(STATED, key(), hash="sha256:00"))[1]


def test_a_signature_over_what_was_there_before_is_of_no_use() -> None:
    told = seal(b'{"resources": [1]}', digest_of(STATED, key()))
    assert "is not the file whose hash" in told[0]
    assert "but over the hash of another datapackage.json" in told[1]
    assert not any(words.startswith("Signed:") for words in told)


def test_a_certificate_is_named_and_not_believed() -> None:
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding

    private = key()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "shop.example")])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=9))
        .sign(private, SHA256())
    )
    pem = made.public_bytes(Encoding.PEM).decode()
    told = seal(STATED, digest_of(STATED, private, bare=False, publicKey=None, domain="shop.example", domainCert=pem))
    assert "holds under the certificate inside the archive" in told[1]
    assert "“shop.example”; whether an authority issued it to them" in told[1]


@pytest.mark.parametrize(
    "digest",
    [b"", b"[]", b"{}", b'{"hash": 1}', b'{"hash": "md6:1", "signedData": {}}', b'{"signedData": {"hash": "x"}}'],
)
def test_seals_made_to_harm_are_told(digest: bytes) -> None:
    told = seal(STATED, digest)
    assert told and not any(words.startswith("Signed:") for words in told)


@pytest.mark.parametrize("field", ["signature", "publicKey"])
@pytest.mark.parametrize("value", ["!", "", 7, None, "AAAA", "ü"])
def test_keys_and_signatures_made_to_harm_are_told(field: str, value: object) -> None:
    told = seal(STATED, digest_of(STATED, key(), **{field: value}))
    assert not any(words.startswith("Signed:") for words in told)


def test_what_a_wacz_proves_is_kept_with_its_sources(tmp_path: Path) -> None:
    pages = b'{"format": "json-pages-1.0"}\n{"id": "1", "url": "https://a.example/", "ts": "2026-03-01T00:00:00Z"}\n'
    plain = package(record(), pages)
    stated = plain[plain.index(b'{"profile"') : plain.index(b'"1.1.1"}') + 8]
    path = tmp_path / "a.wacz"
    path.write_bytes(package(record(), pages, digest=digest_of(stated, key())))
    with Case.create(tmp_path / "c", "1", "T", Actor("Rosa Behrens")) as case:
        archive, listed = bring_in(case, path)
        assert (archive.member, archive.kept, archive.timed) == ("archive/data.warc", 1, 1)
        assert (listed.member, listed.kept, listed.timed) == ("pages/pages.jsonl", 1, 1)
        for source in (archive, listed):
            assert any(words.startswith("Signed: ") for words in source.warnings)
            assert any(f"{source.member} is the file whose sha256" in words for words in source.warnings)


@needs_shared
@pytest.mark.parametrize("name", ["valid_example_1.wacz", "valid_example_2.wacz"])
def test_the_archives_of_others(tmp_path: Path, name: str) -> None:
    path = SHARED / name
    assert kind_of(path, name) == "wacz"
    archive, listed = Wacz().layouts(path, name, Choices())
    assert (len(archive.rows), len(listed.rows)) == (4, 1)
    assert "4 of 4 files are those whose hashes datapackage.json states." in archive.evidence


def test_a_zip_made_to_mislead_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    good = package(record())
    path.write_bytes(good.replace(b"archive/data.warc", b"../../../data.war"))
    with pytest.raises(BadSource):
        Wacz().layouts(path, path.name, Choices())
