"""Contrast of the colours in the style sheet, by the formula of WCAG 2.2."""

from __future__ import annotations

import re

import pytest

from alliance.charts.outline import WEB

CSS = (WEB / "static" / "alliance.css").read_text(encoding="utf-8")

TEXT = 4.5
GRAPHIC = 3.0

GROUNDS = ("paper", "surface", "sunk")
PAIRS = [
    *[(ink, ground, TEXT) for ink in ("ink", "soft", "link", "green") for ground in GROUNDS],
    *[
        (outcome, ground, TEXT)
        for outcome in ("worked", "mixed", "failed", "unknown")
        for ground in ("paper", "surface")
    ],
    ("green-ink", "green", TEXT),
    ("ink", "green-wash", TEXT),
    ("ink", "warm-wash", TEXT),
    ("ink", "failed-wash", TEXT),
    ("link", "green-wash", TEXT),
    ("link", "warm-wash", TEXT),
    ("link", "failed-wash", TEXT),
    ("mixed", "warm-wash", TEXT),
    ("ink", "sea", TEXT),
    # Outlines of fields and buttons, lines of charts, the focus ring, marks on the map.
    *[("edge", ground, GRAPHIC) for ground in ("paper", "surface")],
    *[("focus", ground, GRAPHIC) for ground in (*GROUNDS, "sea", "land")],
    *[
        (outcome, ground, GRAPHIC)
        for outcome in ("worked", "mixed", "failed", "unknown")
        for ground in ("land", "sea")
    ],
]


def tokens(block: str) -> dict[str, str]:
    """The colours a block declares, as six hex digits."""
    found = re.findall(r"--([\w-]+): #([0-9a-fA-F]{3,6})\b", block)
    return {name: hex_ if len(hex_) == 6 else "".join(2 * c for c in hex_) for name, hex_ in found}


def _block(start: str) -> str:
    """The declarations between the braces that follow `start` and `:root`."""
    after = CSS[CSS.index(start) :]
    after = after[after.index(":root") :]
    return after[after.index("{") : after.index("}")]


LIGHT = tokens(_block("@layer tokens {"))
DARK = {**LIGHT, **tokens(_block("prefers-color-scheme: dark"))}
PRINT = {**LIGHT, **tokens(_block("@media print"))}


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2, definition)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_formula_gives_the_known_ratios():
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("767676", "ffffff") == pytest.approx(4.54, abs=0.005)
    assert contrast("ff0000", "ffffff") == pytest.approx(4.0, abs=0.005)


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_colours_stand_out(theme, ink, ground, least):
    colours = {"light": LIGHT, "dark": DARK, "print": PRINT}[theme]
    ratio = contrast(colours[ink], colours[ground])
    assert ratio >= least, f"{theme}: {ink} on {ground} is {ratio:.2f}, needs {least}"


def test_the_themes_declare_the_same_colours():
    light, dark = tokens(_block("@layer tokens {")), tokens(_block("prefers-color-scheme: dark"))
    assert set(light) == set(dark)


def test_every_colour_that_is_used_is_declared():
    used = set(re.findall(r"var\(--([\w-]+)\)", CSS))
    declared = set(re.findall(r"--([\w-]+):", CSS))
    assert used <= declared
