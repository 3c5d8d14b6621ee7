"""The spread of effects in words: what weakens it, and why an effect does not speak for a place."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from alliance.cases.enums import PoolExclusion

_WARNINGS: dict[str, Promise] = {
    "no-data": _("No effects that count yet."),
    "too-few-places": _(
        "Fewer than three places: too few to calculate a mean or predict results elsewhere."
    ),
    "below-possible": _(
        "Part of the intervals is below −100 %, which cannot happen: the places are too "
        "few and too different for a useful prediction."
    ),
    "level-beyond-possible": _(
        "Part of the intervals is outside the possible range for a share or count: the "
        "places are too few and too different for a useful prediction."
    ),
    "mixed-designs": _(
        "The places measured in different ways, which may explain part of the difference "
        "between them."
    ),
    "unweighted": _(
        "All places count equally, because some did not publish how certain their figure is."
    ),
    "standard-errors-not-used": _(
        "All places count equally, although they all published how certain their figure is."
    ),
    "few-studies-for-prediction": _(
        "Three or four places: the prediction for a new city is based on very little data."
    ),
    "hartung-knapp-truncated": _(
        "The places agree more than chance would explain, but the interval of their mean "
        "has not been narrowed."
    ),
    "se-from-interval": _("Some standard errors are derived from published intervals."),
    "asymmetric-interval": _(
        "Some published intervals are asymmetric, so no standard error is derived from them."
    ),
    "no-spread": _("All places report the same value, so the intervals have no width."),
    "not-a-change": _(
        "These figures are levels or counts, not changes. On their own they do not show "
        "whether anything improved."
    ),
}

_LEFT_OUT: dict[str, Promise] = {
    "excluded": _("not counted"),
    "value-missing": _("value not known"),
    "weaker-design": _("the place has a result from a stronger method"),
    "no-uncertainty": _("the place has a result with known uncertainty"),
    "smaller-sample": _("the place has a result from a larger sample"),
    "part-of-place": _("covers only part of the place; a result for the whole place is available"),
    "shorter-period": _("the place has a result of the same kind over a longer period"),
    "hidden-city": _(
        "the city is not shown; its results are included in the range once three such "
        "cities have measured this"
    ),
    "same-sample": _("measured on the same people or sites as another result that already counts"),
    "listed-later": _(
        "a similar result from this place is listed first, perhaps for other hours or another area"
    ),
}


def warning_texts(codes: Iterable[str]) -> tuple[Promise, ...]:
    """The warnings of an analysis in words, the most serious first."""
    present = set(codes)
    return tuple(text for code, text in _WARNINGS.items() if code in present)


def to_check_again(n: int, k: int) -> str:
    """How many of `k` results are to be looked up again; empty where none is."""
    if not n:
        return ""
    return ngettext(
        "%(n)s of %(k)s results needs to be checked again.",
        "%(n)s of %(k)s results need to be checked again.",
        n,
    ) % {"n": n, "k": k}


def left_out_text(reason: str, exclusion: str) -> str | Promise:
    """Why an effect does not speak for its place; an editor's reason where there is one."""
    if reason == "excluded" and exclusion in PoolExclusion.values:
        return PoolExclusion(exclusion).label
    return _LEFT_OUT[reason]
