"""The sentences of faults in dialogues."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "statement-gone": _("This statement is no longer shown. Here is another one."),
        "statement-hidden": _("This statement is no longer shown. Leave it out."),
        "statement-length": _("The statement %(id)s needs a text of at most %(most)s characters."),
        "take-over-first": _("Take over a dialogue before it opens, once."),
        "open-file": _("This file cannot be read: %(at)s (%(code)s). %(why)s"),
        "votes-not-now": _("Voting is not open at the moment. See the times on the page."),
    }
)
