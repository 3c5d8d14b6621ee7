"""Template tags and filters of the indicators."""

from __future__ import annotations

import re
from collections.abc import Sized
from functools import lru_cache
from typing import Any

from django import template
from django.db.models import TextChoices
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from alliance.indicators import enums, messages
from alliance.indicators.connectors import PUBLISHERS
from alliance.indicators.models import Indicator, ObservationSource, Series, Target
from alliance.indicators.models.observations import TOTAL, publisher_title
from alliance.indicators.selectors.city_strips import figure_text
from alliance.indicators.selectors.profile import FigureShown, ScoreShown
from alliance.indicators.selectors.strips import doubt_of
from alliance.network.bands import climate_zone
from alliance.network.localise import country_name, local_field, localised_field
from alliance.network.models import City
from alliance.web import formatting
from alliance.web.templatetags.charts import axis_head

register = template.Library()
register.filter(publisher_title)

#: A code of an indicator inside a text, such as GHG_TOTAL.
_CODE = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
_KINDS: dict[str, type[TextChoices]] = {
    "boundary": enums.Boundary,
    "direction": enums.IndicatorDirection,
    "nature": enums.Nature,
    "scale": enums.Scale,
    "standing": enums.PeerStanding,
    "status": enums.Status,
    "trend": enums.TrendLabel,
    "batch": enums.BatchKind,
    "error": enums.ErrorBasis,
    "method": enums.MethodClass,
    "quality": enums.Quality,
    "sibling": enums.SiblingVerdict,
    "target": enums.TargetKind,
}
# Looked up hundreds of times on a page; the label of a choice each time would be slow.
_WORDS: dict[str, dict[str, str | Promise]] = {
    "note": messages.NOTES,
    **{
        kind: {choice.value: choice.label for choice in choices} for kind, choices in _KINDS.items()
    },
}


@register.filter
def word(code: str, kind: str) -> str | Promise:
    """The label of a code, such as `{{ "E"|word:"status" }}`; unknown codes are returned."""
    known = _WORDS[kind].get(code)
    return code if known is None else known


@register.filter
def scope(code: str) -> str:
    """The region whose cities a definition covers."""
    if code in ("", "EU"):
        return gettext("Europe") if code else gettext("worldwide")
    return country_name(code, get_language() or "en")


@register.filter
def error_text(basis: str) -> str:
    """The origin of the error of a figure; empty if unknown."""
    return f"{gettext('Uncertainty of the figure:')} {word(basis, 'error')}." if basis else ""


@register.filter
def publisher(code: str) -> str:
    """The name of a publisher that can be read."""
    return PUBLISHERS[code].name


@register.filter
def edition(moved: dict[str, Any]) -> str:
    """By how much an edition changed past figures."""
    return messages.edition_text(moved)


@register.filter
def peers(code: str) -> str:
    """The label of a peer group."""
    return messages.peer_group_text(code, (get_language() or "en")[:2])


@register.filter
def group_code(series: Series, dimension: str) -> str:
    """The publisher's code of a group; a dash means the total."""
    code = getattr(series, dimension)
    return "–" if code == TOTAL else code


@register.filter
def more_than(n: int, shown: Sized) -> int:
    """How many of `n` are not shown."""
    return n - len(shown)


@register.simple_tag
def localised(record: Any, field: str) -> SafeString:
    """A translated field of a record, marked with its language if that differs from the page's."""
    text = localised_field(record, field, get_language() or "en")
    if not text.lang_attr:
        return conditional_escape(text.value)
    return format_html('<span lang="{}">{}</span>', text.lang_attr, text.value)


@register.filter
def own(record: Any, field: str) -> str:
    """A field of a record in the page's language, such as `{{ city|own:"name" }}`."""
    return local_field(record, field, get_language() or "en")


@register.simple_tag(takes_context=True)
def indicator_href(context: template.Context, public_id: str) -> str:
    """The address of an indicator as of the time that the page shows."""
    return _href(context, "indicators:indicator", public_id)


