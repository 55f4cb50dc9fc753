"""The attachments: files of any kind, kept as they are, each sealed to the one before. Sensitive ones stay covered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QBoxLayout, QCheckBox, QWidget

from casebound.attachmentfacts import Facts, facts_of, has_facts
from casebound.case import Attachment, EventId
from casebound.document import Attached
from casebound.work import Done, Failed, Progress, Stopped
from casebound_ui.desktop import choosing
from casebound_ui.desktop.commands import Command
from casebound_ui.desktop.controls import Button, Chip, Picture, column, label, row
from casebound_ui.desktop.cover import Cover
from casebound_ui.desktop.facts import FactPanel, fact, fingerprint
from casebound_ui.desktop.listing import Listing, nothing
from casebound_ui.desktop.records import Cell, Field
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.ways import Ways
from casebound_ui.desktop.wording import counted, inert, moment, short_hash, size

LINKED = 12  # events that are listed in the panel
_ICONS = (
    ("image/", "file-image"),
    ("video/", "file-video"),
    ("audio/", "file-audio"),
    ("message/", "mail"),
    ("application/pdf", "file-text"),
    ("application/json", "file-json"),
    ("application/zip", "file-archive"),
    ("text/", "file-text"),
)


def icon_of(media_type: str) -> str:
    return next((icon for start, icon in _ICONS if media_type.startswith(start)), "file")


class Attachments(QWidget):
    """List, cover and seal. Drop files anywhere on the screen to attach them."""

    def __init__(self, session: CaseSession, around: Surroundings, ways: Ways) -> None:
        super().__init__()
        self._session, self._around, self._ways = session, around, ways
        self._facts: dict[int, Facts] = {}
        self.counted: Callable[[], object] = lambda: None  # hears of everything that is uncovered
        self._place: tuple[int, QBoxLayout, QWidget] | None = None  # where the answer goes that is waited for
        self._no_cover = Cover(self._revealed)  # what is covered where no picture is shown: nothing
        self._no_cover.setParent(self)
        self._no_cover.hide()
        self.cover = self._no_cover
        add = Button("Attach files…", self.choose, icon="paperclip")
        first = Button("Attach files…", self.choose, kind="primary", icon="paperclip")
        for button in (add, first):
            button.setEnabled(not session.read_only)
        self._panel = FactPanel("Attachment", "Nothing chosen", "Choose an attachment to see its seal.")
        self.listing = Listing(
            "Attachments",
            (
                Field("No.", 56, lambda a: Cell(str(a.number), "text2", "strong")),
                Field(
                    "File",
                    0,
                    lambda a: Cell(
                        inert(a.title or a.name, 200), icon=icon_of(a.media_type), second=_second(a), prose=True
                    ),
                ),
                Field("Type", 150, lambda a: Cell(a.media_type, "text2", "small"), spare=5),
                Field("Size", 84, lambda a: Cell(size(a.size), "text2"), right=True, spare=3),
                Field("", 104, lambda a: Cell("Sensitive" if a.sensitive else "", "warn", chip=True)),
                Field("Own seal", 186, lambda a: Cell(short_hash(a.line_hash), "text2", "mono"), spare=4),
            ),
            self._panel,
            self._describe,
            empty=nothing(
                "No attachments yet",
                "Drop files here. The originals are copied, sealed and never changed.",
                first,
            ),
            actions=(add,),
            height=46,
            key=lambda a: a.number,
        )
        self.setLayout(column(self.listing))
        self._commands()
        session.changed.add(lambda kinds: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        held = self._session.snapshot.attachments
        total = sum(a.size for a in held)
        words = f"{counted(len(held), 'file')}, {size(total)}, each sealed to the one before" if held else ""
        self.listing.show_records(held, words, also=self._session.snapshot.exhibits)

    def choose(self) -> None:
        choosing.files(self, "Attach files", choosing.ANY, self.attach)

    def take_files(self, paths: list[Path]) -> bool:
        if self._session.read_only or not all(path.is_file() for path in paths):
            return False
        self.attach(paths)
        return True

    def attach(self, paths: list[Path]) -> None:
        """Copy files into the case and seal them, all of them or none."""
        words = paths[0].name if len(paths) == 1 else counted(len(paths), "file")

        def job(progress: Progress) -> Attached:
            return self._session.case.attach_many(paths, progress=progress)

        def ended(ending: Done[Attached] | Stopped | Failed) -> None:
            match ending:
                case Done(attached):
                    self._around.note(_outcome(attached))
                case Failed(error):
                    self._around.tell(error)

        self._session.run(job, ended, title=f"Attaching {words}")

    # One attachment

    def _describe(self, panel: FactPanel, a: Attachment) -> None:
        self._place = None
        session = self._session
        session_open = not session.read_only
        self.cover = self._no_cover  # the one before goes with its panel
        panel.add(row(Picture(icon_of(a.media_type)), label(f"Attachment {a.number}", "body", "text2"), None))
        panel.add(label(inert(a.title or a.name, 300), "title", wrap=True))
        chips = row(gap=6)
        if a.sensitive:
            chips.addWidget(Chip("Sensitive", "warn"))
        exhibit = next((e for e in session.snapshot.exhibits if e.attachment == a.number), None)
        if exhibit is not None:
            chips.addWidget(Chip(exhibit.number, "accent"))
        if a.events:
            chips.addWidget(Chip(counted(len(a.events), "event"), "neutral"))
        if chips.count():
            chips.addStretch(1)
            panel.add(chips)
        if a.media_type.startswith("image/"):
            self.cover = Cover(self._revealed)
            self.cover.show_attachment(a, session.case.attachment_path(a.number))
            panel.add(self.cover)
        panel.heading("Attachment chain")
        panel.facts([("Number", f"{a.number} of {len(session.snapshot.attachments)}")])
        panel.add(fingerprint("Before", a.previous_hash, "the seal of the attachment before"))
        panel.add(fingerprint("Own seal", a.line_hash, "the seal of this attachment"))
        panel.add(fingerprint("SHA-256", a.sha256, "the fingerprint of the file"))
        panel.heading("File")
        panel.facts([("Name", inert(a.name, 200)), ("Type", a.media_type), ("Size", size(a.size))])
        panel.facts([("Attached", f"{moment(a.at)} UTC, {a.by}"), ("Custody", f"entry {a.line_seq:,}")])
        self._asked(panel, a)
        if a.origin:
            panel.heading("How it was obtained, as stated")
            panel.facts([(inert(str(k), 20), inert(str(v), 200)) for k, v in list(a.origin.items())[:12]])
        if a.events:
            panel.heading("Events it belongs to")
            for event in a.events[:LINKED]:
                panel.add(row(self._way_to(event), None))
            if len(a.events) > LINKED:
                panel.add(label(f"And {counted(len(a.events) - LINKED, 'more event')}.", "small", "text2"))
        if session_open:
            panel.heading("Handling")
            sensitive = QCheckBox("Sensitive: keep covered until asked for")
            sensitive.setAccessibleName("Sensitive: keep covered until asked for")
            sensitive.setChecked(a.sensitive)
            sensitive.toggled.connect(lambda on: session.change(lambda case: case.mark_sensitive(a.number, on)))
            panel.add(sensitive)
        buttons: list[QWidget] = []
        if session_open and exhibit is None:
            buttons.append(
                Button("Make it an exhibit", lambda: self.make_exhibit(a), kind="primary", icon="bookmark-plus")
            )
        panel.finish(*buttons)

    def _asked(self, panel: FactPanel, a: Attachment) -> None:
        """What the file says of itself. It is asked apart, and once while the case is open."""
        if not has_facts(a.media_type):
            return
        panel.heading("What the file says of itself")
        place = column(gap=6)
        panel.add(place)
        found = self._facts.get(a.number)
        if found is not None:
            _say(place, found)
            return
        waiting = label("It is being asked…", "small", "text2")
        place.addWidget(waiting)
        self._place = (a.number, place, waiting)
        path = self._session.case.evidence_path(a.sha256)

        def ended(ending: Done[Facts] | Stopped | Failed) -> None:
            told = ending.value if isinstance(ending, Done) else Facts(fault="It could not be asked.")
            self._facts[a.number] = told
            if self._place is not None and self._place[0] == a.number:  # it is still the one that is shown
                self._place[2].hide()
                _say(self._place[1], told)
                self._place = None

        self._session.run(lambda progress: facts_of(path, a.media_type), ended, on_case=False)

    def show_number(self, number: int) -> None:
        """Choose an attachment that another screen names."""
        for place, held in enumerate(self.listing.table.records.records):
            if held.number == number:
                self.listing.table.selectRow(place)
                self.listing.table.setFocus()

    def _way_to(self, event: EventId) -> Button:
        words = f"{inert(event.table, 22)}, record {event.ordinal + 1:,}"
        return Button(
            words, lambda: self._ways.event(event), kind="link", icon="chart-gantt", name=f"Go to the event: {words}"
        )

    def make_exhibit(self, a: Attachment) -> None:
        self._session.change(
            lambda case: case.make_exhibit(attachment=a.number, caption=a.title or a.name),
            lambda made: self._around.note(f"{made.number} chosen as evidence."),
        )

    def _revealed(self, number: int, first: bool) -> None:
        """Opening is a custody entry, once per item and session; how often it is uncovered is nobody's matter."""
        self.counted()
        if first and not self._session.read_only:
            self._session.change(lambda case: case.opened("attachment", str(number)))

    def _commands(self) -> None:
        for identity, title, help_line, run, key in (
            ("reveal", "Reveal in grey", "First small and blurred, then sharp", lambda: self.cover.reveal(), "Space"),
            ("colour", "Show in colour", "Asks first", lambda: self.cover.ask_colour(), "C"),
        ):
            command = Command(
                f"attachment-{identity}",
                title,
                help_line,
                run,
                key=key,
                menu="Evidence",
                scope="attachments",
                icon="eye",
                enabled=self.isVisible,
            )
            self._around.commands.add(command, self)


def _say(place: QBoxLayout, found: Facts) -> None:
    worth: dict[str, list[str]] = {}  # what is to be thought of several facts is said once
    for one in found.facts:
        place.addLayout(fact(one.label, inert(one.value, 200)))
        if one.worth:
            worth.setdefault(one.worth, []).append(one.label)
    for words, names in worth.items():
        place.addWidget(label(f"{', '.join(names)}: {words}.", "small", "text2", wrap=True))
    if found.fault:
        place.addWidget(label(found.fault, "small", "text2", wrap=True))


def _outcome(attached: Attached) -> str:
    first, last = attached.made[0], attached.made[-1]
    words = (
        f"{first.name} attached as no. {first.number}."
        if len(attached.made) == 1
        else f"{counted(len(attached.made), 'file')} attached as no. {first.number:,} to {last.number:,}."
    )
    if attached.repeated:
        words += f" {counted(len(attached.repeated), 'file')} held already."
    return words


def _second(a: Attachment) -> str:
    parts = [inert(a.name, 120)] if a.title and a.title != a.name else []
    if a.events:
        parts.append(f"on {counted(len(a.events), 'event')}")
    return ", ".join(parts)
