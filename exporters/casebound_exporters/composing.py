"""The report's model out of what was gathered: everything that is printed, in the words in which it is printed."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from casebound.case import Finding
from casebound_exporters.composed_custody import chain, custody
from casebound_exporters.composed_exhibits import exhibit_entry, timeline
from casebound_exporters.composed_sources import source_entry
from casebound_exporters.composed_views import view_entry
from casebound_exporters.contents import Contents
from casebound_exporters.declared import declared_limits
from casebound_exporters.queries import Question
from casebound_exporters.report.model import (
    Cover,
    Excerpt,
    Judgement,
    Number,
    ReportModel,
    Totals,
)
from casebound_exporters.report.written import window
from casebound_packaging import __version__
from casebound_packaging.identity import spoken
from casebound_packaging.package import Facts, build_hash

if TYPE_CHECKING:
    from casebound.store.packages import Prepared
    from casebound_exporters.archive import SealedPackageExporter
    from casebound_exporters.exhibits import Chosen

MOST_EXHIBITS: Final = 200
_TOOLS: Final = ("duckdb", "reportlab", "pikepdf", "pyhanko", "cryptography", "rfc8785")


def compose(exporter: SealedPackageExporter, contents: Contents, prepared: Prepared, facts: Facts) -> ReportModel:
    """The whole report."""
    snapshot = contents.snapshot
    numbers = {one.measure.number: _number(one) for one in contents.questions}
    captions = {one.exhibit.number: _named(one) for one in contents.chosen}
    exhibits = tuple(exhibit_entry(one, contents) for one in contents.chosen[:MOST_EXHIBITS])
    counts = contents.attachments
    told, said = timeline(contents)
    lines = custody(prepared, contents.snapshot.sources)
    limits = declared_limits(contents.complete, prepared)
    return ReportModel(
        cover=_cover(exporter, contents, prepared, facts, limits),
        judgements=tuple(_judgement(finding, captions, numbers, contents) for finding in snapshot.findings),
        views=tuple(view_entry(one, contents) for one in contents.views.shown),
        numbers=tuple(numbers.values()),
        sources=tuple(source_entry(book, contents) for book in contents.books),
        timeline=told,
        timeline_said=said,
        exhibits=Excerpt(exhibits, len(contents.chosen), "data/exhibits/"),
        custody=lines,
        chain=chain(contents),
        totals=Totals(
            complete=contents.complete,
            rows_kept=sum(book.source.kept for book in contents.books),
            rows_enclosed=sum(book.cited for book in contents.books),
            attachments_held=counts["held"],
            attachments_enclosed=counts["enclosed"],
            attachments_withheld=counts["withheld"],
            ledger_lines=len(prepared.lines),
            ledger_omitted=sum(line.startswith(b'{"omitted":') for line in prepared.lines),
        ),
        seals=("01-examiner",),
        stamp_asked=bool(exporter.services),
        verifier_enclosed=exporter.include_verifier,
        tools=_tools(),
    )


def _cover(
    exporter: SealedPackageExporter, contents: Contents, prepared: Prepared, facts: Facts, limits: tuple[str, ...]
) -> Cover:
    return Cover(
        case_number=contents.snapshot.number,
        case_title=contents.snapshot.title,
        organisation=exporter.organisation,
        recipient_class=exporter.recipient_class,
        purpose=exporter.purpose,
        legal_basis=exporter.legal_basis,
        package_id=facts.package_id,
        version=prepared.version,
        supersedes=prepared.supersedes["package_id"] if prepared.supersedes else "",
        evidence_root=facts.evidence_root,
        signer=facts.signer_name,
        fingerprint=facts.fingerprint,
        key_fingerprint=facts.key_fingerprint,
        spoken=spoken(facts.fingerprint),
        self_issued=facts.self_issued,
        log_origin=facts.checkpoint.origin,
        log_size=facts.checkpoint.size,
        log_root=facts.checkpoint.root,
        sealed_at=facts.sealed_at,
        limits=limits,
        log_note=facts.checkpoint_text,
    )


def _number(one: Question) -> Number:
    measure = one.measure
    return Number(
        query=measure.number,
        question=measure.question,
        result=measure.result,
        unit=measure.unit,
        window=window(measure.from_us, measure.to_us),
        denominator=measure.denominator,
        denominator_of=measure.denominator_of,
        condition=measure.where,
        table=measure.table,
    )


def _named(one: Chosen) -> str:
    title = one.exhibit.caption or (one.attachment.title if one.attachment else "") or "no caption"
    return f"{one.exhibit.number}, {title}"


def _judgement(finding: Finding, captions: dict[str, str], numbers: dict[str, Number], contents: Contents) -> Judgement:
    def cited(exhibits: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(captions.get(number, f"{number}, not in this package") for number in exhibits)

    shown = {one.view.number for one in contents.views.shown}
    return Judgement(
        number=finding.number,
        sentence=finding.sentence,
        reasoning=finding.reasoning,
        ask=finding.ask,
        likelihood=str(finding.likelihood),
        confidence=str(finding.confidence),
        confidence_basis=finding.confidence_basis,
        clause=finding.clause,
        supports=cited(finding.supports),
        contradicts=cited(finding.contradicts),
        numbers=tuple(numbers[number] for number in finding.measures if number in numbers),
        limits=finding.limits,
        state=finding.state,
        views=tuple(number for number in finding.views if number in shown),
        views_withheld=tuple(number for number in finding.views if number in contents.views.withheld),
    )


def _tools() -> tuple[tuple[str, str], ...]:
    made = [
        ("Casebound", __version__),
        ("Casebound, build", build_hash()),
        ("Python", platform.python_version()),
    ]
    for name in _TOOLS:
        try:
            made.append((name, version(name)))
        except PackageNotFoundError:
            made.append((name, "version not known"))
    return tuple(made)
