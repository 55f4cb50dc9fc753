"""Fonts, colours and icons: bundled, readable, and following the theme without losing anybody's place."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtGui import QFontDatabase, QFontInfo
from PySide6.QtWidgets import QApplication

from casebound_ui.desktop import theme
from casebound_ui.desktop.main import Program
from casebound_ui.desktop.theme import DARK, LIGHT, Tokens, contrast
from casebound_ui.desktop.windowcommands import SCREENS

TEXT = [("text", "surface"), ("text2", "surface"), ("text3", "surface"), ("text3", "nav"), ("text2", "nav"),
        ("text", "canvas"), ("text2", "canvas"), ("text2", "sunken"), ("text", "accent_soft"), ("accent", "surface"),
        ("on_accent", "accent"), ("ok", "ok_soft"), ("warn", "warn_soft"), ("bad", "bad_soft"), ("unk", "unk_soft"),
        ("finding", "finding_soft"), ("accent", "accent_soft")]  # fmt: skip
EDGES = [("control", "surface"), ("histogram", "surface"), ("mark", "surface"), ("accent", "canvas")]


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
@pytest.mark.parametrize("pair", TEXT, ids="-".join)
def test_text_has_a_contrast_of_four_and_a_half(tokens: Tokens, pair: tuple[str, str]) -> None:
    assert contrast(tokens.colour(pair[0]), tokens.colour(pair[1])) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
@pytest.mark.parametrize("pair", EDGES, ids="-".join)
def test_edges_of_controls_have_a_contrast_of_three(tokens: Tokens, pair: tuple[str, str]) -> None:
    assert contrast(tokens.colour(pair[0]), tokens.colour(pair[1])) >= 3


def test_the_tokens_are_the_ones_of_the_specification() -> None:
    for tokens in (LIGHT, DARK):
        for field in dataclasses.fields(tokens):
            value = getattr(tokens, field.name)
            assert field.name == "name" or (len(value) == 7 and int(value[1:], 16) >= 0)
    assert round(contrast(LIGHT.text, LIGHT.surface), 1) == 17.5
    assert round(contrast(DARK.text, DARK.surface), 1) == 14.9
    assert round(contrast(LIGHT.accent, LIGHT.surface), 1) == 6.3


def test_the_bundled_fonts_are_the_ones_that_are_drawn(qapp: QApplication) -> None:
    assert {"Inter", "IBM Plex Mono"} <= set(QFontDatabase.families())
    assert QFontInfo(theme.font("body")).family() == "Inter"
    assert QFontInfo(theme.font("mono")).family() == "IBM Plex Mono"
    assert theme.font("h1").pixelSize() == 24


def test_every_icon_that_is_named_is_there() -> None:
    for _, _, name in SCREENS:
        assert not theme.icon(name).isNull()
    with pytest.raises(FileNotFoundError):
        theme.pixmap("no-such-icon")


def test_icons_take_the_colour_of_the_token() -> None:
    image = theme.pixmap("square", "bad", 32, 1).toImage()
    inks = {
        image.pixelColor(x, y).name() for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() == 255
    }
    assert theme.tokens().bad.lower() in inks


def test_changing_the_theme_mid_work_keeps_the_chosen_row(small_case: Program) -> None:
    case = small_case.case
    assert case is not None
    case.sources.listing.table.selectRow(0)
    case.custody.view.list.table.selectRow(2)
    chosen = case.custody.view.list.table.record
    small_case.window.go("custody")
    small_case.commands.run("theme-switch")
    assert theme.tokens() is DARK
    assert case.custody.view.list.table.record == chosen
    assert case.sources.listing.table.record.number == 1
    assert small_case.window.place == "custody"
    assert small_case.preferences.remembered.theme == "dark"


def test_the_text_can_be_twice_as_large(small_case: Program) -> None:
    for _ in range(10):
        small_case.commands.run("text-larger")
    assert theme.scale() == 2.0
    assert theme.font("body").pixelSize() == 26
    small_case.commands.run("text-normal")
    assert theme.scale() == 1.0
