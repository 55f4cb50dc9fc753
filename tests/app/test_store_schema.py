"""The migrations and the models are one schema, and a file of another version is refused in words."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import downgrade
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from casebound.case import Actor, Event, Source
from casebound.document import Case
from casebound.errors import BadCase
from casebound.store import schema
from casebound.store.database import Database
from casebound.store.models import Base


@pytest.fixture
def database(tmp_path: Path) -> Database:
    (tmp_path / "case.db").touch()
    opened = Database(tmp_path / "case.db", "rw")
    yield opened
    opened.close()


def tables(database: Database) -> set[str]:
    with database.reading() as session:
        found = session.connection().exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {row[0] for row in found}


def test_the_migrations_make_what_the_models_say(database: Database) -> None:
    with database.migrating() as connection:
        schema.upgrade(connection)
    with database.migrating() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    assert tables(database) == set(Base.metadata.tables) | {"alembic_version"}
    with database.reading() as session:
        listed = session.connection().exec_driver_sql("PRAGMA table_list").mappings().all()
    assert {each["name"] for each in listed if each["strict"]} == set(Base.metadata.tables)


def test_every_migration_goes_down_again(database: Database) -> None:
    with database.migrating() as connection:
        schema.upgrade(connection)
    with database.migrating() as connection:
        downgrade(schema.configuration(connection), "base")
    assert tables(database) == {"alembic_version"}


def test_a_case_of_the_former_schema_is_brought_up_to_date_and_holds(
    case: Case, actor: Actor, export: Path, bring: Callable[[Case, Path], Source], event: Callable[[Source, int], Event]
) -> None:
    source = bring(case, export)
    case.annotate([event(source, 1).id], note="A note", tags=["seen"])
    case.make_exhibit(event=event(source, 1))
    case.add_measure(question="How many?", table="requests", result=1)
    case.add_finding("A finding.", supports=["EX-0001"], measures=["Q-0001"])
    before, lines = case.snapshot(), case.ledger_lines()
    with case._folder.database.migrating() as connection:
        downgrade(schema.configuration(connection), "0002")
    case.close()
    with pytest.raises(BadCase, match="older version"):
        Case.open(case.path, actor, write=False)
    with Case.open(case.path, actor) as opened:
        assert opened.snapshot() == before and opened.ledger_lines() == lines
        assert opened.check().findings == ()
        opened.change_finding("F-01", reasoning="Because.")
        opened.annotate_range(1, 2, note="Here")
        assert opened.check().clean


def test_the_program_knows_exactly_the_revisions_there_are(database: Database) -> None:
    with database.migrating() as connection:
        script = ScriptDirectory.from_config(schema.configuration(connection))
        found = [each.revision for each in script.walk_revisions()]
    assert tuple(reversed(found)) == schema.REVISIONS


def test_the_database_is_set_so_that_a_finished_commit_stays(case: Case) -> None:
    with case._folder.database.writing() as session:
        connection = session.connection()

        def pragma(name: str) -> object:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

        assert pragma("journal_mode") == "wal"
        assert pragma("synchronous") == 2  # FULL
        assert pragma("foreign_keys") == 1


def test_a_case_of_a_newer_version_is_refused(case: Case, actor: Actor) -> None:
    case.close()
    with sqlite3.connect(case.path / "case.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    for write in (True, False):
        with pytest.raises(BadCase, match="newer version"):
            Case.open(case.path, actor, write=write)


def test_what_is_no_case_is_refused_in_words(tmp_path: Path, case: Case, actor: Actor) -> None:
    case.close()
    with pytest.raises(BadCase, match="There is no case at"):
        Case.open(tmp_path / "nowhere", actor)
    with pytest.raises(BadCase, match=r"holds no case\.db"):
        Case.open(tmp_path, actor)
    (tmp_path / "file.zip").write_bytes(b"PK")
    with pytest.raises(BadCase, match="is a file"):
        Case.open(tmp_path / "file.zip", actor)
    other = tmp_path / "other"
    other.mkdir()
    with sqlite3.connect(other / "case.db") as database:
        database.execute("CREATE TABLE notes (text)")
    database.close()
    with pytest.raises(BadCase, match="is not a case of this program"):
        Case.open(other, actor)
    for damage in (b"", b"SQLite format 3\x00", b"x" * 5000):
        (other / "case.db").write_bytes(damage)
        with pytest.raises(BadCase, match="is not a case of this program"):
            Case.open(other, actor)
    assert sorted(path.name for path in other.iterdir()) == ["case.db"]


def test_a_damaged_database_is_a_bad_case_and_no_traceback(tmp_path: Path, case: Case, actor: Actor) -> None:
    for number in range(30):
        case.add_finding(f"Finding {number}.")
    case.close()
    good = (case.path / "case.db").read_bytes()
    for start in range(4096, len(good), 4096 * 3):
        copy = tmp_path / f"copy-{start}"
        shutil.copytree(case.path, copy)
        (copy / "case.db").write_bytes(good[:start] + b"\xff" * 4096 + good[start + 4096 :])
        try:
            with Case.open(copy, actor) as damaged:
                assert not damaged.check().clean
        except BadCase as error:
            assert error.title


@pytest.mark.parametrize("occupied", ["file", "folder"])
def test_a_case_is_never_made_over_something(tmp_path: Path, actor: Actor, occupied: str) -> None:
    path = tmp_path / "taken"
    if occupied == "file":
        path.write_text("mine")
    else:
        path.mkdir()
        (path / "thing").write_text("mine")
    from casebound.errors import BadRequest

    with pytest.raises(BadRequest, match="something at"):
        Case.create(path, "1", "T", actor)
    assert [entry.name for entry in tmp_path.iterdir()] == ["taken"]
