"""When the program itself fails: a report in a file, in words a person may send, and never a traceback on the screen.

Nothing is sent anywhere. A report has versions and places in our own code; no case text and no file name of a case.
"""

from __future__ import annotations

import faulthandler
import os
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler, qVersion

from casebound import __version__

LIMIT = 512 * 1024  # bytes a log may grow to before it starts anew


class CrashLog:
    """One log file under the program's own folder, readable only by its owner."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "casebound.log"
        self._stream: TextIO | None = None

    def open(self) -> None:
        """Open the file and let a hard crash of the interpreter be written there."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = self.path.exists() and self.path.stat().st_size > LIMIT
            self._stream = self.path.open("w" if fresh else "a", encoding="utf-8")
            self.path.chmod(0o600)
            faulthandler.enable(self._stream)
        except OSError:
            self._stream = None

    def close(self) -> None:
        if self._stream is not None:
            faulthandler.disable()
            self._stream.close()
            self._stream = None

    def write(self, text: str) -> None:
        if self._stream is not None:
            now = datetime.now(UTC)
            self._stream.write(f"{now:%Y-%m-%dT%H:%M:%SZ} {text.rstrip()}\n")
            self._stream.flush()

    def report(self, error: BaseException) -> str:
        """Write what failed and where in our code, without the error's own text, which may quote evidence."""
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        versions = f"casebound {__version__}, Python {platform.python_version()}, Qt {qVersion()}, {platform.system()}"
        self.write("\n".join([f"failure: {type(error).__name__} ({versions})", *places]))
        return str(self.path)


def install(log: CrashLog, show: Callable[[Exception], None]) -> None:
    """Send every unexpected failure, of any thread and of Qt, to the log; those of the main thread to `show` too."""

    def on_main(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        elif isinstance(error, Exception):
            show(error)
        else:
            log.report(error)

    def on_thread(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            log.report(arguments.exc_value)

    def on_qt(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        log.write(f"qt: {text}")
        if os.environ.get("CASEBOUND_SMOKE"):  # the smoke test of a frozen build fails on any output
            sys.stderr.write(text + "\n")

    sys.excepthook = on_main
    threading.excepthook = on_thread
    qInstallMessageHandler(on_qt)
