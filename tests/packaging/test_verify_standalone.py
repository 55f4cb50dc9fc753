"""verify.py as it travels in packages: Python 3.8, the standard library, the openssl program, and no surprises."""

from __future__ import annotations

import ast
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from specimen import Files, Insider, edit_json, pack, unfold, unpack

import casebound_packaging
from casebound_packaging import __version__
from casebound_packaging.disclosure import parse
from casebound_packaging.identity import Identity
from casebound_packaging.verify import Trust, verify
from casebound_packaging.verify.companion import EARLIER, companion_notes, own_companion

PROGRAM = Path(casebound_packaging.__file__).parent / "standalone/verify.py"


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", PROGRAM, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})


def test_it_is_python_3_8_and_imports_the_standard_library_only() -> None:
    tree = ast.parse(PROGRAM.read_text("utf-8"), feature_version=(3, 8))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names
    newer = {"removeprefix", "removesuffix", "file_digest", "is_relative_to", "bit_count"}
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not used & newer, "these came after Python 3.8"


def test_it_travels_byte_for_byte(package: Path) -> None:
    _, files = unpack(package)
    assert files["verify.py"] == PROGRAM.read_bytes()


def test_it_says_what_it_does_not_check(package: Path, signer: Identity) -> None:
    done = run(package, "--signer", signer.fingerprint)
    assert done.returncode == 3 and done.stderr == ""
    first, *rest = done.stdout.splitlines()
    assert first == (
        "VERIFIED, with limits (verified-with-limits): SELF-ISSUED, UNSTAMPED, UNWITNESSED, PARTIAL, REDACTED"
    )
    not_checked = [line for line in rest if "not checked:" in line]
    assert any("crl_check" in line for line in not_checked)
    assert any("pdfsig" in line for line in not_checked)
    assert any("ts -verify" in line for line in not_checked)


def test_a_state_kept_outside_is_a_witness_and_one_from_inside_is_none(
    package: Path, signer: Identity, tmp_path: Path
) -> None:
    top, files = unpack(package)
    folder = unfold(tmp_path / top, files)
    (enclosed,) = folder.glob("data/custody/checkpoints/*.checkpoint")
    kept = tmp_path / "kept.checkpoint"
    kept.write_bytes(enclosed.read_bytes())
    link = tmp_path / "linked.checkpoint"
    link.symlink_to(enclosed)
    for path, witnessed in ((kept, True), (enclosed, False), (link, False)):
        done = run(folder, "--signer", signer.fingerprint, "--against", path)
        assert done.returncode == 3, done.stdout + done.stderr
        assert ("UNWITNESSED" not in done.stdout.splitlines()[0]) is witnessed


def redacted(files: Files) -> None:
    """One field of the event and one text of the ledger are withheld from this recipient."""

    def withhold(record: dict) -> None:
        encoded = next(text for text in record["disclosures"] if parse(text).name == "who")
        record["disclosures"].remove(encoded)
        del record["fields"]["who"]

    edit_json(files, "data/exhibits/EX-0003/exhibit.json", withhold)
    lines = files["data/custody/disclosures.jsonl"].splitlines(keepends=True)
    files["data/custody/disclosures.jsonl"] = b"".join(lines[1:])
    edit_json(files, "data/metadata/package.json", lambda info: info.update(limits=["PARTIAL", "REDACTED"]))


def test_both_verifiers_name_the_same_limits(package: Path, tmp_path: Path, signer: Identity) -> None:
    top, files = unpack(package)
    redacted(files)
    Insider(signer, tmp_path / "i").relist(files)
    for path in (package, pack(tmp_path / "redacted.zip", top, files)):
        for given in ("", signer.fingerprint):
            ours = verify(path, Trust(signer_fingerprint=given))
            assert ours.verdict == "verified-with-limits", ours.findings
            first = run(path, *(["--signer", given] if given else [])).stdout.splitlines()[0]
            assert first == f"VERIFIED, with limits ({ours.verdict}): {', '.join(ours.limits)}"
            assert "REDACTED" in ours.limits  # one entry of the untouched one is omitted


