"""The first screen: what would you like to do?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.commands import spoken_key
from casebound_ui.desktop.controls import (
    Button,
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
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.tips import plain_tip

WIDTH = 580


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
        """Show the case folders that were open before and still exist."""
        emptied(self._recent)
        found: Sequence[Path] = [
            Path(text) for text in self._around.preferences.remembered.recent if Path(text, "case.db").is_file()
        ]
        if not found:
            return
        self._recent.addWidget(label("Recent cases", "caption", "text3"))
        for path in found[:4]:
            self._recent.addWidget(RecentCase(path, self._around))


class RecentCase(Button):
    """One case folder that was open before."""

    def __init__(self, path: Path, surroundings: Surroundings) -> None:
        text = theme.elided(f"{path.stem}   {path.parent}", "body", WIDTH - 40)
        super().__init__(
            f" {text}", lambda: surroundings.open(path), kind="quiet", icon="briefcase", name=f"Open {path}"
        )
        self.setToolTip(plain_tip(str(path)))
