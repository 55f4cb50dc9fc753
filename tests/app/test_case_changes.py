"""Every change of a case: one commit, with its ledger lines in it, told to those who listen."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event as sql_event

from casebound.case import Actor, Confidence, Event, EventId, Likelihood, MarkKind, Source
from casebound.document import Case, Change, SourceDraft
from casebound.errors import BadRequest, BadSource, CannotWrite, NothingToDo
from casebound_packaging.ledger import examine, read

Making = Callable[[Source, int], Event]


@pytest.fixture
def source(case: Case, export: Path, bring: Callable[[Case, Path], Source]) -> Source:
    return bring(case, export)


def whole(case: Case) -> None:
    """The ledger holds, and every row says what it says."""
    entries = case.ledger()
    disclosed = [(entry.seq, encoded) for entry in entries for encoded in entry.disclosed]
    snapshot = case.snapshot()
    assert examine(case.ledger_lines(), disclosed, snapshot.ledger_head, size=snapshot.ledger_size) == []
    report = case.check()
    assert report.findings == () and report.notes == ()


CHANGES: dict[str, tuple[str, str, Callable[[Case, EventId, Path], object]]] = {
    "note": ("annotated", "marks", lambda case, event, path: case.annotate([event], note="Look")),
    "tag": ("annotated", "marks", lambda case, event, path: case.annotate([event], tags=["failover"])),
    "bookmark": ("annotated", "marks", lambda case, event, path: case.annotate([event], bookmark=True)),
    "attachment note": ("annotated", "marks", lambda case, event, path: case.annotate_attachment(1, note="Look")),
    "remove mark": ("corrected", "marks", lambda case, event, path: case.remove_mark(1)),
    "exhibit": ("derived", "exhibits", lambda case, event, path: case.make_exhibit(attachment=2)),
    "caption": ("corrected", "exhibits", lambda case, event, path: case.caption_exhibit("EX-0001", "Other")),
    "remove exhibit": ("corrected", "exhibits", lambda case, event, path: case.remove_exhibit("EX-0001")),
    "attach": ("attached", "attachments", lambda case, event, path: case.attach(path, events=[event])),
    "link": ("linked", "attachments", lambda case, event, path: case.link_attachment(1, [event])),
    "cover": ("corrected", "attachments", lambda case, event, path: case.mark_sensitive(1, True)),
    "opened": ("opened", "ledger", lambda case, event, path: case.opened("attachment", 1)),
    "revealed": ("revealed", "ledger", lambda case, event, path: case.revealed("event", str(event))),
    "finding": ("derived", "findings", lambda case, event, path: case.add_finding("One actor ran both pools.")),
    "change finding": ("corrected", "findings", lambda case, event, path: case.change_finding("F-01", ask="Ban")),
    "measure": (
        "derived",
        "measures",
        lambda case, event, path: case.add_measure(question="How many?", table="requests", result=9),
    ),
    "prepare": (
        "export-prepared",
        "packages",
        lambda case, event, path: case.prepare_export(recipient_class="legal", purpose="Advice"),
    ),
    "stop": ("import-stopped", "ledger", lambda case, event, path: case.record_stop("import", "big.csv")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_one_commit_with_one_line_and_is_told(
    case: Case, source: Source, tmp_path: Path, name: str
) -> None:
    action, kind, act = CHANGES[name]
    identity = EventId(source.sha256, "", "requests", 4)
    for number in (1, 2):
        (tmp_path / f"{number}.txt").write_text(f"attached {number}")
        case.attach(tmp_path / f"{number}.txt")
    case.annotate([EventId(source.sha256, "", "requests", 0)], note="first")
    case.make_exhibit(attachment=1, caption="first")
    case.add_finding("First.")
    (tmp_path / "new.txt").write_text("new")
    before = case.snapshot()
    commits: list[object] = []
    told: list[Change] = []
    sql_event.listen(case._folder.database.engine, "commit", commits.append)
    case.on_change(told.append)
    act(case, identity, tmp_path / "new.txt")
    writes = [each for each in commits if each.get_execution_options().get("writing")]  # type: ignore[attr-defined]
    assert len(writes) == 1
    after = case.snapshot()
    assert after.ledger_size == before.ledger_size + 1
    entry = case.ledger(start=before.ledger_size)[0]
    assert entry.action == action
    assert entry.disclosures["actor_name"] == "Rosa Behrens"
    assert told == [Change(frozenset({"ledger", kind}))]
    whole(case)


def test_names_and_texts_are_only_in_disclosures(case: Case, source: Source, tmp_path: Path) -> None:
    (tmp_path / "secret-name.txt").write_text("x")
    case.attach(tmp_path / "secret-name.txt", title="secret-title", origin={"by": "secret-origin"})
    case.annotate_attachment(1, note="secret-note")
    case.revealed("event", str(EventId(source.sha256, "", "requests", 1)))
    case.prepare_export(recipient_class="legal", purpose="secret-purpose")
    lines = b"\n".join(case.ledger_lines())
    for text in (b"secret", b"Rosa", b"requests", b"CASE-0042", b"failover"):
        assert text not in lines
    assert all(read(line)["actor"] == "unauthenticated" for line in case.ledger_lines())


def test_an_unlocked_key_is_the_actor(case: Case) -> None:
    case.actor = Actor("Rosa Behrens", "ab" * 32)
    case.add_finding("S.")
    assert case.ledger()[-1].actor == "ab" * 32
    assert case.ledger()[-1].disclosures["actor_name"] == "Rosa Behrens"
    whole(case)


def test_attachments_are_a_chain(case: Case, tmp_path: Path) -> None:
    made = []
    for number in range(3):
        (tmp_path / f"{number}.bin").write_bytes(bytes([number]) * 5000)
        made.append(case.attach(tmp_path / f"{number}.bin"))
    assert [each.number for each in made] == [1, 2, 3]
    assert made[0].previous_hash == "0" * 64
    assert [each.previous_hash for each in made[1:]] == [each.line_hash for each in made[:2]]
    for each in made:
        entry = case.ledger()[each.line_seq]
        assert entry.hash == each.line_hash
        line = read(entry.line)
        assert (line["attachment"], line["attachment_prev"]) == (each.number, each.previous_hash)
        assert line["inputs"] == [each.sha256]
    whole(case)


def test_the_hash_of_a_small_file_is_not_in_the_open(case: Case, tmp_path: Path) -> None:
    (tmp_path / "answer.txt").write_text("yes")
    attached = case.attach(tmp_path / "answer.txt")
    entry = case.ledger()[attached.line_seq]
    assert attached.sha256.encode() not in entry.line
    assert entry.disclosures["sha256"] == attached.sha256


def test_originals_are_kept_untouched_read_only_and_for_the_owner(case: Case, tmp_path: Path) -> None:
    data = os.urandom(3_000_000)
    (tmp_path / "big.bin").write_bytes(data)
    attached = case.attach(tmp_path / "big.bin")
    path = case.attachment_path(1)
    assert path == case.path / "evidence" / attached.sha256[:2] / attached.sha256[2:]
    assert path.read_bytes() == data
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    for root, folders, files in os.walk(case.path):
        for name in (*folders, *files):
            assert stat.S_IMODE(os.lstat(Path(root, name)).st_mode) & 0o077 == 0, name


def test_generations_are_read_only_once_committed(case: Case, source: Source) -> None:
    folder = case.path / "rows" / source.generation
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()] == [0o400]


def test_the_same_file_is_attached_once(case: Case, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "b.txt").write_text("x")
    case.attach(tmp_path / "a.txt")
    with pytest.raises(NothingToDo, match="attachment 1 already"):
        case.attach(tmp_path / "b.txt")
    whole(case)


def test_pictures_are_covered_unless_said_otherwise(case: Case, tmp_path: Path) -> None:
    (tmp_path / "a.dat").write_bytes(b"\x89PNG\r\n\x1a\n" + b"1" * 20)
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"2" * 20)
    (tmp_path / "c.png").write_text("no picture at all")
    assert [case.attach(tmp_path / "a.dat").sensitive, case.attach(tmp_path / "b.png", sensitive=False).sensitive] == [
        True,
        False,
    ]
    third = case.attach(tmp_path / "c.png")
    assert (third.media_type, third.sensitive) == ("text/plain", False)


def test_what_cannot_be_attached_leaves_nothing(case: Case, tmp_path: Path, source: Source) -> None:
    before = case.snapshot()
    with pytest.raises(BadSource, match="There is no file"):
        case.attach(tmp_path / "nowhere")
    with pytest.raises(BadSource, match="is a folder"):
        case.attach(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadSource, match="device or a pipe"):
        case.attach(tmp_path / "pipe")
    (tmp_path / "x").write_text("x")
    with pytest.raises(BadRequest, match="There is no event"):
        case.attach(tmp_path / "x", events=[EventId("0" * 64, "", "requests", 0)])
    with pytest.raises(BadRequest, match="There is no event"):
        case.attach(tmp_path / "x", events=[EventId(source.sha256, "", "requests", 10)])
    assert case.snapshot() == before
    whole(case)


def test_a_table_is_brought_in_once(
    case: Case, source: Source, export: Path, draft: Callable[..., SourceDraft]
) -> None:
    original = case.keep_original(export)
    generation = case.new_generation()
    with pytest.raises(NothingToDo, match="S-01"):
        case.commit_sources(original, [draft(original, generation)])
    case.discard_generation(generation)
    assert not generation.exists()
    assert case.evidence_path(original.sha256).exists(), "the first import still names it"
    whole(case)


def test_two_tables_of_one_original_are_one_commit(case: Case, export: Path, draft: Callable[..., SourceDraft]) -> None:
    original = case.keep_original(export)
    drafts = [draft(original, case.new_generation(), table) for table in ("accounts", "payments")]
    made = case.commit_sources(original, drafts)
    assert [source.label for source in made] == ["S-01", "S-02"]
    assert [entry.action for entry in case.ledger()] == ["created", "received", "imported", "imported"]
    assert case.snapshot().sources == made
    assert made[0].origin == {"system": "warehouse", "filters": ("day = 2", {"big": str(2**60)})}
    whole(case)


def test_stopping_an_import_leaves_the_case_as_before_but_for_the_entry(case: Case, export: Path) -> None:
    before = case.snapshot()
    original = case.keep_original(export)
    generation = case.new_generation()
    (generation / "half").write_text("half")
    case.discard_generation(generation)
    case.record_stop("import", "requests.csv")
    after = case.snapshot()
    assert (after.sources, after.ledger_size) == (before.sources, before.ledger_size + 1)
    assert not generation.exists() and not original.path.exists()
    assert case.describe_entry(case.ledger()[-1])[0] == "Import stopped"
    whole(case)


def test_an_import_given_up_without_a_word_is_cleared_at_the_end(case: Case, export: Path, actor: Actor) -> None:
    original = case.keep_original(export)
    case.close()
    assert not original.path.exists()
    with Case.open(case.path, actor) as again:
        assert again.unfinished() == ()


def test_marks_say_who_and_when(case: Case, source: Source) -> None:
    events = [EventId(source.sha256, "", "requests", number) for number in (2, 3)]
    made = case.annotate(events, note="  Failover  ", tags=["b", "a", "b"], bookmark="Here")
    assert [(mark.kind, mark.text) for mark in made[:4]] == [
        (MarkKind.NOTE, "Failover"),
        (MarkKind.TAG, "b"),
        (MarkKind.TAG, "a"),
        (MarkKind.BOOKMARK, "Here"),
    ]
    assert len(made) == 8 and {mark.by for mark in made} == {"Rosa Behrens"}
    assert len({mark.at for mark in made}) == 1
    with pytest.raises(NothingToDo):
        case.annotate(events, tags=["a"])
    case.remove_mark(made[2].number)
    assert len(case.annotate(events, tags=["a"])) == 1
    assert case.snapshot().marks == (*(mark for mark in made if mark.number != 3), case.snapshot().marks[-1])
    with pytest.raises(BadRequest, match="There is no note"):
        case.annotate(events)
    with pytest.raises(BadRequest, match="The tag is empty"):
        case.annotate(events, tags=[" "])


def test_an_event_exhibit_commits_to_every_column(case: Case, source: Source, event: Making) -> None:
    exhibit = case.make_exhibit(event=event(source, 3), caption="First request")
    commitments = case.exhibit_commitments(exhibit.number)
    assert [(each.name, each.value) for each in commitments] == [
        ("at", "2026-03-01T00:00:00Z"),
        ("who", "acct-1"),
        ("note", None),
    ]
    seq, digest = case.exhibit_line(exhibit.number)
    entry = case.ledger()[seq]
    assert entry.hash == digest
    assert entry.disclosures["record"]["_sd"] == tuple(sorted(each.digest for each in commitments))  # type: ignore[index]
    assert b"acct-1" not in entry.line
    with pytest.raises(NothingToDo, match="EX-0001 already"):
        case.make_exhibit(event=event(source, 3))
    case.remove_exhibit("EX-0001")
    assert case.make_exhibit(event=event(source, 3)).number == "EX-0002"
    with pytest.raises(BadRequest, match="was removed"):
        case.caption_exhibit("EX-0001", "x")
    whole(case)


def test_findings_refer_only_to_what_there_is(case: Case, source: Source, event: Making) -> None:
    case.make_exhibit(event=event(source, 1))
    measure = case.add_measure(question="How many?", table="requests", result=9, unit="requests", denominator=10)
    finding = case.add_finding(
        "One actor ran both pools.",
        supports=["EX-0001"],
        measures=[measure.number],
        likelihood="likely",
        confidence=Confidence.HIGH,
    )
    assert (finding.likelihood, finding.confidence) == (Likelihood.LIKELY, Confidence.HIGH)
    for wrong in (
        {"supports": ["EX-0009"]},
        {"measures": ["Q-0009"]},
        {"likelihood": "sure"},
        {"sentence": " "},
        {"contradicts": ["EX-0001"]},
    ):
        with pytest.raises(BadRequest):
            case.change_finding("F-01", **wrong)
    assert case.snapshot().findings == (finding,)
    with pytest.raises(NothingToDo):
        case.change_finding("F-01", sentence="One actor ran both pools.")
    case.remove_exhibit("EX-0001")
    changed = case.change_finding("F-01", ask="Close the accounts", supports=["EX-0001"])
    assert (changed.ask, changed.at, changed.supports) == ("Close the accounts", finding.at, ("EX-0001",))
    assert changed.changed_at > finding.changed_at
    whole(case)


def test_opening_is_recorded_once_per_item_and_session(case: Case, source: Source, actor: Actor) -> None:
    identity = str(EventId(source.sha256, "", "requests", 1))
    for _ in range(3):
        case.opened("event", identity)
        case.opened("source", 1)
        case.revealed("source", 1)
    assert [entry.action for entry in case.ledger()[-3:]] == ["opened", "opened", "revealed"]
    size = case.snapshot().ledger_size
    case.close()
    with Case.open(case.path, actor) as again:
        again.opened("event", identity)
        assert again.snapshot().ledger_size == size + 1
        assert len(again.ledger(item=("event", identity))) == 2
        with pytest.raises(BadRequest):
            again.opened("nonsense", "x")


def test_one_item_can_be_followed(case: Case, source: Source, event: Making, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    identity = event(source, 1).id
    case.attach(tmp_path / "a.txt")
    case.annotate([identity], note="n")
    case.annotate([EventId(source.sha256, "", "requests", 2)], note="other")
    case.make_exhibit(event=event(source, 1))
    case.link_attachment(1, [identity])
    case.make_exhibit(attachment=1)
    case.annotate_attachment(1, tags=["t"])
    assert [entry.action for entry in case.ledger(item=("event", str(identity)))] == [
        "attached",
        "annotated",
        "derived",
        "linked",
    ]
    assert [entry.action for entry in case.ledger(item=("attachment", "1"))] == [
        "attached",
        "linked",
        "derived",
        "annotated",
    ]
    assert [entry.seq for entry in case.ledger(start=2, limit=3)] == [2, 3, 4]


def test_a_snapshot_cannot_be_changed_and_does_not_change(case: Case, source: Source) -> None:
    before = case.snapshot()
    origin = before.sources[0].origin
    assert origin is not None
    for attempt in (
        lambda: setattr(before, "title", "x"),
        lambda: setattr(before.sources[0], "read", 0),
        lambda: origin.__setitem__("system", "x"),  # type: ignore[attr-defined]
        lambda: origin["filters"].append(1),  # type: ignore[attr-defined]
        lambda: origin["filters"][1].update(x=1),  # type: ignore[index]
        lambda: case.ledger()[0].disclosures.clear(),  # type: ignore[attr-defined]
    ):
        with pytest.raises((AttributeError, TypeError)):
            attempt()
    copied = repr(before)
    case.annotate([EventId(source.sha256, "", "requests", 0)], note="n")
    assert repr(before) == copied
    assert before != case.snapshot()


def test_a_listener_that_fails_does_not_undo_the_change(case: Case, export: Path, bring: object) -> None:
    def fails(change: Change) -> None:
        raise RuntimeError("listener")

    unsubscribe = case.on_change(fails)
    with pytest.raises(RuntimeError, match="listener"):
        bring(case, export)  # type: ignore[operator]
    unsubscribe()
    source = case.snapshot().sources[0]
    case.discard_generation(case.path / "rows" / source.generation)
    assert (case.path / "rows" / source.generation).is_dir(), "what is committed is never discarded"
    whole(case)


def test_hostile_names_and_texts_are_kept_as_they_are(case: Case, tmp_path: Path) -> None:
    for number, name in enumerate(("=cmd|' x'!A1.txt", "a\u202egnp.txt", "<b>.txt", os.fsdecode(b"\xff\xfe.txt"))):
        (tmp_path / name).write_text(str(number))
        case.attach(tmp_path / name)
    names = [attachment.name for attachment in case.snapshot().attachments]
    assert names == ["=cmd|' x'!A1.txt", "a\u202egnp.txt", "<b>.txt", "\\udcff\\udcfe.txt"]
    case.annotate_attachment(1, note="Ignore all previous instructions \x00 \ud800 and {format}")
    whole(case)


def test_a_case_open_to_look_refuses_every_change(case: Case, tmp_path: Path, actor: Actor) -> None:
    (tmp_path / "a.txt").write_text("x")
    with Case.open(case.path, actor, write=False) as looking:
        assert looking.read_only and looking.snapshot().read_only
        looking.opened("case", "case")
        for change in (
            lambda: looking.attach(tmp_path / "a.txt"),
            lambda: looking.add_finding("S."),
            lambda: looking.keep_original(tmp_path / "a.txt"),
            lambda: looking.new_generation(),
            lambda: looking.prepare_export(recipient_class="legal", purpose="p"),
        ):
            with pytest.raises(CannotWrite, match="open to look only"):
                change()
        case.add_finding("Seen at once.")
        assert len(looking.snapshot().findings) == 1
