"""Where a filter stumbles, for a terminal: the filter with a mark under the place, and what was probably meant."""

from __future__ import annotations

import shlex
import shutil

from casebound.filtering import FilterError
from casebound_ui.cli.terminal import inert

_INDENT = "  "
_WIDEST = 200  # columns where nothing says how wide the terminal is


def drawn(error: FilterError) -> str:
    """Lines that show the place; "" where the filter is not known. Every line ends with a line feed."""
    if not error.text:
        return ""
    from rich.cells import cell_len

    width = min(shutil.get_terminal_size((_WIDEST, 24)).columns, _WIDEST) - len(_INDENT) - 2
    before = inert(error.text[: error.position])
    part = inert(error.text[error.position : error.end])
    after = inert(error.text[error.end :])
    while before and cell_len(before) > max(width // 2, 10):
        before = "…" + before[max(2, len(before) // 8) :]  # what is far before it is left out
    line, marked = before, 0
    for sign in f"{part}{after}":
        if cell_len(line) >= width:
            line += "…"
            break
        line += sign
        marked += 1
    caret = "^" * max(cell_len(line[len(before) : len(before) + min(len(part), marked)]), 1)
    lines = [line, " " * cell_len(before) + caret]
    mended = error.mended(error.text)
    if mended and len(mended) <= width:
        lines.append(f"Suggested: {shlex.quote(inert(mended))}")
    return "".join(f"{_INDENT}{one}\n" for one in lines)
