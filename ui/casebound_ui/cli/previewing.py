"""How an export would be read, before anything is kept: the mapping that a person may change and give back."""

from __future__ import annotations

import json as text
from collections.abc import Sequence
from pathlib import Path

from casebound.case import Preview
from casebound.foundtables import LeftOut
from casebound.mappings import mapping_json
from casebound_ui.cli import terminal
from casebound_ui.cli.leftouts import left_out_facts, tell_left_out


def tell_previews(
    looked: list[tuple[Path, tuple[Preview, ...]]], left_out: Sequence[LeftOut] = (), *, json: bool
) -> None:
    """Print what each file is taken for, why, and how its times would read. Nothing is kept."""
    if json:
        facts = [_facts(file, one) for file, previews in looked for one in previews]
        terminal.show_json(facts + [left_out_facts(one) for one in left_out])
        return
    for file, previews in looked:
        for one in previews:
            _tell(file, one)
    tell_left_out([(one, None) for one in left_out])
    terminal.say("Nothing was brought in. --preview --json prints mappings that --mapping takes, changed as you like.")


def _facts(file: Path, one: Preview) -> dict[str, object]:
    """The keys of `import --preview --json`; `mapping` is what `--mapping` takes."""
    return {
        "file": str(file),
        "member": one.member,
        "format": one.format,
        "mapping": text.loads(mapping_json(one.mapping)),
        "evidence": list(one.evidence),
        "time_samples": [{"raw": raw, "reads_as": reads} for raw, reads in one.time_samples],
        "rows": [list(row) for row in one.rows],
    }


def _tell(file: Path, one: Preview) -> None:
    mapping = one.mapping
    sheet = f" [{one.member}]" if one.member else ""
    taken = mapping.recognised_as or "a table of its own kind"
    terminal.say(terminal.inert(f"{file.name}{sheet} as “{mapping.table}”, recognised as {taken}"))
    for sentence in one.evidence:
        terminal.say("      " + terminal.inert(sentence))
    zone = mapping.zone or "UTC"
    terminal.say(f"      times without a zone: {terminal.inert(zone)} ({terminal.inert(mapping.zone_origin)})")
    terminal.show_table(
        ("Column", "Role", "First value"),
        [
            (column.name, str(column.role), next((row[at] or "" for row in one.rows if row[at]), ""))
            for at, column in enumerate(mapping.columns)
        ],
    )
    for raw, reads in one.time_samples[:3]:
        terminal.say(f"      {terminal.inert(raw)}  →  {terminal.inert(reads)}")
    terminal.say()
