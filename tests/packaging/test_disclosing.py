"""One exhibit given alone: made of a package, checked by our verifier and by check.sh with two shells."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from jsonschema import Draft202012Validator
from programs import needs, run
from specimen import ATTACHED, NOW, Authority, edit_json, timedelta, unfold, unpack

from casebound_packaging import disclosing
from casebound_packaging.cli import main
from casebound_packaging.disclosure import parse
from casebound_packaging.errors import CannotWrite
from casebound_packaging.identity import Identity
from casebound_packaging.ledger import leaves
from casebound_packaging.merkle import root
from casebound_packaging.verify import Report, Trust, Verdict, verify
from casebound_packaging.verify.alone import script
from casebound_packaging.verify.container import open_container

RELEASED = Path(__file__).parent / "released" / "casebound-0.1.0.zip"
SHELLS = [shell for shell in ("dash", "bash") if shutil.which(shell)]
LIMITS = ("SELF-ISSUED", "UNSTAMPED", "UNWITNESSED", "REDACTED")
PNG = b"\x89PNG"


def given(package: Path, exhibit: str, target: Path, give: list[str] | None = None) -> Path:
    with open_container(package) as held:
        disclosing.write(target, disclosing.of_package(held, exhibit, give))
    return target


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory, package: Path) -> dict[str, Path]:
    """By exhibit: of the specimen, whose entries name the file in `outputs`, and of the released package, whose entry
    of a small file names it in a salted text only.
    """
    folder = tmp_path_factory.mktemp("alone")
    return {
        **{name: given(package, name, folder / name) for name in ("EX-0001", "EX-0002", "EX-0003")},
        "salted": given(RELEASED, "EX-0002", folder / "salted"),
        "event": given(RELEASED, "EX-0001", folder / "event"),
    }


def fingerprint(folder: Path) -> str:
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    return x509.load_pem_x509_certificate((folder / "signer.pem").read_bytes()).fingerprint(SHA256()).hex()


def judged(folder: Path, trusted: Path | None = None) -> Report:
    return verify(folder, Trust(signer_fingerprint=fingerprint(trusted or folder)))


def checked(folder: Path, signer: str, shell: str = "dash") -> tuple[int, str]:
    made = run([shell, "check.sh", signer], folder)
    return made.returncode, made.stdout + made.stderr


def test_our_verifier_accepts_each(alone: dict[str, Path]) -> None:
    schema = Path(disclosing.__file__).with_name("schemas") / "verification.schema.json"
    for folder in alone.values():
        report = judged(folder)
        Draft202012Validator(json.loads(schema.read_bytes())).validate(report.as_json())
        assert (report.verdict, report.kind, report.findings) == (Verdict.LIMITED, "exhibit", ())
        assert report.limits == (LIMITS[:-1] if folder.name == "EX-0003" else LIMITS)
        assert [row.state for row in report.checks] == ["pass", "pass", "pass", "pass", "pass", "unknown"]


@needs("openssl")
@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_accepts_each(alone: dict[str, Path], shell: str) -> None:
    for folder in alone.values():
        code, told = checked(folder, fingerprint(folder), shell)
        assert (code, "PROVED: entry " in told, "NOT" in told) == (0, True, False), told


@needs("openssl")
def test_the_script_takes_the_fingerprint_as_people_write_it(alone: dict[str, Path]) -> None:
    plain = fingerprint(alone["EX-0003"]).upper()
    code, told = checked(alone["EX-0003"], ":".join(plain[place : place + 2] for place in range(0, 64, 2)))
    assert code == 0, told


def test_it_holds_the_evidence_byte_for_byte(alone: dict[str, Path]) -> None:
    assert (alone["EX-0001"] / "original.png").read_bytes() == ATTACHED["EX-0001"]
    assert (alone["EX-0002"] / "original.txt").read_bytes() == ATTACHED["EX-0002"]


def test_nothing_else_of_the_case_is_given(alone: dict[str, Path], package: Path) -> None:
    """No name, text or hash of what stands beside the exhibit: only sibling hashes, and the log's name."""
    _, files = unpack(package)
    everything = b"".join(path.read_bytes() for path in sorted(alone["EX-0001"].iterdir()) if path.name != "check.sh")
    other = hashlib.sha256(ATTACHED["EX-0002"]).hexdigest().encode()
    for word in (b"Northgate", b"EX-0002", b"EX-0003", b"For Legal", b"bob", b"requests", b"Bild 1", other):
        assert word not in everything, word
        assert word == b"Bild 1" or any(word in content for content in files.values())
    texts = (alone["EX-0001"] / "disclosures.txt").read_text().splitlines()
    assert [parse(text).name for text in texts] == ["title"]


