"""What the commands say and how: plain lines and JSON on stdout, progress and faults on stderr.

Text from a case is hostile. Control, bidirectional and invisible characters are written as escapes, never as
themselves, so
that nothing in an export can drive the terminal or turn a line around.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import FrameType

from casebound.work import Cancelled, Progress
from casebound_packaging.times import stamp

_ACTIVE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_NARROWEST = 8  # a column on a terminal
_MOST_LINES = 4  # of a row on a terminal; nothing is shortened in a pipe
_LONGEST = 4096  # characters of one cell


def inert(text: str) -> str:
    """The text with everything that acts on a terminal written as an escape."""
    return _ACTIVE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def say(text: str = "") -> None:
    """One line for a person."""
    sys.stdout.write(text + "\n")


def note(text: str) -> None:
    """A remark beside the result, on stderr."""
    sys.stderr.write(text + "\n")


def show_json(value: object) -> None:
    """The result for a program."""
    say(_ACTIVE.sub(_escaped, json.dumps(value, ensure_ascii=False, indent=2, default=_plain)))


def show_json_line(value: object) -> None:
    """One object of JSON Lines."""
    say(_ACTIVE.sub(_escaped, json.dumps(value, ensure_ascii=False, default=_plain)))


def _escaped(found: re.Match[str]) -> str:
    """As JSON writes it: what lies beyond U+FFFF in two halves (RFC 8259, 7)."""
    if found[0] == "\n":
        return "\n"
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return stamp(value)
    return str(value)


def show_table(
    head: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    right: frozenset[int] = frozenset(),
    whole: frozenset[int] = frozenset(),
) -> None:
    """Aligned columns, `right` ones to the right; nothing at all where there are no rows.

    On a terminal the widest columns give way until a row fits into a line, and longer texts run on below; the `whole`
    ones never do: they are there to be copied. A text of more than `_LONGEST` characters is cut anywhere, and its
    length said: a cell of ten megabytes would widen every line of the table.
    """
    from rich.cells import cell_len

    if not rows:
        return
    cells = [
        [inert(_bounded("" if cell is None else str(cell), column in whole)) for column, cell in enumerate(row)]
        for row in rows
    ]
    widths = [max(cell_len(line[column]) for line in [list(head), *cells]) for column in range(len(head))]
    lines = [list(head), *cells]
    if sys.stdout.isatty():
        widths = _fitted(head, widths, right | whole)
        lines = [part for line in lines for part in _folded(line, widths, right | whole)]
    for line in lines:
        parts = []
        for column, cell in enumerate(line):
            gap = " " * (widths[column] - cell_len(cell))
            parts.append(gap + cell if column in right else cell + gap)
        say("  ".join(parts).rstrip())


def _bounded(text: str, whole: bool) -> str:
    return text if whole or len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"


def _fitted(head: Sequence[str], widths: list[int], firm: frozenset[int]) -> list[int]:
    """Widths that fit into the terminal, as far as the columns that are not firm can give way."""
    room = shutil.get_terminal_size().columns - 2 * (len(head) - 1)
    fitted = list(widths)
    while sum(fitted) > room:
        soft = [column for column in range(len(head)) if column not in firm and fitted[column] > _NARROWEST]
        if not soft:
            break
        fitted[max(soft, key=lambda column: fitted[column])] -= 1
    return fitted


def _folded(line: Sequence[str], widths: list[int], firm: frozenset[int]) -> list[list[str]]:
    """One row as the lines that it takes; of a text longer than that the rest is left out, and `…` says so."""
    stacks = [
        [cell]
        if column in firm or len(cell) <= widths[column]
        else textwrap.wrap(cell, widths[column])[: _MOST_LINES + 1]
        for column, cell in enumerate(line)
    ]
    for column, stack in enumerate(stacks):
        if len(stack) > _MOST_LINES:
            stack[_MOST_LINES - 1 :] = [_shortened(stack[_MOST_LINES - 1] + "…" * widths[column], widths[column])]
    tall = max(len(stack) for stack in stacks)
    return [[stack[place] if place < len(stack) else "" for stack in stacks] for place in range(tall)]


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def count(number: int, one: str, many: str = "") -> str:
    """ "1 row", "1,204 rows"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def moment(us: int | None) -> str | None:
    """Microseconds since 1970 as the UTC text of packages."""
    return None if us is None else stamp(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us))


@contextmanager
def working(title: str) -> Iterator[Progress]:
    """Progress for one job: a bar where stderr is a terminal, nothing otherwise.

    Ctrl+C asks the job to stop and lets it tidy up.
    """
    asked = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    previous = signal.signal(signal.SIGINT, stop)
    try:
        with _bar(title) as draw:

            def progress(done: int, total: int, note: str = "") -> None:
                if asked:
                    raise Cancelled
                draw(done, total, note)

            yield progress
    finally:
        signal.signal(signal.SIGINT, previous)


@contextmanager
def _bar(title: str) -> Iterator[Callable[[int, int, str], None]]:
    if not sys.stderr.isatty():
        yield lambda done, total, note: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(title, total=None)
        shown = 0.0

        def draw(done: int, total: int, note: str) -> None:
            nonlocal shown
            now = time.monotonic()
            if now - shown >= 0.1 or (total and done >= total):
                shown = now
                words = inert(note) or title
                bars.update(task, description=words, completed=done, total=total or None)

        yield draw
