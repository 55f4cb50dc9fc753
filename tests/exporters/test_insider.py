"""The insider test. With the whole case, every key and our own program in hand, history is written anew: every internal
check passes, as docs/threat-model.md says. Whoever outside kept a receipt, a checkpoint (a file, or words on paper) or
an older package sees it.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from history_rewriting import Entry, Rewriting, exchange_file
from sealed_case import PNG, Kept, build

import casebound_packaging
from casebound.document import Case
from casebound.errors import BadRequest
from casebound_packaging.checkpoint import parse
from casebound_packaging.identity import Identity
from casebound_packaging.keptstate import phone_text
from casebound_packaging.verify import Report, Trust, Verdict, verify
from casebound_packaging.verify.receiving import receive

STANDALONE = Path(casebound_packaging.__file__).parent / "standalone/verify.py"
NOTE = "Looks harmless to me"


@dataclass(frozen=True)
class Outside:
    """What people outside the house kept of the time before."""

    package: Path
    receipt: Path
    answer: Path
    checkpoint: Path
    paper: str  # the words, as somebody wrote them down during a call
    copied: str  # the three lines of the checkpoint, as printed

    def ways(self) -> dict[str, Trust]:
        return {
            "the older package": Trust(against=(self.package,)),
            "the receipt": Trust(against=(self.receipt,)),
            "the answer that a verifier printed": Trust(against=(self.answer,)),
            "the checkpoint": Trust(against=(self.checkpoint,)),
            "the checkpoint's words on paper": Trust(seen=(self.paper,)),
            "the checkpoint copied from paper": Trust(seen=(self.copied,)),
        }


@dataclass(frozen=True)
class Story:
    """One case up to a hand-over, what stayed outside, and version 2 twice: of the true history, and of the other."""

    kept: Kept
    outside: Outside
    honest: Path
    forged: Path
    before: tuple[str, ...]
    after: tuple[str, ...]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("insider")
    kept = build(folder)
    case = kept.case
    case.annotate_attachment(1, note="This page names the buyer")
    first = Path(kept.exporter().export(case, folder / "given").path)
    outside = keep_outside(folder, kept, first)
    case.annotate_attachment(2, note="A later note")
    honest = Path(kept.exporter().export(case, folder / "honest").path)
    before = told(case)
    path, origin, actor = case.path, case.snapshot().log_origin, case.actor
    case.close()
    forget(path, 2)
    rewrite(path, origin, kept.identity)
    with Case.open(path, actor) as case:
        report = case.check(full=True)
        assert report.findings == () and report.notes == (), "nothing in the folder tells"
        assert len(case.snapshot().attachments) == 2 and case.snapshot().receipts == ()
        after = told(case)
        forged = Path(kept.exporter().export(case, folder / "forged").path)
    with Case.open(path, actor) as case:
        yield Story(Kept(case, kept.identity, folder), outside, honest, forged, before, after)


def keep_outside(folder: Path, kept: Kept, package: Path) -> Outside:
    """The recipient checks, signs a receipt, and gives it back; somebody else gets a checkpoint."""
    lawyer = Identity.create("Noor Haddad", organisation="Example Law")
    trust = Trust(signer_fingerprint=kept.identity.fingerprint)
    report, receipt = receive(package, trust, lawyer, datetime.now(UTC))
    assert report.verdict is Verdict.LIMITED
    signed = kept.case.make_checkpoint(kept.identity, "Noor Haddad, by telephone")
    state = parse(signed.note)[0]
    outside = Outside(
        package=package,
        receipt=folder / "LF-7-v1.receipt",
        answer=folder / "answer.json",
        checkpoint=folder / "on-demand.checkpoint",
        paper=phone_text(state),
        copied=state.text,
    )
    outside.receipt.write_bytes(receipt)
    outside.answer.write_text(json.dumps(report.as_json()), "utf-8")
    outside.checkpoint.write_text(signed.note, "utf-8")
    assert kept.case.add_receipt(outside.receipt).number == "R-01"
    return outside


def told(case: Case) -> tuple[str, ...]:
    return tuple(str(dict(entry.disclosures).get("text", "")) for entry in case.ledger())


def forget(path: Path, version: int) -> None:
    """The true version 2 never was: its row and its entries go, which were the last."""
    with sqlite3.connect(path / "case.db") as database:
        query = "SELECT min(seq) FROM ledger WHERE item_type = 'package' AND item_id = ?"
        (first,) = database.execute(query, (str(version),)).fetchone()
        database.execute("DELETE FROM package WHERE version = ?", (version,))
        database.execute("DELETE FROM disclosure WHERE seq >= ?", (first,))
        database.execute("DELETE FROM ledger WHERE seq >= ?", (first,))
    database.close()


def rewrite(path: Path, origin: str, identity: Identity) -> None:
    """Another note, another file behind attachment 1, no attachment 3, and no receipt ever came."""
    with sqlite3.connect(path / "case.db") as database:
        (old,) = database.execute("SELECT sha256 FROM attachment WHERE number = 1").fetchone()
        (mark,) = database.execute("SELECT number FROM mark WHERE text = 'This page names the buyer'").fetchone()
        (third,) = database.execute("SELECT sha256 FROM attachment WHERE number = 3").fetchone()
        database.execute("UPDATE mark SET text = ? WHERE number = ?", (NOTE, mark))
        (receipt,) = database.execute("SELECT sha256 FROM receipt").fetchone()
    database.close()
    forged = PNG + b"forged"
    new = exchange_file(path, old, forged)

    def change(entry: Entry) -> None:
        record = entry.said.get("record")
        if entry.item == ("mark", str(mark)):
            entry.said["text"] = NOTE
            entry.said["record"] = {**record, "text": NOTE}
        if entry.item == ("attachment", "1") and isinstance(record, dict):
            entry.said["record"] = {**record, "sha256": new, "size": len(forged)}
            entry.said["sha256"] = new

    def never_was(entry: Entry) -> bool:
        return entry.item == ("attachment", "3") or entry.item[0] == "receipt"

    for gone in (third, receipt):
        kept = path / "evidence" / gone[:2] / gone[2:]
        kept.chmod(0o600)
        kept.unlink()
        if not list(kept.parent.iterdir()):
            kept.parent.rmdir()
    Rewriting(path, origin, identity, never_was, change).run()


def judged(package: Path, story: Story, trust: Trust) -> Report:
    return verify(package, Trust(story_root(story), None, None, None, trust.against, trust.seen))


def story_root(story: Story) -> bytes:
    """The signer's own certificate: the right one, had from them."""
    return story.kept.identity.certificate_pem()


