"""Pages of the secretariat's dashboard: tasks, outdated content, the balance of teams."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from alliance.cases.selectors.access import get_organisation_for
from alliance.cases.views import actor_of
from alliance.core import clock
from alliance.desk.selectors import desk as select
from alliance.desk.selectors.access import open_desk
from alliance.desk.selectors.balance import balance
from alliance.desk.selectors.desk import waiting
from alliance.desk.selectors.people import people_by_team
from alliance.desk.selectors.stale import stale, stale_cases
from alliance.network.views import for_people
from alliance.web.paging import page_number
from alliance.writing.selectors.fact_checks import teams_with_cases
from alliance.writing.services.fact_checks import ask_team
from alliance.writing.services.freshness import remind_team


@require_safe
@for_people
def desk(request: HttpRequest) -> HttpResponse:
    """The most urgent tasks, and figures of the network."""
    open_desk(actor_of(request))
    return render(request, "desk/desk.html", select.desk(at=clock.now()))


@require_safe
@for_people
def desk_tab(request: HttpRequest, tab: str) -> HttpResponse:
    """The tasks of a tab, and the pages below it."""
    open_desk(actor_of(request))
    page = select.desk(at=clock.now())
    for name in ("tasks", "installation"):
        page[name] = [task for task in page[name] if task.tab == tab]
    return render(request, f"desk/{tab}.html", page)


@require_safe
@for_people
def desk_waiting(request: HttpRequest) -> HttpResponse:
    """Drafts by state, the longest waiting first."""
    open_desk(actor_of(request))
    context = waiting(request.GET.get("state", ""), number=page_number(request), at=clock.now())
    return render(request, "desk/waiting.html", context)


@require_safe
@for_people
def desk_stale(request: HttpRequest) -> HttpResponse:
    """Teams with cases past their review date, and dead sources."""
    open_desk(actor_of(request))
    context = stale(number=page_number(request), language=request.LANGUAGE_CODE, at=clock.now())
    return render(request, "desk/stale.html", context)


@require_safe
@for_people
def desk_stale_cases(request: HttpRequest) -> HttpResponse:
    """The due cases of a team, or without a team."""
    open_desk(actor_of(request))
    context = stale_cases(request.GET.get("team", ""), number=page_number(request), at=clock.now())
    return render(request, "desk/stale_cases.html", context)


@require_safe
@for_people
def desk_facts(request: HttpRequest) -> HttpResponse:
    """Which cities have checked their cases, and the button that asks them."""
    open_desk(actor_of(request))
    teams = list(teams_with_cases())
    context = {
        "teams": teams,
        "n_cases": sum(row["n"] for row in teams),
        "n_checked": sum(row["n_checked"] for row in teams),
    }
    return render(request, "desk/facts.html", context)


@require_POST
@for_people
def desk_ask_facts(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask the editors of a city's team to check its cases."""
    actor = actor_of(request)
    open_desk(actor)
    team = get_organisation_for(actor, public_id)
    letters = ask_team(team, actor=actor, at=clock.now())
    if letters:
        message = ngettext("%(n)s email is on its way.", "%(n)s emails are on their way.", letters)
        messages.success(request, message % {"n": letters})
    else:
        messages.info(
            request,
            _(
                "No emails were sent: the team was asked today, has no editor, or has checked all "
                "its cases."
            ),
        )
    return redirect("knowledge:desk-facts")


@require_POST
@for_people
def desk_remind(request: HttpRequest, public_id: str) -> HttpResponse:
    """Reminds the editors of a team of its due cases."""
    actor = actor_of(request)
    open_desk(actor)
    team = get_organisation_for(actor, public_id)
    letters = remind_team(team, actor=actor, at=clock.now())
    if letters:
        message = ngettext("%(n)s email is on its way.", "%(n)s emails are on their way.", letters)
        messages.success(request, message % {"n": letters})
    else:
        messages.info(
            request,
            _(
                "No emails were sent: the team has already been reminded today, has no "
                "editor, or has nothing to check."
            ),
        )
    return redirect("knowledge:desk-stale")


@require_safe
@for_people
def desk_cities(request: HttpRequest) -> HttpResponse:
    """Who gave and took, and the people of each team."""
    open_desk(actor_of(request))
    language, at = request.LANGUAGE_CODE, clock.now()
    context = balance(
        sort=request.GET.get("sort", ""), number=page_number(request), language=language, at=at
    )
    return render(request, "desk/cities.html", {**context, **people_by_team(language, at)})
