"""JSON that nobody here wrote: the parsing test suite, traces, logs, prompts and intelligence, with exact counts."""

from __future__ import annotations

import json
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode has no other way to share `importer_sample`

from importer_sample import values_of

from casebound.case import ColumnRole, Preview
from casebound.errors import CaseboundError
from casebound.importers import importer_of
from casebound.importers.batch import Refused
from casebound.importers.flatten import unwritten
from casebound.previewing import preview

SHARED = Path(__file__).parents[3] / "shared" / "data"
SUITE = SHARED / "json-test-suite" / "test_parsing"
pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="the shared data sets are not here")


def tables(path: Path) -> dict[str, tuple[Preview, list[dict[str, str | None]], list[Refused]]]:
    """By member: the preview, the rows by column, and what was refused."""
    found = {}
    for one in preview(path):
        rows: list[dict[str, str | None]] = []
        refused: list[Refused] = []
        for batch in importer_of(one.format).batches(path, one.member, one.mapping):
            rows += [dict(zip(batch.columns, row, strict=True)) for row in values_of(batch)]
            refused += batch.refused
        found[one.member] = one, rows, refused
    return found


def judged(path: Path) -> str:
    """Of a document: "read", also where it is whole and holds no record (`[]`, `{}`), or "refused" with a reason."""
    try:
        refused = [one for _, _, refused in tables(path).values() for one in refused]
    except CaseboundError as error:
        assert error.title and error.hint
        return "read" if "is whole JSON and holds no record" in error.title else "refused"
    assert all(one.code and one.reason and (one.raw or not one.length) for one in refused)
    return "refused" if refused else "read"


def test_the_parsing_test_suite() -> None:
    verdicts = Counter((path.name[0], judged(path)) for path in SUITE.iterdir() if path.suffix == ".json")
    assert verdicts["y", "read"] == 95
    assert verdicts["n", "refused"] == 188
    assert verdicts["i", "read"] + verdicts["i", "refused"] == 35
    assert sum(verdicts.values()) == 318


def test_the_parsing_test_suite_as_lines(tmp_path: Path) -> None:
    """The same texts, those that fit on a line, as lines of one file: each is judged by itself."""
    good, bad = [], []
    for path in sorted(SUITE.iterdir()):
        content = path.read_bytes()
        if b"\n" not in content.strip() and content.strip() and path.name[0] in "yn":
            (good if path.name[0] == "y" else bad).append(content.strip())
    path = tmp_path / "suite.jsonl"
    path.write_bytes(b"\n".join([*good, *bad]))
    ((_, rows, refused),) = tables(path).values()
    assert len(rows) + len(refused) == len(good) + len(bad)
    assert len(rows) >= len(good) > 80
    assert {one.line for one in refused} <= set(range(len(good) + 1, len(good) + len(bad) + 1))


def test_naughty_strings_are_exact() -> None:
    path = SHARED / "naughty-strings" / "blns.json"
    ((_, rows, refused),) = tables(path).values()
    strings = json.loads(path.read_bytes())
    assert not refused
    assert [unwritten(row["value"] or "") for row in rows] == strings
    assert [row["value"] for row in rows] == strings
    assert len(strings) == 515


@pytest.mark.parametrize(
    ("name", "count", "columns"),
    [
        ("data/seed_tasks.jsonl", 175, 5),
        ("human_eval/user_oriented_instructions.jsonl", 252, 4),
        ("human_eval/predictions/davinci-self-instruct-and-superni-ft_predictions.jsonl", 252, 5),
        ("human_eval/predictions/davinci-self-instruct_predictions.jsonl", 252, 5),
        ("human_eval/predictions/davinci-superni-ft_predictions.jsonl", 252, 5),
        ("human_eval/predictions/davinci-t0-ft_predictions.jsonl", 252, 5),
        ("human_eval/predictions/davinci_predictions.jsonl", 252, 5),
        ("human_eval/predictions/text-davinci-001_predictions.jsonl", 252, 5),
        ("human_eval/predictions/text-davinci-002_predictions.jsonl", 252, 5),
    ],
)
def test_prompts_and_completions(name: str, count: int, columns: int) -> None:
    path = SHARED / "llm-prompt-completions" / name
    ((one, rows, refused),) = tables(path).values()
    assert (len(rows), len(refused), len(one.mapping.columns)) == (count, 0, columns)
    for row, line in zip(rows, path.read_text("utf-8").splitlines(), strict=True):
        record = json.loads(line)
        for key, value in record.items():
            if isinstance(value, str):
                assert row[key] == value
            elif isinstance(value, list):
                assert json.loads(row[key] or "") == value