# ------------------------------------------------------------------ inside


def test_history_was_written_anew(story: Story) -> None:
    assert "This page names the buyer" in story.before and NOTE not in story.before
    assert "This page names the buyer" not in story.after and NOTE in story.after
    assert b"forged" in story.forged.read_bytes() and b"forged" not in story.honest.read_bytes()


def test_every_check_inside_passes_without_a_witness(story: Story) -> None:
    """And the verdict says that nobody outside was asked."""
    for package in (story.honest, story.forged):
        report = judged(package, story, Trust())
        assert report.findings == () and report.verdict is Verdict.LIMITED
        assert "UNWITNESSED" in report.limits
        assert report.signer and report.signer.confirmed_by == "root"
    command = [sys.executable, "-I", STANDALONE, story.forged, "--signer", story.kept.identity.fingerprint]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stdout


# ------------------------------------------------------------------ outside

WAYS = [
    "the older package",
    "the receipt",
    "the answer that a verifier printed",
    "the checkpoint",
    "the checkpoint's words on paper",
    "the checkpoint copied from paper",
]


@pytest.mark.parametrize("way", WAYS)
def test_whoever_kept_something_sees_it(way: str, story: Story) -> None:
    trust = story.outside.ways()[way]
    report = judged(story.forged, story, trust)
    assert report.verdict is Verdict.NOT_VERIFIED and report.exit_code() == 1
    assert {finding.check for finding in report.findings} == {"custody"}
    assert all("rewritten" in finding.problem for finding in report.findings), report.findings
    assert "does not hold" in report.sentence
    honest = judged(story.honest, story, trust)
    assert honest.findings == () and "UNWITNESSED" not in honest.limits


def test_every_way_is_tried(story: Story) -> None:
    assert list(story.outside.ways()) == WAYS


def test_the_case_itself_refuses_the_receipt_that_it_had_taken_in(story: Story) -> None:
    with pytest.raises(BadRequest) as refusal:
        story.kept.case.add_receipt(story.outside.receipt)
    assert "keep the receipt" in refusal.value.paragraph().lower()


def test_a_check_of_the_case_with_the_older_package_at_hand_finds_it(story: Story) -> None:
    packages = story.kept.case.path / "packages"
    packages.mkdir(exist_ok=True)
    beside = packages / story.outside.package.name
    beside.write_bytes(story.outside.package.read_bytes())
    try:
        assert any("written anew" in finding.problem for finding in story.kept.case.check().findings)
    finally:
        beside.unlink()
