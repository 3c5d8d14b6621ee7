"""Pages of peer reviews."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.network.access import actor_of
from alliance.network.localise import local_name
from alliance.network.models import Organisation, PeerReview
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
from alliance.network.views import missing_is_404
from alliance.network.views.actions import PeopleActionView, PeoplePostView
from alliance.web.actions import ActionForm
from alliance.web.paging import page_number


@require_safe
@missing_is_404
def peer_reviews(request: HttpRequest) -> HttpResponse:
    """All peer reviews, those looking for reviewers first."""
    reviews = select.review_list(
        actor_of(request),
        city=request.GET.get("city", "")[:80],
        number=page_number(request),
        language=request.LANGUAGE_CODE,
        today=clock.today(),
    )
    if not (reviews["page"].paginator.count or reviews["teams"]):
        return redirect("thread:together")
    return render(
        request, "network/peer_reviews.html", {"listing": reviews, "today": clock.today()}
    )


@require_safe
@missing_is_404
def peer_review(request: HttpRequest, public_id: str) -> HttpResponse:
    """One peer review."""
    return _page(request, select.get_peer_review(public_id))


def _page(
    request: HttpRequest, review: PeerReview, *, form: ActionForm | None = None, status: int = 200
) -> HttpResponse:
    today = clock.today()
    page = select.review_page(
        review, actor_of(request), language=request.LANGUAGE_CODE, today=today
    )
    form = form or JoinForm(teams=page["joinable"])
    context = {**page, "form": form, "today": today}
    return render(request, "network/peer_review.html", context, status=status)


class ReviewActionView(PeopleActionView):
    """Base of the actions on a peer review."""

    list_page = (_("Peer reviews"), "network:peer-reviews")
    object_page = (_("Peer review"), "network:peer-review")


class ReviewNew(ReviewActionView):
    """Request a peer review in the name of the city of `team`."""

    form_class = RequestForm
    service = services.request_review
    heading = _("Ask for a peer review")
    submit_label = _("Publish request")
    success_message = _("The request has been published. Other cities can join.")

    def get_object(self) -> Organisation:
        return get_city_team(self.actor, self.request.GET.get("team", ""))

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.language}

    def get_context_data(self) -> dict[str, Any]:
        lead = gettext(
            "You represent %(city)s. The request is public, and editors from other cities can join."
        )
        return {"lead": lead % {"city": local_name(self.object.city, self.language)}}


class Join(ReviewActionView):
    """Join as a reviewing city."""

    http_method_names = ["post"]
    form_class = JoinForm
    success_message = _("Your city is taking part. The host city gets an email.")

    def get_object(self, public_id: str) -> PeerReview:
        review = select.get_peer_review(public_id)
        # Without permission for such a city, this fails before the form is parsed.
        self.team = get_city_team(self.actor, self.request.POST.get("team", ""))
        return review

    def get_form_kwargs(self) -> dict[str, Any]:
        reviewers = select.reviewers_of(self.object)
        return {"teams": select.joinable(self.object, reviewers, self.actor, self.language)}

    def execute(self, form: JoinForm) -> Any:
        return services.join(
            self.object,
            self.team,
            function=form.cleaned_data["function"],
            **self.by,
        )

    def render_form(self, form: ActionForm) -> HttpResponse:
        """The page of the peer review, with the errors."""
        return _page(self.request, self.object, form=form, status=self.status)


class Leave(PeoplePostView, ReviewActionView):
    """Leave a peer review."""

    success_message = _("Your city is no longer taking part.")

    def get_object(self, public_id: str) -> PeerReview:
        return select.get_peer_review(public_id)

    def execute(self, form: ActionForm) -> None:
        team = get_city_team(self.actor, self.request.POST.get("team", ""))
        services.leave(self.object, team, **self.by)


class Plan(ReviewActionView):
    """Set the dates of the visit."""

    form_class = PlanForm
    getter = select.get_hosted_review
    service = services.plan
    heading = _("Set the visit dates")
    lead = _("Follow-ups are due 6 and 12 months after the last day of the visit.")
    submit_label = _("Save dates")
    success_message = _("Dates saved. The reviewing cities get an email.")

    def get_initial(self) -> dict[str, Any]:
        return {"starts_on": self.object.starts_on, "ends_on": self.object.ends_on}


class Report(ReviewActionView):
    """Write the report, and publish it."""

    form_class = ReportForm
    getter = select.get_review_to_report
    service = services.write_report
    heading = _("Write report")
    lead = _(
        "All reviewing cities write one report together. Until it is published, only the "
        "cities taking part can read it."
    )
    success_message = _("Report saved.")

    def get_initial(self) -> dict[str, Any]:
        language = self.object.findings_language or self.language
        return {"findings": self.object.findings, "language": language}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"rows": {"recommendations": list(self.object.recommendations.values("text"))}}


class FollowUp(ReviewActionView):
    """Publish a follow-up on the recommendations."""

    form_class = FollowUpForm
    heading = _("Publish follow-up")
    submit_label = _("Publish")
    success_message = _("Follow-up published.")

    def get_object(self, public_id: str, months: int) -> PeerReview:
        review = select.get_hosted_review(self.actor, public_id)
        if not review.follow_ups.filter(months=months).exists():
            raise Http404
        return review

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.language}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"advice": list(self.object.recommendations.all())}

    def execute(self, form: ActionForm) -> Any:
        return services.publish_follow_up(
            self.object, self.kwargs["months"], **form.as_kwargs(), **self.by
        )

    def get_context_data(self) -> dict[str, Any]:
        lead = gettext(
            "%(months)s months after the visit: describe how each recommendation was "
            "followed up. If nothing was done, report that too."
        )
        return {"lead": lead % {"months": self.kwargs["months"]}}


class Cancel(ReviewActionView):
    """Cancel a peer review, with a reason."""

    form_class = CancelForm
    getter = select.get_review_to_cancel
    service = services.cancel
    heading = _("Cancel the peer review")
    lead = _("The page is kept and shows the reason. The reviewing cities get an email.")
    submit_label = _("Cancel the peer review")
    success_message = _("The peer review has been cancelled.")
