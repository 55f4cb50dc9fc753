"""Set-aside rows read again: only those, with the counts following, and all or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from casebound.case import Actor, EventId, Source
from casebound.document import Case
from casebound.errors import BadRequest, NothingToDo
from casebound.events import Events
from casebound.importing import bring_in
from casebound.mending import Recipe, Shift, Trial, mend, parsed_target, try_mend
from casebound.moments import utc_text
from casebound.quarantine import Choice
from casebound.work import Cancelled

AT = {"columns": {"at": "time"}}
GOOD = 200
TIMES = 18  # rows whose time is written in another way
SHIFTED = 13  # rows with one value too many
STRANGE = 6  # rows in another encoding


def export(path: Path) -> Path:
    """Two hundred good rows and thirty-seven bad ones, of three kinds, mixed."""
    lines = [b"id,at,account,action,note"]
    good = [
        f"g{n},2026-03-01T10:{n // 60:02d}:{n % 60:02d}Z,acc_{n % 3},request,très bien".encode() for n in range(GOOD)
    ]
    times = [f"t{n},07~03~2026 11.{n:02d},acc_1,request,late".encode() for n in range(TIMES)]
    shifted = [f"s{n},2026-03-02T12:00:{n:02d}Z,acc_2,request,half,other half".encode() for n in range(SHIFTED)]
    strange = [f"e{n},2026-03-03T09:00:{n:02d}Z,acc_3,request,".encode() + b"caf\xe9" for n in range(STRANGE)]
    for n in range(GOOD):
        lines += [rows[n] for rows in (good, times, shifted, strange) if n < len(rows)]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


@pytest.fixture
def source(case: Case, tmp_path: Path) -> Source:
    (made,) = bring_in(case, export(tmp_path / "requests.csv"), mapping=AT)
    assert (made.read, made.kept, made.quarantined, made.duplicates) == (237, 200, 37, 0)
    return made


def opened(case: Case) -> Events:
    return Events.open(case.path, case.snapshot().sources)


def of(code: str) -> Choice:
    return Choice(code)


TIME = Recipe(time_format="%d~%m~%Y %H.%M", zone="Europe/Berlin")


def test_the_groups_say_what_is_wrong(case: Case, source: Source) -> None:
    with opened(case) as events:
        groups = events.set_aside_groups()
        assert [(group.name, group.count, group.first.line) for group in groups] == [
            ("time", 18, 3),
            ("columns", 13, 4),
            ("encoding", 6, 5),
        ]
        raw = (case.path / "evidence" / source.sha256[:2] / source.sha256[2:]).read_bytes()
        for group in groups:
            assert raw[group.first.offset :].startswith(group.first.raw[:8].encode())


def test_values_of_several_shapes_are_several_groups(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "shapes.csv"
    path.write_text("at,n\n2026-03-01T10:00:00Z,1\n07~03~2026,2\n08~03~2026,3\nyesterday,4\ntomorrow,5\ntoday,6\n")
    (source,) = bring_in(case, path, mapping=AT)
    with opened(case) as events:
        assert [(group.name, group.count) for group in events.set_aside_groups()] == [("time-1", 3), ("time-2", 2)]
    _, choice = parsed_target(case, f"{source.label}:time-2")
    assert try_mend(case, source, choice, Recipe(time_format="%d~%m~%Y")).kept == 2


def test_a_trial_says_what_would_be_and_keeps_nothing(case: Case, source: Source) -> None:
    before = case.snapshot(), sorted((case.path / "rows").rglob("*"))
    trial = try_mend(case, source, of("time"), TIME)
    assert (trial.read, trial.kept, trial.quarantined, trial.duplicates) == (18, 18, 0, 0)
    first = trial.examples[0]
    assert (first.line, first.time_raw, first.utc) == (3, "07~03~2026 11.00", "2026-03-07T10:00:00.000000Z")
    assert dict(first.values)["id"] == "t0"
    assert (case.snapshot(), sorted((case.path / "rows").rglob("*"))) == before


def test_thirty_one_of_thirty_seven_are_mended(case: Case, source: Source) -> None:
    after = mend(case, source, of("time"), TIME)
    assert (after.read, after.kept, after.quarantined, after.duplicates, after.timed) == (237, 218, 19, 0, 218)
    after = mend(case, after, of("columns"), Recipe(shifts=(Shift.parse("join:5"),)))
    assert (after.read, after.kept, after.quarantined, after.duplicates, after.timed) == (237, 231, 6, 0, 231)
    assert after == case.snapshot().sources[0]
    assert utc_text(after.last_us or 0) == "2026-03-07T10:17:00.000000Z"
    with opened(case) as events:
        assert events.count == 231
        assert [row.code for row in events.set_aside()] == ["encoding"] * STRANGE
        found = events.get(EventId(source.sha256, "", "requests", 1))
        assert (found.line, found.fields["id"], found.zone) == (3, "t0", "Europe/Berlin")
        assert found.zone_origin == "chosen by Rosa Behrens"
        assert events.raw(found.id).text == "t0,07~03~2026 11.00,acc_1,request,late"
        joined = events.get(EventId(source.sha256, "", "requests", 2))
        assert joined.fields["note"] == "half,other half"
        times = [event.time_us for event in events.page(0, events.count)]
        assert times == sorted(times)
        assert [events.position(event.id) for event in events.page(0, events.count)] == list(range(231))
        assert events.select("note:late").count == TIMES
        assert events.measure("requests", distinct="id")[0] == 231
        assert len({event for event, *_ in events.export_rows("requests")}) == 231
        assert dict(events.values("account")) == {"acc_0": 67, "acc_1": 85, "acc_2": 79}
        assert [info.sources for info in events.fields()] == [(1,)] * 5
        assert sum(events.lanes("source").counts) == 231
        assert len(events.lanes("source").labels) == 1
    report = case.check()
    assert report.clean and not report.notes and report.generations == 3
    assert not case.unfinished()


def test_the_custody_record_tells_of_a_mend(case: Case, source: Source) -> None:
    mend(case, source, of("time"), TIME)
    entry = case.ledger()[-1]
    assert (entry.action, entry.item_type, entry.item_id) == ("corrected", "source", "1")
    assert case.describe_entry(entry) == ("Rows read again", "Source S-01: 18 of 18 set-aside rows in")
    record = entry.disclosures["record"]
    assert isinstance(record, dict)
    (told,) = record["mends"]
    assert told["recipe"] == {
        "rows": {"code": "time"},
        "time_format": "%d~%m~%Y %H.%M",
        "zone": "Europe/Berlin",
        "zone_origin": "chosen by Rosa Behrens",
    }
    assert (record["kept"], record["quarantined"]) == (218, 19)


def test_another_encoding_is_read_exactly(case: Case, source: Source) -> None:
    after = mend(case, source, of("encoding"), Recipe(encoding="cp1252"))
    assert (after.kept, after.quarantined) == (206, 31)
    with opened(case) as events:
        assert events.select("note:café").count == STRANGE
        event = events.at(events.select("note:café").positions)[0]
        assert events.raw(event.id).text.endswith("caf\\xe9")  # the original is as it was


def test_what_still_fails_stays_with_the_new_reason(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    path.write_text("at,n\n2026-03-01T10:00:00Z,1\n07~03~2026,2\n31~02~2026,3\n")
    (source,) = bring_in(case, path, mapping=AT)
    after = mend(case, source, of("time"), Recipe(time_format="%d~%m~%Y"))
    assert (after.kept, after.quarantined) == (2, 1)
    (kept,) = after.mends
    assert (kept.read, kept.kept, kept.quarantined, kept.duplicates) == (2, 1, 1, 0)
    with opened(case) as events:
        (row,) = events.set_aside()
        assert (row.ordinal, row.line, row.raw) == (2, 4, "31~02~2026,3")
        assert "%d~%m~%Y" in row.reason


def test_rows_are_mended_again_after_a_mend_that_failed_for_some(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "twice.csv"
    path.write_text("at,n\n2026-03-01T10:00:00Z,1\n07~03~2026,2\n2026#03#08,3\n")
    (source,) = bring_in(case, path, mapping=AT)
    source = mend(case, source, of("time"), Recipe(time_format="%d~%m~%Y"))
    source = mend(case, source, of("time"), Recipe(time_format="%Y#%m#%d"))
    assert (source.kept, source.quarantined, len(source.mends)) == (3, 0, 2)
    with opened(case) as events:
        assert events.set_aside() == []
        assert [event.fields["n"] for event in events.page(0, 3)] == ["1", "2", "3"]


def test_a_recipe_that_reads_nothing_changes_nothing(case: Case, source: Source) -> None:
    before = case.snapshot()
    with pytest.raises(NothingToDo, match="Not one of the 18 rows"):
        mend(case, source, of("time"), Recipe(time_format="%Y#%m#%d"))
    with pytest.raises(NothingToDo, match="No row"):
        mend(case, source, of("json"), TIME)
    with pytest.raises(BadRequest, match="otherwise"):
        mend(case, source, of("time"), Recipe())
    assert case.snapshot() == before
    assert not list((case.path / "unfinished").glob("*.json"))
    assert case.check().clean and not case.check().notes


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(time_format="nonsense"),
        Recipe(zone="Mars/Olympus"),
        Recipe(encoding="klingon"),
        Recipe(encoding="rot13"),
        Recipe(delimiter="ab"),
    ],
)
def test_a_recipe_that_is_none_is_refused(case: Case, source: Source, recipe: Recipe) -> None:
    with pytest.raises(BadRequest):
        try_mend(case, source, of("time"), recipe)
    assert case.snapshot().sources == (source,)


def test_days_and_months_are_not_guessed(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "slashed.csv"
    good = "".join(f"2026-03-{day:02d}T10:00:00Z,{day}\n" for day in range(1, 21))
    path.write_text(f"at,n\n{good}05/06/2026,21,\n")
    (source,) = bring_in(case, path, mapping=AT)
    assert (source.kept, source.quarantined) == (20, 1)
    shift = (Shift("drop", 3),)
    with pytest.raises(BadRequest, match="day first or month first"):
        mend(case, source, of("columns"), Recipe(shifts=shift))
    assert case.snapshot().sources == (source,)
    after = mend(case, source, of("columns"), Recipe(time_format="dmy", shifts=shift))
    assert utc_text(after.last_us or 0) == "2026-06-05T00:00:00.000000Z"


def test_the_key_is_checked_against_the_rows_of_the_source(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "keys.csv"
    path.write_text(
        "request_id,at,account_id\n"
        "r-1,2026-03-01T10:00:00Z,acc_1\n"
        "r-2,2026-03-01T10:00:01Z,acc_1\n"
        "r-1,2026-03-01T10:00:00Z,acc_1,\n"  # the first again, behind a stray comma
        "r-2,2026-03-01T10:00:01Z,acc_9,\n"  # its key with other content
        "r-3,2026-03-01T10:00:02Z,acc_1,\n"
    )
    (source,) = bring_in(case, path, mapping={"columns": {"request_id": "id", "account_id": "actor"}})
    assert (source.kept, source.quarantined) == (2, 3)
    after = mend(case, source, of("columns"), Recipe(shifts=(Shift("drop", 4),)))
    assert (after.read, after.kept, after.quarantined, after.duplicates) == (5, 3, 1, 1)
    with opened(case) as events:
        (left,) = events.set_aside()
        assert (left.code, left.line) == ("duplicate-key", 5)
        assert "r-2 stands already in line 3" in left.reason
        (double,) = events.repetitions()
        assert (double.line, double.first_line, double.first_source) == (4, 2, None)


@pytest.mark.parametrize(
    ("name", "text", "recipe", "fields"),
    [
        (
            "a.jsonl",
            '{"at": "2026-03-01T10:00:00Z", "n": 1}\n{"at": "07~03~2026", "n": 1.50, "more": {"x": null}}\n',
            Recipe(time_format="%d~%m~%Y"),
            {"at": "07~03~2026", "n": "1.50", "more.x": None},
        ),
        (
            "a.json",
            '[{"at": "2026-03-01T10:00:00Z", "n": 1}, {"at": "07~03~2026", "n": 1.50}]',
            Recipe(time_format="%d~%m~%Y"),
            {"at": "07~03~2026", "n": "1.50"},
        ),
        (
            "a.tsv",
            "at\tn\tm\n2026-03-01T10:00:00Z\t1\tx\n2026-03-02T10:00:00Z;2;y\n",
            Recipe(delimiter=";"),
            {"at": "2026-03-02T10:00:00Z", "n": "2", "m": "y"},
        ),
        (
            "q.csv",
            'at,n,m\n2026-03-01T10:00:00Z,1,x\n2026-03-02T10:00:00Z,2,"y" z\n',
            Recipe(plain_quotes=True),
            {"at": "2026-03-02T10:00:00Z", "n": "2", "m": '"y" z'},
        ),
        (
            "i.csv",
            "at,n,m\n2026-03-01T10:00:00Z,1,x\n2026-03-02T10:00:00Z,y\n",
            Recipe(shifts=(Shift("insert", 2),)),
            {"at": "2026-03-02T10:00:00Z", "n": None, "m": "y"},
        ),
    ],
)
def test_other_formats(
    case: Case, tmp_path: Path, name: str, text: str, recipe: Recipe, fields: dict[str, str | None]
) -> None:
    path = tmp_path / name
    path.write_text(text)
    (source,) = bring_in(case, path, mapping=AT)
    assert source.quarantined == 1
    after = mend(case, source, Choice(), recipe)
    assert (after.kept, after.quarantined) == (2, 0)
    with opened(case) as events:
        event = events.get(EventId(source.sha256, source.member, source.table, 1))
        assert event.fields == fields


def test_a_sheet_is_mended_from_its_values(case: Case, tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("at", "who"), ("2026-03-01T10:00:00Z", "a"), ("07~03~2026", None), ("08~03~2026", "c")):
        sheet.append(row)
    book.save(tmp_path / "book.xlsx")
    (source,) = bring_in(case, tmp_path / "book.xlsx", mapping=AT)
    assert source.quarantined == 2
    with pytest.raises(BadRequest, match="no bytes of their own"):
        mend(case, source, of("time"), Recipe(shifts=(Shift("drop", 2),)))
    after = mend(case, source, of("time"), Recipe(time_format="%d~%m~%Y"))
    assert (after.kept, after.quarantined) == (3, 0)
    with opened(case) as events:
        assert [event.fields["who"] for event in events.page(0, 3)] == ["a", None, "c"]


def test_rows_of_an_archive_are_mended(case: Case, tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x/readme.txt", "Exports of March\n")
        archive.writestr("x/requests.csv", "at,n\n2026-03-01T10:00:00Z,1\n07~03~2026,2\n")
    (source,) = bring_in(case, tmp_path / "all.zip", mapping=AT)
    after = mend(case, source, of("time"), Recipe(time_format="%d~%m~%Y"))
    assert (after.kept, after.quarantined) == (2, 0)
    assert sorted(path.name for path in (case.path / "rows" / after.mends[0].generation).iterdir()) == [
        "rows.duckdb",
        "times.npy",
    ]


def test_chosen_rows_alone(case: Case, source: Source) -> None:
    with opened(case) as events:
        ordinals = [row.ordinal for row in events.set_aside() if row.code == "time"][:4]
    after = mend(case, source, Choice(ordinals=frozenset(ordinals)), TIME)
    assert (after.kept, after.quarantined) == (204, 33)


def test_marks_exhibits_and_filters_survive_mends_and_imports(case: Case, source: Source, tmp_path: Path) -> None:
    from casebound.placedmarks import PlacedMarks

    with opened(case) as events:
        marked = events.page(7, 8)[0]
        case.annotate([marked.id], note="Look here", tags=["pool"])
        exhibit = case.make_exhibit(event=marked)
    source = mend(case, source, of("time"), TIME)
    with opened(case) as events:
        mended = events.at(events.select("note:late").positions)[3]
        case.annotate([mended.id], tags=["pool"])
        case.make_exhibit(event=mended)
    other = tmp_path / "other.csv"
    other.write_text("id,at,account,action,note\nz,2026-02-01T00:00:00Z,acc_7,request,first\n")
    bring_in(case, other)
    mend(case, source, of("columns"), Recipe(shifts=(Shift("drop", 6),)))
    now = case.snapshot()
    with opened(case) as events:
        marks = PlacedMarks(now)
        chosen = events.at(events.select("tag:pool", marks=marks).positions)
        assert [event.id for event in chosen] == [marked.id, mended.id]
        assert events.get(marked.id) == marked
        assert events.get(mended.id).fields == mended.fields
        assert events.select("has:exhibit", marks=marks).count == 2
        position = events.position(marked.id)
        assert position is not None and position > 7
    assert now.exhibits[0].number == exhibit.number
    assert case.check().clean


def test_a_stop_leaves_the_case_as_before(case: Case, source: Source) -> None:
    before = case.snapshot().sources, sorted(path.name for path in (case.path / "rows").iterdir())
    stages: list[str] = []
    try_mend(case, source, of("time"), TIME, lambda done, total, note="": stages.append(note))
    assert len(set(stages)) >= 3
    # How often a stage asks depends on the machine; that each asks does not.
    for stage in dict.fromkeys(stages):

        def stop(done: int, total: int, note: str = "", *, stage: str = stage) -> None:
            if note == stage:
                raise Cancelled

        with pytest.raises(Cancelled):
            mend(case, source, of("time"), TIME, stop)
        assert (case.snapshot().sources, sorted(path.name for path in (case.path / "rows").iterdir())) == before
        assert case.ledger()[-1].action == "import-stopped"
    assert case.check().clean and not case.check().notes


def test_two_mends_of_the_same_state_do_not_both_count(case: Case, source: Source) -> None:
    from dataclasses import replace

    from casebound import mending

    folder = case.new_mend(source.name)
    draft = mending._read(case, source, of("time"), TIME, folder, lambda done, total, note="": None)
    mend(case, source, of("columns"), Recipe(shifts=(Shift("drop", 6),)))
    with pytest.raises(BadRequest, match="were mended since"):
        case.commit_mend(draft)
    case.discard_generation(folder)
    assert replace(case.snapshot().sources[0]).kept == 213
    assert case.check().clean and not case.check().notes


def test_a_changed_or_missing_mend_is_found(case: Case, source: Source) -> None:
    import sqlite3

    mend(case, source, of("time"), TIME)
    generation = case.snapshot().sources[0].mends[0].generation
    store = case.path / "rows" / generation / "rows.duckdb"
    store.chmod(0o600)
    with store.open("r+b") as stream:
        stream.seek(-1, 2)
        stream.write(b"\x7f")
    assert [finding.item for finding in case.check().findings] == ["mend 1 of source S-01"]
    with sqlite3.connect(case.path / "case.db") as database:
        database.execute("UPDATE mend SET by = 'Somebody'")
    assert "mend 1" in [finding.item for finding in case.check().findings]


Kill = Callable[[Path], None]


def test_a_full_disk_leaves_the_case_as_before(tmp_path: Path) -> None:
    result = _child(tmp_path, "full")
    assert result["error"] == "CannotWrite", result
    assert (result["same"], result["left"], result["clean"]) == (True, False, True)


@pytest.mark.slow
def test_a_case_killed_at_any_moment_of_a_mend_opens_whole(tmp_path: Path) -> None:
    result = _child(tmp_path, "kill")
    assert result["wrong"] == []
    outcomes = result["outcomes"]
    assert outcomes.count("before") >= 10 and "after" in outcomes
    assert outcomes == sorted(outcomes, reverse=True)
    told = {sentence for said in result["told"] for sentence in said}
    assert told == {"Reading rows of new.csv again did not finish. Nothing was changed."}
    for said, outcome in zip(result["told"], outcomes, strict=True):
        assert outcome == "before" or not said


def _child(room: Path, work: str) -> dict:  # type: ignore[type-arg]
    import subprocess
    import sys

    script = Path(__file__).with_name("mended_case.py")
    done = subprocess.run([sys.executable, str(script), str(room), work], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_a_case_open_to_look_is_tried_and_not_mended(case: Case, source: Source) -> None:
    from casebound.errors import CannotWrite

    path = case.path
    case.close()
    with Case.open(path, Actor("Rosa Behrens"), write=False) as looked:
        trial = try_mend(looked, source, of("time"), TIME)
        assert isinstance(trial, Trial) and trial.kept == TIMES
        with pytest.raises(CannotWrite):
            mend(looked, source, of("time"), TIME)
