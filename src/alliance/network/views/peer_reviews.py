"""Pages of peer reviews."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.core import clock
from alliance.core.errors import InvalidData
from alliance.network.access import actor_of
from alliance.network.localise import local_name
from alliance.network.models import PeerReview
from alliance.network.peer_review_forms import (
    CancelForm,
    FollowUpForm,
    JoinForm,
    PlanForm,
    ReportForm,
    RequestForm,
)
from alliance.network.selectors import peer_reviews as select
from alliance.network.selectors.doors import get_city_team
from alliance.network.services import peer_reviews as services
from alliance.network.views import for_people, missing_is_404, posted
from alliance.network.views.exchange import page_number, refusal_is_403


@require_safe
@missing_is_404
def peer_reviews(request: HttpRequest) -> HttpResponse:
    """All peer reviews, those that look for reviewers first."""
    found = select.review_list(
        actor_of(request),
        city=request.GET.get("city", "")[:80],
        number=page_number(request),
        language=request.LANGUAGE_CODE,
        today=clock.today(),
    )
    return render(request, "network/peer_reviews.html", {"found": found, "today": clock.today()})


@require_safe
@missing_is_404
def peer_review(request: HttpRequest, public_id: str) -> HttpResponse:
    """One peer review."""
    return _page(request, select.get_peer_review(public_id))


def _page(
    request: HttpRequest, found: PeerReview, *, form: JoinForm | None = None, status: int = 200
) -> HttpResponse:
    page = select.review_page(
        found, actor_of(request), language=request.LANGUAGE_CODE, today=clock.today()
    )
    context = {"page": page, "form": form or JoinForm(teams=page.joinable), "today": clock.today()}
    return render(request, "network/peer_review.html", context, status=status)


def _form_page(
    request: HttpRequest, form: Any, *, title: str, lead: str, submit: str, back: str = ""
) -> HttpResponse:
    context = {"form": form, "here": title, "lead": lead, "submit": submit, "back": back}
    status = 422 if form.errors else 200
    return render(request, "network/peer_review_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def peer_review_new(request: HttpRequest) -> HttpResponse:
    """Ask for a peer review in the name of the city of `team`."""
    actor = actor_of(request)
    host = get_city_team(actor, request.GET.get("team", ""))
    form = RequestForm(posted(request), initial={"language": request.LANGUAGE_CODE})
    if form.is_valid():
        given = form.cleaned_data | {
            "question": form.cleaned_data["question"].replace("\r\n", "\n")
        }
        try:
            made = services.request_review(host, **given, actor=actor, at=clock.now())
        except (InvalidData, ValidationError) as error:
            form.take(error)
        else:
            messages.success(request, _("The request is published: other cities can join."))
            return redirect("network:peer-review", made.public_id)
    lead = _("You speak for %(city)s. Everybody reads the request; editors of other cities join.")
    return _form_page(
        request,
        form,
        title=_("Ask for a peer review"),
        lead=lead % {"city": local_name(host.city, request.LANGUAGE_CODE)},
        submit=_("Publish the request"),
    )


@require_POST
@for_people
@refusal_is_403
def join(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take part as a reviewing city."""
    actor = actor_of(request)
    found = select.get_peer_review(public_id)
    organisation = get_city_team(actor, request.POST.get("team", ""))
    page = select.review_page(found, actor, language=request.LANGUAGE_CODE, today=clock.today())
    form = JoinForm(request.POST, teams=page.joinable)
    try:
        services.join(
            found,
            organisation,
            function=request.POST.get("function", "")[:200],
            actor=actor,
            at=clock.now(),
        )
    except InvalidData as error:
        if form.is_valid():
            form.take(error)
        return _page(request, found, form=form, status=422)
    messages.success(request, _("Your city takes part; the host is told."))
    return redirect("network:peer-review", public_id)


@require_POST
@for_people
@refusal_is_403
def leave(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take part no more."""
    actor = actor_of(request)
    found = select.get_peer_review(public_id)
    organisation = get_city_team(actor, request.POST.get("team", ""))
    services.leave(found, organisation, actor=actor, at=clock.now())
    messages.success(request, _("Your city takes part no more."))
    return redirect("network:peer-review", public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def plan(request: HttpRequest, public_id: str) -> HttpResponse:
    """Set the days of the visit."""
    actor = actor_of(request)
    found = select.get_hosted_review(actor, public_id)
    form = PlanForm(
        posted(request), initial={"starts_on": found.starts_on, "ends_on": found.ends_on}
    )
    if form.is_valid():
        try:
            services.plan(found, **form.cleaned_data, actor=actor, at=clock.now())
        except InvalidData as error:
            form.take(error)
        else:
            messages.success(request, _("The days are saved; the reviewing cities are told."))
            return redirect("network:peer-review", public_id)
    return _form_page(
        request,
        form,
        title=_("Set the days of the visit"),
        lead=_("The follow-ups are due 6 and 12 months after the last day."),
        submit=_("Save the days"),
        back=public_id,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def report(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write the report, and publish it."""
    actor = actor_of(request)
    found = select.get_review_to_report(actor, public_id)
    texts = list(found.recommendations.values_list("text", flat=True))
    initial = {
        "findings": found.findings,
        "language": found.findings_language or request.LANGUAGE_CODE,
    }
    form = ReportForm(posted(request), texts=texts, initial=initial)
    if form.is_valid():
        try:
            services.write_report(
                found,
                findings=form.cleaned_data["findings"].replace("\r\n", "\n"),
                language=form.cleaned_data["language"],
                recommendations=form.recommendations(),
                publish=form.cleaned_data["publish"],
                actor=actor,
                at=clock.now(),
            )
        except (InvalidData, ValidationError) as error:
            form.take(error)
        else:
            messages.success(request, _("The report is saved."))
            return redirect("network:peer-review", public_id)
    context = {"form": form, "review": found}
    status = 422 if form.errors else 200
    return render(request, "network/peer_review_report.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def follow_up(request: HttpRequest, public_id: str, months: int) -> HttpResponse:
    """Tell what came of the recommendations."""
    actor = actor_of(request)
    found = select.get_hosted_review(actor, public_id)
    if not found.follow_ups.filter(months=months).exists():
        raise Http404
    form = FollowUpForm(
        posted(request),
        advice=list(found.recommendations.all()),
        initial={"language": request.LANGUAGE_CODE},
    )
    if form.is_valid():
        try:
            services.publish_follow_up(
                found,
                months,
                result=form.cleaned_data["result"].replace("\r\n", "\n"),
                language=form.cleaned_data["language"],
                progress=form.progress(),
                actor=actor,
                at=clock.now(),
            )
        except (InvalidData, ValidationError) as error:
            form.take(error)
        else:
            messages.success(request, _("The follow-up is published."))
            return redirect("network:peer-review", public_id)
    context = {"form": form, "review": found, "months": months}
    status = 422 if form.errors else 200
    return render(request, "network/peer_review_follow_up.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Call it off, with a reason."""
    actor = actor_of(request)
    found = select.get_review_to_cancel(actor, public_id)
    form = CancelForm(posted(request))
    if form.is_valid():
        try:
            services.cancel(
                found, because=form.cleaned_data["because"], actor=actor, at=clock.now()
            )
        except InvalidData as error:
            form.take(error)
        else:
            messages.success(request, _("The peer review is called off."))
            return redirect("network:peer-review", public_id)
    return _form_page(
        request,
        form,
        title=_("Call the peer review off"),
        lead=_("Its page stays, with the reason. The reviewing cities are told."),
        submit=_("Call it off"),
        back=public_id,
    )
