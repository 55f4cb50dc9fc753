"""The checkpoint in the report: its code, read back from the page, holds the signed note; its words stand there."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from handmade_report import model
from qr_reading import matrix_of, read

from casebound.work import silent
from casebound_exporters.report import make_report
from casebound_exporters.report.pdfa import problems
from casebound_packaging import checkpoint
from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.identity import Identity
from casebound_packaging.keptstate import WORDS, parse_kept
from casebound_packaging.spokenwords import spoken

DPI = 200


def pages(document: bytes) -> list[str]:
    from pypdf import PdfReader

    return [page.extract_text() for page in PdfReader(io.BytesIO(document)).pages]


def drawn(document: bytes, page: int, folder: Path) -> list[bytes]:
    """One page as rows of grey values."""
    (folder / "report.pdf").write_bytes(document)
    command = [
        "pdftoppm",
        "-gray",
        "-r",
        str(DPI),
        "-f",
        str(page),
        "-l",
        str(page),
        "-singlefile",
        "report.pdf",
        "page",
    ]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    data = (folder / "page.pgm").read_bytes()
    head = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", data)
    assert head is not None
    wide = int(head[1])
    body = data[head.end() :]
    return [body[start : start + wide] for start in range(0, len(body), wide)]


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="poppler's pdftoppm draws the page")
@pytest.mark.parametrize(
    "origin",
    ["casebound/C/0123456789abcdef", "casebound/A-rather-long-case-number_2026.0042-of-the-unit/0123456789abcdef"],
)
def test_the_code_on_the_page_holds_the_signed_note(origin: str, tmp_path: Path) -> None:
    identity = Identity.create("Ines Marlowe")
    state = Checkpoint(origin, 4711, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")
    note = checkpoint.sign(state, identity)
    made = model()
    document = make_report(replace(made, cover=replace(made.cover, log_note=note)), silent)
    assert problems(document) == []
    texts = pages(document)
    page = next(number for number, text in enumerate(texts, 1) if "Keep this, apart from the package" in text)
    matrix, step = matrix_of(drawn(document, page, tmp_path))
    assert read(matrix).decode() == note
    assert checkpoint.verify(read(matrix).decode(), identity.spki_der) == state
    assert step / DPI * 25.4 > 0.5, "a telephone reads modules of half a millimetre"
    words = " ".join(texts[page - 1].split())
    assert f"4711 entries: {spoken(state.root, WORDS)}" in words
    typed = re.search(r"4711 entries:(?: [a-z]+){12}", words)
    assert typed is not None and parse_kept(typed[0]).agrees(state.root)


def test_without_a_note_nothing_is_drawn() -> None:
    assert not any("Keep this, apart" in text for text in pages(make_report(model(), silent)))
