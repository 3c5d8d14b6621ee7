"""What the groups are called whose share methods are held against."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.cases.enums import MethodMeasure
from alliance.network.localise import Localised, localised

#: By trait and category, as in `alliance.participation.enums`.
GROUPS: Mapping[str, Promise] = {
    "age_band:0-17": pgettext_lazy("group reached", "people under 18"),
    "age_band:18-29": pgettext_lazy("group reached", "people aged 18 to 29"),
    "age_band:30-49": pgettext_lazy("group reached", "people aged 30 to 49"),
    "age_band:50-64": pgettext_lazy("group reached", "people aged 50 to 64"),
    "age_band:65+": pgettext_lazy("group reached", "people aged 65 and over"),
    "sex:woman": pgettext_lazy("group reached", "women"),
    "sex:man": pgettext_lazy("group reached", "men"),
    "tenure:rents": pgettext_lazy("group reached", "tenants"),
    "tenure:owns": pgettext_lazy("group reached", "homeowners"),
}


#: What methods are for, by public id: of how many, and of how many it came about.
OWN_MEASURES: Mapping[str, Promise] = {
    "displacement-monitoring": gettext_lazy("households able to stay"),
    "equity-impact-questions": gettext_lazy("proposals changed after the questions"),
    "gender-analysis-of-places": gettext_lazy("findings that led to a change of plan"),
    "outreach-in-heat": gettext_lazy("people at risk reached on hot days"),
    "social-sustainability-commission": gettext_lazy("proposals carried out"),
}


def group_name(code: str, written_in: str = "", language: str = "") -> Localised:
    """The name of a group, or of what a method is for; empty for none. The outcome of a campaign
    is in the city's own words, and so in its language."""
    known = GROUPS.get(code) or OWN_MEASURES.get(code)
    return Localised(str(known)) if known else localised(code, written_in, language)


#: Measures of methods in short, as headings of columns.
MEASURE_NAMES: Mapping[str, Promise] = {
    MethodMeasure.REACH.value: pgettext_lazy("measure of a method", "Reach"),
    MethodMeasure.FIRST.value: pgettext_lazy("measure of a method", "First-timers"),
    MethodMeasure.COST.value: pgettext_lazy("measure of a method", "Cost per person"),
    MethodMeasure.ACTED.value: pgettext_lazy("measure of a method", "Led to action"),
    MethodMeasure.LEARNED.value: pgettext_lazy("measure of a method", "Lessons learned"),
    MethodMeasure.EFFECT.value: pgettext_lazy("measure of a method", "Effect"),
    MethodMeasure.ANSWERED.value: pgettext_lazy("measure of a method", "Questions answered"),
    MethodMeasure.CHANGED.value: pgettext_lazy(
        "measure of a method", "Disputes that led to change"
    ),
    MethodMeasure.KNOWN.value: pgettext_lazy("measure of a method", "Areas with data"),
    MethodMeasure.CLEAR.value: pgettext_lazy("measure of a method", "Clear differences"),
    MethodMeasure.ADOPTED.value: pgettext_lazy("measure of a method", "Rolled out"),
    MethodMeasure.MONTHS.value: pgettext_lazy("measure of a method", "From need to result"),
    MethodMeasure.CURRENT.value: pgettext_lazy("measure of a method", "Up-to-date figures"),
    MethodMeasure.OWN.value: pgettext_lazy("measure of a method", "Purpose met"),
}
