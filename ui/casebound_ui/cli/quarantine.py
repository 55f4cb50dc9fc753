"""What was set aside: by reason, row by row, as files, and read again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casebound.case import SetAside, Source
from casebound.errors import BadRequest, NothingToDo
from casebound.events import Events
from casebound.mending import Choice, Recipe, Shift, Trial, mend, parsed_target, spoken, try_mend
from casebound.quarantine import Group
from casebound_exporters.set_aside import write_set_aside
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import CasePath, Json, Key, Name, PassphraseFile

_SIGNS = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
_ROW = ("source", "file", "ordinal", "line", "offset", "code", "reason", "raw")


def register(app: typer.Typer) -> None:
    app.command("quarantine", short_help="What was set aside, and reading it again.")(quarantine)


def quarantine(
    case: CasePath,
    rows: Annotated[bool, typer.Option("--rows", help="List every row instead of the groups.")] = False,
    export: Annotated[
        Path | None,
        typer.Option(
            "--export",
            metavar="FILE",
            help="Write the rows to a new FILE: .csv and .jsonl are lists with the exact bytes in base64 where text"
            " cannot hold them; any other name holds the rows byte for byte, with FILE.index.csv beside it.",
        ),
    ] = None,
    mend_: Annotated[
        str,
        typer.Option(
            "--mend", metavar="S-NN:GROUP", help="Read these rows again; S-01:time is a group, S-01 all of a source."
        ),
    ] = "",
    line: Annotated[
        list[int] | None, typer.Option("--line", metavar="N", help="Of these, only the row of line N; repeatable.")
    ] = None,
    time_format: Annotated[
        str,
        typer.Option("--time-format", metavar="FORMAT", help="dmy, mdy, epoch-s, excel … or a pattern: %d.%m.%Y %H:%M"),
    ] = "",
    zone: Annotated[str, typer.Option("--zone", metavar="ZONE", help="For times without a zone.")] = "",
    encoding: Annotated[str, typer.Option("--encoding", metavar="NAME", help="Read the bytes as cp1252, gbk …")] = "",
    delimiter: Annotated[str, typer.Option("--delimiter", metavar="SIGN", help="Cut at this character.")] = "",
    shift: Annotated[
        list[str] | None,
        typer.Option(
            "--shift",
            metavar="STEP",
            help="drop:7 leaves value 7 out, insert:3 puts an empty one before it, join:5 makes 5 and 6 one.",
        ),
    ] = None,
    plain_quotes: Annotated[
        bool, typer.Option("--plain-quotes", help="Quotation marks are characters like any other.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what --mend would do, and change nothing.")] = False,
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Show what was set aside, by reason, with the first of each kind.

    With --mend, rows are read again by what is given, and join the others where they fit.
    """
    sign, steps = _SIGNS.get(delimiter.lower(), delimiter), tuple(Shift.parse(text) for text in shift or ())
    recipe = Recipe(time_format, zone, encoding, sign, steps, plain_quotes)
    if not mend_ and (recipe.said() or dry_run or line):
        raise BadRequest("It was not said which rows are to be read again.", "Name them with --mend S-01:GROUP.")
    if mend_ and dry_run:
        with opening.reading(case) as held:
            source, choice = _meant(held.path, *parsed_target(held, mend_), line)
            with terminal.working(f"Reading rows of {source.name} again") as progress:
                _tell_trial(try_mend(held, source, choice, recipe, progress), json=json)
        return
    if mend_:
        with opening.writing(case, opening.actor(name, identity, passphrase_file)) as held:
            source, choice = _meant(held.path, *parsed_target(held, mend_), line)
            with terminal.working(f"Reading rows of {source.name} again") as progress:
                _tell_mended(mend(held, source, choice, recipe, progress), json=json)
        return
    with opening.reading(case) as held:
        sources = held.snapshot().sources
        with opening.rows_of(held) as events:
            if export is not None:
                with terminal.working("Writing the rows set aside") as progress:
                    count, files = write_set_aside(held.path, events, export, sources, progress)
                if not json:
                    terminal.say(f"Wrote {terminal.count(count, 'row')} to {' and '.join(map(str, files))}.")
                    return
            if json or rows:
                _tell_rows(events.set_aside(), events.set_aside_groups(), sources, json=json)
            else:
                _tell_groups(events.set_aside_groups(), sources)


def _meant(path: Path, source: Source, choice: Choice, lines: list[int] | None) -> tuple[Source, Choice]:
    """The choice narrowed to the rows of these lines."""
    if not lines:
        return source, choice
    with Events.open(path, [source]) as events:
        found = {one.line: one.ordinal for one in events.set_aside_where(source.number, choice) if one.line in lines}
    missing = sorted(set(lines) - found.keys())
    if missing:
        raise BadRequest(
            f"The row of line {missing[0]} of {source.label} is not among the rows set aside that were named.",
            "--rows lists every row with its line.",
        )
    return source, Choice(choice.code, choice.shape, frozenset(found.values()))


