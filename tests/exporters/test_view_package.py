"""Views and the curated evidence timeline in a package: counted again by strangers, given to whom they may be."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

import duckdb  # noqa: TID253 - tests may be slow to start
import pandas as pd  # noqa: TID253
import pytest
from sealed_case import HOSTILE, Kept, Made, build, unpack

import casebound_packaging
from casebound.document import Case
from casebound.errors import CaseboundError
from casebound_packaging.verify import Trust, verify

FROM, TO = 1_788_220_800_000_000, 1_789_000_000_000_000  # 1 September 2026 to 10 September


def prepare(case: Case) -> None:
    """Four views of which three are shown, and an evidence timeline of three entries."""
    case.save_view("All accounts " + HOSTILE, where="", from_us=FROM, to_us=TO, lanes="account")
    case.save_view("One of them", where="account:acc_1 -id:r9", lanes="")
    case.save_view("Noted", where="has:note", lanes="table")
    case.save_view("Shown nowhere", where="account:acc_3")
    case.change_finding("F-01", views=("V-01", "V-03"))
    case.add_finding("Another.", views=("V-02", "V-01"))
    case.add_entries(("EX-0004", "EX-0001"))
    case.change_entry("C-0002", "Where it began " + HOSTILE)
    case.add_entry(from_us=FROM, to_us=FROM + 3_600_000_000, caption="An hour without access", after="C-0001")


@pytest.fixture(scope="module")
def viewed(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("viewed")
    kept = build(folder)
    prepare(kept.case)
    package = kept.exporter().export(kept.case, folder / "out")
    yield Made(kept, package, unpack(Path(package.path), folder / "unpacked"))
    kept.case.close()


def record(folder: Path, number: str) -> dict:
    return json.loads((folder / f"data/views/{number}.json").read_bytes())


def numbers(folder: Path, number: str) -> list[list[str]]:
    with (folder / f"data/views/{number}.csv").open(encoding="utf-8", newline="") as opened:
        head, *rows = list(csv.reader(opened))
    assert head == ["bin_us", "lane", "source", "events"]
    return [[value[1:] if value.startswith("'") else value for value in row] for row in rows]


def rows_of(folder: Path, table: str) -> pd.DataFrame:
    rows = pd.read_csv(folder / "data" / "tables" / f"{table}.csv", dtype=str, keep_default_na=False)
    for column in rows.columns:
        guarded = rows[column].str.startswith("'")
        rows.loc[guarded, column] = rows.loc[guarded, column].str.slice(1)
    rows["_time_us"] = pd.to_numeric(rows["_time_us"])
    return rows


def test_every_verifier_accepts_it(viewed: Made) -> None:
    report = verify(Path(viewed.package.path), Trust(signer_fingerprint=viewed.kept.identity.fingerprint))
    assert report.findings == ()
    done = subprocess.run(
        [shutil.which("python3") or "python3", "verify.py", "."], cwd=viewed.folder, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert "NOT VERIFIED" not in done.stdout and done.returncode != 1, done.stdout + done.stderr
    assert viewed.kept.case.check().findings == ()


def test_only_what_a_finding_shows_goes_out(viewed: Made) -> None:
    there = sorted(path.name for path in (viewed.folder / "data/views").iterdir())
    assert there == [f"V-0{n}.{kind}" for n in (1, 2, 3) for kind in ("csv", "json", "sql")]
    assert record(viewed.folder, "V-01")["findings"] == ["F-01", "F-02"]
    shown = (viewed.folder / "data/custody/disclosures.jsonl").read_text("utf-8")
    assert "V-04" not in shown


def test_the_sql_gives_the_numbers_of_the_picture(viewed: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(viewed.folder)
    load = Path("data/queries/tables.sql").read_text("utf-8")
    for number in ("V-01", "V-02", "V-03"):
        with duckdb.connect() as store:
            store.execute(load)
            found = store.execute(Path(f"data/views/{number}.sql").read_text("utf-8")).fetchall()
        assert [[str(value) for value in row] for row in found] == numbers(viewed.folder, number)
        assert sum(row[3] for row in found) == record(viewed.folder, number)["shown"] > 0


def test_a_stranger_counts_the_bins_again_with_pandas(viewed: Made) -> None:
    told = record(viewed.folder, "V-01")
    rows = rows_of(viewed.folder, "requests")
    first, last = (pd.Timestamp(told["window"][key]).value // 1000 for key in ("from", "to"))
    inside = rows[(rows["_time_us"] >= first) & (rows["_time_us"] < last)]
    bins = inside["_time_us"] // told["bin_us"] * told["bin_us"]
    expected = inside.groupby([bins, "account"]).size()
    got = {(int(at), lane): int(n) for at, lane, _, n in numbers(viewed.folder, "V-01") if lane}
    assert got == {(int(at), account): int(n) for (at, account), n in expected.items()}
    assert (told["shown"], told["lanes"], told["zone"], told["unit"]) == (told["shown"], "account", "UTC", "events")
    # What has no such column stands under the empty lane, from the other table.
    others = sum(int(n) for _, lane, _, n in numbers(viewed.folder, "V-01") if not lane)
    assert told["shown"] == len(inside) + others
    assert others == len(rows_of(viewed.folder, "other"))


def test_a_stranger_counts_a_filter_again_with_sqlite(viewed: Made) -> None:
    told = record(viewed.folder, "V-02")
    store = sqlite3.connect(":memory:")
    rows_of(viewed.folder, "requests").to_sql("requests", store)
    step = told["bin_us"]
    assert step <= 28 * 86_400_000_000 and told["filter"] == "account:acc_1 -id:r9"
    sql = f"SELECT _time_us / {step} * {step}, count(*) FROM requests WHERE account = 'acc_1' AND id <> 'r9' GROUP BY 1"
    assert dict(store.execute(sql).fetchall()) == {int(at): int(n) for at, _, _, n in numbers(viewed.folder, "V-02")}
    store.close()


def test_what_is_enclosed_is_in_the_books(viewed: Made) -> None:
    books = json.loads((viewed.folder / "data/completeness.json").read_bytes())
    for source in books["sources"]:
        assert source["kept"] == source["cited"] + source["filtered"] + source["not_selected"]
    assert books["chronology"] == {"entries": 3, "exhibits_in_it": 2, "exhibits_not_in_it": 3}


def test_every_json_fits_its_schema(viewed: Made) -> None:
    import jsonschema

    folder = Path(casebound_packaging.__file__).parent / "schemas"

    def fits(name: str, value: object) -> None:
        jsonschema.validate(value, json.loads((folder / f"{name}.schema.json").read_bytes()))

    for number in ("V-01", "V-02", "V-03"):
        fits("view", record(viewed.folder, number))
    fits("completeness", json.loads((viewed.folder / "data/completeness.json").read_bytes()))
    lines = [json.loads(line) for line in (viewed.folder / "data/chronology.jsonl").read_bytes().splitlines()]
    for line in lines:
        fits("chronology-line", line)
        with pytest.raises(jsonschema.ValidationError):
            fits("chronology-line", {**line, "surprise": 1})


def test_the_chronology_keeps_its_order_and_its_words(viewed: Made) -> None:
    lines = [json.loads(line) for line in (viewed.folder / "data/chronology.jsonl").read_bytes().splitlines()]
    assert [(line["entry"], line["exhibit"], line["position"]) for line in lines] == [
        ("C-0001", "EX-0004", 1),
        ("C-0003", None, 2),
        ("C-0002", "EX-0001", 3),
    ]
    assert [line["caption_of"] for line in lines] == ["exhibit", "entry", "entry"]
    assert lines[1]["until"] == "2026-09-01T01:00:00.000000Z" and lines[1]["source"] is None
    timeline = (viewed.folder / "data/timeline.jsonl").read_text("utf-8").splitlines()
    assert len(timeline) == 4  # every dated exhibit, in the order of time, whoever chose what to tell


def text_of(folder: Path) -> str:
    from pypdf import PdfReader

    pages = PdfReader(folder / "data/report.pdf").pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def test_the_report_says_what_must_stand_beside_a_picture(viewed: Made) -> None:
    text = text_of(viewed.folder)
    told = record(viewed.folder, "V-01")
    for words in (
        f"Shown: {told['shown']:,} of {told['of']:,} events of the case.",
        "Window: 2026-09-01 00:00:00 UTC up to 2026-09-10",
        "darker = busier than usual for this lane in this window",
        "Linear scale",
        "No filter: every event",
        "set aside because they could not be read",
        "data/views/V-01.csv",
        "V-01: as drawn under F-01.",
        "account:acc_1 -id:r9",
        "3 entries, chosen, worded and ordered by the examiner. 3 exhibits of 5 are not told here",
        "An hour without access",
    ):
        assert words in text, words
    assert not set(text) & set("\u202e\u202c")
    assert told["sources"][0]["sha256"] in text.replace(" ", "")
    told_of = text[text.rindex("worded and ordered by the examiner") :]
    assert told_of.index("The page") < told_of.index("An hour without access") < told_of.index("Where it began")


def test_until_somebody_curates_all_exhibits_stand_by_time(made: Made) -> None:
    assert not (made.folder / "data/chronology.csv").exists()
    assert "chronology" not in json.loads((made.folder / "data/completeness.json").read_bytes())
    assert "All exhibits that have a date, in order of time." in text_of(made.folder)


def test_partners_get_no_view_that_asks_for_notes(viewed: Made, tmp_path: Path) -> None:
    package = viewed.kept.exporter(recipient_class="partner").export(viewed.kept.case, tmp_path)
    folder = unpack(Path(package.path), tmp_path / "unpacked")
    assert not list((folder / "data/views").glob("V-03.*"))
    assert (folder / "data/views/V-01.json").exists()
    ledger = (folder / "data/custody/ledger.jsonl").read_text("utf-8")
    disclosed = (folder / "data/custody/disclosures.jsonl").read_text("utf-8")
    assert '"V-01"' in ledger and '"V-03"' not in ledger and '"V-03"' not in disclosed
    text = text_of(folder)
    assert "V-03 is not given to this recipient" in text and "has:note" not in text
    assert verify(Path(package.path), Trust(signer_fingerprint=viewed.kept.identity.fingerprint)).findings == ()


def test_a_view_that_cannot_be_counted_seals_nothing(kept: Kept, tmp_path: Path) -> None:
    kept.case.save_view("Gone", where="nowhere:x")
    kept.case.change_finding("F-01", views=("V-01",))
    before = len(kept.case.ledger())
    with pytest.raises(CaseboundError, match="The view V-01 cannot be counted") as caught:
        kept.exporter().export(kept.case, tmp_path / "out")
    assert "Nothing was sealed" in caught.value.meaning and caught.value.where == "V-01"
    assert len(kept.case.ledger()) == before
    assert not list((tmp_path / "out").iterdir())


def test_a_removed_exhibit_leaves_the_chronology(kept: Kept, tmp_path: Path) -> None:
    kept.case.add_entries(("EX-0001", "EX-0002"))
    kept.case.remove_exhibit("EX-0002")
    package = kept.exporter().export(kept.case, tmp_path / "out")
    folder = unpack(Path(package.path), tmp_path / "unpacked")
    lines = (folder / "data/chronology.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["exhibit"] for line in lines] == ["EX-0001"]


def test_a_removed_view_is_shown_nowhere(kept: Kept, tmp_path: Path) -> None:
    kept.case.save_view("Once", where="account:acc_1")
    kept.case.change_finding("F-01", views=("V-01",))
    kept.case.remove_view("V-01")
    package = kept.exporter().export(kept.case, tmp_path / "out")
    folder = unpack(Path(package.path), tmp_path / "unpacked")
    assert not (folder / "data/views").exists()
