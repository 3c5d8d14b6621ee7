"""Pages of peer reviews."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
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
from alliance.network.selectors.access import get_city_team
from alliance.network.services import peer_reviews as services
from alliance.network.views import done, for_people, form_page, missing_is_404, posted
from alliance.network.views.refusals import refusal_is_403
from alliance.web.paging import page_number


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


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def peer_review_new(request: HttpRequest) -> HttpResponse:
    """Ask for a peer review in the name of the city of `team`."""
    actor = actor_of(request)
    host = get_city_team(actor, request.GET.get("team", ""))
    form = RequestForm(posted(request), initial={"language": request.LANGUAGE_CODE})
    if form.is_valid():
        with form.showing_faults():
            made = services.request_review(host, **form.cleaned_data, actor=actor, at=clock.now())
            said = _("The request is published: other cities can join.")
            return done(request, said, "network:peer-review", made.public_id)
    lead = _("You speak for %(city)s. Everybody reads the request; editors of other cities join.")
    return form_page(
        request,
        "network/peer_review_form.html",
        form,
        here=_("Ask for a peer review"),
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
    said = _("Your city takes part; the host is told.")
    return done(request, said, "network:peer-review", public_id)


@require_POST
@for_people
@refusal_is_403
def leave(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take part no more."""
    actor = actor_of(request)
    found = select.get_peer_review(public_id)
    organisation = get_city_team(actor, request.POST.get("team", ""))
    services.leave(found, organisation, actor=actor, at=clock.now())
    return done(request, _("Your city takes part no more."), "network:peer-review", public_id)


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
        with form.showing_faults():
            services.plan(found, **form.cleaned_data, actor=actor, at=clock.now())
            said = _("The days are saved; the reviewing cities are told.")
            return done(request, said, "network:peer-review", public_id)
    return form_page(
        request,
        "network/peer_review_form.html",
        form,
        here=_("Set the days of the visit"),
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
        with form.showing_faults():
            services.write_report(
                found,
                findings=form.cleaned_data["findings"],
                language=form.cleaned_data["language"],
                recommendations=form.recommendations(),
                publish=form.cleaned_data["publish"],
                actor=actor,
                at=clock.now(),
            )
            return done(request, _("The report is saved."), "network:peer-review", public_id)
    return form_page(request, "network/peer_review_report.html", form, review=found)


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
        with form.showing_faults():
            services.publish_follow_up(
                found,
                months,
                result=form.cleaned_data["result"],
                language=form.cleaned_data["language"],
                progress=form.progress(),
                actor=actor,
                at=clock.now(),
            )
            return done(request, _("The follow-up is published."), "network:peer-review", public_id)
    return form_page(
        request, "network/peer_review_follow_up.html", form, review=found, months=months
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Call it off, with a reason."""
    actor = actor_of(request)
    found = select.get_review_to_cancel(actor, public_id)
    form = CancelForm(posted(request))
    if form.is_valid():
        with form.showing_faults():
            services.cancel(found, **form.cleaned_data, actor=actor, at=clock.now())
            said = _("The peer review is called off.")
            return done(request, said, "network:peer-review", public_id)
    return form_page(
        request,
        "network/peer_review_form.html",
        form,
        here=_("Call the peer review off"),
        lead=_("Its page stays, with the reason. The reviewing cities are told."),
        submit=_("Call it off"),
        back=public_id,
    )
