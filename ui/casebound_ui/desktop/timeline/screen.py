"""The timeline screen: custody state, filter, canvas and table at the left, the inspector at the right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from casebound.case import EventId
from casebound.document import Case
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QHideEvent
from PySide6.QtWidgets import QComboBox, QMenu, QSizePolicy, QSplitter, QStackedLayout, QWidget

from casebound_ui.desktop import choosing
from casebound_ui.desktop.banner import Banner
from casebound_ui.desktop.commands import Commands
from casebound_ui.desktop.controls import Button, column, frame, holder, label, row, rule
from casebound_ui.desktop.custody_links import Chain, of_case
from casebound_ui.desktop.session import CaseSession, Kinds
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.timeline import keys, record
from casebound_ui.desktop.timeline.acts import Acts
from casebound_ui.desktop.timeline.browsing import Browsing
from casebound_ui.desktop.timeline.canvas import Canvas
from casebound_ui.desktop.timeline.filter_field import FilterField
from casebound_ui.desktop.timeline.inspector import Inspector, dropped_files
from casebound_ui.desktop.timeline.prompts import CountsTable, TimePrompt
from casebound_ui.desktop.timeline.splits import Splits
from casebound_ui.desktop.timeline.table import TIME, TITLES, EventTable

MARGIN = 16
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
        self.setObjectName("page")
        self.setAcceptDrops(True)
        self.session = session
        self._around = around
        self._commands = around.commands if around is not None else Commands()
        self._splits = Splits(around.preferences.path.parent if around is not None else None)
        self.acts = Acts(session, around.note if around is not None else lambda words: None)
        self.banner = Banner(Button("Inspect", lambda: self._go("custody"), kind="quiet", icon="link-2"))
        self.filter = FilterField()
        self.lanes = QComboBox()
        self.canvas = Canvas()
        self.table = EventTable()
        self.inspector = Inspector(self.acts)
        self.counts = label("", "body", "text2")
        self.counts_head = label("Events in view", "strong")
        self._empty_text = label("", "title", "text2")
        self._clear = Button("Clear filter", lambda: self.filter.put(""))
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self._lay_out()
        self.prompt = TimePrompt(self, self.canvas)
        self.browsing = Browsing(session, self.canvas, self.table, self.inspector, self.filter, self._tell)
        keys.register(self, self._commands)
        self._connect()
        self._fill_lanes()
        self._check()

    def _lay_out(self) -> None:
        self.lanes.setAccessibleName("Lanes by")
        self.lanes.setToolTip("One lane for each value of this column")
        self.lanes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.lanes.setMaximumWidth(190)
        look = Button("View options", self._show_options, kind="icon", icon="sliders-horizontal", tip="How lanes and the histogram are drawn")
        out = Button("Zoom out", lambda: self.canvas.zoom(1 / keys.ZOOM), kind="icon", icon="zoom-out", tip="Zoom out (S)")
        near = Button("Zoom in", lambda: self.canvas.zoom(keys.ZOOM), kind="icon", icon="zoom-in", tip="Zoom in (W)")
        fit = Button("Show the whole case", self.whole, kind="icon", icon="maximize", tip="The whole case (0)")
        self._look_button = look
        tools = row(self.filter, self.lanes, look, rule(upright=True), out, near, fit, gap=8, margins=(12, 10, 12, 6))
        tools.setStretch(0, 1)
        for place in range(1, tools.count()):
            tools.itemAt(place).setAlignment(Qt.AlignmentFlag.AlignTop)
        upper = frame("card")
        upper.setLayout(column(tools, self.canvas, gap=0, margins=(1, 1, 1, 4)))
        self._columns = Button("Columns", self._show_columns, kind="quiet", icon="sliders-horizontal")
        self.counts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        head = row(self.counts_head, self.counts, self._columns, gap=12, margins=(16, 6, 10, 0))
        head.setStretch(1, 1)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.table)
        middle = Qt.AlignmentFlag.AlignHCenter
        nothing = column(None, self._empty_text, self._clear, None, gap=10)
        nothing.setAlignment(self._empty_text, middle)
        nothing.setAlignment(self._clear, middle)
        self._stack.addWidget(holder(nothing))
        lower = frame("card")
        lower.setLayout(column(head, self._stack, gap=2, margins=(1, 1, 1, 1)))
        lower.setMinimumHeight(140)
        self.splitter.addWidget(upper)
        self.splitter.addWidget(lower)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(12)
        self.splitter.setStretchFactor(0, 5)
        self.splitter.setStretchFactor(1, 3)
        sizes = self._splits.get(self.session.snapshot.log_origin)
        self.splitter.setSizes(sizes or [455, 275])
        left = column(self.banner, self.splitter, gap=12, margins=(MARGIN, 12, MARGIN, 12))
        left.setStretch(1, 1)
        layout = row(holder(left), self.inspector, gap=0)
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def _connect(self) -> None:
        self.lanes.activated.connect(lambda index: self.browsing.by(str(self.lanes.itemData(index))))
        self.filter.edit.left.connect(self.canvas.setFocus)
        self.canvas.menu_wanted.connect(self._menu)
        self.table.menu_wanted.connect(self._menu)
        self.inspector.closed.connect(self._close_inspector)
        self.inspector.attach_wanted.connect(self.choose_files)
        self.inspector.finding_picked.connect(lambda number: self._go("findings"))
        self.inspector.composer.closed.connect(self._focus_back)
        self.inspector.chooser.closed.connect(self._focus_back)
        self.splitter.splitterMoved.connect(
            lambda at, index: self._splits.keep(self.session.snapshot.log_origin, self.splitter.sizes())
        )
        unsubscribe, browsing = self.session.changed.add(self._changed), self.browsing
        self.destroyed.connect(lambda: (unsubscribe(), browsing.close()))

    # What others may ask

    def show_event(self, event: EventId) -> None:
        """Show an event that another screen names."""
        self.browsing.go_to_event(event)

    def show_source(self, number: int) -> None:
        """Lanes by source, and nothing filtered."""
        self.filter.put("")
        self.lanes.setCurrentIndex(0)
        self.browsing.by("source")

    def take_files(self, paths: list[Path]) -> bool:
        """Files dropped beside the panes belong to no event: whoever opens things gets them."""
        return False

    # Custody

    def _check(self) -> None:
        self.banner.say("neutral", "Checking custody…", "")

        def read(case: Case) -> Chain:
            snapshot = case.snapshot()
            return of_case(case.ledger(), snapshot.ledger_size, snapshot.ledger_head)

        def show(chain: Chain) -> None:
            head, text = chain.verdict()
            self.banner.say("ok" if chain.unbroken else "bad", head, text)

        self.session.change(read, show)

    def _changed(self, kinds: Kinds) -> None:
        if "sources" in kinds:
            self._fill_lanes()
        self._check()

    def _go(self, place: str) -> None:
        if self._around is not None:
            self._around.go(place)

    # Words and empty states

    def _tell(self) -> None:
        if not hasattr(self, "browsing"):
            return
        self.counts.setText(self.browsing.counts)
        self.counts.setToolTip(self.browsing.counts)
        self.counts_head.setText("Events in range" if self.canvas.stretch is not None else "Events in view")
        shown = self.canvas.shown
        if not shown.of:
            self._empty_text.setText("Bring in the first export." if not self.session.snapshot.sources else "No row of this case has a time.")
        elif not shown.count:
            self._empty_text.setText(f"No events match. {self.browsing.hidden:,} are hidden by this filter.")
        self._clear.setVisible(bool(shown.of))
        self._stack.setCurrentIndex(0 if shown.count else 1)

    def _fill_lanes(self) -> None:
        events, before = self.session.events, self.browsing.field

        def show(names: list[str]) -> None:
            self.lanes.clear()
            for words, name in (("Lanes by source", "source"), ("Lanes by actor", "actor"), ("Lanes by action", "action")):
                self.lanes.addItem(words, name)
            for name in names:
                if name not in ("source", "actor", "action"):
                    self.lanes.addItem(f"Lanes by {name}", name)
            self.lanes.setCurrentIndex(max(self.lanes.findData(before), 0))

        self.browsing.read(lambda: sorted({info.name for info in events.fields()}), show)

    # Commands

    def whole(self) -> None:
        self.canvas.move_to(self.canvas.bounds, settle=True)

    def range_to_view(self) -> None:
        stretch = self.canvas.stretch
        if stretch is not None:
            self.canvas.move_to(stretch.view, settle=True)
            self.canvas.show_range(None)

    def ask_time(self) -> None:
        view = self.canvas.view
        self.prompt.ask(view.start, lambda time: self.canvas.move_to(self.canvas.view.centred(time), settle=True))

    def zoom_by_drag(self) -> None:
        self.canvas.gestures.zoom_next = True
        self.canvas.setCursor(Qt.CursorShape.CrossCursor)

    def show_counts(self) -> None:
        CountsTable(self, self.canvas.scene).show()

    def focus_filter(self) -> None:
        self.filter.edit.setFocus()
        self.filter.edit.selectAll()

    def toggle_inspector(self) -> None:
        self.inspector.setVisible(self.inspector.isHidden())

    def on_inspector(self, run: Callable[[], None]) -> Callable[[], None]:
        """A command that needs the inspector: it comes back first if it was put away."""

        def act() -> None:
            self.inspector.show()
            run()

        return act

    def choose_files(self) -> None:
        event = self.browsing.event
        if event is not None:
            choosing.files(self, "Attach files to this event", choosing.ANY, lambda paths: self.acts.attach(event.id, paths))

    def copy(self, reference: bool) -> None:
        event = self.browsing.event
        if event is not None:
            source = next((s for s in self.session.snapshot.sources if s.number == event.source), None)
            QGuiApplication.clipboard().setText(record.copied(event, source, reference=reference))

    def _close_inspector(self) -> None:
        self.browsing.choose_none()
        self.canvas.setFocus()

    def _focus_back(self) -> None:
        (self.table if self.table.row is not None else self.canvas).setFocus()

    # Menus

    def _menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for group in MENU:
            for identity in group:
                command = self._commands[identity]
                action = menu.addAction(command.title)
                action.setEnabled(command.enabled())
                action.triggered.connect(lambda checked=False, name=identity: self._commands.run(name))
            menu.addSeparator()
        menu.popup(at)

    def _show_columns(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for at, title in enumerate(TITLES):
            action = menu.addAction(title)
            action.setCheckable(True)
            action.setChecked(self.table.column_shown(at))
            action.setEnabled(at != TIME)
            action.toggled.connect(lambda on, column=at: self.table.show_column(column, on))
        menu.popup(self._columns.mapToGlobal(QPoint(0, self._columns.height())))

    def _show_options(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, name in (("Same shading scale for all lanes", "same_scale"), ("Histogram as square root", "root")):
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(bool(getattr(self.canvas, name)))
            action.toggled.connect(lambda on, option=name: self.canvas.show_option(option, on))
        menu.popup(self._look_button.mapToGlobal(QPoint(0, self._look_button.height())))

    # Files dropped on an event

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not self.session.read_only and dropped_files(event.mimeData()) and self._under(event.position().toPoint()) is not None:
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragEnterEvent) -> None:  # type: ignore[override]
        self.dragEnterEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        found, paths = self._under(event.position().toPoint()), dropped_files(event.mimeData())
        if found is None or not paths:
            event.ignore()
            return
        event.acceptProposedAction()
        self.acts.attach(found, paths)

    def _under(self, at: QPoint) -> EventId | None:
        """The event at a point of the screen: a row of the table, or a mark on the canvas."""
        viewport = self.table.viewport()
        inside = viewport.mapFrom(self, at)
        if viewport.rect().contains(inside):
            event = self.table.rows.event(self.table.rowAt(inside.y()))
            return event.id if event is not None else None
        on_canvas = self.canvas.mapFrom(self, at)
        if self.canvas.rect().contains(on_canvas):
            point = self.canvas.gestures.mark_at(on_canvas.toPointF())
            return point.event if point is not None else None
        return None

    def hideEvent(self, event: QHideEvent) -> None:
        """Leaving the screen covers what was uncovered."""
        for card in self.inspector.cards:
            card.cover()
        super().hideEvent(event)
