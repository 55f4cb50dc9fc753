"""Coming back: which screen of a case was shown, how its timeline stood; and where the window was."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication

from casebound_ui.desktop.places import CasePlaces
from casebound_ui.desktop.preferences import Preferences
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.shell import Window
from casebound_ui.desktop.timeline import state
from casebound_ui.desktop.whereabouts import Whereabouts


class LastPlace:
    """Keeps and gives back where a person was. Nothing is kept where they have turned that off."""

    def __init__(self, window: Window, preferences: Preferences) -> None:
        self._window, self._preferences = window, preferences
        self.whereabouts = Whereabouts(preferences.path.parent)

    def keep(self, session: CaseSession, case: CasePlaces) -> None:
        """Remember the case as it stands in the window now."""
        if not self._preferences.remembered.come_back:
            return
        shown = self._window.place
        known = {place.id for place in case.places}
        before = self.whereabouts.get(session.snapshot.log_origin)
        kept: dict[str, object] = {"screen": shown if shown in known else before.get("screen", "")}
        if case.timeline.browsing.ready:
            kept["timeline"] = state.capture(case.timeline)
        elif "timeline" in before:
            kept["timeline"] = before["timeline"]  # let go of before the events were read: as it was
        self.whereabouts.keep(session.snapshot.log_origin, kept)

    def put_back(self, session: CaseSession, case: CasePlaces) -> str:
        """Bring the timeline back to where it was, and return the screen that was shown; "" where nothing is kept."""
        if not self._preferences.remembered.come_back:
            return ""
        kept = self.whereabouts.get(session.snapshot.log_origin)
        timeline, screen = kept.get("timeline"), kept.get("screen")
        if isinstance(timeline, dict) and session.snapshot.sources:
            state.apply(case.timeline, timeline)
        return screen if isinstance(screen, str) and any(place.id == screen for place in case.places) else ""

    # The window

    def keep_window(self) -> None:
        """Remember where the window is."""
        window = self._window
        box = window.normalGeometry() if window.isMaximized() else window.geometry()
        place = (box.x(), box.y(), box.width(), box.height())
        self._preferences.keep(place=place, filled=window.isMaximized())

    def put_window(self) -> None:
        """Show the window where it was, as far as the screens of today reach; where nothing is kept, as it is made."""
        remembered = self._preferences.remembered
        if remembered.place is not None:
            self._window.setGeometry(_on_a_screen(QRect(*remembered.place)))
        if remembered.filled:
            self._window.showMaximized()
        else:
            self._window.show()


def _on_a_screen(box: QRect) -> QRect:
    """`box`, moved so that its title can be reached: a screen may be gone since."""
    areas = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    title = QRect(box.left(), box.top(), box.width(), 40)
    if not areas or any(area.intersected(title).width() >= 120 and area.intersects(title) for area in areas):
        return box
    primary = areas[0]
    return QRect(primary.topLeft(), box.size())
