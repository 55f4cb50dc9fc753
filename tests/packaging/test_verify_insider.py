"""What an insider who seals anew still cannot say: more than the custody record says, or less than is withheld."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import cms
from specimen import SEALED_AT, Insider, edit_json, jcs, pack, sha, unpack

import casebound_packaging
from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.checkpoint import sign as sign_checkpoint
from casebound_packaging.disclosure import disclose
from casebound_packaging.identity import Identity
from casebound_packaging.ledger import Line, compose, line_hash
from casebound_packaging.merkle import root
from casebound_packaging.verify import Report, Trust, Verdict, verify
from casebound_packaging.verify.pdf import SignedReport, _named

STANDALONE = Path(casebound_packaging.__file__).parent / "standalone/verify.py"
STATEMENT, PACKAGE = "data/completeness.json", "data/metadata/package.json"
LEDGER, DISCLOSURES = "data/custody/ledger.jsonl", "data/custody/disclosures.jsonl"
EVENT, ATTACHMENT = "data/exhibits/EX-0003/exhibit.json", "data/exhibits/EX-0001/exhibit.json"


class Table:
    """An insider at work on a package."""

    def __init__(self, package: Path, signer: Identity, folder: Path) -> None:
        self.top, self.files = unpack(package)
        self.insider, self.folder = Insider(signer, folder / "insider"), folder

    def edit(self, name: str, change: Callable[[dict], None]) -> None:
        edit_json(self.files, name, change)

    def sealed(self) -> Path:
        self.insider.relist(self.files)
        return pack(self.folder / f"{self.top}.zip", self.top, self.files)

    def ours(self) -> Report:
        return verify(self.sealed(), Trust(signer_fingerprint=self.insider.identity.fingerprint))

    def standalone(self) -> int:
        command = [sys.executable, "-I", STANDALONE, self.sealed(), "--signer", self.insider.identity.fingerprint]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        return done.returncode

    def append(self, *lines: tuple[str, str, str, timedelta, dict[str, object]]) -> None:
        """Put entries before the last one, and sign the record's new end."""
        stored = self.files[LEDGER].splitlines()
        last = json.loads(stored.pop())
        texts = self.files[DISCLOSURES].splitlines()
        moved = [json.loads(text) for text in texts if json.loads(text)["seq"] == last["seq"]]
        texts = [text for text in texts if json.loads(text)["seq"] != last["seq"]]
        actor = self.insider.identity.key_fingerprint
        for action, kind, number, ago, record in lines:
            told = (disclose("record", record),)
            made = Line(
                len(stored), line_hash(stored[-1]), SEALED_AT - ago, actor, action, kind, number, disclosures=told
            )
            texts.append(jcs({"seq": len(stored), "disclosure": told[0].encoded}).rstrip())
            stored.append(compose(made))
        last |= {"seq": len(stored), "prev": line_hash(stored[-1])}
        texts += [jcs(text | {"seq": len(stored)}).rstrip() for text in moved]
        stored.append(jcs(last).rstrip())
        self.files[LEDGER] = b"".join(line + b"\n" for line in stored)
        self.files[DISCLOSURES] = b"".join(text + b"\n" for text in texts)
        self.insider.resign_ledger(self.files)


@pytest.fixture
def table(package: Path, signer: Identity, tmp_path: Path) -> Table:
    return Table(package, signer, tmp_path)


MEND = {"read": 3, "kept": 1, "quarantined": 1, "duplicates": 1}


def problems(report: Report) -> str:
    return "\n".join(f"{finding.item}: {finding.problem}" for finding in report.findings)


def test_withheld_entries_are_a_limit_and_must_be_declared(table: Table) -> None:
    assert "REDACTED" in table.ours().limits  # one entry is given as its hash alone
    table.edit(PACKAGE, lambda info: info.update(limits=["PARTIAL"]))
    assert "does not declare it" in problems(table.ours())
    assert table.standalone() == 1


