"""The sources as printed: what was stated of each, what came, and what became of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casebound import recipes
from casebound.assurance import stated_facts
from casebound.case import Mend, Source
from casebound.comparison import Comparison
from casebound.timewords import clock_words
from casebound_exporters.audience import zone_origin
from casebound_exporters.contents import Contents
from casebound_exporters.report.model import Reason, SourceEntry
from casebound_exporters.report.written import instant, moment

if TYPE_CHECKING:
    from casebound_exporters.completeness import Book


def source_entry(book: Book, contents: Contents) -> SourceEntry:
    """One source with its books."""
    source = book.source
    by = f" by {source.imported_by}" if contents.wide and source.imported_by else ""
    return SourceEntry(
        label=source.label,
        file=source.name,
        table=f"{source.table}, sheet {source.member}" if source.member else source.table,
        format=source.format,
        sha256=source.sha256,
        size=source.size,
        read=source.read,
        kept=source.kept,
        quarantined=source.quarantined,
        duplicates=source.duplicates,
        enclosed=book.cited,
        filtered=book.filtered,
        not_selected=book.not_selected,
        expected=source.expected,
        expected_from=source.expected_from,
        first=instant(source.first_us),
        last=instant(source.last_us),
        zone=source.mapping.zone,
        zone_origin=zone_origin(source.mapping.zone_origin, contents.recipient_class),
        origin=_stated(source, contents.wide),
        imported=f"{moment(source.imported_at)}{by}",
        importer=source.importer,
        reasons=tuple(
            Reason(one.reason, one.count, one.first_line, one.first_raw, one.first_offset) for one in book.reasons
        ),
        warnings=source.warnings,
        compared=tuple((one.title, _beside(one)) for one in book.compared),
        mends=tuple(_mended(one, contents.wide) for one in source.mends),
        repeated=_repeated(book),
        aside_file=book.enclosed_aside,
        clock=clock_words(source.clock_us, source.clock_reason if contents.wide else ""),
    )


def _mended(one: Mend, names: bool) -> str:
    by = f" by {one.by}" if names else ""
    rest = [f"{one.kept:,} kept"]
    rest += [f"{one.quarantined:,} stayed set aside"] if one.quarantined else []
    rest += [f"{one.duplicates:,} repeated"] if one.duplicates else []
    rows = "row" if one.read == 1 else "rows"
    return f"{one.read:,} {rows} read again on {moment(one.at)}{by} ({recipes.spoken(one.recipe)}): {', '.join(rest)}"


def _repeated(book: Book) -> str:
    """ "41, of which 40 stand first in S-01"."""
    if not book.source.duplicates:
        return ""
    others = [
        f"{count:,} stand first in S-{number:02d}"
        for number, count in book.repeated.items()
        if number != book.source.number
    ]
    return f"{book.source.duplicates:,}" + (f", of which {' and '.join(others)}" if others else "")


def _stated(source: Source, names: bool) -> tuple[tuple[str, str], ...] | None:
    """How the export was made; what a person stated names that person, or says that it was the examiner."""
    told = stated_facts(source, names=names)
    if not told:
        return None
    return tuple(
        (fact.key, f"{fact.value} ({fact.origin})" if fact.origin.startswith("stated by ") else fact.value)
        for fact in told
    )


def _beside(one: Comparison) -> str:
    verdict = {True: "as stated", False: "NOT as stated", None: "cannot be told"}[one.agrees]
    return f"{verdict}: {one.stated} stated; {one.came}"
