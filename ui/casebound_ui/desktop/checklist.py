"""What should be true before a package leaves: each line says how it is, and leads to where it can be put right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QVBoxLayout

from casebound.case import Finding, Snapshot
from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, Elided, Picture, column, emptied, holder, label, row
from casebound_ui.desktop.custody_links import Chain
from casebound_ui.desktop.wording import counted


@dataclass(frozen=True, slots=True)
class Item:
    """One line. Only a `required` one that is not `well` keeps a package from being built."""

    well: bool
    title: str
    detail: str
    place: str
    required: bool = False


def items(snapshot: Snapshot, chain: Chain | None) -> list[Item]:
    """The list for a case as it is now. `chain` is None while custody is being recomputed."""
    aside = sum(source.quarantined for source in snapshot.sources)
    bare = [finding.number for finding in snapshot.findings if not finding.supports]
    unstated = [f for f in snapshot.findings if not f.likelihood or not f.confidence]
    found = [
        Item(
            chain is not None and chain.unbroken,
            chain.verdict()[0] if chain is not None else "Custody is being recomputed",
            chain.verdict()[1] if chain is not None else "",
            "custody",
            required=True,
        ),
        Item(
            bool(snapshot.exhibits),
            counted(len(snapshot.exhibits), "exhibit") if snapshot.exhibits else "No exhibit is chosen",
            "Choose them on the timeline and among the attachments."
            if not snapshot.exhibits
            else "Enclosed as they are.",
            "timeline",
        ),
        Item(
            bool(snapshot.findings) and not bare,
            f"{bare[0]} has no evidence"
            if bare
            else counted(len(snapshot.findings), "finding")
            if snapshot.findings
            else "No finding is written",
            "Every finding names its evidence."
            if snapshot.findings and not bare
            else "A finding without evidence is only a claim.",
            "findings",
        ),
    ]
    if snapshot.findings:
        found.append(
            Item(
                not unstated,
                _unstated(unstated) if unstated else "Likelihood and confidence are stated",
                "They are two separate judgements.",
                "findings",
            )
        )
    found.append(
        Item(
            True,
            f"{counted(aside, 'row')} set aside" if aside else "No row was set aside",
            "Counts and reasons are printed in the package and the PDF." if aside else "",
            "sources",
        )
    )
    return found


def _unstated(findings: list[Finding]) -> str:
    """What the first of these findings does not state, and how many more there are."""
    first, others = findings[0], len(findings) - 1
    missing = [
        name for name, value in (("likelihood", first.likelihood), ("confidence", first.confidence)) if not value
    ]
    more = f", and {others:,} more" if others else ""
    return f"{first.number} does not state its {' or its '.join(missing)}{more}"


class Checklist(QFrame):
    """The lines in a card."""

    def __init__(self, go: Callable[[str], None]) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._go = go
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self.setLayout(column(label("Before it leaves", "title"), self._list, None, gap=10, margins=(20, 14, 20, 16)))

    def show_items(self, found: list[Item]) -> None:
        emptied(self._list)
        for item in found:
            icon, tone = ("circle-check", "ok") if item.well else ("circle-alert", "bad" if item.required else "warn")
            line = row(Picture(icon, tone), label(item.title), Elided(item.detail, "small", "text2"), None, gap=10)
            if not item.well:
                look = Button("Look", self._going(item.place), kind="link", name=f"Look: {item.title}")
                line.addWidget(look)
            made = holder(line)
            made.setFixedHeight(round(26 * theme.scale()))
            self._list.addWidget(made)

    def _going(self, place: str) -> Callable[[], None]:
        return lambda: self._go(place)
