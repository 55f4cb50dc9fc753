"""The style sheet of the program, made from the tokens of a theme.

Widgets say what they are with dynamic properties: a QLabel its `type` and `tone`, a QPushButton or a QFrame its `kind`.
Sizes are scaled with the text size; lines separate, nothing has a shadow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from casebound_ui.desktop.tokens import Tokens

_Scaled: TypeAlias = Callable[[float], str]

_LABELS = {
    "caption": (11, 600),
    "small": (12, 400),
    "body": (13, 400),
    "strong": (13, 600),
    "title": (15, 600),
    "h2": (18, 600),
    "h1": (24, 600),
    "verdict": (14, 400),
    "headline": (22, 600),
}
_TONES = ("text", "text2", "text3", "accent", "ok", "warn", "bad", "unk", "finding")


def build(t: Tokens, scale: float = 1.0, arrow: str = "", tick: str = "") -> str:
    """The whole sheet for theme `t`; `scale` 1.0 is 13 px body text; `arrow` and `tick` are files of drawings."""

    def px(size: float) -> str:
        return f"{round(size * scale)}px"

    parts = [
        f"* {{ font-family: 'Inter'; font-size: {px(13)}; }}",
        f"QMainWindow, QWidget#page, QStackedWidget#pages {{ background: {t.canvas}; color: {t.text}; }}",
        f"QLabel {{ color: {t.text}; background: transparent; }}",
        f"QLabel:disabled {{ color: {t.text3}; }}",
        f"QToolTip {{ background: {t.surface}; color: {t.text}; border: 1px solid {t.line_strong}; padding: 4px; }}",
    ]
    for kind, (size, weight) in _LABELS.items():
        parts.append(f'QLabel[type="{kind}"] {{ font-size: {px(size)}; font-weight: {weight}; }}')
    parts.append(f"QLabel[type=\"mono\"] {{ font-family: 'IBM Plex Mono'; font-size: {px(12)}; }}")
    parts.extend(f'QLabel[tone="{tone}"] {{ color: {t.colour(tone)}; }}' for tone in _TONES)
    parts.append(_frames(t))
    parts.append(_buttons(t, px))
    parts.append(_fields(t, px, arrow, tick))
    parts.append(_views(t, px))
    return "\n".join(parts)


def _frames(t: Tokens) -> str:
    soft = "\n".join(
        f'QFrame[kind="{name}"] {{ background: {t.colour(name + "_soft")};'
        f" border: 1px solid {t.blend(name, name + '_soft', 0.3)}; border-radius: 8px; }}"
        for name in ("ok", "warn", "bad", "unk", "finding")
    )
    banners = "\n".join(f'QFrame[kind="{name}"][large="true"] {{ border-radius: 12px; }}' for name in _TONES)
    return f"""
