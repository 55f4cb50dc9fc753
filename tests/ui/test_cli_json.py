"""What the reading commands print as JSON: stable keys, and the numbers that the plain text gives."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from casebound_resources import sample
from casebound_ui.entry import main

IMPORT_KEYS = {
    "file", "sha256", "table", "read", "kept", "quarantined", "duplicates", "first", "last", "zone", "warnings",
}  # fmt: skip
EVENT_KEYS = {
    "event",
    "time",
    "raw",
    "zone",
    "zone_origin",
    "source",
    "file",
    "line",
    "actor",
    "action",
    "object",
    "fields",
}


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEBOUND_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CASEBOUND_PASSPHRASE", "correct horse")
    monkeypatch.setenv("CASEBOUND_NAME", "Tester")
    monkeypatch.chdir(tmp_path)


def ran(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    """The JSON that a command prints."""
    capsys.readouterr()
    ended = main([*arguments, "--json"])
    said = capsys.readouterr()
    assert ended == code, said.err
    return json.loads(said.out)


@pytest.fixture
def case(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["new", "case", "--number", "C-1", "--title", "T"]) == 0
    assert main(["import", "case", str(sample.EXPORTS / "accounts.csv"), str(sample.EXPORTS / "reviews.csv")]) == 0
    return "case"


def test_new(capsys: pytest.CaptureFixture[str]) -> None:
    made = ran(capsys, "new", "fresh.casebound", "--number", "C-9", "--title", "Nine")
    assert made["number"] == "C-9"
    assert made["title"] == "Nine"
    assert Path(made["case"]).is_dir()
    assert made["log_origin"].startswith("casebound/C-9/")


def test_import_counts_balance(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "case", "--number", "C-1", "--title", "T"]) == 0
    file = str(sample.EXPORTS / "enforcement_actions.csv")
    (one,) = ran(capsys, "import", "case", file)
    assert set(one) >= IMPORT_KEYS
    assert one["file"] == file
    assert one["read"] == one["kept"] + one["quarantined"] + one["duplicates"] == 64
    assert one["zone"] == "Europe/Berlin"
    assert one["first"] == sample.truth()["files"]["enforcement_actions.csv"]["first"]


def test_a_zone_that_is_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "case", "--number", "C-1", "--title", "T"]) == 0
    Path("local.csv").write_text("id,ts,action\n1,2026-09-30 16:05:12,ban\n")
    (one,) = ran(capsys, "import", "case", "local.csv", "--zone", "+02:00")
    assert (one["first"], one["zone"]) == ("2026-09-30T14:05:12.000000Z", "+02:00")
    (listed,) = ran(capsys, "sources", "case")
    assert listed["zone_origin"] == "chosen by Tester"


def test_a_mapping_that_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "case", "--number", "C-1", "--title", "T"]) == 0
    Path("dates.csv").write_text("id,when,what\n1,03/04/2026,ban\n2,05/04/2026,ban\n")
    assert main(["import", "case", "dates.csv"]) == 2, "day or month first is never guessed"
    Path("mapping.json").write_text('{"columns": {"when": {"role": "time", "time_format": "dmy"}}}')
    (one,) = ran(capsys, "import", "case", "dates.csv", "--mapping", "mapping.json", "--table", "bans")
    assert (one["table"], one["first"][:10], one["last"][:10]) == ("bans", "2026-04-03", "2026-04-05")


def test_a_folder_full_as_it_came(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "case", "--number", "C-1", "--title", "T"]) == 0
    names = ("manifest.json", "reviews.csv", "organizations.csv")
    brought = ran(capsys, "import", "case", *(str(sample.EXPORTS / name) for name in names))
    assert [one["table"] for one in brought] == ["reviews", "organizations", None]
    assert (brought[2]["left_out"], brought[2]["read"]) == ("manifest", 0)


def test_one_bad_file_among_good_ones_leaves_the_case_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "case", "--number", "C-1", "--title", "T"]) == 0
    Path("empty.csv").write_bytes(b"")
    before = ran(capsys, "custody", "case")
    assert main(["import", "case", str(sample.EXPORTS / "reviews.csv"), "empty.csv"]) == 2
    assert ran(capsys, "custody", "case") == before


def test_what_was_finished_is_told_where_a_later_file_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "case", "--number", "C-1", "--title", "T"]) == 0
    Path("good.csv").write_text("request_id,ts\nr1,2026-03-01T10:00:00Z\n")
    Path("later.csv").write_text("request_id,ts\nr2,2026-03-01T10:00:01Z\nr3,never\n")
    (one,) = ran(capsys, "import", "case", "good.csv", "later.csv", "--stop-if-set-aside", "0", code=2)
    assert one["table"] == "good"
    assert [listed["file"] for listed in ran(capsys, "sources", "case")] == ["good.csv"]


def test_several_files_go_on_past_one_that_is_there_already(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "case", "--number", "C-1", "--title", "T"]) == 0
    good = str(sample.EXPORTS / "reviews.csv")
    first, again = ran(capsys, "import", "case", good, good)
    assert (first["table"], again["left_out"]) == ("reviews", "in the case already")
    assert [listed["file"] for listed in ran(capsys, "sources", "case")] == ["reviews.csv"]


def test_sources(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    listed = ran(capsys, "sources", case)
    assert [one["file"] for one in listed] == ["accounts.csv", "reviews.csv"]
    for one in listed:
        assert set(one) >= {
            *IMPORT_KEYS,
            "source",
            "expected",
            "expected_from",
            "origin",
            "columns",
            "imported_at",
            "size",
        }
        assert one["expected"] == one["read"]
        assert one["origin"]["source_system"] == "lumen-warehouse"


def test_quarantine(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    listed = ran(capsys, "quarantine", case)
    assert [(one["file"], one["line"], one["code"]) for one in listed] == [
        ("accounts.csv", 264, "encoding"),
        ("reviews.csv", 36, "columns"),
    ]
    assert all(one["reason"] and one["raw"] for one in listed)
    assert main(["quarantine", case, "--export", "aside.csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(Path("aside.csv").read_text())))
    assert [row["line"] for row in rows] == ["264", "36"]
    assert main(["quarantine", case, "--export", "aside.jsonl"]) == 0
    assert [json.loads(line)["line"] for line in Path("aside.jsonl").read_text().splitlines()] == [264, 36]


def test_events(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    all_of_them = ran(capsys, "events", case)
    kept = sum(sample.truth()["files"][name]["kept"] for name in ("accounts.csv", "reviews.csv"))
    assert all_of_them["count"] == all_of_them["of"] == all_of_them["shown"] == len(all_of_them["events"]) == kept
    assert all(set(one) >= EVENT_KEYS for one in all_of_them["events"])
    times = [one["time_us"] for one in all_of_them["events"]]
    assert times == sorted(times)
    some = ran(capsys, "events", case, "--where", "decision:violation", "--limit", "3")
    assert (some["count"], some["shown"], len(some["events"])) == (34, 3, 3)
    window = ran(capsys, "events", case, "--from", "2026-09-29", "--to", "2026-09-30T00:00:00Z")
    assert 0 < window["count"] < kept
    assert all("2026-09-29" <= one["time"] < "2026-09-30" for one in window["events"])
    assert window["count"] == sum("2026-09-29" <= one["time"] < "2026-09-30" for one in all_of_them["events"])


def test_events_as_lines_and_as_csv_are_the_same_events(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    listed = [one["event"] for one in ran(capsys, "events", case)["events"]]
    assert main(["events", case, "--format", "jsonl"]) == 0
    lines = capsys.readouterr()
    assert [json.loads(line)["event"] for line in lines.out.splitlines()] == listed
    assert f"{len(listed):,} of" in lines.err
    assert main(["events", case, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["event"] for row in rows] == listed
    assert main(["events", case]) == 0
    assert f"50 of {len(listed):,} matching events shown" in capsys.readouterr().out


def test_annotate_attach_custody(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    event = ran(capsys, "events", case, "--limit", "1")["events"][0]["event"]
    made = ran(capsys, "annotate", case, event, "--note", "Look here", "--tag", "a", "--tag", "b", "--exhibit")
    assert [(one["kind"], one["text"]) for one in made["marks"]] == [("note", "Look here"), ("tag", "a"), ("tag", "b")]
    assert made["exhibits"][0]["exhibit"] == "EX-0001"
    head, _, rest = event.partition("/")
    assert (
        ran(capsys, "annotate", case, f"{head[:12]}/{rest}", "--bookmark", "short name")["marks"][0]["event"] == event
    )
    for where in ("has:note", "tag:a", "has:exhibit"):
        assert [one["event"] for one in ran(capsys, "events", case, "--where", where)["events"]] == [event]
    picture = str(sample.EXPORTS / "osint" / "hollowfern-plans.png")
    Path("origin.json").write_text('{"url": "https://hollowfern-relay.example/plans"}')
    (first,) = ran(capsys, "attach", case, picture, "--origin", "origin.json", "--event", event, "--exhibit")
    assert (first["attachment"], first["media_type"], first["sensitive"]) == (1, "image/png", True)
    assert (first["previous_hash"], first["exhibit"], first["events"]) == ("0" * 64, "EX-0002", [event])
    mail = str(sample.EXPORTS / "mail" / "offer-forwarded.eml")
    (second,) = ran(capsys, "attach", case, mail, "--title", "Offer")
    assert second["previous_hash"] == first["line_hash"]
    custody = ran(capsys, "custody", case)
    assert [one["seq"] for one in custody] == list(range(len(custody)))
    assert custody[0]["action"] == "created"
    assert [one["prev"] for one in custody[1:]] == [one["hash"] for one in custody[:-1]]
    assert {"received", "imported", "annotated", "attached"} <= {one["action"] for one in custody}
    own = ran(capsys, "custody", case, "--item", "attachment:2")
    assert {(one["item"]["type"], one["item"]["id"]) for one in own} == {("attachment", "2")}
    assert any(one["hash"] == second["line_hash"] for one in own)


def test_findings_and_numbers(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    event = ran(capsys, "events", case, "--limit", "1")["events"][0]["event"]
    ran(capsys, "annotate", case, event, "--exhibit", "--caption", "First")
    measured = ran(
        capsys, "findings", case, "measure", "--question", "How many violations?", "--table", "reviews",
        "--where", "decision:violation", "--unit", "reviews", "--of", "all reviews",
    )  # fmt: skip
    assert (measured["measure"], measured["result"], measured["denominator"]) == ("Q-0001", 34, 65)
    added = ran(
        capsys, "findings", case, "add", "--sentence", "Thirty-four.", "--supports", "ex-0001", "--measure", "Q-0001",
        "--likelihood", "very likely", "--confidence", "moderate", "--ask", "Ban them.",
    )  # fmt: skip
    assert (added["finding"], added["likelihood"], added["confidence"]) == ("F-01", "very likely", "moderate")
    changed = ran(capsys, "findings", case, "change", "f-01", "--likelihood", "likely")
    assert (changed["likelihood"], changed["sentence"], changed["supports"]) == ("likely", "Thirty-four.", ["EX-0001"])
    assert ran(capsys, "findings", case, "measures")[0]["measure"] == "Q-0001"
    capsys.readouterr()
    assert main(["findings", case]) == 0
    assert "F-01" in capsys.readouterr().out


def test_check_finds_what_was_changed(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    whole = ran(capsys, "check", case)
    assert whole["clean"] is True
    assert whole["findings"] == []
    original = next(path for path in Path(case, "evidence").rglob("*") if path.is_file())
    original.chmod(0o600)
    data = bytearray(original.read_bytes())
    data[100] ^= 1
    original.write_bytes(bytes(data))
    broken = ran(capsys, "check", case, code=1)
    assert broken["clean"] is False
    assert any(
        original.name in json.dumps(one) or original.parent.name + original.name in json.dumps(one)
        for one in broken["findings"]
    )


def test_identity(capsys: pytest.CaptureFixture[str]) -> None:
    made = ran(capsys, "identity", "new", "key.p12", "--name", "Ines Marlowe", "--organisation", "Lumenfall")
    assert set(made) == {"file", "name", "fingerprint", "key", "words", "self_issued", "valid_from", "valid_to"}
    assert made["self_issued"] is True
    shown = ran(capsys, "identity", "show", "key.p12")
    exported = ran(capsys, "identity", "export", "key.p12", "--to", "cert.pem")
    again = ran(capsys, "identity", "show", "cert.pem")
    assert {one["fingerprint"] for one in (made, shown, exported, again)} == {made["fingerprint"]}
    assert "PRIVATE" not in Path("cert.pem").read_text()


def test_an_identity_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = ran(capsys, "identity", "new", "--name", "Ines Marlowe")
    path = tmp_path / "home" / "identity.p12"
    assert made["file"] == str(path)
    assert (path.stat().st_mode & 0o077, path.parent.stat().st_mode & 0o077) == (0, 0)
    assert ran(capsys, "identity", "show")["key"] == made["key"]
    assert main(["identity", "new", "--name", "Somebody Else"]) == 1
    assert main(["new", "case", "--number", "C-1", "--title", "T", "--identity", str(path)]) == 0
    assert ran(capsys, "custody", "case")[0]["actor"] == made["key"]


def test_export_and_verify(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    event = ran(capsys, "events", case, "--limit", "1")["events"][0]["event"]
    ran(capsys, "annotate", case, event, "--exhibit")
    made = ran(capsys, "identity", "new", "key.p12", "--name", "Ines Marlowe")
    sealed = ran(capsys, "export", case, "--to", "out", "--identity", "key.p12", "--purpose", "Advice")
    assert set(sealed) >= {"package", "package_id", "version", "sha256", "size", "for", "fingerprint", "checkpoint"}
    assert sealed["fingerprint"] == made["fingerprint"]
    package = sealed["package"]
    nobody = ran(capsys, "verify", package, code=3)
    assert set(nobody) >= {"verdict", "limits", "findings", "signer", "sealed_at", "counts"}
    assert nobody["verdict"] == "verified-with-limits"
    assert "UNATTRIBUTED" in nobody["limits"]
    known = ran(capsys, "verify", package, "--signer", made["fingerprint"], code=3)
    assert "UNATTRIBUTED" not in known["limits"]
    assert (
        ran(capsys, "verify", package, "--signer", made["fingerprint"], "--accept", ",".join(known["limits"])) == known
    )
    assert ran(capsys, "verify", package, "--signer", "ab" * 32, code=1)["verdict"] == "not-verified"
    data = bytearray(Path(package).read_bytes())
    data[len(data) // 2] ^= 1
    Path("bent.zip").write_bytes(bytes(data))
    bent = ran(capsys, "verify", "bent.zip", code=1)
    assert bent["verdict"] == "not-verified"
    assert bent["findings"]
    assert {"export-prepared", "exported"} <= {one["action"] for one in ran(capsys, "custody", case)}
