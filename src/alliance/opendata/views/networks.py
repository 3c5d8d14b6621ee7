"""The secretariat's pages of other networks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core.errors import NotFound
from alliance.core.forms import ServiceForm
from alliance.core.tasks import enqueue_once
from alliance.network.access import actor_of
from alliance.network.rules import is_secretariat
from alliance.network.views import for_people
from alliance.network.views.actions import PeopleActionView, PeoplePostView
from alliance.opendata import subscriptions
from alliance.opendata.archive.signing import public_key
from alliance.opendata.models import (
    RecordState,
    Subscription,
    SubscriptionState,
    in_fours,
)
from alliance.opendata.upstream_records import KINDS

_STEP = (_("Overview"), "knowledge:desk")
_LIST = (_("Other networks"), "knowledge:desk-networks")
#: Maximum number of waiting records in the list.
MOST = 100


class AddressForm(ServiceForm):
    """The address of another network."""

    address = forms.CharField(
        label=_("Web address of the other network"),
        max_length=300,
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        help_text=_("The start of its web address, for example https://cities.example"),
    )


class Networks(PeopleActionView):
    """The networks that we subscribe to; a POST previews another one."""

    form_class = AddressForm
    template_name = "opendata/networks.html"
    heading = _LIST[0]
    lead = _(
        "Show another network’s published content here, under its name. Its corrections "
        "and withdrawals apply here too."
    )
    submit_label = _("Preview content")
    object_page = ("", "knowledge:desk-network")

    def get_object(self, **ids: Any) -> None:
        """None, because the page is about all networks. Raises NotFound unless the actor is of the
        secretariat."""
        if not is_secretariat(self.actor):
            raise NotFound("page", "desk/networks")

    def execute(self, form: Any) -> Subscription:
        return subscriptions.subscribe(**form.as_kwargs(), **self.by)

    def get_breadcrumbs(self) -> list[Any]:
        return [(_STEP[0], reverse(_STEP[1]))]

    def get_success_url(self, made: Any = None) -> str:
        return super().get_success_url(made) if made is not None else reverse(_LIST[1])

    def get_context_data(self) -> dict[str, Any]:
        shown = Subscription.objects.exclude(state=SubscriptionState.ENDED)
        return {"networks": shown, "key": in_fours(public_key())}


@require_safe
@for_people
def network(request: HttpRequest, public_id: str) -> HttpResponse:
    """The records from a network: imported, waiting for a decision, or refused with the reason."""
    subscription = subscriptions.get_subscription_for(actor_of(request), public_id)
    # A preview, until the key of the network is confirmed.
    states = (
        subscription.preview["counts"]
        if subscription.state == SubscriptionState.NEW
        else subscription.state_counts()
    )
    waiting = subscription.records.filter(state__in=(RecordState.CONFLICT, RecordState.HELD))
    records: list[Any] = list(waiting.order_by("state", "title", "public_id")[:MOST])
    for row in records:
        row.of = KINDS.get(row.kind)
    return render(
        request,
        "opendata/network.html",
        {
            "subscription": subscription,
            "counts": [(state.label, states[state]) for state in RecordState if state in states],
            "conflicts": [row for row in records if row.state == RecordState.CONFLICT],
            "held": [row for row in records if row.state == RecordState.HELD],
            "n_more": waiting.count() - len(records),
            "way": [(_STEP[0], reverse(_STEP[1])), (_LIST[0], reverse(_LIST[1]))],
        },
    )


class _PostView(PeoplePostView):
    object_page = ("", "knowledge:desk-network")

    def get_object(self, public_id: str, **ids: Any) -> Subscription:
        return subscriptions.get_subscription_for(self.actor, public_id)


_VERBS = {
    "confirm": (
        subscriptions.confirm,
        _("We now follow this network. Its content will appear soon."),
    ),
    "pause": (subscriptions.pause, _("Paused. Content already received is kept.")),
    "resume": (subscriptions.resume, _("We are following this network again.")),
    "end": (subscriptions.end, _("The subscription has ended. Its content has been withdrawn.")),
}


class NetworkPostView(_PostView):
    """Confirm the key of a network, pause, resume or end a subscription."""

    def get_object(self, public_id: str, **ids: Any) -> Subscription:
        if ids["verb"] not in _VERBS:
            raise NotFound("page", ids["verb"])
        return super().get_object(public_id)

    @property
    def confirmation(self) -> Any:  # type: ignore[override]
        """Only ending needs a confirmation, because it cannot be undone."""
        return _("End this subscription?") if self.kwargs["verb"] == "end" else ""

    consequence = _("All content from this network will be withdrawn here.")

    def execute(self, form: Any) -> None:
        _VERBS[self.kwargs["verb"]][0](self.object, **self.by)
        if self.object.state == SubscriptionState.ACTIVE:
            enqueue_once("alliance.opendata.tasks.fetch_networks", "fetch-networks")

    def get_success_message(self, made: Any) -> str:
        return str(_VERBS[self.kwargs["verb"]][1])


class ChoiceForm(ServiceForm):
    """The choice between two versions of a record."""

    kind = forms.CharField(max_length=10)
    theirs = forms.TypedChoiceField(
        choices=(("yes", ""), ("no", "")), coerce=lambda value: value == "yes"
    )


class RecordPostView(_PostView):
    """Choose between our version of a record and theirs."""

    form_class = ChoiceForm
    success_message = _("Your choice has been saved.")

    def execute(self, form: Any) -> None:
        subscriptions.choose(self.object, self.kwargs["record"], **form.as_kwargs(), **self.by)