@pytest.mark.parametrize(
    ("name", "change"),
    [
        (STATEMENT, lambda it: it["ledger"].update(omitted=0)),
        (STATEMENT, lambda it: it["attachments"].update(enclosed=1, held=1)),
        (STATEMENT, lambda it: it["attachments"].update(bytes_enclosed=1)),
        (STATEMENT, lambda it: it["attachments"].update(withheld=-1, held=1)),
        (STATEMENT, lambda it: it["sources"][0].update(filtered=-5, not_selected=6)),
        (
            STATEMENT,
            lambda it: it["sources"][0].update(
                quarantine_reasons=[
                    {"reason": "a", "count": -5, "first_line": 1},
                    {"reason": "b", "count": 5 + it["sources"][0]["quarantined"], "first_line": 1},
                ]
            ),
        ),
        (STATEMENT, lambda it: it["sources"][0].update(repeated=[{"source": "S-01", "count": 9}])),
        (
            STATEMENT,
            lambda it: it["sources"][0].update(
                repeated=[
                    {"source": "S-01", "count": -1},
                    {"source": "S-02", "count": 1 + it["sources"][0]["duplicates"]},
                ]
            ),
        ),
        (STATEMENT, lambda it: it["sources"][0].update(mends=[MEND | {"kept": 5}])),
        (STATEMENT, lambda it: it["sources"][0].update(mends=[MEND | {"kept": "1"}])),
        (STATEMENT, lambda it: it["sources"][0].update(set_aside="data/set-aside/S-01.csv")),
        (EVENT, lambda it: it.update(line_seq=it["line_seq"] - 8)),
        (ATTACHMENT, lambda it: it.update(previous_line_hash="0" * 63 + "1")),
        (PACKAGE, lambda it: it.update(format_version=True)),
    ],
)
def test_both_verifiers_refuse(table: Table, name: str, change: Callable[[dict], None]) -> None:
    table.edit(name, change)
    ours, theirs = table.ours(), table.standalone()
    assert ours.verdict in (Verdict.NOT_VERIFIED, Verdict.NOT_A_PACKAGE)
    assert theirs == (1 if ours.verdict is Verdict.NOT_VERIFIED else 2)


def test_both_verifiers_accept_what_newer_packages_say(table: Table) -> None:
    before = table.ours().verdict

    def say(it: dict) -> None:
        double = it["sources"][0]["duplicates"]
        it["sources"][0].update(repeated=[{"source": "S-01", "count": double}], mends=[MEND], set_aside=None)

    table.edit(STATEMENT, say)
    assert table.ours().verdict is before is Verdict.LIMITED, problems(table.ours())
    assert table.standalone() == 3


def test_an_event_that_points_at_another_exhibits_entry(table: Table) -> None:
    other = json.loads(table.files[ATTACHMENT])
    table.edit(EVENT, lambda it: it.update(line_seq=other["line_seq"], line_hash=other["line_hash"]))
    assert "is not about this exhibit" in problems(table.ours())
    assert table.standalone() == 1


def test_what_is_said_of_an_exhibit_is_what_the_record_says(table: Table) -> None:
    event, attachment = json.loads(table.files[EVENT]), json.loads(table.files[ATTACHMENT])
    shown = {"caption": event["caption"], "event": event["event"]["id"]}
    kept = {"title": attachment["title"], "name": attachment["original_name"], "sensitive": True}
    day = timedelta(days=5)
    table.append(
        ("annotated", "exhibit", "EX-0003", day, shown),
        ("annotated", "attachment", "1", day, kept),
        ("annotated", "case", "case", day, {"number": "CASE-7", "title": "Northgate"}),
    )
    assert table.ours().verdict is Verdict.LIMITED
    table.edit(EVENT, lambda it: it.update(caption="Bob steals"))
    table.edit(ATTACHMENT, lambda it: it.update(sensitive=False, original_name="other.png"))
    table.edit(PACKAGE, lambda it: it["case"].update(title="Southgate"))
    told = problems(table.ours())
    for said in ("(caption)", "(sensitive)", "(name)", "package.json: Entry 9 of the custody record says something"):
        assert said in told


