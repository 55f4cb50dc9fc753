"""docs/verify.md as a stranger types it: each command, in order, in a folder with a package and a certificate in it.

What stands in a `text` block under the commands must be what they print; `…` stands for anything in a line, and a line
of it alone for any lines.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from sealed_case import Made

PAGE = Path(__file__).resolve().parents[2] / "docs" / "verify.md"
BLOCK = re.compile(r"```sh\n(?P<typed>.*?)```(?:\n```text\n(?P<seen>.*?)```)?", re.DOTALL)
BLOCKS = list(BLOCK.finditer(PAGE.read_text(encoding="utf-8")))
PROGRAMS = ("bash", "unzip", "openssl", "ssh-keygen", "sha256sum", "pdfsig", "pdfinfo", "diff", "python3")


def pattern(seen: str) -> str:
    """What is printed, as a regular expression."""
    lines = [
        r"(?:.*\n)*?" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n"
        for line in seen.splitlines()
    ]
    return "".join(lines)


@pytest.fixture(scope="module")
def said(made: Made, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each block printed, all of them typed into one shell one after the other."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    folder, heard = tmp_path_factory.mktemp("by-hand"), tmp_path_factory.mktemp("heard")
    shutil.copy(made.package.path, folder)
    (folder / "signer.pem").write_bytes(made.kept.identity.certificate_pem())
    typed = [block["typed"] for block in BLOCKS]
    typed[0] = re.sub(r"PACKAGE=.*", f"PACKAGE={Path(made.package.path).stem}", typed[0])
    typed[0] = re.sub(r"SIGNER=.*", "SIGNER=$PWD/signer.pem", typed[0])
    script = "".join(f"{{\n{text}}} > {heard}/{number} 2>&1\n" for number, text in enumerate(typed))
    surroundings = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8", "TERM": "dumb"}
    subprocess.run(["bash", "-c", script], cwd=folder, env=surroundings, check=True, capture_output=True)
    return [(heard / str(number)).read_text(encoding="utf-8") for number in range(len(typed))]


def test_the_page_begins_with_what_is_the_readers_own() -> None:
    assert re.fullmatch(r"PACKAGE=\S+\nSIGNER=\S+\n", BLOCKS[0]["typed"])
    assert len(BLOCKS) >= 16
    assert all(block["seen"] for block in BLOCKS[1:])


@pytest.mark.parametrize("number", range(1, len(BLOCKS)), ids=lambda number: BLOCKS[number]["typed"].splitlines()[0])
def test_every_command_prints_what_the_page_shows(said: list[str], number: int) -> None:
    shown = pattern(BLOCKS[number]["seen"])
    assert re.fullmatch(shown, said[number]), f"typed:\n{BLOCKS[number]['typed']}\nprinted:\n{said[number]}"


def test_what_is_to_be_compared_is_the_same(said: list[str], made: Made) -> None:
    """The page asks the reader to compare these by eye."""
    everything = "".join(said)
    prints = re.findall(r"sha256 Fingerprint=(\S+)", everything)
    own = made.kept.identity.fingerprint
    evidence_root = json.loads((made.folder / "data" / "metadata" / "package.json").read_bytes())["evidence_root"]
    assert {one.replace(":", "").lower() for one in prints} == {own}
    roots = set(re.findall(r"evidence.root\W+([0-9a-f]{64})", "".join(said[:13])))
    assert roots == {evidence_root}
    assert f"package {made.package.package_id}; evidence root {evidence_root}" in everything
    length, root = re.search(r"custody record: (\d+) entries, unbroken, root (\S+)", everything).groups()  # type: ignore[union-attr]
    assert f"{length}\n{root}\nVerified OK" in everything
    line_hash, _, computed = re.search(r'"line_hash":"(\w+)"\n"line_seq":(\d+)\n(\w+)\n', everything).groups()  # type: ignore[union-attr]
    assert line_hash == computed
    changed = re.findall(r"^evidence root: (\w+)", everything, re.MULTILINE)
    assert changed[0] == evidence_root != changed[-1]
