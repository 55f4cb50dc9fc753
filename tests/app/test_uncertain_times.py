"""Every event's uncertainty as one column: the same as each event says of itself, and none where all is exact."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from casebound.case import Actor
from casebound.document import Case
from casebound.events import Events
from casebound.importing import bring_in

DAY = 86_400_000_000


def opened(folder: Path, files: dict[str, str]) -> Events:
    with Case.create(folder / "u.casebound", "U", "Uncertain", Actor("Ada")) as case:
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
            bring_in(case, folder / name)
        return Events.open(case.path, case.snapshot().sources)


def test_every_event_is_as_uncertain_as_it_says(tmp_path: Path) -> None:
    days = "".join(f"2026-03-{n % 27 + 1:02d},acc_{n},log-in\n" for n in range(300))
    minutes = "".join(f"2026-03-{n % 27 + 1:02d} 10:{n % 60:02d},acc_{n},log-in\n" for n in range(200))
    exact = "".join(f"2026-03-{n % 27 + 1:02d}T10:{n % 60:02d}:07Z,acc_{n},log-in\n" for n in range(200))
    head = "time,account,action\n"
    with opened(
        tmp_path, {"days.csv": head + days, "mixed.csv": head + minutes + exact, "exact.csv": head + exact}
    ) as events:
        found = events.uncertain()
        assert found is not None
        said = [event.time_uncertain_us for event in events.page(0, events.count)]
        assert found.after(np.arange(events.count)).tolist() == said
        assert {0, DAY} < set(said)  # exact ones, days, and something in between
        assert found.spans.tolist() == sorted(set(said))
        some = np.array([5, 0, 400], dtype=np.int64)
        assert found.of(some).after(np.arange(3)).tolist() == [said[n] for n in some]


def test_nothing_is_read_where_all_times_are_exact(tmp_path: Path) -> None:
    with opened(tmp_path, {"exact.csv": "time,account\n2026-03-01T10:00:00Z,a\n2026-03-01T10:00:01Z,b\n"}) as events:
        assert events.uncertain() is None
