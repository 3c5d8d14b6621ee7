"""Shared devices: what was submitted without an account, and how to end that."""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.core import clock, throttle
from alliance.core.errors import InvalidData, NotFound
from alliance.core.ids import by_id
from alliance.network.views import for_people
from alliance.participation import signed_out
from alliance.participation.enums import ProcessState
from alliance.participation.models import Participant, Process
from alliance.participation.services import own, participants
from alliance.participation.views import for_residents

#: How many receipt codes one network address may try.
LOOKUP_LIMIT = throttle.Limit("receipt", most=20, window=own.dt.timedelta(hours=1))


def by_code(request: HttpRequest, code: str) -> Participant | None:
    """The participant with this receipt code; limited by network address. Raises Throttled."""
    throttle.take(LOOKUP_LIMIT, throttle.client_address(request), at=clock.now())
    rows = Participant.objects.select_related("process")
    return by_id(rows, own.plain_receipt(code), field="receipt")


def _next(request: HttpRequest) -> str:
    """The next page on this site; empty for none."""
    sent = request.POST if request.method == "POST" else request.GET
    address = sent.get("next", "")[:500]
    is_own = address.startswith("/") and url_has_allowed_host_and_scheme(address, None)
    return address if is_own else ""


@require_safe
@for_residents
def this_device(request: HttpRequest) -> HttpResponse:
    """What was submitted on this device without an account; a signed-in person decides what to do
    with it. `next`: the page to continue with."""
    rows = participants.guests_here(request)
    taking_part: set[int] = set()
    if request.user.is_authenticated:
        mine = Participant.objects.filter(user=request.user)
        taking_part = set(mine.values_list("process_id", flat=True))
    context = {
        "heading": _("Participation on this device"),
        "way": [(_("Take part"), reverse("participation:processes"))],
        "guests": [(row, own.data_of(row), row.process_id in taking_part) for row in rows],
        "next": _next(request),
    }
    return render(request, "participation/this_device.html", context)


@require_POST
@for_residents
def clear(request: HttpRequest) -> HttpResponse:
    """End all participation on this device without an account; without `stay` also sign out.
    Redirects to `next`, or to the page of `process`."""
    participants.end_guest(request)
    if not request.user.is_authenticated:
        request.session.flush()
    elif "stay" not in request.POST:
        get_adapter(request).logout(request)
    messages.success(request, _("This device has been cleared. What you sent is saved."))
    response = HttpResponseRedirect(_after_clearing(request))
    signed_out.forget(request, response)
    return response


def _after_clearing(request: HttpRequest) -> str:
    if address := _next(request):
        return address
    open_ones = Process.objects.exclude(state=ProcessState.DRAFT)
    process = by_id(open_ones, request.POST.get("process", ""))
    if process is None:
        return reverse("participation:processes")
    return reverse("participation:take-part", args=[process.public_id])


@require_POST
@for_people
@for_residents
def add(request: HttpRequest) -> HttpResponse:
    """Add participation without an account to the account: `participant`, from this device, or by
    its `receipt`."""
    participant: Participant | None
    if code := request.POST.get("receipt", ""):
        participant = by_code(request, code)
    else:
        asked = request.POST.get("participant", "")
        here = participants.guests_here(request)
        participant = next((candidate for candidate in here if candidate.public_id == asked), None)
    if participant is None:
        raise NotFound("participant", "of this browser")
    try:
        participants.add_to_account(request, participant)
    except InvalidData as error:
        messages.error(request, error.faults[0].rule)
    else:
        messages.success(request, _("Added to your account."))
    address = _next(request)
    if participants.guests_here(request):
        query = "?" + urlencode({"next": address}) if address else ""
        return redirect(reverse("participation:this-device") + query)
    mine = reverse("participation:mine", args=[participant.process.public_id])
    return HttpResponseRedirect(address or mine)
