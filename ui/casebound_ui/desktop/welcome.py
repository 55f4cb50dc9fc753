"""The first screen: what would you like to do?"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.commands import spoken_key
from casebound_ui.desktop.controls import (
    Button,
    Chip,
    Elided,
    PaneButton,
    Picture,
    centred,
    column,
    emptied,
    frame,
    holder,
    label,
    retone,
    row,
)
from casebound_ui.desktop.recent import MISSING, RecentCase, recent_cases
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.tips import plain_tip
from casebound_ui.desktop.wording import inert

WIDTH = 580
SHOWN = 4  # recent cases


class Choice(PaneButton):
    """A wide button: icon, what it does, why, and its key."""

    def __init__(self, surroundings: Surroundings, identity: str, icon: str, title: str, why: str) -> None:
        command = surroundings.commands[identity]
        tile = frame("tile")
        tile.setFixedSize(40, 40)
        tile.setLayout(row(None, Picture(icon, "accent", 18), None, margins=(0, 0, 0, 0)))
        words = column(label(title, "strong"), label(why, "body", "text2"), gap=3)
        key = label(spoken_key(command.key), "caption", "text3")
        content = row(tile, words, None, key, gap=16, margins=(14, 16, 14, 16))
        super().__init__("choice", content, lambda: surroundings.commands.run(identity))
        self.setAccessibleName(title)
        self.setAccessibleDescription(why)


class DropArea(QWidget):
    """Says that files may be dropped; the window itself takes them, wherever they fall."""

    def __init__(self, text: str, second: str, height: int = 92) -> None:
        super().__init__()
        self._frame = frame("drop")
        icon = Picture("folder-input", "text2", 20)
        first, below = label(text, "body", "text2"), label(second, "caption", "text3")
        for item in (first, below):
            item.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._frame.setLayout(column(None, row(None, icon, None), first, below, None, gap=5))
        self.setLayout(column(self._frame))
        self._height = height
        self._measure()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_height"):
            self._measure()

    def _measure(self) -> None:
        self.setFixedHeight(round(self._height * max(1.0, theme.scale())))

    def over(self, on: bool) -> None:
        retone(self._frame, over="true" if on else "false")


class Welcome(QWidget):
    """Check a package, open a case, start a case; what was open before; the sample."""

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__()
        self.setObjectName("page")
        self._around = surroundings
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        self.drop = DropArea(
            "Or drop a package, case folder or export here",
            "Files are opened read only. Nothing is copied until you say so.",
        )
        sample = Button(
            "Open the sample case",
            lambda: surroundings.commands.run("sample"),
            kind="link",
            name="Open the sample case",
        )
        body = column(
            label("What would you like to do?", "h1"),
            label("Everything stays on this computer. No account, no network.", "body", "text2"),
            8,
            Choice(
                surroundings,
                "check",
                "shield-check",
                "Check a package someone sent me",
                "See whether it is complete and unchanged, and why",
            ),
            Choice(surroundings, "open", "folder-open", "Open a case", "Carry on with a case folder on this computer"),
            Choice(surroundings, "new", "plus", "Start a case", "Choose a folder, then bring in exports and files"),
            self.drop,
            row(sample, label("made-up actors and about 30,000 requests, ready to explore", "small", "text3"), None),
            self._recent,
            gap=12,
        )
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(holder(column(None, centred(body, WIDTH, (12, 12, 12, 12)), None, gap=0)))
        self.setLayout(column(area))

    def refresh(self) -> None:
        """Show the case folders that were open before, and what stands in the way of opening one."""
        emptied(self._recent)
        found = recent_cases(self._around.preferences)[:SHOWN]
        if not found:
            return
        self._recent.addWidget(label("Recent cases", "caption", "text3"))
        for case in found:
            self._recent.addWidget(RecentRow(case, self._around, self.refresh))


class RecentRow(PaneButton):
    """One case folder that was open before. One that is gone can be taken off the list."""

    def __init__(self, case: RecentCase, surroundings: Surroundings, changed: Callable[[], None]) -> None:
        gone = case.state == MISSING
        name, where = inert(case.path.stem, 200), inert(str(case.path.parent), 300)
        head = row(Elided(name, "strong", "text3" if gone else "text"), gap=8)
        if case.state:
            head.addWidget(Chip(case.state.capitalize(), "warn" if gone else "neutral"))
        words = column(head, Elided(f"{case.words}  ·  {where}" if case.words else where, "small", "text3"), gap=1)
        content = row(Picture("file-question-mark" if gone else "briefcase", "text2", 16), words, gap=12)
        content.setContentsMargins(10, 5, 10, 5)
        content.setStretch(1, 1)

        def act() -> None:
            if gone:
                surroundings.preferences.forget(str(case.path))
                changed()
            else:
                surroundings.open(case.path)

        super().__init__("row", content, act)
        self.setAccessibleName(f"{'Take off the list:' if gone else 'Open'} {name}")
        self.setAccessibleDescription(f"{case.words}. {where}")
        self.setToolTip(plain_tip(f"{'Click to take it off the list. ' if gone else ''}{case.path}"))
