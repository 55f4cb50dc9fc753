"""Whatever bytes were set aside and whatever recipe is tried: the counts balance, or a person is told why not."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from casebound.case import Actor
from casebound.document import Case
from casebound.errors import CaseboundError
from casebound.events import Events
from casebound.importing import bring_in
from casebound.mending import Recipe, Shift, mend, try_mend
from casebound.quarantine import Choice

GOOD = b"id,time,note\n" + b"".join(b"g%d,2026-03-01T10:00:%02dZ,fine\n" % (n, n) for n in range(30))
MAPPING = {"columns": {"id": "id", "time": "time"}, "encoding": "utf-8", "delimiter": ",", "header_line": 1}

pieces = st.sampled_from(
    [b",", b'"', b"\r\n", b"\n", b"\xff", b"\xc3\xa9", b"\0", b"g3", b"2026-03-02T10:00:00Z", b"x"]
)
junk = st.lists(st.one_of(pieces, st.binary(max_size=3)), max_size=30).map(b"".join)
shifts = st.builds(Shift, st.sampled_from(["drop", "insert", "join"]), st.integers(1, 6))
recipes = st.builds(
    Recipe,
    time_format=st.sampled_from(["", "dmy", "epoch-s", "%Y"]),
    zone=st.sampled_from(["", "UTC", "Europe/Berlin"]),
    encoding=st.sampled_from(["", "latin-1", "cp1252", "shift_jis", "utf-16-le", "gbk"]),
    delimiter=st.sampled_from(["", ";", "\t"]),
    shifts=st.lists(shifts, max_size=2).map(tuple),
    plain_quotes=st.booleans(),
)


@settings(max_examples=20)
@given(junk, st.lists(recipes, min_size=1, max_size=2))
def test_counts_balance_whatever_is_read_however(bad: bytes, ways: list[Recipe]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        (room / "rows.csv").write_bytes(GOOD + bad)
        with Case.create(room / "c", "K", "T", Actor("Rosa Behrens")) as case:
            try:
                (source,) = bring_in(case, room / "rows.csv", mapping=MAPPING)
            except CaseboundError:
                return
            for recipe in ways:
                before = case.snapshot().sources[0]
                try:
                    trial = try_mend(case, before, Choice(), recipe)
                    assert trial.read == trial.kept + trial.quarantined + trial.duplicates == before.quarantined
                    source = mend(case, before, Choice(), recipe)
                except CaseboundError as error:
                    assert error.title and "Traceback" not in str(error)
                    assert case.snapshot().sources[0] == before
                    continue
                assert source.read == before.read == source.kept + source.quarantined + source.duplicates
                assert (trial.kept, trial.duplicates) == (
                    source.kept - before.kept,
                    source.duplicates - before.duplicates,
                )
                with Events.open(case.path, [source]) as events:
                    assert events.count == source.kept
                    assert len(events.set_aside()) == source.quarantined
                    assert len(events.repetitions()) == source.duplicates
                    assert sum(group.count for group in events.set_aside_groups()) == source.quarantined
                    kept = {event.ordinal for event, *_ in events.export_rows(source.table)}
                    aside = {row.ordinal for row in events.set_aside()}
                    double = {row.ordinal for row in events.repetitions()}
                    assert kept | aside | double == set(range(source.read))
                    assert len(kept) + len(aside) + len(double) == source.read
            report = case.check()
            assert report.clean and not report.notes
