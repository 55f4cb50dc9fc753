"""The kind of a file is judged by its bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebound.media import is_picture, media_type


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "a.txt", "image/png"),
        (b"\xff\xd8\xff\xe0", "a", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "a", "audio/wav"),
        (b"XXXX\x00\x00\x00\x00WEBP\x00", "a", "application/octet-stream"),
        (b"\x00\x00\x00\x18ftypmp42", "a", "video/mp4"),
        (b"\x1aE\xdf\xa3....webm", "a", "video/webm"),
        (b"%PDF-1.7", "a.png", "application/pdf"),
        (b"PK\x03\x04", "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"PK\x03\x04", "a.csv", "application/zip"),
        (b"\x1f\x8b\x08", "a.warc.gz", "application/warc+gzip"),
        (b"WARC/1.1\r\n", "a.warc", "application/warc"),
        (b"From: a@example.org\n", "a.eml", "message/rfc822"),
        (b"a,b\n1,2\n", "a.csv", "text/csv"),
        ("é".encode() * 5000, "a.md", "text/markdown"),
        ((b"x" + "é".encode() * 5000), "a", "text/plain"),
        (b"a\x00b", "a.csv", "application/octet-stream"),
        (b"\xe9t\xe9", "a.csv", "application/octet-stream"),
        (b"", "a.png", "application/x-empty"),
    ],
)
def test_media_type(tmp_path: Path, head: bytes, name: str, kind: str) -> None:
    (tmp_path / "file").write_bytes(head)
    assert media_type(tmp_path / "file", name) == kind


def test_pictures_are_images_and_video() -> None:
    assert is_picture("image/svg+xml") and is_picture("video/mp4")
    assert not is_picture("application/pdf")
