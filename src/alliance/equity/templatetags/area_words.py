"""Filters and tags for areas."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from alliance.analysis.equity.values import SHARES
from alliance.equity.models import Exposure
from alliance.equity.selectors.pages import Band
from alliance.web import formatting

register = template.Library()

FLAGS = {
    "yes": _("among the most burdened in at least 95 of 100 weightings"),
    "uncertain": _("uncertain: depends on the weighting"),
    "no": _("not among the most burdened"),
    "unknown": _("no data"),
}
#: Why a figure could not be computed, by the code of the method; other codes concern the file.
_WHY = {
    "no-population": _("Number of residents missing: add the population of each area."),
    "too-much-missing": _("More than half of the residents live in areas without a figure."),
    "too-few-units": _("Too few areas have complete figures."),
    "no-data": _("No figures yet."),
    "need-kappa": _("The mean is not above 0."),
    "zero-mean": _("All values are 0."),
    "negative-values": _("Some values are below 0."),
}
_OTHER = _("This cannot be calculated from these figures.")


@register.filter
def flag_word(code: str) -> str:
    """The meaning of a flag of the ranking."""
    return str(FLAGS[code])


@register.filter
def why_not(code: str) -> str:
    """Why a figure could not be computed."""
    return str(_WHY.get(code, _OTHER))


@register.simple_tag
def in_unit(value: float | None, exposure: Exposure) -> str:
    """A value of areas with its unit; a share as a percentage."""
    if value is None:
        return str(FLAGS["unknown"])
    if exposure.unit.casefold() in SHARES:
        return formatting.quantity(100 * value, "%")
    # Three significant digits, and none that the figure does not have: 0.2, not 0.200.
    is_usual = 1e-4 <= abs(value) < 1000
    text = formatting.number(float(f"{value:.3g}")) if is_usual else formatting.significant(value)
    return f"{text}\u00a0{exposure.unit}" if exposure.unit else text


@register.simple_tag
def gap(
    value: float | None, exposure: Exposure, *, signed: bool = False, bare: bool = False
) -> str:
    """A difference between values of areas with two significant digits; of percentages in points.
    `bare`: without its unit, as at the lower end of a range."""
    if value is None:
        return str(FLAGS["unknown"])
    is_share = exposure.unit.casefold() in SHARES
    unit = str(_("percentage points")) if is_share or exposure.unit == "%" else exposure.unit
    text = formatting.estimate(100 * value if is_share else value, signed=signed)
    return f"{text}\u00a0{unit}" if unit and not bare else text


@register.simple_tag
def with_unit(value: float | None, factors: Sequence[Exposure], at: int) -> str:
    """As `in_unit`, for the figure at that index."""
    return in_unit(value, factors[at])


@register.simple_tag
def area_paths(bands: Sequence[Band], is_named: bool, at: int | str = "") -> SafeString:
    """The areas as paths in groups of one colour; areas without data are hatched. `at`: which map
    of the page it is."""
    parts: list[str] = []
    for band in bands:
        fill = format_html(' fill="url(#hatch{})"', at) if band.css == "f-unknown" else ""
        paths = [
            format_html('<path d="{}"><title>{}</title></path>', area.outline, str(area))
            if is_named
            # Outlines are made here, of letters and digits; escaping thousands takes long.
            else f'<path d="{area.outline}"/>'
            for area in band.areas
            if area.outline
        ]
        parts.append(format_html('<g class="{}"{}>', band.css, fill) + "".join(paths) + "</g>")
    return SafeString("".join(parts))
