"""Every printed number of the sample counted again by somebody who has pandas and the enclosed files, and nothing of
ours: no DuckDB, no filter language. The conditions are written out by hand from the questions.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd  # noqa: TID253 - tests may be slow to start
import pytest

from casebound.case import Actor
from casebound.document import Case
from casebound_exporters import SealedPackageExporter
from casebound_packaging.identity import Identity
from casebound_ui.sample import build_sample_case

TEMPLATES = ("tc_0417", "tc_0418", "tc_0433")
CARDS = ("pf_5b1e90c2d7", "pf_c04477ae19", "pf_91d2e6bb03")

COUNTS: dict[str, Callable[[pd.DataFrame], int]] = {
    "How many requests used one of the three templates?": lambda rows: len(
        rows[rows["template_cluster_id"].isin(TEMPLATES)]
    ),
    "How many accounts used one of the three templates?": lambda rows: rows[
        rows["template_cluster_id"].isin(TEMPLATES)
    ]["account_id"].nunique(),
    "How many requests with the templates followed the ban, other than refused ones?": lambda rows: len(
        rows[rows["template_cluster_id"].isin(TEMPLATES) & (rows["status_code"] != "403")]
    ),
    "How many accounts were paid for with one of the three shared cards?": lambda rows: rows[
        rows["instrument_fingerprint"].isin(CARDS)
    ]["account_id"].nunique(),
}
DENOMINATORS: dict[str, Callable[[pd.DataFrame], int]] = {
    "all requests kept in the window": len,
    "all requests kept since the ban": len,
    "all accounts active in the window": lambda rows: rows["account_id"].nunique(),
    "all accounts with a payment": lambda rows: rows["account_id"].nunique(),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The sample's package, unpacked."""
    place = tmp_path_factory.mktemp("recomputed")
    identity = Identity.create("Ines Marlowe", organisation="Lumenfall Trust and Safety")
    actor = Actor("Ines Marlowe", identity.key_fingerprint)
    with Case.open(build_sample_case(place, actor=actor), actor) as case:
        exporter = SealedPackageExporter(
            identity=identity, recipient_class="legal", purpose="A test", organisation=identity.organisation
        )
        package = exporter.export(case, place / "out")
    with zipfile.ZipFile(package.path) as archive:
        for name in archive.namelist():
            path = place / "unpacked" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(name))
    yield next((place / "unpacked").iterdir())


def rows_of(folder: Path, table: str) -> pd.DataFrame:
    """The rows of a table as texts, the guard taken off each value, its moment as a number."""
    path = folder / "data" / "tables" / f"{table}.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    for column in rows.columns:
        guarded = rows[column].str.startswith("'")
        rows.loc[guarded, column] = rows.loc[guarded, column].str.slice(1)
    rows["_time_us"] = pd.to_numeric(rows["_time_us"])
    return rows


def queries(folder: Path) -> list[dict[str, object]]:
    return [json.loads(path.read_bytes()) for path in sorted((folder / "data" / "queries").glob("Q-*.json"))]


def in_window(rows: pd.DataFrame, record: dict[str, object]) -> pd.DataFrame:
    window = record["window"]
    if not isinstance(window, dict):
        return rows
    first, last = (pd.Timestamp(window[key]).value // 1000 for key in ("from", "to"))
    return rows[(rows["_time_us"] >= first) & (rows["_time_us"] < last)]


def test_every_number_is_asked_about_here(folder):
    assert {one["question"] for one in queries(folder)} == set(COUNTS)
    assert {one["denominator_of"] for one in queries(folder)} == set(DENOMINATORS)


@pytest.mark.parametrize("question", COUNTS)
def test_a_number_and_what_it_is_out_of(folder, question):
    record = next(one for one in queries(folder) if one["question"] == question)
    (table,) = record["tables"]
    rows = in_window(rows_of(folder, table), record)
    assert COUNTS[question](rows) == record["result"]
    assert DENOMINATORS[record["denominator_of"]](rows) == record["denominator"]


def test_the_books_agree_with_the_files(folder):
    statement = json.loads((folder / "data" / "completeness.json").read_bytes())
    named = [
        json.loads(path.read_bytes())["event"]["id"]
        for path in (folder / "data" / "exhibits").glob("*/exhibit.json")
        if json.loads(path.read_bytes())["kind"] == "event"
    ]
    enclosed = set(named)
    for path in (folder / "data" / "tables").glob("*.csv"):
        rows = rows_of(folder, path.stem)
        schema = json.loads(path.with_suffix(".schema.json").read_bytes())
        assert len(rows) == schema["rows"] == rows["_row"].nunique()
        enclosed |= set(rows["_row"])
    books = pd.DataFrame(statement["sources"])
    assert (books["read"] == books["kept"] + books["quarantined"] + books["duplicates"]).all()
    assert (books["kept"] == books["enclosed"] + books["filtered"] + books["not_selected"]).all()
    own = pd.Series(sorted(enclosed)).str.slice(0, 64).value_counts()
    assert {sha: int(own.get(sha, 0)) for sha in books["sha256"]} == dict(
        zip(books["sha256"], books["enclosed"], strict=True)
    )
    reasons = books["quarantine_reasons"].map(lambda found: sum(one["count"] for one in found))
    assert (reasons == books["quarantined"]).all()
