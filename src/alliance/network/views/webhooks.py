"""The webhooks of a team: addresses of other systems that are told what happens."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from alliance.core import clock
from alliance.core.errors import InvalidData
from alliance.network.access import actor_of
from alliance.network.forms import WebhookForm
from alliance.network.selectors.doors import MANAGE, get_team_for, get_webhook
from alliance.network.selectors.teams import name_in
from alliance.network.selectors.webhooks import webhook_lines
from alliance.network.services import webhooks as services
from alliance.network.views import for_people, posted


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def webhooks(request: HttpRequest, public_id: str) -> HttpResponse:
    """The webhooks of a team with what became of the last deliveries; a POST makes one."""
    actor = actor_of(request)
    organisation = get_team_for(actor, public_id, MANAGE)
    form = WebhookForm(posted(request))
    if form.is_valid():
        try:
            services.make_webhook(
                organisation,
                url=form.cleaned_data["url"],
                events=form.cleaned_data["events"],
                actor=actor,
                at=clock.now(),
            )
        except (InvalidData, ValidationError) as error:
            form.take(error)
        else:
            messages.success(request, gettext("The address is told from now on."))
            return redirect("network:webhooks", public_id)
    context = {
        "public_id": public_id,
        "organisation_name": name_in(organisation, request.LANGUAGE_CODE),
        "lines": webhook_lines(organisation),
        "form": form,
    }
    return render(request, "network/webhooks.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def webhook_end(request: HttpRequest, public_id: str, webhook_id: str) -> HttpResponse:
    """End a webhook, after one more question."""
    actor = actor_of(request)
    organisation = get_team_for(actor, public_id, MANAGE)
    webhook = get_webhook(organisation, webhook_id)
    if request.method == "POST":
        services.end_webhook(webhook, actor=actor, at=clock.now())
        messages.success(request, gettext("The address is told nothing more."))
        return redirect("network:webhooks", public_id)
    context = {
        "public_id": public_id,
        "organisation_name": name_in(organisation, request.LANGUAGE_CODE),
        "webhook": webhook,
    }
    return render(request, "network/webhook_end.html", context)
