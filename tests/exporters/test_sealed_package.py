"""A package of a small case, checked by programs that know nothing of us."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import duckdb  # noqa: TID253 - tests may be slow to start
import pytest

from casebound.case import SealedPackage
from casebound.document import Case
from casebound.errors import CannotWrite
from casebound.work import Cancelled, Stopped, outcome, silent
from casebound_exporters import EXPORTERS
from casebound_packaging.verify import Trust, verify


def run(command: str, folder: Path) -> str:
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def members(package: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(package) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_our_own_verifier_accepts_it(made):
    report = verify(Path(made.package.path), Trust(signer_fingerprint=made.kept.identity.fingerprint))
    assert report.findings == ()
    assert set(report.limits) <= {"SELF-ISSUED", "UNSTAMPED", "UNWITNESSED", "PARTIAL", "REDACTED"}
    assert "PARTIAL" in report.limits


def test_the_ledger_knows_it_and_the_case_is_sound(made):
    package = made.kept.case.snapshot().packages[-1]
    assert package.exported and package.sha256 == made.package.sha256
    assert [entry.action for entry in made.kept.case.ledger()][-2:] == ["export-prepared", "exported"]
    assert made.kept.case.check().findings == ()


def test_bagit(made):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bagit", "--validate", str(made.folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@needs("sha256sum")
@needs("diff")
def test_the_printed_commands_of_coreutils(made):
    run("sha256sum --strict -c tagmanifest-sha256.txt && sha256sum --strict -c manifest-sha256.txt", made.folder)
    told = run(
        "diff <(find . ! -type d | sed 's#^\\./##' | grep -v '^seals/' | LC_ALL=C sort) <( (echo "
        "tagmanifest-sha256.txt; "
        "cut -c67- tagmanifest-sha256.txt manifest-sha256.txt) | LC_ALL=C sort)",
        made.folder,
    )
    assert told == ""


@needs("openssl")
def test_openssl(made, tmp_path):
    told = run(
        "openssl cms -verify -cades -binary -inform DER -in seals/01-examiner.p7s -content tagmanifest-sha256.txt "
        f"-CAfile certs/root.pem -no-CApath -no-CAstore -signer {tmp_path}/signer.pem -out /dev/null",
        made.folder,
    )
    assert "successful" in told
    told = run("openssl x509 -in signer.pem -noout -fingerprint -sha256", tmp_path)
    assert told.replace(":", "").strip().lower().endswith(made.kept.identity.fingerprint)


@needs("ssh-keygen")
def test_ssh_keygen(made):
    signer = (made.folder / "certs/allowed_signers").read_text().split()[0]
    told = run(
        f"ssh-keygen -Y verify -f certs/allowed_signers -I '{signer}' -n evidence-package "
        "-s seals/01-examiner.sig < tagmanifest-sha256.txt",
        made.folder,
    )
    assert "Good" in told


@needs("pdfsig")
def test_pdfsig(made):
    told = run("pdfsig data/report.pdf", made.folder)
    assert "Signature is Valid" in told
    assert "Total document signed" in told


@needs("qpdf")
def test_qpdf(made):
    assert "No syntax or stream encoding errors" in run("qpdf --check data/report.pdf", made.folder)


def test_the_signed_report_is_still_pdfa(made):
    # The checker is an allow-list that knows no signature fields; it must have nothing else to say.
    from pikepdf import pdfa

    report = pdfa.validate_written(made.folder / "data/report.pdf", "3b")
    assert all(finding.kind == "unsupported" for finding in report.findings)
    assert [re.search(r"(/\w+): ", str(finding))[1] for finding in report.findings] == ["/AcroForm", "/Perms"]


def test_pyhanko(made):
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    reader = PdfFileReader(io.BytesIO((made.folder / "data/report.pdf").read_bytes()))
    (signature,) = reader.embedded_signatures
    from asn1crypto.x509 import Certificate
    from cryptography.hazmat.primitives.serialization import Encoding

    root = Certificate.load(made.kept.identity.certificate.public_bytes(Encoding.DER))
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=[root], allow_fetching=False))
    assert status.intact and status.valid and status.docmdp_ok
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.modification_level is None or status.modification_level.name == "NONE"


def test_case_validate(made):
    program = Path(sys.executable).with_name("case_validate")
    done = subprocess.run(
        [str(program), str(made.folder / "data/metadata/case.jsonld")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Conforms: True" in done.stdout


def test_every_json_fits_its_schema(made):
    import jsonschema

    import casebound_packaging

    folder = Path(casebound_packaging.__file__).parent / "schemas"
    pairs = [("completeness", "data/completeness.json")]
    pairs += [("exhibit", p) for p in names(made, "data/exhibits/*/exhibit.json")]
    pairs += [("query", p) for p in names(made, "data/queries/*.json")]
    pairs += [("table", p) for p in names(made, "data/tables/*.schema.json")]
    for schema, path in pairs:
        jsonschema.validate(
            json.loads((made.folder / path).read_bytes()), json.loads((folder / f"{schema}.schema.json").read_bytes())
        )
    line_schema = json.loads((folder / "timeline-line.schema.json").read_bytes())
    lines = (made.folder / "data/timeline.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 4
    for line in lines:
        jsonschema.validate(json.loads(line), line_schema)
    assert len(pairs) == 1 + 5 + 2 + 1


def names(made, pattern: str) -> list[str]:
    return sorted(str(path.relative_to(made.folder)) for path in made.folder.glob(pattern))


def test_numbers_are_counted_again_from_the_enclosed_rows(made):
    for path in names(made, "data/queries/Q-*.json"):
        record = json.loads((made.folder / path).read_bytes())
        with duckdb.connect() as store:
            for table, file in record["tables"].items():
                with (made.folder / file).open(encoding="utf-8", newline="") as opened:
                    head, *rows = list(csv.reader(opened))
                columns = ", ".join('"' + name.replace('"', '""') + '" VARCHAR' for name in head)
                store.execute(f'CREATE TABLE "{table}" ({columns})')
                stripped = [[value[1:] if value.startswith("'") else value for value in row] for row in rows]
                store.executemany(f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(head))})', stripped)
            sql = (made.folder / path.replace(".json", ".sql")).read_text("utf-8")
            assert store.execute(sql).fetchall() == [(record["result"],)]
            assert store.execute(record["denominator_sql"]).fetchall() == [(record["denominator"],)]
            assert record["result"] > 0


def test_numbers_are_counted_again_as_a_stranger_would(made, monkeypatch):
    monkeypatch.chdir(made.folder)
    load = Path("data/queries/tables.sql").read_text("utf-8")
    for path in names(made, "data/queries/Q-*.json"):
        record = json.loads(Path(path).read_bytes())
        with duckdb.connect() as store:
            store.execute(load)
            assert store.execute(Path(path.replace(".json", ".sql")).read_text("utf-8")).fetchall() == [
                (record["result"],)
            ]
    with duckdb.connect() as store:
        store.execute(load)
        texts = dict(store.execute('SELECT id, "text" FROM requests').fetchall())
    assert texts["r3"] == "=cmd|'/C calc'!A0"
    assert (texts["r4"], texts["r5"], texts["r6"]) == ("-5", "'quoted", 'two\nlines, and "quotes"')


def test_completeness_balances(made):
    statement = json.loads((made.folder / "data/completeness.json").read_bytes())
    requests, other = statement["sources"]
    assert (requests["read"], requests["quarantined"]) == (62, 1)
    for source in (requests, other):
        assert source["read"] == source["kept"] + source["quarantined"] + source["duplicates"]
        assert source["kept"] == source["cited"] + source["filtered"] + source["not_selected"]
        assert source["cited"] == source["enclosed"]
    assert requests["filtered"] > 0 and requests["filter"]
    assert requests["not_selected"] == 0 and other["not_selected"] > 0
    with (made.folder / "data/tables/requests.csv").open(encoding="utf-8", newline="") as file:
        identities = {row["_row"] for row in csv.DictReader(file)}
    exhibits = [json.loads((made.folder / path).read_bytes()) for path in names(made, "data/exhibits/*/exhibit.json")]
    identities |= {one["event"]["id"] for one in exhibits if one["kind"] == "event"}
    own = {one for one in identities if one.startswith(requests["sha256"])}
    assert len(own) == requests["cited"]
    assert requests["quarantine_reasons"][0]["first_line"] == 63
    assert statement["complete"] is False
    assert statement["attachments"]["held"] == 3 and statement["attachments"]["withheld"] == 1


def test_the_report_says_what_ties_it_to_the_evidence(made):
    from pypdf import PdfReader

    reader = PdfReader(str(made.folder / "data/report.pdf"))
    text = "\n".join(page.extract_text() for page in reader.pages)
    package = json.loads((made.folder / "data/metadata/package.json").read_bytes())
    flat = re.sub(r"\s+", "", text)
    for value in (
        package["package_id"],
        package["evidence_root"],
        package["signer"]["fingerprint"],
        package["checkpoint"]["root"],
        package["checkpoint"]["origin"],
    ):
        assert value in flat
    for sentence in (
        "Self-issued identity",
        "What is not established",
        "Admissibility",
        "PARTIAL",
        "Not drawn: it is marked sensitive",
    ):
        assert sentence in text
    count = len(reader.pages)
    for number, page in enumerate(reader.pages, 1):
        words = page.extract_text()
        assert f"Page {number} of {count}" in words
        assert package["package_id"] in words
        assert "LF/7" in words and "FOR LEGAL COUNSEL" in words
    for attachment in made.kept.case.snapshot().attachments:
        assert attachment.line_hash in flat
    assert "<b>bold</b>" in text  # printed, not obeyed
    assert "U+202E" in text and "\u202e" not in text


def test_two_exports_of_one_state_have_equal_members(kept, tmp_path):
    # Two copies of one case, made before either exports, so that both start from one ledger. Each goes on as a log of
    # its own from its first change, which is one more entry.
    from datetime import UTC, datetime

    moment = datetime.now(UTC)
    kept.case.close()
    twins = [tmp_path / "one.casebound", tmp_path / "two.casebound"]
    for twin in twins:
        shutil.copytree(kept.case.path, twin)
    packages = []
    for number, path in enumerate(twins):
        with Case.open(path, kept.case.actor, clock=lambda: moment) as case:
            found = kept.exporter(clock=lambda: moment).export(case, tmp_path / f"out{number}")
            packages.append(members(Path(found.path)))
    first, second = packages
    assert first.keys() == second.keys()
    salted = {"data/custody/disclosures.jsonl", "data/custody/ledger.jsonl"}  # the new line has fresh salts
    hashing = {
        "manifest-sha256.txt",
        "tagmanifest-sha256.txt",
        "data/metadata/package.json",
        "data/report.pdf",
        "bag-info.txt",
        "README-VERIFY.txt",
    }
    for name in first:
        short = name.partition("/")[2]
        if short in salted | hashing or short.startswith(("seals/", "data/custody/checkpoints/")):
            continue
        if short.endswith(".tlog-proof"):  # the checkpoint is in it
            continue
        assert first[name] == second[name], name


def test_one_model_gives_one_report():
    sys.path.insert(0, str(Path(__file__).parent))
    from handmade_report import model

    from casebound_exporters.report import make_report

    assert make_report(model(), silent) == make_report(model(), silent)


@pytest.mark.parametrize(
    "stage",
    ["choosing", "counting", "rows of", "recording", "Packing", "report, page", "signing", "Writing", "Waiting"],
)
def test_stop_at_any_stage_leaves_nothing(kept, tmp_path, stage):
    target = tmp_path / "out"
    seen = []

    def progress(done: int, total: int, note: str = "") -> None:
        seen.append(note)
        if note.startswith(stage):
            raise Cancelled

    ended = outcome(lambda watch: kept.exporter().export(kept.case, target, watch), progress)
    assert isinstance(ended, Stopped), seen[-3:]
    assert list(target.iterdir()) == []
    assert not any(package.exported for package in kept.case.snapshot().packages)
    assert kept.case.check().findings == ()
    again = kept.exporter().export(kept.case, target)
    assert verify(Path(again.path), Trust()).findings == ()


def test_a_folder_that_cannot_be_written(kept, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(CannotWrite) as told:
        kept.exporter().export(kept.case, tmp_path / "file")
    assert told.value.meaning == "Nothing was sealed."
    assert kept.case.snapshot().packages == ()


@pytest.mark.parametrize("recipient", ["partner", "government"])
def test_others_are_not_told_who_worked_on_it(kept, tmp_path, recipient):
    from pypdf import PdfReader

    kept.case.actor = type(kept.case.actor)("Quirinius Featherstonehaugh", kept.case.actor.key)
    kept.case.annotate_attachment(1, note="seen by the colleague")
    found = kept.exporter(recipient_class=recipient, legal_basis="A court order").export(kept.case, tmp_path / "out")
    folder = unpacked(Path(found.path), tmp_path / "unpacked")
    for path in folder.rglob("*"):
        if path.is_file():
            assert b"Featherstonehaugh" not in path.read_bytes(), path
    text = "\n".join(page.extract_text() for page in PdfReader(str(folder / "data/report.pdf")).pages)
    assert "Featherstonehaugh" not in text
    assert "seen by the colleague" not in text
    assert verify(Path(found.path), Trust()).findings == ()


def unpacked(package: Path, to: Path) -> Path:
    for name, data in members(package).items():
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        (to / name).write_bytes(data)
    return next(to.iterdir())


def test_a_number_measured_before_a_later_import_is_still_counted_again(kept, tmp_path, monkeypatch):
    from casebound.importing import bring_in

    later = kept.folder / "later.csv"
    later.write_text("id,ts,account,action,text\nr200,2026-09-02T10:00:00Z,acc_1,send,x\n", encoding="utf-8")
    bring_in(kept.case, later, table="requests")
    found = kept.exporter().export(kept.case, tmp_path / "out")
    assert verify(Path(found.path), Trust()).findings == ()
    monkeypatch.chdir(unpacked(Path(found.path), tmp_path / "unpacked"))
    record = json.loads(Path("data/queries/Q-0001.json").read_bytes())
    with duckdb.connect() as store:
        store.execute(Path("data/queries/tables.sql").read_text("utf-8"))
        assert store.execute(Path("data/queries/Q-0001.sql").read_text("utf-8")).fetchall() == [(record["result"],)]


def test_what_a_killed_export_left_harms_nothing_and_goes(kept, tmp_path):
    target = kept.case.path / "packages"
    left = target / f".making-{kept.case.snapshot().log_origin.rpartition('/')[2]}-0badcafe"
    left.mkdir(parents=True)
    (left / "requests.csv").write_text("half")
    assert kept.case.check().findings == ()
    found = kept.exporter().export(kept.case, target)
    assert [path.name for path in target.iterdir()] == [found.name]
    assert kept.case.check().findings == ()


@pytest.mark.parametrize("exporter", EXPORTERS)
def test_every_exporter_keeps_the_contract(exporter, kept, tmp_path):
    assert exporter.__dataclass_params__.frozen
    assert exporter.name and exporter.title and exporter.__doc__
    made = exporter(identity=kept.identity, recipient_class="reviewer", purpose="A test")
    target = tmp_path / "new" / "folder"
    result = made.export(kept.case, target, silent)
    assert isinstance(result, SealedPackage)
    assert [path.name for path in target.iterdir()] == [result.name]
    assert (Path(result.path).stat().st_mode & 0o077) == 0
    with pytest.raises(Cancelled):
        made.export(kept.case, target, stop)
    assert [path.name for path in target.iterdir()] == [result.name]


def stop(done: int, total: int, note: str = "") -> None:
    raise Cancelled


def test_an_empty_case_can_be_sealed(tmp_path, kept):
    from casebound.case import Actor

    with Case.create(tmp_path / "empty.casebound", "E-1", "Nothing in it", Actor("Ines Marlowe")) as case:
        found = kept.exporter().export(case, tmp_path / "out")
    report = verify(Path(found.path), Trust())
    assert report.findings == ()
    assert "PARTIAL" not in report.limits


@needs("pdftotext")
@needs("pdfsig")
def test_the_commands_of_the_report_work_when_copied_out_of_it(made, tmp_path):
    folder = tmp_path / made.folder.name
    shutil.copytree(made.folder, folder)
    text = run("pdftotext data/report.pdf -", folder).replace("\\\n", " ")
    commands = re.findall(r"^(?:openssl|sha256sum|diff|ssh-keygen|pdfsig) .*$", text, re.MULTILINE)
    assert [command.split()[0] for command in commands] == [
        "openssl",
        "openssl",
        "sha256sum",
        "diff",
        "ssh-keygen",
        "pdfsig",
    ]
    seal, who, files, names, openssh, report = (run(command, folder) for command in commands)
    assert "CAdES Verification successful" in seal
    assert made.kept.identity.fingerprint in who.replace(":", "").lower()
    assert all(line.endswith(": OK") for line in files.splitlines())
    assert names == ""
    assert 'Good "evidence-package" signature' in openssh
    assert "Signature is Valid" in report and "Total document signed" in report
    assert sorted(path.name for path in tmp_path.iterdir()) == [folder.name, "signer.pem"]


@pytest.mark.parametrize("recipient_class", ["legal", "partner"])
def test_what_is_withheld_is_declared_in_package_and_report(tmp_path, kept, recipient_class):
    sealed = kept.exporter(recipient_class=recipient_class).export(kept.case, tmp_path / "out")
    held = members(Path(sealed.path))
    info = json.loads(next(data for name, data in held.items() if name.endswith("/package.json")))
    assert info["limits"] == ["PARTIAL", "REDACTED"]
    report = verify(Path(sealed.path), Trust(signer_fingerprint=kept.identity.fingerprint))
    assert report.findings == ()
    assert {"PARTIAL", "REDACTED"} <= set(report.limits)


def test_an_earlier_package_is_a_witness_to_the_next(kept, tmp_path):
    first = kept.exporter().export(kept.case, tmp_path)
    second = kept.exporter().export(kept.case, tmp_path)
    assert (second.version, second.path) != (first.version, first.path)
    seen = verify(Path(second.path), Trust(against=(Path(first.path),)))
    assert "UNWITNESSED" not in seen.limits and seen.findings == ()
    reversed_ = verify(Path(first.path), Trust(against=(Path(second.path),)))
    assert "UNWITNESSED" in reversed_.limits and reversed_.findings == ()
