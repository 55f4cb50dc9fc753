"""Whatever people do in whatever order: the ledger holds, and the case is what its disclosures say it is."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from casebound.case import Actor, Column, ColumnRole, Event, EventId, Likelihood, TableMapping
from casebound.document import Case, SourceDraft
from casebound.errors import BadRequest, NothingToDo
from casebound_packaging.ledger import examine
from casebound_packaging.times import stamp

words = st.text(max_size=30)
some_words = st.text(min_size=1, max_size=30).filter(lambda value: value.strip())
ACTORS = (Actor("Rosa Behrens"), Actor("Ivo Lang", "cd" * 32), Actor("\u202eevil"))


class People(RuleBasedStateMachine):
    """A case under work, closed and opened now and then, against a replay of its ledger."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.room = Path(self.folder.name)
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.case = Case.create(self.room / "case", "P-1", "Property", ACTORS[0], clock=self.clock)
        self.files = 0
        self.size = 1

    def clock(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def teardown(self) -> None:
        self.case.close()
        self.folder.cleanup()

    def file(self) -> Path:
        self.files += 1
        path = self.room / f"{self.files}.txt"
        path.write_text(str(self.files))
        return path

    @initialize()
    def bring(self) -> None:
        original = self.case.keep_original(self.file())
        generation = self.case.new_generation()
        (generation / "rows").write_bytes(b"r")
        mapping = TableMapping("t", (Column("at", ColumnRole.TIME),))
        draft = SourceDraft(
            "a", "", "t", "csv", mapping, 5, 5, 0, 0, 5, 0, 1, None, "", None, generation, "00" * 32, "i"
        )
        self.case.commit_sources(original, [draft])

    def event(self, ordinal: int) -> EventId:
        source = self.case.snapshot().sources[0]
        return EventId(source.sha256, "", "t", ordinal)

    def attempt(self, call: Any, *arguments: Any, **named: Any) -> None:
        before = self.case.snapshot()
        try:
            call(*arguments, **named)
        except (BadRequest, NothingToDo):
            assert self.case.snapshot() == before, "what is refused changes nothing"

    @rule(who=st.sampled_from(ACTORS))
    def unlock(self, who: Actor) -> None:
        self.case.actor = who

    @rule(write=st.booleans())
    def reopen(self, write: bool) -> None:
        before = self.case.snapshot()
        self.case.close()
        if not write:
            with Case.open(self.room / "case", ACTORS[1], write=False) as looking:
                assert looking.snapshot().ledger_head == before.ledger_head
        self.case = Case.open(self.room / "case", ACTORS[0], clock=self.clock)
        assert self.case.snapshot() == before

    @rule(title=words, events=st.lists(st.integers(0, 6), max_size=3))
    def attach(self, title: str, events: list[int]) -> None:
        self.attempt(self.case.attach, self.file(), title=title, events=[self.event(each) for each in events])

    @rule(number=st.integers(1, 4), events=st.lists(st.integers(0, 4), max_size=3), cover=st.booleans())
    def change_attachment(self, number: int, events: list[int], cover: bool) -> None:
        self.attempt(self.case.link_attachment, number, [self.event(each) for each in events])
        self.attempt(self.case.mark_sensitive, number, cover)

    @rule(ordinal=st.integers(0, 5), note=words, tags=st.lists(words, max_size=2), bookmark=st.none() | words)
    def annotate(self, ordinal: int, note: str, tags: list[str], bookmark: str | None) -> None:
        self.attempt(self.case.annotate, [self.event(ordinal)], note=note, tags=tags, bookmark=bookmark)

    @rule(number=st.integers(1, 6))
    def remove_mark(self, number: int) -> None:
        self.attempt(self.case.remove_mark, number)

    @rule(ordinal=st.integers(0, 4), caption=words, value=st.none() | words)
    def make_event_exhibit(self, ordinal: int, caption: str, value: str | None) -> None:
        event = Event(self.event(ordinal), 1, 0, "", "", "", 1, "", "", "", {"at": "0", "value": value})
        self.attempt(self.case.make_exhibit, event=event, caption=caption)

    @rule(number=st.integers(1, 4), caption=words)
    def make_attachment_exhibit(self, number: int, caption: str) -> None:
        self.attempt(self.case.make_exhibit, attachment=number, caption=caption)

    @rule(number=st.integers(1, 4), caption=words, remove=st.booleans())
    def change_exhibit(self, number: int, caption: str, remove: bool) -> None:
        self.attempt(self.case.caption_exhibit, f"EX-{number:04d}", caption)
        if remove:
            self.attempt(self.case.remove_exhibit, f"EX-{number:04d}")

    @rule(
        sentence=words, likelihood=st.sampled_from(list(Likelihood)), supports=st.lists(st.integers(1, 4), max_size=2)
    )
    def finding(self, sentence: str, likelihood: Likelihood, supports: list[int]) -> None:
        exhibits = [f"EX-{number:04d}" for number in supports]
        self.attempt(self.case.add_finding, sentence, likelihood=likelihood, supports=exhibits)
        self.attempt(self.case.change_finding, "F-01", sentence=sentence, likelihood=likelihood)

    @rule(question=some_words, result=st.integers(0, 2**53 - 1))
    def measure(self, question: str, result: int) -> None:
        self.attempt(self.case.add_measure, question=question, table="t", result=result, from_us=0, to_us=2**57)

    @rule(who=st.sampled_from(("legal", "partner", "nobody")), purpose=words)
    def export(self, who: str, purpose: str) -> None:
        self.attempt(self.case.prepare_export, recipient_class=who, purpose=purpose)

    @precondition(lambda self: self.files > 1)
    @rule(item=st.sampled_from((("attachment", "1"), ("source", "1"))))
    def look(self, item: tuple[str, str]) -> None:
        self.case.opened(*item)

    @invariant()
    def the_ledger_holds_and_only_grows(self) -> None:
        snapshot = self.case.snapshot()
        assert snapshot.ledger_size >= self.size
        self.size = snapshot.ledger_size
        entries = self.case.ledger()
        disclosed = [(entry.seq, encoded) for entry in entries for encoded in entry.disclosed]
        assert examine(self.case.ledger_lines(), disclosed, snapshot.ledger_head, size=snapshot.ledger_size) == []

    @invariant()
    def the_case_is_a_replay_of_its_ledger(self) -> None:
        snapshot = self.case.snapshot()
        last: dict[tuple[str, str], Mapping[str, Any]] = {}
        first: dict[tuple[str, str], str] = {}
        for entry in self.case.ledger():
            record = entry.disclosures.get("record")
            if isinstance(record, Mapping):
                last[entry.item_type, entry.item_id] = record
                first.setdefault((entry.item_type, entry.item_id), str(entry.disclosures.get("actor_name", "")))
        assert last["case", "case"]["title"] == snapshot.title
        marks = [record for (kind, _), record in last.items() if kind == "mark" and not record["removed"]]
        assert [
            (mark.number, mark.kind, mark.event and str(mark.event), mark.attachment, mark.text, stamp(mark.at))
            for mark in snapshot.marks
        ] == [tuple(record[key] for key in ("mark", "kind", "event", "attachment", "text", "at")) for record in marks]
        assert [mark.by for mark in snapshot.marks] == [first["mark", str(mark.number)] for mark in snapshot.marks]
        exhibits = [record for (kind, _), record in last.items() if kind == "exhibit" and not record["removed"]]
        assert [(exhibit.number, exhibit.attachment, exhibit.caption) for exhibit in snapshot.exhibits] == [
            (record["exhibit"], record["attachment"], record["caption"]) for record in exhibits
        ]
        attachments = [record for (kind, _), record in last.items() if kind == "attachment"]
        assert [
            (each.number, each.sha256, each.title, each.sensitive, tuple(map(str, each.events)))
            for each in snapshot.attachments
        ] == [
            tuple(record[key] for key in ("attachment", "sha256", "title", "sensitive", "events"))
            for record in attachments
        ]
        findings = [record for (kind, _), record in last.items() if kind == "finding"]
        assert [(each.sentence, each.likelihood, each.supports) for each in snapshot.findings] == [
            (record["sentence"], record["likelihood"], record["supports"]) for record in findings
        ]
        measures = [record for (kind, _), record in last.items() if kind == "measure"]
        assert [(each.question, each.result) for each in snapshot.measures] == [
            (record["question"], record["result"]) for record in measures
        ]
        packages = [record for (kind, _), record in last.items() if kind == "package"]
        assert [(each.version, each.purpose) for each in snapshot.packages] == [
            (record["version"], record["purpose"]) for record in packages
        ]

    @invariant()
    def a_check_is_clean(self) -> None:
        report = self.case.check(full=False)
        assert report.findings == () and report.notes == ()


People.TestCase.settings = settings(max_examples=12, stateful_step_count=15, deadline=None)
TestPeople = People.TestCase
