"""Pages of questions to those who answer for a case."""

from __future__ import annotations

import math

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.core import clock
from alliance.core.errors import InvalidData
from alliance.core.throttle import Throttled
from alliance.knowledge import rules
from alliance.knowledge.forms.questions import AnswerForm, QuestionForm
from alliance.knowledge.models import Question
from alliance.knowledge.selectors.access import ANSWER, get_case_for, get_question_for
from alliance.knowledge.selectors.localise import chosen_text
from alliance.knowledge.selectors.questions import acts_on, question_list
from alliance.knowledge.services import questions
from alliance.knowledge.views import actor_of, missing_is_404
from alliance.network.views import for_people, posted
from alliance.network.views.refusals import refusal_is_403
from alliance.web.paging import page_number


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@missing_is_404
@refusal_is_403
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask the team that answers for a case."""
    actor = actor_of(request)
    case = get_case_for(actor, public_id)
    form = QuestionForm(posted(request), initial={"language": request.LANGUAGE_CODE})
    status = 200
    if form.is_valid():
        try:
            question = questions.ask(
                case,
                text=form.cleaned_data["text"],
                language=form.cleaned_data["language"],
                show_name=form.cleaned_data["show_name"],
                actor=actor,
                at=clock.now(),
            )
        except InvalidData as error:
            form.take(error.faults)
        except Throttled as error:
            form.add_error(None, _wait(error))
            status = 429
        else:
            said = _("Your question is on its way. It is published here once it is answered.")
            messages.success(request, said)
            return redirect("knowledge:question", question.public_id)
    text = chosen_text(case.texts.all(), request.LANGUAGE_CODE, case.original_language)
    context = {
        "public_id": public_id,
        "title": text.text.title,
        "lang": text.lang_attr,
        "has_team": rules.responsible_team(case) is not None,
        "form": form,
    }
    if status == 200 and form.errors:
        status = 422
    return render(request, "knowledge/questions/ask.html", context, status=status)


def _wait(error: Throttled) -> str:
    hours = max(1, math.ceil(error.retry_after / 3600))
    return ngettext(
        "You have asked %(most)d questions within a day. Ask again in %(n)d hour.",
        "You have asked %(most)d questions within a day. Ask again in %(n)d hours.",
        hours,
    ) % {"most": error.limit.most, "n": hours}


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
    return _page(request, get_question_for(actor_of(request), public_id))


@require_POST
@for_people
@refusal_is_403
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answer a question."""
    actor = actor_of(request)
    found = get_question_for(actor, public_id, ANSWER)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, found, answer_form=form, status=422)
    try:
        questions.answer(
            found,
            text=form.cleaned_data["text"],
            language=form.cleaned_data["language"],
            actor=actor,
            at=clock.now(),
        )
    except InvalidData as error:
        form.take(error.faults)
        return _page(request, found, answer_form=form, status=422)
    messages.success(request, _("Your answer is published beside the case."))
    return redirect(reverse("knowledge:case", args=[found.record_id]) + "#questions")


def _page(
    request: HttpRequest,
    found: Question,
    *,
    answer_form: AnswerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    language = request.LANGUAGE_CODE
    context = acts_on(found, actor_of(request)) | {
        "question": found,
        "answer_form": answer_form or AnswerForm(initial={"language": language}),
        "form": answer_form,
    }
    return render(request, "knowledge/questions/question.html", context, status=status)
