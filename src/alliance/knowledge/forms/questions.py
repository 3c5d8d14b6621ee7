"""Forms of questions to those who answer for a case."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.knowledge.forms.review import FaultForm, language_choices


class QuestionForm(FaultForm):
    """A question of a reader."""

    text = forms.CharField(
        label=_("Your question"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "cols": 62}),
        help_text=_("It is published with its answer. Write nothing that is private."),
    )
    language = forms.ChoiceField(label=_("Language of the question"), choices=language_choices)
    show_name = forms.BooleanField(
        label=_("Show my name beside the question"),
        required=False,
        help_text=_("Without this nobody is told who asked, the team neither."),
    )


class AnswerForm(FaultForm):
    """The answer to a question."""

    text = forms.CharField(
        label=_("Answer"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 62}),
        help_text=_(
            "It is published beside the case, in the name of your team, and stays so. Of a case "
            "whose city is hidden it stands in the name of “the team of this case”."
        ),
    )
    language = forms.ChoiceField(label=_("Language of the answer"), choices=language_choices)
