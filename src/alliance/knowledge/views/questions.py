"""Pages of questions to those who answer for a case."""

from __future__ import annotations

import math
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from django.views.decorators.http import require_safe

from alliance.core.forms import ServiceForm
from alliance.core.throttle import Throttled
from alliance.knowledge import rules
from alliance.knowledge.forms.review import language_choices
from alliance.knowledge.models import Question
from alliance.knowledge.selectors.questions import acts_on, question_list
from alliance.knowledge.selectors.writing_access import ANSWER, get_question_for
from alliance.knowledge.services import questions
from alliance.knowledge.views import actor_of
from alliance.knowledge.views.actions import CaseActionView
from alliance.network.views import for_people
from alliance.network.views.actions import PeoplePostView
from alliance.web.actions import ActionForm
from alliance.web.fields import LongText
from alliance.web.paging import page_number


class QuestionForm(ServiceForm):
    """A question of a reader."""

    text = LongText(
        label=_("Your question"),
        rows=5,
        help_text=_(
            "Your question is published together with the answer. Do not include anything private."
        ),
    )
    language = forms.ChoiceField(label=_("Language of the question"), choices=language_choices)
    show_name = forms.BooleanField(
        label=_("Show my name with the question"),
        required=False,
        help_text=_(
            "If you do not tick this box, your name is not shown to anyone, not even the team."
        ),
    )


class AnswerForm(ServiceForm):
    """The answer to a question."""

    text = LongText(
        label=_("Answer"),
        rows=6,
        help_text=_(
            "The answer is published permanently with the case, in your team’s name. If "
            "the city is hidden, it is signed “the team of this case”."
        ),
    )
    language = forms.ChoiceField(label=_("Language of the answer"), choices=language_choices)


class Ask(CaseActionView):
    """Ask the team that answers for a case."""

    form_class = QuestionForm
    template_name = "knowledge/questions/ask.html"
    service = questions.ask
    created_page = ("knowledge:question", False)
    heading = _("Ask about this case")
    submit_label = pgettext_lazy("a question", "Send your question")
    success_message = _(
        "Your question has been sent. It will be published here when it has been answered."
    )

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.language}

    def form_valid(self, form: Any) -> HttpResponse:
        """Ask; who asked too much today is told when to ask again."""
        try:
            return super().form_valid(form)
        except Throttled as error:
            self.status = 429
            hours = max(1, math.ceil(error.retry_after / 3600))
            message = ngettext(
                "You have asked %(most)d questions in 24 hours. You can ask again in %(n)d hour.",
                "You have asked %(most)d questions in 24 hours. You can ask again in %(n)d hours.",
                hours,
            )
            raise ValidationError(message % {"most": error.limit.most, "n": hours}) from error

    def get_context_data(self) -> dict[str, Any]:
        has_team = rules.responsible_team(self.object) is not None
        return {**super().get_context_data(), "has_team": has_team}


@require_safe
@for_people
def question_index(request: HttpRequest) -> HttpResponse:
    """The questions that wait for the reader's teams, and those that the reader asked."""
    context = question_list(
        actor_of(request), number=page_number(request), language=request.LANGUAGE_CODE
    )
    return render(request, "knowledge/questions/list.html", context)


@require_safe
@for_people
def question(request: HttpRequest, public_id: str) -> HttpResponse:
    """One question, with what the reader can do about it."""
    record = get_question_for(actor_of(request), public_id)
    typed = request.typing.back  # type: ignore[attr-defined]
    form = AnswerForm(typed, initial={"language": request.LANGUAGE_CODE})
    return _page(request, record, form, status=200)


class Answer(PeoplePostView):
    """Answer a question."""

    form_class = AnswerForm
    object_page = ("", "knowledge:question")
    service = questions.answer
    success_message = _("Your answer has been published with the case.")

    def get_object(self, *args: Any, **ids: Any) -> Question:
        return get_question_for(self.actor, ids["public_id"], ANSWER)

    def get_success_url(self, made: Any = None) -> str:
        """The case, beside which the answer stands."""
        return reverse("knowledge:case", args=[self.object.record_id]) + "#questions"

    def render_form(self, form: ActionForm) -> HttpResponse:
        """The page of the question, with what is at fault."""
        return _page(self.request, self.object, form, status=422)


def _page(request: HttpRequest, record: Question, form: ActionForm, *, status: int) -> HttpResponse:
    context = acts_on(record, actor_of(request)) | {"question": record, "form": form}
    return render(request, "knowledge/questions/question.html", context, status=status)
