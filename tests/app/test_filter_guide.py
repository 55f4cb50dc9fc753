"""Every example of the guide's page on filters is read as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from casebound.case import Actor
from casebound.document import Case
from casebound.events import Events
from casebound.filtering import HAS, FilterError
from casebound.importing import bring_in
from casebound.placedmarks import PlacedMarks

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide.md"
SECTION = GUIDE.read_text("utf-8").partition("### The filter language")[2].partition("```text")[0]
_SHOWN, _, _REFUSED = SECTION.partition("| refused | understood |")
SHOWN = re.findall(r"^\| `([^`]+)` \|", _SHOWN, re.MULTILINE)
REFUSED = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|$", _REFUSED, re.MULTILINE)
REQUESTS = """ts,account_id,endpoint,status_code,output_tokens,agent,note,country,tag,size (kB)
2026-08-01T10:00:00Z,acc_17,/v1/messages,429,15,python-httpx 2,,DE,red,41
2026-08-01T13:00:00Z,acc_18,/v1/messages,200,1001,"curl/8.1 (x)",an unusual token two words,FR,,3
"""


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Events, PlacedMarks]]:
    folder = tmp_path_factory.mktemp("guide")
    (folder / "requests.csv").write_text(REQUESTS, encoding="utf-8")
    with Case.create(folder / "g.casebound", "G", "Guide", Actor("Ada")) as case:
        bring_in(case, folder / "requests.csv")
        with Events.open(case.path, case.snapshot().sources) as rows:
            yield rows, PlacedMarks(case.snapshot())


@pytest.mark.parametrize("where", SHOWN)
def test_what_the_guide_shows_is_understood(events: tuple[Events, PlacedMarks], where: str) -> None:
    rows, marks = events
    assert 0 <= rows.select(where, marks=marks).count <= rows.count


@pytest.mark.parametrize(("refused", "understood"), REFUSED)
def test_what_the_guide_calls_refused_becomes_what_it_says(
    events: tuple[Events, PlacedMarks], refused: str, understood: str
) -> None:
    rows, marks = events
    with pytest.raises(FilterError) as caught:
        rows.select(refused, marks=marks)
    assert caught.value.mended(refused) == understood
    rows.select(understood, marks=marks)


def test_the_guide_leaves_nothing_out() -> None:
    assert len(SHOWN) >= 25
    assert len(REFUSED) >= 14
    for word in (
        *HAS,
        "after:",
        "before:",
        "in:",
        "tag:",
        "source:",
        "table:",
        "actor:",
        "OR",
        "NOT",
        "AND",
        "~",
        "..",
        "*",
    ):
        assert word in SECTION
