"""The sentences of faults in what people, roles and rights are given."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "no-name-of-person": _("A name holds neither line breaks nor addresses."),
        "no-role": _("There is no such role."),
        "ends-in-past": _("The end must lie in the future."),
        "has-role": _("This person has the role already."),
        "has-not-role": _("This person does not have the role."),
        "last-of-secretariat": _("Somebody must remain in the secretariat."),
        "short-reason": _("Say in at least %(least)s characters what you need the rights for."),
    },
)