def test_it_is_its_owners_alone(alone: dict[str, Path]) -> None:
    for path in [alone["EX-0001"], *alone["EX-0001"].iterdir()]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_what_is_given_can_be_chosen(package: Path, tmp_path: Path) -> None:
    few = given(package, "EX-0003", tmp_path / "few", ["what"])
    names = [parse(text).name for text in (few / "disclosures.txt").read_text().splitlines()]
    assert names == ["record", "what"]
    assert judged(few).findings == ()
    bare = given(RELEASED, "EX-0002", tmp_path / "bare", [])
    names = [parse(text).name for text in (bare / "disclosures.txt").read_text().splitlines()]
    assert names == ["sha256"]
    assert judged(bare).findings == ()


@pytest.mark.parametrize("exhibit", ["EX-0003", "EX-0001"])
def test_a_text_that_is_not_there_is_told(package: Path, tmp_path: Path, exhibit: str) -> None:
    with pytest.raises(disclosing.CannotDisclose, match="no text called nonsense"):
        given(package, exhibit, tmp_path / "out", ["nonsense"])
    assert not (tmp_path / "out").exists()


def test_an_exhibit_that_is_not_there_is_told(package: Path, tmp_path: Path) -> None:
    with pytest.raises(disclosing.CannotDisclose, match="no exhibit EX-0009") as told:
        given(package, "EX-0009", tmp_path / "out")
    assert "EX-0001, EX-0002, EX-0003" in told.value.hint
    with pytest.raises(disclosing.CannotDisclose, match="no exhibit"):
        given(package, "../EX-0001", tmp_path / "out")


