"""Two sides compared by a column with more values than a facet lists: every value counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebound.case import Actor, EventId
from casebound.comparing import Side, compare
from casebound.document import Case
from casebound.errors import BadRequest
from casebound.events import Events
from casebound.importing import bring_in

VALUES = 66_000  # more than have codes


def test_columns_of_very_many_values_are_compared_exactly(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write("ts,account,side\n")
        for number in range(VALUES):
            stream.write(f"2026-03-01T00:00:00Z,acc_{number},{'a' if number % 3 else 'b'}\n")
        stream.writelines(f"2026-03-01T00:00:01Z,acc_{number},b\n" for number in range(1, 3_000, 3))
        stream.write("2026-03-01T00:00:01Z,,b\n")
    with Case.create(tmp_path / "c.casebound", "C-1", "Many", Actor("Ann")) as case:
        bring_in(case, path)
        with Events.open(case.path, case.snapshot().sources) as events:
            found = compare(events, Side("A", "side:a"), Side("B", "side:b"), ["account"])
    (field,) = found.fields
    only_a = VALUES - VALUES // 3 - 1_000
    assert (field.both, field.only_a, field.only_b) == (1_000, only_a, VALUES // 3)
    assert (field.empty_a, field.empty_b) == (0, 1)
    assert field.unlisted == 1_000 + only_a + VALUES // 3 - 300
    assert all(value.a == value.b == 1 for value in field.values[:100])


def test_a_facet_lists_every_value_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write("ts,account\n")
        stream.writelines(f"2026-03-01T00:00:00Z,acc_{number}\n" for number in range(VALUES))
        stream.write("2026-03-01T00:00:01Z,acc_7\n2026-03-01T00:00:01Z,\n")
    with Case.create(tmp_path / "c.casebound", "C-1", "Many", Actor("Ann")) as case:
        bring_in(case, path)
        with Events.open(case.path, case.snapshot().sources) as events:
            found = events.facet("account", limit=10**9)
            assert len(found.values) == found.distinct == VALUES and found.values[0] == ("acc_7", 2)
            assert (found.other, found.empty, found.of) == (0, 1, VALUES + 2)
            some = events.facet("account", limit=5_000)
            assert len(some.values) == 5_000 and some.other == VALUES + 1 - 5_001 and some.distinct == VALUES
            with pytest.raises(BadRequest, match="more than 1,000 values"):
                events.every_value("account", None, 1_000)


def test_a_name_with_very_many_digits_names_no_event(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("ts,account\n2026-03-01T00:00:00Z,a\n")
    with Case.create(tmp_path / "c.casebound", "C-1", "One", Actor("Ann")) as case:
        bring_in(case, tmp_path / "a.csv")
        (source,) = case.snapshot().sources
        with Events.open(case.path, case.snapshot().sources) as events:
            for digits in ("9" * 19, "9" * 5_000):
                for name in (f"a/{digits}", f"{source.sha256}/a/{digits}"):
                    with pytest.raises(BadRequest):
                        events.find(name)
                with pytest.raises(BadRequest, match="not the name of an event"):
                    EventId.parse(f"{source.sha256}/a/{digits}")
