"""The team of an organisation, and each member of it."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from alliance.accounts.models import User
from alliance.core import clock
from alliance.core.errors import NotAllowed
from alliance.network import rules, services
from alliance.network.access import actor_of
from alliance.network.enums import TeamRole
from alliance.network.forms import RoleForm
from alliance.network.models import Membership
from alliance.network.selectors.access import LEAVE, MANAGE, get_membership, get_team_for
from alliance.network.selectors.teams import about_team, member_line, team_page
from alliance.network.services.memberships import is_last_editor
from alliance.network.views import for_people, posted
from alliance.network.views.once import forget_shown, to_show


@require_safe
@for_people
def team(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who is in the team, and who is invited."""
    actor = actor_of(request)
    organisation = get_team_for(actor, public_id, MANAGE)
    page = team_page(organisation, actor=actor, language=request.LANGUAGE_CODE, at=clock.now())
    shown = to_show(request, cast(User, actor.user))
    response = render(request, "network/team.html", {"page": page, "shown": shown})
    forget_shown(response, request)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def member(request: HttpRequest, public_id: str, member_id: str) -> HttpResponse:
    """A member and the role; the form changes it."""
    actor, at = actor_of(request), clock.now()
    organisation = get_team_for(actor, public_id, MANAGE)
    membership = get_membership(organisation, member_id, at=at)
    form = RoleForm(posted(request), initial={"role": membership.role})
    refusal = ""
    if form.is_valid():
        try:
            services.change_role(membership, role=form.cleaned_data["role"], actor=actor, at=at)
        except NotAllowed as error:
            refusal = error.rule
        except ValidationError as error:
            form.take(error)
        else:
            messages.success(
                request, gettext("The role of %(name)s is saved.") % {"name": membership.user.name}
            )
            # Who gave up the role of editor no longer sees the team.
            is_editor = form.cleaned_data["role"] == TeamRole.EDITOR or rules.is_secretariat(actor)
            is_gone = membership.user == actor.user and not is_editor
            return redirect("knowledge:organisation" if is_gone else "network:team", public_id)
    is_last = is_last_editor(membership, at=at)
    context = {
        **about_team(organisation, request.LANGUAGE_CODE),
        "member": member_line(membership, actor, is_last),
        "form": form,
        "refusal": refusal,
        "may_end": not is_last or rules.may_leave_team_without_editor(actor),
    }
    return render(request, "network/member.html", context, status=_status(form, refusal))


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def member_end(request: HttpRequest, public_id: str, member_id: str) -> HttpResponse:
    """End the membership of somebody, after one more question."""
    actor = actor_of(request)
    organisation = get_team_for(actor, public_id, MANAGE)
    membership = get_membership(organisation, member_id, at=clock.now())
    return _end(request, membership)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def leave(request: HttpRequest, public_id: str) -> HttpResponse:
    """Leave a team oneself, after one more question."""
    actor = actor_of(request)
    organisation = get_team_for(actor, public_id, LEAVE)
    own_id = cast(User, actor.user).public_id
    return _end(request, get_membership(organisation, own_id, at=clock.now()))


def _end(request: HttpRequest, membership: Membership) -> HttpResponse:
    actor, at = actor_of(request), clock.now()
    organisation, user = membership.organisation, membership.user
    is_own = user == actor.user
    refusal = ""
    if request.method == "POST":
        try:
            services.end_membership(membership, actor=actor, at=at)
        except NotAllowed as error:
            refusal = error.rule
        else:
            if is_own:
                messages.success(request, gettext("You have left the team."))
            else:
                said = gettext("%(name)s is no longer in the team.")
                messages.success(request, said % {"name": user.name})
            if is_own and not rules.is_secretariat(actor):
                return redirect("knowledge:organisation", organisation.public_id)
            return redirect("network:team", organisation.public_id)
    is_last = is_last_editor(membership, at=at)
    context = {
        **about_team(organisation, request.LANGUAGE_CODE),
        "member": member_line(membership, actor, is_last),
        "may_manage": rules.may_manage_team(actor, organisation),
        "may_end": not is_last or rules.may_leave_team_without_editor(actor),
        "refusal": refusal,
    }
    return render(request, "network/member_end.html", context, status=403 if refusal else 200)


def _status(form: RoleForm, refusal: str) -> int:
    if refusal:
        return 403
    return 422 if form.errors else 200
