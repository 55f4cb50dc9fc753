"""The custody record: who did what, sealed link by link, recomputed on this computer, and the break named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from casebound.document import Case
from casebound_ui.desktop import choosing
from casebound_ui.desktop.banner import Banner
from casebound_ui.desktop.controls import Button, Chip, Elided, Picture, column, holder, label, row
from casebound_ui.desktop.custody_acts import CustodyActs, open_text, put_to
from casebound_ui.desktop.custody_links import BROKEN, MISSING, UNPROVED, WITHHELD, Chain, Link
from casebound_ui.desktop.custody_list import CustodyList, state_word
from casebound_ui.desktop.facts import FactPanel, fingerprint
from casebound_ui.desktop.overlay import Overlay
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.ways import Ways
from casebound_ui.desktop.wording import full_moment, moment

CHECKING = "Checking custody…"


class CustodyView(QWidget):
    """Banner, list and detail of one chain, wherever it came from."""

    def __init__(
        self,
        again: Callable[[], object] | None,
        save: Callable[[], object] | None,
        acts: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self.chain = Chain((), None)
        self.list = CustodyList()
        self._jump = Button("Jump to break", self.jump, kind="quiet", icon="crosshair")
        actions = [self._jump]
        if again is not None:
            actions.append(Button("Check again", again, kind="quiet", icon="shield-check"))
        if save is not None:
            actions.append(Button("Export record", save, kind="quiet", icon="download"))
        self.banner = Banner(*actions)
        self.panel = FactPanel("Entry", "Nothing chosen", "Choose an entry to see its seal.")
        self.raw_sheet: RawEntry | None = None
        self._see: Callable[[str], object] | None = None
        self._way: Callable[[tuple[str, str]], tuple[str, Callable[[], None]] | None] = lambda item: None
        self.list.table.chosen.connect(self._show)
        self.open = Elided("", "body", "text2")
        parts: list[QWidget] = [self.banner, self.list]
        if acts is not None:
            button = Button("Holds and transfers…", acts, icon="lock")
            parts.insert(1, holder(row(self.open, None, button, margins=(2, 0, 0, 0))))
        left = holder(column(*parts, gap=12, margins=(16, 12, 16, 12)))
        layout = row(left, self.panel, gap=0)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.banner.say("neutral", CHECKING, "Every seal is being recomputed.")
        self._jump.hide()

    def show_progress(self, done: int, of: int) -> None:
        """A long record while it is recomputed."""
        self.banner.say("neutral", CHECKING, f"{done:,} of {of:,} entries recomputed.")

    def see_set_aside(self, see: Callable[[str], object]) -> None:
        """Where to go from an entry that set rows aside."""
        self._see = see

    def lead(self, way: Callable[[tuple[str, str]], tuple[str, Callable[[], None]] | None]) -> None:
        """Where to go from the item of an entry."""
        self._way = way

    def show_chain(self, chain: Chain) -> None:
        self.chain = chain
        head, text = chain.verdict()
        self.banner.say("ok" if chain.unbroken else "bad", head, text, "link-2" if chain.unbroken else "unlink")
        self._jump.setVisible(not chain.unbroken)
        self.list.show_chain(chain)
        if not chain.unbroken:
            self.jump()

    def show_open(self, text: str) -> None:
        """What is open besides: holds in force, transfers not acknowledged."""
        self.open.setText(text or "No hold is in force, and no transfer awaits its acknowledgement.")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_way"):
            QTimer.singleShot(0, self, lambda: self._show(self.list.table.record))  # measured anew at this text size

    def jump(self) -> None:
        if self.chain.break_seq is not None:
            self.list.jump(self.chain.break_seq)

    def _show(self, link: Link | None) -> None:
        panel = self.panel
        if link is None:
            panel.show_nothing()
            return
        panel.clear()
        up = Button("Newer entry", lambda: self.list.step(-1), kind="icon", icon="chevron-up")
        down = Button("Older entry", lambda: self.list.step(1), kind="icon", icon="chevron-down")
        panel.add(row(label(f"Entry {link.seq:,}", "body", "text2"), None, up, down))
        panel.add(label("This entry is missing" if link.state == MISSING else link.title, "title", wrap=True))
        if link.time:
            panel.add(label(full_moment(link.time), "body", "text2"))
        word, tone = state_word(link)
        panel.add(row(Chip("Broken" if link.state == MISSING else word, tone), None))
        if link.state in (BROKEN, MISSING, UNPROVED):
            self._explain(link)
        if link.facts:
            panel.heading("What happened")
            panel.facts(link.facts)
        self._seal(link)
        buttons: list[QWidget] = []
        if link.action == "imported" and self._see is not None and any("set aside" in v for _, v in link.facts):
            see, number = self._see, link.item[1]
            buttons.append(Button("See set-aside rows", lambda: see(number), icon="circle-alert"))
        way = self._way(link.item)
        if way is not None:
            buttons.append(Button(way[0], way[1], icon="crosshair"))
        if link.raw:
            buttons.append(Button("Raw entry", lambda: self.show_raw(link), icon="file-text"))
        if buttons:
            panel.add(row(*buttons, None))
        panel.finish()

    def _explain(self, link: Link) -> None:
        panel, at = self.panel, self.chain.break_seq or 0
        panel.heading("What this means")
        if link.state == UNPROVED:
            text = f"The record is broken at entry {at:,}, before this one. Nothing proves what stands after a break."
        elif link.state == MISSING:
            text = (
                "Someone removed or replaced at least one entry here, or the file was damaged."
                " The record cannot say which."
            )
        else:
            text = "This entry, or the seal around it, was changed after it was written, or the file was damaged."
        panel.add(label(text, wrap=True))
        if link.problem:
            panel.add(label(link.problem, "small", "text2", wrap=True))
        before = [other for other in self.chain.links if other.seq < at and other.time]
        panel.add(label("Still proved", "caption", "text2"))
        if before and before[-1].time:
            proved = f"Entries 0 to {at - 1:,}, up to {moment(before[-1].time)} UTC."
        else:
            proved = "Nothing before it."
        panel.add(label(proved, wrap=True))
        panel.add(label("What to do", "caption", "text2"))
        panel.add(label("Compare with a copy or a package made earlier. Packages carry their own record.", wrap=True))

    def _seal(self, link: Link) -> None:
        panel = self.panel
        panel.heading("Seal")
        if link.before:
            panel.add(fingerprint("Before", link.before, "the seal before"))
        panel.add(fingerprint("This entry" if link.state != MISSING else "Expected", link.seal, "this seal"))
        if link.recomputed and link.state != WITHHELD:
            panel.add(fingerprint("Recomputed", link.recomputed, "the recomputed seal"))
            same = link.recomputed == link.seal and link.state != BROKEN
            words = "Matches. Recomputed on this computer." if same else "Does not match what the record says."
            panel.add(
                row(Picture("circle-check" if same else "circle-x", "ok" if same else "bad"), label(words, wrap=True))
            )

    def show_raw(self, link: Link) -> None:
        """The stored line, exactly as it is hashed."""
        if self.raw_sheet is None:
            self.raw_sheet = RawEntry(self.window())
            self.raw_sheet.goes_with(self)
        self.raw_sheet.show_entry(link)


class RawEntry(Overlay):
    """One stored line, to read and to copy."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, 720, 420)
        self._head = label("", "h2")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Raw entry")
        self.text.setTabChangesFocus(True)
        self.text.setProperty("kind", "mono")
        copy = Button("Copy", lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()), icon="copy")
        self.content.setContentsMargins(20, 16, 20, 16)
        self.content.addLayout(
            column(
                self._head,
                label(
                    "The bytes that are hashed, after one zero byte. Names and texts are committed to, not shown.",
                    "small",
                    "text2",
                ),
                self.text,
                row(copy, None, Button("Close", self.leave)),
                gap=10,
            )
        )

    def show_entry(self, link: Link) -> None:
        self._head.setText(f"Raw entry {link.seq:,}")
        self.text.setPlainText(link.raw)
        self.appear()
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)


