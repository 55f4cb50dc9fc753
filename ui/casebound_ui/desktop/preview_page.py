"""What bringing files in would do, before anything is kept: tables, layout, times, columns, how they were made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QWidget

from casebound.case import ColumnRole, Preview
from casebound.foundtables import Fate, LeftOut
from casebound_ui.desktop import choosing, theme
from casebound_ui.desktop.controls import Button, Chip, column, emptied, frame, holder, label, row
from casebound_ui.desktop.looking import LAYOUT, LookedAt, day_month, said_of, with_role
from casebound_ui.desktop.origin_form import OriginForm
from casebound_ui.desktop.preview_columns import ColumnsCard
from casebound_ui.desktop.preview_layout import LayoutCard
from casebound_ui.desktop.preview_tables import Key, TablesCard, key
from casebound_ui.desktop.preview_times import TimesCard
from casebound_ui.desktop.tips import plain_tip
from casebound_ui.desktop.wording import counted, inert

Choice = Mapping[str, object]
MAPPINGS = "Mappings (*.json);;All files (*)"


class PreviewPage(QWidget):
    """`start` brings in what is ticked; `again` asks for one table anew, with what a person said of it; `load` and
    `save` take the table and the path of a mapping file.
    """

    def __init__(
        self,
        start: Callable[[], object],
        cancel: Callable[[], object],
        again: Callable[[Preview, Choice], object],
        load: Callable[[Preview, Path], object],
        save: Callable[[Preview, Path], object],
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self._again, self._load, self._save = again, load, save
        self._preview: Preview | None = None
        self._chosen: dict[Key, dict[str, object]] = {}  # layout and zone that a person chose, by table
        self._accepted: dict[Key, dict[str, object]] = {}  # the same, as far as it was found to fit
        self._looked = LookedAt(())
        self._title = label("", "h2")
        self._text = label("", "body", "text2", wrap=True)
        self._chips = row(gap=6)
        self._why_not = label("", "small", "warn")
        self.start = Button("Start", start, kind="primary", icon="folder-input")
        self.cancel = Button("Cancel", cancel)
        self.load = Button("Load mapping…", self._choose_mapping, kind="quiet", icon="upload")
        self.save = Button("Save mapping…", self._choose_target, kind="quiet", icon="save")
        self.tables = TablesCard(self._choose, self._ticked)
        self.layout_card = LayoutCard(self._layout_changed)
        self.times = TimesCard(
            lambda zone: self._said({"zone": zone}),
            lambda base: self._said({"time_base": base}),
            self._decided,
        )
        self.columns = ColumnsCard(self._change)
        self.origin = OriginForm()
        self._origin_told = label("", "body", "text2", wrap=True)
        self.origin_fold = Button("State it…", self._unfold, kind="link", icon="chevron-down")
        self._origin_card = frame("card")
        head = row(
            column(label("How the export was made", "title"), self._origin_told, gap=3), self.origin_fold, gap=10
        )
        head.setStretch(0, 1)
        self._origin_card.setLayout(column(head, self.origin, gap=12, margins=(19, 15, 19, 15)))
        self.setLayout(column(self._lay_out()))

    def _lay_out(self) -> QScrollArea:
        files, acts = row(None, self.load, self.save, gap=4), row(None, self.cancel, self.start, gap=8)
        self._buttons = row(files, acts, gap=8)
        right = column(self._buttons, row(None, self._why_not), None, gap=4)
        self._head = row(column(self._title, self._text, self._chips, gap=5), right, gap=10)
        self._head.setStretch(0, 1)
        self._two = row(self.layout_card, self.times, gap=12)
        self._two.setStretch(0, 1)
        self._two.setStretch(1, 1)
        parts = (self._head, self.tables, self._two, self.columns, self._origin_card, None)
        area = self._area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(holder(column(*parts, gap=12, margins=(24, 18, 24, 18))))
        return area

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_head"):
            self._arrange()

    def _arrange(self) -> None:
        """Side by side where there is room for both, else one above the other."""
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        width, scale = self.width(), theme.scale()
        self._buttons.setDirection(across if width >= round(520 * scale) else down)
        beside = width >= round(820 * scale)
        self._two.setDirection(across if beside else down)
        self.layout_card.give_room(width // 2 if beside else width)
        self._head.setDirection(across if width >= round(980 * scale) else down)

    # What is shown

    @property
    def previews(self) -> tuple[Preview, ...]:
        """Every table that was found."""
        return self._looked.previews

    @property
    def taken(self) -> tuple[Preview, ...]:
        """The tables that come in."""
        return self.tables.taken(self.previews)

    def left_out(self, path: Path) -> tuple[LeftOut, ...]:
        """What of a file does not come in: what is no table, and what a person left out."""
        untaken = [one for one in self.previews if one.path == path and one not in self.taken]
        return (
            *(one for one in self._looked.left_out if one.path == path),
            *(LeftOut(path, one.member, Fate.NOT_TAKEN, "A person left it out.") for one in untaken),
        )

    @property
    def rest(self) -> tuple[LeftOut, ...]:
        """The files that give no rows and can be attached instead."""
        return tuple(one for one in self._looked.left_out if one.attachable)

    def show_looked(self, looked: LookedAt) -> None:
        """Show what was found in files; one table is chosen."""
        self._looked, self._preview = looked, None
        self._chosen.clear()
        self._accepted.clear()
        self.tables.left_out.clear()
        single = len({key(one) for one in looked.previews}) == 1
        facts = dict(looked.facts or {})
        origins = dict.fromkeys(facts, "manifest.json")
        self.origin.show_facts(facts, origins, one_file=single)
        told = "Stated by manifest.json. Add or correct what it does not say." if facts else "Not stated."
        if looked.manifests and not facts:
            told = "A manifest among the files states it, for each file its own. Add what it does not say."
        self._origin_told.setText(f"{told} It is kept with the source and compared with what came.")
        self.origin.hide()
        self.origin_fold.show_text("Look at it…" if facts else "State it…")
        self.origin_fold.show_icon("chevron-down")
        self._show()
        unsure = next((place for place, one in enumerate(looked.previews) if day_month(one)), 0)
        self.tables.table.selectRow(unsure)
        self._area.verticalScrollBar().setValue(0)

    def begin(self) -> None:
        """Give the keyboard to what comes first: the question that has to be answered, or Start."""
        asked = self.times.day_first if self._preview is not None and day_month(self._preview) else self.start
        asked.setFocus()
        QTimer.singleShot(0, self, lambda: self._area.verticalScrollBar().setValue(0))  # once all is laid out

    def replace(self, fresh: Preview) -> None:
        """One table was recognised anew: show it, with the focus where it was."""
        focused = self.window().focusWidget()
        name = focused.accessibleName() if focused is not None and self.isAncestorOf(focused) else ""
        previews = tuple(fresh if key(one) == key(fresh) else one for one in self.previews)
        self._accepted[key(fresh)] = dict(self._chosen.get(key(fresh), {}))
        self._looked = LookedAt(previews, self._looked.left_out, self._looked.facts)
        self._show()
        if self._preview is not None and key(self._preview) == key(fresh):
            self._choose(fresh)
        if name:
            QTimer.singleShot(0, self, lambda: self._focus(name))  # once the new controls are laid out

    def _focus(self, name: str) -> None:
        """Give the focus to the control of that name."""
        found = next((w for w in self.findChildren(QWidget) if w.accessibleName() == name and w.isVisible()), None)
        if found is not None:
            found.setFocus()

    def restore(self, one: Preview) -> None:
        """What was said does not fit: the controls show again what holds, and it is not said again."""
        self._chosen[key(one)] = dict(self._accepted.get(key(one), {}))
        if self._preview is not None and key(self._preview) == key(one):
            self._choose(self._preview)

    def origin_makes_sense(self) -> bool:
        """Whether all that was stated can be so; else the form is opened at what cannot."""
        if self.origin.makes_sense():
            return True
        if self.origin.isHidden():
            self._unfold()
        return self.origin.makes_sense()

    def _show(self) -> None:
        looked = self._looked
        files = {one.path for one in looked.previews}
        several = len(looked.previews) > 1 or bool(looked.left_out)
        name = inert(looked.previews[0].path.name, 120) if len(files) == 1 else counted(len(files), "file")
        self._title.setText(f"Bring in {name}?")
        told = (
            f"{counted(len(looked.previews), 'table')} would be read." if several else "This is how it would be read."
        )
        self._text.setText(f"{told} The original is kept byte for byte and fingerprinted first.")
        self.tables.setVisible(several)
        self.tables.show_tables(looked.previews, looked.left_out)
        self._ticked()

    def _ticked(self) -> None:
        """Say whether it can start, and with how many tables."""
        taken = self.taken
        unsure = [one for one in taken if day_month(one)]
        self.start.show_text("Bring it in" if len(self.previews) == 1 else f"Bring in {counted(len(taken), 'table')}")
        self.start.setEnabled(bool(taken) and not unsure)
        why = f"Say of “{inert(unsure[0].mapping.table, 80)}” whether days or months come first." if unsure else ""
        self._why_not.setText(why or ("" if taken else "No table is chosen."))
        self.start.setToolTip(plain_tip(self._why_not.text()))
        self._why_not.setVisible(bool(self._why_not.text()))

    def _choose(self, one: Preview) -> None:
        self._preview = one
        mapping, chosen = one.mapping, self._chosen.get(key(one), {})
        emptied(self._chips)
        shape = mapping.encoding if one.format in ("csv", "jsonl", "log") else ""
        for text in (one.format.upper(), mapping.recognised_as, shape):
            if text:
                self._chips.addWidget(Chip(text, "neutral"))
        self._chips.addStretch(1)
        self.layout_card.show_preview(one, {k: v for k, v in chosen.items() if k in LAYOUT})
        self.times.show_preview(one)
        self.columns.show_preview(one)

    # What a person changes

    def _said(self, more: Mapping[str, object]) -> None:
        if self._preview is not None:
            said = {**self._chosen.get(key(self._preview), {}), **more}
            self._chosen[key(self._preview)] = said
            self._again(self._preview, said_of(self._preview.mapping, {k: v for k, v in said.items() if v != ""}))

    def _layout_changed(self, more: Mapping[str, object]) -> None:
        """Another encoding, delimiter or header makes other columns: their roles are recognised anew."""
        if self._preview is None:
            return
        before = self._chosen.get(key(self._preview), {})
        said = {**before, **more} if more else {k: v for k, v in before.items() if k not in LAYOUT}
        self._chosen[key(self._preview)] = said
        self._again(self._preview, said)

    def _change(self, name: str, role: str, time_format: str) -> None:
        """A column was given another role, or its times another format."""
        if self._preview is not None:
            chosen = self._chosen.get(key(self._preview), {})
            self._again(self._preview, with_role(self._preview.mapping, chosen, name, role, time_format))

    def _decided(self, order: str) -> None:
        if self._preview is not None:
            self._change(self._preview.mapping.named(ColumnRole.TIME), "time", order)

    def _choose_mapping(self) -> None:
        one = self._preview
        if one is not None:
            choosing.file(self, "Load a mapping", MAPPINGS, lambda path: self._load(one, path))

    def _choose_target(self) -> None:
        one = self._preview
        if one is not None:
            name = f"{one.mapping.table}-mapping.json"
            choosing.target(self, "Save the mapping", name, MAPPINGS, lambda path: self._save(one, path))

    def took_mapping(self, one: Preview, said: Choice) -> None:
        """Remember what of a loaded mapping must be said again with every later change."""
        self._chosen[key(one)] = {k: v for k, v in said.items() if k in (*LAYOUT, "zone", "time_base", "table")}

    def _unfold(self) -> None:
        show = self.origin.isHidden()
        self.origin.setVisible(show)
        self.origin_fold.show_text("Fold" if show else "State it…")
        self.origin_fold.show_icon("chevron-up" if show else "chevron-down")
        if show:
            next(iter(self.origin.fields.values())).setFocus()
