"""The commands of the window itself. Screens add their own, with their own keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from casebound_ui.desktop import theme
from casebound_ui.desktop.commands import Command, always
from casebound_ui.desktop.preferences import Preferences
from casebound_ui.desktop.shell import Window

SCALES = (0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)

# id, title, icon: in the order of the navigation, which is also the order of Ctrl+1 to Ctrl+8
SCREENS = (
    ("overview", "Overview", "layout-dashboard"),
    ("sources", "Sources", "database"),
    ("timeline", "Timeline", "chart-gantt"),
    ("attachments", "Attachments", "paperclip"),
    ("evidence", "Evidence", "list-checks"),
    ("findings", "Findings", "flag"),
    ("packages", "Packages", "package"),
    ("custody", "Custody", "link-2"),
    ("result", "Check a package", "shield-check"),
)


class Acts(Protocol):
    """What the composition root can do for the window's commands."""

    def new_case(self) -> None: ...
    def ask_case(self) -> None: ...
    def ask_package(self) -> None: ...
    def sample(self) -> None: ...
    def close_case(self) -> None: ...
    def bring_in(self) -> None: ...
    def attach(self) -> None: ...
    def add_finding(self) -> None: ...
    def build_package(self) -> None: ...
    def check_custody(self) -> None: ...
    def check_whole_case(self) -> None: ...
    def has_case(self) -> bool: ...
    def may_write(self) -> bool: ...
    def show_settings(self) -> None: ...


def register(window: Window, acts: Acts, preferences: Preferences) -> None:
    """Add the window's commands to its registry."""

    def add(
        identity: str,
        title: str,
        menu: str,
        help_line: str,
        run: Callable[[], object],
        key: str = "",
        icon: str = "",
        enabled: Callable[[], bool] = always,
    ) -> None:
        command = Command(identity, title, help_line, run, key=key, menu=menu, icon=icon, enabled=enabled)
        window.commands.add(command, window)

    case, write = acts.has_case, acts.may_write
    add("new", "Start a case", "Case", "A new case folder on this computer", acts.new_case, "Ctrl+N", "plus")
    add("open", "Open a case", "Case", "Carry on with a case folder", acts.ask_case, "Ctrl+O", "folder-open")
    add(
        "check",
        "Check a package",
        "Case",
        "Is it complete and unchanged?",
        acts.ask_package,
        "Ctrl+Shift+O",
        "shield-check",
    )
    add("sample", "Open the sample case", "Case", "Made-up actors to explore", acts.sample, icon="briefcase")
    add("close-case", "Close the case", "Case", "Back to the first screen", acts.close_case, "Ctrl+W", "log-out", case)
    add(
        "bring-in",
        "Bring in an export",
        "Evidence",
        "CSV, JSON or Excel",
        acts.bring_in,
        "Ctrl+Shift+I",
        "database",
        write,
    )
    add(
        "attach",
        "Attach files",
        "Evidence",
        "Copied and sealed as they are",
        acts.attach,
        "Ctrl+Shift+A",
        "paperclip",
        write,
    )
    add(
        "add-finding",
        "Write a finding",
        "Evidence",
        "One sentence you could defend",
        acts.add_finding,
        "Ctrl+Shift+F",
        "flag",
        write,
    )
    add(
        "build-package",
        "Build package",
        "Case",
        "Seal what leaves the case",
        acts.build_package,
        "Ctrl+B",
        "package",
        write,
    )
    add("check-custody", "Check custody", "Evidence", "Recompute every seal", acts.check_custody, "F5", "link-2", case)
    add(
        "check-case",
        "Check the whole case",
        "Evidence",
        "Custody, originals and rows",
        acts.check_whole_case,
        "Shift+F5",
        "list-checks",
        case,
    )
    for place, (identity, title, icon) in enumerate(SCREENS, 1):
        add(
            f"go-{identity}",
            f"Go to {title}",
            "Go",
            f"Show the screen {title}",
            _going(window, identity),
            f"Ctrl+{place}",
            icon,
            _there(window, identity),
        )
    add("back", "Back", "Go", "The screen before", window.go_back, "Alt+Left", "arrow-left")
    add("forward", "Forward", "Go", "The screen after", window.go_forward, "Alt+Right", "arrow-right")
    add(
        "next-pane",
        "Next part of the window",
        "Go",
        "Navigation, screen, top bar",
        lambda: window.next_pane(1),
        "F6",
        "panel-right",
    )
    add(
        "previous-pane",
        "Previous part of the window",
        "Go",
        "The other way round",
        lambda: window.next_pane(-1),
        "Shift+F6",
        "panel-left",
    )
    add("palette", "Search", "View", "Commands, events, people, files", window.palette_sheet.appear, "Ctrl+K", "search")
    _register_look(window, preferences, add)
    add("jobs", "Jobs", "View", "What runs, waits and has ended", window.jobs_panel.appear, "Ctrl+J", "list-checks")
    add("settings", "Settings", "View", "Name, look, text, keys", acts.show_settings, "Ctrl+,", "settings")
    add("keys", "Keys", "Help", "Every key on one sheet", window.key_sheet.appear, "?", "keyboard")
    add("quit", "Quit", "Case", "Close the window; nothing needs saving", window.close, "Ctrl+Q", "x")


def _register_look(window: Window, preferences: Preferences, add: Callable[..., None]) -> None:
    def look(name: str) -> Callable[[], None]:
        def put() -> None:
            preferences.keep(theme=name)
            window.put_theme(looked_up(name), theme.scale())

        return put

    def switch() -> None:
        preferences.keep(theme=window.switch_theme().name)

    def sized(step: int) -> Callable[[], None]:
        def put() -> None:
            near = min(range(len(SCALES)), key=lambda i: abs(SCALES[i] - theme.scale()))
            scale = SCALES[max(0, min(len(SCALES) - 1, near + step))] if step else 1.0
            preferences.keep(text_scale=scale)
            window.put_theme(theme.tokens(), scale)

        return put

    def narrow() -> None:
        preferences.keep(narrow=not preferences.remembered.narrow)
        window.navigation.narrow(preferences.remembered.narrow)

    add("theme-switch", "Light or dark", "View", "Change between light and dark", switch, "Ctrl+Shift+L", "moon")
    add(
        "theme-system", "Light or dark as the computer says", "View", "Follow the system", look("system"), "", "monitor"
    )
    add("text-larger", "Larger text", "View", "Up to twice the size", sized(1), "Ctrl++", "zoom-in")
    add("text-smaller", "Smaller text", "View", "Down to nine tenths", sized(-1), "Ctrl+-", "zoom-out")
    add("text-normal", "Normal text size", "View", "As it was made", sized(0), "", "rotate-ccw")
    add(
        "narrow", "Narrow or wide navigation", "View", "Icons only, or with words", narrow, "Ctrl+Shift+N", "panel-left"
    )


def looked_up(name: str) -> theme.Tokens:
    """The theme of a remembered name: "light", "dark", or what the computer says."""
    return {"light": theme.LIGHT, "dark": theme.DARK}.get(name) or theme.of_system()


def _going(window: Window, identity: str) -> Callable[[], None]:
    return lambda: window.go(identity)


def _there(window: Window, identity: str) -> Callable[[], bool]:
    return lambda: window.has(identity)
