"""What of the custody record a recipient gets, and how a package is prepared and recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casebound.case import Event, Source
from casebound.document import Case, Included, Prepared
from casebound.errors import BadRequest
from casebound_packaging import checkpoint, merkle
from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.disclosure import parse
from casebound_packaging.identity import Identity
from casebound_packaging.ledger import examine, leaves, read
from casebound_packaging.package import Sealed

WIDE, NARROW = ("legal", "reviewer"), ("partner", "government")


@pytest.fixture
def worked(
    case: Case,
    export: Path,
    tmp_path: Path,
    bring: Callable[[Case, Path], Source],
    event: Callable[[Source, int], Event],
) -> Case:
    """Two attachments and two events of which one each is an exhibit; notes on all; a removed exhibit."""
    source = bring(case, export)
    for number in (1, 2):
        (tmp_path / f"file-{number}.txt").write_text(f"attachment {number}")
        case.attach(tmp_path / f"file-{number}.txt", title=f"title-{number}")
        case.annotate_attachment(number, note=f"file note {number}")
        case.annotate([event(source, number).id], note=f"event note {number}")
    case.make_exhibit(attachment=1, caption="exhibit one")
    case.make_exhibit(event=event(source, 1), caption="exhibit two")
    case.make_exhibit(event=event(source, 2), caption="exhibit three")
    case.remove_exhibit("EX-0003")
    case.add_finding("finding one", supports=["EX-0001"])
    case.opened("attachment", 2)
    return case


def said(prepared: Prepared) -> list[tuple[int, str, Any]]:
    return [(seq, (found := parse(encoded)).name, found.value) for seq, encoded in prepared.disclosures]


@pytest.mark.parametrize("recipient", [*WIDE, *NARROW])
def test_what_is_given_is_a_ledger_that_holds(worked: Case, recipient: str) -> None:
    prepared = worked.prepare_export(recipient_class=recipient, purpose="Advice", legal_basis="Contract")
    last = read(prepared.lines[-1])
    assert (last["action"], last["item"]) == ("export-prepared", {"type": "package", "id": "1"})
    assert len(prepared.lines) == worked.snapshot().ledger_size
    head = worked.snapshot().ledger_head
    assert examine(prepared.lines, prepared.disclosures, head, size=len(prepared.lines)) == []
    # Omitted or not, the tree is the same one.
    assert merkle.root(leaves(prepared.lines)) == merkle.root(leaves(worked.ledger_lines()))
    order = [(seq, parse(encoded).digest) for seq, encoded in prepared.disclosures]
    assert order == sorted(order)


@pytest.mark.parametrize("recipient", WIDE)
def test_legal_and_reviewers_get_every_line_and_the_texts_of_what_is_included(worked: Case, recipient: str) -> None:
    prepared = worked.prepare_export(recipient_class=recipient, purpose="Advice")
    assert prepared.lines == worked.ledger_lines()
    values = [value for _, _, value in said(prepared)]
    for text in ("exhibit one", "exhibit two", "finding one", "file-1.txt", "file note 1", "event note 1", "Advice"):
        assert text in values
    told = repr(values)
    for text in ("exhibit three", "file-2.txt", "title-2", "file note 2", "event note 2"):
        assert text not in told, "it is about something that is not in the package"
    names = [seq for seq, name, _ in said(prepared) if name == "actor_name"]
    assert names == list(range(len(prepared.lines))), "who did it is told of every line"


@pytest.mark.parametrize("recipient", NARROW)
def test_others_get_the_lines_of_what_is_included_without_names_of_people(worked: Case, recipient: str) -> None:
    prepared = worked.prepare_export(recipient_class=recipient, purpose="Advice")
    given = {}
    for line in prepared.lines:
        found = read(line)
        if "omitted" not in found:
            item = found["item"]
            assert isinstance(item, dict)
            given[int(str(found["seq"]))] = (item["type"], item["id"])
    assert set(given.values()) == {
        ("case", "case"),
        ("source", "1"),
        ("attachment", "1"),
        ("exhibit", "EX-0001"),
        ("exhibit", "EX-0002"),
        ("finding", "F-01"),
        ("package", "1"),
    }
    assert {seq for seq, _, _ in said(prepared)} <= given.keys()
    told = repr(said(prepared))
    for text in ("Rosa", "note", "exhibit three", "file-2.txt", *_surroundings()):
        assert text not in told, text
    assert "exhibit one" in told
    # The exhibit's commitments must be there, or nobody could check the exhibit.
    seq = worked.exhibit_line("EX-0002")[0]
    assert [value["_sd"] for line, name, value in said(prepared) if (line, name) == (seq, "record")] == [
        sorted(each.digest for each in worked.exhibit_commitments("EX-0002"))
    ]


def _surroundings() -> tuple[str, ...]:
    from casebound.store.change import surroundings

    return tuple(f"'{each}'" for each in surroundings() if each)


def test_a_text_that_names_a_person_is_withheld_from_partners(worked: Case) -> None:
    worked.change_finding("F-01", reasoning="As Rosa Behrens saw")
    prepared = worked.prepare_export(recipient_class="partner", purpose="Advice")
    assert "Rosa" not in repr(said(prepared))
    wide = worked.prepare_export(recipient_class="legal", purpose="Advice")
    assert "As Rosa Behrens saw" in repr(said(wide))


def test_less_can_be_included(worked: Case) -> None:
    only = Included(frozenset({"EX-0001"}), frozenset(), frozenset(), frozenset())
    prepared = worked.prepare_export(recipient_class="legal", purpose="Advice", include=only)
    told = repr(said(prepared))
    assert "exhibit one" in told and "exhibit two" not in told and "finding one" not in told
    assert "requests.csv" not in told


def seal(case: Case, prepared: Prepared, identity: Identity, tmp_path: Path) -> Sealed:
    """What sealing a package gives back, with a real checkpoint."""
    root = merkle.root(leaves(prepared.lines)).hex()
    note = checkpoint.sign(Checkpoint(prepared.log_origin, len(prepared.lines), root), identity)
    path = tmp_path / f"CASE-0042-v{prepared.version}.zip"
    path.write_bytes(b"package %d" % prepared.version)
    evidence_root = hashlib.sha256(b"%d" % prepared.version).hexdigest()
    package_id = f"CASE-0042-v{prepared.version}-{evidence_root[:12]}"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Sealed(path, digest, path.stat().st_size, package_id, note, evidence_root)


def test_versions_supersede_those_for_the_same_recipients(worked: Case, tmp_path: Path, clock: Any) -> None:
    identity = Identity.create("Rosa Behrens", clock=clock)
    first = worked.prepare_export(recipient_class="legal", purpose="Advice")
    assert (first.version, first.supersedes, first.older_checkpoints) == (1, None, ())
    assert first.log_origin == worked.snapshot().log_origin
    assert first.log_origin.startswith("casebound/CASE-0042/")
    sealed = seal(worked, first, identity, tmp_path)
    recorded = worked.record_export(1, sealed)
    assert (recorded.exported, recorded.sha256, recorded.name) == (True, sealed.sha256, "CASE-0042-v1.zip")
    assert recorded.checkpoint_size == len(first.lines)
    assert read(worked.ledger()[-1].line)["outputs"] == [sealed.sha256]
    with pytest.raises(BadRequest, match="sealed already"):
        worked.record_export(1, sealed)
    abandoned = worked.prepare_export(recipient_class="legal", purpose="Advice")
    other = worked.prepare_export(recipient_class="partner", purpose="Warning")
    assert (other.version, other.supersedes) == (3, None)
    worked.record_export(3, seal(worked, other, identity, tmp_path))
    third = worked.prepare_export(recipient_class="legal", purpose="Supplement")
    assert (abandoned.version, third.version) == (2, 4)
    assert third.supersedes == {"package_id": sealed.package_id, "evidence_root": sealed.evidence_root}
    assert len(third.older_checkpoints) == 2
    worked.record_verified(1, "verified")
    assert worked.describe_entry(worked.ledger()[-1]) == ("Package checked", "Package version 1: verified")
    assert [package.exported for package in worked.snapshot().packages] == [True, False, True, False]
    assert worked.check().findings == ()


def test_a_package_kept_in_the_case_is_hashed_again(worked: Case, clock: Any) -> None:
    prepared = worked.prepare_export(recipient_class="legal", purpose="Advice")
    folder = worked.path / "packages"
    sealed = seal(worked, prepared, Identity.create("Rosa Behrens", clock=clock), folder)
    worked.record_export(1, sealed)
    assert worked.check().findings == ()
    sealed.path.write_bytes(b"other")
    assert [(each.check, each.item) for each in worked.check().findings] == [
        ("contents", "package version 1 (CASE-0042-v1.zip)")
    ]
    sealed.path.unlink()
    assert worked.check().findings == ()


def test_a_ledger_written_anew_is_betrayed_by_a_sealed_package(worked: Case, tmp_path: Path, clock: Any) -> None:
    """An insider who rewrites case.db whole cannot rewrite what was signed."""
    from sqlalchemy import text

    identity = Identity.create("Rosa Behrens", clock=clock)
    prepared = worked.prepare_export(recipient_class="legal", purpose="Advice")
    worked.record_export(1, seal(worked, prepared, identity, tmp_path))
    root = merkle.root(leaves([b"another", b"ledger"])).hex()
    note = checkpoint.sign(Checkpoint(prepared.log_origin, 2, root), identity)
    with worked._folder.database.writing() as session:
        session.execute(text("UPDATE package SET checkpoint = :note"), {"note": note})
    problems = [finding.problem for finding in worked.check().findings]
    assert any("written anew" in problem for problem in problems)


def test_wrong_recipients_and_empty_purposes_are_refused(worked: Case) -> None:
    size = worked.snapshot().ledger_size
    with pytest.raises(BadRequest, match="not a class of recipients"):
        worked.prepare_export(recipient_class="everybody", purpose="Advice")
    with pytest.raises(BadRequest, match="The purpose is empty"):
        worked.prepare_export(recipient_class="legal", purpose=" ")
    with pytest.raises(BadRequest, match="no package version 7"):
        worked.record_verified(7, "verified")
    assert worked.snapshot().ledger_size == size


def test_views_and_the_evidence_timeline_follow_the_rules_of_findings(worked: Case) -> None:
    worked.save_view("view one", where="account:acc_1")
    worked.save_view("view two")
    worked.add_entry(from_us=1, to_us=5, caption="entry one")
    worked.add_entry(from_us=6, to_us=9, caption="entry two")
    worked.annotate_range(1, 5, note="range note one")
    worked.annotate_range(6, 9, note="range note two")
    worked.annotate_entity("account", "acc_1", note="entity note")
    worked.remove_view("V-02")
    some = Included(
        frozenset(), frozenset(), frozenset(), frozenset(), views=frozenset({"V-01"}), chronology=frozenset({"C-0001"})
    )
    legal = repr(said(worked.prepare_export(recipient_class="legal", purpose="Advice", include=some)))
    assert all(text in legal for text in ("view one", "entry one", "range note one"))
    assert not any(text in legal for text in ("view two", "entry two", "range note two", "entity note"))
    narrow = worked.prepare_export(recipient_class="partner", purpose="Advice", include=some)
    told = repr(said(narrow))
    assert "view one" in told and "entry one" in told and "note" not in told
    kinds = [read(line)["item"] for line in narrow.lines if b'"omitted"' not in line]
    assert {str(item["type"]) for item in kinds if isinstance(item, dict)} == {"case", "view", "chronology", "package"}
    whole = repr(said(worked.prepare_export(recipient_class="legal", purpose="Advice")))
    assert "entry two" in whole and "view two" not in whole, "what was removed is no part of a package"


@pytest.mark.parametrize("recipient", [*WIDE, *NARROW])
def test_what_a_view_asked_before_is_told_like_notes(worked: Case, recipient: str) -> None:
    worked.save_view("The night", where="tag:secret-lead")
    worked.change_view("V-01", where="who:(")
    worked.change_view("V-01", where="who:acct-1")
    worked.change_finding("F-01", views=["V-01"])
    told = said(worked.prepare_export(recipient_class=recipient, purpose="Advice", legal_basis="Contract"))
    asked = [value["where"] for _, name, value in told if name == "record" and "view" in value]
    assert asked == (["tag:secret-lead", "who:(", "who:acct-1"] if recipient in WIDE else ["who:acct-1"])
