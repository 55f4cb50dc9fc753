"""The window as a program: fonts, look, the crash log, and the event loop around it all."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from casebound.identities import home
from casebound_ui.desktop import crash, theme, windowcommands
from casebound_ui.desktop.program import Program
from casebound_ui.desktop.trial import leave_when_shown

__all__ = ["Program", "follow", "run"]


def run(path: Path | None = None, *, leave: bool = False) -> int:
    """Open the window, with a case folder or a package where one is given, and return the exit code.

    `leave` is for trials of a built program: the window ends as soon as it shows what was given.
    """
    application = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(application, QApplication):
        return 1
    application.setApplicationName("Casebound")
    application.setDesktopFileName("casebound")
    folder = home()
    log = crash.CrashLog(folder)
    log.open()
    theme.load_fonts()
    program = Program(folder, log)
    crash.install(log, program.window.message.fault)
    remembered = program.preferences.remembered
    theme.prefer(strong=remembered.contrast, still=remembered.still)
    program.window.put_theme(windowcommands.looked_up(remembered.theme), remembered.text_scale)
    follow(program)
    program.last.put_window()
    if path is not None:
        program.open(path)
    if leave:
        leave_when_shown(program.window, lambda: program.session is not None or path is None or not path.is_dir())
    code = application.exec()
    log.close()
    return code


def follow(program: Program) -> None:
    """Follow the system between light and dark while the person has not chosen one."""

    def changed() -> None:
        if program.preferences.remembered.theme == "system":
            program.window.put_theme(theme.of_system(), theme.scale())

    hints = QApplication.styleHints()
    hints.colorSchemeChanged.connect(lambda scheme: changed())
