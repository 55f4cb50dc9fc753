"""What the head of the table says: how many events are listed, and where all the others are. Free of Qt."""

from __future__ import annotations

from dataclasses import dataclass

from casebound_ui.desktop.timeline.dates import edge_text
from casebound_ui.desktop.wording import counted

APART = "  ·  "


@dataclass(frozen=True, slots=True)
class Counts:
    """listed + hidden + elsewhere + elsewhere_hidden = of, always."""

    listed: int
    hidden: int  # by the filter, in this stretch of time
    elsewhere: int  # shown by the filter, outside of this stretch
    elsewhere_hidden: int
    of: int  # events of the case
    aside: int  # rows set aside: on no timeline
    untimed: int  # rows kept without a time: on no timeline
    selected: int
    stretch: str  # “10 Mar 2026 00:00 to 16 Mar 2026 00:00 UTC”
    length: str  # “6 d”
    order: str  # how the rows are sorted, "" by time
    brief: str = ""  # the stretch with less room: no year said twice, no seconds that do not matter
    unread: bool = False  # what is typed as a filter cannot be read: all this is by the one before

    @property
    def lines(self) -> tuple[str, ...]:
        """The same from most to least: the first that fits is shown, the tip has all of it."""
        head = f"{self.listed:,} of {self.of:,}" + f"{APART}typed filter not applied" * self.unread
        hidden = (f"{self.hidden + self.elsewhere_hidden:,} hidden by the filter",) if self.filtered else ()
        aside = (f"{self.aside:,} set aside",) if self.aside else ()
        chosen = (f"{self.selected:,} selected",) if self.selected > 1 else ()
        order = (self.order,) if self.order else ()
        told = (head, *chosen, *hidden, *order)
        most = (*told, *aside, self.stretch, self.length)
        less = [told[:many] for many in range(len(told), 0, -1)]
        brief = [(*told, *aside, self.brief, self.length), (*told, *aside, self.brief), (*told, self.brief)]
        every = (most, *(brief if self.brief else ()), (*told, *aside), *less)
        return tuple(dict.fromkeys(APART.join(parts) for parts in every))

    @property
    def filtered(self) -> bool:
        return bool(self.hidden or self.elsewhere_hidden)

    @property
    def told(self) -> str:
        """Every count, in sentences: for the tip, and for those who listen."""
        lines = [f"{counted(self.listed, 'event')} of {self.of:,} listed, {self.stretch} ({self.length})."]
        if self.unread:
            lines.append("The typed filter is not applied: this is the result of the one before.")
        if self.order:
            lines.append(f"{self.order}.")
        if self.selected > 1:
            lines.append(f"{counted(self.selected, 'row')} selected.")
        if self.hidden:
            lines.append(f"{self.hidden:,} in this stretch hidden by the filter.")
        if self.elsewhere or self.elsewhere_hidden:
            rest = f", and {self.elsewhere_hidden:,} more hidden by the filter" if self.elsewhere_hidden else ""
            lines.append(f"{self.elsewhere:,} outside of this stretch{rest}.")
        if self.aside:
            lines.append(f"{counted(self.aside, 'row')} set aside, on no timeline.")
        if self.untimed:
            lines.append(f"{counted(self.untimed, 'row')} without a time, on no timeline.")
        return "\n".join(lines)


HOUR = 3_600_000_000  # microseconds


def brief_stretch(start: int, end: int) -> str:
    """“30 Sep 2026 14:41 to 20:41 UTC”, “13 Jul 13:27 to 05 Oct 2026 09:00 UTC”: to the minute from an hour on."""
    span = end - start
    edges = [edge_text(time, span).rsplit(" ", 1) for time in (start, end)]
    (first, at), (last, until) = [(day, clock[:5] if span >= HOUR else clock) for day, clock in edges]
    if first == last:
        return f"{first} {at} to {until} UTC"
    if first.rsplit(" ", 1)[-1] == last.rsplit(" ", 1)[-1]:
        first = first.rsplit(" ", 1)[0]
    return f"{first} {at} to {last} {until} UTC"
