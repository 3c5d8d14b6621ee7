"""The fault messages of surveys."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "question-options": _("Enter 2 to %(most)s different answers, one per line."),
        "question-scale": _(
            "Enter a lowest and a highest number. A scale can have at most 11 steps."
        ),
        "question-bounds": _("The highest number is lower than the lowest."),
        "question-twice": _("The same question appears twice."),
        "question-condition": _(
            "Enter an earlier question with answer options, and at least one of its answers."
        ),
        "answer-none-of": _("Choose one of the answers."),
        "answer-ranking": _("Use each rank only once."),
        "answer-number": _("Enter a number between %(low)s and %(high)s."),
        "answer-least": _("Enter %(low)s or a higher number."),
        "answer-most": _("Enter %(high)s or a lower number."),
        "place-missing": _("Mark the place on the map, or describe where it is."),
        "places-most": _("You can mark at most %(most)s places here."),
        "ground-none": _("No area matches one of these names. Enter them as in the list of areas."),
        "ground-city": _("The location of your city is not known. Choose areas instead."),
        "survey-not-now": _("The survey is not open right now. See the dates on the page."),
        "survey-closed": _("The survey has closed. Its questions can no longer be changed."),
    },
    missing={"answer-needed": _("Answer this question.")},
)
