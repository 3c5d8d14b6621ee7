"""The words for what a release says of a figure: why it has no place, and which way it goes."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.indicators.enums import TrendLabel
from alliance.indicators.guard import NOT_RANKED
from alliance.network.enums import ClimateZone, SizeBand
from alliance.network.localise import country_name

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
    return NOT_RANKED.get(code, _("It is not put in an order."))


def peer_group_text(code: str, language: str) -> str:
    """The words of a group of peers such as "size:100k-300k+climate:C"; see `releases.peers`."""
    parts = dict(part.partition(":")[::2] for part in code.split("+") if part)
    if not parts:
        return gettext("all cities whose figures compare")
    if "country" in parts:
        return gettext("cities of %(country)s") % {
            "country": country_name(parts["country"], language)
        }
    size = str(SizeBand(parts["size"]).label) if parts.get("size") in SizeBand.values else code
    if parts.get("climate") not in ClimateZone.values:
        return gettext("cities of %(size)s inhabitants") % {"size": size}
    climate = str(ClimateZone(parts["climate"]).label)
    return gettext("cities of %(size)s inhabitants, main climate: %(climate)s") % {
        "size": size,
        "climate": climate,
    }


def arrow(trend: str, low: float | None, high: float | None) -> str:
    """The arrow of a trend: towards the target or away from it; by the slope where none is set.

    `low` and `high` are the 90 % interval of the slope in score points a year.
    """
    if trend == TrendLabel.NO_TARGET and low is not None and high is not None:
        return "↗" if low > 0 else "↘" if high < 0 else "→"
    return ARROWS.get(trend, "")
