"""Write budgets of people and tokens, counted before the work; excess requests are refused.

Pages are counted by the middleware, API operations once the actor is known.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.accounts.middleware import too_many
from alliance.core import budgets, clock
from alliance.core.audit import Actor
from alliance.core.budgets import OverBudget, Writer
from alliance.network.access import actor_of
from alliance.web.views import typed_texts

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def charge(
    request: HttpRequest, actor: Actor, *, token: str = "", files: int | None = None
) -> None:
    """Count a writing request, for its person or token and their teams. Raises OverBudget.

    `files`: the number of files, if known; else one for a multipart form.
    """
    if request.method in _SAFE or not (actor.user or token):
        return
    own = f"token:{token}" if token else f"person:{actor.user.pk}" if actor.user else ""
    teams = [Writer(f"team:{team}", is_team=True) for team in actor.teams]
    if files is None:
        files = int((request.content_type or "").startswith("multipart/"))
    try:
        size = max(0, int(request.META.get("CONTENT_LENGTH") or 0))
    except ValueError:
        size = 0
    budgets.charge([Writer(own), *teams], size=size, files=files, at=clock.now())


def sentence(error: OverBudget) -> str:
    """Which limit was reached, and when to try again."""
    minutes = math.ceil(error.retry_after / 60)
    wait = ngettext(
        "Wait %(minutes)s minute, then save again.",
        "Wait %(minutes)s minutes, then save again.",
        minutes,
    ) % {"minutes": minutes}
    message = {
        ("saves", False): _("You have reached the limit of %(most)s saves an hour."),
        ("size", False): _("You have reached the limit of %(most)s MB an hour."),
        ("files", False): _("You have reached the limit of %(most)s files an hour."),
        ("saves", True): _("Your team has reached the limit of %(most)s saves an hour."),
        ("size", True): _("Your team has reached the limit of %(most)s MB an hour."),
        ("files", True): _("Your team has reached the limit of %(most)s files an hour."),
    }[error.what, error.is_team]
    return f"{message % {'most': error.most}} {wait}"


class WritesWithinBudget:
    """Middleware that answers 429 if a signed-in person exceeds the write budget."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_page = not request.path_info.startswith("/api/")
        if request.method not in _SAFE and is_page and request.user.is_authenticated:
            files = sum(len(request.FILES.getlist(name)) for name in request.FILES)
            try:
                charge(request, actor_of(request), files=files)
            except OverBudget as error:
                is_saved: bool = request.typing.is_marked  # type: ignore[attr-defined]
                return too_many(
                    request,
                    error.retry_after,
                    reason=sentence(error),
                    is_saved=is_saved,
                    typed=() if is_saved else typed_texts(request),
                )
        return self.get_response(request)
