"""How the window looks: bundled fonts, tinted icons, and the one place that applies a theme to the program.

`tokens()` is the theme in force. A widget that paints or holds an icon reads it when it paints, and repaints on
`QEvent.Type.StyleChange`, which Qt sends to every widget when a theme is applied.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt, QTemporaryDir
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetrics,
    QGuiApplication,
    QIcon,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QStyleFactory

from casebound_resources import resource
from casebound_ui.desktop import stylesheet
from casebound_ui.desktop.tokens import DARK, ICON, LIGHT, Tokens, contrast, strengthened

__all__ = [
    "DARK",
    "LIGHT",
    "Tokens",
    "apply",
    "colour",
    "contrast",
    "elided",
    "font",
    "icon",
    "is_dark",
    "load_fonts",
    "pixmap",
    "prefer",
    "scale",
    "still",
    "strong",
    "tokens",
]

FONTS = (
    "Inter-Regular.ttf",
    "Inter-Medium.ttf",
    "Inter-SemiBold.ttf",
    "Inter-Bold.ttf",
    "IBMPlexMono-Regular.ttf",
    "IBMPlexMono-Medium.ttf",
)
SANS, MONO = "Inter", "IBM Plex Mono"

# name: (pixels, weight, family)
TYPE: dict[str, tuple[int, int, str]] = {
    "caption": (11, 600, SANS),
    "small": (12, 400, SANS),
    "body": (13, 400, SANS),
    "strong": (13, 600, SANS),
    "title": (15, 600, SANS),
    "h2": (18, 600, SANS),
    "h1": (24, 600, SANS),
    "verdict": (14, 400, SANS),
    "mono": (12, 400, MONO),
}


_FLASH = 1000  # milliseconds of a caret's blink
_EFFECTS = (
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
    Qt.UIEffect.UI_AnimateToolBox,
)


class _Look:
    """What is in force. One program has one look, as it has one QApplication."""

    tokens: Tokens = LIGHT
    scale: float = 1.0
    strong = False  # the high-contrast preference
    still = False  # the preference for less motion
    applied = False
    folder: QTemporaryDir | None = None  # the style sheet takes its one picture from a file


def tokens() -> Tokens:
    """The theme in force."""
    return _Look.tokens


def strong() -> bool:
    """Whether lines and states are to be drawn stronger."""
    return _Look.strong


def still() -> bool:
    """Whether nothing is to move or blink by itself."""
    return _Look.still


def is_dark() -> bool:
    """Whether the theme in force is the dark one, at either contrast."""
    return _Look.tokens.name.startswith("dark")


def prefer(*, strong: bool, still: bool) -> None:
    """Take over the preferences for more contrast and less motion; a theme in force is put in force anew."""
    changed = strong != _Look.strong
    _Look.strong = strong
    if changed and _Look.applied:
        apply(DARK if is_dark() else LIGHT, _Look.scale)
    application = QApplication.instance()
    if still != _Look.still and isinstance(application, QApplication):
        _Look.still = still
        application.setCursorFlashTime(0 if still else _FLASH)
        for effect in _EFFECTS:
            application.setEffectEnabled(effect, not still)


def scale() -> float:
    """Text size in force, 0.9 to 2.0."""
    return _Look.scale


def load_fonts() -> tuple[str, ...]:
    """Register the bundled fonts with Qt and return the families found; `FileNotFoundError` for a broken build."""
    families: list[str] = []
    for name in FONTS:
        number = QFontDatabase.addApplicationFont(str(resource(f"fonts/{name}")))
        families.extend(QFontDatabase.applicationFontFamilies(number) if number >= 0 else [])
    return tuple(dict.fromkeys(families))


def font(kind: str = "body") -> QFont:
    """A font of the type scale, with tabular figures, at the text size in force. `kind` is a key of `TYPE`."""
    pixels, weight, family = TYPE[kind]
    made = QFont(family)
    made.setPixelSize(round(pixels * _Look.scale))
    made.setWeight(QFont.Weight(weight))
    if family == SANS:
        made.setFeature(QFont.Tag("tnum"), 1)
    made.setStyleHint(QFont.StyleHint.Monospace if family == MONO else QFont.StyleHint.SansSerif)
    return made


def apply(theme: Tokens, text_scale: float = 1.0) -> None:
    """Put a theme in force for the whole program. Applying what is in force already does nothing."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        raise RuntimeError("a theme needs a QApplication")
    if _Look.strong:
        theme = strengthened(theme)
    if _Look.applied and _Look.tokens is theme and _Look.scale == text_scale:
        return
    if not _Look.applied:
        # Once: with a style sheet, Qt no longer says which style lies under it, and to set it styles everything anew.
        application.setStyle(QStyleFactory.create("Fusion"))
    _Look.tokens, _Look.scale, _Look.applied = theme, text_scale, True
    application.setFont(font("body"))
    application.setPalette(_palette(theme))
    arrow, tick = _drawing(theme, "chevron-down", theme.text2), _drawing(theme, "check", theme.on_accent)
    application.setStyleSheet(stylesheet.build(theme, text_scale, arrow, tick))