def test_a_folder_with_something_in_it_is_left_alone(package: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    with pytest.raises(CannotWrite, match="not empty"):
        given(package, "EX-0001", tmp_path / "full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["notes.txt"]
    (tmp_path / "empty").mkdir()
    assert judged(given(package, "EX-0001", tmp_path / "empty")).findings == ()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "full"]


def test_what_does_not_hold_is_not_given(package: Path, tmp_path: Path) -> None:
    """A package whose evidence was changed: the exhibit would not be provable, so nothing appears."""
    _, files = unpack(package)
    files["data/exhibits/EX-0001/original.png"] += b"!"
    folder = unfold(tmp_path / "changed", files)
    with pytest.raises(disclosing.CannotDisclose, match="not the one that the entry attached"):
        given(folder, "EX-0001", tmp_path / "out")
    files["data/custody/ledger.jsonl"] = b"{}\n"
    with pytest.raises(disclosing.CannotDisclose, match="cannot be read"):
        given(unfold(tmp_path / "broken", files), "EX-0001", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_package_without_the_record_cannot_give_an_event(package: Path, tmp_path: Path) -> None:
    _, files = unpack(package)
    files["data/custody/disclosures.jsonl"] = b""
    with pytest.raises(disclosing.CannotDisclose, match="does not give the record"):
        given(unfold(tmp_path / "less", files), "EX-0003", tmp_path / "out")


# What is done to a folder, and what must refuse it. The script is run on all of them, our verifier too.
Change = Callable[[Path], object]


def put(name: str, old: bytes, new: bytes) -> Change:
    def change(folder: Path) -> None:
        path = next(folder.glob(name))
        data = path.read_bytes()
        assert old in data
        path.write_bytes(data.replace(old, new, 1))

    return change


def flip(name: str, place: int) -> Change:
    def change(folder: Path) -> None:
        path = next(folder.glob(name))
        data = bytearray(path.read_bytes())
        data[place] ^= 1
        path.write_bytes(data)

    return change


def cut(name: str) -> Change:
    return lambda folder: (path := next(folder.glob(name))).write_bytes(path.read_bytes()[:-1])


def more(name: str, what: bytes = b"\n") -> Change:
    return lambda folder: (path := next(folder.glob(name))).write_bytes(path.read_bytes() + what)


def line(name: str, number: int, bit: int = 5) -> Change:
    """Another letter in one line of the proof; in its middle."""

    def change(folder: Path) -> None:
        path = next(folder.glob(name))
        lines = path.read_bytes().split(b"\n")
        middle = len(lines[number]) // 2
        letter = b"Q" if lines[number][middle : middle + 1] != b"Q" else b"R"
        lines[number] = lines[number][:middle] + letter + lines[number][middle + 1 :]
        path.write_bytes(b"\n".join(lines))

    return change


def gone(name: str) -> Change:
    return lambda folder: next(folder.glob(name)).unlink()


def added(name: str, what: bytes = b"") -> Change:
    return lambda folder: (folder / name).write_bytes(what)


PROOF = "EX-*.tlog-proof"
PIECES = ("original.png", "entry.json", "disclosures.txt", "signer.pem")
CHANGES: dict[str, Change] = {
    **{f"{name}, its end cut": cut(name) for name in (*PIECES, PROOF)},
    **{f"{name}, more at its end": more(name) for name in (*PIECES, PROOF)},
    **{f"{name} is gone": gone(name) for name in (*PIECES, PROOF)},
    **{f"{name}, its first byte": flip(name, 0) for name in PIECES},
    **{f"{name}, in the middle": flip(name, 50) for name in PIECES},
    **{f"line {number} of the proof": line(PROOF, number) for number in (0, 1, 2, 3, 5, 6, 7, 9)},
    "another index": put(PROOF, b"index 3", b"index 2"),
    "an index in another spelling": put(PROOF, b"index 3", b"index 03"),
    "an index that is a command": put(PROOF, b"index 3", b"index a[$(touch run)]"),
    "another size": put(PROOF, b"\n10\n", b"\n11\n"),
    "a hash fewer": lambda folder: (path := next(folder.glob(PROOF))).write_bytes(
        b"\n".join(one for number, one in enumerate(path.read_bytes().split(b"\n")) if number != 2)
    ),
    "a hash more": lambda folder: (path := next(folder.glob(PROOF))).write_bytes(
        b"\n".join(
            one for number, one in enumerate(path.read_bytes().split(b"\n")) for one in [one] * (1 + (number == 2))
        )
    ),
    "a zero byte in the texts": put("disclosures.txt", b"\n", b"\0\n"),
    "a text twice": lambda folder: (path := folder / "disclosures.txt").write_bytes(
        path.read_bytes() + path.read_bytes().splitlines(keepends=True)[0]
    ),
    "the tie left out": lambda folder: (path := folder / "disclosures.txt").write_bytes(
        path.read_bytes().splitlines(keepends=True)[-1]
    ),
    "a file more": added("note.txt", b"Read this first."),
    "a hidden file more": added(".note"),
    "a second proof": added("EX-0009.tlog-proof"),
    "a second original": added("original.txt"),
    "two certificates": lambda folder: (path := folder / "signer.pem").write_bytes(path.read_bytes() * 2),
}  # fmt: skip


@needs("openssl", "dash", "bash")
def test_every_tampered_piece_is_refused_by_script_and_verifier(alone: dict[str, Path], tmp_path: Path) -> None:
    """Each with one of the two shells in turn; a change that a verifier accepts would say its name."""
    signer = fingerprint(alone["salted"])
    cases: list[tuple[str, Path, str]] = []
    for number, (name, change) in enumerate(CHANGES.items()):
        folder = shutil.copytree(alone["salted"], tmp_path / str(number))
        change(folder)
        cases.append((name, folder, SHELLS[number % 2]))
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda case: checked(case[1], signer, case[2]), cases))
    accepted = [
        name
        for (name, _, _), (code, told) in zip(cases, answers, strict=True)
        if code == 0 or "PROVED: " in told.replace("NOT PROVED: ", "")
    ]
    assert accepted == []
    assert not [folder for _, folder, _ in cases if (folder / "run").exists()]
    passed = [name for name, folder, _ in cases if judged(folder, alone["salted"]).verdict is not Verdict.NOT_VERIFIED]
    assert passed == []


def test_every_changed_byte_is_refused(alone: dict[str, Path], tmp_path: Path) -> None:
    """By our verifier, of every file but the script, which proves nothing itself."""
    folder = shutil.copytree(alone["salted"], tmp_path / "flipped")
    trust = Trust(signer_fingerprint=fingerprint(folder))
    passed = []
    for path in sorted(folder.iterdir()):
        if path.name == "check.sh":
            continue
        data = path.read_bytes()
        for place in range(len(data)):
            path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
            if verify(folder, trust).verdict is not Verdict.NOT_VERIFIED:
                passed.append((path.name, place))
        path.write_bytes(data)
    assert passed == []
    assert verify(folder, trust).findings == ()


