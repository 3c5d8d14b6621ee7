"""The line of the rule behind a verdict in words; `messages.headline` has the verdict itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alliance.cases.enums import Verdict
from alliance.evidence.headline import Headline
from alliance.evidence.messages.headline import MOVED, silence, what_is_mixed

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
    "counts-with-sisters": gettext_lazy(
        "Measured results, including those of related measures, were better in %(favourable)s of "
        "%(decided)s places or studies, in %(cities)s cities of %(countries)s countries."
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


def sentences(details: Mapping[str, Any], headline: Headline) -> list[str]:
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
        texts = list(silence(headline))
    else:
        with_sisters = code == "counts" and details["sister_units"]
        because = _BECAUSE.get("counts-with-sisters" if with_sisters else code)
        texts = [str(because) % params] if because else []
        if code == "outcomes-differ":
            texts = list(what_is_mixed(headline)) or texts
        if (
            details["verdict"] in MOVED
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
