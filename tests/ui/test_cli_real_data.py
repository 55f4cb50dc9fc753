"""Three public data sets, none of which the program knows, through the whole job on the command line."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from casebound_ui.entry import main

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
LARGEST = 64 << 20


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEBOUND_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CASEBOUND_PASSPHRASE", "correct horse")
    monkeypatch.setenv("CASEBOUND_NAME", "Tester")
    monkeypatch.chdir(tmp_path)


def ran(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    capsys.readouterr()
    ended = main([*arguments, "--json"])
    said = capsys.readouterr()
    assert ended == code, said.err
    return json.loads(said.out)


def _data_set(name: str, *files: str) -> list[Path]:
    """Files of a data set; those inside a ZIP (`archive.zip!member`) are unpacked into the current folder."""
    folder = DATA / name
    if not folder.is_dir():
        pytest.skip(f"{name} is not here")
    found = []
    for file in files:
        archive, _, member = file.partition("!")
        if not member:
            found.append(folder / file)
            continue
        with zipfile.ZipFile(folder / archive) as held, held.open(member) as stream:
            target = Path(member.rsplit("/", 1)[-1])
            target.write_bytes(stream.read(LARGEST))
            found.append(target)
    return found


SETS = {
    "azure-llm-inference-trace": (("AzureLLMInferenceTrace_code.csv",), [8819]),
    "weblogs-elastic": (("nginx_json_plus_logs/nginxplus_json_logs", "apache_logs/apache_logs"), [500, 10000]),
    "otrf-security-datasets-aws": (
        (
            "aws/collection/ec2_proxy_s3_exfiltration.zip!ec2_proxy_s3_exfiltration_2020-09-14011940.json",
            "aws/discovery/aws_s3_honeybucketlogs.zip!AWS_S3_HoneyBucketLogs.csv",
        ),
        [103, 301],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_the_whole_job(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    files, counts = SETS[name]
    paths = _data_set(name, *files)
    ran(capsys, "new", "real.casebound", "--number", "REAL-1", "--title", name)
    brought = ran(capsys, "import", "real.casebound", *map(str, paths))
    assert [one["read"] for one in brought] == counts
    assert all(one["read"] == one["kept"] + one["quarantined"] + one["duplicates"] for one in brought)
    assert all(one["first"] and one["last"] for one in brought), "every one of these has times"
    held = ran(capsys, "events", "real.casebound")
    assert held["of"] == sum(one["kept"] for one in brought) == len(held["events"])
    last = held["events"][-1]["event"]
    ran(capsys, "annotate", "real.casebound", last, "--note", "The last one", "--tag", "end", "--exhibit")
    note = Path("SOURCES.md")
    note.write_bytes((DATA / name / "SOURCES.md").read_bytes())
    ran(capsys, "attach", "real.casebound", str(note), "--event", last, "--exhibit")
    table = brought[0]["table"]
    ran(capsys, "findings", "real.casebound", "measure", "--question", "How many?", "--table", table, "--unit", "rows")
    ran(
        capsys,
        "findings",
        "real.casebound",
        "add",
        "--sentence",
        "It ended.",
        "--supports",
        "EX-0001",
        "--contradicts",
        "EX-0002",
        "--measure",
        "Q-0001",
        "--likelihood",
        "likely",
        "--confidence",
        "low",
    )
    key = ran(capsys, "identity", "new", "key.p12", "--name", "Tester")["fingerprint"]
    sealed = ran(capsys, "export", "real.casebound", "--to", "out", "--identity", "key.p12", "--purpose", "A trial")
    verdict = ran(capsys, "verify", sealed["package"], "--signer", key, code=3)
    assert verdict["verdict"] == "verified-with-limits"
    assert verdict["findings"] == []
    assert ran(capsys, "check", "real.casebound")["clean"] is True