@needs("openssl")
def test_pieces_of_another_exhibit_are_refused(alone: dict[str, Path], tmp_path: Path) -> None:
    """Each single piece, and all but one, of a second exhibit of the same package."""
    first, second = alone["EX-0001"], alone["EX-0002"]
    trust = fingerprint(first)
    pairs = [("original.png", "original.txt"), ("entry.json",) * 2, ("disclosures.txt",) * 2]
    pairs.append(("EX-0001.tlog-proof", "EX-0002.tlog-proof"))
    for number, (old, new) in enumerate(pairs):
        folder = shutil.copytree(first, tmp_path / str(number))
        (folder / old).write_bytes((second / new).read_bytes())
        assert judged(folder).verdict is Verdict.NOT_VERIFIED, old
        assert checked(folder, trust)[0] == 1, old
    event = shutil.copytree(alone["EX-0003"], tmp_path / "event")
    (event / "EX-0003.tlog-proof").rename(event / "EX-0001.tlog-proof")
    assert judged(event).verdict is Verdict.NOT_VERIFIED
    assert checked(event, trust)[0] == 1


@needs("openssl")
def test_another_signer_is_refused(alone: dict[str, Path], employee: Identity, tmp_path: Path) -> None:
    """A certificate of somebody else; a fingerprint of somebody else; and none at all."""
    folder = shutil.copytree(alone["EX-0001"], tmp_path / "forged")
    (folder / "signer.pem").write_bytes(employee.certificate_pem())
    assert judged(folder).verdict is Verdict.NOT_VERIFIED
    code, told = checked(folder, employee.fingerprint)
    assert (code, "names another key" in told) == (1, True)
    report = verify(alone["EX-0001"], Trust(signer_fingerprint=employee.fingerprint))
    assert (report.verdict, report.findings[0].check) == (Verdict.NOT_VERIFIED, "signer")
    assert checked(alone["EX-0001"], employee.fingerprint)[0] == 1
    assert checked(alone["EX-0001"], "")[0] == 1


def test_with_nothing_given_the_signer_is_not_confirmed(alone: dict[str, Path]) -> None:
    report = verify(alone["EX-0001"], Trust())
    assert (report.verdict, report.limits[0]) == (Verdict.LIMITED, "UNATTRIBUTED")
    assert "nobody outside has confirmed" in report.sentence


def test_a_lying_script_is_told(alone: dict[str, Path], tmp_path: Path) -> None:
    folder = shutil.copytree(alone["EX-0001"], tmp_path / "lying")
    (folder / "check.sh").write_text("#!/bin/sh\necho PROVED: everything\n")
    report = judged(folder)
    assert report.findings == ()
    assert any("Do not run it" in note for note in report.notes)
    assert not judged(alone["EX-0001"]).notes


def test_links_are_not_followed(alone: dict[str, Path], tmp_path: Path) -> None:
    folder = shutil.copytree(alone["EX-0001"], tmp_path / "linked")
    (folder / "original.png").rename(tmp_path / "elsewhere.png")
    (folder / "original.png").symlink_to(tmp_path / "elsewhere.png")
    assert {finding.check for finding in judged(folder).findings} >= {"container"}


def test_a_package_or_checkpoint_kept_outside_is_a_witness(
    alone: dict[str, Path], package: Path, tmp_path: Path
) -> None:
    trusted = fingerprint(alone["EX-0001"])
    _, files = unpack(package)
    note = tmp_path / "kept.checkpoint"
    note.write_bytes(next(content for name, content in files.items() if name.endswith(".checkpoint")))
    for witness in (package, note):
        report = verify(alone["EX-0001"], Trust(signer_fingerprint=trusted, against=(witness,)))
        assert (report.findings, "UNWITNESSED" in report.limits) == ((), False)
    # The entry is the same there, and the record around it another.
    top, files = unpack(package)
    ledger = files["data/custody/ledger.jsonl"].splitlines()
    ledger[-1] = ledger[-1].replace(b'"clock":"system"', b'"clock":"anew"')
    files["data/custody/ledger.jsonl"] = b"".join(line + b"\n" for line in ledger)
    rewritten = root(leaves(ledger)).hex()
    edit_json(files, "data/metadata/package.json", lambda about: about["checkpoint"].update(root=rewritten))
    other = unfold(tmp_path / top, files)
    report = verify(alone["EX-0001"], Trust(signer_fingerprint=trusted, against=(other,)))
    assert [finding.item for finding in report.findings] == [other.name]
    assert "was rewritten" in report.findings[0].problem
    report = verify(alone["EX-0001"], Trust(signer_fingerprint=trusted, against=(RELEASED,)))
    assert report.findings[0].problem == "What was given to compare with is of another custody record."