def test_accept_makes_the_exit_code_0(package: Path, signer: Identity) -> None:
    limits = "SELF-ISSUED,UNSTAMPED,UNWITNESSED,PARTIAL,REDACTED"
    assert run(package, "--signer", signer.fingerprint, "--accept", limits).returncode == 0
    assert run(package, "--accept", limits).returncode == 3, "UNATTRIBUTED was not accepted"


@pytest.mark.parametrize(
    "arguments",
    [["--signer", "abc"], ["--accept", "NOTHING"], ["--trust", "nowhere.pem"], ["--nonsense"]],
    ids=lambda arguments: arguments[0],
)
def test_wrong_usage_is_2(package: Path, arguments: list[str]) -> None:
    done = run(package, *arguments)
    assert done.returncode == 2 and "Traceback" not in done.stderr and "verify.py: error" in done.stderr


def test_a_trust_file_without_certificate_is_wrong_usage(package: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_bytes(b"")
    assert run(package, "--trust", empty).returncode == 2


@pytest.mark.parametrize("name", ["empty", "text", "half", "missing", "folder"])
def test_what_is_no_package(tmp_path: Path, package: Path, name: str) -> None:
    path = tmp_path / "x.zip"
    if name == "folder":
        path.mkdir()
    elif name != "missing":
        path.write_bytes({"empty": b"", "text": b"Dear Sir", "half": package.read_bytes()[:9000]}[name])
    done = run(path)
    assert done.returncode == 2 and "NOT A PACKAGE (not-a-package)" in done.stdout and done.stderr == ""


def test_without_openssl_it_says_so(package: Path, tmp_path: Path) -> None:
    done = run(package, PATH=str(tmp_path))
    assert done.returncode == 2 and "openssl is needed" in done.stderr and "Traceback" not in done.stderr


def test_nobody_promises_to_run_the_queries_again(package: Path, signer: Identity) -> None:
    _, files = unpack(package)
    readme = " ".join(files["README-VERIFY.txt"].decode().split())
    assert "No verifier runs the queries again" in readme and "tables.sql" in readme
    assert "whether queries and views give their numbers again" in run(package, "--signer", signer.fingerprint).stdout


def test_nothing_in_a_package_acts_on_the_terminal(package: Path, tmp_path: Path, signer: Identity) -> None:
    active = "\x1b[2J\u202egood"
    top, files = unpack(package)
    edit_json(files, "data/completeness.json", lambda value: value["sources"][0].update(file=active, read=1))
    sums = run(pack(tmp_path / "sums.zip", top, files))
    edit_json(files, "data/metadata/package.json", lambda info: info.update(format_version=active))
    newer = run(pack(tmp_path / "newer.zip", top, files))
    assert (sums.returncode, newer.returncode) == (1, 2)
    for text in (sums.stdout, newer.stdout):
        assert "good" in text and text.isascii() and "\x1b" not in text


def test_its_hash_is_published() -> None:
    page = (Path(__file__).parents[2] / "docs/verifying.md").read_text("utf-8")
    listed = page.partition("| release | SHA-256 of verify.py |")[2].partition("\n\n")[0]
    published = dict(re.findall(r"^\| (\S.*?) \| `([0-9a-f]{64})` \|$", listed, re.MULTILINE))
    assert published[__version__] == hashlib.sha256(PROGRAM.read_bytes()).hexdigest() == own_companion()
    assert {digest: name for name, digest in published.items() if name != __version__} == EARLIER


def test_another_verifier_in_a_package_is_told_by_both(package: Path, tmp_path: Path, signer: Identity) -> None:
    top, files = unpack(package)
    mine = [note for note in verify(package).notes if "verify.py" in note]
    assert not mine and "verify.py   the copy enclosed is this program, byte for byte" in run(package).stdout
    files["verify.py"] = b"print('VERIFIED')\n"
    lying = pack(tmp_path / "lying.zip", top, Insider(signer, tmp_path / "i").reseal(files))
    report = verify(lying)
    assert report.verdict == "verified-with-limits"
    assert [note for note in report.notes if "do not run it" in note]
    assert "verify.py   the copy enclosed is another program" in run(lying).stdout


def test_an_earlier_verifier_of_ours_is_said_to_be_one() -> None:
    (note,) = companion_notes(next(iter(EARLIER)))
    assert "earlier one of ours" in note
    assert companion_notes(None) == companion_notes(own_companion()) == []
