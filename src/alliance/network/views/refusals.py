"""What people are told who may see a record but not do what they asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from alliance.core.errors import NotAllowed
from alliance.network.views import private

View = Callable[..., HttpResponse]


def refusal_is_403(view: View) -> View:
    """Let what a rule forbids answer 403, with the rule in the language of the page."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotAllowed as error:
            return refused(request, error.rule)

    return answer


def refused(
    request: HttpRequest,
    rule: str,
    typed: Sequence[tuple[Any, str]] = (),
    *,
    status: int = 403,
    to: tuple[str, str] | None = None,
) -> HttpResponse:
    """A page that tells the rule, and gives back what was `typed`: (label, text).

    `to`: address and label of the page to go on to, the start page where it is left out.
    """
    context = {"rule": rule, "typed": typed, "to": to}
    return private(render(request, "network/refused.html", context, status=status))
