"""Two sides compared by a column with more values than a facet lists: every value counts."""

from __future__ import annotations

from pathlib import Path

from casebound.case import Actor
from casebound.comparing import Side, compare
from casebound.document import Case
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
