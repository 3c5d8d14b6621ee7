"""The people of the network on the secretariat's desk, and their roles."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.accounts import rules
from alliance.accounts.services import end_role, give_role
from alliance.core import clock
from alliance.core.errors import NotFound
from alliance.desk.forms import EndRoleForm, GiveRoleForm
from alliance.desk.selectors.access import get_person_for, open_desk, open_roles
from alliance.desk.selectors.people import PeopleFilter, people_list, person_page
from alliance.knowledge.views import actor_of
from alliance.network.access import in_force
from alliance.network.views import done, for_people, form_page, posted
from alliance.web.paging import page_number

#: How long a role lasts unless the secretariat says otherwise.
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
    found = people_list(
        wanted, number=page_number(request), language=request.LANGUAGE_CODE, at=clock.now()
    )
    return render(request, "desk/people.html", found)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def person(request: HttpRequest, person_id: str) -> HttpResponse:
    """One person; the form gives a role in the network."""
    actor, at = actor_of(request), clock.now()
    user = get_person_for(actor, person_id)
    if request.method == "POST":
        open_roles(actor)
    page = person_page(user, language=request.LANGUAGE_CODE, at=at)
    form = GiveRoleForm(
        posted(request),
        roles=page["free_roles"],
        initial={"last_day": at.date() + USUAL_TERM},
    )
    if form.is_valid():
        with form.showing_faults():
            give_role(
                actor=actor,
                user=user,
                role=form.cleaned_data["role"],
                reason=form.cleaned_data["reason"],
                expires_at=form.expires_at(),
                at=at,
            )
            said = _("%(name)s has the role now.") % {"name": user.name}
            return done(request, said, "knowledge:desk-person", person_id)
    return form_page(
        request, "desk/person.html", form, **page, may_give=rules.may_give_roles(actor)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def role_end(request: HttpRequest, person_id: str, role: str) -> HttpResponse:
    """End a role of somebody, after one more question."""
    actor, at = actor_of(request), clock.now()
    open_roles(actor)
    user = get_person_for(actor, person_id)
    held = user.grants.filter(in_force(at), role=role).first()
    if held is None:
        raise NotFound("role", role)
    form = EndRoleForm(posted(request))
    if form.is_valid():
        with form.showing_faults():
            end_role(actor=actor, user=user, role=role, reason=form.cleaned_data["reason"], at=at)
            said = _("%(name)s no longer has the role.") % {"name": user.name}
            # Who gave up the secretariat no longer sees the desk.
            if user == actor.user and role == "secretariat":
                return done(request, said, "accounts:home")
            return done(request, said, "knowledge:desk-person", person_id)
    return form_page(request, "desk/role_end.html", form, user=user, held=held)
