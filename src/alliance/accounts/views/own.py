"""A person's own page, extended rights, and the first account."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.utils import perform_login
from allauth.account.views import logout
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from alliance.accounts import selectors, services
from alliance.accounts.enums import LinkPurpose
from alliance.accounts.forms import ElevationForm, FirstAccountForm, ProfileForm
from alliance.accounts.models import User
from alliance.core import clock, rooms
from alliance.core.audit import Actor
from alliance.core.errors import NotAllowed

_GET_AND_POST = require_http_methods(["GET", "HEAD", "POST"])


@_GET_AND_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out and clear the device."""
    response = cast(HttpResponse, logout(request))
    if request.method == "POST":
        forget_here(request, response)
    return response


def forget_here(request: HttpRequest, response: HttpResponse) -> None:
    """Let apps with a module `signed_out` delete their data in the browser."""
    for room in rooms.modules("signed_out"):
        room.forget(request, response)


@_GET_AND_POST
@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The account of the signed-in person, and the ways to change it."""
    user, at = cast(User, request.user), clock.now()
    form = ProfileForm(request.POST or None, initial={"name": user.name, "language": user.language})
    if form.is_valid():
        actor = selectors.actor_from_account(user, at=at)
        with form.showing_errors():
            services.save_profile(actor=actor, user=user, at=at, **form.cleaned_data)
            messages.success(request, _("Saved."))
            with translation.override(user.language):
                return redirect("accounts:home")
        user.refresh_from_db()
    return render(
        request, "accounts/home.html", {"own": selectors.own_page(user, at=at), "form": form}
    )


@_GET_AND_POST
@never_cache
@login_required
def elevation(request: HttpRequest) -> HttpResponse:
    """Take extended rights, with a reason, after reauthentication."""
    user, at = cast(User, request.user), clock.now()
    actor = selectors.actor_from_account(user, at=at)
    context: dict[str, Any] = {
        "own": selectors.own_page(user, at=at),
        # A person with single sign-on only cannot reauthenticate here.
        "can_prove": bool(get_adapter().get_reauthentication_methods(user)),
    }
    if not context["own"]["may_elevate"] or not context["can_prove"]:
        return render(request, "accounts/elevation.html", context, status=403)
    return _elevate(request, actor=actor, context=context)


@reauthentication_required
def _elevate(request: HttpRequest, *, actor: Actor, context: dict[str, Any]) -> HttpResponse:
    form = ElevationForm(request.POST or None)
    if form.is_valid():
        with form.showing_errors():
            services.elevate(actor=actor, reason=form.cleaned_data["reason"], at=clock.now())
            messages.success(request, _("You have extended rights for 30 minutes."))
            return redirect("accounts:home")
    return render(request, "accounts/elevation.html", {**context, "form": form})


@require_POST
@login_required
def end_elevation(request: HttpRequest) -> HttpResponse:
    """End extended rights."""
    at = clock.now()
    actor = selectors.actor_from_account(cast(User, request.user), at=at)
    if services.end_elevation(actor=actor, at=at):
        messages.success(request, _("Your extended rights have ended."))
    return redirect("accounts:home")


@_GET_AND_POST
@never_cache
@sensitive_post_parameters("password1")
def first(request: HttpRequest, secret: str) -> HttpResponse:
    """Create the first account, through the link that was printed on the server."""
    at = clock.now()
    form = FirstAccountForm(request.POST or None)
    try:
        if selectors.has_secretariat(at):
            raise NotAllowed("")
        services.peek_link(purpose=LinkPurpose.FIRST_ACCOUNT, secret=secret, at=at)
        if form.is_valid():
            values = {
                "password" if name == "password1" else name: value
                for name, value in form.cleaned_data.items()
            }
            with form.showing_errors():
                user = services.make_first_account(secret=secret, at=at, **values)
                message = _("This is your account. The overview shows what to do first.")
                messages.success(request, message)
                with translation.override(user.language):
                    desk = reverse("knowledge:desk")
                return cast(
                    HttpResponse,
                    perform_login(request, user, email_verification="none", redirect_url=desk),
                )
    except NotAllowed:
        return _refuse_first(request, "secretariat", 410)
    except services.LinkRefused as refusal:
        return _refuse_first(request, refusal.reason, 404 if refusal.reason == "unknown" else 410)
    return render(request, "accounts/first.html", {"form": form, "action": request.path})


def _refuse_first(request: HttpRequest, reason: str, status: int) -> HttpResponse:
    context = {"reason": reason, "sign_in": reverse("account_login")}
    return render(request, "accounts/first_refused.html", context, status=status)
