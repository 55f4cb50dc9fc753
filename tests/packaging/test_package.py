"""A package from members to ZIP: its form, byte by byte, and that nothing goes wrong halfway."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from specimen import NOW, ORIGIN, SEALED_AT, Log, members_and_log, signed_report, unpack

from casebound_packaging import checkpoint, merkle
from casebound_packaging.canonical import canonical
from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.errors import BadIdentity, CannotWrite, CaseboundError
from casebound_packaging.identity import Identity
from casebound_packaging.ledger import leaves
from casebound_packaging.member import Member
from casebound_packaging.package import About, Draft, Sealed, build_hash
from casebound_packaging.packagerules import BrokenCustody
from casebound_packaging.staging import ChangedFile

ABOUT = About(
    case_number="CASE 7/ä",
    case_title="Northgate",
    log_origin=ORIGIN,
    version=1,
    supersedes=None,
    recipient_class="legal",
    purpose="For Legal",
    legal_basis=None,
    organisation="Example  Ltd\n",
    limits=("PARTIAL",),
)


Parts = tuple[list[Member], Log]


class Stop(Exception):
    """What a progress raises when a person asked to stop."""


@pytest.fixture(scope="module")
def parts(signer: Identity) -> Parts:
    return members_and_log(signer)


def draft(parts: Parts, signer: Identity, about: About = ABOUT, **more: object) -> Draft:
    members, log = parts
    extra = more.pop("members", [])
    return Draft(about, [*members, *extra], log.lines, log.disclosures, signer, SEALED_AT, **more)  # type: ignore[arg-type,misc]


@pytest.fixture(scope="module")
def sealed(parts: Parts, signer: Identity, tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    folder = tmp_path_factory.mktemp("package")
    one = draft(parts, signer)
    facts = one.facts()
    return one.seal(folder, signed_report(folder, signer, facts.package_id, facts.evidence_root))


@pytest.fixture(scope="module")
def files(sealed: Sealed) -> dict[str, bytes]:
    return unpack(sealed.path)[1]


@pytest.fixture(scope="module")
def about_it(files: dict[str, bytes]) -> dict[str, object]:
    record: dict[str, object] = json.loads(files["data/metadata/package.json"])
    return record


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# The form


def test_it_has_the_name_of_its_case_and_version(sealed: Sealed) -> None:
    assert sealed.path.name == "CASE-7---v1.zip"
    with zipfile.ZipFile(sealed.path) as archive:
        assert {name.partition("/")[0] for name in archive.namelist()} == {"CASE-7---v1"}
    assert sealed.sha256 == sha(sealed.path.read_bytes())
    assert sealed.size == sealed.path.stat().st_size
    assert (sealed.stamped, sealed.unstamped) == (False, "")


def test_payload_then_tag_files_then_the_list_of_them_then_seals(sealed: Sealed) -> None:
    names = list(unpack(sealed.path)[1])
    payload = [name for name in names if name.startswith("data/")]
    seals = [name for name in names if name.startswith("seals/")]
    tags = names[len(payload) : len(names) - len(seals) - 1]
    assert names == [*sorted(payload), *tags, "tagmanifest-sha256.txt", *sorted(seals)]
    assert tags == [
        "README-VERIFY.txt",
        "bag-info.txt",
        "bagit.txt",
        "certs/allowed_signers",
        "certs/root.pem",
        "manifest-sha256.txt",
        "verify.py",
    ]
    assert seals == ["seals/01-examiner.p7s", "seals/01-examiner.sig"]


def test_media_are_stored_and_text_is_packed(sealed: Sealed) -> None:
    with zipfile.ZipFile(sealed.path) as archive:
        methods = {info.filename.partition("/")[2]: info.compress_type for info in archive.infolist()}
    assert methods["data/report.pdf"] == methods["seals/01-examiner.p7s"] == 0
    assert methods["data/metadata/package.json"] == methods["data/tables/requests.csv"] == methods["verify.py"] == 8


def test_the_manifests_list_exactly_what_is_there(files: dict[str, bytes]) -> None:
    payload = sorted(name for name in files if name.startswith("data/"))
    tags = sorted(name for name in files if not name.startswith(("data/", "seals/", "tagmanifest")))
    assert files["manifest-sha256.txt"].decode() == "".join(f"{sha(files[name])}  {name}\n" for name in payload)
    assert files["tagmanifest-sha256.txt"].decode() == "".join(f"{sha(files[name])}  {name}\n" for name in tags)


def test_root_and_id_are_computed_as_the_format_says(
    files: dict[str, bytes], about_it: dict[str, object], sealed: Sealed
) -> None:
    lines = files["manifest-sha256.txt"].splitlines()
    kept = [line for line in lines if not line.endswith((b"  data/report.pdf", b"  data/metadata/package.json"))]
    assert len(kept) == len(lines) - 2
    root = merkle.root([merkle.leaf_hash(line) for line in kept]).hex()
    assert about_it["evidence_root"] == sealed.evidence_root == root
    assert about_it["package_id"] == sealed.package_id == f"CASE-7---v1-{root[:12]}"


def test_package_json_says_what_is_there(
    files: dict[str, bytes], about_it: dict[str, object], signer: Identity
) -> None:
    assert canonical(about_it) + b"\n" == files["data/metadata/package.json"]
    listed = about_it["files"]
    assert isinstance(listed, list)
    assert [item["path"] for item in listed] == sorted(
        name for name in files if name.startswith("data/") and name != "data/metadata/package.json"
    )
    for item in listed:
        assert (item["sha256"], item["size"]) == (sha(files[item["path"]]), len(files[item["path"]]))
    assert about_it["case"] == {"number": "CASE 7/ä", "title": "Northgate", "log_origin": ORIGIN}
    assert about_it["signer"] == {
        "name": "Mary Okafor",
        "fingerprint": signer.fingerprint,
        "key": signer.key_fingerprint,
        "self_issued": True,
    }
    assert about_it["seals_expected"] == ["01-examiner"]
    assert about_it["limits"] == ["PARTIAL"]
    assert about_it["tool"] == {"name": "casebound", "version": "0.1.0", "build": build_hash()}
    assert "omissions" not in about_it


def test_the_bag_says_how_much_is_in_it(files: dict[str, bytes], sealed: Sealed) -> None:
    payload = [data for name, data in files.items() if name.startswith("data/")]
    assert files["bagit.txt"] == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    assert files["bag-info.txt"].decode() == (
        "Source-Organization: Example Ltd\n"
        f"Bagging-Date: {SEALED_AT:%Y-%m-%d}\n"
        f"External-Identifier: {sealed.package_id}\n"
        f"Payload-Oxum: {sum(map(len, payload))}.{len(payload)}\n"
        "Bag-Software-Agent: casebound 0.1.0\n"
    )


def test_the_custody_record_is_whole_and_signed(
    files: dict[str, bytes], parts: Parts, signer: Identity, sealed: Sealed
) -> None:
    _, log = parts
    assert files["data/custody/ledger.jsonl"].split(b"\n") == [*log.lines, b""]
    given = [json.loads(line) for line in files["data/custody/disclosures.jsonl"].splitlines()]
    assert sorted((item["seq"], item["disclosure"]) for item in given) == sorted(log.disclosures)
    size = len(log.lines)
    note = files[f"data/custody/checkpoints/{size}.checkpoint"].decode()
    assert note == sealed.checkpoint_text
    wanted = Checkpoint(ORIGIN, size, merkle.root(leaves(log.lines)).hex())
    assert checkpoint.verify(note, signer.spki_der) == wanted


def test_the_verifier_travels_byte_for_byte(files: dict[str, bytes]) -> None:
    import casebound_packaging

    own = Path(casebound_packaging.__file__).parent / "standalone" / "verify.py"
    assert files["verify.py"] == own.read_bytes()


def test_the_facts_are_those_that_are_sealed(parts: Parts, signer: Identity, sealed: Sealed) -> None:
    facts = draft(parts, signer).facts()
    assert (facts.package_id, facts.evidence_root) == (sealed.package_id, sealed.evidence_root)
    assert [file.path for file in facts.files] == sorted(file.path for file in facts.files)
    assert "data/report.pdf" not in [file.path for file in facts.files]
    assert (facts.signer_name, facts.sealed_at, facts.self_issued) == ("Mary Okafor", SEALED_AT, True)


def test_two_exports_of_one_state_are_equal_but_for_report_and_seals(
    parts: Parts, signer: Identity, tmp_path: Path, files: dict[str, bytes]
) -> None:
    one = draft(parts, signer)
    again = unpack(one.seal(tmp_path, files["data/report.pdf"]).path)[1]
    different = {name for name in files if files[name] != again[name]}
    assert files.keys() == again.keys()
    assert different <= {"seals/01-examiner.p7s"}, "with the same report, only the random of the signature differs"


# Options


def test_without_the_verifier_it_says_so(parts: Parts, signer: Identity, tmp_path: Path) -> None:
    about = dataclasses.replace(ABOUT, include_verifier=False)
    found = unpack(draft(parts, signer, about).seal(tmp_path / "a.zip", b"%PDF").path)[1]
    assert "verify.py" not in found and b"verify.py" not in found["tagmanifest-sha256.txt"]
    assert json.loads(found["data/metadata/package.json"])["omissions"] == {"payload_members": ["verify.py"]}
    assert b"python3 verify.py" not in found["README-VERIFY.txt"]


def test_a_second_signer_seals_the_same_bytes(
    parts: Parts, signer: Identity, employee: Identity, tmp_path: Path
) -> None:
    made = draft(parts, signer, cosigners=[("reviewer", employee)]).seal(tmp_path, b"%PDF")
    found = unpack(made.path)[1]
    assert [name for name in found if name.startswith("seals/")] == [
        "seals/01-examiner.p7s",
        "seals/01-examiner.sig",
        "seals/02-reviewer.p7s",
        "seals/02-reviewer.sig",
    ]
    assert json.loads(found["data/metadata/package.json"])["seals_expected"] == ["01-examiner", "02-reviewer"]
    assert found["certs/root.pem"].count(b"BEGIN CERTIFICATE") == 2
    assert found["certs/allowed_signers"].count(b"\n") == 2


def test_older_checkpoints_of_this_ledger_go_in_and_others_do_not(
    parts: Parts, signer: Identity, tmp_path: Path
) -> None:
    _, log = parts
    older = checkpoint.sign(Checkpoint(ORIGIN, 3, merkle.root(leaves(log.lines)[:3]).hex()), signer)
    found = unpack(draft(parts, signer, older_checkpoints=[older]).seal(tmp_path, b"%PDF").path)[1]
    assert found["data/custody/checkpoints/3.checkpoint"].decode() == older
    for wrong in (Checkpoint(ORIGIN, 3, "ab" * 32), Checkpoint("casebound/other/1", 3, "ab" * 32)):
        with pytest.raises(ValueError, match="older checkpoint"):
            draft(parts, signer, older_checkpoints=[checkpoint.sign(wrong, signer)])


def test_a_later_version_names_the_one_before(parts: Parts, signer: Identity, tmp_path: Path) -> None:
    before = {"package_id": "CASE-7-v0-abababababab", "evidence_root": "ab" * 32}
    about = dataclasses.replace(ABOUT, supersedes=before)
    found = unpack(draft(parts, signer, about).seal(tmp_path, b"%PDF").path)[1]
    assert json.loads(found["data/metadata/package.json"])["supersedes"] == before


def test_a_dead_time_stamp_service_blocks_nobody(parts: Parts, signer: Identity, tmp_path: Path) -> None:
    made = draft(parts, signer).seal(tmp_path, b"%PDF", tsa_url="http://127.0.0.1:9/")
    assert made.path.exists() and not made.stamped
    assert "No time stamp was had from 127.0.0.1" in made.unstamped
    assert not [name for name in unpack(made.path)[1] if name.endswith(".tsr")]


# What goes wrong


def test_memory_does_not_grow_with_a_member(parts: Parts, signer: Identity, tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(192 << 20)
    member = Member("data/exhibits/EX-0009/original.bin", "exhibit", "application/octet-stream", large, "EX-0009")
    text = Member("data/exhibits/EX-0010/original.txt", "exhibit", "text/plain", large, "EX-0010")
    one = draft(parts, signer, members=[member, text])
    build_hash()
    tracemalloc.start()
    made = one.seal(tmp_path, b"%PDF")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 24 << 20
    with zipfile.ZipFile(made.path) as archive:
        assert archive.getinfo("CASE-7---v1/data/exhibits/EX-0009/original.bin").file_size == 192 << 20


def test_progress_counts_up_to_the_whole(parts: Parts, signer: Identity, tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    draft(parts, signer).seal(tmp_path, b"%PDF", lambda done, total, note: seen.append((done, total, note)))
    for stage in ("Hashing", "Packing", "Writing"):
        counts = [(done, total) for done, total, note in seen if note.startswith(stage)]
        assert counts == sorted(counts)
        assert counts[-1][0] == counts[-1][1] > 0


@pytest.mark.parametrize("stage", ["Hashing", "Packing", "Writing"])
def test_stopping_leaves_nothing_behind(parts: Parts, signer: Identity, tmp_path: Path, stage: str) -> None:
    def stop(done: int, total: int, note: str = "") -> None:
        if note.startswith(stage) and done * 2 > total:
            raise Stop

    with pytest.raises(Stop):
        draft(parts, signer).seal(tmp_path, b"%PDF", stop)
    assert list(tmp_path.iterdir()) == []


def test_a_package_is_never_replaced(parts: Parts, signer: Identity, tmp_path: Path) -> None:
    (tmp_path / "CASE-7---v1.zip").write_bytes(b"sealed before")
    with pytest.raises(CannotWrite, match="already there"):
        draft(parts, signer).seal(tmp_path, b"%PDF")
    assert (tmp_path / "CASE-7---v1.zip").read_bytes() == b"sealed before"
    with pytest.raises(CannotWrite):
        draft(parts, signer).seal(tmp_path / "no" / "folder" / "a.zip", b"%PDF")


def grown(path: Path) -> None:
    path.write_bytes(b"12345")


def shrunk(path: Path) -> None:
    path.write_bytes(b"123")


def exchanged(path: Path) -> None:
    path.write_bytes(b"4321")


@pytest.mark.parametrize("change", [grown, shrunk, exchanged, Path.unlink])
def test_a_file_that_changes_meanwhile_stops_the_sealing(
    parts: Parts, signer: Identity, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    original, out = tmp_path / "original.bin", tmp_path / "out"
    original.write_bytes(b"1234")
    out.mkdir()
    member = Member("data/exhibits/EX-0009/original.bin", "exhibit", "application/octet-stream", original, "EX-0009")
    one = draft(parts, signer, members=[member])
    one.facts()
    change(original)
    with pytest.raises(ChangedFile) as caught:
        one.seal(out, b"%PDF")
    assert caught.value.where == str(original)
    assert list(out.iterdir()) == []


def test_a_file_that_is_missing_is_told(parts: Parts, signer: Identity, tmp_path: Path) -> None:
    member = Member("data/exhibits/EX-0009/original.bin", "exhibit", "application/octet-stream", tmp_path / "gone")
    with pytest.raises(CaseboundError, match="cannot be read"):
        draft(parts, signer, members=[member]).facts()


@pytest.mark.parametrize(
    "path",
    [
        "data/../x",
        "/data/x",
        "data/con.txt",
        "data/.hidden",
        "data/ä",
        "data/a b",
        "elsewhere/x",
        "data/report.pdf",
        "data/REPORT.pdf",
        "data/metadata/package.json",
        "data/custody/ledger.jsonl",
        "data/timeline.csv",
        "data/Timeline.csv",
        "data/timeline.csv/below",
        "data/" + "x" * 120,
    ],
)
def test_names_that_a_package_must_not_have_are_refused(parts: Parts, signer: Identity, path: str) -> None:
    with pytest.raises(ValueError):
        draft(parts, signer, members=[Member(path, "exhibit", "text/plain", b"")])


@pytest.mark.parametrize(
    ("role", "media"), [("picture", "image/png"), ("exhibit", "png"), ("exhibit", "image/png\nx: y")]
)
def test_members_that_the_format_does_not_know_are_refused(
    parts: Parts, signer: Identity, role: str, media: str
) -> None:
    with pytest.raises(ValueError):
        draft(parts, signer, members=[Member("data/exhibits/EX-0009/a.png", role, media, b"")])


@pytest.mark.parametrize(
    "changes",
    [
        {"limits": ("EXPIRED",)},
        {"limits": ("PARTIAL",) * 2},
        {"recipient_class": "friend"},
        {"version": 0},
        {"version": 2},
    ],
)
def test_statements_that_the_format_does_not_know_are_refused(
    parts: Parts, signer: Identity, changes: dict[str, object]
) -> None:
    with pytest.raises(ValueError):
        draft(parts, signer, dataclasses.replace(ABOUT, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("number", ["x" * 70, ".hidden", "..", "CON.x"])
def test_a_case_number_that_makes_no_file_name_is_told(parts: Parts, signer: Identity, number: str) -> None:
    with pytest.raises(CaseboundError, match="would be called"):
        draft(parts, signer, dataclasses.replace(ABOUT, case_number=number))


def test_a_name_too_long_with_this_case_number_is_told(parts: Parts, signer: Identity) -> None:
    about = dataclasses.replace(ABOUT, case_number="x" * 55)
    table = Member("data/tables/" + "t" * 50 + ".csv", "table", "text/csv", b"")
    with pytest.raises(CaseboundError, match="longer than the 119 characters"):
        draft(parts, signer, about, members=[table])
    assert draft(parts, signer, members=[table]).facts().package_id


def test_nobody_seals_twice(parts: Parts, signer: Identity) -> None:
    with pytest.raises(ValueError, match="key of its own"):
        draft(parts, signer, cosigners=[("reviewer", signer)])


def test_a_broken_custody_record_is_not_sealed(parts: Parts, signer: Identity) -> None:
    members, log = parts
    swapped = [log.lines[0], log.lines[2], log.lines[1], *log.lines[3:]]
    for lines, texts in ((swapped, log.disclosures), (log.lines[1:], []), (log.lines, [(0, "xx")]), ([], [])):
        with pytest.raises(BrokenCustody):
            Draft(ABOUT, members, lines, texts, signer, SEALED_AT)
    with pytest.raises(ValueError, match="export-prepared"):
        Draft(
            ABOUT,
            members,
            log.lines[:-1],
            [pair for pair in log.disclosures if pair[0] < len(log.lines) - 1],
            signer,
            SEALED_AT,
        )


def test_nobody_seals_with_an_expired_certificate(parts: Parts, signer: Identity, employee: Identity) -> None:
    members, log = parts
    late = NOW + timedelta(days=200)
    for one, others in ((employee, ()), (signer, (("reviewer", employee),))):
        with pytest.raises(BadIdentity, match="valid from"):
            Draft(ABOUT, members, log.lines, log.disclosures, one, late, cosigners=others)
