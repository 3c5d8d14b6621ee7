"""The webhooks of a team: addresses of other systems that are notified of events."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.network.forms import WebhookForm
from alliance.network.selectors.access import get_webhook
from alliance.network.services import webhooks as services
from alliance.network.views.team import TeamActionView


class Webhooks(TeamActionView):
    """The webhooks of a team with their last deliveries; a POST creates one."""

    template_name = "network/webhooks.html"
    form_class = WebhookForm
    service = services.make_webhook
    object_page = ("", "network:webhooks")
    breadcrumb = _("Webhooks")
    lead = _(
        "Within a minute, we notify your team’s own systems at these web addresses. "
        "Notifications contain no personal data and no text, only a link to more "
        "information."
    )
    submit_label = _("Start notifications")
    success_message = _("We will now notify this address.")

    def get_context_data(self) -> dict[str, Any]:
        heading = gettext("Webhooks for %(name)s") % {"name": self.name}
        return {"heading": heading, "webhooks": self.organisation.webhooks.filter(ended_at=None)}


class WebhookEnd(TeamActionView):
    """End a webhook, after confirmation."""

    template_name = "network/webhook_end.html"
    getter = get_webhook
    service = services.end_webhook
    object_page = ("", "network:webhooks")
    heading = _("Remove this webhook?")
    breadcrumb = _("Remove webhook")
    lead = _("We will stop notifying this address. Notifications not yet delivered are dropped.")
    submit_label = _("Remove webhook")
    success_message = _("We no longer notify this address.")
