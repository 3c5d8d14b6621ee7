"""Inviting to a team, and answering an invitation."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from alliance.accounts.models import User
from alliance.core import clock
from alliance.core.errors import NotAllowed
from alliance.core.ids import new_secret
from alliance.network import rules, services
from alliance.network.access import actor_of
from alliance.network.enums import InvitationState, TeamRole
from alliance.network.forms import InvitationForm
from alliance.network.models import Invitation
from alliance.network.selectors.access import (
    MANAGE,
    get_invitation,
    get_invitation_by_secret,
    get_team_for,
)
from alliance.network.selectors.teams import about_team, invitation_line, name_in
from alliance.network.services import Invited
from alliance.network.views import done, for_people, form_page, missing_is_404, posted, private
from alliance.network.views.once import new_ticket, show_on_next_page, ticket_secret


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def invite(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make an invitation; its link is shown once, on the page of the team."""
    actor, at = actor_of(request), clock.now()
    organisation = get_team_for(actor, public_id, MANAGE)
    user = cast(User, actor.user)
    purpose = f"invite:{public_id}"
    form = InvitationForm(
        posted(request),
        initial={"role": TeamRole.MEMBER, "language": request.LANGUAGE_CODE},
    )
    if form.is_valid() and (secret := ticket_secret(form, user, purpose)):
        given = form.cleaned_data
        with form.showing_faults():
            invited = services.invite(
                organisation,
                role=given["role"],
                email=given["email"],
                language=given["language"] or request.LANGUAGE_CODE,
                actor=actor,
                at=at,
                secret=secret,
            )
            return _invited(request, user, public_id, invited)
    return form_page(
        request,
        "network/invite.html",
        form,
        ticket=new_ticket(user, purpose, new_secret()),
        **about_team(organisation, request.LANGUAGE_CODE),
    )


def _invited(request: HttpRequest, user: User, public_id: str, invited: Invited) -> HttpResponse:
    email = invited.invitation.email
    if email:
        messages.success(
            request, gettext("The invitation to %(email)s is sent.") % {"email": email}
        )
    response = redirect("network:team", public_id)
    link = invited.address(request.LANGUAGE_CODE)
    show_on_next_page(response, user, response.url, link=link, email=email)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def withdraw(request: HttpRequest, public_id: str, invitation_id: str) -> HttpResponse:
    """Make an invitation worthless, after one more question."""
    actor = actor_of(request)
    organisation = get_team_for(actor, public_id, MANAGE)
    found = get_invitation(organisation, invitation_id)
    if request.method == "POST":
        services.withdraw_invitation(found, actor=actor, at=clock.now())
        return done(request, gettext("The invitation is withdrawn."), "network:team", public_id)
    context = {
        **about_team(organisation, request.LANGUAGE_CODE),
        "invitation": invitation_line(found),
    }
    return render(request, "network/withdraw.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@missing_is_404
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """What an invitation is to, and the button that accepts it."""
    actor, at = actor_of(request), clock.now()
    found = get_invitation_by_secret(secret)
    if request.method == "POST":
        if not rules.is_signed_in(actor):
            return private(redirect_to_login(request.path))
        try:
            services.accept_invitation(found, actor=actor, at=at)
        except NotAllowed:
            # The page below tells why.
            found.refresh_from_db()
        else:
            messages.success(request, gettext("Welcome to the team."))
            return private(redirect(_after_accepting(found)))
    refusal = _refusal(request, found)
    is_mine = actor.user is not None and found.accepted_by == actor.user
    context = {
        "organisation_name": name_in(found.organisation, request.LANGUAGE_CODE),
        "organisation_id": found.organisation.public_id,
        "invitation": invitation_line(found),
        "is_mine": is_mine,
        "refusal": "" if is_mine else refusal,
        "signed_in_as": actor.user.email if actor.user else "",
        "sign_in": redirect_to_login(request.path).url,
    }
    status = 200
    if refusal and not is_mine:
        is_open = rules.invitation_state(found, at) == InvitationState.OPEN
        status = 403 if is_open else 410
    return private(render(request, "network/invitation.html", context, status=status))


def _refusal(request: HttpRequest, found: Invitation) -> str:
    actor, at = actor_of(request), clock.now()
    if not rules.is_signed_in(actor) and rules.invitation_state(found, at) == InvitationState.OPEN:
        # Whether it is for this reader is known once she has signed in.
        return ""
    return rules.invitation_refusal(found, actor, at)


def _after_accepting(found: Invitation) -> str:
    """Editors go on to their team; members may not see that page."""
    to = "network:team" if found.role == TeamRole.EDITOR else "knowledge:organisation"
    return reverse(to, args=[found.organisation.public_id])
