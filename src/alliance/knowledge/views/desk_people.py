"""The people of the network on the secretariat's desk, and their roles."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.accounts import rules
from alliance.accounts.services import end_role, give_role
from alliance.core import clock
from alliance.core.errors import InvalidData, NotFound
from alliance.knowledge.forms.desk import EndRoleForm, GiveRoleForm
from alliance.knowledge.selectors.desk_doors import get_person_for, open_desk, open_roles
from alliance.knowledge.selectors.desk_people import PeopleFilter, people_list, person_page
from alliance.knowledge.views import actor_of
from alliance.knowledge.views.paging import page_number
from alliance.network.views import for_people, posted

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
    return render(request, "knowledge/desk/people.html", {"found": found})


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
        roles=list(page.free_roles),
        initial={"last_day": at.date() + USUAL_TERM},
    )
    if form.is_valid():
        try:
            give_role(
                actor=actor,
                user=user,
                role=form.cleaned_data["role"],
                reason=form.cleaned_data["reason"],
                expires_at=form.expires_at(),
                at=at,
            )
        except InvalidData as error:
            form.take(error)
        else:
            messages.success(request, _("%(name)s has the role now.") % {"name": user.name})
            return redirect("knowledge:desk-person", person_id)
    context = {"page": page, "form": form, "may_give": rules.may_give_roles(actor)}
    status = 422 if form.errors else 200
    return render(request, "knowledge/desk/person.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def role_end(request: HttpRequest, person_id: str, role: str) -> HttpResponse:
    """End a role of somebody, after one more question."""
    actor, at = actor_of(request), clock.now()
    open_roles(actor)
    user = get_person_for(actor, person_id)
    page = person_page(user, language=request.LANGUAGE_CODE, at=at)
    held = next((one for one in page.line.roles if one.role == role), None)
    if held is None:
        raise NotFound("role", role)
    form = EndRoleForm(posted(request))
    if form.is_valid():
        try:
            end_role(actor=actor, user=user, role=role, reason=form.cleaned_data["reason"], at=at)
        except InvalidData as error:
            form.take(error)
        else:
            said = _("%(name)s no longer has the role.") % {"name": user.name}
            messages.success(request, said)
            # Who gave up the secretariat no longer sees the desk.
            if user == actor.user and role == "secretariat":
                return redirect("accounts:home")
            return redirect("knowledge:desk-person", person_id)
    context = {"page": page, "held": held, "form": form}
    status = 422 if form.errors else 200
    return render(request, "knowledge/desk/role_end.html", context, status=status)
