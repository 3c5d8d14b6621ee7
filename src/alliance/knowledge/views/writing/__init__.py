"""The pages on which a team writes its cases: what they have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.core.errors import NotFound
from alliance.knowledge.forms.steps import FORMS, typed
from alliance.knowledge.models import Draft
from alliance.knowledge.selectors.writing_access import EDIT, READ_WRITING, get_draft_for
from alliance.knowledge.views import actor_of, missing_is_404
from alliance.network.views.refusals import refused

View = Callable[..., HttpResponse]


def for_writers(view: View) -> View:
    """A page for signed-in people, kept in no cache; what visitors send is shown back to them."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if actor_of(request).is_known:
            response = missing_is_404(view)(request, *args, **kwargs)
        elif request.method == "POST":
            response = not_saved(request, str(kwargs.get("step", "")), status=403)
        else:
            response = redirect_to_login(request.get_full_path())
        # The browser asks again before it shows the page, so nobody sees it after signing out.
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    return answer


def not_saved(request: HttpRequest, step: str, *, status: int, why: str = "") -> HttpResponse:
    """Nothing was saved; what was typed is shown to be copied."""
    label, to = _("Go to your drafts"), reverse("knowledge:write")
    if not actor_of(request).is_known:
        rule = _("You are no longer signed in. Nothing was saved or published.")
        label, to = _("Sign in"), redirect_to_login(request.path).url
    elif why == "closed":
        rule = _(
            "You can no longer edit this draft: it has been submitted, abandoned or "
            "published, or you are no longer an editor on the team. Nothing was saved or "
            "published."
        )
    else:
        rule = _(
            "You do not have access to this draft. You may no longer be on the team. "
            "Nothing was saved or published."
        )
    own = typed(step, dict(request.POST.lists())) if step in FORMS else ()
    return refused(request, rule, own, status=status, to=(to, label))


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
