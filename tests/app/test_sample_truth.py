"""The program finds in the sample exactly what was planted in it."""

from __future__ import annotations

import filecmp
import ipaddress
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from casebound.case import Actor, Source
from casebound.document import Case
from casebound.events import Events
from casebound.importing import bring_in
from casebound_packaging.times import parse_stamp
from casebound_resources import sample
from casebound_resources.sample.make_sample import make

TRUTH = sample.truth()
FILES = TRUTH["files"]
CLUSTER = TRUTH["cluster"]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """The sample's tables, brought in as they lie there."""
    folder = tmp_path_factory.mktemp("sample") / "sample.casebound"
    with Case.create(folder, "LF-1", "Sample", Actor("Tester")) as made:
        for name in sample.TABLES:
            bring_in(made, sample.EXPORTS / name)
        yield made


@pytest.fixture(scope="module")
def events(case: Case) -> Iterator[Events]:
    with Events.open(case.path, case.snapshot().sources) as rows:
        yield rows


def _source(case: Case, file: str) -> Source:
    return next(source for source in case.snapshot().sources if source.name == file)


def _accounts(events: Events, where: str, column: str = "account_id") -> set[str]:
    chosen = events.select(where)
    return {str(event.fields[column]) for event in events.page(0, chosen.count, chosen)}


def test_the_script_makes_the_same_bytes() -> None:
    made = make()
    assert {
        f"exports/{path.relative_to(sample.EXPORTS).as_posix()}" for path in sample.EXPORTS.rglob("*") if path.is_file()
    } == {name for name in made if name.startswith("exports/")}
    differing = [name for name, content in made.items() if sample.FOLDER.joinpath(name).read_bytes() != content]
    assert differing == []


def test_written_elsewhere_it_is_the_same(tmp_path: Path) -> None:
    for name, content in make().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    names = [f"exports/{name}" for name in sample.TABLES] + ["truth.json", "story.json"]
    assert filecmp.cmpfiles(tmp_path, sample.FOLDER, names, shallow=False) == (names, [], [])


