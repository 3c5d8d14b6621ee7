"""The people of the network on the secretariat's dashboard, and their roles."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.accounts import rules
from alliance.accounts.enums import NetworkRole
from alliance.accounts.models import Grant, User
from alliance.accounts.services import end_role, give_role
from alliance.core import clock
from alliance.core.errors import NotFound
from alliance.desk.forms import EndRoleForm, GiveRoleForm
from alliance.desk.selectors.access import get_person_for, open_desk, open_roles
from alliance.desk.selectors.people import PeopleFilter, people_list, person_page
from alliance.knowledge.views import actor_of
from alliance.network.access import in_force
from alliance.network.views import for_people
from alliance.network.views.actions import PeopleActionView
from alliance.web.paging import page_number

#: The default duration of a role.
USUAL_TERM = dt.timedelta(days=365)


@require_safe
@for_people
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with teams and roles."""
    open_desk(actor_of(request))
    wanted = PeopleFilter(
        words=request.GET.get("q", "").strip(),
        organisation=request.GET.get("organisation", ""),
        role=request.GET.get("role", ""),
        sort=request.GET.get("sort", "organisation"),
    )
    context = people_list(
        wanted, number=page_number(request), language=request.LANGUAGE_CODE, at=clock.now()
    )
    return render(request, "desk/people.html", context)


class PersonPage(PeopleActionView):
    """A person; the form gives a role in the network."""

    form_class = GiveRoleForm
    template_name = "desk/person.html"
    object_page = ("", "knowledge:desk-person")

    def get_object(self, **ids: Any) -> User:
        if self.request.method == "POST":
            open_roles(self.actor)
        return get_person_for(self.actor, ids["public_id"])

    @cached_property
    def page(self) -> dict[str, Any]:
        """The context of the person's page."""
        return person_page(self.object, language=self.language, at=clock.now())

    def get_initial(self) -> dict[str, Any]:
        return {"last_day": clock.today() + USUAL_TERM}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"roles": self.page["free_roles"]}

    def execute(self, form: Any) -> Any:
        return give_role(
            user=self.object,
            role=form.cleaned_data["role"],
            reason=form.cleaned_data["reason"],
            expires_at=form.expires_at(),
            **self.by,
        )

    def get_success_message(self, made: Any) -> str:
        return _("%(name)s now has the role.") % {"name": self.object.name}

    def get_context_data(self) -> dict[str, Any]:
        return {**self.page, "may_give": rules.may_give_roles(self.actor)}


class EndRole(PeopleActionView):
    """Ends a role of a person, after confirmation."""

    form_class = EndRoleForm
    breadcrumb = _("End a role")
    lead = _(
        "The role ends immediately. What the person did in it is kept, and you can "
        "assign the role again."
    )
    submit_label = _("End role")
    list_page = (_("People"), "knowledge:desk-people")
    object_page = ("", "knowledge:desk-person")

    def get_object(self, **ids: Any) -> Grant:
        open_roles(self.actor)
        user = get_person_for(self.actor, ids["public_id"])
        held = user.grants.filter(in_force(clock.now()), role=ids["role"]).first()
        if held is None:
            raise NotFound("role", ids["role"])
        return held

    def execute(self, form: Any) -> Any:
        grant = self.object
        end_role(user=grant.user, role=grant.role, reason=form.cleaned_data["reason"], **self.by)
        return grant

    def get_success_message(self, made: Any) -> str:
        return _("%(name)s no longer has the role.") % {"name": self.object.user.name}

    def get_title(self) -> str:
        return str(self.object.user.name)

    def get_success_url(self, made: Any = None) -> str:
        # A person who ended her own role in the secretariat can no longer see the dashboard.
        if made and made.user == self.actor.user and made.role == NetworkRole.SECRETARIAT:
            return reverse("accounts:home")
        return super().get_success_url(made)

    def get_context_data(self) -> dict[str, Any]:
        words = {"role": self.object.get_role_display(), "name": self.object.user.name}
        return {"heading": _("End the role “%(role)s” for %(name)s?") % words}
