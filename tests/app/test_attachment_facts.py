"""What pictures and PDFs say of themselves: asked in a child process, told with what it is worth, never trusted."""

from __future__ import annotations

import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from casebound import attachmentfacts, facts_child
from casebound.attachmentfacts import Facts, facts_of


def values(facts: Facts) -> dict[str, str]:
    assert facts.fault == ""
    return {one.key: one.value for one in facts.facts}


def photograph(path: Path, **exif: str) -> Path:
    from PIL import Image

    image = Image.new("RGB", (40, 30), "red")
    found = image.getexif()
    found[0x010F], found[0x0110] = "Lumen", exif.get("model", "L-100")
    inner = found.get_ifd(0x8769)
    inner[0x9003] = exif.get("taken", "2026:03:03 10:00:00")
    if "offset" in exif:
        inner[0x9011] = exif["offset"]
    if "gps" in exif:
        found.get_ifd(0x8825)[1] = "N"
    image.save(path, exif=found)
    return path


def document(path: Path, change: Callable[[object], None] | None = None) -> Path:
    import pikepdf

    made = pikepdf.new()
    for _ in range(3):
        made.add_blank_page()
    made.docinfo["/Producer"] = "Lumen Press 2"
    made.docinfo["/CreationDate"] = "D:20260303100000+01'00'"
    if change:
        change(made)
    made.save(path)
    return path


def test_a_photograph_tells_when_and_with_what(tmp_path: Path) -> None:
    found = facts_of(photograph(tmp_path / "a.jpg", offset="+01:00", gps="yes"), "image/jpeg")
    assert values(found) == {
        "format": "JPEG",
        "pixels": "40 × 30",
        "exif": "present",
        "taken": "2026:03:03 10:00:00 +01:00",
        "camera_make": "Lumen",
        "camera_model": "L-100",
        "gps": "present",
    }
    assert "nothing shows that it was right" in next(one.worth for one in found.facts if one.key == "taken")
    without = facts_of(photograph(tmp_path / "b.jpg"), "image/jpeg")
    assert values(without)["gps"] == "none"
    assert "zone that is not stated" in next(one.worth for one in without.facts if one.key == "taken")


def test_a_picture_without_exif_says_that_this_shows_nothing(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("L", (2, 3)).save(tmp_path / "a.png")
    found = facts_of(tmp_path / "a.png", "image/png")
    assert values(found) == {"format": "PNG", "pixels": "2 × 3", "exif": "none"}
    assert "shows nothing" in found.facts[-1].worth


def test_a_pdf_tells_what_it_was_made_with(tmp_path: Path) -> None:
    found = facts_of(document(tmp_path / "a.pdf"), "application/pdf")
    assert values(found) | {"version": ""} == {
        "version": "",
        "pages": "3",
        "producer": "Lumen Press 2",
        "created": "D:20260303100000+01'00'",
        "signatures": "none",
    }


def signed(to_end: bool) -> Callable[[object], None]:
    """A signature field that is filled in with nothing that would hold."""
    import pikepdf

    def change(made: object) -> None:
        assert isinstance(made, pikepdf.Pdf)
        reach = [0, 10, 20, 30] if not to_end else [0, 1, 2, 10**9]
        value = made.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Sig, ByteRange=pikepdf.Array(reach)))
        field = made.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="s", V=value))
        made.Root.AcroForm = made.make_indirect(pikepdf.Dictionary(Fields=pikepdf.Array([field, field])))

    return change


def test_a_signature_in_a_pdf_is_counted_and_not_believed(tmp_path: Path) -> None:
    found = facts_of(document(tmp_path / "a.pdf", signed(False)), "application/pdf")
    one = next(one for one in found.facts if one.key == "signatures")
    assert one.value == "2"
    assert "something was added after" in one.worth and "not checked here" in one.worth


def test_a_locked_pdf_says_so(tmp_path: Path) -> None:
    import pikepdf

    path = tmp_path / "a.pdf"
    made = pikepdf.new()
    made.add_blank_page()
    made.save(path, encryption=pikepdf.Encryption(user="u", owner="o"))
    assert "locked with a password" in facts_of(path, "application/pdf").fault


@pytest.mark.parametrize(
    ("name", "kind", "content"),
    [
        ("a.jpg", "image/jpeg", b"\xff\xd8\xff" + b"\0" * 50),
        ("a.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"\xff" * 100),
        ("a.tif", "image/tiff", b"II*\0" + b"\xff" * 200),
        ("a.pdf", "application/pdf", b"%PDF-1.7\n" + b"[" * 100_000),
        ("b.pdf", "application/pdf", b"%PDF-"),
    ],
)
def test_what_is_damaged_is_told_and_nothing_breaks(tmp_path: Path, name: str, kind: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found = facts_of(path, kind)
    assert found.fault or found.facts


def test_a_picture_that_claims_to_be_huge_is_not_decoded(tmp_path: Path) -> None:
    header = b"\0\0\0\rIHDR" + (2**31 - 1).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + zlib.crc32(header[4:]).to_bytes(4, "big"))
    found = facts_of(path, "image/png")
    assert found.fault or values(found)["pixels"] == f"{2**31 - 1} × {2**31 - 1}"


def test_hostile_words_are_bounded_text(tmp_path: Path) -> None:
    found = values(facts_of(photograph(tmp_path / "a.jpg", model="<b>\u202e" + "x" * 5_000), "image/jpeg"))
    assert len(found["camera_model"]) <= 501


def test_a_child_that_dies_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = photograph(tmp_path / "a.jpg")
    dying = tmp_path / "facts_child.py"
    dying.write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    monkeypatch.setattr(attachmentfacts, "__file__", str(tmp_path / "attachmentfacts.py"))
    assert facts_of(path, "image/jpeg").fault
    dying.write_text("print('[1]')")
    facts_of.cache_clear()
    assert facts_of(path, "image/jpeg").fault
    monkeypatch.setattr(attachmentfacts, "_PATIENCE", 0.5)
    dying.write_text("while True: pass")
    facts_of.cache_clear()
    assert facts_of(path, "image/jpeg").fault


def test_other_files_are_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: pytest.fail("a child was started"))
    assert facts_of(tmp_path / "none.bin", "application/zip") == Facts()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_the_child_gives_up_what_it_does_not_need(tmp_path: Path) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import facts_child, resource; facts_child.confine();"
        " print([resource.getrlimit(limit)[1] for limit in"
        " (resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE, resource.RLIMIT_AS)])"
    )
    folder = str(Path(facts_child.__file__).parent)
    done = subprocess.run([sys.executable, "-I", "-c", script, folder], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"[{facts_child.SECONDS}, 0, 0, {facts_child.MEMORY}]"


def test_the_child_answers_nothing_to_a_wrong_question(capsys: pytest.CaptureFixture[str]) -> None:
    assert facts_child.main(["shell"]) == 2 and facts_child.main([]) == 2
    assert capsys.readouterr().out == ""


def test_json_has_stable_keys(tmp_path: Path) -> None:
    told = facts_of(photograph(tmp_path / "a.jpg"), "image/jpeg").as_json()
    assert set(told) == {"facts"} and set(told["facts"]["taken"]) == {"value", "worth"}  # type: ignore[index,call-overload]
    assert Facts(fault="x").as_json() == {"facts": {}, "fault": "x"}
