"""The sentences of faults in what is searched for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "no-page": _("There is no page %(value)s. The first is page 1."),
        "contradiction": _("Nothing can be from %(first)s on and up to %(last)s."),
        "empty-filter": _("Nothing is given here. Leave the parameter out."),
    },
)
