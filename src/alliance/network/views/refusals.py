"""The page for people who may see a record but not do what they tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from alliance.core import clock
from alliance.core.errors import NotAllowed
from alliance.network.access import actor_of
from alliance.network.selectors.ways_in import ways_in
from alliance.network.views import private

View = Callable[..., HttpResponse]


def refusal_is_403(view: View) -> View:
    """Decorate a view so that NotAllowed is a 403, with the rule in the language of the page."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotAllowed as error:
            return refused(request, error.rule, team=error.team)

    return answer


def refused(
    request: HttpRequest,
    rule: str,
    typed: Sequence[tuple[Any, str]] = (),
    *,
    status: int = 403,
    to: tuple[str, str] | None = None,
    team: Any = None,
) -> HttpResponse:
    """A page with the rule, and the rejected input `typed`: (label, text).

    `to`: address and label of the next page, by default the start page. `team`: the organisation
    whose editors have the permission.
    """
    asked = whom_to_ask(request, team=team) if status == 403 else ""
    context = {"rule": rule, "typed": typed, "to": to, "whom_to_ask": asked}
    return private(render(request, "network/refused.html", context, status=status))


def whom_to_ask(request: HttpRequest, *, team: Any = None) -> SafeString:
    """Who has the permission, and how a signed-in person gets it; `team` as in `refused`."""
    actor = actor_of(request)
    if actor.user is None:
        return SafeString("")
    context = {"team": team, "ways": ways_in(actor, at=clock.now())}
    return render_to_string("network/parts/whom_to_ask.html", context, request)
