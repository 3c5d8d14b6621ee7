"""The sentences of faults in requests to the API and in commands on the whole installation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "unknown-parameter": _("There is no such parameter here. There are: %(names)s."),
        "no-parameters": _("This address takes no parameters."),
        "not-a-country-code": _("Give a country code of two capital letters, such as SE."),
        "not-a-goal": _("Give a goal or a target of the SDG, such as 11 or 11.2."),
    },
)
