"""The words of the page that asks whether something would work in a city."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.testbeds.fit.conditions import Answer, Need

ANSWERS: dict[Answer, Promise] = {
    Answer.MET: pgettext_lazy("condition", "met"),
    Answer.UNMET: pgettext_lazy("condition", "not met"),
    Answer.UNKNOWN: pgettext_lazy("condition", "unknown"),
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

NEEDS: dict[Need, tuple[Promise, Promise]] = {
    Need.OWNERSHIP: (
        _("Ownership"),
        _("Ask those who manage your city’s property and companies."),
    ),
    Need.LAW: (_("Law"), _("Ask your city’s lawyers.")),
    Need.BUDGET: (_("Budget"), _("Ask your city’s finance department.")),
    Need.SKILLS: (_("Skills"), _("Ask the department that would do it.")),
    Need.OTHER: (_("Other needs"), _("Ask the department that would do it.")),
}  # fmt: skip

NO_FIGURE = _("There is no figure on either side.")
NO_LINK = _("No indicator with figures is linked to what was measured.")
