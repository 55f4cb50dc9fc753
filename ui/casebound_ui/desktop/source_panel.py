"""What is known of one source: its rows, how it compares with what was stated, its times, its original, its mapping."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QLayout, QWidget

from casebound.assurance import facts, further
from casebound.case import Source
from casebound.comparison import Comparison, comparisons, summary
from casebound.timeledger import TimesRead
from casebound.timewords import clock_words, precision_text, uncertainty_text
from casebound_ui.desktop.controls import Chip, Picture, column, label, row
from casebound_ui.desktop.coverage import Measured
from casebound_ui.desktop.facts import FactPanel, breakable, fact, fingerprint
from casebound_ui.desktop.wording import count, counted, from_us, inert, moment, readable_times, short_hash, size

_WAYS = 8  # ways of reading times that are listed


def describe(
    panel: FactPanel, source: Source, seen: Measured | None, relations: Sequence[str] | None, save: QWidget
) -> None:
    """Fill the panel. `seen` is None until the times were read, `relations` until they were looked for; `save` saves
    the mapping.
    """
    panel.add(label(source.label, "body", "text2"), label(breakable(inert(source.name, 200)), "title", wrap=True))
    compared = seen.compared if seen is not None else comparisons(source)
    panel.add(_chips(source, compared))
    panel.heading("Rows")
    panel.facts([("Read", count(source.read)), ("Kept", count(source.kept)), ("Set aside", count(source.quarantined))])
    panel.facts([("Duplicates", count(source.duplicates)), ("With time", count(source.timed))])
    if source.mends:
        panel.facts([("Mended", f"{count(sum(mend.kept for mend in source.mends))} rows in {len(source.mends)} steps")])
    panel.heading("Stated and what came")
    panel.add(label(summary(compared), "body", "text", wrap=True))
    for one in compared:
        panel.add(_compared(one))
    panel.heading("How the export was made")
    _origin(panel, source)
    panel.heading("Time")
    _times(panel, source, seen.ways if seen is not None else ())
    if relations is not None:
        panel.heading("Relations to other tables")
        for words in relations:
            panel.add(label(inert(words, 400), "small", "text2", wrap=True))
        if not relations:
            panel.add(label("None was recognised.", "body", "text2"))
    panel.heading("Original")
    panel.add(fingerprint("SHA-256", source.sha256, "the fingerprint of the original"))
    inside = [("Inside it", inert(source.member, 200))] if source.member else []
    panel.facts([("Size", size(source.size)), *inside])
    panel.facts([("Brought in", f"{moment(source.imported_at)} UTC, {inert(source.imported_by, 80)}")])
    panel.heading("Mapping")
    _mapping(panel, source)
    panel.add(row(save, None))
    if source.warnings:
        panel.heading("Worth knowing")
        for warning in source.warnings:
            panel.add(label(breakable(inert(warning, 400), 34), "small", "text2", wrap=True))


def reader_words(importer: str) -> str:
    """Which reader of ours read it: “csv 2” is the second version of the CSV reader."""
    kind, _, version = importer.rpartition(" ")
    return f"the {kind.upper()} reader, version {version}" if kind else importer


def _chips(source: Source, compared: Sequence[Comparison]) -> QLayout:
    chips = row(Chip(source.format.upper(), "neutral"), gap=6)
    if source.quarantined:
        chips.addWidget(Chip(f"{count(source.quarantined)} set aside", "warn"))
    if any(one.agrees is False for one in compared):
        chips.addWidget(Chip("Not as stated", "warn"))
    elif compared:
        chips.addWidget(Chip("As stated", "neutral"))
    else:
        chips.addWidget(Chip("Nothing stated", "neutral"))
    chips.addStretch(1)
    return chips


def _compared(one: Comparison) -> QLayout:
    icon, tone, verdict = {
        True: ("check", "text2", "as stated"),
        False: ("circle-alert", "warn", "not as stated"),
        None: ("circle-help", "text2", "cannot be told"),
    }[one.agrees]
    digest = len(one.stated) == 64 and " " not in one.stated
    stated = short_hash(one.stated) if digest else readable_times(inert(one.stated, 200))
    came = short_hash(one.came) if digest else readable_times(inert(one.came, 300))
    words = column(label(f"{one.title}, {verdict}", "strong", tone, wrap=True), gap=1)
    if one.agrees is not True or not digest:
        words.addWidget(label(breakable(f"Stated: {stated}"), "small", "text2", wrap=True))
        words.addWidget(label(breakable(f"Came: {came}"), "small", "text2", wrap=True))
    else:
        words.addWidget(label(stated, "mono", "text2"))
    line = row(column(Picture(icon, tone, 14), None), words, gap=8)
    line.setStretch(1, 1)
    return line


def _origin(panel: FactPanel, source: Source) -> None:
    """Every fact that is asked for, each with who stated it; where one statement gave all of them, it is told once."""
    told = facts(source)
    stated = [each for each in told if each.stated]
    origins = {each.origin for each in (*stated, *further(source))}
    one_origin = origins.pop() if len(origins) == 1 else ""
    if not stated and not further(source):
        panel.add(label("Not stated.", "body", "text2"))
        return
    if one_origin:
        panel.add(label(f"All of it: {inert(readable_times(one_origin), 120)}.", "small", "text3", wrap=True))
    for each in (*stated, *further(source)):
        digest = len(each.value) == 64 and not set(each.value.lower()) - set("0123456789abcdef")
        panel.add(fact(inert(each.title, 40), short_hash(each.value) if digest else inert(each.value, 300)))
        if not one_origin:
            panel.add(label(inert(readable_times(each.origin), 120), "small", "text3", wrap=True))
    missing = [each.title.lower() for each in told if not each.stated]
    if missing:
        panel.add(fact("Not stated", ", ".join(missing)))


def _times(panel: FactPanel, source: Source, ways: Sequence[TimesRead]) -> None:
    """Zone, span and clock; then each way in which times were read, with a count and an example."""
    if source.first_us is None:
        panel.add(label("The table has no times.", "body", "text2"))
        return
    zone = source.mapping.zone or "UTC"
    panel.facts([("Zone", f"{zone} ({inert(source.mapping.zone_origin, 80)})"), ("First", from_us(source.first_us))])
    panel.facts([("Last", from_us(source.last_us))])
    if source.clock_us:
        panel.facts([("Clock", inert(clock_words(source.clock_us, source.clock_reason), 400))])
    for way in ways[:_WAYS]:
        doubt = "; ".join(part for part in (way.note, uncertainty_text(way.uncertain_us)) if part)
        read = f"{way.rule or 'time'}, to {precision_text(way.precision_us)}; {way.zone} ({way.zone_origin})"
        words = f"{counted(way.count, 'time')} as {read}, such as {way.example}" + (f": {doubt}" if doubt else "")
        panel.add(label(breakable(inert(words, 400), 34), "small", "warn" if doubt else "text2", wrap=True))
    if len(ways) > _WAYS:
        panel.add(
            label(f"And {len(ways) - _WAYS:,} more ways; `casebound sources --times` lists all.", "small", "text3")
        )


def _mapping(panel: FactPanel, source: Source) -> None:
    mapping = source.mapping
    panel.facts(
        [
            ("Layout", inert(mapping.recognised_as, 80) or "columns by their content"),
            ("Read by", reader_words(source.importer)),
        ]
    )
    panel.facts([("Columns", str(len(mapping.columns)))])
    if source.format in ("csv", "jsonl", "log"):
        panel.facts([("Encoding", mapping.encoding)])
    roles = {
        "Time": "time",
        "Who": "actor",
        "What": "action",
        "To what": "object",
        "Key": "id",
    }
    for title, role in roles.items():
        name = next((column_.name for column_ in mapping.columns if column_.role == role), "")
        if name:
            panel.facts([(title, inert(name, 120))])
