"""The pages on which a team writes its cases: what they have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from alliance.core.errors import NotFound
from alliance.knowledge.forms.steps import FORMS, typed
from alliance.knowledge.models import Draft
from alliance.knowledge.selectors.access import EDIT, READ_WRITING, get_draft_for
from alliance.knowledge.views import actor_of, missing_is_404

View = Callable[..., HttpResponse]


def for_writers(view: View) -> View:
    """A page for signed-in people, kept in no cache; what visitors send is shown back to them."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if actor_of(request).is_known:
            response = missing_is_404(view)(request, *args, **kwargs)
        elif request.method == "POST":
            response = kept(request, str(kwargs.get("step", "")), status=403)
        else:
            response = redirect_to_login(request.get_full_path())
        # The browser asks again before it shows the page, so nobody sees it after signing out.
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    return answer


def kept(request: HttpRequest, step: str, *, status: int, why: str = "") -> HttpResponse:
    """Nothing was saved; what was typed is shown to be copied."""
    sent = dict(request.POST.lists())
    context = {
        "signed_in": actor_of(request).is_known,
        "why": why,
        "typed": typed(step, sent) if step in FORMS else [],
    }
    return render(request, "knowledge/write/kept.html", context, status=status)


def draft_to_edit(request: HttpRequest, public_id: str) -> Draft | None:
    """The draft, where the reader may change it now; None where it can only be read.

    Raises NotFound where it is hidden or missing.
    """
    actor = actor_of(request)
    try:
        return get_draft_for(actor, public_id, EDIT)
    except NotFound:
        get_draft_for(actor, public_id, READ_WRITING)
        return None
