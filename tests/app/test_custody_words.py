"""Every entry of the ledger is told in plain words, also where its texts were withheld."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from casebound.case import Event, Source
from casebound.custody import describe
from casebound.document import Case
from casebound.store.stated import Stated
from casebound_packaging.ledger import ACTIONS


@pytest.fixture
def worked(
    case: Case,
    export: Path,
    tmp_path: Path,
    bring: Callable[[Case, Path], Source],
    event: Callable[[Source, int], Event],
) -> Case:
    source = bring(case, export)
    one = event(source, 1)
    (tmp_path / "shot.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    case.attach(tmp_path / "shot.png", title="The page")
    case.annotate([one.id], note="Failover", tags=["ban"], bookmark=True)
    case.annotate_attachment(1, note="Look")
    case.remove_mark(2)
    case.make_exhibit(event=one, caption="First request")
    case.caption_exhibit("EX-0001", "The first request")
    case.remove_exhibit("EX-0001")
    case.link_attachment(1, [one.id])
    case.mark_sensitive(1, False)
    case.opened("attachment", 1)
    case.opened("event", str(one.id))
    case.revealed("attachment", 1)
    case.add_finding("One actor.")
    case.change_finding("F-01", ask="Ban")
    case.add_measure(question="How many?", table="requests", result=3)
    case.record_stop("import", "big.csv")
    case.prepare_export(recipient_class="legal", purpose="Advice")
    return case


def test_entries_in_words(worked: Case) -> None:
    source = worked.snapshot().sources[0]
    row = f"{source.sha256[:8]}…/requests/1"
    assert [worked.describe_entry(entry) for entry in worked.ledger()] == [
        ("Case started", "CASE-0042, Pool with failover"),
        ("Original received", f"requests.csv: {source.size:,} bytes"),
        ("Source import finished", "requests.csv: 9 rows in, 1 set aside"),
        ("File attached", "Attachment 1: shot.png"),
        ("Note written", f"{row}: Failover"),
        ("Tag put", f"{row}: ban"),
        ("Bookmark set", row),
        ("Note written", "Attachment 1: Look"),
        ("Mark removed", f"{row}: ban"),
        ("Exhibit chosen", "EX-0001: First request"),
        ("Exhibit caption changed", "EX-0001: The first request"),
        ("Exhibit removed", "EX-0001: The first request"),
        ("Attachment linked", "Attachment 1: 1 event"),
        ("Attachment cover changed", "Attachment 1: uncovered"),
        ("Attachment opened", "Attachment 1"),
        ("Item opened", row),
        ("Sensitive item uncovered", "Attachment 1"),
        ("Finding written", "F-01: One actor."),
        ("Finding changed", "F-01: One actor."),
        ("Number measured", "Q-0001: How many?"),
        ("Import stopped", "big.csv: Stopped by a person (import). Nothing was added."),
        ("Package prepared", "Package version 1 for legal: Advice"),
    ]


def test_counts_have_thousands_and_duplicates(worked: Case) -> None:
    entry = replace(
        worked.ledger()[2],
        disclosures=Stated(
            {"name": "fs-audit.csv", "counts": {"kept": 4_160_002, "quarantined": 37, "duplicates": 1_200}}
        ),
    )
    assert describe(entry) == (
        "Source import finished",
        "fs-audit.csv: 4,160,002 rows in, 37 set aside, 1,200 duplicates",
    )


def test_entries_whose_texts_were_withheld_still_say_something(worked: Case) -> None:
    for entry in worked.ledger():
        title, detail = describe(replace(entry, disclosures=Stated({}), disclosed=()))
        assert title and "None" not in detail
        assert detail or entry.item_type in ("case", "event")


def test_every_action_has_words(worked: Case) -> None:
    entry = worked.ledger()[-1]
    titles = {action: describe(replace(entry, action=action))[0] for action in ACTIONS}
    assert all(title and "-" not in title for title in titles.values())
