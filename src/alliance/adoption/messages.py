"""The sentences of faults in adoptions, and in the steps and links of what hangs together."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "stays": _("This cannot be changed."),
        "only-decisions": _("Give this day for decisions only."),
        "too-early": _("Choose a day from %(year)s on."),
        "still-to-come": _("This day is still to come. Add the step once it has happened."),
        "before-decision": _("Choose a day after the decision."),
        "not-seen": _("This does not exist, or you cannot see it."),
        "link-to-itself": _("Choose something else: nothing is linked to itself."),
        "not-linkable": _("This kind cannot be linked here. It can be linked to: %(kinds)s."),
        "link-tells-city": _("This case hides its city, and a link could reveal it."),
        "not-your-city": _("One of the two must be of the city that you write for."),
        "linked-already": _("These two are linked already."),
        "from-itself": _("A city cannot adopt from itself."),
        "not-your-need": _("Choose a need of the city that adopts it."),
        "terms-changed": _("The terms were changed since you read them. Read them again."),
        "no-step": _("There is no task with this number."),
        "not-agreed": _("Only what is chosen, and what the partner agreed to, can be rolled out."),
        "not-money": _("Enter an amount of 0 or more, with at most two decimals."),
    },
)
