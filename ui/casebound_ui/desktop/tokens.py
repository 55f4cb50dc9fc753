"""The exact colours and measures of the window, light and dark. State is never told by colour alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

SPACE = (0, 4, 8, 12, 16, 24, 32, 48)
RADIUS_SMALL, RADIUS, RADIUS_LARGE, RADIUS_BANNER = 4, 6, 8, 12
CONTROL_HEIGHT, ROW_HEIGHT, LANE_HEIGHT, ICON = 32, 28, 30, 16
TOP_BAR, STATUS_BAR, NAVIGATION, NAVIGATION_SMALL, INSPECTOR = 52, 32, 196, 56, 332


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme. Every value is `#RRGGBB`; `name` is "light" or "dark" and serves as a cache key."""

    name: str
    canvas: str
    surface: str
    nav: str
    sunken: str
    line: str
    line_strong: str
    control: str  # borders of controls, 3 : 1
    text: str
    text2: str
    text3: str
    accent: str
    on_accent: str
    accent_soft: str  # selected row, icon tile
    ok: str
    ok_soft: str
    warn: str
    warn_soft: str
    bad: str
    bad_soft: str
    unk: str
    unk_soft: str
    finding: str
    finding_soft: str
    mark: str  # outline of a person's mark
    mark_fill: str
    ramp_low: str  # data ramp: quiet to busy
    ramp_high: str
    histogram: str

    def colour(self, name: str) -> str:
        """A token by name, or the value itself where it is one already."""
        return name if name.startswith("#") else str(getattr(self, name))

    def blend(self, over: str, under: str, share: float) -> str:
        """`share` of `over` on `under`, for borders of soft fills."""
        top, bottom = self.colour(over), self.colour(under)
        parts = [round(int(top[i : i + 2], 16) * share + int(bottom[i : i + 2], 16) * (1 - share)) for i in (1, 3, 5)]
        return "#" + "".join(f"{part:02X}" for part in parts)


LIGHT = Tokens(
    name="light",
    canvas="#F4F6F8",
    surface="#FFFFFF",
    nav="#ECEFF3",
    sunken="#EDF0F4",
    line="#E1E6EC",
    line_strong="#C3CBD5",
    control="#848F9E",
    text="#141A22",
    text2="#465264",
    text3="#616D7D",
    accent="#2B59C3",
    on_accent="#FFFFFF",
    accent_soft="#E6EDFB",
    ok="#0F6B3E",
    ok_soft="#E8F5EE",
    warn="#875100",
    warn_soft="#FCF3E1",
    bad="#B01E38",
    bad_soft="#FCECEF",
    unk="#4C5688",
    unk_soft="#EFF1F9",
    finding="#6B45C6",
    finding_soft="#EFEAFB",
    mark="#A85B00",
    mark_fill="#F0A020",
    ramp_low="#E9EEF5",
    ramp_high="#1F4E8C",
    histogram="#6F93C4",
)

DARK = Tokens(
    name="dark",
    canvas="#0D1015",
    surface="#151A21",
    nav="#11151B",
    sunken="#0F1318",
    line="#232B36",
    line_strong="#3A4656",
    control="#647286",
    text="#E8EDF4",
    text2="#AAB6C5",
    text3="#8793A4",
    accent="#86A9FF",
    on_accent="#0A1223",
    accent_soft="#18243F",
    ok="#5CD39A",
    ok_soft="#0F231A",
    warn="#F3BF60",
    warn_soft="#271E10",
    bad="#FF8F9E",
    bad_soft="#2B1418",
    unk="#B1BCEB",
    unk_soft="#191E31",
    finding="#B79CFF",
    finding_soft="#211A38",
    mark="#F3BF60",
    mark_fill="#F0B040",
    ramp_low="#1A212B",
    ramp_high="#8FB6F2",
    histogram="#4D6E9E",
)


@cache
def strengthened(theme: Tokens) -> Tokens:
    """A theme for those who need more contrast: lines as dark as text, no soft fills, quiet text like the rest."""
    if theme.name.endswith("-strong"):
        return theme
    return replace(
        theme,
        name=f"{theme.name}-strong",
        line=theme.control,
        line_strong=theme.text2,
        control=theme.text2,
        text2=theme.text,
        text3=theme.text2,
        sunken=theme.surface,
        nav=theme.surface,
        canvas=theme.surface,
        ok_soft=theme.surface,
        warn_soft=theme.surface,
        bad_soft=theme.surface,
        unk_soft=theme.surface,
        finding_soft=theme.surface,
    )


def contrast(first: str, second: str) -> float:
    """The WCAG 2 contrast ratio of two `#RRGGBB` colours, 1 to 21."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)
