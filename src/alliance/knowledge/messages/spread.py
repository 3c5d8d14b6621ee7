"""The spread of effects in words: what weakens it, and why an effect does not speak for a place."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from alliance.knowledge.enums import PoolExclusion

_WARNINGS: dict[str, Promise] = {
    "no-data": _("No effect that counts is recorded."),
    "too-few-places": _(
        "Fewer than three places: too few for a mean or for saying what to expect elsewhere."
    ),
    "below-possible": _(
        "Part of the intervals lies below −100 %, which cannot happen: the places are too few and "
        "too different for a useful expectation."
    ),
    "level-beyond-possible": _(
        "Part of the intervals lies where no share or count can be: the places are too few and too "
        "different for a useful expectation."
    ),
    "mixed-designs": _(
        "The places found their figures in different ways, so part of the difference between them "
        "may come from that."
    ),
    "unweighted": _(
        "Every place counts the same, because not all of them published how certain their figure "
        "is."
    ),
    "standard-errors-not-used": _(
        "Every place counts the same, though all of them published how certain their figure is."
    ),
    "few-studies-for-prediction": _(
        "Three or four places: what is said of a new city rests on very little."
    ),
    "hartung-knapp-truncated": _(
        "The places agree more than chance allows; the interval of their mean is not narrowed for "
        "that."
    ),
    "se-from-interval": _("Some standard errors are derived from published intervals."),
    "asymmetric-interval": _(
        "Some published intervals are lopsided; no standard error is derived from those."
    ),
    "no-spread": _("All places report the same value, so the intervals have no width."),
    "not-a-change": _(
        "These figures are levels or counts, not changes: they do not say by themselves whether "
        "anything became better."
    ),
}

_LEFT_OUT: dict[str, Promise] = {
    "excluded": _("not counted"),
    "value-missing": _("no value recorded"),
    "weaker-design": _("the place has a result that was found in a stronger way"),
    "no-uncertainty": _("the place has a result whose uncertainty is known"),
    "smaller-sample": _("the place has a result from a larger sample"),
    "part-of-place": _("holds for a part only; the place has a result for the whole"),
    "shorter-period": _("the place has a result of the same kind over a longer period"),
    "hidden-city": _(
        "the city stays hidden; its results count in the range once three such cities measured this"
    ),
    "same-sample": _("measured on the same people or sites as a result that counts elsewhere"),
    "listed-later": _(
        "the place has a result of the same kind that is listed before it, perhaps for other hours "
        "or another area"
    ),
}


def warning_texts(codes: Iterable[str]) -> tuple[Promise, ...]:
    """The warnings of an analysis in words, the most serious first."""
    given = set(codes)
    return tuple(text for code, text in _WARNINGS.items() if code in given)


def to_check_again(n: int, k: int) -> str:
    """How many of `k` results are to be looked up again; empty where none is."""
    if not n:
        return ""
    return ngettext(
        "%(n)s of %(k)s results is to be checked again.",
        "%(n)s of %(k)s results are to be checked again.",
        n,
    ) % {"n": n, "k": k}


def left_out_text(reason: str, exclusion: str) -> str | Promise:
    """Why an effect does not speak for its place; an editor's reason where there is one."""
    if reason == "excluded" and exclusion in PoolExclusion.values:
        return PoolExclusion(exclusion).label
    return _LEFT_OUT[reason]
