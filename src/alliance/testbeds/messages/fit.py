"""The words of the page that asks whether something would work in a city."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.knowledge.enums import Prerequisite
from alliance.knowledge.messages.outlook import HELD_WORDS

ANSWERS: dict[str, Promise] = {
    "met": pgettext_lazy("condition", "met"),
    "unmet": pgettext_lazy("condition", "not met"),
    "unknown": pgettext_lazy("condition", "unknown"),
}

#: Title of a condition and when it is met.
CONDITIONS: dict[str, tuple[Promise, Promise]] = {
    "climate": (_("Climate"), _("Met where the main Köppen-Geiger group is the same.")),
    "size": (_("Size"), _("Met where the cities are in the same size band.")),
    "density": (_("Density"), _("Met where neither city is more than twice as dense.")),
    "income": (
        _("Income"),
        _("Met where the figures are within a quarter of each other, by one definition."),
    ),
    "baseline": (
        _("Where it starts from"),
        _("Met where the figures are within a quarter of each other, by one definition."),
    ),
}

#: Facts of places in running text: what was compared, what is not known, what is not covered.
FACTS: dict[str, Promise] = {
    "climate": _("climate"),
    "country": _("country"),
    "inhabitants": _("inhabitants"),
    "density": _("density"),
    "income": _("income"),
    "baseline": _("the level of the outcome"),
}

#: Whom to ask whether a prerequisite of the kind is there.
ASK: dict[Prerequisite, Promise] = {
    Prerequisite.LAW: _("Ask your city’s lawyers."),
    Prerequisite.OWNERSHIP: _("Ask those who manage your city’s property and companies."),
    Prerequisite.BUDGET: _("Ask your city’s finance department."),
    Prerequisite.SUPPORT: _("Ask your politicians and those who would be affected."),
    Prerequisite.DATA: _("Ask those who keep your city’s maps and statistics."),
}
#: What a city is asked once, for all solutions.
QUESTIONS: dict[Prerequisite, Promise] = {
    Prerequisite.LAW: _("What may your city decide itself: streets, parking, charges, building?"),
    Prerequisite.OWNERSHIP: _(
        "What does your city own or run: energy, heat, water, waste, buses, housing?"
    ),
    Prerequisite.BUDGET: _("Is there money for a trial this year or next?"),
    Prerequisite.SUPPORT: _("What has the council decided on climate, traffic or equity?"),
    Prerequisite.DATA: _("What is measured: traffic, energy use by building, air, waste?"),
    Prerequisite.CAPACITY: _("Who could run a trial, and for how many hours a week?"),
    Prerequisite.SKILLS: _("Which skills are in house: procurement, data, dialogue?"),
    Prerequisite.TECHNIQUE: _("Which technology is in place: sensors, district heating, fibre?"),
}
ASK_OTHERS = _("Ask the department that would do it.")

NO_FIGURE = _("There is no figure on either side.")
NO_LINK = _("No indicator with figures is linked to what was measured.")

#: What held the word down, by the code of the rule.
HELD: dict[str, Promise] = {
    **HELD_WORDS,
    "too-few-places": _("Fewer than three other places measured the same thing."),
    "not-a-change": _("What was measured is a level or a count, which tells of no change."),
    "beyond-possible": _(
        "The interval reaches further than what can happen, so it gives no chance."
    ),
}

#: What lowers the certainty for the city that asks.
UNLIKE: dict[str, Promise] = {
    "too-few-alike": _("One step lower for this city: too few of the places are like it."),
    "out-of-support": _("One step lower for this city: it lies outside of what the places cover."),
    "unlike-and-out-of-support": _(
        "Two steps lower for this city: too few of the places are like it, and it lies outside of "
        "what they cover."
    ),
}

#: Why there is no prediction by the city's own facts. With `n` and `of`.
WHY_NOT_LOCAL: dict[str, Promise] = {
    "no-standard-errors": _(
        "No prediction by this city’s own size, density and climate: %(n)s of %(of)s places have "
        "a standard error, and all would need one. None is made up."
    ),
    "too-few-studies": _(
        "No prediction by this city’s own size, density and climate: %(n)s places measured it, and "
        "%(of)s are needed for one fact."
    ),
    "facts-unknown": _(
        "No prediction by this city’s own size, density and climate: none of these is known of all "
        "places and differs between them."
    ),
    "singular": _(
        "No prediction by this city’s own size, density and climate: in these places the three "
        "facts go together too closely to separate."
    ),
}
