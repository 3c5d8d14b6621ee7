"""The line of the rule behind a verdict in words; `messages.headline` has the verdict itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alliance.knowledge.enums import Verdict
from alliance.knowledge.headline import Headline
from alliance.knowledge.messages.headline import MOVED, silence, what_is_mixed

#: Grades of certainty with which nobody knows how much.
_UNSURE = frozenset({"low", "very-low"})

_BECAUSE: Mapping[str, Promise] = {
    "pool-wrong-way": gettext_lazy("Overall, the measured results got worse."),
    "harm-in-most-places": gettext_lazy("People were harmed in %(h)s of %(n)s places."),
    "too-little-to-matter": gettext_lazy(
        "Any change consistent with the measured results is too small to matter."
    ),
    "outcomes": gettext_lazy("It did not work in most of the %(n)s places that count."),
    "fewer-better": gettext_lazy("In most places the measured results did not improve."),
    "trade-off": gettext_lazy("It helps, but people were harmed in %(h)s of %(n)s places."),
    "prediction-interval": gettext_lazy(
        "It worked in nearly all of the %(n)s places included. The results agree well "
        "enough for another city to expect an improvement too."
    ),
    "mean": gettext_lazy(
        "It worked, at least in part, in most of the %(n)s places included, and the "
        "average measured change is larger than chance would explain."
    ),
    "directions": gettext_lazy(
        "It worked, at least in part, in most of the %(n)s places included, and more of "
        "the measured results improved than chance would explain."
    ),
    "outcomes-differ": gettext_lazy(
        "It worked in some of the %(n)s places included, but not, or only partly, in others."
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
        "n": details["places"],
        "h": details["harm_places"],
    }
    if details["verdict"] == Verdict.NOT_ENOUGH:
        texts = list(silence(headline))
    else:
        if code == "directions" and details["verdict"] == Verdict.PROBABLY_NOT:
            code = "fewer-better"
        texts = [str(_BECAUSE[code]) % params] if code in _BECAUSE else []
        if code == "outcomes-differ":
            texts = list(what_is_mixed(headline)) or texts
        if (
            details["verdict"] in MOVED
            and details["body"]
            and details["body"]["certainty"] in _UNSURE
        ):
            texts.append(_("The size of the effect is uncertain."))
    if details["held_by"]:
        texts.append(str(_HELD[details["held_by"]]))
    if details["harm_places"] and code not in {"trade-off", "harm-in-most-places"}:
        texts.append(
            ngettext(
                "Harm is reported in %(n)s place.", "Harm is reported in %(n)s places.",
                details["harm_places"],
            )
            % {"n": details["harm_places"]}
        )  # fmt: skip
    return texts
