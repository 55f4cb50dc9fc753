"""Asking for files and folders without blocking the window: the answer comes as a call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

PACKAGES = "Packages, reports, receipts (*.zip *.pdf *.receipt *.checkpoint *.consistency);;All files (*)"
ANY = "All files (*)"


def files(parent: QWidget, title: str, kinds: str, then: Callable[[list[Path]], object]) -> None:
    """One or more files that exist."""
    dialog = QFileDialog(parent, title, str(Path.home()), kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    _ask(dialog, then)


def file(parent: QWidget, title: str, kinds: str, then: Callable[[Path], object]) -> None:
    """One file that exists."""
    dialog = QFileDialog(parent, title, str(Path.home()), kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    _ask(dialog, lambda paths: then(paths[0]))


def folder(parent: QWidget, title: str, start: Path, then: Callable[[Path], object]) -> None:
    """One folder."""
    dialog = QFileDialog(parent, title, str(start))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    _ask(dialog, lambda paths: then(paths[0]))


def target(parent: QWidget, title: str, name: str, kinds: str, then: Callable[[Path], object]) -> None:
    """A file to write. The dialog itself asks before an existing one is replaced."""
    dialog = QFileDialog(parent, title, str(Path.home() / name), kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(name)
    _ask(dialog, lambda paths: then(paths[0]))


def _ask(dialog: QFileDialog, then: Callable[[list[Path]], object]) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.accepted.connect(lambda: then([Path(name) for name in dialog.selectedFiles()]))
    dialog.open()
