"""The levels of influence of the IAP2 spectrum, explained in our own words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.knowledge.enums import Iap2Level

IAP2_MEANINGS: dict[str, Promise] = {
    Iap2Level.INFORM: _("Residents are told, in a balanced way, what is planned and why."),
    Iap2Level.CONSULT: _(
        "Residents are asked for their views before a decision, and told what came of them."
    ),
    Iap2Level.INVOLVE: _(
        "Residents' concerns are worked with all the way, and show in the options to choose from."
    ),
    Iap2Level.COLLABORATE: _(
        "Residents work out the options and the preferred solution together with the city."
    ),
    Iap2Level.EMPOWER: _("Residents take the decision, and the city carries it out."),
}