@register.simple_tag(takes_context=True)
def profile_href(context: template.Context, public_id: str) -> str:
    """The address of a city's profile as of the time that the page shows."""
    return _href(context, "indicators:city", public_id)


def _href(context: template.Context, name: str, public_id: str) -> str:
    asked = context.get("asked")
    address = _pattern(name, get_language() or "en").replace("0-0", public_id)
    return f"{address}{asked.query if asked else ''}"


@lru_cache(maxsize=32)
def _pattern(name: str, language: str) -> str:
    """A URL pattern in the active language, cached because a page may have a thousand of them."""
    return reverse(name, args=["0-0"])


# The following tags are in every row of long tables, where templates would take most of the time.


def _interval(low: float | None, high: float | None, decimals: int, *, signed: bool = False) -> str:
    """ "90 % interval: 1 to 2", as plain text; empty where it is not known."""
    if low is None or high is None:
        return ""
    ends = [formatting.number(end, decimals, signed=signed) for end in (low, high)]
    return gettext("90 %% interval: %(low)s to %(high)s") % {"low": ends[0], "high": ends[1]}


@register.simple_tag
def figure(shown: FigureShown, *, held_against: bool = True) -> SafeString:
    """A figure with its unit; in small text its period, flag, area and, if it is compared with
    other cities, its interval.
    """
    if shown.value is None:
        value = format_html('<span class="missing">{}</span>', gettext("no data"))
    else:
        text = formatting.number(shown.value, shown.version.decimals)
        value = format_html(
            '<span class="effect">{}</span> {}', text, localised(shown.version, "unit_label")
        )
    first = f"{shown.period}, {shown.flag}" if shown.flag else shown.period
    parts = [first, str(shown.area)]
    if held_against:
        ends = doubt_of(shown.version, shown.low, shown.high)
        parts.append(_interval(*ends, shown.version.decimals))
    small = f"{formatting.semicolon()} ".join(part for part in parts if part)
    return format_html('{} <span class="note">({})</span>', value, small)


@register.simple_tag
def aim(target: Target) -> SafeString:
    """The value of a target, with its unit if it has its own, and its year."""
    value = target.words if target.value is None else formatting.number(target.value)
    # Neither is translated, because both are quoted.
    own_words = target.unit_label if target.value is not None else target.words
    if target.value is not None and own_words:
        text = format_html('{} <span lang="en">{}</span>', value, own_words)
    else:
        text = format_html('<span lang="en">{}</span>' if own_words else "{}", value)
    if target.year is None:
        return text
    return format_html(gettext("{target} by {year}"), target=text, year=target.year)


@register.simple_tag
def climate_of(city: City) -> str | Promise:
    """The main climate of a city."""
    zone = climate_zone(city)
    return zone.label if zone else gettext("not known")


@register.simple_tag
def short_figure(shown: FigureShown) -> str:
    """A figure with a short unit and no more digits than its error allows."""
    return figure_text(shown, (get_language() or "en")[:2])


@register.simple_tag
def without_codes(record: Any, field: str, is_short: bool = False) -> SafeString:
    """A translated field, or its first sentence, with the names of indicators instead of codes."""
    language = get_language() or "en"
    text = localised_field(record, field, language)
    words = text.value.partition(". ")[0].rstrip(".") + "." if is_short else text.value
    codes = set(_CODE.findall(words))
    if codes:
        names = {
            indicator.code: formatting.quoted(local_field(indicator, "name", language))
            for indicator in Indicator.objects.filter(code__in=codes)
        }
        words = _CODE.sub(lambda match: names.get(match[0], match[0]), words)
    if not text.lang_attr:
        return conditional_escape(words)
    return format_html('<span lang="{}">{}</span>', text.lang_attr, words)


@register.simple_tag
def percent_head() -> SafeString:
    """The head of a table of strips: per cent, unless a row has ends of its own."""
    title = gettext(
        "The better end is on the right in every row. Rows without ends of their own run from 0 "
        "to 100 per cent."
    )
    hundred = f"100{formatting.NBSP}%"
    head = axis_head(title, [(3, "0"), (50, "50"), (97, hundred)])
    return format_html('{}<span class="note">{} →</span>', head, gettext("better"))


