"""The tokens of a team for the write API."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from alliance.accounts.models import User
from alliance.core import clock
from alliance.network import services
from alliance.network.access import actor_of
from alliance.network.forms import TokenForm
from alliance.network.selectors.access import MANAGE, get_team_for, get_token
from alliance.network.selectors.teams import about_team, token_line, tokens_page
from alliance.network.services.tokens import new_token_secret
from alliance.network.views import done, for_people, form_page, posted
from alliance.network.views.once import (
    forget_shown,
    new_ticket,
    show_on_next_page,
    ticket_secret,
    to_show,
)


@require_safe
@for_people
def tokens(request: HttpRequest, public_id: str) -> HttpResponse:
    """The tokens of a team: what for, until when, and when last used."""
    actor = actor_of(request)
    organisation = get_team_for(actor, public_id, MANAGE)
    page = tokens_page(organisation, language=request.LANGUAGE_CODE, at=clock.now())
    shown = to_show(request, cast(User, actor.user))
    response = render(request, "network/tokens.html", {"page": page, "shown": shown})
    forget_shown(response, request)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def token_new(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make a token; its secret is shown once, on the page of the tokens."""
    actor, at = actor_of(request), clock.now()
    organisation = get_team_for(actor, public_id, MANAGE)
    user = cast(User, actor.user)
    purpose = f"token:{public_id}"
    form = TokenForm(posted(request))
    if form.is_valid() and (secret := ticket_secret(form, user, purpose)):
        with form.showing_faults():
            made = services.make_token(
                organisation,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                expires_at=form.end_of_last_day(),
                actor=actor,
                at=at,
                secret=secret,
            )
            response = redirect("network:tokens", public_id)
            show_on_next_page(
                response, user, response.url, name=made.token.name, secret=made.secret
            )
            return response
    return form_page(
        request,
        "network/token_new.html",
        form,
        ticket=new_ticket(user, purpose, new_token_secret()),
        **about_team(organisation, request.LANGUAGE_CODE),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def token_revoke(request: HttpRequest, public_id: str, token_id: str) -> HttpResponse:
    """End a token for good, after one more question."""
    actor = actor_of(request)
    organisation = get_team_for(actor, public_id, MANAGE)
    token = get_token(organisation, token_id)
    if request.method == "POST":
        services.revoke_token(token, actor=actor, at=clock.now())
        said = gettext("The token “%(name)s” is revoked.")
        return done(request, said % {"name": token.name}, "network:tokens", public_id)
    context = {
        **about_team(organisation, request.LANGUAGE_CODE),
        "token": token_line(token),
    }
    return render(request, "network/token_revoke.html", context)
