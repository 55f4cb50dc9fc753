"""The timeline screen: custody state, filter, canvas and table at the left, the inspector at the right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QMenu, QSplitter, QStackedWidget, QWidget

from casebound.case import EventId
from casebound_ui.desktop import choosing
from casebound_ui.desktop.banner import Banner
from casebound_ui.desktop.commands import Commands
from casebound_ui.desktop.controls import Button, column, frame, holder, row
from casebound_ui.desktop.custody_links import Chain
from casebound_ui.desktop.session import CaseSession, Kinds
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.timeline import accessible, dropping, keys, record, tableaccess
from casebound_ui.desktop.timeline.acts import Acts
from casebound_ui.desktop.timeline.browsing import Browsing
from casebound_ui.desktop.timeline.canvas import Canvas
from casebound_ui.desktop.timeline.choice import Choice
from casebound_ui.desktop.timeline.features import FEATURES, Feature
from casebound_ui.desktop.timeline.inspector import Inspector
from casebound_ui.desktop.timeline.listing import EventList
from casebound_ui.desktop.timeline.panes import Panes
from casebound_ui.desktop.timeline.prompts import CountsTable, TimePrompt
from casebound_ui.desktop.timeline.sheet import Sheet
from casebound_ui.desktop.timeline.splits import Splits
from casebound_ui.desktop.timeline.state import Part
from casebound_ui.desktop.timeline.subjects import Rows
from casebound_ui.desktop.timeline.tablework import TableWork
from casebound_ui.desktop.timeline.toolbar import Toolbar

MARGIN = 16
MOST_SELECTED = 10_000  # rows that one act takes
MENU = (
    ("timeline-mark", "timeline-note", "timeline-tag", "timeline-exhibit"),
    ("timeline-link", "timeline-attach"),
    ("timeline-copy", "timeline-copy-reference"),
    ("timeline-centre", "timeline-counts"),
)


class TimelineScreen(QWidget):
    """The screen of a case's events. `around` is the window; without one the screen works alone."""

    def __init__(self, session: CaseSession, around: Surroundings | None = None) -> None:
        super().__init__()
        accessible.install()
        tableaccess.install()
        self.setObjectName("page")
        self.setAcceptDrops(True)
        self.session = session
        self.surroundings = self._around = around
        self.commands = around.commands if around is not None else Commands()
        self.menu: list[tuple[str, ...]] = list(MENU)  # commands of the context menu, in groups
        self.menu_about: list[Callable[[QMenu], None]] = []  # what the value under the pointer adds to it
        self.value_acts: list[tuple[str, Callable[[str, str], object]]] = []  # what can be done with a field's value
        self.pointed: tuple[str, str] | None = None  # field and value under the pointer, while a menu is made
        self.cover_texts: Callable[[], object] = lambda: None
        self.parts: dict[str, Part] = {}  # what is kept of this screen beside what `state` knows by itself
        self._splits = Splits(around.preferences.path.parent if around is not None else None)
        self.acts = Acts(session, around.note if around is not None else lambda words: None)
        self.banner = Banner(Button("Inspect", lambda: self._go("custody"), kind="quiet", icon="link-2"))
        self.canvas = Canvas()
        self.toolbar = Toolbar(
            self.canvas,
            self.whole,
            lambda field: self.browsing.by(field),
            self._let_letters_act,
            lambda: self.commands.letters_act,
        )
        self.filter = self.toolbar.filter
        self.list = EventList(lambda: self.filter.put(""))
        self.table = self.list.table
        self.sheet = Sheet()
        self.below = QStackedWidget()
        self.inspector = Inspector(self.acts)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self._lay_out()
        self.prompt = TimePrompt(self, self.canvas)
        self.browsing = Browsing(session, self.canvas, self.table, self.filter, self._tell)
        self.choice = Choice(session, self.browsing, self.inspector)
        keys.register(self, self.commands)
        self._connect()
        self.table_work = TableWork(self, self._splits, around.note if around is not None else lambda words: None)
        self.features.append(self.table_work)
        self.features += [feature(self) for feature in FEATURES]
        self._fill_lanes()
        self._check()
        self._tell()

    def _lay_out(self) -> None:
        upper = frame("card")
        upper.setLayout(column(self.toolbar, self.canvas, gap=0, margins=(1, 1, 1, 4)))
        self.splitter.addWidget(upper)
        self.below.addWidget(self.list)
        self.below.addWidget(self.sheet)
        self.splitter.addWidget(self.below)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(12)
        self.splitter.setStretchFactor(0, 5)
        self.splitter.setStretchFactor(1, 3)
        self.splitter.setSizes(self._splits.get(self.session.snapshot.log_origin) or [455, 275])
        left = column(self.banner, self.splitter, gap=12, margins=(MARGIN, 12, MARGIN, 12))
        left.setStretch(1, 1)
        layout = row(holder(left), self.inspector, gap=0)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.inspector_side = Panes(self, layout, self.inspector, self.table)

    def _connect(self) -> None:
        self.filter.edit.left.connect(self.canvas.setFocus)
        self.canvas.menu_wanted.connect(self._menu)
        self.canvas.opened.connect(self.inspector.show)
        self.table.menu_wanted.connect(self._menu)
        self.sheet.closed.connect(self.close_sheet)
        self.inspector.closed.connect(self._choose_nothing)
        self.inspector.attach_wanted.connect(self.choose_files)
        self.inspector.finding_picked.connect(lambda number: self._go("findings"))
        self.inspector.composer.closed.connect(self._focus_back)
        self.inspector.chooser.closed.connect(self._focus_back)
        case, splits, splitter = self.session.snapshot.log_origin, self._splits, self.splitter
        splitter.splitterMoved.connect(lambda at, index: splits.keep(case, splitter.sizes()))
        unsubscribe, browsing, choice = self.session.changed.add(self._changed), self.browsing, self.choice
        features: list[Feature] = []
        self.features = features

        def gone() -> None:
            unsubscribe()
            for feature in features:
                feature.close()
            choice.close()
            browsing.close()

        self.destroyed.connect(gone)

    # What other screens may ask

    def show_event(self, event: EventId) -> None:
        """Show an event that another screen names."""
        self.inspector.show()
        self.choice.go_to(event)

    def cover_all(self) -> None:
        """Cover every text and picture that was revealed here."""
        self.cover_texts()
        for card in self.inspector.cards:
            if card.cover is not None:
                card.cover.hide_again()

    def panes(self) -> list[QWidget]:
        """What F6 goes through: the canvas, what stands under it, and the inspector."""
        below = self.table if self.below.currentWidget() is self.list else self.sheet
        return [self.toolbar, self.canvas, below, self.inspector]

    def take_files(self, paths: list[Path]) -> bool:
        """Files dropped beside the panes belong to no event: whoever opens things gets them."""
        return False

    @property
    def selected_count(self) -> int:
        """How many rows a person selected, exactly."""
        return max(self.table.picked_count, 0 if self.canvas.chosen is None else 1)

    def selected(self) -> Rows:
        """The rows a person selected, as listed: places in the order of time, among the events they were listed from.

        At most `MOST_SELECTED` + 1 of them, so that “more than that” can be told; `selected_count` says how many.
        Without a selection of several rows it is the chosen event, or nothing.
        """
        if self.table.picked_count > 1:
            listed = self.browsing.list
            return Rows(listed.events, tuple(listed.positions(MOST_SELECTED + 1)))
        chosen = self.canvas.chosen
        return Rows(self.browsing.events, () if chosen is None else (chosen.position,))

    # Custody and words

    def _check(self) -> None:
        """Say how custody stands, now and after every change."""

        def show(chain: Chain) -> None:
            head, text = chain.verdict()
            self.banner.say("ok" if chain.unbroken else "bad", head, text)

        self.banner.say("neutral", "Checking custody…", "")
        self.destroyed.connect(self.session.custody.watch(show))

    def _changed(self, kinds: Kinds) -> None:
        if "sources" in kinds:
            self._fill_lanes()

    def _tell(self) -> None:
        """Counts, and words where there is nothing to count."""
        browsing: Browsing | None = getattr(self, "browsing", None)
        if browsing is None:
            return
        shown = self.canvas.shown
        self.tell_counts()
        if not browsing.ready:
            self.list.show_empty("Reading the events…", clearable=False)
        elif not shown.of:
            sources = bool(self.session.snapshot.sources)
            text = "No row of this case has a time." if sources else "Bring in the first export."
            self.list.show_empty(text, clearable=False)
        elif not shown.count:
            text = f"No events match. {browsing.hidden:,} are hidden by this filter."
            self.list.show_empty(text, clearable=True)
        else:
            elsewhere = f"Nothing in this stretch of time. {shown.count:,} elsewhere; 0 shows the whole case."
            self.table.show_hint("" if browsing.in_view else elsewhere)
            self.list.show_empty("", clearable=False)

    def tell_counts(self) -> None:
        """The line over the table: what is listed, what is not, what is selected."""
        counted = self.browsing.counted
        said = counted if self.canvas.shown.of else "0 of 0"
        self.list.say("Events in range" if self.canvas.stretch is not None else "Events in view", said)
        if hasattr(self, "table_work"):
            self.table_work.say_counts(counted)

    def _fill_lanes(self) -> None:
        events, field = self.session.events, self.browsing.field

        def names() -> list[str]:
            return sorted({info.name for info in events.fields()})

        self.browsing.read(names, lambda found: self.toolbar.show_fields(found, field))

    def _let_letters_act(self, on: bool) -> None:
        self.commands.let_letters_act(on)
        if self._around is not None:
            self._around.preferences.keep(letters=on)

    def _go(self, place: str) -> None:
        if self._around is not None:
            self._around.go(place)

    # Commands

    def whole(self) -> None:
        self.canvas.move_to(self.canvas.bounds, settle=True)

    def range_to_view(self) -> None:
        stretch = self.canvas.stretch
        if stretch is not None:
            self.canvas.move_to(stretch.view, settle=True)
            self.canvas.show_range(None)

    def ask_time(self) -> None:
        """Ask for a time, and put it in the middle."""
        view = self.canvas.view
        middle = view.start + view.span // 2
        self.prompt.ask(middle, lambda time: self.canvas.move_to(self.canvas.view.centred(time), settle=True))

    def zoom_by_drag(self) -> None:
        self.canvas.gestures.zoom_next = True
        self.canvas.setCursor(Qt.CursorShape.CrossCursor)

    def show_counts(self) -> None:
        CountsTable(self, self.canvas.scene).show()

    def focus_filter(self) -> None:
        self.filter.edit.setFocus()
        self.filter.edit.selectAll()

    def show_sheet(self, title: str, said: str, content: QWidget) -> None:
        """Something in place of the table; Esc or its cross brings the table back."""
        self.sheet.fill(title, said, content)
        self.below.setCurrentWidget(self.sheet)

    def close_sheet(self) -> None:
        self.below.setCurrentWidget(self.list)
        self._focus_back()

    def toggle_inspector(self) -> None:
        self.inspector.setVisible(self.inspector.isHidden())

    def on_inspector(self, run: Callable[[], None]) -> Callable[[], None]:
        """A command that needs the inspector: it comes back first if it was put away."""

        def act() -> None:
            self.inspector.show()
            run()

        return act

    def choose_files(self) -> None:
        event = self.choice.event
        if event is not None:
            chosen = event.id
            choosing.files(self, "Attach to this event", choosing.ANY, lambda paths: self.acts.attach(chosen, paths))

    def copy(self, reference: bool) -> None:
        if reference and self.table.picked_count > 1:
            self.table_work.copy_rows()
            return
        event = self.choice.event
        if not reference and self.inspector.ask_colour():
            return
        if event is not None:
            source = next((s for s in self.session.snapshot.sources if s.number == event.source), None)
            shown = self.choice.veil(event)  # a covered text is copied once it has been uncovered
            QGuiApplication.clipboard().setText(record.copied(shown, source, reference=reference))

    def _choose_nothing(self) -> None:
        self.choice.choose_none()
        self.canvas.setFocus()

    def _focus_back(self) -> None:
        (self.table if self.table.row is not None else self.canvas).setFocus()

    def _menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        viewport = self.table.viewport()
        inside = viewport.mapFromGlobal(at)
        self.pointed = self.table.value_at(inside) if viewport.rect().contains(inside) else None
        for about in self.menu_about:
            about(menu)
        for group in self.menu:
            for identity in group:
                command = self.commands[identity]
                action = menu.addAction(command.title)
                action.setEnabled(command.enabled())
                action.triggered.connect(lambda checked=False, name=identity: self.commands.run(name))
            menu.addSeparator()
        menu.popup(at)

    # Files dropped on an event

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Taken so that the pointer can be followed; what is not over an event goes to the window on dropping."""
        dropping.follow(self, event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        dropping.follow(self, event)

    def dropEvent(self, event: QDropEvent) -> None:
        dropping.take(self, event)