QFrame[kind="card"] {{ background: {t.surface}; border: 1px solid {t.line}; border-radius: 8px; }}
QFrame[kind="panel"] {{ background: {t.surface}; border: none; border-left: 1px solid {t.line}; }}
QFrame[kind="sunken"] {{ background: {t.sunken}; border: none; border-radius: 6px; }}
QFrame[kind="topbar"] {{ background: {t.surface}; border: none; border-bottom: 1px solid {t.line}; }}
QFrame[kind="statusbar"] {{ background: {t.surface}; border: none; border-top: 1px solid {t.line}; }}
QFrame[kind="navigation"] {{ background: {t.nav}; border: none; border-right: 1px solid {t.line}; }}
QFrame[kind="rule"] {{ background: {t.line}; border: none; max-height: 1px; min-height: 1px; }}
QFrame[kind="rule-upright"] {{ background: {t.line}; border: none; max-width: 1px; min-width: 1px; }}
QFrame[kind="drop"] {{ background: transparent; border: 2px dashed {t.line_strong}; border-radius: 12px; }}
QFrame[kind="drop"][over="true"] {{ border-color: {t.accent}; background: {t.accent_soft}; }}
QFrame[kind="neutral"] {{ background: {t.surface}; border: 1px solid {t.line}; border-radius: 8px; }}
QFrame[kind="tile"] {{ background: {t.accent_soft}; border: none; border-radius: 8px; }}
QFrame[kind="dialog"] {{ background: {t.surface}; border: 1px solid {t.line_strong}; border-radius: 12px; }}
QDialog {{ background: {t.surface}; }}
{soft}
{banners}
QSplitter::handle {{ background: transparent; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
"""


def _buttons(t: Tokens, px: _Scaled) -> str:
    return f"""
QPushButton {{ padding: 0 12px; border: 1px solid {t.control}; border-radius: 6px;
  background: {t.surface}; color: {t.text}; font-weight: 600; }}
QPushButton[kind="plain"], QPushButton[kind="primary"], QPushButton[kind="quiet"], QPushButton[kind="search"] {{
  min-height: {px(30)}; }}
QPushButton:hover {{ background: {t.sunken}; }}
QPushButton:pressed {{ background: {t.line}; }}
QPushButton:disabled {{ color: {t.text3}; border-color: {t.line_strong}; background: {t.surface}; }}
QPushButton:focus {{ border: 2px solid {t.accent}; padding: 0 11px; }}
QPushButton[kind="plain"]:focus, QPushButton[kind="primary"]:focus, QPushButton[kind="quiet"]:focus,
QPushButton[kind="search"]:focus {{ min-height: {px(28)}; }}
QPushButton[kind="primary"] {{ background: {t.accent}; color: {t.on_accent}; border: 1px solid {t.accent}; }}
QPushButton[kind="primary"]:hover {{ background: {t.blend("text", "accent", 0.12)}; }}
QPushButton[kind="primary"]:disabled {{ background: {t.line}; color: {t.text3}; border-color: {t.line}; }}
QPushButton[kind="primary"]:focus {{ border: 2px solid {t.text}; }}
QPushButton[kind="quiet"] {{ background: transparent; border: 1px solid transparent; color: {t.text2};
  font-weight: 500; }}
QPushButton[kind="quiet"]:hover {{ background: {t.blend("text", "surface", 0.06)}; }}
QPushButton[kind="quiet"]:focus {{ border: 2px solid {t.accent}; }}
QPushButton[kind="link"] {{ background: transparent; border: 1px solid transparent; color: {t.accent}; padding: 0 4px;
  min-height: {px(24)}; font-weight: 600; text-align: left; }}
QPushButton[kind="link"]:hover {{ text-decoration: underline; }}
QPushButton[kind="link"]:focus {{ border: 2px solid {t.accent}; border-radius: 4px; padding: 0 3px;
  min-height: {px(22)}; }}
QPushButton[kind="icon"] {{ background: transparent; border: 1px solid transparent; padding: 0; border-radius: 6px;
  min-width: 28px; max-width: 28px; min-height: 28px; max-height: 28px; }}
QPushButton[kind="icon"]:hover {{ background: {t.blend("text", "surface", 0.07)}; }}
QPushButton[kind="icon"]:focus {{ border: 2px solid {t.accent}; min-width: 26px; max-width: 26px; min-height: 26px;
  max-height: 26px; }}
QPushButton[kind="tiny"] {{ background: transparent; border: 1px solid transparent; padding: 0; border-radius: 4px;
  min-width: 22px; max-width: 22px; min-height: 22px; max-height: 22px; }}
QPushButton[kind="tiny"]:hover {{ background: {t.blend("text", "surface", 0.07)}; }}
QPushButton[kind="tiny"]:focus {{ border: 2px solid {t.accent}; min-width: 20px; max-width: 20px; min-height: 20px;
  max-height: 20px; }}
QPushButton[kind="search"] {{ background: {t.sunken}; border: 1px solid {t.sunken}; color: {t.text3}; font-weight: 400;
  text-align: left; }}
QPushButton[kind="search"]:focus {{ border: 2px solid {t.accent}; }}
QPushButton[kind="nav"] {{ background: transparent; border: 1px solid transparent; border-radius: 6px; color: {t.text2};
  font-weight: 500; text-align: left; padding: 0 8px; min-height: {px(26)}; }}
QPushButton[kind="nav"]:hover {{ background: {t.blend("text", "nav", 0.05)}; }}
QPushButton[kind="nav"]:checked {{ background: {t.surface}; border: 1px solid {t.line}; color: {t.text};
  font-weight: 600; }}
QPushButton[kind="nav"]:focus {{ border: 2px solid {t.accent}; padding: 0 7px; min-height: {px(24)}; }}
QPushButton[kind="choice"] {{ background: {t.surface}; border: 1px solid {t.line};
  border-radius: 10px;
  text-align: left; }}
QPushButton[kind="choice"]:hover {{ border-color: {t.control}; background: {t.surface}; }}
QPushButton[kind="choice"]:focus {{ border: 2px solid {t.accent}; }}
QPushButton[kind="row"] {{ background: transparent; border: 1px solid transparent;
  border-radius: 6px;
  text-align: left; }}
QPushButton[kind="row"]:hover {{ background: {t.blend("text", "surface", 0.03)}; }}
QPushButton[kind="row"]:focus {{ border: 2px solid {t.accent}; }}
QCheckBox, QRadioButton {{ color: {t.text}; spacing: 8px; min-height: {px(24)}; border: 2px solid transparent;
  border-radius: 4px; }}
QCheckBox:focus, QRadioButton:focus {{ border: 2px solid {t.accent}; }}
QMenu {{ background: {t.surface}; color: {t.text}; border: 1px solid {t.line_strong}; padding: 4px; }}
QMenu::item {{ padding: 6px 24px 6px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {t.accent_soft}; color: {t.text}; }}
QMenu::item:disabled {{ color: {t.text3}; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: 4px 8px; }}
"""


def _fields(t: Tokens, px: _Scaled, arrow: str, tick: str) -> str:
    return f"""
QLineEdit, QPlainTextEdit, QComboBox {{ background: {t.surface}; color: {t.text};
  border: 1px solid {t.control}; border-radius: 6px; padding: 0 8px;
  selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
QLineEdit, QComboBox {{ min-height: {px(30)}; }}
QPlainTextEdit {{ padding: 6px 4px; }}
QLineEdit:focus, QComboBox:focus {{
  border: 2px solid {t.accent}; padding: 0 7px; min-height: {px(28)}; }}
QPlainTextEdit:focus {{ border: 2px solid {t.accent}; padding: 5px 3px; }}
QLineEdit:disabled, QComboBox:disabled, QPlainTextEdit:disabled {{
  color: {t.text3}; border-color: {t.line_strong}; }}
QLineEdit[invalid="true"] {{ border: 2px solid {t.bad}; padding: 0 7px; min-height: {px(28)}; }}
QLineEdit[kind="palette"] {{ border: none; font-size: {px(15)}; background: transparent; min-height: {px(40)}; }}
QComboBox::drop-down {{ border: none; width: 26px; }}
QComboBox::down-arrow {{ image: url("{arrow}"); width: 14px; height: 14px; }}
QCheckBox::indicator {{ width: {px(14)}; height: {px(14)}; border: 1px solid {t.control}; border-radius: 4px;
  background: {t.surface}; }}
QCheckBox::indicator:checked {{ image: url("{tick}"); background: {t.accent}; border-color: {t.accent}; }}
QCheckBox::indicator:disabled {{ border-color: {t.line_strong}; }}
QCheckBox::indicator:checked:disabled {{ background: {t.text3}; border-color: {t.text3}; }}
QComboBox QAbstractItemView {{ background: {t.surface}; color: {t.text}; border: 1px solid {t.line_strong};
  selection-background-color: {t.accent_soft}; selection-color: {t.text}; outline: none; }}
QProgressBar {{ background: {t.sunken}; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 3px; }}
"""


def _views(t: Tokens, px: _Scaled) -> str:
    return f"""
QTableView, QListView, EventTable {{ background: {t.surface}; color: {t.text}; border: 2px solid transparent;
  outline: none; border-radius: 6px; selection-background-color: {t.accent_soft}; selection-color: {t.text};
  gridline-color: {t.line}; }}
QTableView:focus, QListView:focus, EventTable:focus {{ border: 2px solid {t.accent}; }}
EventTable::corner {{ background: transparent; border: none; }}
QHeaderView {{ background: {t.surface}; border: none; }}
QHeaderView::section {{ background: {t.surface}; color: {t.text2}; border: none; border-bottom: 1px solid {t.line};
  padding: 0 8px; font-size: {px(11)}; font-weight: 600; min-height: {px(28)}; }}
QTableCornerButton::section {{ background: {t.surface}; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 2px; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 2px; }}
QScrollBar::handle {{ background: {t.line_strong}; border-radius: 3px; min-height: 32px; min-width: 32px; }}
QScrollBar::handle:hover {{ background: {t.control}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
  background: none; border: none;
  width: 0; height: 0; }}
"""
