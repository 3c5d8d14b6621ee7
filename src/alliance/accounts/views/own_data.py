"""Pages on which people view, download and delete their data."""

from __future__ import annotations

import json
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from alliance.accounts import selectors
from alliance.accounts.models import User
from alliance.accounts.services import own_data
from alliance.accounts.views.own import forget_here
from alliance.core import clock
from alliance.core.errors import NotAllowed


@require_safe
@never_cache
@login_required
def my_data(request: HttpRequest) -> HttpResponse:
    """All data about the signed-in person."""
    collected = own_data.collect(cast(User, request.user))
    parts = [(name, value, _count(value)) for name, value in collected.items()]
    return render(request, "accounts/my_data.html", {"parts": parts})


def _count(value: Any) -> int:
    return len(value) if isinstance(value, list) else 1


@require_safe
@never_cache
@login_required
def download(request: HttpRequest) -> HttpResponse:
    """The same as a file."""
    text = json.dumps(own_data.collect(cast(User, request.user)), ensure_ascii=False, indent=1)
    return HttpResponse(
        text,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="my-data.json"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def delete(request: HttpRequest) -> HttpResponse:
    """Delete the account, after reauthentication."""
    if request.method == "POST" and request.POST.get("sure") != "yes":
        return render(request, "accounts/delete.html", {"fault": "not_sure"}, status=422)
    if request.method == "POST" and get_adapter().get_reauthentication_methods(request.user):
        return cast(HttpResponse, _delete_after_proof(request))
    if request.method == "POST":
        return _delete(request)
    return render(request, "accounts/delete.html")


@reauthentication_required
def _delete_after_proof(request: HttpRequest) -> HttpResponse:
    return _delete(request)


def _delete(request: HttpRequest) -> HttpResponse:
    user, at = cast(User, request.user), clock.now()
    try:
        left = own_data.erase(user, actor=selectors.actor_from_account(user, at=at), at=at)
    except NotAllowed:
        return render(request, "accounts/delete.html", {"fault": "last"}, status=403)
    logout(request)
    response = render(request, "accounts/deleted.html", {"left": left})
    forget_here(request, response)
    return response