class Custody(QWidget):
    """The custody screen of a case."""

    def __init__(
        self, session: CaseSession, around: Surroundings, see_set_aside: Callable[[str], object], ways: Ways
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self._session, self._around = session, around
        self.view = CustodyView(self.check, self._save, self.show_acts)
        self.acts: CustodyActs | None = None
        self.view.see_set_aside(see_set_aside)
        self.view.lead(ways.of_item)
        self.view.list.relate(lambda item: put_to(session.snapshot, item))
        self.setLayout(column(self.view))
        self.destroyed.connect(session.custody.watch(self.view.show_chain, self.view.show_progress))
        self.destroyed.connect(session.changed.add(lambda kinds: self.view.show_open(open_text(session.snapshot))))
        self.view.show_open(open_text(session.snapshot))

    def check(self) -> None:
        """Read the record again and recompute every seal, behind the window."""
        self.view.banner.say("neutral", CHECKING, "Every seal is being recomputed.")
        self._session.custody.check()

    def show_acts(self) -> None:
        """The holds and transfers of the case, over the window."""
        if self.acts is None:
            self.acts = CustodyActs(self.window(), self._session)
            self.acts.goes_with(self)
        self.acts.refresh()
        self.acts.appear()
        self.acts.table.setFocus()

    def follow(self, item: tuple[str, str]) -> None:
        self.view.list.follow(item)

    def _save(self) -> None:
        name = f"{self._session.snapshot.number}-custody.jsonl"
        choosing.target(self, "Export the custody record", name, "JSON lines (*.jsonl)", self.save_to)

    def save_to(self, path: Path) -> None:
        """Write the lines as they are stored, all or nothing."""
        from casebound_ui.desktop.saving import whole

        def write(case: Case) -> int:
            lines = case.ledger_lines()
            whole(path, b"".join(line + b"\n" for line in lines))
            return len(lines)

        self._session.change(write, lambda count: self._around.note(f"{count:,} entries written to {path.name}."))