def _tell_rows(rows: list[SetAside], groups: list[Group], sources: tuple[Source, ...], *, json: bool) -> None:
    named = {source.number: source for source in sources}
    listed = [_facts(row, named[row.source]) for row in rows]
    if json:
        terminal.show_json(listed)
        return
    if not listed:
        _tell_groups(groups, sources)
        return
    head = ("Source", "File", "Line", "Code", "Reason", "As found")
    terminal.show_table(
        head, [[row[key] for key in ("source", "file", "line", "code", "reason", "raw")] for row in listed]
    )
    terminal.say()
    _tell_sum(len(listed), sources)


def _tell_groups(groups: list[Group], sources: tuple[Source, ...]) -> None:
    named = {source.number: source for source in sources}
    if not groups:
        read = sum(source.read for source in sources)
        terminal.say(f"Nothing is set aside: all {terminal.count(read, 'row')} read could be used.")
    else:
        head = ("Group", "Rows", "File", "First", "Reason", "As found")
        rows = [
            (
                f"{named[group.source].label}:{group.name}",
                f"{group.count:,}",
                named[group.source].name,
                f"line {group.first.line}" + (f", byte {group.first.offset}" if group.first.offset >= 0 else ""),
                group.first.reason,
                group.first.raw,
            )
            for group in groups
        ]
        terminal.show_table(head, rows, right=frozenset({1}))
        terminal.say()
        _tell_sum(sum(group.count for group in groups), sources)
    for source in sources:
        for one in source.mends:
            how = spoken(one.recipe)
            terminal.say(
                terminal.inert(
                    f"{source.label}: {one.kept:,} of {terminal.count(one.read, 'row')} read again on "
                    f"{one.at:%Y-%m-%d %H:%M} UTC by {one.by} ({how})."
                )
            )


def _tell_sum(count: int, sources: tuple[Source, ...]) -> None:
    read = sum(source.read for source in sources)
    are = "is" if count == 1 else "are"
    terminal.say(f"{count:,} of {terminal.count(read, 'row')} read {are} set aside. The originals hold them unchanged.")


def _tell_trial(trial: Trial, *, json: bool) -> None:
    if json:
        terminal.show_json(
            {
                "read": trial.read,
                "kept": trial.kept,
                "quarantined": trial.quarantined,
                "duplicates": trial.duplicates,
                "examples": [
                    {"line": one.line, "time": one.time_raw, "utc": one.utc, "fields": dict(one.values)}
                    for one in trial.examples
                ],
                "failing": [{"reason": reason, "count": count} for reason, count in trial.failing],
            }
        )
        return
    terminal.say(
        f"{trial.kept:,} of {terminal.count(trial.read, 'row')} would be kept, {trial.quarantined:,} would stay set "
        f"aside, {terminal.count(trial.duplicates, 'duplicate')}. Nothing was changed."
    )
    if trial.examples:
        rows = [
            (str(one.line), one.time_raw, one.utc, ", ".join(f"{key}={value or ''}" for key, value in one.values))
            for one in trial.examples
        ]
        terminal.say()
        terminal.show_table(("Line", "Time as found", "UTC", "Row"), rows)
    for reason, count in trial.failing:
        terminal.say(terminal.inert(f"{count:,} would stay set aside, such as: {reason}"))
    if not trial.kept + trial.duplicates:
        raise NothingToDo("Not one row can be read this way.", "Try another way.", meaning="Nothing was changed.")


def _tell_mended(source: Source, *, json: bool) -> None:
    last = source.mends[-1]
    if json:
        facts = {key: getattr(last, key) for key in ("number", "read", "kept", "quarantined", "duplicates", "by", "at")}
        now = {key: getattr(source, key) for key in ("read", "kept", "quarantined", "duplicates")}
        terminal.show_json({"source": source.label, "mend": {**facts, "recipe": dict(last.recipe)}, "now": now})
        return
    terminal.say(
        f"{source.label}: {last.kept:,} of {terminal.count(last.read, 'row')} kept now, {last.quarantined:,} stay set "
        f"aside, {terminal.count(last.duplicates, 'duplicate')}."
    )
    terminal.say(
        f"{terminal.count(source.read, 'row')} read = {source.kept:,} kept + {source.quarantined:,} set aside + "
        f"{terminal.count(source.duplicates, 'duplicate')}."
    )


def _facts(row: SetAside, source: Source) -> dict[str, object]:
    values = (source.label, source.name, row.ordinal, row.line, row.offset, row.code, row.reason, row.raw)
    return dict(zip(_ROW, values, strict=True))
