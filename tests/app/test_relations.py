"""Keys and relations: recognised from the rows, with what is missing told and counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebound.document import Case
from casebound.errors import BadCase
from casebound.events import Events
from casebound.importing import bring_in
from casebound.relations import Relation, relations
from casebound.work import Cancelled


def found(case: Case) -> dict[tuple[str, str], Relation]:
    with Events.open(case.path, case.snapshot().sources) as events:
        return {(f"{one.table}.{one.column}", f"{one.key_table}.{one.key_column}"): one for one in relations(events)}


@pytest.fixture
def tables(case: Case, tmp_path: Path) -> Case:
    """Accounts, their requests and what was done about them; two requests name accounts that were not exported."""
    accounts = "account_id,email,country\n" + "".join(f"a{n},u{n}@example.org,DE\n" for n in range(40))
    requests = "request_id,ts,account_id,model\n" + "".join(
        f"r{n},2026-03-01T10:00:{n:02d}Z,{'gone-1' if n in (7, 9) else 'a' + str(n % 30)},m\n" for n in range(60)
    )
    actions = "action_id,executed_at,target_id,decided_by\n" + "".join(
        f"x{n},2026-03-02T10:00:00Z,a{n},rev\n" for n in range(10)
    )
    for name, text in (("accounts", accounts), ("requests", requests), ("actions", actions)):
        path = tmp_path / f"{name}.csv"
        path.write_text(text)
        bring_in(case, path)
    return case


def test_a_column_refers_to_a_key_and_what_is_missing_is_counted(tables: Case) -> None:
    one = found(tables)["requests.account_id", "accounts.account_id"]
    assert (one.values, one.found, one.missing, one.rows, one.rows_missing) == (31, 30, 1, 60, 2)
    assert one.examples == ("gone-1",)
    assert one.words == "requests.account_id → accounts.account_id: 30 of 31 values found, 1 missing (2 rows)."


def test_a_column_of_another_name_is_found_by_its_values(tables: Case) -> None:
    relation = found(tables)["actions.target_id", "accounts.account_id"]
    assert (relation.values, relation.found, relation.missing) == (10, 10, 0)
    assert relation.words.endswith("10 of 10 values found.")


def test_nothing_else_is_claimed(tables: Case) -> None:
    assert set(found(tables)) == {
        ("requests.account_id", "accounts.account_id"),
        ("actions.target_id", "accounts.account_id"),
    }


def test_a_key_of_which_nothing_is_found_is_told(case: Case, tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("id,name\n1,one\n2,two\n3,three\n")
    (tmp_path / "logins.csv").write_text("time,account_id\n2026-03-01T10:00:00Z,0001\n2026-03-01T10:00:01Z,0002\n")
    bring_in(case, tmp_path / "accounts.csv")
    bring_in(case, tmp_path / "logins.csv")
    one = found(case)["logins.account_id", "accounts.id"]
    assert (one.found, one.missing, one.examples) == (0, 2, ("0001", "0002"))


def test_no_key_where_a_value_is_empty_or_repeated(case: Case, tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("account_id,plan\na1,x\na2,x\na2,y\na3,x\n")
    (tmp_path / "logins.csv").write_text("time,account_id\n2026-03-01T10:00:00Z,a1\n2026-03-01T10:00:01Z,a2\n")
    mapping = {"columns": {"account_id": "entity"}}
    bring_in(case, tmp_path / "accounts.csv", mapping=mapping)
    bring_in(case, tmp_path / "logins.csv")
    assert ("logins.account_id", "accounts.account_id") not in found(case)


def test_two_exports_of_one_table_are_one_table(case: Case, tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("account_id,plan\na1,x\na2,y\n")
    for name, account in (("one", "a1"), ("two", "a9")):
        (tmp_path / f"{name}.csv").write_text(f"time,account_id\n2026-03-01T10:00:00Z,{account}\n")
        bring_in(case, tmp_path / f"{name}.csv", table="logins")
    bring_in(case, tmp_path / "accounts.csv")
    one = found(case)["logins.account_id", "accounts.account_id"]
    assert (one.values, one.found, one.rows) == (2, 1, 2)


def test_stop_answers(tables: Case) -> None:
    def stop(done: int, total: int, note: str = "") -> None:
        raise Cancelled

    with Events.open(tables.path, tables.snapshot().sources) as events, pytest.raises(Cancelled):
        relations(events, stop)


def test_rows_that_are_gone_are_named(tables: Case) -> None:
    sources = tables.snapshot().sources
    with Events.open(tables.path, sources) as events:
        store = tables.path / "rows" / sources[0].generation / "rows.duckdb"
        store.chmod(0o600)
        store.parent.chmod(0o700)
        store.unlink()
        with pytest.raises(BadCase):
            relations(events)
