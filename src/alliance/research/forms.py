"""Forms for questions, researcher profiles, plans and answers."""

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
    """Form for a city's question."""

    title = ShortText(
        label=_("Your question in one line"),
        size=60,
    )
    text = LongText(
        label=_("Your question in detail, and how you will use the answer"),
        rows=7,
        help_text=_("Use everyday words. Anyone can read this."),
    )
    language = forms.ChoiceField(label=_("Language of the text"), choices=language_choices)
    deadline = day_field(label=_("Deadline for answers"))
    topic = forms.ChoiceField(label=_("Topic"), required=False, choices=_TOPICS)
    themes = _themes(_("Used, together with the topic, to find researchers."))

    @staticmethod
    def initial_of(question: ResearchQuestion) -> dict[str, Any]:
        """The initial values of the form for a question."""
        return {name: getattr(question, name) for name in QuestionForm.base_fields}


class AskForm(QuestionForm):
    """Form for a new question, which also asks for the team."""

    field_order = ("team",)

    team = forms.ChoiceField(label=_("Which city are you asking for?"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if len(self.fields["team"].choices) == 1:  # type: ignore[attr-defined]
            self.fields["team"].widget = forms.HiddenInput()


class WordForm(ServiceForm):
    """Form for the researchable wording of a question."""

    wording = LongText(
        label=_("Question for universities"),
        rows=6,
        help_text=_(
            "Describe what should be measured or compared, where, and what would "
            "count as an answer."
        ),
    )
    wording_language = forms.ChoiceField(label=_("Language of the text"), choices=language_choices)


class ReasonForm(ServiceForm):
    """Form for the reason of a withdrawal."""

    reason = LongText(
        label=_("Reason for the answer"),
        help_text=_("In the language of the question. Anyone can read this."),
    )


class PeriodRow(RowForm):
    """A period in which students choose the subject of a thesis."""

    level = forms.ChoiceField(label=_("Type of thesis, row %(row)s"), choices=Level)
    starts_on = day_field(label=_("Students choose a subject from, row %(row)s"))
    ends_on = day_field(label=_("Until, row %(row)s"))


class ProfileForm(RowsForm):
    """Form for a researcher's profile."""

    groups = {
        "periods": rows_of(
            PeriodRow,
            most=MOST_PERIODS,
            heading=_("When your students choose a subject"),
            note=_("Leave the dates blank if you have no students. Save to get more rows."),
        )
    }
    below = frozenset({"agreed"})

    organisation = forms.ChoiceField(label=_("University"))
    about = LongText(
        label=_("Your research"),
        rows=5,
        help_text=_("Use everyday words. Your readers work in cities."),
    )
    language = forms.ChoiceField(label=_("Language of the text"), choices=language_choices)
    topic = forms.ChoiceField(label=_("Topic"), required=False, choices=_TOPICS)
    themes = _themes(_("Used, together with the topic, to send you questions from cities."))
    languages = _languages(_("Languages you can answer in"))
    orcid = ShortText(
        label=_("ORCID"),
        help_text=_("For example, 0000-0002-1825-0097. Leave blank if you do not have one."),
    )
    credit = forms.ChoiceField(
        label=_("Name shown with your answers"), choices=Credit, widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(
        label=_("I agree that this page is public and shows my name"),
        required=False,
        help_text=_("You can remove the page at any time. Your answers keep the name you chose."),
    )

    @staticmethod
    def initial_of(researcher: Researcher) -> dict[str, Any]:
        """The initial values of the form for a profile."""
        names = ("about", "language", "topic", "themes", "languages", "orcid", "credit")
        initial = {name: getattr(researcher, name) for name in names}
        return initial | {"organisation": researcher.organisation.public_id, "agreed": True}


class StepRow(RowForm):
    """A step of a plan."""

    title = ShortText(
        label=_("Step %(row)s"),
        size=60,
    )
    side = forms.ChoiceField(label=_("Responsible for step %(row)s"), choices=Side)
    due_on = day_field(label=_("Due date of step %(row)s"))


class PlanForm(RowsForm):
    """Form for a researcher's plan for an answer."""

    groups = {
        "steps": rows_of(
            StepRow,
            most=MOST_STEPS,
            spare=3,
            heading=_("Steps"),
            note=_("Rows without text are ignored."),
        )
    }

    plan = LongText(
        label=_("Your approach"), rows=5,
        help_text=_("Which data and method you will use, and what the city has to provide."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language of the text"), choices=language_choices)
    level = forms.ChoiceField(
        label=_("Will it be a thesis?"),
        required=False,
        choices=[("", _("no, I will answer it myself")), *Level.choices],
    )
    answer_by = day_field(label=_("The city will have the answer by"))


class AnswerForm(ServiceForm):
    """Form for an answer in plain language."""

    title = ShortText(
        label=_("The answer in one sentence"),
        size=60,
    )
    text = LongText(
        label=_("Your findings, for readers who are not researchers"),
        rows=10,
        help_text=_(
            "How certain it is, where it applies and where it does not, and how the city "
            "can use it."
        ),
    )
    language = forms.ChoiceField(label=_("Language of the text"), choices=language_choices)
    url = ShortText(
        label=_("Web address of the thesis or report"),
        size=60,
        help_text=_("Leave blank if it is not online."),
    )


class MissingForm(ServiceForm):
    """Form for what an answer still lacks."""

    missing = LongText(
        label=_("Missing information"),
        help_text=_(
            "Describe what is still unclear or what you cannot use. The researcher will read this."
        ),
    )