def test_the_program_answers_for_a_folder(alone: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    folder = alone["EX-0002"]
    assert main([str(folder), "--signer", fingerprint(folder)]) == 3
    told = capsys.readouterr().out
    assert told.startswith("VERIFIED, WITH LIMITS: EX-0002\nThe file original.txt (attachment 2) stands, as it is here")
    assert main([str(folder), "--signer", fingerprint(folder), "--accept", ",".join(LIMITS)]) == 0


def test_the_script_is_plain_and_says_what_it_is(alone: dict[str, Path]) -> None:
    """POSIX, ASCII but for the note's own dash, and the same bytes in every folder."""
    text = script().decode("utf-8")
    assert {folder: (folder / "check.sh").read_bytes() == script() for folder in alone.values()} == dict.fromkeys(
        alone.values(), True
    )
    assert {letter for letter in text if not letter.isascii()} == {"—"}
    assert max(map(len, text.splitlines())) <= 120
    assert "[[ " not in text


def test_under_an_organisations_root(
    issued_package: Path, authority: Authority, employee: Identity, tmp_path: Path
) -> None:
    """The root confirms the signer; after the certificate's end that is a limit; a revoked signer is refused."""
    folder = given(issued_package, "EX-0002", tmp_path / "issued")
    report = verify(folder, Trust(root_pem=authority.pem))
    assert (report.findings, report.limits) == ((), ("UNSTAMPED", "UNWITNESSED", "REDACTED"))
    later = employee.certificate.not_valid_after_utc + timedelta(days=400)
    for trust in (
        Trust(root_pem=authority.pem, now=later),
        Trust(signer_fingerprint=employee.fingerprint, now=later),
    ):
        report = verify(folder, trust)
        assert (report.findings, "EXPIRED" in report.limits) == ((), True)
    revoked = authority.revoke(employee, NOW - timedelta(minutes=5))
    report = verify(folder, Trust(root_pem=authority.pem + revoked))
    assert (report.verdict, [finding.check for finding in report.findings]) == (Verdict.NOT_VERIFIED, ["signer"])
    stranger = verify(folder, Trust(root_pem=Authority.create("Another Root").pem))
    assert (stranger.verdict, stranger.findings[0].check) == (Verdict.NOT_VERIFIED, "signer")


NOISE = (
    b"",
    b"\n",
    b"\0" * 100,
    b"\xff\xfe\n",
    b"{" * 5000,
    b"[" * 50_000,
    b'{"_sd":' + b"9" * 400 + b"}",
    b"c2sp.org/tlog-proof@v1\nindex 3\n\n\n0\n\n\n",
    b"W10\n" * 1000,
    b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
)


@pytest.mark.parametrize("exhibit", ["salted", "event"])
def test_whatever_lies_there_ends_in_a_verdict(alone: dict[str, Path], tmp_path: Path, exhibit: str) -> None:
    folder = shutil.copytree(alone[exhibit], tmp_path / "noise")
    rng, trust = Random(20261123), Trust(signer_fingerprint=fingerprint(folder))
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        for noise in (*NOISE, *(bent(data, rng) for _ in range(25))):
            path.write_bytes(noise)
            report = verify(folder, trust)
            accepted = path.name == "check.sh" or noise == data
            assert (report.verdict is Verdict.LIMITED) is accepted or path.name == "disclosures.txt", (
                path.name,
                noise[:60],
            )
        path.write_bytes(data)
    for path in sorted(folder.iterdir()):
        path.unlink()
        assert verify(folder, trust).verdict in (Verdict.NOT_VERIFIED, Verdict.NOT_A_PACKAGE)


def bent(data: bytes, rng: Random) -> bytes:
    """A part of it doubled, dropped, or turned into noise."""
    first, last = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
    return data[:first] + rng.choice((b"", data[first:last] * 2, rng.randbytes(last - first))) + data[last:]


def test_a_folder_without_end_is_bounded(alone: dict[str, Path], tmp_path: Path) -> None:
    """Many files, and a text file larger than any."""
    folder = shutil.copytree(alone["event"], tmp_path / "many")
    for number in range(500):
        (folder / f"more-{number}").touch()
    assert 90 < len(judged(folder).findings) < 120
    folder = shutil.copytree(alone["event"], tmp_path / "large")
    with (folder / "entry.json").open("r+b") as file:
        file.truncate(1 << 34)
    assert any("larger than such a file may be" in finding.problem for finding in judged(folder).findings)
