"""What a package tells a second time: timeline, chronology, cited rows, queries, views and rows set aside.

An insider seals each change with the right key, so that only the comparison is left to find it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from specimen import SOURCE_SHA, Files, Insider, edit_json, jcs, pack, row_id, unpack

from casebound_packaging.identity import Identity
from casebound_packaging.verify import Trust, Verdict, verify
from casebound_packaging.verify.cells import records, table

TIMELINE, CHRONOLOGY = "data/timeline", "data/chronology"
TABLE = "data/tables/requests.csv"
VIEW = "data/views/V-01"
ASIDE = "data/set-aside/S-01"
ENTRIES = [
    {"entry": "C-0001", "position": 1, "utc": "2026-03-01T09:30:00.000000Z", "until": None, "caption": "Bob signs in",
     "caption_of": "exhibit", "exhibit": "EX-0003", "source": "requests.csv", "line": 3, "event": row_id(1)},
    {"entry": "C-0002", "position": 2, "utc": "2026-03-01T10:00:00.000000Z", "until": "2026-03-01T11:00:00.000000Z",
     "caption": "=1+1", "caption_of": "entry", "exhibit": None, "source": None, "line": None, "event": None},
    {"entry": "C-0003", "position": 3, "utc": None, "until": None, "caption": "What was seen, 1",
     "caption_of": "exhibit", "exhibit": "EX-0001", "source": "", "line": None, "event": None},
]  # fmt: skip


def written(rows: list[dict]) -> tuple[bytes, bytes]:
    """The table, guarded, and the lines."""

    def cell(value: object) -> str:
        text = '""' if value == "" else "" if value is None else str(value)
        return "'" + text if text.startswith("=") else f'"{text}"' if "," in text else text

    lines = [",".join(rows[0]), *(",".join(map(cell, row.values())) for row in rows)]
    return ("\n".join(lines) + "\n").encode(), b"".join(map(jcs, rows))


def further(files: Files) -> None:
    """What the small specimen does not have."""
    files[CHRONOLOGY + ".csv"], files[CHRONOLOGY + ".jsonl"] = written(ENTRIES)
    files[VIEW + ".csv"] = b"bin_us,lane,source,events\n1772355600000000,ada,S-01,2\n1772355600000000,,S-01,1\n"
    files[VIEW + ".sql"] = b"SELECT 1;\n"
    view = {"view": "V-01", "numbers": VIEW + ".csv", "tables": {"requests": TABLE}, "shown": 3, "of": 4}
    files[VIEW + ".json"] = jcs({**view, "sources": [{"source": "S-01", "sha256": SOURCE_SHA, "shown": 3, "of": 4}]})
    files[ASIDE + ".csv"] = b'source,raw\nS-01,"5;;\nnever"\n'
    files[ASIDE + ".schema.json"] = jcs({"table": "set aside", "columns": [], "rows": 1, "sources": [SOURCE_SHA]})
    counts = {"entries": 3, "exhibits_in_it": 2, "exhibits_not_in_it": 1}

    def state(statement: dict) -> None:
        statement["chronology"] = counts
        statement["sources"][0]["set_aside"] = ASIDE + ".csv"

    edit_json(files, "data/completeness.json", state)


def line(name: str, number: int = 0, **change: object) -> Callable[[Files], None]:
    def edit(files: Files) -> None:
        rows = [json.loads(one) for one in files[name + ".jsonl"].splitlines()]
        rows[number] |= change
        files[name + ".csv"], files[name + ".jsonl"] = written(rows)

    return edit


def lines(name: str, change: Callable[[list[dict]], object]) -> Callable[[Files], None]:
    def edit(files: Files) -> None:
        rows = [json.loads(one) for one in files[name + ".jsonl"].splitlines()]
        change(rows)
        files[name + ".csv"], files[name + ".jsonl"] = written(rows) if rows else (b"utc\n", b"")

    return edit


def text(name: str, old: bytes, new: bytes) -> Callable[[Files], None]:
    def edit(files: Files) -> None:
        assert files[name].count(old) >= 1
        files[name] = files[name].replace(old, new, 1)

    return edit


def value(name: str, **change: object) -> Callable[[Files], None]:
    return lambda files: edit_json(files, name, lambda record: record.update(change))


CHANGES = {
    "another time": (line(TIMELINE, utc="2026-03-01T09:31:00.000000Z"), "timeline.jsonl", "(utc)"),
    "another raw text": (line(TIMELINE, raw="2026-03-01 09:31"), "timeline.jsonl", "(raw)"),
    "another row": (line(TIMELINE, event=row_id(2)), "timeline.jsonl", "(event)"),
    "another caption": (line(TIMELINE, caption="Eve signs in"), "timeline.jsonl", "(caption)"),
    "another source": (line(TIMELINE, source="mails.csv"), "timeline.jsonl", "(source)"),
    "an exhibit that is not there": (line(TIMELINE, exhibit="EX-0009"), "timeline.jsonl", "EX-0009, which is not"),
    "an event left out": (lines(TIMELINE, list.clear), "timeline.jsonl", "does not tell of EX-0003"),
    "an event twice": (lines(TIMELINE, lambda rows: rows.append(rows[0])), "timeline.jsonl", "twice"),
    "a table that says something else": (text(TIMELINE + ".csv", b"Bob", b"Eve"), "timeline.csv", "not say the same"),
    "a table cut off": (text(TIMELINE + ".csv", b"Bob signs in\n", b"Bob signs in"), "timeline.csv", "does not end"),
    "a table that is none": (text(TIMELINE + ".csv", b"Bob", b'B"o"b'), "timeline.csv", "no table from character"),
    "a line that is no entry": (text(TIMELINE + ".jsonl", b"{", b"["), "timeline.jsonl", "Line 1 cannot be read"),
    "another order": (line(CHRONOLOGY, position=2), "chronology.jsonl", "order"),
    "a caption said to be the exhibit's": (line(CHRONOLOGY, caption="Eve"), "chronology.jsonl", "(caption)"),
    "another time of an exhibit": (line(CHRONOLOGY, utc="2026-03-02T09:30:00.000000Z"), "chronology.jsonl", "(utc)"),
    "an entry of nothing": (line(CHRONOLOGY, exhibit="EX-0042"), "chronology.jsonl", "EX-0042, which is not"),
    "an entry dropped": (lines(CHRONOLOGY, list.pop), "completeness.json", "as the statement counts"),
    "a cell of a cited row": (text(TABLE, b"2,bob,login", b"2,eve,login"), "requests.csv", "EX-0003 is of says"),
    "the time of a cited row": (text(TABLE, b"00000,2,bob", b"00001,2,bob"), "requests.csv", "(time_us)"),
    "a query without its text": (lambda files: files.pop("data/queries/Q-0001.sql"), "Q-0001.sql", "not there whole"),
    "a query of another number": (value("data/queries/Q-0001.json", query="Q-0002"), "Q-0001.json", "another query"),
    "a query of a table not enclosed": (
        value("data/queries/Q-0001.json", tables={"mails": "data/tables/mails.csv"}), "Q-0001.json", "not enclosed",
    ),
    "more events than counted": (value(VIEW + ".json", shown=4), "V-01.json", "not as many"),
    "a bin changed": (text(VIEW + ".csv", b"S-01,2", b"S-01,3"), "V-01.json", "not as many"),
    "a bin of no number": (text(VIEW + ".csv", b"S-01,2", b"S-01,-2"), "V-01.csv", "no number of events"),
    "a view's numbers elsewhere": (value(VIEW + ".json", numbers=TABLE), "V-01.json", "another file"),
    "a row set aside dropped": (lambda files: files.update({ASIDE + ".csv": b"source\n"}), "S-01.csv", "set aside"),
}  # fmt: skip


@pytest.fixture(scope="module")
def whole(package: Path, tmp_path_factory: pytest.TempPathFactory, signer: Identity) -> tuple[str, Files, Insider]:
    top, files = unpack(package)
    further(files)
    return top, files, Insider(signer, tmp_path_factory.mktemp("insider"))


def test_what_is_told_twice_alike_passes(whole: tuple[str, Files, Insider], tmp_path: Path, signer: Identity) -> None:
    top, files, insider = whole
    path = pack(tmp_path / "whole.zip", top, insider.relist(dict(files)))
    report = verify(path, Trust(signer_fingerprint=signer.fingerprint))
    assert (report.verdict, report.findings) == ("verified-with-limits", ())


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_told_otherwise_refuses(
    change: str, whole: tuple[str, Files, Insider], tmp_path: Path, signer: Identity
) -> None:
    top, files, insider = whole
    edit, item, problem = CHANGES[change]
    changed = dict(files)
    edit(changed)
    # The report names the evidence root of before: that finding is let be, so that no report needs to be signed anew.
    path = pack(tmp_path / "told.zip", top, insider.relist(changed, report=False))
    report = verify(path, Trust(signer_fingerprint=signer.fingerprint))
    found = [one for one in report.findings if one.check != "report"]
    assert report.verdict == "not-verified"
    assert [one for one in found if item in one.item and problem in one.problem], report.findings
    assert {one.check for one in found} == {"completeness"}


def test_of_a_damaged_exhibit_nothing_is_told_but_its_damage(
    whole: tuple[str, Files, Insider], tmp_path: Path, signer: Identity
) -> None:
    top, files, _ = whole
    damaged = dict(files)
    record = damaged["data/exhibits/EX-0003/exhibit.json"]
    damaged["data/exhibits/EX-0003/exhibit.json"] = record[:40] + b"\xff" + record[41:]
    report = verify(pack(tmp_path / f"{top}.zip", top, damaged), Trust(signer_fingerprint=signer.fingerprint))
    assert report.verdict is Verdict.NOT_VERIFIED
    assert any(finding.check == "contents" and "EX-0003" in finding.item for finding in report.findings)
    told = [finding.problem for finding in report.findings if finding.check == "completeness"]
    assert not any("not in the package" in problem or "chronology" in problem for problem in told), told


def test_a_cited_row_of_many_lines_is_compared_whole(package: Path, tmp_path: Path, signer: Identity) -> None:
    """The third row of the table spans two lines, and its guard is taken off."""
    rows = list(records(unpack(package)[1][TABLE].decode()))
    assert rows[3][4] == "=sum(1)\nsecond line"


@pytest.mark.parametrize("data", [b'a\n"b', b'a\n"b"c\n', b"a,b\n1\n", b"a,a\n1,2\n", b"a\nb", b"\xff\n", b'a\nx"y"\n'])
def test_tables_of_a_broken_form_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        table(data)


def test_nothing_and_empty_text_are_told_apart() -> None:
    assert table(b'a,b,c\n,"","\'=x""y"\n') == (["a", "b", "c"], [{"a": None, "b": "", "c": '=x"y'}])


def test_the_sentence_says_what_is_wrong(whole: tuple[str, Files, Insider], tmp_path: Path, signer: Identity) -> None:
    """No sum is wrong where the timeline says otherwise than the exhibit."""
    top, files, insider = whole
    changed = dict(files)
    line(TIMELINE, caption="Eve signs in")(changed)
    report = verify(pack(tmp_path / "told.zip", top, insider.relist(changed)))
    assert report.sentence.startswith("The package says one thing in one place and another in another.")
    assert [row.title for row in report.checks if row.check == "contents"] == ["The package contradicts itself"]
