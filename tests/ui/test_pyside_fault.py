"""PySide6 6.12.0 on Python 3.11 loses a reference at every signal and every setPen, and aborts. Ours must not."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import os
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter

class Sender(QObject):
    told = Signal()

application = QGuiApplication([])
sender, heard = Sender(), []
sender.told.connect(lambda: heard.append(None))
for _ in range(2000):
    sender.told.emit()
image = QImage(8, 8, QImage.Format.Format_RGB32)
painter = QPainter(image)
pen = QColor("#2B59C3")
for _ in range(20000):
    painter.setPen(pen)
painter.end()
assert len(heard) == 2000
"""


def test_signals_and_pens_do_not_abort_the_interpreter() -> None:
    ended = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr.decode(errors="replace")[-2000:]
