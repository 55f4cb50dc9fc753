"""A case to work on, a clock that ticks by itself, and a source made of nothing but its facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casebound.case import Actor, Column, ColumnRole, Event, EventId, Source, TableMapping
from casebound.document import Case, Original, SourceDraft


class TickingClock:
    """Every look at it is a second later than the one before."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def make_draft(original: Original, generation: Path, table: str = "requests", rows: int = 10) -> SourceDraft:
    """The facts of a table of which one row was set aside."""
    (generation / "rows.bin").write_bytes(table.encode() * rows)
    return SourceDraft(
        name=original.name,
        member="",
        table=table,
        format="csv",
        mapping=TableMapping(table, (Column("at", ColumnRole.TIME), Column("who", ColumnRole.ACTOR)), zone="+02:00"),
        read=rows,
        kept=rows - 1,
        quarantined=1,
        duplicates=0,
        timed=rows - 1,
        first_us=1_772_000_000_000_000,
        last_us=253_402_300_799_999_999,  # the last moment of 9999 is beyond 2**53 and must fit
        expected=rows,
        expected_from="manifest.json",
        origin={"system": "warehouse", "filters": ["day = 2", {"big": 2**60}]},
        generation=generation,
        rows_digest="ab" * 32,
        importer="csv 1",
        warnings=("One column has no name.",),
    )


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock()


@pytest.fixture
def actor() -> Actor:
    return Actor("Rosa Behrens")


@pytest.fixture
def case(tmp_path: Path, clock: TickingClock, actor: Actor) -> Iterator[Case]:
    with Case.create(tmp_path / "c.casebound", "CASE-0042", "Pool with failover", actor, clock=clock) as opened:
        yield opened


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "requests.csv"
    path.write_text("at,who\n" + "2026-03-01T00:00:00Z,acct-1\n" * 10)
    return path


Bring = Callable[[Case, Path], Source]


@pytest.fixture
def bring() -> Bring:
    """Bring a file in as a source of ten rows, without reading it."""

    def bringing(case: Case, path: Path) -> Source:
        original = case.keep_original(path)
        return case.commit_sources(original, [make_draft(original, case.new_generation())])[0]

    return bringing


@pytest.fixture
def draft() -> Callable[..., SourceDraft]:
    return make_draft


@pytest.fixture
def event() -> Callable[[Source, int], Event]:
    """An event of such a source."""

    def making(source: Source, ordinal: int) -> Event:
        identity = EventId(source.sha256, source.member, source.table, ordinal)
        return Event(
            id=identity,
            source=source.number,
            time_us=1_772_000_000_000_000 + ordinal,
            time_raw="2026-03-01T00:00:00Z",
            zone="UTC",
            zone_origin="in the value",
            line=ordinal + 2,
            actor="acct-1",
            action="",
            object="",
            fields={"at": "2026-03-01T00:00:00Z", "who": "acct-1", "note": None},
        )

    return making
