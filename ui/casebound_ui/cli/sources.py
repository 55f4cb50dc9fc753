"""List the exports of a case: what came, how it was made as stated, and where no rows are."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from casebound import exportmanifest
from casebound.assurance import GIVEN, stated_facts
from casebound.assurance import facts as assured
from casebound.case import Source
from casebound.comparison import Comparison, comparisons, silence_words, summary, window_of, zones_of
from casebound.errors import BadRequest
from casebound.events import Events
from casebound.exportmanifest import STATED_BY
from casebound.gaps import RULE, Coverage, Gap, coverage, duration, gaps
from casebound.relations import relations
from casebound.timeledger import TimesRead
from casebound.timewords import clock_words, precision_text, uncertainty_text
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import CasePath, Json, Key, Name, PassphraseFile
from casebound_ui.cli.related import tell_relations


def register(app: typer.Typer) -> None:
    app.command("sources", short_help="List the exports brought in.")(sources)


def import_facts(source: Source) -> dict[str, object]:
    """The keys of `import --json`."""
    return {
        "sha256": source.sha256,
        "source": source.label,
        "member": source.member,
        "table": source.table,
        "read": source.read,
        "kept": source.kept,
        "quarantined": source.quarantined,
        "duplicates": source.duplicates,
        "first": terminal.moment(source.first_us),
        "last": terminal.moment(source.last_us),
        "zone": source.mapping.zone or "UTC",
        "zone_origin": source.mapping.zone_origin,
        "expected": source.expected,
        "expected_from": source.expected_from or None,
        "warnings": list(source.warnings),
    }


def sources(
    case: CasePath,
    origin: Annotated[
        list[str] | None,
        typer.Option(
            "--origin",
            metavar="S-01=FILE.json",
            help="State, or correct, how the export of a source was made; may be given several times.",
            show_default=False,
        ),
    ] = None,
    details: Annotated[
        bool, typer.Option("--details", help="Every fact of how they were made, beside what came; silent stretches.")
    ] = False,
    times: Annotated[
        bool, typer.Option("--times", help="In which ways the times of each were read, with counts and an example.")
    ] = False,
    related: Annotated[
        bool,
        typer.Option("--relations", help="Instead: which columns refer to keys of other tables, and what is missing."),
    ] = False,
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """List the exports in the case: fingerprint, rows read, kept, set aside, double; first and last event; how
    they were made and how that compares with what came; where no rows are.
    """
    if origin:
        said = [_statement(text) for text in origin]
        with opening.writing(case, opening.actor(name, identity, passphrase_file)) as held:
            for number, facts in said:
                source = next((one for one in held.snapshot().sources if one.number == number), None)
                own = facts if source is None else _own(facts, source)
                after = held.state_origin(number, own)
                terminal.note(f"{after.label}: what {terminal.inert(after.name)} is stated to be was kept in custody.")
    if related:
        with (
            opening.reading(case) as held,
            opening.rows_of(held) as events,
            terminal.working("Comparing the tables") as progress,
        ):
            found = relations(events, progress)
        tell_relations(found, json=json)
        return
    with opening.reading(case) as held, opening.rows_of(held) as events:
        listed = [(one, *_measured(one, events)) for one in held.snapshot().sources]
        read = {one.number: events.time_ledger(one.number) for one, *_ in listed} if times or json else {}
    if json:
        terminal.show_json(
            [
                {
                    **_facts(one),
                    "times": [asdict(way) for way in read[one.number]],
                    **_measures(compared, covered, silent),
                }
                for one, compared, covered, silent in listed
            ]
        )
        return
    if not listed:
        terminal.say("Nothing has been brought in yet.")
        return
    _table([one for one, *_ in listed])
    for one, compared, covered, silent in listed:
        terminal.say()
        _tell(one, compared, covered, silent, details=details)
        if one.clock_us:
            terminal.say(terminal.inert(f"      Its clock is corrected: {clock_words(one.clock_us, one.clock_reason)}"))
        if times:
            _show_times(read[one.number])
    terminal.say()
    if details:
        terminal.say(RULE)
    terminal.say("Read = kept + set aside + double. Times are in UTC. What is stated is not proved.")


def _statement(text: str) -> tuple[int, dict[str, object]]:
    label, separator, file = text.partition("=")
    digits = label.strip().upper().removeprefix("S-")
    if not separator or not digits.isascii() or not digits.isdigit():
        raise BadRequest(f"“{text}” does not say which source it is about.", "Write --origin S-01=FILE.json.")
    facts = opening.read_object(opening.existing(Path(file), "a statement"), "The statement")
    return int(digits), facts or {}


def _own(facts: dict[str, object], source: Source) -> dict[str, object]:
    """What a statement or a whole manifest says of this one source; an empty value takes a fact back."""
    empty = {key: "" for key, value in facts.items() if value in (None, "")}
    stated = exportmanifest.stated(facts, source.table, source.name, GIVEN)
    return {**facts, **empty} if stated.origin is None else {**dict(stated.origin), **empty}


Measured = tuple[tuple[Comparison, ...], Coverage, tuple[Gap, ...]]


def _measured(source: Source, events: Events) -> Measured:
    times, window = events.source_times(source.number), window_of(source.origin)
    zones = zones_of(events.time_ledger(source.number))
    return comparisons(source, times, zones), coverage(times, window.start_us, window.end_us), gaps(times)


def _facts(one: Source) -> dict[str, object]:
    """The keys of `sources --json` that need no look at the rows."""
    told = None if one.origin is None else {key: value for key, value in one.origin.items() if key != STATED_BY}
    return {
        "file": one.name,
        **import_facts(one),
        "size": one.size,
        "format": one.format,
        "timed": one.timed,
        "clock_us": one.clock_us,
        "clock_reason": one.clock_reason or None,
        "origin": told,
        "assurance": [
            {"fact": fact.key, "title": fact.title, "value": fact.value or None, "from": fact.origin}
            for fact in assured(one)
        ],
        "importer": one.importer,
        "imported_at": one.imported_at,
        "imported_by": one.imported_by,
        "columns": [{"name": column.name, "role": str(column.role)} for column in one.mapping.columns],
    }


def _measures(compared: tuple[Comparison, ...], covered: Coverage, silent: tuple[Gap, ...]) -> dict[str, object]:
    return {
        "compared": [
            {"fact": one.key, "stated": one.stated, "came": one.came, "agrees": one.agrees} for one in compared
        ],
        "window": {
            "from": terminal.moment(covered.window_start_us),
            "to": terminal.moment(covered.window_end_us),
            "rows_before": covered.before,
            "rows_after": covered.after,
        },
        "gaps": [
            {
                "from": terminal.moment(gap.start_us),
                "to": terminal.moment(gap.end_us),
                "seconds": gap.length_us / 1_000_000,
                "usual_seconds": gap.usual_us / 1_000_000,
                "rows_expected": gap.expected,
            }
            for gap in silent
        ],
    }


def _table(listed: list[Source]) -> None:
    terminal.show_table(
        ("Source", "File", "Table", "Read", "Kept", "Set aside", "Double", "Expected"),
        [
            (
                one.label,
                one.name,
                one.table,
                f"{one.read:,}",
                f"{one.kept:,}",
                f"{one.quarantined:,}",
                f"{one.duplicates:,}",
                "-" if one.expected is None else f"{one.expected:,}",
            )
            for one in listed
        ],
        right=frozenset({3, 4, 5, 6, 7}),
    )
    terminal.say()
    terminal.show_table(
        ("Source", "SHA-256 of the original", "First day", "Last day"),
        [
            (
                one.label,
                one.sha256,
                (terminal.moment(one.first_us) or "")[:10],
                (terminal.moment(one.last_us) or "")[:10],
            )
            for one in listed
        ],
        whole=frozenset({1}),
    )


def _show_times(ways: list[TimesRead]) -> None:
    if not ways:
        terminal.say("      It has no times.")
    terminal.show_table(
        ("Times", "Read as", "To", "Zone", "Zone from", "About them", "Such as"),
        [
            (
                f"{way.count:,}",
                way.rule,
                precision_text(way.precision_us),
                way.zone,
                way.zone_origin,
                "; ".join(part for part in (way.note, uncertainty_text(way.uncertain_us)) if part),
                way.example,
            )
            for way in ways
        ],
        right=frozenset({0}),
    )


_LONGEST_SHOWN = 3


def _tell(
    one: Source, compared: tuple[Comparison, ...], covered: Coverage, silent: tuple[Gap, ...], *, details: bool
) -> None:
    terminal.say(terminal.inert(f"{one.label} {one.name}: {summary(compared)}"))
    for each in compared:
        if details or each.agrees is False:
            verdict = {True: "as stated", False: "NOT as stated", None: "cannot be told"}[each.agrees]
            terminal.say(terminal.inert(f"      {each.title}, {verdict}: {each.stated} stated; {each.came}"))
    if details:
        told = stated_facts(one)
        for fact in told:
            terminal.say(terminal.inert(f"      {fact.title}: {fact.value} ({fact.origin})"))
        missing = [fact.title for fact in assured(one) if not fact.stated]
        if missing:
            terminal.say(f"      Not stated: {', '.join(missing)}.")
    for words in silence_words(covered):
        terminal.say(f"      {words}")
    shown = sorted(silent, key=lambda gap: -gap.length_us)[: None if details else _LONGEST_SHOWN]
    for gap in sorted(shown, key=lambda gap: gap.start_us):
        between = f"{terminal.moment(gap.start_us)} and {terminal.moment(gap.end_us)}"
        terminal.say(
            f"      No rows between {between}: {duration(gap.length_us)}. "
            f"Usual there: some {gap.expected:,} rows, no pause above {duration(gap.usual_us)}."
        )
    if len(shown) < len(silent):
        terminal.say(f"      And {len(silent) - len(shown):,} shorter silent stretches; --details lists all.")
