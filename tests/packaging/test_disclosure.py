"""Salted disclosures in the manner of RFC 9901."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebound_packaging.disclosure import Disclosure, b64u, digest, disclose, parse, unb64u


def encode(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


SALT = encode("0123456789abcdef")


@pytest.mark.parametrize(
    ("encoded", "wanted"),
    [  # RFC 9901 section 4.2.3, of an object property and of an array element
        (
            "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0",
            "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0",
        ),
        ("WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0", "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs"),
    ],
)
def test_digests_are_those_of_the_standard(encoded: str, wanted: str) -> None:
    assert digest(encoded) == wanted


def test_the_encoded_form_is_the_one_of_the_format() -> None:
    made = disclose("title", "Möbius", bytes(range(16)))
    assert unb64u(made.encoded) == '["AAECAwQFBgcICQoLDA0ODw","title","Möbius"]'.encode()
    assert made.digest == b64u(hashlib.sha256(made.encoded.encode()).digest())


@given(st.text(), st.text() | st.integers(-1000, 1000) | st.none() | st.lists(st.text(), max_size=3))
def test_every_disclosure_reads_back(name: str, value: object) -> None:
    made = disclose(name, value)
    assert parse(made.encoded) == made


def test_salts_are_fresh_and_hide_equal_values() -> None:
    digests = {disclose("sex", "f").digest for _ in range(50)}
    assert len(digests) == 50


@pytest.mark.parametrize("salt", [b"", b"short", b"x" * 17])
def test_a_salt_has_128_bits(salt: bytes) -> None:
    with pytest.raises(ValueError):
        disclose("name", "value", salt)


def test_a_value_that_json_cannot_say_is_refused_at_once() -> None:
    with pytest.raises(ValueError):
        disclose("n", float("nan"))


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "=",
        encode("[]"),
        encode(f'["{SALT}","n"]'),
        encode(f'["{SALT}","n",1,2]'),
        encode(f'["{SALT}",7,1]'),
        encode('["c2hvcnQ","n",1]'),
        encode('["not base64url!","n",1]'),
        encode(f'["{SALT}", "n", 1]'),  # not RFC 8785
        encode(f'["{SALT}","n",1.0]'),
        encode(f'{{"a":["{SALT}","n",1]}}'),
        encode(f'["{SALT}","n",1]') + "=",
        encode(f'["{SALT}","n",1]') + "\n",
        encode(f'["{SALT}","nn",1]')[:-1] + "R",  # stray bits after the last byte
        "Ä" * 8,
    ],
)
def test_malformed_disclosures_are_refused(encoded: str) -> None:
    with pytest.raises(ValueError):
        parse(encoded)


def test_a_disclosure_has_one_encoded_form() -> None:
    """Two encodings of one text would be two digests: a recipient could be given both."""
    made = Disclosure(SALT, "n", 1)
    assert parse(made.encoded).encoded == made.encoded
