"""Which of our own views speaks for itself to those who listen: Qt asks here for the interface of a widget."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QWidget

_makers: dict[type[QWidget], Callable[[Any], QAccessibleInterface]] = {}
_alive: dict[int, QAccessibleInterface] = {}  # Qt does not keep the Python side of an interface alive


def install(kind: type[QWidget], make: Callable[[Any], QAccessibleInterface]) -> None:
    """Let Qt ask for the interface of widgets of this kind. Once for a program; further calls do nothing."""
    if not _makers:
        QAccessible.installFactory(_interface)
    _makers.setdefault(kind, make)


def _interface(key: str, about: QObject) -> QAccessibleInterface | None:
    make = next((make for kind, make in _makers.items() if isinstance(about, kind)), None)
    if make is None:
        return None
    made, name = make(about), id(about)
    _alive[name] = made
    about.destroyed.connect(lambda: _alive.pop(name, None))
    return made
