"""The program `casebound`: the window without arguments or with a case or package to open, otherwise a command."""

from __future__ import annotations

import os
import sys
from pathlib import Path

LEAVE = "--leave-when-shown"  # the window shows itself once and ends; how a built program is tried

PREVIEW = "--preview-child"  # a built program decodes untrusted pictures in another run of itself
PICTURE = "--picture-child"  # the same for the pictures of the report
WORKBOOK = "--workbook-child"  # and for workbooks of the old kinds
FACTS = "--facts-child"  # and for what pictures and PDFs say of themselves


def main(arguments: list[str] | None = None) -> int:
    """Run the program and return its exit code. Everything it makes is for its owner only."""
    os.umask(0o077)
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == [PREVIEW]:
        from casebound_ui.desktop.preview_child import main as preview

        return preview(given[1:])
    if given[:1] == [PICTURE] and given[1:2] and given[1].isdecimal():
        from casebound_exporters.picture_child import main as decode

        return decode(int(given[1]))
    if given[:1] == [WORKBOOK]:
        from casebound.importers.workbook_child import main as cells

        return cells(given[1:])
    if given[:1] == [FACTS]:
        from casebound.facts_child import main as facts

        return facts(given[1:])
    rest = [argument for argument in given if argument != LEAVE]
    if not rest:
        return _window(None, leave=LEAVE in given)
    from casebound_ui.cli.app import COMMANDS, run
    from casebound_ui.cli.faults import told

    alone = len(rest) == 1 and not rest[0].startswith("-") and rest[0] not in COMMANDS
    if alone and Path(rest[0]).exists():
        return _window(Path(rest[0]), leave=LEAVE in given)
    if alone and (os.sep in rest[0] or Path(rest[0]).suffix):
        return told(f"There is no case, package or report at {rest[0]}. Check the path.", 2)
    return run(given)


def _window(path: Path | None, *, leave: bool) -> int:
    from casebound_ui.cli.faults import guarded
    from casebound_ui.display import show_window

    return guarded(lambda: show_window(path, leave=leave))
