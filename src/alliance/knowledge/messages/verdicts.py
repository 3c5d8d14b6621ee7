"""Verdicts of solutions in words: the word with its outcome, and the line of the rule behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from alliance.analysis.place_agreement import MIN_PLACES
from alliance.knowledge.enums import EffectDirection, Verdict

#: Words that say that something changed, with the way it went.
_MOVED = frozenset({Verdict.WORKS.value, Verdict.PROBABLY_WORKS.value})
_VERDICT_LABELS: Mapping[str, str | Promise] = {verdict.value: verdict.label for verdict in Verdict}
#: Grades of certainty with which nobody knows how much.
_UNSURE = frozenset({"low", "very-low"})

_BECAUSE: Mapping[str, Promise] = {
    "pool-wrong-way": gettext_lazy("Overall, the measured results got worse."),
    "harm-in-most-units": gettext_lazy("People were harmed in %(h)s of %(n)s places."),
    "too-little-to-matter": gettext_lazy(
        "Any change consistent with the measured results is too small to matter."
    ),
    "no-use-in-most-units": gettext_lazy("In most places the measured results did not improve."),
    "trade-off": gettext_lazy("It helps, but people were harmed in %(h)s of %(n)s places."),
    "prediction-interval": gettext_lazy(
        "The measured results agree well enough for another city to expect an improvement too."
    ),
    "mean": gettext_lazy("The average measured change is larger than chance would explain."),
    "counts": gettext_lazy(
        "Measured results were better in %(favourable)s of %(decided)s places or studies, in "
        "%(cities)s cities of %(countries)s countries."
    ),
    "outcomes-differ": gettext_lazy(
        "It worked in some of the %(conclusive)s places included, but not, or only partly, in "
        "others."
    ),
    "directions-differ": gettext_lazy(
        "The measured results are mixed: better in some places, worse in others."
    ),
}
_HELD: Mapping[str, Promise] = {
    "hysteresis": gettext_lazy("The verdict is unchanged: too little new evidence to alter it."),
    "only-good-news": gettext_lazy("The verdict is unchanged: all new results are positive."),
    "only-failures": gettext_lazy("The verdict is unchanged: all new cases failed."),
}


def headline(verdict: str, measure: str, direction: str) -> str:
    """The word with the outcome it speaks of, such as "Probably works: a fall in traffic volume".

    `measure`: its name in the active language, "" where nothing is recorded. `direction`: "" where
    a change in numbers does not say which way the outcome went.
    """
    word = _VERDICT_LABELS[verdict]
    # How it was measured is for analysts.
    measure = measure.removesuffix(", " + _("standardised effect"))
    if not measure:
        return str(word)
    params = {"verdict": word, "measure": measure}
    if verdict not in _MOVED or not direction:
        return _("%(verdict)s: %(measure)s") % params
    if direction == EffectDirection.LOWER:
        return _("%(verdict)s: a fall in %(measure)s") % params
    return _("%(verdict)s: a rise in %(measure)s") % params


def _what_is_mixed(details: Mapping[str, Any]) -> list[str]:
    """How many places went which way, and that the measured results agree where they do."""
    ways = (
        pgettext_lazy("places", "worked in %(n)s"),
        pgettext_lazy("places", "partly worked in %(n)s"),
        pgettext_lazy("places", "did not work in %(n)s"),
    )
    parts = [str(way) % {"n": n} for way, n in zip(ways, details["by_outcome"], strict=True) if n]
    texts = [
        _("Results in the %(n)s places included: %(ways)s.")
        % {"n": details["conclusive"], "ways": ", ".join(parts)}
    ]
    measured = details["decided"]
    if measured > 1 and details["favourable"] == measured:
        texts.append(
            _(
                "The measured results improved in all %(n)s places, but the places differ "
                "in how far they reached their goals."
            )
            % {"n": measured}
        )
    return texts


def sentences(details: Mapping[str, Any]) -> list[str]:
    """The line of the rule in words, how sure the size is, what kept the word, what is missing."""
    code = details["because"][0]
    params = {
        "n": details["units"],
        "h": details["harm_units"],
        **{
            name: details[name]
            for name in ("favourable", "decided", "cities", "countries", "conclusive")
        },
    }
    if details["verdict"] == Verdict.NOT_ENOUGH:
        counted = min(details["conclusive"], details["measured_units"] + details["sister_units"])
        texts = list(silence(details["said_worked"], details["told"], counted))
    else:
        texts = [str(_BECAUSE[code]) % params] if code in _BECAUSE else []
        if code == "outcomes-differ":
            texts = _what_is_mixed(details)
        if (
            details["verdict"] in _MOVED
            and details["body"]
            and details["body"]["certainty"] in _UNSURE
        ):
            texts.append(_("The size of the effect is uncertain."))
    texts += _could_not_tell(details)
    if details["held_by"]:
        texts.append(str(_HELD[details["held_by"]]))
    if details["harm_units"] and code not in {"trade-off", "harm-in-most-units"}:
        texts.append(
            ngettext(
                "Harm is reported in %(n)s place.", "Harm is reported in %(n)s places.",
                details["harm_units"],
            )
            % {"n": details["harm_units"]}
        )  # fmt: skip
    return texts


def _could_not_tell(details: Mapping[str, Any]) -> list[str]:
    n = details["inconclusive"]
    if not n:
        return []
    return [
        ngettext(
            "In %(n)s place the results were too uncertain to tell.",
            "In %(n)s places the results were too uncertain to tell.",
            n,
        )
        % {"n": n}
    ]


def silence(worked: int, places: int, counted: int) -> tuple[str, str]:
    """What stands beside "not enough evidence": what cities report, and what would settle it.

    `worked` of `places` say that it worked; `counted` of them both count and measured a change.
    """
    missing = MIN_PLACES - counted
    if not worked:
        sentence = _("No place reports that it worked, and too little has been measured to judge.")
    else:
        sentence = ngettext(
            "Reported as working in %(worked)s of %(n)s place, but not measured well "
            "enough to judge.",
            "Reported as working in %(worked)s of %(n)s places, but not measured well "
            "enough to judge.",
            places,
        ) % {"worked": worked, "n": places}
    if missing <= 0:
        return sentence, _(
            "Results from places with a comparison group would help more than "
            "further results without one."
        )
    lacking = ngettext(
        "%(n)s more place with a measured change could settle this.",
        "%(n)s more places with a measured change could settle this.",
        missing,
    )
    return sentence, lacking % {"n": missing}
