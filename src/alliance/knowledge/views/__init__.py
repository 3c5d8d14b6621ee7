"""The pages of the knowledge base: parse, go through a door, select, render."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse

from alliance.core.errors import NotFound

if TYPE_CHECKING:
    from alliance.accounts.models import User


def missing_is_404(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a closed door answer 404, in the same words for hidden and missing."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotFound as closed:
            raise Http404(str(closed)) from closed

    return answer


def actor_of(request: HttpRequest) -> User | None:
    """The signed-in person of a request, None for a visitor."""
    return request.user if request.user.is_authenticated else None
