"""Error messages for questions to universities, profiles and answers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    missing={
        "no-interest": _("Choose a topic or a theme. We use it to send you questions."),
        "no-theme": _("Choose a topic or a theme. We use it to find researchers."),
        "no-consent": _("Tick this box, otherwise your page will not be visible."),
        "no-languages": _("Choose at least one language you can answer in."),
        "no-steps": _("Enter at least one step: who does what, and by when."),
    },
    wrong={
        "orcid-length": _("An ORCID iD has 16 characters. You entered %(n)s."),
        "orcid-character": _("Character %(n)s of the ORCID must be a digit, not “%(value)s”."),
        "orcid-digit": _(
            "Check the ORCID: with these 15 digits, the last character is %(right)s, not %(value)s."
        ),
        "not-your-university": _("Choose a university whose team you belong to."),
        "not-linked": _("The question can be about a need of your city, a case or a gap."),
        "after-deadline": _("The city needs the answer by %(day)s. Choose an earlier date."),
    },
)
