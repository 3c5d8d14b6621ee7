"""The forms of steps and links."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.adoption import services
from alliance.adoption.enums import StepKind
from alliance.adoption.models import Step
from alliance.adoption.selectors import get_step_to_change
from alliance.core import clock
from alliance.core.errors import InvalidData, NotFound
from alliance.network.access import actor_of
from alliance.network.exchange_rules import city_of
from alliance.network.localise import local_name
from alliance.network.models import Organisation
from alliance.network.selectors.doors import get_city_team
from alliance.network.views import for_people, posted
from alliance.network.views.refusals import refusal_is_403
from alliance.thread.forms import LinkForm, ReasonForm, StepForm
from alliance.thread.selectors.choices import choices_for
from alliance.thread.selectors.doors import get_link_to_change
from alliance.thread.selectors.shapes import Node
from alliance.thread.selectors.walk import nodes
from alliance.thread.services import state_link


def _team(request: HttpRequest) -> Organisation:
    return get_city_team(actor_of(request), request.GET.get("team", ""))


def _form_page(request: HttpRequest, form: Any, **context: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "thread/form.html", {"form": form} | context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def step_new(request: HttpRequest) -> HttpResponse:
    """Tell of a proposal, decision or workshop of the city of `team`."""
    kind = request.GET.get("kind", StepKind.DECISION.value)
    if kind not in StepKind.values:
        raise Http404
    organisation = _team(request)
    form = StepForm(posted(request), kind=kind, initial={"language": request.LANGUAGE_CODE})
    if form.is_valid():
        try:
            made = services.record_step(
                organisation, form.words(), actor=actor_of(request), at=clock.now()
            )
        except (InvalidData, ValidationError) as error:
            form.take(error)
        else:
            messages.success(request, _("It stands on the thread. Link it to what came of it."))
            return redirect("thread:thread", made.kind, made.public_id)
    return _form_page(request, form, **_about_step(request, organisation, kind))


def _about_step(request: HttpRequest, organisation: Organisation, kind: str) -> dict[str, Any]:
    return {
        "kind_words": StepKind(kind).label,
        "city": local_name(organisation.city, request.LANGUAGE_CODE),
        "city_id": city_of(organisation).public_id,
        "other_kinds": [one for one in StepKind.choices if one[0] != kind],
        "team": organisation.public_id,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def step_change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Tell of a step otherwise."""
    actor = actor_of(request)
    step = get_step_to_change(actor, public_id)
    form = StepForm(posted(request), kind=step.kind, initial=StepForm.initial_of(step))
    if form.is_valid():
        try:
            services.change_step(step, form.words(), actor=actor, at=clock.now())
        except (InvalidData, ValidationError) as error:
            form.take(error)
        else:
            messages.success(request, _("It is saved."))
            return redirect("thread:thread", step.kind, step.public_id)
    about = _about_step(request, step.organisation, step.kind)
    return _form_page(request, form, **about | {"other_kinds": [], "step": step})


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def step_remove(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a step away, after one more question."""
    actor = actor_of(request)
    step: Step = get_step_to_change(actor, public_id)
    if request.method == "POST":
        city = step.city.public_id
        services.remove_step(step, actor=actor, at=clock.now())
        messages.success(request, _("It was removed."))
        return redirect("knowledge:city", city)
    return render(request, "thread/remove.html", {"step": step})


def _here(request: HttpRequest) -> Node:
    kind, public_id = request.GET.get("kind", ""), request.GET.get("id", "")
    found = nodes(actor_of(request), [(kind, public_id)], request.LANGUAGE_CODE)
    if not found or found[0].hides_city:
        raise NotFound("thing", public_id)
    return found[0]


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def link_new(request: HttpRequest) -> HttpResponse:
    """State what the thing of `kind` and `id` hangs together with, for the city of `team`."""
    actor, language = actor_of(request), request.LANGUAGE_CODE
    organisation, here = _team(request), _here(request)
    choices = choices_for(actor, here.key, city_of(organisation).public_id, language)
    form = LinkForm(posted(request), choices=choices, initial={"language": language})
    if form.is_valid():
        try:
            state_link(
                organisation,
                here.key,
                form.there(),
                reason=form.cleaned_data["reason"],
                language=form.cleaned_data["language"],
                actor=actor,
                at=clock.now(),
            )
        except (InvalidData, ValidationError) as error:
            form.take(error)
        else:
            messages.success(request, _("The link stands on both threads."))
            return redirect("thread:thread", *here.key)
    city = local_name(organisation.city, language)
    return _form_page(request, form, node=here, city=city)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def link_change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give another reason for a link."""
    actor = actor_of(request)
    link, first, second = get_link_to_change(actor, public_id, request.LANGUAGE_CODE)
    form = ReasonForm(posted(request), initial=ReasonForm.initial_of(link))
    if form.is_valid():
        try:
            services.change_link(link, **form.cleaned_data, actor=actor, at=clock.now())
        except (InvalidData, ValidationError) as error:
            form.take(error)
        else:
            messages.success(request, _("It is saved."))
            return redirect("thread:thread", *first.key)
    city = local_name(link.organisation.city, request.LANGUAGE_CODE)
    return _form_page(request, form, node=first, other=second, link=link, city=city)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def link_remove(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a link away, after one more question."""
    actor = actor_of(request)
    link, first, second = get_link_to_change(actor, public_id, request.LANGUAGE_CODE)
    if request.method == "POST":
        services.remove_link(link, actor=actor, at=clock.now())
        messages.success(request, _("It was removed."))
        return redirect("thread:thread", *first.key)
    return render(request, "thread/remove.html", {"link": link, "node": first, "other": second})
