"""The sentences of faults in questions to universities, profiles and answers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    missing={
        "no-interest": _("Choose a topic or a theme: questions find you by it."),
        "no-theme": _("Choose a topic or a theme: researchers are found by it."),
        "no-consent": _("Tick this box: without it nobody can see your page."),
        "no-languages": _("Choose at least one language in which you can answer."),
        "no-steps": _("Write at least one step: who does what by when."),
    },
    wrong={
        "orcid-length": _("An ORCID has 16 characters; this one has %(n)s."),
        "orcid-character": _("Character %(n)s of the ORCID is “%(value)s”. It must be a digit."),
        "orcid-digit": _(
            "Check the ORCID: with these 15 digits, the last character is %(right)s, not %(value)s."
        ),
        "not-your-university": _("Choose a university in whose team you are."),
        "not-linked": _("The question can be about a need of your city, a case or a gap."),
        "after-deadline": _("The city needs the answer by %(day)s. Choose an earlier day."),
    },
)
