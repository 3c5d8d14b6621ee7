"""Inviting to a team, and answering an invitation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from alliance.core import clock
from alliance.core.errors import NotAllowed
from alliance.core.ids import new_secret
from alliance.network import rules, services
from alliance.network.access import actor_of
from alliance.network.enums import InvitationState, TeamRole
from alliance.network.forms import InvitationForm
from alliance.network.models import Invitation
from alliance.network.selectors.access import get_invitation, get_invitation_by_secret
from alliance.network.services import Invited
from alliance.network.views import missing_is_404, private
from alliance.network.views.once import TicketActionView, show_on_next_page
from alliance.network.views.team import TeamActionView


class Invite(TicketActionView, TeamActionView):
    """Create an invitation; its link is shown once, on the page of the team."""

    form_class = InvitationForm
    breadcrumb = _("Invite someone")
    lead = _("The invitation is a link that one person can use once, within 14 days.")
    submit_label = _("Create invitation")
    purpose = "invite"
    new_secret = staticmethod(new_secret)

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"role": TeamRole.MEMBER, "language": self.language}

    def execute(self, form: InvitationForm) -> Invited:
        data = form.cleaned_data
        return services.invite(
            self.organisation,
            role=data["role"],
            email=data["email"],
            language=data["language"] or self.language,
            secret=self.ticket_secret(form),
            **self.by,
        )

    def get_success_message(self, made: Invited) -> str:
        email = made.invitation.email
        message = gettext("Invitation sent to %(email)s.") % {"email": email}
        return message if email else ""

    def get_success_response(self, made: Invited) -> HttpResponse:
        response = super().get_success_response(made)
        link, email = made.address(self.language), made.invitation.email
        show_on_next_page(response, self.user, self.get_success_url(), link=link, email=email)
        return response

    def get_context_data(self) -> dict[str, Any]:
        heading = gettext("Invite someone to the team of %(organisation)s")
        return {"heading": heading % {"organisation": self.name}}


class Withdraw(TeamActionView):
    """Withdraw an invitation, after confirmation."""

    template_name = "network/withdraw.html"
    getter = get_invitation
    service = services.withdraw_invitation
    heading = _("Withdraw the invitation?")
    breadcrumb = _("Withdraw invitation")
    lead = _("The link will stop working. You can send a new invitation at any time.")
    submit_label = _("Withdraw invitation")
    success_message = _("The invitation has been withdrawn.")


@require_http_methods(["GET", "HEAD", "POST"])
@missing_is_404
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """The page of an invitation, with the button that accepts it."""
    actor, at = actor_of(request), clock.now()
    record = get_invitation_by_secret(secret)
    if request.method == "POST":
        if not rules.is_signed_in(actor):
            return private(redirect_to_login(request.path))
        try:
            services.accept_invitation(record, actor=actor, at=at)
        except NotAllowed:
            # The page below shows why.
            record.refresh_from_db()
        else:
            messages.success(request, gettext("Welcome to the team."))
            return private(redirect(_after_accepting(record)))
    refusal = _refusal(request, record)
    is_mine = actor.user is not None and record.accepted_by == actor.user
    context = {
        "invitation": record,
        "is_mine": is_mine,
        "refusal": "" if is_mine else refusal,
        "signed_in_as": actor.user.email if actor.user else "",
        "sign_in": redirect_to_login(request.path).url,
    }
    status = 200
    if refusal and not is_mine:
        is_open = rules.invitation_state(record, at) == InvitationState.OPEN
        status = 403 if is_open else 410
    return private(render(request, "network/invitation.html", context, status=status))


def _refusal(request: HttpRequest, record: Invitation) -> str:
    actor, at = actor_of(request), clock.now()
    if not rules.is_signed_in(actor) and rules.invitation_state(record, at) == InvitationState.OPEN:
        # Whether it is for this reader is known only after she has signed in.
        return ""
    return rules.invitation_refusal(record, actor, at)


def _after_accepting(record: Invitation) -> str:
    """Editors continue to their team; members may not see that page."""
    to = "network:team" if record.role == TeamRole.EDITOR else "knowledge:organisation"
    return reverse(to, args=[record.organisation.public_id])
