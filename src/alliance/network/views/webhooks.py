"""The webhooks of a team: addresses of other systems that are told what happens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from alliance.core import clock
from alliance.network.access import actor_of
from alliance.network.forms import WebhookForm
from alliance.network.selectors.access import MANAGE, get_team_for, get_webhook
from alliance.network.selectors.teams import about_team
from alliance.network.selectors.webhooks import webhook_lines
from alliance.network.services import webhooks as services
from alliance.network.views import done, for_people, form_page, posted


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def webhooks(request: HttpRequest, public_id: str) -> HttpResponse:
    """The webhooks of a team with what became of the last deliveries; a POST makes one."""
    actor = actor_of(request)
    organisation = get_team_for(actor, public_id, MANAGE)
    form = WebhookForm(posted(request))
    if form.is_valid():
        with form.showing_faults():
            services.make_webhook(organisation, **form.cleaned_data, actor=actor, at=clock.now())
            said = gettext("The address is told from now on.")
            return done(request, said, "network:webhooks", public_id)
    return form_page(
        request,
        "network/webhooks.html",
        form,
        lines=webhook_lines(organisation),
        **about_team(organisation, request.LANGUAGE_CODE),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def webhook_end(request: HttpRequest, public_id: str, webhook_id: str) -> HttpResponse:
    """End a webhook, after one more question."""
    actor = actor_of(request)
    organisation = get_team_for(actor, public_id, MANAGE)
    webhook = get_webhook(organisation, webhook_id)
    if request.method == "POST":
        services.end_webhook(webhook, actor=actor, at=clock.now())
        said = gettext("The address is told nothing more.")
        return done(request, said, "network:webhooks", public_id)
    context = {
        **about_team(organisation, request.LANGUAGE_CODE),
        "webhook": webhook,
    }
    return render(request, "network/webhook_end.html", context)
