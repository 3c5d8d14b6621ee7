"""The team of an organisation, and each member of it."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.accounts.models import User
from alliance.core import clock
from alliance.network import rules, services
from alliance.network.access import actor_of, in_force
from alliance.network.enums import TeamRole
from alliance.network.forms import RoleForm
from alliance.network.localise import local_name
from alliance.network.models import Membership, Organisation
from alliance.network.selectors.access import LEAVE, MANAGE, get_membership, get_team_for
from alliance.network.selectors.teams import members_of, open_invitations
from alliance.network.selectors.waiting import waiting_for_team
from alliance.network.services.memberships import is_last_editor
from alliance.network.views import for_people
from alliance.network.views.actions import PeopleActionView
from alliance.network.views.once import forget_shown, to_show
from alliance.web.actions import Step


def way_to(organisation: Organisation, language: str, *, with_team: bool = True) -> list[Step]:
    """The breadcrumbs above a page of a team."""
    public_id = organisation.public_id
    team = [(gettext("Team"), reverse("network:team", args=[public_id]))] if with_team else []
    return [
        (gettext("Organisations"), reverse("knowledge:organisations")),
        (local_name(organisation, language), reverse("knowledge:organisation", args=[public_id])),
        *team,
    ]


class TeamActionView(PeopleActionView):
    """Base of the actions of a team's editors. `object` belongs to it: a person, a token, …"""

    object_page = ("", "network:team")
    organisation: Organisation

    def get_object(self, *args: Any, **ids: Any) -> Any:
        public_id, *of_it = ids.values()
        self.organisation = get_team_for(self.actor, public_id, MANAGE)
        return type(self).getter(self.organisation, *of_it) if of_it else self.organisation

    @property
    def name(self) -> str:
        """The name of the organisation."""
        return local_name(self.organisation, self.language)

    def get_breadcrumbs(self) -> list[Step]:
        return way_to(self.organisation, self.language)


@require_safe
@for_people
def team(request: HttpRequest, public_id: str) -> HttpResponse:
    """The members of the team, and open invitations."""
    actor, at = actor_of(request), clock.now()
    organisation = get_team_for(actor, public_id, MANAGE)
    shown = to_show(request, cast(User, actor.user))
    context = {
        "organisation": organisation,
        "way": way_to(organisation, request.LANGUAGE_CODE, with_team=False),
        "members": members_of(organisation, at=at),
        "invitations": open_invitations(organisation, at=at),
        "n_tokens": organisation.api_tokens.filter(in_force(at)).count(),
        "is_member": organisation.public_id in actor.teams,
        "shown": shown,
        "waiting": waiting_for_team(organisation.public_id, at=at, language=request.LANGUAGE_CODE),
    }
    response = render(request, "network/team.html", context)
    forget_shown(response, request)
    return response


class MemberActionView(TeamActionView):
    """Base of the actions on a membership."""

    template_name = "network/member.html"

    def get_object(self, *args: Any, **ids: Any) -> Membership:
        self.organisation = get_team_for(self.actor, ids["public_id"], MANAGE)
        return get_membership(self.organisation, ids["member_id"], at=clock.now())

    @property
    def is_self(self) -> bool:
        """Whether it is one's own membership."""
        return bool(self.object.user == self.actor.user)

    def get_context_data(self) -> dict[str, Any]:
        is_last = is_last_editor(self.object, at=clock.now())
        return {
            "here": self.object.user.name,
            "heading": self.object.user.name,
            "is_last_editor": is_last,
            "may_end": not is_last or rules.may_leave_team_without_editor(self.actor),
        }


class Member(MemberActionView):
    """A member; the form changes the role."""

    form_class = RoleForm
    service = services.change_role
    submit_label = _("Save role")

    def get_initial(self) -> dict[str, Any]:
        return {"role": TeamRole.EDITOR if self.object.asked_editor_at else self.object.role}

    def get_context_data(self) -> dict[str, Any]:
        lead = gettext("Choose this person’s permissions in %(organisation)s.")
        return {**super().get_context_data(), "lead": lead % {"organisation": self.name}}

    def get_success_message(self, made: Any) -> str:
        return gettext("The role of %(name)s has been saved.") % {"name": self.object.user.name}

    def get_success_url(self, made: Any = None) -> str:
        """The team, or the organisation if the reader gave up the role of editor and cannot see the
        team."""
        is_editor = made is None or made.role == TeamRole.EDITOR
        is_gone = self.is_self and not is_editor and not rules.is_secretariat(self.actor)
        to = "knowledge:organisation" if is_gone else "network:team"
        return reverse(to, args=[self.organisation.public_id])


class MemberEnd(MemberActionView):
    """End a membership, after confirmation."""

    service = services.end_membership

    def get_context_data(self) -> dict[str, Any]:
        known = super().get_context_data()
        names = {"name": self.object.user.name, "organisation": self.name}
        if self.is_self:
            words = {
                "heading": gettext("Leave the team of %(organisation)s?") % names,
                "submit": gettext("Leave the team"),
                "lead": gettext(
                    "You will no longer be able to act for the organisation. Everything "
                    "you have written is kept. To come back, you need a new invitation."
                ),
            }
        else:
            words = {
                "heading": gettext("Remove %(name)s from the team of %(organisation)s?") % names,
                "submit": gettext("End membership"),
                "lead": gettext(
                    "This person will no longer be able to act for the organisation. "
                    "Everything they have written is kept."
                ),
            }
        return known | words | {"submit": words["submit"] if known["may_end"] else ""}

    def get_success_message(self, made: Any) -> str:
        if self.is_self:
            return gettext("You have left the team.")
        return gettext("%(name)s is no longer a member of the team.") % {
            "name": self.object.user.name
        }

    def get_breadcrumbs(self) -> list[Step]:
        """The pages of the team only for those who may see them."""
        return (
            super().get_breadcrumbs()
            if rules.may_manage_team(self.actor, self.organisation)
            else []
        )

    def get_success_url(self, made: Any = None) -> str:
        """The team, or the organisation if the reader left or may not see the team."""
        actor = self.actor
        sees = rules.may_manage_team(actor, self.organisation)
        if self.request.method == "POST" and self.is_self:
            sees = rules.is_secretariat(actor)
        to = "network:team" if sees else "knowledge:organisation"
        return reverse(to, args=[self.organisation.public_id])


class Leave(MemberEnd):
    """Leave a team, after confirmation."""

    def get_object(self, *args: Any, **ids: Any) -> Membership:
        self.organisation = get_team_for(self.actor, ids["public_id"], LEAVE)
        own_id = cast(User, self.actor.user).public_id
        return get_membership(self.organisation, own_id, at=clock.now())
