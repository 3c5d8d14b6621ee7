"""The sentences of faults in dialogues."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "statement-gone": _("This statement is no longer shown. Here is another one."),
        "votes-not-now": _("Voting is not open at the moment. See the times on the page."),
    }
)
