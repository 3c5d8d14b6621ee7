"""The sentences of faults in surveys."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "question-options": _("Enter 2 to %(most)s answers, one a line, each once."),
        "question-scale": _("Enter a lowest and a highest number, at most 11 apart."),
        "question-bounds": _("The highest number lies below the lowest."),
        "question-twice": _("The same question is there twice."),
        "question-condition": _(
            "Name an earlier question with answers to choose from, and at least one of its answers."
        ),
        "answer-none-of": _("Choose one of the answers."),
        "answer-ranking": _("Give each place once."),
        "answer-number": _("Enter a number from %(low)s to %(high)s."),
        "answer-least": _("Enter a number from %(low)s."),
        "answer-most": _("Enter a number up to %(high)s."),
        "place-missing": _("Mark the place on the map, or write where it is."),
        "places-most": _("You can mark at most %(most)s places here."),
        "ground-none": _("No area has one of these names. Write them as in the list of areas."),
        "ground-city": _("The place of the city is not known. Choose areas."),
        "survey-not-now": _(
            "The survey takes no answers at the moment. See the times on the page."
        ),
        "survey-closed": _("The survey has closed; its questions stay as they are."),
    },
    missing={"answer-needed": _("Answer this question.")},
)
