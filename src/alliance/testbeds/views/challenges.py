"""The list of challenges, the page of each, and the forms of the city that states them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core import clock
from alliance.core.errors import InvalidData
from alliance.network.access import actor_of
from alliance.network.enums import Topic
from alliance.network.localise import local_name
from alliance.network.models import Organisation
from alliance.network.needs_offers_rules import city_of
from alliance.network.selectors.access import get_city_team
from alliance.network.views import for_people, missing_is_404, posted, private
from alliance.network.views.refusals import refusal_is_403
from alliance.testbeds.forms.challenges import ChallengeForm, DecideForm, WithdrawForm
from alliance.testbeds.selectors.access import CHANGE, DECIDE, get_challenge_for
from alliance.testbeds.selectors.challenges import (
    OPEN,
    SHOWN,
    Wanted,
    answer_lines,
    beds_to_name,
    challenge_list,
    challenge_page,
    needs_to_name,
)
from alliance.testbeds.services import challenges as services
from alliance.testbeds.services.decisions import decide
from alliance.web.paging import page_number


def _wanted(request: HttpRequest) -> Wanted:
    """The filters of an address. Of one city or need all parts are shown, unless one is named."""
    city, need = (request.GET.get(name, "")[:80].replace("\x00", "") for name in ("city", "need"))
    shown = request.GET.get("show", "" if city or need else OPEN)
    if shown and shown not in SHOWN:
        raise Http404
    topic = request.GET.get("topic", "")
    return Wanted(shown, city, need, topic if topic in Topic.values else "")


@require_safe
@missing_is_404
def challenges(request: HttpRequest) -> HttpResponse:
    """What cities want solved: open, waiting for a decision, decided, withdrawn."""
    actor, today = actor_of(request), clock.today()
    found = challenge_list(
        actor,
        _wanted(request),
        number=page_number(request),
        language=request.LANGUAGE_CODE,
        today=today,
    )
    context = {"found": found, "parts": SHOWN, "today": today}
    response = render(request, "testbeds/challenges.html", context)
    return private(response) if actor.is_known else response


@require_safe
@missing_is_404
def challenge(request: HttpRequest, public_id: str) -> HttpResponse:
    """One challenge: what is asked, what is offered, and once decided who answered and why."""
    actor, today = actor_of(request), clock.today()
    page = challenge_page(get_challenge_for(actor, public_id), actor, request.LANGUAGE_CODE, today)
    response = render(request, "testbeds/challenge.html", {"page": page, "today": today})
    return private(response) if actor.is_known else response


def _form_page(
    request: HttpRequest, form: ChallengeForm, team: Organisation, here: str, back: str
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "here": here,
        "back": back,
        "city": local_name(team.city, request.LANGUAGE_CODE),
        "criteria": form.rows_of("criteria"),
    }
    status = 422 if form.errors else 200
    return render(request, "testbeds/challenge_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def challenge_new(request: HttpRequest) -> HttpResponse:
    """State a challenge of the city of `team`, from the need of that id if one is given."""
    actor = actor_of(request)
    team = get_city_team(actor, request.GET.get("team", ""))
    city = city_of(team)
    form = ChallengeForm(
        posted(request),
        needs=needs_to_name(city),
        testbeds=beds_to_name(city),
        initial={"language": request.LANGUAGE_CODE, "need": request.GET.get("need", "")[:80]},
    )
    if form.is_valid():
        try:
            made = services.state_challenge(team, form.words(), actor=actor, at=clock.now())
        except (InvalidData, ValidationError) as error:
            form.take(error)
        else:
            messages.success(request, _("The challenge is published."))
            return redirect("testbeds:challenge", made.public_id)
    return _form_page(request, form, team, _("State a challenge"), "")


def _with(choices: list[tuple[str, str]], record: Any) -> list[tuple[str, str]]:
    """The choices with what the challenge names now, which may be closed meanwhile."""
    known = record is None or any(code == record.public_id for code, _title in choices)
    return choices if known else [*choices, (record.public_id, record.title)]


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def challenge_change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say a challenge otherwise before it opens; from then on put its last day later."""
    actor = actor_of(request)
    found = get_challenge_for(actor, public_id, CHANGE)
    form = ChallengeForm(
        posted(request),
        needs=_with(needs_to_name(found.city), found.need),
        testbeds=_with(beds_to_name(found.city), found.testbed),
        initial=ChallengeForm.initial_of(found),
        rows={"criteria": list(found.criteria.values("text"))},
    )
    if form.is_valid():
        try:
            services.change_challenge(found, form.words(), actor=actor, at=clock.now())
        except (InvalidData, ValidationError) as error:
            form.take(error)
        else:
            messages.success(request, _("The challenge is saved."))
            return redirect("testbeds:challenge", public_id)
    return _form_page(request, form, found.organisation, _("Change the challenge"), public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def challenge_withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Withdraw a challenge with the reason."""
    actor = actor_of(request)
    found = get_challenge_for(actor, public_id, CHANGE)
    form = WithdrawForm(posted(request))
    if form.is_valid():
        try:
            services.withdraw_challenge(
                found,
                reason=form.cleaned_data["reason"].replace("\r\n", "\n"),
                actor=actor,
                at=clock.now(),
            )
        except InvalidData as error:
            form.take(error)
        else:
            messages.success(request, _("The challenge is withdrawn."))
            return redirect("testbeds:challenge", public_id)
    context = {"form": form, "challenge": found}
    status = 422 if form.errors else 200
    return render(request, "testbeds/challenge_withdraw.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def challenge_decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Decide a closed challenge: a reason for each answer, and the own declaration."""
    actor, today = actor_of(request), clock.today()
    found = get_challenge_for(actor, public_id, DECIDE, today=today)
    lines = [
        one
        for one in answer_lines(found, actor, request.LANGUAGE_CODE, today)
        if not one.is_withdrawn
    ]
    name = actor.user.name if actor.user else ""
    form = DecideForm(posted(request), lines=lines, initial={"declared_name": name})
    if form.is_valid():
        try:
            decide(
                found,
                form.verdicts(),
                outcome=form.cleaned_data["outcome"].replace("\r\n", "\n"),
                conflict=form.conflict_words(),
                actor=actor,
                at=clock.now(),
            )
        except InvalidData as error:
            form.take(error)
        else:
            messages.success(request, _("The decision is public."))
            return redirect("testbeds:challenge", public_id)
    context = {"form": form, "challenge": found, "rows": form.rows()}
    status = 422 if form.errors else 200
    return render(request, "testbeds/challenge_decide.html", context, status=status)
