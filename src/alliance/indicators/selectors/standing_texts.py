"""The words for what a release says of a figure: why it has no place, and which way it goes."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.indicators.enums import TrendLabel
from alliance.indicators.guard import Clause
from alliance.indicators.guard_texts import CLAUSES

_OTHER: dict[str, Promise] = {
    "too-few-peers": _("Fewer than five cities have a figure that compares."),
    "coverage": _("Too few of the figures that belong to it are there."),
}

ARROWS: dict[str, str] = {
    TrendLabel.ON_TRACK: "↑",
    TrendLabel.MODERATE: "↗",
    TrendLabel.STAGNATING: "→",
    TrendLabel.FALLING: "↓",
    TrendLabel.MAINTAINED: "✓",
    TrendLabel.UNCLEAR: "~",
    TrendLabel.NO_TARGET: "",
    TrendLabel.TOO_FEW_DATA: "",
}


def clause_text(code: str) -> str | Promise:
    """Why a figure has no place among others; empty for none."""
    if not code:
        return ""
    if code in set(Clause):
        return CLAUSES[Clause(code)]
    return _OTHER.get(code, _("It is not put in an order."))


def arrow(trend: str, low: float | None, high: float | None) -> str:
    """The arrow of a trend: towards the target or away from it; by the slope where none is set.

    `low` and `high` are the 90 % interval of the slope in score points a year.
    """
    if trend == TrendLabel.NO_TARGET and low is not None and high is not None:
        return "↗" if low > 0 else "↘" if high < 0 else "→"
    return ARROWS.get(trend, "")
