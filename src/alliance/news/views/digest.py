"""The pages of the weekly digest: its settings, and unsubscribing by a link."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.accounts.models import DigestSubscription, User
from alliance.cases.views import actor_of
from alliance.core import clock
from alliance.core.errors import InvalidData
from alliance.network.access import actor_for
from alliance.network.views import for_people, from_letter
from alliance.news.digest import person_of
from alliance.news.services import start_digest, stop_digest


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def digest(request: HttpRequest) -> HttpResponse:
    """Whether a person gets the digest, and in which language; the form changes it."""
    actor = actor_of(request)
    user = cast(User, actor.user)
    present = DigestSubscription.objects.filter(user=user).first()
    language = present.language if present else user.language
    fault = ""
    if request.method == "POST":
        language = request.POST.get("language", "")
        try:
            if request.POST.get("on") == "yes":
                start_digest(user, language=language, actor=actor, at=clock.now())
                messages.success(request, _("You will receive the digest, starting on Monday."))
            else:
                stop_digest(user, actor=actor, at=clock.now())
                messages.success(request, _("The digest is off."))
        except InvalidData as error:
            fault = error.faults[0].rule
        else:
            return redirect("knowledge:digest")
    context = {
        "present": present,
        "language": language,
        "languages": settings.LANGUAGES,
        "fault": fault,
    }
    return render(request, "news/digest.html", context, status=422 if fault else 200)


@from_letter
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Turn the digest off, by the link in an email."""
    user, at = _person(token), clock.now()
    if request.method == "POST":
        stop_digest(user, actor=actor_for(user, at=at), at=at)
    is_on = DigestSubscription.objects.filter(user=user).exists()
    return render(request, "news/digest_stop.html", {"is_on": is_on})


def _person(token: str) -> User:
    public_id = person_of(token)
    user = User.objects.filter(public_id=public_id).first() if public_id else None
    if user is None:
        raise Http404("no digest goes by this link")
    return user
