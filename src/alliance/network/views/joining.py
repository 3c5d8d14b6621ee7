"""Pages of joining the network, and of asking to become an editor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core import clock
from alliance.core.errors import NotAllowed
from alliance.core.throttle import Throttled, client_address
from alliance.network import services
from alliance.network.access import actor_of
from alliance.network.addressees import editors_of
from alliance.network.forms import DeclineEditorForm, JoinDecisionForm, JoinForm
from alliance.network.localise import local_name
from alliance.network.models import JoinRequest, Organisation
from alliance.network.selectors.access import (
    ASK,
    get_join_request_by_secret,
    get_join_requests,
    get_open_join_requests,
    get_team_for,
)
from alliance.network.services import joining
from alliance.network.views import for_people, missing_is_404, private
from alliance.network.views.actions import PeopleActionView, PeoplePostView
from alliance.network.views.team import MemberActionView
from alliance.web.actions import ActionFormView, Step


class Join(ActionFormView):
    """Request to join with one's organisation. Needs no account."""

    form_class = JoinForm
    template_name = "network/join.html"
    heading = _("Join the network")
    lead = _(
        "For businesses, universities, associations and public bodies that want to test, "
        "measure or share something with cities. You do not need an account to read the "
        "website."
    )
    submit_label = _("Send request")
    list_page = ("", "knowledge:organisations")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """No cache may store what somebody typed."""
        return private(super().dispatch(request, *args, **kwargs))  # type: ignore[arg-type]

    @property
    def language(self) -> str:
        """The language of the page, also of its emails."""
        return self.request.LANGUAGE_CODE

    def get_initial(self) -> dict[str, Any]:
        """Values from the previous page and from the reader's account."""
        asked, user = self.request.GET, actor_of(self.request).user
        known: dict[str, Any] = {
            "purpose": asked.get("for", "")[: joining.LONGEST["purpose"]],
            "country": "FR" if self.language == "fr" else "SE",
        }
        if user is not None:
            known |= {"person": user.name, "email": user.email}
        here = Organisation.objects.filter(public_id=asked.get("organisation", "")[:80])
        if (organisation := here.select_related("city").first()) is not None:
            known |= {
                "name": organisation.name,
                "kind": organisation.kind,
                "country": organisation.country,
            }
            known["place"] = (
                local_name(organisation.city, self.language) if organisation.city else ""
            )
        return known

    def form_valid(self, form: JoinForm) -> HttpResponse:
        """Send the link; too many requests get the time of the next attempt."""
        if form.cleaned_data["fax"]:
            # A bot: it does not learn that it was detected.
            return redirect("network:join-sent")
        request = self.request
        try:
            secret = joining.ask_to_join(
                **form.as_kwargs(),
                language=self.language,
                client=client_address(request),
                actor=actor_of(request),
                at=clock.now(),
            )
        except Throttled as error:
            self.status = 429
            hours = max(1, math.ceil(error.retry_after / 3600))
            message = ngettext(
                "Too many requests in one day. Try again in %(n)d hour.",
                "Too many requests in one day. Try again in %(n)d hours.",
                hours,
            )
            raise ValidationError(message % {"n": hours}) from error
        return redirect("network:join-own", secret) if secret else redirect("network:join-sent")

    def get_context_data(self) -> dict[str, Any]:
        return {"days": joining.ANSWER_WITHIN.days, "way": []}


@require_safe
def join_sent(request: HttpRequest) -> HttpResponse:
    """Where to find the link."""
    return render(request, "network/join_sent.html")


@require_http_methods(["GET", "HEAD", "POST"])
@missing_is_404
def join_own(request: HttpRequest, secret: str) -> HttpResponse:
    """One's own request, by its link: confirm it, see the decision, delete it."""
    actor, at = actor_of(request), clock.now()
    join_request = get_join_request_by_secret(secret)
    act = request.POST.get("act")
    if act == "withdraw":
        joining.withdraw(join_request, actor=actor, at=at)
        messages.success(request, gettext("Your request has been deleted."))
        return private(redirect("network:join"))
    if act == "confirm":
        try:
            joining.confirm(join_request, secret, actor=actor, at=at)
        except NotAllowed as error:
            messages.error(request, error.rule)
        return private(redirect("network:join-own", secret))
    by = join_request.confirmed_at + joining.ANSWER_WITHIN if join_request.confirmed_at else None
    is_expired = join_request.confirmed_at is None and join_request.expires_at <= at
    context = {"one": join_request, "by": by, "is_expired": is_expired}
    status = 410 if is_expired else 200
    return private(render(request, "network/join_own.html", context, status=status))


