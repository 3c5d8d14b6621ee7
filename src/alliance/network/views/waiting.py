"""The page "My work", and a person's choice of emails."""

from __future__ import annotations

from functools import partial
from typing import cast

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.accounts.letters import off_of
from alliance.accounts.models import User
from alliance.core import clock
from alliance.core.waiting import labels
from alliance.network.access import actor_for, actor_of
from alliance.network.enums import OrganisationKind
from alliance.network.localise import local_name
from alliance.network.selectors.waiting import items_for, kinds_of, lines, teams_of
from alliance.network.services import waiting_letters
from alliance.network.views import done, for_people, from_letter
from alliance.web.paging import page_number, page_of

TASKS_PER_PAGE = 25


@require_safe
@for_people
def my_work(request: HttpRequest) -> HttpResponse:
    """What waits for the reader, most urgent first, and news."""
    actor, at, language = actor_of(request), clock.now(), request.LANGUAGE_CODE
    teams = teams_of(actor)
    names = {team.public_id: local_name(team, language) for team in teams}
    in_words = partial(lines, at=at, language=language, teams=names)
    waiting_items = items_for(actor, at=at)
    n_tasks = sum(not item.is_news for item in waiting_items)
    number = page_number(request)
    page = page_of(Paginator(waiting_items[:n_tasks], TASKS_PER_PAGE), number)
    context = {
        "tasks": page,
        # Thousands may wait: only those of the page are put in words.
        "lines": in_words(page),
        "news": in_words(waiting_items[n_tasks:]) if number == 1 else (),
        "cities": [
            team.city
            for team in teams
            if team.city is not None and team.kind == OrganisationKind.MUNICIPALITY
        ],
        "n_late": sum(item.is_late(at) for item in waiting_items[:n_tasks]),
    }
    return render(request, "network/my_work.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def emails(request: HttpRequest) -> HttpResponse:
    """The kinds of emails that a person gets; the form changes them."""
    actor = actor_of(request)
    user = cast(User, actor.user)
    offered = kinds_of(actor)
    off = set(user.letters_off.values_list("kind", flat=True))
    if request.method == "POST":
        # Kinds that are not offered now keep their setting.
        off = (off & (labels().keys() - offered)) | (offered - set(request.POST.getlist("on")))
        waiting_letters.choose_letters(user, off, actor=actor, at=clock.now())
        return done(request, _("Saved."), "network:emails")
    kinds = [(kind, label, kind not in off) for kind, label in labels().items() if kind in offered]
    return render(request, "network/emails.html", {"kinds": kinds})


@from_letter
def emails_off(request: HttpRequest, token: str) -> HttpResponse:
    """Turn the emails of one kind off, by the link in an email."""
    (user, kind), at = _bearer(token), clock.now()
    if request.method == "POST":
        waiting_letters.stop_letters(user, kind, actor=actor_for(user, at=at), at=at)
    is_on = not user.letters_off.filter(kind=kind).exists()
    return render(request, "network/emails_off.html", {"is_on": is_on, "label": labels()[kind]})


def _bearer(token: str) -> tuple[User, str]:
    public_id, kind = off_of(token) or ("", "")
    user = User.objects.filter(public_id=public_id).first() if public_id else None
    if user is None or kind not in labels():
        raise Http404("no email goes by this link")
    return user, kind
