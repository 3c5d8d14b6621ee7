"""The words for what keeps two figures from being put in an order."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.indicators.guard import Clause

CLAUSES: dict[Clause, Promise] = {
    Clause.NO_DATA: _("There is no figure on one side."),
    Clause.DEFINITION: _("They are defined in different ways."),
    Clause.DEFINITION_VERSION: _("The definition changed in between, and the figures with it."),
    Clause.BOUNDARY: _("They are about different kinds of areas."),
    Clause.PERIOD: _("They are of different periods."),
    Clause.STATUS: _("The status of a figure does not allow it."),
    Clause.DIRECTION: _("Neither more nor less of it is better: it tells the context."),
    Clause.NOT_RANKED: _("Figures of this definition are not made for an order."),
}

#: Further reasons why a release gives no rank, by the code in `Score.not_ranked`.
NOT_RANKED: dict[str, Promise] = {clause.value: text for clause, text in CLAUSES.items()} | {
    "too-old": _("The latest figure is too old to stand for the year of the release."),
    "coverage": _("Too few of the indicators below have a figure."),
    "too-few": _("There is no other city to compare it with."),
    "no-denominator": _("There is no figure to divide it by."),
    "no-scale": _("All figures are equal, so there is no scale."),
}
