"""The sentences of faults in what is searched for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "no-page": _("Page %(value)s does not exist. The first page is 1."),
        "contradiction": _(
            "The first year (%(first)s) must not be later than the last (%(last)s)."
        ),
        "empty-filter": _("Remove this parameter: it does not take a value here."),
    },
)