def test_a_trace_with_arrays_in_cells() -> None:
    path = SHARED / "mooncake-llm-traces" / "traces" / "synthetic_trace.jsonl"
    ((one, rows, refused),) = tables(path).values()
    assert (len(rows), refused) == (3_993, [])
    records = [json.loads(line) for line in path.read_text().splitlines()]
    assert sum(int(row["input_length"] or 0) for row in rows) == sum(record["input_length"] for record in records)
    assert all(
        row["hash_ids"] == json.dumps(record["hash_ids"], separators=(",", ":"))
        for row, record in zip(rows, records, strict=True)
    )
    assert not one.mapping.named(ColumnRole.TIME)  # relative times wait for a person to say what they are counted from


def test_a_status_log_deeply_nested() -> None:
    path = SHARED / "weblogs-elastic" / "nginx_json_plus_logs" / "nginxplus_json_logs"
    ((one, rows, refused),) = tables(path).values()
    assert (len(rows), refused, len(one.mapping.columns)) == (500, [], 86)
    assert one.mapping.named(ColumnRole.TIME) == "timestamp"
    records = [json.loads(line) for line in path.read_text().splitlines()]
    assert [row["timestamp"] for row in rows] == [str(record["timestamp"]) for record in records]
    assert one.time_samples[0] == ("1446249499322", "2015-10-30T23:58:19.322000Z")


def test_cloud_trail(tmp_path: Path) -> None:
    archive = SHARED / "otrf-security-datasets-aws" / "aws" / "collection" / "ec2_proxy_s3_exfiltration.zip"
    with zipfile.ZipFile(archive) as opened:
        (name,) = opened.namelist()
        content = opened.read(name)
    path = tmp_path / "trail.json"
    path.write_bytes(content)
    ((one, rows, refused),) = tables(path).values()
    assert (len(rows), refused, one.mapping.recognised_as) == (103, [], "CloudTrail log")
    # The same records as the service writes them itself.
    records = [json.loads(line) for line in content.splitlines()]
    path.write_text(json.dumps({"Records": records}))
    ((wrapped, again, refused),) = tables(path).values()
    assert (wrapped.member, wrapped.mapping.recognised_as, refused) == ("Records", "CloudTrail log", [])
    assert again == rows
    roles = {column.role.value: column.name for column in wrapped.mapping.columns if column.role.value != "entity"}
    assert (roles["time"], roles["actor"], roles["action"]) == ("@timestamp", "userIdentity.arn", "eventName")
    entities = {column.name for column in wrapped.mapping.columns if column.role.value == "entity"}
    assert entities >= {"sourceIPAddress", "userIdentity.accessKeyId", "userIdentity.accountId"}


@pytest.mark.parametrize(
    ("name", "count", "contradicting"),
    [
        ("evtx_direct.csv", 13, 0),
        ("evtx_direct_without_label.csv", 13, 0),
        ("evtx_fails.csv", 13, 0),
        ("evtx_part.csv", 13, 0),
        ("sigma_events.csv", 4, 4),
        ("sigma_events.jsonl", 4, 4),
    ],
)
def test_timesketch(name: str, count: int, contradicting: int) -> None:
    ((one, rows, refused),) = tables(SHARED / "timesketch-events" / "end_to_end_tests" / "test_data" / name).values()
    assert (len(rows), refused, one.mapping.recognised_as) == (count, [], "Timesketch timeline")
    assert one.mapping.named(ColumnRole.TIME) == "datetime"
    told = [words for words in one.evidence if "tells another time" in words]
    assert len(told) == bool(contradicting)
    assert not told or told[0].startswith(f"In {contradicting} of {count} first rows")


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("stix-oasis-examples/examples/threat-reports/apt1.json", {"objects": 76, "": 1}),
        ("stix-oasis-examples/examples/threat-reports/poisonivy.json", {"objects": 155, "": 1}),
        ("stix-oasis-examples/examples/indicators-for-C2-with-COA.json", {"objects": 8, "": 1}),
        ("case-uco-examples/forensic_lifecycle/forensic_lifecycle.json", {"@graph": 83, "": 1}),
        ("case-uco-examples/Oresteia/Oresteia.json", {"uco-core:object": 95, "": 1}),
        ("case-uco-examples/accounts/accounts.json", {"@graph": 14, "": 1}),
    ],
)
def test_intelligence_and_forensics(name: str, counts: dict[str, int]) -> None:
    found = tables(SHARED / name)
    assert {member: len(rows) for member, (_, rows, _) in found.items()} == counts
    assert not any(refused for _, _, refused in found.values())


def test_every_json_file_here_is_read_or_refused() -> None:
    """No file of the data sets is refused but one that was made to be, and none stops the program."""
    judgements = {
        path.relative_to(SHARED).as_posix(): judged(path)
        for path in sorted(SHARED.rglob("*.json"))
        if SUITE not in path.parents and path.stat().st_size < 4_000_000
    }
    assert len(judgements) > 60
    assert {name for name, verdict in judgements.items() if verdict != "read"} == {"frictionless-data/invalid.json"}
