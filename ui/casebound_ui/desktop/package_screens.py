"""A sealed package, looked at: read only, nothing is kept, and the verdict stands over every list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from casebound.errors import CaseboundError
from casebound_ui.desktop import choosing
from casebound_ui.desktop.banner import Banner
from casebound_ui.desktop.check_words import Checked
from casebound_ui.desktop.controls import Button, Chip, label, row
from casebound_ui.desktop.facts import FactPanel, fingerprint
from casebound_ui.desktop.listing import Listing, nothing
from casebound_ui.desktop.package_evidence import PackageEvidence, Record, extract
from casebound_ui.desktop.records import Cell, Field
from casebound_ui.desktop.saving import whole
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.wording import counted, inert, readable_times, size


def text(record: Record, name: str) -> str:
    """A value of a record as inert text."""
    value = record.get(name)
    if value is None or value == "":
        return ""
    return inert(value if isinstance(value, str) else str(value), 2000)


def verdict_banner(checked: Checked | None) -> Banner:
    """What the check said, on every page of the package."""
    banner = Banner()
    if checked is None:
        banner.say("neutral", "Not checked.", "What is shown here may have been altered.")
    elif checked.tone == "bad":
        banner.say("bad", f"{checked.report.headline}.", "What is shown here may have been altered. Do not rely on it.")
    else:
        banner.say(checked.tone, f"{checked.report.headline}.", "Opened read only; nothing is kept on this computer.")
    return banner


def findings_screen(evidence: PackageEvidence, checked: Checked | None) -> Listing:
    """The findings as the custody record discloses them."""
    screen = Listing(
        "Findings",
        (
            Field("No.", 64, lambda r: Cell(text(r, "number"), "finding", "strong")),
            Field("Finding", 0, lambda r: Cell(text(r, "sentence"), second=text(r, "clause"), prose=True)),
            Field("Likelihood", 150, lambda r: Cell(text(r, "likelihood") or "not stated", "text2")),
            Field("Confidence", 110, lambda r: Cell(text(r, "confidence") or "not stated", "text2")),
        ),
        FactPanel("Finding", "Nothing chosen", "Choose a finding to read it."),
        _finding,
        empty=nothing("No findings for this recipient", "None was disclosed with this package."),
        above=(verdict_banner(checked),),
        height=48,
    )
    screen.show_records(evidence.findings, counted(len(evidence.findings), "finding"))
    return screen


def _finding(panel: FactPanel, record: Record) -> None:
    panel.add(label(text(record, "number"), "strong", "finding"), label(text(record, "sentence"), "title", wrap=True))
    for name, heading in (
        ("reasoning", "Reasoning"),
        ("clause", "Clause"),
        ("ask", "What is asked for"),
        ("limits", "What is not established"),
        ("confidence_basis", "Basis of the confidence"),
    ):
        if text(record, name):
            panel.heading(heading)
            panel.add(label(text(record, name), wrap=True, select=True))
    for name, heading in (("supports", "Evidence for"), ("contradicts", "Evidence against"), ("measures", "Numbers")):
        values = record.get(name)
        if isinstance(values, list) and values:
            panel.heading(heading)
            panel.add(label(", ".join(inert(str(value), 40) for value in values), wrap=True))
    panel.finish()


def timeline_screen(evidence: PackageEvidence, checked: Checked | None) -> Listing:
    """The evidence timeline: one line for each dated exhibit."""
    screen = Listing(
        "Evidence timeline",
        (
            Field("Time (UTC)", 200, lambda r: Cell(_utc(r))),
            Field("Source", 190, lambda r: Cell(text(r, "source"), "text2"), spare=1),
            Field("What", 0, lambda r: Cell(text(r, "caption") or text(r, "event"), prose=True)),
            Field("Exhibit", 90, lambda r: Cell(text(r, "exhibit"), "accent", chip=True)),
        ),
        FactPanel("Event", "Nothing chosen", "Choose a line to see where it came from."),
        _moment,
        empty=nothing("No dated evidence", "This package encloses no exhibit with a time."),
        above=(verdict_banner(checked),),
        height=36,
    )
    screen.show_records(evidence.timeline, counted(len(evidence.timeline), "entry", "entries"))
    return screen


def _utc(record: Record) -> str:
    return readable_times(text(record, "utc")).removesuffix(" UTC")


def _moment(panel: FactPanel, record: Record) -> None:
    panel.add(label(text(record, "caption") or text(record, "exhibit"), "title", wrap=True))
    panel.add(row(Chip(text(record, "exhibit"), "accent"), None))
    panel.heading("Time")
    panel.facts([("UTC", _utc(record)), ("As found", text(record, "raw")), ("Zone", text(record, "zone"))])
    panel.facts([("Zone from", text(record, "zone_origin"))])
    panel.heading("Came from")
    panel.facts([("Source", text(record, "source")), ("Line", text(record, "line")), ("Event", text(record, "event"))])
    panel.finish()


class Exhibits(QWidget):
    """The enclosed exhibits. Nothing is drawn of them; an original is saved only when asked for."""

    def __init__(self, evidence: PackageEvidence, checked: Checked | None, around: Surroundings) -> None:
        super().__init__()
        self._path, self._around = evidence.path, around
        self.listing = Listing(
            "Exhibits",
            (
                Field("Exhibit", 100, lambda r: Cell(text(r, "exhibit"), kind="strong")),
                Field("What", 0, lambda r: Cell(_name(r), icon=_icon(r), second=text(r, "caption"), prose=True)),
                Field(
                    "Attachment",
                    100,
                    lambda r: Cell(f"no. {r['attachment']}" if r.get("attachment") else "", "text2"),
                    spare=1,
                ),
                Field("", 110, lambda r: Cell("Sensitive" if r.get("sensitive") else "", "warn", chip=True)),
            ),
            FactPanel("Exhibit", "Nothing chosen", "Choose an exhibit to see its fingerprint."),
            self._describe,
            empty=nothing("No exhibits", "This package encloses no exhibit."),
            above=(verdict_banner(checked),),
            height=46,
        )
        from casebound_ui.desktop.controls import column

        self.setLayout(column(self.listing))
        self.listing.show_records(evidence.exhibits, counted(len(evidence.exhibits), "exhibit"))

    def _describe(self, panel: FactPanel, record: Record) -> None:
        panel.add(label(text(record, "exhibit"), "strong", "text2"), label(_name(record), "title", wrap=True))
        if record.get("sensitive"):
            panel.add(row(Chip("Sensitive", "warn"), None))
        if text(record, "caption"):
            panel.add(label(text(record, "caption"), wrap=True, select=True))
        fields = record.get("fields")
        if isinstance(fields, dict):
            panel.heading("Record")
            panel.facts([(inert(str(k), 24), inert(str(v), 300)) for k, v in fields.items() if v is not None])
            held = record.get("_sd")
            withheld = len(held) - len(fields) if isinstance(held, list) else 0
            if withheld > 0:
                panel.add(
                    label(f"{counted(withheld, 'field')} withheld from this recipient.", "small", "text2", wrap=True)
                )
        else:
            panel.heading("File")
            length = record.get("size")
            panel.facts(
                [("Type", text(record, "media_type")), ("Size", size(length) if isinstance(length, int) else "")]
            )
        panel.heading("Seal")
        for name, shown in (("sha256", "SHA-256"), ("line_hash", "Own seal"), ("previous_line_hash", "Before")):
            if text(record, name):
                panel.add(fingerprint(shown, text(record, name)))
        panel.finish(
            *([Button("Save the original…", self._saver(record), icon="download")] if record.get("file") else [])
        )

    def _saver(self, record: Record) -> Callable[[], None]:
        name = Path(text(record, "file")).name
        member = f"data/exhibits/{text(record, 'exhibit')}/{name}"

        def save(target: Path) -> None:
            try:
                whole(target, extract(self._path, member))
            except CaseboundError as error:
                self._around.tell(error)
                return
            self._around.note(f"Original written to {target.name}.")

        return lambda: choosing.target(self, "Save the original", name, choosing.ANY, save)


def _name(record: Record) -> str:
    event: Any = record.get("event")
    if isinstance(event, dict):
        return f"Event in {inert(str(event.get('table', '')), 60)}, row {event.get('ordinal', '')}"
    return text(record, "original_name") or text(record, "title") or text(record, "file")


def _icon(record: Record) -> str:
    return "circle-dot" if record.get("kind") == "event" else "paperclip"
