"""The API tokens of a team."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.accounts.models import User
from alliance.core import clock
from alliance.network import services
from alliance.network.access import actor_of
from alliance.network.forms import TokenForm
from alliance.network.selectors.access import MANAGE, get_team_for, get_token
from alliance.network.selectors.teams import tokens_ended, tokens_in_force
from alliance.network.services.tokens import new_token_secret
from alliance.network.views import for_people
from alliance.network.views.once import TicketActionView, forget_shown, show_on_next_page, to_show
from alliance.network.views.team import TeamActionView, way_to


@require_safe
@for_people
def tokens(request: HttpRequest, public_id: str) -> HttpResponse:
    """The tokens of a team: scopes, expiry, and last use."""
    actor, at = actor_of(request), clock.now()
    organisation = get_team_for(actor, public_id, MANAGE)
    context = {
        "organisation": organisation,
        "way": way_to(organisation, request.LANGUAGE_CODE),
        "tokens": tokens_in_force(organisation, at=at),
        "ended": tokens_ended(organisation, at=at),
        "shown": to_show(request, cast(User, actor.user)),
    }
    response = render(request, "network/tokens.html", context)
    forget_shown(response, request)
    return response


class TokenNew(TicketActionView, TeamActionView):
    """Create a token; its secret is shown once, on the page of the tokens."""

    form_class = TokenForm
    object_page = ("", "network:tokens")
    breadcrumb = _("Create a token")
    lead = _(
        "Anyone with the token can act for the team within its permissions. Keep it "
        "secret, like a password."
    )
    submit_label = _("Create token")
    purpose = "token"
    new_secret = staticmethod(new_token_secret)

    def execute(self, form: TokenForm) -> services.MadeToken:
        return services.make_token(
            self.organisation,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_at=form.end_of_last_day(),
            secret=self.ticket_secret(form),
            **self.by,
        )

    def get_success_response(self, made: services.MadeToken) -> HttpResponse:
        response = redirect(self.get_success_url())
        show_on_next_page(
            response, self.user, response.url, name=made.token.name, secret=made.secret
        )
        return response

    def get_context_data(self) -> dict[str, Any]:
        heading = gettext("Create an API token for %(organisation)s") % {"organisation": self.name}
        return {"heading": heading}


class TokenRevoke(TeamActionView):
    """Revoke a token, after confirmation."""

    template_name = "network/token_revoke.html"
    getter = get_token
    service = services.revoke_token
    object_page = ("", "network:tokens")
    breadcrumb = _("Revoke token")
    lead = _(
        "Programs that use it lose access immediately. You cannot undo this, but you can "
        "create a new token."
    )
    submit_label = _("Revoke token")

    def get_context_data(self) -> dict[str, Any]:
        return {"heading": gettext("Revoke the token “%(name)s”?") % {"name": self.object.name}}

    def get_success_message(self, made: Any) -> str:
        return gettext("The token “%(name)s” has been revoked.") % {"name": self.object.name}
