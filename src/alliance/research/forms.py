"""The forms of questions, of profiles, of plans and of answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import RowForm, RowsForm, ServiceForm, rows_of
from alliance.network.enums import Theme, Topic
from alliance.network.needs_offers_forms import language_choices
from alliance.research.enums import Credit, Level, Side
from alliance.research.models import Researcher, ResearchQuestion
from alliance.research.services.profiles import MOST_PERIODS
from alliance.research.services.working import MOST_STEPS
from alliance.web.fields import LongText, ShortText, day_field

_TOPICS = [("", _("not chosen")), *Topic.choices]


def _themes(help_text: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Themes"),
        required=False,
        choices=Theme,
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
    )


def _languages(label: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        choices=language_choices,
        widget=forms.CheckboxSelectMultiple,
    )


class QuestionForm(ServiceForm):
    """What a city wants to know."""

    title = ShortText(
        label=_("Your question in one line"),
        size=60,
    )
    text = LongText(
        label=_("What you want to know, and what you will do with the answer"),
        rows=7,
        help_text=_("In everyday words. Everybody can read it."),
    )
    language = forms.ChoiceField(label=_("Language of the text"), choices=language_choices)
    deadline = day_field(label=_("Last day on which an answer helps"))
    topic = forms.ChoiceField(label=_("Topic"), required=False, choices=_TOPICS)
    themes = _themes(_("Researchers are found by these and the topic."))

    @staticmethod
    def initial_of(question: ResearchQuestion) -> dict[str, Any]:
        """The values of the fields as the question has them."""
        return {name: getattr(question, name) for name in QuestionForm.base_fields}


class AskForm(QuestionForm):
    """The same, and for which of her teams somebody asks."""

    field_order = ("team",)

    team = forms.ChoiceField(label=_("For which city do you ask?"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if len(self.fields["team"].choices) == 1:  # type: ignore[attr-defined]
            self.fields["team"].widget = forms.HiddenInput()


class WordForm(ServiceForm):
    """The same as a question that can be answered."""

    wording = LongText(
        label=_("The question for universities"),
        rows=6,
        help_text=_("Say what would be measured or compared, where, and what would be an answer."),
    )
    wording_language = forms.ChoiceField(label=_("Language of the text"), choices=language_choices)


class ReasonForm(ServiceForm):
    """Why a question is withdrawn."""

    reason = LongText(
        label=_("Why"), help_text=_("In the language of the question. Everybody can read it.")
    )


class PeriodRow(RowForm):
    """Days on which students look for a subject."""

    level = forms.ChoiceField(label=_("Which thesis, row %(row)s"), choices=Level)
    starts_on = day_field(label=_("Students look for a subject from, row %(row)s"))
    ends_on = day_field(label=_("Until, row %(row)s"))


class ProfileForm(RowsForm):
    """What a researcher says of herself."""

    groups = {
        "periods": rows_of(
            PeriodRow,
            most=MOST_PERIODS,
            heading=_("When your students look for a subject"),
            note=_("Leave the days empty if you have no students. Save to get more rows."),
        )
    }
    below = frozenset({"agreed"})

    organisation = forms.ChoiceField(label=_("University"))
    about = LongText(
        label=_("What you work on"), rows=5, help_text=_("In everyday words, for cities.")
    )
    language = forms.ChoiceField(label=_("Language of the text"), choices=language_choices)
    topic = forms.ChoiceField(label=_("Topic"), required=False, choices=_TOPICS)
    themes = _themes(_("Questions of cities find you by these and the topic."))
    languages = _languages(_("Languages in which you can answer"))
    orcid = ShortText(
        label=_("ORCID"),
        help_text=_("Such as 0000-0002-1825-0097. Leave it empty if you have none."),
    )
    credit = forms.ChoiceField(
        label=_("How your answers name you"), choices=Credit, widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(
        label=_("Everybody may read this page with my name"),
        required=False,
        help_text=_("You can take it back at any time. Answers then keep the name you chose."),
    )

    @staticmethod
    def initial_of(researcher: Researcher) -> dict[str, Any]:
        """The values of the fields as the page has them."""
        names = ("about", "language", "topic", "themes", "languages", "orcid", "credit")
        told = {name: getattr(researcher, name) for name in names}
        return told | {"organisation": researcher.organisation.public_id, "agreed": True}


class StepRow(RowForm):
    """A step."""

    title = ShortText(
        label=_("Step %(row)s"),
        size=60,
    )
    side = forms.ChoiceField(label=_("Who does step %(row)s"), choices=Side)
    due_on = day_field(label=_("Until when, step %(row)s"))


class PlanForm(RowsForm):
    """How a researcher means to answer."""

    groups = {
        "steps": rows_of(
            StepRow,
            most=MOST_STEPS,
            spare=3,
            heading=_("Steps"),
            note=_("A row without words is left out."),
        )
    }

    plan = LongText(
        label=_("How you mean to answer it"), rows=5,
        help_text=_("With which data and method, and what the city has to provide."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language of the text"), choices=language_choices)
    level = forms.ChoiceField(
        label=_("As a thesis"),
        required=False,
        choices=[("", _("no, I answer it myself")), *Level.choices],
    )
    answer_by = day_field(label=_("The city has the answer by"))


class AnswerForm(ServiceForm):
    """The answer in plain language."""

    title = ShortText(
        label=_("The answer in one sentence"),
        size=60,
    )
    text = LongText(
        label=_("What you found, for people who are no researchers"),
        rows=10,
        help_text=_(
            "How sure it is, where it holds and where not, and what the city can do with it."
        ),
    )
    language = forms.ChoiceField(label=_("Language of the text"), choices=language_choices)
    url = ShortText(
        label=_("Address of the thesis or report"),
        size=60,
        help_text=_("Leave it empty if it is not online."),
    )


class MissingForm(ServiceForm):
    """What an answer lacks."""

    missing = LongText(
        label=_("What is missing"),
        help_text=_("Say what you still do not understand or cannot use. The researcher reads it."),
    )
