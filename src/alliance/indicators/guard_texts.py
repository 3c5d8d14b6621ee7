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