def test_addresses_and_domains_are_reserved_ones() -> None:
    documentation = [
        ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
    ]
    text = "".join(
        (sample.EXPORTS / name).read_text("utf-8", "replace")
        for name in ("requests.csv", "accounts.csv", "sessions.jsonl")
    )
    found = set(re.findall(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|\b2001:[0-9a-f:]+\b", text))
    assert len(found) > 200
    assert [one for one in found if not any(ipaddress.ip_address(one) in net for net in documentation)] == []
    domains = set(re.findall(r"@([a-z0-9.-]+)", text))
    assert len(domains) > 20
    assert [domain for domain in domains if not domain.endswith(".example")] == []


@pytest.mark.parametrize("file", sample.TABLES)
def test_every_file_balances_as_planted(case: Case, file: str) -> None:
    source, planted = _source(case, file), FILES[file]
    assert source.table == planted["table"]
    assert (source.read, source.kept, source.quarantined, source.duplicates) == (
        planted["read"], planted["kept"], planted["quarantined"], planted["duplicates"],
    )  # fmt: skip
    assert source.read == source.kept + source.quarantined + source.duplicates


@pytest.mark.parametrize("file", sample.TABLES)
def test_exactly_the_planted_rows_are_set_aside(case: Case, events: Events, file: str) -> None:
    found = [
        {"line": row.line, "ordinal": row.ordinal, "code": row.code}
        for row in events.set_aside(_source(case, file).number)
    ]
    assert found == FILES[file]["set_aside"]


@pytest.mark.parametrize("file", sample.TABLES)
def test_first_and_last_time(case: Case, file: str) -> None:
    source = _source(case, file)
    planted = [FILES[file][key] for key in ("first", "last")]
    expected = [None if text is None else int(parse_stamp(text).timestamp() * 1_000_000 + 0.5) for text in planted]
    assert [source.first_us, source.last_us] == expected


def test_the_count_of_the_manifest_is_compared(case: Case) -> None:
    payments = _source(case, "payments.xlsx")
    assert payments.expected == payments.read - 3
    assert any(f"{payments.read:,}" in warning for warning in payments.warnings)
    assert _source(case, "requests.csv").expected == _source(case, "requests.csv").read


def test_local_times_are_read_in_the_zone_of_the_manifest(events: Events) -> None:
    ban = events.page(0, 1, events.select("action:ban reason_code:account-pool"))[0]
    assert (ban.time_raw, ban.zone, ban.zone_origin) == ("2026-09-30 16:05:12", "Europe/Berlin", "manifest.json")
    assert ban.time_us == int(parse_stamp(CLUSTER["banned_at"]).timestamp()) * 1_000_000


def test_the_cluster_by_its_templates(events: Events) -> None:
    where = " OR ".join(f"template_cluster_id:{template}" for template in CLUSTER["templates"])
    assert events.select(where).count == CLUSTER["templated_requests"]
    assert _accounts(events, where) == {*CLUSTER["pool_one"], *CLUSTER["pool_two"]}


@pytest.mark.parametrize("card", sorted(CLUSTER["shared_payment_fingerprints"]))
def test_the_cluster_by_its_cards(events: Events, card: str) -> None:
    assert sorted(_accounts(events, f"instrument_fingerprint:{card}")) == CLUSTER["shared_payment_fingerprints"][card]


def test_one_card_pays_for_both_pools() -> None:
    pools = [set(CLUSTER["pool_one"]), set(CLUSTER["pool_two"])]
    assert len(pools[0] | pools[1]) == 60
    bridging = [
        card for card, held in CLUSTER["shared_payment_fingerprints"].items() if all(pool & set(held) for pool in pools)
    ]
    assert len(bridging) == 1


def test_the_failover(events: Events) -> None:
    where = "(" + " OR ".join(f"template_cluster_id:{template}" for template in CLUSTER["templates"]) + ")"
    banned, taken = (
        int(parse_stamp(CLUSTER[key]).timestamp() * 1e6 + 0.5) for key in ("banned_at", "first_of_pool_two")
    )
    answered = f"{where} -status_code:403"
    before = events.select(answered, None, banned)
    last = events.page(before.count - 1, before.count, before)[0]
    after = events.select(answered, banned, None)
    first = events.page(0, 1, after)[0]
    assert last.time_us == int(parse_stamp(CLUSTER["last_answered_of_pool_one"]).timestamp() * 1e6 + 0.5)
    assert last.fields["account_id"] in CLUSTER["pool_one"]
    assert (first.time_us, first.fields["account_id"] in CLUSTER["pool_two"]) == (taken, True)
    assert 3 < (taken - banned) / 3_600_000_000 < 4
    assert after.count == CLUSTER["templated_requests_pool_two"]
    assert events.select("status_code:403").count == CLUSTER["refused_after_ban"]


def test_the_benign_twins(events: Events) -> None:
    twins = TRUTH["benign_twins"]
    assert (
        sorted(_accounts(events, f"endpoint:/v1/messages ip:{twins['gateway']['address']}"))
        == twins["gateway"]["accounts"]
    )
    runner = events.select(f"endpoint:/v1/messages api_key_id:{twins['runner']['key']}")
    addresses = {event.fields["ip"] for event in events.page(0, runner.count, runner)}
    assert len(addresses) == twins["runner"]["addresses"] > 60
    templates = " OR ".join(f"template_cluster_id:{template}" for template in twins["evaluator"]["templates"])
    assert sorted(_accounts(events, templates)) == twins["evaluator"]["accounts"]
    assert events.select(templates).count == twins["evaluator"]["requests"]


def test_enough_ordinary_accounts_to_hide_among(case: Case) -> None:
    assert TRUTH["accounts"]["ordinary"] >= 300
    assert _source(case, "accounts.csv").kept == TRUTH["accounts"]["all"]
    assert _source(case, "requests.csv").kept >= 25_000


def test_hostile_text_is_kept_as_it_came(events: Events) -> None:
    formula = events.page(0, 1, events.select("display_name:~^=HYPERLINK"))[0]
    assert str(formula.fields["display_name"]).startswith("=HYPERLINK(")
    assert re.fullmatch(r"\d{18}", str(formula.fields["external_ref"]))
    holding = events.select(f"prompt_excerpt:*{TRUTH['credential']['text']}*")
    assert holding.count == 1


def test_the_story_names_rows_that_are_there(case: Case) -> None:
    story = json.loads((sample.FOLDER / "story.json").read_text("utf-8"))
    kept = {source.table: source for source in case.snapshot().sources}
    for place in story["events"].values():
        planted = {row["ordinal"] for row in FILES[kept[place["table"]].name]["set_aside"]}
        assert place["ordinal"] < kept[place["table"]].read
        assert place["ordinal"] not in planted
