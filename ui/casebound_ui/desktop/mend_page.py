"""Reading set-aside rows again: what is read otherwise, what that would give, and doing it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from casebound.case import Source
from casebound.errors import CaseboundError
from casebound.mending import Trial, mend, of_group, try_mend
from casebound.quarantine import Group
from casebound.work import Done, Failed, Progress, Stopped
from casebound_ui.desktop.controls import Button, Elided, column, emptied, frame, holder, label, retone, row
from casebound_ui.desktop.jobs import Running
from casebound_ui.desktop.mend_form import MendForm
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.wording import counted, inert, readable_times

WAYS = "Choose what is read otherwise. What it would give is shown here, before anything is kept."


class MendPage(QWidget):
    """One group of set-aside rows; `leave` goes back to the list of sources."""

    def __init__(self, session: CaseSession, around: Surroundings, leave: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName("page")
        self._session, self._around, self._leave = session, around, leave
        self._meant: tuple[Source, Group] | None = None
        self._running: Running[Trial] | None = None
        self._waiting = False  # the recipe changed while the last one was being tried
        self.trial: Trial | None = None
        self._title = label("", "h2", wrap=True)
        self._why = label("", "body", "text2", wrap=True)
        self._raw = Elided("", "mono", "text2")
        self.form = MendForm(self._changed)
        self.apply = Button("Read these again", self._apply, kind="primary", icon="rotate-ccw")
        self.cancel = Button("Cancel", self._cancel)
        self._sum = label(WAYS, "strong", "text", wrap=True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        head = row(column(self._title, self._why, self._raw, gap=4), self.cancel, self.apply, gap=10)
        head.setStretch(0, 1)
        for button in (self.cancel, self.apply):
            head.setAlignment(button, Qt.AlignmentFlag.AlignTop)
        ways, shown = frame("card"), frame("card")
        ways.setLayout(column(label("How they are read", "title"), self.form, gap=10, margins=(19, 15, 19, 15)))
        shown.setLayout(
            column(label("What that gives", "title"), self._sum, self._grid, gap=10, margins=(19, 15, 19, 15))
        )
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(holder(column(head, ways, shown, None, gap=12, margins=(24, 18, 24, 18))))
        self.setLayout(column(area))

    def show_group(self, source: Source, group: Group) -> None:
        """Ask how the rows of this group are to be read."""
        self._meant, self.trial = (source, group), None
        first = group.first
        byte = f", byte {first.offset:,}" if first.offset >= 0 else ""
        self._title.setText(f"Read {counted(group.count, 'row')} of {inert(source.name, 120)} again")
        self._why.setText(f"{inert(first.reason, 300)} The first is line {first.line:,}{byte}:")
        self._raw.setText(inert(first.raw, 1000))
        self.apply.setEnabled(False)
        self.form.show_group(source, group)
        self._tell(WAYS, "text")

    @property
    def busy(self) -> bool:
        """Whether a recipe is being tried."""
        return self._running is not None

    def _changed(self) -> None:
        """The recipe is another: try it, once the last one is through."""
        self.apply.setEnabled(False)
        if self._running is not None:
            self._waiting = True
            self._running.stop()
            return
        try:
            recipe = self.form.recipe()
        except CaseboundError as error:
            self._tell(f"{error.title} {error.hint}", "warn")
            return
        if self._meant is None or not recipe.said():
            self._tell(WAYS, "text")
            return
        source, group = self._meant
        case = self._session.case

        def job(progress: Progress) -> Trial:
            return try_mend(case, source, of_group(group), recipe, progress)

        self._tell("Reading these rows …", "text2")
        self._running = self._session.run(job, self._tried)

    def _tried(self, ending: Done[Trial] | Stopped | Failed) -> None:
        self._running = None
        if self._waiting:
            self._waiting = False
            self._changed()
            return
        match ending:
            case Done(trial):
                self._show(trial)
            case Failed(error):
                words = f"{error.title} {error.hint}" if isinstance(error, CaseboundError) else str(error)
                self._tell(readable_times(inert(words, 600)), "warn")

    def _show(self, trial: Trial) -> None:
        self.trial = trial
        words = [f"{trial.kept:,} of {counted(trial.read, 'row')} would be kept"]
        if trial.quarantined:
            words.append(f"{trial.quarantined:,} would stay set aside")
        if trial.duplicates:
            words.append(f"{counted(trial.duplicates, 'is a duplicate', 'are duplicates')}")
        some = bool(trial.kept + trial.duplicates)
        self._tell(", ".join(words) + ".", "text" if some else "warn")
        self.apply.setEnabled(some and not self._session.read_only)
        line = 0
        for one in trial.examples:
            rest = "  ".join(inert(value or "", 60) for _, value in one.values)
            time = readable_times(one.utc) if one.utc else ""
            for place, (text, kind) in enumerate(((f"line {one.line:,}", "small"), (time, "strong"))):
                self._grid.addWidget(label(text, kind, "text2" if place == 0 else "text"), line, place)
            self._grid.addWidget(Elided(rest, "mono", "text2"), line, 2)
            line += 1
        for reason, count in trial.failing:
            why = label(
                f"{counted(count, 'row')} would stay, such as: {inert(reason, 300)}", "small", "warn", wrap=True
            )
            self._grid.addWidget(why, line, 0, 1, 3)
            line += 1
        self._grid.setColumnStretch(2, 1)

    def _tell(self, words: str, tone: str) -> None:
        emptied(self._grid)
        self._sum.setText(words)
        self._sum.setAccessibleName(words)
        retone(self._sum, tone=tone)

    def _apply(self) -> None:
        """Do it: the counts and the custody record follow."""
        if self._meant is None or self.trial is None:
            return
        (source, group), recipe = self._meant, self.form.recipe()
        around, case = self._around, self._session.case
        self.apply.setEnabled(False)

        def job(progress: Progress) -> Source:
            return mend(case, source, of_group(group), recipe, progress)

        def ended(ending: Done[Source] | Stopped | Failed) -> None:
            match ending:
                case Done(mended):
                    last = mended.mends[-1]
                    around.note(
                        f"{last.kept:,} of {counted(last.read, 'row')} of {mended.label} kept; it is in custody."
                    )
                    self._leave()
                case Stopped():
                    self.apply.setEnabled(True)
                    around.note("Stopped. Nothing was changed.")
                case Failed(error):
                    around.tell(error)

        self._session.run(job, ended, title=f"Reading rows of {source.name} again")

    def _cancel(self) -> None:
        if self._running is not None:
            self._running.stop()
        self._meant = None
        self._leave()