def test_a_clock_that_went_backwards_is_told_and_is_no_fault(table: Table) -> None:
    assert not any("backwards" in note for note in table.ours().notes)
    table.append(("annotated", "mark", "1", timedelta(days=20), {}))
    report = table.ours()
    assert report.verdict is Verdict.LIMITED
    assert any("entry 7 of the custody record is dated before" in note for note in report.notes)


def test_a_later_state_beside_the_end_is_compared(table: Table) -> None:
    state = Checkpoint("casebound/CASE-7/0123456789abcdef", 3, root([bytes(32)] * 3).hex())
    path = "data/custody/checkpoints/3.checkpoint"
    table.files[path] = sign_checkpoint(state, table.insider.identity).encode()
    assert "not the one whose state was signed" in problems(table.ours())


@pytest.mark.parametrize(("name", "line"), [(LEDGER, b"{}\n"), (DISCLOSURES, b"[]\n")])
def test_a_flood_of_empty_lines_fills_no_memory(table: Table, name: str, line: bytes) -> None:
    table.files[name] = line * 300_000
    path = table.sealed()
    tracemalloc.start()
    report = verify(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "more lines than its length can hold" in problems(report)
    assert len(report.findings) < 100 and peak < 40 << 20


def test_thousands_of_exhibits_take_no_square_of_the_time(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    from casebound_packaging.verify import contents

    asked = 0
    under = contents.Contents.under

    def counted(self: contents.Contents, prefix: str, suffix: str = "") -> tuple[str, ...]:
        nonlocal asked
        asked += 1
        return under(self, prefix, suffix)

    monkeypatch.setattr(contents.Contents, "under", counted)
    table.ours()
    few, asked = asked, 0
    record = json.loads(table.files[ATTACHMENT])
    for number in range(100, 150):
        folder = f"data/exhibits/EX-{number:04d}"
        table.files[f"{folder}/original.png"] = b"x"
        table.files[f"{folder}/exhibit.json"] = jcs(record | {"exhibit": f"EX-{number:04d}", "sha256": sha(b"x")})
    table.ours()
    assert asked == few


@pytest.mark.parametrize(("number", "told"), [(40, "certificates in the signature"), (4000, "larger than a signature")])
def test_a_seal_stuffed_with_certificates_is_refused(table: Table, number: int, told: str) -> None:
    name = "seals/01-examiner.p7s"
    info = cms.ContentInfo.load(table.files[name])
    signed = info["content"]
    signed["certificates"] = cms.CertificateSet([signed["certificates"][0]] * number)
    table.files[name] = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump(force=True)
    path = pack(table.folder / f"{table.top}.zip", table.top, table.files)
    assert any(told in f"{finding.problem}" for finding in verify(path).findings)
    done = subprocess.run([sys.executable, "-I", STANDALONE, path], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "than" in done.stdout


def test_packed_metadata_of_a_report_is_no_bomb() -> None:
    from pyhanko.pdf_utils.reader import PdfFileReader

    packed = zlib.compress(bytes(150 << 20), 9)
    objects = [
        b"<</Type/Catalog/Metadata 2 0 R/Pages 3 0 R>>",
        b"<</Type/Metadata/Length %d/Filter/FlateDecode>>\nstream\n%b\nendstream" % (len(packed), packed),
        b"<</Type/Pages/Kids[]/Count 0>>",
    ]
    made, table = b"%PDF-1.7\n", b"0000000000 65535 f \n"
    for number, content in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(made)
        made += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    made += b"xref\n0 4\n%btrailer\n<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (table, len(made))
    reader = PdfFileReader(io.BytesIO(made))
    tracemalloc.start()
    _named(reader, SignedReport())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60 << 20
