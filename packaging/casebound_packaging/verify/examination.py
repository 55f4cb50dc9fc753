"""The whole check, in order, from the container to the time stamp. Every finding is kept, never only the first."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from casebound_packaging import FORMAT_VERSION
from casebound_packaging.errors import UnreadablePackage
from casebound_packaging.finding import CHECKS, Finding
from casebound_packaging.times import parse_stamp
from casebound_packaging.verify.alone import examine_alone
from casebound_packaging.verify.alonefiles import is_alone
from casebound_packaging.verify.balances import check_balances
from casebound_packaging.verify.certificates import UNREADABLE
from casebound_packaging.verify.citations import check_citations
from casebound_packaging.verify.companion import COMPANION, companion_notes
from casebound_packaging.verify.container import Container, open_container
from casebound_packaging.verify.contents import PACKAGE, REPORT, TAG_MANIFEST, Contents, document, read_contents
from casebound_packaging.verify.custody import Custody, check_custody, read_custody
from casebound_packaging.verify.exhibits import Exhibits, check_exhibits
from casebound_packaging.verify.facts import Facts
from casebound_packaging.verify.fingerprints import check_fingerprints
from casebound_packaging.verify.inventory import Listed, check_inventory
from casebound_packaging.verify.lonestate import examine_lone_state, is_lone_state
from casebound_packaging.verify.loose import examine_loose_report
from casebound_packaging.verify.measures import check_measures
from casebound_packaging.verify.pdf import SignedReport, check_pdf
from casebound_packaging.verify.reading import Watch
from casebound_packaging.verify.receipts import check_enclosed_receipts
from casebound_packaging.verify.seals import Seal, check_report_signer, check_seals
from casebound_packaging.verify.sidecars import check_sidecars
from casebound_packaging.verify.signers import attribute_seals
from casebound_packaging.verify.stamps import check_stamps
from casebound_packaging.verify.timelines import check_timelines
from casebound_packaging.verify.told import check_told
from casebound_packaging.verify.trust import Trust
from casebound_packaging.verify.verdict import LIMITS, Report, Verdict
from casebound_packaging.verify.witnesses import compare_all
from casebound_packaging.verify.wording import rows, sentence

FORMAT = "casebound-package"
_TOLD = {
    "custody": "the custody record",
    "completeness": "what the files say of each other",
    "seal": "the seals",
    "report": "the report",
    "signer": "the signer",
}


def _silent(done: int, total: int, note: str = "") -> None:
    """A progress that nobody watches."""


def verify(path: Path, trust: Trust | None = None, progress: Watch = _silent) -> Report:
    """Check a package (ZIP or unpacked folder), or a signed report found alone.

    Answers with a `Report` whatever the file is. Raises only `BadTrust`, for trust that cannot be read, and what
    `progress` raises to stop.
    """
    trust = trust or Trust()
    trust.fingerprints  # noqa: B018 - what cannot be read as trust is said before anything is checked
    path = Path(os.path.abspath(path))  # noqa: PTH100 - “.” gets its name; links stay what they are
    try:
        if _is_pdf(path):
            return examine_loose_report(path, trust)
        if is_lone_state(path):
            return examine_lone_state(path, trust)
        if is_alone(path):
            return examine_alone(path, trust, progress)
        with ExitStack() as stack:
            container = stack.enter_context(open_container(path))
            return _Examination(path, container, trust).run(progress, stack)
    except UnreadablePackage as error:
        return not_a_package(error)
    except OSError as error:
        title = f"{path.name} could not be read to its end: {error.strerror or error}."
        hint = "Copy it to another disk, make room for temporary files, and check again."
        return not_a_package(UnreadablePackage(title, hint, where=str(path)))
    except MemoryError:
        title = f"{path.name} asks for more memory than this computer has to give."
        return not_a_package(UnreadablePackage(title, "Check it on a computer with more.", where=str(path)))


def not_a_package(error: UnreadablePackage) -> Report:
    """The report on a file that is something else, unreadable, or of a newer format."""
    return Report(Verdict.NOT_A_PACKAGE, error.paragraph(), kind="nothing")


def _is_pdf(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(5) == b"%PDF-"
    except OSError:
        return False  # the container says what is wrong with it


@dataclass(slots=True)
class _Examination:
    path: Path
    container: Container
    trust: Trust
    facts: Facts = field(default_factory=Facts)
    limits: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    package: Mapping[str, object] | None = None
    custody: Custody = field(default_factory=Custody)
    seals: tuple[Seal, ...] = ()
    beside: tuple[Seal, ...] = ()
    tagmanifest_sha256: str = ""
    tell: Callable[[str], None] = lambda note: None

    def run(self, progress: Watch, stack: ExitStack) -> Report:
        found = self.facts.findings
        found += self.container.findings
        if not self.container.readable:
            return self._report()
        contents = read_contents(self.container, progress, stack)
        total = sum(contents.sizes.values())
        self.tell = lambda note: progress(total, total, note)  # and so Stop answers between the checks as well
        self.tell("the list of files")
        self.package = document(contents, PACKAGE, "contents", found)
        self.tagmanifest_sha256 = contents.digests.get(TAG_MANIFEST, "")
        _refuse_other_formats(self.package, self.path)
        listed = check_inventory(contents, self.package, found)
        self.notes += companion_notes(contents.digests.get(COMPANION))
        self.facts.listed, self.facts.present = (
            listed.count,
            len((listed.payload | listed.tags).keys() & contents.names),
        )
        self.facts.matching = check_fingerprints(contents, listed, self.package, found)
        self._let_go(contents, listed)
        exhibits = Exhibits()
        pdf = SignedReport()

        def read_exhibits() -> None:
            nonlocal exhibits
            exhibits = check_exhibits(contents, listed, found)

        def read_ledger() -> None:
            self.custody = read_custody(contents, found)

        def read_seals() -> None:
            self.seals = check_seals(contents, listed, found)
            self.beside = check_sidecars(self.path, contents, listed.seals, self.seals, found)

        def read_report() -> None:
            nonlocal pdf
            if contents.report is not None and REPORT in contents.digests:
                pdf = check_pdf(contents.report, REPORT, found)
                check_report_signer(pdf, self.seals, self.package, REPORT, found)

        self._guard("custody", read_ledger)
        self._guard("completeness", read_exhibits)
        self._guard("completeness", lambda: self._balances(contents, exhibits))
        self._guard("completeness", lambda: check_timelines(contents, exhibits, found))
        self._guard("completeness", lambda: check_citations(contents, exhibits, found))
        self._guard("completeness", lambda: check_measures(contents, found))
        self._guard("seal", read_seals)
        self._guard("custody", lambda: self._custody(contents, exhibits))
        self._guard("report", read_report)
        self._guard("signer", lambda: self._signers(contents, pdf))
        return self._report()

    def _let_go(self, contents: Contents, listed: Listed) -> None:
        """The list of files was compared and is not looked at again: of 100,000 files it takes a hundred megabytes."""
        listed.files, listed.payload_lines = {}, ()
        contents.kept.pop(PACKAGE, None)
        if self.package is not None:
            self.package = {key: value for key, value in self.package.items() if key != "files"}

    def _guard(self, check: str, work: Callable[[], None]) -> None:
        """Hostile values can break any assumption. A check that could not be finished is a check that failed."""
        self.tell(_TOLD[check])
        try:
            work()
        except (
            UnreadablePackage,
            ArithmeticError,
            LookupError,
            TypeError,
            ValueError,
            AttributeError,
            RecursionError,
            *UNREADABLE,
        ) as error:
            self.facts.findings.append(
                Finding(
                    check,
                    PACKAGE,
                    "The check could not be finished: something has a form no package has.",
                    "",
                    repr(error)[:200],
                )
            )

    def _balances(self, contents: Contents, exhibits: Exhibits) -> None:
        lines, omitted = len(self.custody.lines), self.custody.omitted
        if check_balances(contents, self.package, exhibits, omitted, lines, self.facts.findings):
            self.limits.add("PARTIAL")
        redacted = bool(exhibits.withheld_fields or self.custody.withheld_texts or omitted)
        if redacted:
            self.limits.add("REDACTED")
            self.notes.append(
                f"Withheld from this recipient: {exhibits.withheld_fields} fields of events,"
                f" {self.custody.withheld_texts} texts and {omitted} whole entries of the custody record."
            )
        declared = self.package.get("limits") if self.package is not None else None
        if not isinstance(declared, list) or not {str(limit) for limit in declared} <= {"PARTIAL", "REDACTED"}:
            self.facts.findings.append(
                Finding("completeness", PACKAGE, "The limits are not declared as the format says.")
            )
        else:
            self.limits |= {str(limit) for limit in declared}
            if ("REDACTED" in declared) is not redacted:
                said = "declares it" if "REDACTED" in declared else "does not declare it"
                what = "Fields, texts or entries are withheld" if redacted else "Nothing is withheld"
                problem = f"{what}, and package.json {said}."
                self.facts.findings.append(Finding("completeness", PACKAGE, problem))

    def _custody(self, contents: Contents, exhibits: Exhibits) -> None:
        found = self.facts.findings
        first = next((seal for seal in self.seals if seal.name.startswith("01-")), None)
        check_custody(contents, self.custody, self.package, exhibits, first.spki if first else None, found)
        check_told(self.package, exhibits, self.custody, found)
        self.notes += self.custody.notes
        self.notes += check_enclosed_receipts(contents, self.custody, self.package, found)
        beside = self.path.with_name(f"{self.path.name.removesuffix('.zip')}.receipt")
        tags = self.tagmanifest_sha256
        seen = compare_all(self.trust, self.custody, self.package, tags, found, self.notes, beside, self.path)
        self.facts.witnessed = seen.witnessed
        self.limits |= seen.limits
        self.facts.lines, self.facts.omitted = len(self.custody.lines), self.custody.omitted
        self.facts.first_time, self.facts.last_time = self.custody.first_time, self.custody.last_time

    def _signers(self, contents: Contents, pdf: SignedReport) -> None:
        found = self.facts.findings
        claimed = _moment(self.package.get("sealed_at") if self.package is not None else None)
        self.facts.sealed_at = claimed
        if self.package is not None and claimed is None:
            found.append(Finding("time", PACKAGE, "The file does not say when the package was sealed."))
        stamped = check_stamps(contents, self.seals, self.path, pdf, claimed, self.trust, found, self.notes)
        self.facts.stamp_there, self.facts.stamp_told = stamped.there, stamped.told
        self.facts.stamped_at = stamped.moment
        if self.facts.stamped_at is None:
            self.limits.add("UNSTAMPED")
        times = (claimed, self.facts.stamped_at)
        known = attribute_seals(contents, self.seals, self.beside, self.package, times, self.trust, found)
        self.facts.signer, self.facts.signer_told = known.first, known.told
        self.limits |= known.limits
        self.notes += known.notes

    def _report(self) -> Report:
        facts = self.facts
        facts.findings.sort(key=lambda finding: CHECKS.index(finding.check))
        facts.broken_at = _broken_at(facts.of("custody"))
        verdict = Verdict.NOT_VERIFIED if facts.findings else Verdict.LIMITED if self.limits else Verdict.VERIFIED
        limits = tuple(limit for limit in LIMITS if limit in self.limits) if self.container.readable else ()
        package = self.package or {}
        case = package.get("case")
        case = case if isinstance(case, dict) else {}
        return Report(
            verdict=verdict,
            sentence=sentence(verdict, limits, facts),
            limits=limits,
            findings=tuple(facts.findings),
            checks=rows(facts, limits),
            signer=facts.signer,
            sealed_at=facts.sealed_at,
            stamped_at=facts.stamped_at,
            counts={
                "files": facts.listed,
                "present": facts.present,
                "matching": facts.matching,
                "ledger_lines": facts.lines,
                "ledger_omitted": facts.omitted,
                "seals": len(self.seals),
            },
            package_id=_text(package.get("package_id")),
            case_number=_text(case.get("number")),
            case_title=_text(case.get("title")),
            evidence_root=_text(package.get("evidence_root")),
            checkpoint=self.custody.checkpoint,
            notes=tuple(dict.fromkeys(self.notes)),
            version=_version(package.get("version")),
            tagmanifest_sha256=self.tagmanifest_sha256,
        )


def _refuse_other_formats(package: Mapping[str, object] | None, path: Path) -> None:
    """A newer format cannot be judged by an older verifier."""
    if package is None:
        return
    version = package.get("format_version")
    if package.get("format") != FORMAT:
        raise UnreadablePackage(
            f"{path.name} is not an evidence package: its {PACKAGE} is of another format.",
            "Ask the sender which program made it.",
            where=PACKAGE,
        )
    if not isinstance(version, int) or isinstance(version, bool) or version != FORMAT_VERSION:
        raise UnreadablePackage(
            f"{path.name} is of format version {version} ({PACKAGE}); this verifier knows version {FORMAT_VERSION}.",
            "Get a newer verifier, from a source other than the package.",
            meaning="It may be sound; it could not be checked.",
            where=PACKAGE,
        )


def _broken_at(findings: list[Finding]) -> int | None:
    numbers = [
        int(match[1])
        for finding in findings
        if (match := re.match(r"ledger entr(?:y|ies) ([0-9]{1,15})\b", finding.item))
    ]
    return min(numbers, default=None)


def _moment(value: object) -> datetime | None:
    try:
        return parse_stamp(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _version(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