@require_safe
@for_people
def join_requests(request: HttpRequest) -> HttpResponse:
    """The organisations whose requests wait for a decision."""
    groups = get_open_join_requests(actor_of(request))
    lines = [
        (group, len(others) + 1, (group.confirmed_at or group.sent_at) + joining.ANSWER_WITHIN)
        for group, *others in groups
    ]
    return render(request, "network/join_requests.html", {"lines": lines})


class JoinDecision(PeopleActionView):
    """Decide on all requests of one organisation."""

    form_class = JoinDecisionForm
    template_name = "network/join_request.html"
    getter = get_join_requests
    object_page = ("", "network:join-request")
    object: Sequence[JoinRequest]

    @property
    def people(self) -> list[JoinRequest]:
        """The open requests."""
        return [join_request for join_request in self.object if join_request.is_open]

    def get_form_kwargs(self) -> dict[str, Any]:
        first = self.object[0]
        there = Organisation.objects.filter(country=first.country).order_by("name")
        new = gettext("New organisation: %(name)s") % {"name": first.name}
        named = [
            (organisation.public_id, local_name(organisation, self.language))
            for organisation in there
        ]
        return {"people": self.people, "choices": {"organisation": [("", new), *named]}}

    def get_initial(self) -> dict[str, Any]:
        here = next(iter(joining.organisations_with_name(self.object[0])), None)
        has_editors = here is not None and bool(editors_of(here, at=clock.now()))
        roles = joining.roles_to_propose(self.people, has_editors=has_editors)
        return {"organisation": here.public_id if here else "", **roles}

    def execute(self, form: JoinDecisionForm) -> Organisation | None:
        fields = form.as_kwargs()
        chosen = Organisation.objects.filter(public_id=fields.pop("organisation")).first()
        return joining.decide(self.people, organisation=chosen, **fields, **self.by)

    def get_success_message(self, made: Organisation | None) -> str:
        if made is None:
            return gettext("Declined. Everyone who asked gets an email with the reason.")
        message = gettext("Your decision on %(name)s has been sent to everyone who asked.")
        return message % {"name": local_name(made, self.language)}

    def get_breadcrumbs(self) -> list[Step]:
        return [(gettext("My work"), reverse("network:my-work"))]

    def get_success_url(self, made: Any = None) -> str:
        """The page shows the decision."""
        return reverse("network:join-request", args=[self.kwargs["public_id"]])

    def get_context_data(self) -> dict[str, Any]:
        first, waits = self.object[0], bool(self.people)
        return {
            "heading": gettext("%(name)s asks to join") % {"name": first.name},
            "lead": gettext("Check the organisation, then decide each person’s role.")
            if waits
            else gettext("A decision has been made."),
            "submit": gettext("Decide") if waits else "",
            "alike": joining.organisations_with_name(first),
            "answer_by": (first.confirmed_at or clock.now()) + joining.ANSWER_WITHIN,
            "back": reverse("network:my-work"),
        }


class AskToEdit(PeoplePostView):
    """Ask to become an editor of one's team."""

    object_page = ("", "knowledge:organisation")
    service = services.ask_to_edit
    success_message = _("Your request has been sent. You will get an email when it is answered.")

    def get_object(self, *args: Any, **ids: Any) -> Organisation:
        return get_team_for(self.actor, ids["public_id"], ASK)


class DeclineEditor(MemberActionView):
    """Decline a member's request to become an editor."""

    form_class = DeclineEditorForm
    template_name = "web/act.html"
    service = services.decline_editor
    submit_label = _("Decline")
    success_message = _("Declined. The member gets an email with the reason.")

    def get_context_data(self) -> dict[str, Any]:
        heading = gettext("%(name)s stays a member") % {"name": self.object.user.name}
        return {
            "heading": heading,
            "here": heading,
            "lead": gettext("The member gets an email with the reason."),
        }