def colour(name: str) -> QColor:
    """A token of the theme in force as a fresh `QColor`."""
    return QColor(_Look.tokens.colour(name))


def elided(text: str, kind: str, width: int, *, middle: bool = False) -> str:
    """`text` in the type `kind`, shortened where it is wider than `width` pixels at normal text size."""
    mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
    return QFontMetrics(font(kind)).elidedText(text, mode, round(width * _Look.scale))


def _drawing(theme: Tokens, name: str, colour: str) -> str:
    """An icon in a colour of a theme, as a file that the style sheet can name."""
    if _Look.folder is None:
        _Look.folder = QTemporaryDir()
    path = Path(_Look.folder.filePath(f"{name}-{theme.name}.svg"))
    if not path.exists():
        text = resource(f"icons/{name}.svg").read_text(encoding="utf-8")
        path.write_text(text.replace("currentColor", colour), encoding="utf-8")
    return path.as_posix()


def of_system() -> Tokens:
    """The theme that the desktop asks for; light where it says nothing."""
    scheme = QGuiApplication.styleHints().colorScheme()
    return DARK if scheme == Qt.ColorScheme.Dark else LIGHT


def icon(name: str, colour: str = "text2", size: int = ICON) -> QIcon:
    """A Lucide icon in a token's or a `#RRGGBB` colour, as `QIcon` for 1x and 2x screens."""
    made = QIcon()
    for ratio in (1, 2):
        made.addPixmap(pixmap(name, colour, size, ratio))
    return made


def pixmap(name: str, colour: str = "text2", size: int = ICON, ratio: float = 0) -> QPixmap:
    """A Lucide icon as a pixmap of `size` logical pixels; `ratio` 0 takes the screen's."""
    screen = QGuiApplication.primaryScreen()
    return _drawn(name, _Look.tokens.colour(colour), size, ratio or (screen.devicePixelRatio() if screen else 1.0))


@lru_cache(maxsize=512)
def _drawn(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    text = resource(f"icons/{name}.svg").read_text(encoding="utf-8")
    text = re.sub(r'stroke-width="[^"]*"', 'stroke-width="1.75"', text.replace("currentColor", colour))
    renderer = QSvgRenderer(QByteArray(text.encode()))
    drawn = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    renderer.render(painter, QRectF(0, 0, drawn.width(), drawn.height()))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


def _palette(theme: Tokens) -> QPalette:
    roles = QPalette.ColorRole
    palette = QPalette()
    for role, colour in (
        (roles.Window, theme.canvas),
        (roles.WindowText, theme.text),
        (roles.Base, theme.surface),
        (roles.AlternateBase, theme.sunken),
        (roles.Text, theme.text),
        (roles.PlaceholderText, theme.text3),
        (roles.Button, theme.surface),
        (roles.ButtonText, theme.text),
        (roles.BrightText, theme.bad),
        (roles.Highlight, theme.accent),
        (roles.HighlightedText, theme.on_accent),
        (roles.Link, theme.accent),
        (roles.LinkVisited, theme.accent),
        (roles.ToolTipBase, theme.surface),
        (roles.ToolTipText, theme.text),
        (roles.Mid, theme.line_strong),
        (roles.Dark, theme.line_strong),
        (roles.Light, theme.line),
        (roles.Midlight, theme.line),
        (roles.Shadow, theme.line_strong),
        (roles.Accent, theme.accent),
    ):
        palette.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.text3))
    return palette
