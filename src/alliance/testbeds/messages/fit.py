"""Texts of the fit check."""

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

#: The title of a condition, and when it is met.
CONDITIONS: dict[str, tuple[Promise, Promise]] = {
    "climate": (
        _("Climate"),
        _("Met if both cities are in the same main Köppen–Geiger climate group."),
    ),
    "size": (_("Size"), _("Met if both cities are in the same size band.")),
    "density": (_("Density"), _("Met if neither city is more than twice as dense as the other.")),
    "income": (
        _("Income"),
        _("Met if figures with the same definition differ by at most a quarter."),
    ),
    "baseline": (
        _("Starting point"),
        _("Met if figures with the same definition differ by at most a quarter."),
    ),
}

#: Facts of places as running text: those compared, unknown or not covered.
FACTS: dict[str, Promise] = {
    "climate": _("climate"),
    "country": _("country"),
    "inhabitants": _("number of residents"),
    "density": _("density"),
    "income": _("income"),
    "baseline": _("the starting level of the outcome measure"),
}

#: Who can say whether a prerequisite of the kind is met.
ASK: dict[Prerequisite, Promise] = {
    Prerequisite.LAW: _("Ask your city’s lawyers."),
    Prerequisite.OWNERSHIP: _("Ask the people who manage your city’s property and companies."),
    Prerequisite.BUDGET: _("Ask your city’s finance department."),
    Prerequisite.SUPPORT: _("Ask your politicians and the people who would be affected."),
    Prerequisite.DATA: _("Ask the department in charge of maps and statistics."),
}
#: Questions that a city answers once, for all solutions.
QUESTIONS: dict[Prerequisite, Promise] = {
    Prerequisite.LAW: _(
        "What can your city decide on its own: streets, parking, charges, building?"
    ),
    Prerequisite.OWNERSHIP: _(
        "What does your city own or run: energy, heat, water, waste, buses, housing?"
    ),
    Prerequisite.BUDGET: _("Do you have money for a test this year or next?"),
    Prerequisite.SUPPORT: _("What has the council decided on climate, traffic or equity?"),
    Prerequisite.DATA: _("What do you measure: traffic, energy use by building, air, waste?"),
    Prerequisite.CAPACITY: _("Who could run a test, and for how many hours a week?"),
    Prerequisite.SKILLS: _("Which skills do you have in house: procurement, data, dialogue?"),
    Prerequisite.TECHNIQUE: _("Which technology do you have: sensors, district heating, fibre?"),
}
ASK_OTHERS = _("Ask the department that would carry it out.")

NO_FIGURE = _("No figures for either city.")
NO_LINK = _("No indicator with data matches this outcome measure.")

#: Why the verdict is limited, by the code of the rule.
HELD: dict[str, Promise] = {
    **HELD_WORDS,
    "too-few-places": _("Fewer than three other places have measured the same thing."),
    "not-a-change": _("The result is a level or a count, which does not show a change."),
    "beyond-possible": _(
        "The interval includes impossible values, so no probability can be calculated."
    ),
}

#: What lowers the certainty for the asking city.
UNLIKE: dict[str, Promise] = {
    "too-few-alike": _("One step lower for this city: too few of the places are similar."),
    "out-of-support": _(
        "One step lower for this city, which lies outside the range of places studied."
    ),
    "unlike-and-out-of-support": _(
        "Two steps lower for this city: too few of the places are similar, and it differs "
        "from the range of places studied."
    ),
}

#: Why there is no prediction from the city's own facts, with `n` and `of`.
WHY_NOT_LOCAL: dict[str, Promise] = {
    "no-standard-errors": _(
        "We make no prediction from this city’s size, density and climate. It would need "
        "a standard error for every place, but only %(n)s of %(of)s places have one."
    ),
    "too-few-studies": _(
        "No prediction based on this city’s size, density and climate: only %(n)s places "
        "have measured the outcome, and at least %(of)s are needed."
    ),
    "facts-unknown": _(
        "No prediction based on this city’s size, density and climate: none of them is "
        "both known for all places and different between them."
    ),
    "singular": _(
        "No prediction based on this city’s size, density and climate: in these places "
        "the three vary together too closely to be separated."
    ),
}
