"""Contrast of the colours in the style sheet, by the formula of WCAG 2.2."""

from __future__ import annotations

import re

import pytest

from alliance.charts.outline import WEB

CSS = (WEB / "static" / "alliance.css").read_text(encoding="utf-8")

TEXT = 4.5
GRAPHIC = 3.0

GROUNDS = ("paper", "surface", "tint")
OUTCOMES = ("good", "mid", "bad")
PAIRS = [
    *[(ink, ground, TEXT) for ink in ("ink", "soft", "link") for ground in GROUNDS],
    *[(ink, ground, TEXT) for ink in (*OUTCOMES, "act") for ground in ("paper", "surface")],
    *[(outcome, f"{outcome}-wash", TEXT) for outcome in OUTCOMES],
    *[(ink, f"{wash}-wash", TEXT) for ink in ("ink", "link") for wash in (*OUTCOMES, "sun")],
    *[(f"{ground}-ink", ground, TEXT) for ground in ("act", "good", "bad", "sun")],
    ("ink", "sea", TEXT),
    # Outlines of fields and buttons, lines of charts, the focus ring, marks on the map.
    *[("edge", ground, GRAPHIC) for ground in ("paper", "surface")],
    *[("focus", ground, GRAPHIC) for ground in (*GROUNDS, "sea", "land")],
    *[(mark, ground, GRAPHIC) for mark in (*OUTCOMES, "soft") for ground in ("land", "sea")],
]


def tokens(block: str, theme: int) -> dict[str, str]:
    """The colours a block declares, as six hex digits; `theme` 0 is light, 1 dark."""
    found = re.findall(
        r"--([\w-]+): (?:light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\)|#([0-9a-f]{6}|[0-9a-f]{3}));",
        block,
    )
    colours = {name: both[theme] or one for name, *both, one in found}
    return {
        name: colour if len(colour) == 6 else "".join(2 * digit for digit in colour)
        for name, colour in colours.items()
    }


def _block(start: str, selector: str) -> str:
    """The declarations between the braces that follow `start` and `selector`."""
    after = CSS[CSS.index(start) :]
    after = after[after.index(selector) :]
    return after[after.index("{") : after.index("}")]


ROOT = _block("@layer tokens {", ":root")
LIGHT, DARK = tokens(ROOT, 0), tokens(ROOT, 1)
# The band has the colours of the dark theme, and some of its own.
BAND = {**DARK, **tokens(_block("@layer tokens {", ".masthead"), 1)}
PRINT = {**LIGHT, **tokens(_block("@media print", ":root"), 0)}


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


@pytest.mark.parametrize("theme", ["light", "dark", "band", "print"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_colours_stand_out(theme, ink, ground, least):
    colours = {"light": LIGHT, "dark": DARK, "band": BAND, "print": PRINT}[theme]
    ratio = contrast(colours[ink], colours[ground])
    assert ratio >= least, f"{theme}: {ink} on {ground} is {ratio:.2f}, needs {least}"


def test_each_colour_is_read():
    declared = set(re.findall(r"--([\w-]+): (?:light-dark|#)", ROOT))
    assert declared == set(LIGHT) == set(DARK)
    assert len(DARK.items() - LIGHT.items()) > 15 and BAND["paper"] == BAND["ground"]


def test_every_colour_that_is_used_is_declared():
    used = set(re.findall(r"var\(--([\w-]+)\)", CSS))
    declared = set(re.findall(r"--([\w-]+):", CSS))
    assert used <= declared