@register.simple_tag
def score_head() -> SafeString:
    """The head of a table of scores."""
    ticks = [(3, "0"), (26.5, "25"), (50, "50"), (73.5, "75"), (97, "100")]
    return axis_head(gettext("Score from 0, the poor end, to 100, the good end"), ticks)


@register.simple_tag
def held_against(target: Target | None) -> SafeString:
    """The target that applies to a figure, with its kind; or that there is none."""
    if target is None:
        return conditional_escape(gettext("No target has been set."))
    kind = format_html(" ({})", word(target.kind, "target")) if target.kind else ""
    return format_html("{}{} {}{}.", gettext("Target"), formatting.colon(), aim(target), kind)


@register.simple_tag
def source_line(source: ObservationSource | None) -> SafeString:
    """The source of a figure, with a link if recorded."""
    if source is None or not (source.url or source.title):
        return conditional_escape(gettext("Source not known."))
    title = publisher_title(source.title)
    line = format_html("{} {}.", gettext("Source:"), title)
    if source.url:
        line = format_html('{} <a href="{}">{}</a>.', gettext("Source:"), source.url, title)
    if source.check_again:
        line = format_html("{} {}", line, gettext("Second-hand: check it again before you use it."))
    return line


@register.simple_tag
def trend(score: ScoreShown | None) -> SafeString:
    """The arrow and the label of a trend, with its slope and interval in score points a year."""
    if score is None:
        return format_html("{}", enums.TrendLabel.TOO_FEW_DATA.label)
    sign = messages.arrow(score.trend, score.slope_low, score.slope_high)
    head = format_html('<strong aria-hidden="true">{}</strong> ', sign) if sign else ""
    label = str(word(score.trend, "trend"))
    small = ""
    if score.slope is not None:
        slope = ngettext(
            "%(slope)s score points a year over %(n)s year",
            "%(slope)s score points a year over %(n)s years",
            score.n_years,
        ) % {"slope": formatting.number(score.slope, 1, signed=True), "n": score.n_years}
        between = _interval(score.slope_low, score.slope_high, 1, signed=True)
        parts = f"{formatting.semicolon()} ".join(part for part in (slope, between) if part)
        small = format_html(' <span class="note">({})</span>', parts)
    return format_html("{}{}{}", head, label[:1].upper() + label[1:], small)


@register.simple_tag
def ranks(first: int, last: int | None, n: int) -> SafeString:
    """The possible ranks of a city among those ranked with it: "3–9 of 42"."""
    of = gettext("of %(n)s") % {"n": formatting.number(n, 0)}
    ends = f"{first}–{last}" if last is not None and last != first else str(first)
    return format_html("<strong>{}</strong> {}", ends, of)


@register.simple_tag
def place(score: ScoreShown | None) -> SafeString:
    """How many of its peers a city is better than, the peer group, its ranks, and the error."""
    if score is None or score.percentile is None:
        return format_html("{}", gettext("Too few comparable cities to rank this city."))
    ends = score.percentile, score.percentile_low, score.percentile_high
    better, low, high = (None if end is None else round(end * score.k) for end in ends)
    text = ngettext(
        "Better than %(better)s of %(k)s comparable city",
        "Better than %(better)s of %(k)s comparable cities",
        score.k,
    ) % {"better": better, "k": score.k}
    if low is not None and low != high:
        text += f" ({gettext('could be %(low)s to %(high)s') % {'low': low, 'high': high}})"
    about = f"{gettext('Comparable cities:')} {peers(score.peer_group)}."
    if score.rank is not None:
        rank = ranks(score.rank, score.rank_high, score.n_ranked)
        about = format_html("{} {} {}.", about, gettext("Rank among all cities:"), rank)
    if score.error_basis:
        about = format_html("{} {}", about, error_text(score.error_basis))
    return format_html('{}<br><span class="note">{}</span>', text, about)
