"""The filter language: what it means, case by case, and where and how it says that it does not understand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebound.case import Actor, Event, EventId
from casebound.document import Case
from casebound.events import Events
from casebound.filtering import FilterError, parse
from casebound.importing import bring_in

ROWS = '''request_id,ts,account_id,status,tokens,agent,note
r0,2026-03-01T10:00:00Z,acc_1,200,10,curl/8.1 (x),
r1,2026-03-01T11:00:00Z,acc_2,429,1000,python-httpx,50% off_now
r2,2026-03-01T12:00:00Z,acc_1,200,-5,Python-urllib,"say ""hi"""
r3,2026-03-02T10:00:00Z,Acc_1,403,2.5,,C:\\temp
r4,2026-03-02T11:00:00Z,acc_3,200,1001,curl,NULL
r5,2026-03-02T12:00:00Z,acc_3,x,007,curl,a:b (c)
'''

SESSIONS = """session_id,account_id,started_at,access_path
s0,acc_1,2026-03-01T09:30:00Z,reseller
s1,acc_2,2026-03-03T09:30:00Z,first_party
"""


class Marks:
    """People's work as a test has it: rows r0 and s1."""

    def __init__(self, events: Events) -> None:
        self._on = {one.fields.get("request_id") or one.fields.get("session_id"): one.id for one in events.page(0, 99)}

    def tagged(self, tag: str) -> list[EventId]:
        return [self._on["r0"], self._on["s1"]] if tag.lower() == "pool a" else []

    def tagged_widely(self, tag: str) -> list[tuple[int, int] | tuple[str, str]]:
        return []

    def having(self, what: str) -> list[EventId]:
        return [self._on["r1"]] if what == "note" else []

    def in_finding(self, number: str) -> list[EventId]:
        return [self._on["r5"]] if number == "F-02" else []


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Events]:
    folder = tmp_path_factory.mktemp("filters")
    (folder / "requests.csv").write_text(ROWS)
    (folder / "sessions.csv").write_text(SESSIONS)
    with Case.create(folder / "f.casebound", "F", "Filters", Actor("Ada")) as case:
        bring_in(case, folder / "requests.csv")
        bring_in(case, folder / "sessions.csv")
        with Events.open(case.path, case.snapshot().sources) as rows:
            yield rows


def names(events: Events, where: str) -> str:
    chosen = events.select(where, marks=Marks(events))
    found = [one.fields.get("request_id") or one.fields["session_id"] or "" for one in events.page(0, 99, chosen)]
    assert chosen.count == len(found)
    assert chosen.of == events.count
    return " ".join(sorted(found))


GOOD = [
    ("", "r0 r1 r2 r3 r4 r5 s0 s1"),
    ("   ", "r0 r1 r2 r3 r4 r5 s0 s1"),
    ("account_id:acc_1", "r0 r2 s0"),
    ("ACCOUNT_ID:acc_1", "r0 r2 s0"),
    ("-account_id:acc_1", "r1 r3 r4 r5 s1"),
    ("status:200", "r0 r2 r4"),
    ("status:x", "r5"),
    ("-status:200", "r1 r3 r5 s0 s1"),
    ("account_id:acc_1 status:200 tokens:>0", "r0"),
    ("status:429 OR status:403", "r1 r3"),
    ("account_id:acc_1 AND status:200", "r0 r2"),
    ("(status:429 OR status:403) account_id:acc_2", "r1"),
    ("-(status:429 OR status:403) status:*", "r0 r2 r4 r5"),
    ("status:429 OR status:200 tokens:>1000", "r1 r4"),
    ("tokens:>1000", "r4"),
    ("tokens:>=1000", "r1 r4"),
    ("tokens:<0", "r2"),
    ("tokens:<=2.5", "r2 r3"),
    ("tokens:7..10", "r0 r5"),
    ("tokens:-5..2.5", "r2 r3"),
    ("-tokens:>0", "r2 s0 s1"),
    ("tokens:007", "r5"),
    ("curl", "r0 r4 r5"),
    ("CURL", "r0 r4 r5"),
    ("-curl", "r1 r2 r3 s0 s1"),
    ('"curl/8.1 (x)"', "r0"),
    ('agent:"curl/8.1 (x)"', "r0"),
    ("agent:curl", "r4 r5"),
    ("agent:curl*", "r0 r4 r5"),
    ("agent:*urllib", "r2"),
    ("agent:~^python", "r1 r2"),
    ("agent:~^python-(httpx|x)", "r1"),
    ("(agent:~^python)", "r1 r2"),
    ('agent:~"curl/8.1 .x"', "r0"),
    ("~hi", "r2"),
    ("note:50%*", "r1"),
    ("note:50_*", ""),
    ("note:*f_n*", "r1"),
    ('note:"say \\"hi\\""', "r2"),
    ("temp", "r3"),
    ('"C:\\\\temp"', "r3"),
    ("note:C:\\temp", "r3"),
    ("note:NULL", "r4"),
    ('note:""', "r0 s0 s1"),
    ("note:* agent:*", "r1 r2 r4 r5"),
    ('"a:b (c)"', "r5"),
    ("after:2026-03-02", "r3 r4 r5 s1"),
    ("before:2026-03-01T10:00", "s0"),
    ("after:2026-03-01T11:00 before:2026-03-02", "r1 r2"),
    ('after:"2026-03-01 13:00+02:00" before:2026-03-01T12:00:00Z', "r1"),
    ('tag:"pool a"', "r0 s1"),
    ("tag:other", ""),
    ('-tag:"Pool A" account_id:acc_1', "r2 s0"),
    ("has:note", "r1"),
    ("in:f-2 OR has:note", "r1 r5"),
    ("source:S-02", "s0 s1"),
    ("source:requests.csv status:403", "r3"),
    ("table:sessions OR status:403", "r3 s0 s1"),
    ("actor:acc_2", "r1 s1"),
    ("access_path:*", "s0 s1"),
    ("'", ""),
    ("note:--", ""),
    ('"\'; DROP TABLE rows; --"', ""),
]


@pytest.mark.parametrize(("where", "expected"), GOOD, ids=[where for where, _ in GOOD])
def test_what_is_understood(events: Events, where: str, expected: str) -> None:
    assert names(events, where) == expected


BAD = [
    ("(", 1, "nothing"),
    (")", 0, "nothing"),
    ("a )", 2, "closes nothing"),
    ("(a", 0, "never closed"),
    ("((a)", 0, "never closed"),
    ("()", 1, "nothing"),
    ("a OR", 2, "after OR"),
    ("OR a", 0, "before OR"),
    ("a OR OR b", 5, "before OR"),
    ("(a OR )", 3, "after OR"),
    ("AND", 0, "both sides"),
    ("a AND", 2, "both sides"),
    ("-", 0, "minus"),
    ("a - b", 2, "minus"),
    ('"open', 0, "never closed"),
    ('note:"open', 5, "never closed"),
    ('""', 0, "nothing between"),
    ('ab"c"', 2, "inside a word"),
    ('"a"b', 3, "Put"),
    ("status:", 7, "nothing to look for"),
    ("(status:)", 8, "nothing to look for"),
    (":x", 0, "name is missing"),
    ("tokens:>", 8, "missing"),
    ("tokens:>many", 8, "not a number"),
    ("tokens:1..x", 10, "not a number"),
    ("tokens:..5", 7, "missing"),
    ("agent:~", 7, "pattern"),
    ("agent:~[", 7, "never closed"),
    ("agent:~a(b", 8, "never closed"),
    ("after:yesterday", 6, "one way only"),
    ("a before:03/04/2026", 9, "one way only"),
    ("has:nots", 4, "Nothing is known"),
    ("in:7x", 3, "number of a finding"),
    ('tag:""', 4, "tag is missing"),
    ("statsu:200", 0, "No source has"),
    ("a nosuchfield:1", 2, "No source has"),
    ("source:~x", 0, "takes a name"),
    ("tokens:>1 status:>=abc", 19, "not a number"),
    ("-(" * 60 + "a" + ")" * 60, 50, "too deeply"),
    ('note:"a"b', 8, "follows the closing"),
]


@pytest.mark.parametrize(("where", "position", "words"), BAD, ids=[where[:30] for where, *_ in BAD])
def test_what_is_not_understood_says_where_and_what_instead(
    events: Events, where: str, position: int, words: str
) -> None:
    with pytest.raises(FilterError) as caught:
        events.select(where)
    assert caught.value.position == position
    assert words in caught.value.title or words in caught.value.hint
    assert caught.value.suggestion
    assert caught.value.exit_code == 2


def test_the_nearest_field_is_suggested(events: Events) -> None:
    with pytest.raises(FilterError) as caught:
        events.select("acount_id:x")
    assert caught.value.suggestion == "Did you mean “account_id:”?"


def test_marks_need_somebody_to_look_them_up(events: Events) -> None:
    with pytest.raises(FilterError):
        events.select("tag:x")
    assert parse("a OR -tag:x").uses_marks
    assert not parse("a OR b").uses_marks


@given(st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_text_is_understood_or_answered(text: str) -> None:
    try:
        parse(text)
    except FilterError as error:
        assert 0 <= error.position <= len(text)
        assert error.suggestion


Check = Callable[[Event], bool]


def _number(event: Event, field: str) -> float | None:
    value = event.fields.get(field)
    return float(value) if value and re.fullmatch(r"-?\d+(\.\d+)?", value) else None


TERMS: list[tuple[str, Check]] = [
    ("account_id:acc_1", lambda event: event.fields.get("account_id") == "acc_1"),
    ("status:200", lambda event: event.fields.get("status") == "200"),
    ("tokens:>9", lambda event: (number := _number(event, "tokens")) is not None and number > 9),
    ("tokens:0..1000", lambda event: (number := _number(event, "tokens")) is not None and 0 <= number <= 1000),
    ("curl", lambda event: any("curl" in (value or "").lower() for value in event.fields.values())),
    ("agent:~PYTHON", lambda event: "python" in (event.fields.get("agent") or "").lower()),
    ("agent:curl*", lambda event: (event.fields.get("agent") or "").startswith("curl")),
    ('note:""', lambda event: not event.fields.get("note")),
    ("after:2026-03-01T11:00", lambda event: event.time_us >= 1_772_362_800_000_000),
    ("source:S-02", lambda event: event.source == 2),
]

TREES = st.recursive(
    st.sampled_from(TERMS),
    lambda inner: st.one_of(
        inner.map(lambda part: (f"-({part[0]})", lambda event, part=part: not part[1](event))),
        st.tuples(inner, inner).map(
            lambda pair: (
                f"({pair[0][0]}) ({pair[1][0]})",
                lambda event, pair=pair: pair[0][1](event) and pair[1][1](event),
            )
        ),
        st.tuples(inner, inner).map(
            lambda pair: (
                f"(({pair[0][0]}) OR {pair[1][0]})",
                lambda event, pair=pair: pair[0][1](event) or pair[1][1](event),
            )
        ),
    ),
    max_leaves=6,
)


@given(TREES, st.integers(-1, 6), st.integers(-1, 6))
@settings(max_examples=150, deadline=None)
def test_any_filter_selects_what_reading_every_row_selects(
    events: Events, tree: tuple[str, Check], low: int, high: int
) -> None:
    where, check = tree
    first = None if low < 0 else int(events.times[low])
    last = None if high < 0 else int(events.times[high])
    everything = events.page(0, 99)
    expected = [
        position
        for position, event in enumerate(everything)
        if check(event) and (first is None or event.time_us >= first) and (last is None or event.time_us < last)
    ]
    chosen = events.select(where, first, last)
    assert chosen.positions.tolist() == expected


@pytest.mark.parametrize(
    ("where", "distinct"),
    [
        ("", ""),
        ("status:200", ""),
        ("-status:200", "account_id"),
        ("tokens:>9", ""),
        ("tokens:0..1000 -agent:~python", "agent"),
        ("curl", "account_id"),
        ('note:""', ""),
        ("after:2026-03-01T11:00 before:2026-03-02T11:30", ""),
        ("actor:acc_3", ""),
        ("source:S-01", "note"),
        ('tag:"pool a"', ""),
    ],
)
def test_a_measure_is_recomputed_from_the_rows_as_text(
    events: Events, tmp_path: Path, where: str, distinct: str
) -> None:
    """The SQL gives the same over a CSV in which every column is text, as a package holds it."""
    import csv

    import duckdb

    marks = Marks(events)
    result, sql = events.measure("requests", where, distinct, None, 1_772_500_000_000_000, marks=marks)
    path = tmp_path / "requests.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["_row", "_time_us", *events.columns("requests")])
        for identity, time_us, fields in events.export_rows("requests"):
            writer.writerow([str(identity), time_us, *fields.values()])
    with duckdb.connect(":memory:") as fresh:
        fresh.execute(f"CREATE TABLE requests AS SELECT * FROM read_csv('{path}', all_varchar = true, header = true)")
        assert fresh.execute(sql).fetchall() == [(result,)]
    matching = [
        one
        for one in events.page(0, 99, events.select(where, None, 1_772_500_000_000_000, marks=marks))
        if one.source == 1
    ]
    expected = len({one.fields[distinct] for one in matching if one.fields[distinct]}) if distinct else len(matching)
    assert result == expected
