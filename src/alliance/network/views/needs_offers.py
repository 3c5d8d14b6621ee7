"""The boards of needs and offers, and the page of each."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.core import clock
from alliance.core.errors import InvalidData
from alliance.network.access import actor_of
from alliance.network.enums import NeedState, OfferKind, Priority, Theme, Topic
from alliance.network.localise import local_name
from alliance.network.models import Need, Offer, Organisation
from alliance.network.needs_offers_forms import NeedForm, OfferForm, StateForm
from alliance.network.needs_offers_rules import MOST_URGENT
from alliance.network.selectors.access import (
    get_city_team,
    get_need,
    get_need_to_change,
    get_offer,
    get_offer_to_change,
)
from alliance.network.selectors.needs_offers import Wanted, need_board, offer_board
from alliance.network.selectors.needs_offers_pages import need_page, offer_page
from alliance.network.services import needs_offers as services
from alliance.network.services.needs_offers import SDG_TARGET
from alliance.network.views import done, for_people, form_page, missing_is_404, posted
from alliance.network.views.refusals import refusal_is_403
from alliance.web.paging import page_number


def _wanted(request: HttpRequest) -> Wanted:
    """The filters of an address; a code that no list knows is left out."""

    def one_of(name: str, known: list[str], default: str = "") -> str:
        given = request.GET.get(name, default)
        return given if given in known else default

    return Wanted(
        topic=one_of("topic", Topic.values),
        theme=one_of("theme", Theme.values),
        sdg=given if SDG_TARGET.match(given := request.GET.get("sdg", "")) else "",
        city=request.GET.get("city", "")[:80],
        state=one_of("state", [*NeedState.values, ""], NeedState.OPEN.value),
        kind=one_of("kind", OfferKind.values),
    )


@require_safe
@missing_is_404
def needs(request: HttpRequest) -> HttpResponse:
    """What cities need, ranked by cities."""
    wanted = _wanted(request)
    board = need_board(
        actor_of(request), wanted, number=page_number(request), language=request.LANGUAGE_CODE
    )
    context = {
        "board": board,
        "wanted": wanted,
        "is_filtered": wanted != Wanted(),
        "topics": Topic.choices,
        "themes": Theme.choices,
        "states": NeedState.choices,
        "most_urgent": MOST_URGENT,
        "today": clock.today(),
    }
    return render(request, "network/needs.html", context)


@require_safe
@missing_is_404
def offers(request: HttpRequest) -> HttpResponse:
    """What cities can give."""
    wanted = _wanted(request)
    board = offer_board(
        actor_of(request),
        wanted,
        number=page_number(request),
        language=request.LANGUAGE_CODE,
        at=clock.now(),
    )
    context = {
        "board": board,
        "wanted": wanted,
        "is_filtered": wanted != Wanted(),
        "topics": Topic.choices,
        "themes": Theme.choices,
        "kinds": OfferKind.choices,
        "today": clock.today(),
    }
    return render(request, "network/offers.html", context)


@require_safe
@missing_is_404
def need(request: HttpRequest, public_id: str) -> HttpResponse:
    """One need: what it is, to which cities it matters, and who offers something for it."""
    page = need_page(
        get_need(public_id), actor_of(request), language=request.LANGUAGE_CODE, at=clock.now()
    )
    context = {
        "page": page,
        "priorities": sorted(Priority.choices, reverse=True),
        "most_urgent": MOST_URGENT,
        "today": clock.today(),
    }
    return render(request, "network/need.html", context)


@require_safe
@missing_is_404
def offer(request: HttpRequest, public_id: str) -> HttpResponse:
    """One offer, and the needs that it fits."""
    page = offer_page(
        get_offer(public_id), actor_of(request), language=request.LANGUAGE_CODE, at=clock.now()
    )
    return render(request, "network/offer.html", {"page": page, "today": clock.today()})


def _team(request: HttpRequest) -> Organisation:
    return get_city_team(actor_of(request), request.GET.get("team", ""))


def _revision(request: HttpRequest) -> int | None:
    """The revision that the form was opened at; None where it does not say."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _statement_page(
    request: HttpRequest,
    form: NeedForm | OfferForm,
    organisation: Organisation,
    *,
    here: str,
    changed: Need | Offer | None = None,
) -> HttpResponse:
    is_need = isinstance(form, NeedForm)
    return form_page(
        request,
        "network/statement_form.html",
        form,
        here=here,
        back=changed.public_id if changed else "",
        # What was typed belongs to the revision it was opened at, also when it is shown again.
        revision=_revision(request) or (changed.revision if changed else None),
        list="network:needs" if is_need else "network:offers",
        city=local_name(organisation.city, request.LANGUAGE_CODE),
        is_need=is_need,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def need_new(request: HttpRequest) -> HttpResponse:
    """State a need of the city of `team`."""
    organisation = _team(request)
    form = NeedForm(posted(request), initial={"language": request.LANGUAGE_CODE})
    if form.is_valid():
        with form.showing_faults():
            made = services.state_need(
                organisation, form.words(), actor=actor_of(request), at=clock.now()
            )
            return done(request, _("The need stands on the board."), "network:need", made.public_id)
    return _statement_page(request, form, organisation, here=_("State a need"))


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def need_change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say a need otherwise."""
    actor = actor_of(request)
    found = get_need_to_change(actor, public_id)
    form = NeedForm(posted(request), initial=NeedForm.initial_of(found))
    if form.is_valid():
        with form.showing_faults():
            services.change_need(
                found,
                form.words(),
                actor=actor,
                at=clock.now(),
                expected_revision=_revision(request),
            )
            return done(request, _("The need is saved."), "network:need", public_id)
    here = _("Change the need")
    return _statement_page(request, form, found.organisation, here=here, changed=found)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def need_state(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say what became of a need."""
    actor = actor_of(request)
    found = get_need_to_change(actor, public_id)
    form = StateForm(
        posted(request), initial={"state": _next_state(found), "outcome": found.outcome}
    )
    if form.is_valid():
        with form.showing_faults():
            services.set_need_state(found, **form.cleaned_data, actor=actor, at=clock.now())
            return done(request, _("What became of the need is saved."), "network:need", public_id)
    return form_page(request, "network/need_state.html", form, need=found)


def _next_state(found: Need) -> str:
    return NeedState.ANSWERED.value if found.state == NeedState.OPEN else found.state


@require_POST
@for_people
@refusal_is_403
def need_priority(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say how much a need matters to the city of `team`."""
    actor = actor_of(request)
    found = get_need(public_id)
    organisation = get_city_team(actor, request.POST.get("team", ""))
    given = request.POST.get("priority", "")
    # An empty choice takes the word back.
    known = given in {"", *map(str, Priority.values)}
    try:
        services.prioritise(
            found,
            organisation,
            priority=(int(given) if given else None) if known else -1,
            actor=actor,
            at=clock.now(),
        )
    except InvalidData as error:
        messages.error(request, " ".join(fault.rule for fault in error.faults))
        return redirect("network:need", public_id)
    return done(request, _("What your city says of the need is saved."), "network:need", public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def offer_new(request: HttpRequest) -> HttpResponse:
    """Say what the city of `team` can give."""
    organisation = _team(request)
    form = OfferForm(posted(request), initial={"language": request.LANGUAGE_CODE})
    if form.is_valid():
        with form.showing_faults():
            made = services.make_offer(
                organisation, form.words(), actor=actor_of(request), at=clock.now()
            )
            return done(request, _("The offer is published."), "network:offer", made.public_id)
    return _statement_page(request, form, organisation, here=_("Make an offer"))


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def offer_change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say an offer otherwise."""
    actor = actor_of(request)
    found = get_offer_to_change(actor, public_id)
    form = OfferForm(posted(request), initial=OfferForm.initial_of(found))
    if form.is_valid():
        with form.showing_faults():
            services.change_offer(
                found,
                form.words(),
                actor=actor,
                at=clock.now(),
                expected_revision=_revision(request),
            )
            return done(request, _("The offer is saved."), "network:offer", public_id)
    here = _("Change the offer")
    return _statement_page(request, form, found.organisation, here=here, changed=found)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def offer_end(request: HttpRequest, public_id: str) -> HttpResponse:
    """End an offer, after one more question."""
    actor = actor_of(request)
    found = get_offer_to_change(actor, public_id)
    if request.method == "POST":
        services.end_offer(found, actor=actor, at=clock.now())
        return done(request, _("The offer is ended."), "network:offer", public_id)
    return render(request, "network/offer_end.html", {"offer": found})
