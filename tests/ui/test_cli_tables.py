"""Tables on a terminal: they fit, and what is there to be copied stays whole."""

from __future__ import annotations

import io
import sys

import pytest

from casebound_ui.cli.terminal import show_table

HASH = "3c2259000d39b129bac635bf00c04add4cc9324cb38abd1dc937323373211fd7"
ROWS = [("S-01", "A reason that is far too long for a narrow terminal, " * 2, HASH), ("S-02", "short", HASH)]


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, to: io.StringIO) -> list[str]:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(sys, "stdout", to)
    show_table(("Source", "Reason", "SHA-256"), ROWS, whole=frozenset({2}))
    return to.getvalue().splitlines()


def test_a_row_fits_the_terminal_and_the_hash_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(monkeypatch, Screen())
    assert max(map(len, lines)) <= 100
    assert sum(HASH in line for line in lines) == 2
    assert any(line.strip().endswith("…") for line in lines)  # the rest of a long text is left out, and that is shown


def test_nothing_is_shortened_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(monkeypatch, io.StringIO())
    assert len(lines) == 3 and ROWS[0][1].strip() in lines[1]


@pytest.mark.parametrize("to", [Screen, io.StringIO])
def test_a_cell_of_ten_megabytes_is_cut_and_its_length_said(
    monkeypatch: pytest.MonkeyPatch, to: type[io.StringIO]
) -> None:
    output = to()
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(sys, "stdout", output)
    show_table(("Source", "Found"), [("S-01", "A" * 10_000_000), ("S-02", "b")])
    lines = output.getvalue().splitlines()
    assert max(map(len, lines)) < 5000
    assert to is Screen or "… (10,000,000 characters)" in lines[1]
