"""The pages of answers to a challenge: handing in, reading, changing, withdrawing, the pilot."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.core import clock
from alliance.core.audit import Actor
from alliance.core.errors import InvalidData
from alliance.network.access import actor_of
from alliance.network.localise import local_name
from alliance.network.models import Organisation
from alliance.network.views import for_people, missing_is_404, posted, private
from alliance.network.views.refusals import refusal_is_403
from alliance.testbeds import challenge_rules as rules
from alliance.testbeds.forms.challenges import AnswerForm
from alliance.testbeds.forms.testbeds import PilotForm
from alliance.testbeds.models import Answer, Challenge
from alliance.testbeds.selectors.access import get_answer_for, get_challenge_for, get_speaking_team
from alliance.testbeds.selectors.challenges import (
    answer_lines,
    challenge_line,
    pilots_to_name,
)
from alliance.testbeds.services import answers as services


def _form_page(
    request: HttpRequest, form: AnswerForm, challenge: Challenge, team: Organisation, here: str
) -> HttpResponse:
    context = {
        "form": form,
        "here": here,
        "challenge": challenge,
        "city": local_name(challenge.city, request.LANGUAGE_CODE),
        "team": local_name(team, request.LANGUAGE_CODE),
        "claims": form.rows_of("claims"),
    }
    status = 422 if form.errors else 200
    return render(request, "testbeds/answer_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def answer_new(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hand an answer in for `team`."""
    actor = actor_of(request)
    challenge = get_challenge_for(actor, public_id)
    team = get_speaking_team(actor, request.GET.get("team", ""))
    name = actor.user.name if actor.user else ""
    form = AnswerForm(
        posted(request), initial={"language": request.LANGUAGE_CODE, "declared_name": name}
    )
    if form.is_valid():
        try:
            made = services.hand_in_answer(
                challenge, team, form.words(), actor=actor, at=clock.now()
            )
        except (InvalidData, ValidationError) as error:
            form.take(error)
        else:
            messages.success(request, _("The answer is handed in and sealed."))
            return redirect("testbeds:answer", public_id, made.public_id)
    return _form_page(request, form, challenge, team, _("Answer the challenge"))


def _answer(request: HttpRequest, public_id: str, answer_id: str) -> tuple[Actor, Answer]:
    actor = actor_of(request)
    challenge = get_challenge_for(actor, public_id)
    return actor, get_answer_for(actor, challenge, answer_id, clock.today())


@require_safe
@missing_is_404
def answer(request: HttpRequest, public_id: str, answer_id: str) -> HttpResponse:
    """One answer, for those who may read it."""
    actor, found = _answer(request, public_id, answer_id)
    language, today = request.LANGUAGE_CODE, clock.today()
    lines = answer_lines(found.challenge, actor, language, today)
    context = {
        "one": next(line for line in lines if line.public_id == answer_id),
        "challenge": challenge_line(found.challenge, language, today),
        "may_write": rules.may_write_answer(actor, found, today),
    }
    if rules.may_name_pilot(actor, found):
        pilots = pilots_to_name(found.organisation, found.challenge.organisation)
        named = found.pilot.public_id if found.pilot else ""
        context["pilot_form"] = PilotForm(pilots=pilots, initial={"pilot": named})
    return private(render(request, "testbeds/answer.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def answer_change(request: HttpRequest, public_id: str, answer_id: str) -> HttpResponse:
    """Say an answer otherwise while the challenge is open."""
    actor, found = _answer(request, public_id, answer_id)
    form = AnswerForm(
        posted(request),
        initial=AnswerForm.initial_of(found),
        rows={"claims": list(found.claims.values("text", "url"))},
    )
    if form.is_valid():
        try:
            services.change_answer(found, form.words(), actor=actor, at=clock.now())
        except (InvalidData, ValidationError) as error:
            form.take(error)
        else:
            messages.success(request, _("The answer is handed in and sealed."))
            return redirect("testbeds:answer", public_id, answer_id)
    return _form_page(request, form, found.challenge, found.organisation, _("Change the answer"))


@require_POST
@for_people
@refusal_is_403
def answer_withdraw(request: HttpRequest, public_id: str, answer_id: str) -> HttpResponse:
    """Withdraw an answer while the challenge is open."""
    actor, found = _answer(request, public_id, answer_id)
    services.withdraw_answer(found, actor=actor, at=clock.now())
    messages.success(request, _("The answer is withdrawn; nobody else will read it."))
    return redirect("testbeds:challenge", public_id)


@require_POST
@for_people
@refusal_is_403
def answer_pilot(request: HttpRequest, public_id: str, answer_id: str) -> HttpResponse:
    """Say which pilot came of a chosen answer."""
    actor, found = _answer(request, public_id, answer_id)
    pilot = request.POST.get("pilot", "")[:80].replace("\x00", "")
    try:
        services.name_pilot_of_answer(found, pilot=pilot, actor=actor, at=clock.now())
    except InvalidData as error:
        messages.error(request, " ".join(fault.rule for fault in error.faults))
    else:
        messages.success(request, _("The pilot of the answer is saved."))
    return redirect("testbeds:answer", public_id, answer_id)
