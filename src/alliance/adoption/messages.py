"""Texts of faults in adoptions, steps and links."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "stays": _("This cannot be changed."),
        "only-decisions": _("Enter this date only for a decision."),
        "too-early": _("Choose a date in %(year)s or later."),
        "still-to-come": _("This date is in the future. Add the step once it has happened."),
        "before-decision": _("Choose a date after the decision."),
        "not-seen": _("This page does not exist, or you do not have access to it."),
        "link-to-itself": _("Choose something else: an item cannot be linked to itself."),
        "not-linkable": _("This cannot be linked here. You can link it to: %(kinds)s."),
        "link-tells-city": _("This case hides its city, and a link could reveal which city it is."),
        "not-your-city": _("At least one of the two must belong to your city."),
        "linked-already": _("These two are already linked."),
        "from-itself": _("Choose a partner city other than your own."),
        "not-your-need": _("Choose a need of the adopting city."),
        "terms-changed": _("The terms have changed since you read them. Read them again."),
        "no-step": _("No task has this number."),
        "not-agreed": _(
            "Choose a solution, and wait for the partner to agree, before you roll it out."
        ),
        "not-money": _("Enter an amount of 0 or more, with at most two decimals."),
    },
)
