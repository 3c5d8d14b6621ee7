"""The lists of needs and offers, and their pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.network.access import actor_of
from alliance.network.enums import (
    HelpAnswer,
    Language,
    NeedState,
    OfferKind,
    Priority,
    Theme,
    Topic,
)
from alliance.network.localise import local_field, local_name
from alliance.network.models import Need, Offer, Organisation
from alliance.network.needs_offers_forms import NeedForm, OfferForm, StateForm
from alliance.network.needs_offers_rules import MOST_URGENT, may_speak_for, speaks_for_city
from alliance.network.selectors.access import (
    get_city_team,
    get_need,
    get_need_to_change,
    get_offer,
    get_offer_to_change,
    get_offering_team,
    get_statement_draft,
)
from alliance.network.selectors.discussion import Discussion, discussion_of
from alliance.network.selectors.needs_offers import (
    BoardFilter,
    need_board,
    offer_board,
    open_offers,
    present_codes,
)
from alliance.network.selectors.needs_offers_pages import need_page, offer_page
from alliance.network.services import helping
from alliance.network.services import needs_offers as services
from alliance.network.text_checks import SDG_TARGET
from alliance.network.views import for_people, missing_is_404
from alliance.network.views.actions import PeopleActionView, PeoplePostView
from alliance.web.actions import ActionForm, Step
from alliance.web.page_cache import shows
from alliance.web.paging import page_number


def _board_filter(request: HttpRequest) -> BoardFilter:
    """The filters in the query; unknown codes are ignored."""

    def choice_of(name: str, known: list[str], default: str = "") -> str:
        value = request.GET.get(name, default)
        return value if value in known else default

    return BoardFilter(
        topic=choice_of("topic", Topic.values),
        theme=choice_of("theme", Theme.values),
        sdg=sdg if SDG_TARGET.fullmatch(sdg := request.GET.get("sdg", "")) else "",
        city=request.GET.get("city", "")[:80],
        state=choice_of("state", [*NeedState.values, ""], NeedState.OPEN.value),
        kind=choice_of("kind", OfferKind.values),
    )


def _present(
    choices: list[tuple[str, Any]], present: set[str], chosen: str
) -> list[tuple[str, Any]]:
    """The choices that some record has, and the chosen one; none where there is no choice."""
    left = [choice for choice in choices if choice[0] in present or choice[0] == chosen]
    return left if len(left) > 1 else []


@shows("need", "city")
@require_safe
@missing_is_404
def needs(request: HttpRequest) -> HttpResponse:
    """The list of needs, by the priorities of cities."""
    wanted = _board_filter(request)
    board = need_board(
        actor_of(request), wanted, number=page_number(request), language=request.LANGUAGE_CODE
    )
    if not (board["n_all"] or board["teams"]):
        return redirect("thread:together")
    present = present_codes(Need.objects.all())
    context = {
        "board": board,
        "wanted": wanted,
        "is_filtered": wanted != BoardFilter(),
        "topics": _present(Topic.choices, present, wanted.topic),
        "themes": _present(Theme.choices, present, wanted.theme),
        "states": _present(NeedState.choices, present, wanted.state),
        "most_urgent": MOST_URGENT,
        "today": clock.today(),
    }
    return render(request, "network/needs.html", context)


@shows("offer", "city")
@require_safe
@missing_is_404
def offers(request: HttpRequest) -> HttpResponse:
    """The list of offers."""
    wanted = _board_filter(request)
    board = offer_board(
        actor_of(request),
        wanted,
        number=page_number(request),
        language=request.LANGUAGE_CODE,
        at=clock.now(),
    )
    is_filtered = wanted != BoardFilter()
    if not (board["page"].paginator.count or is_filtered or board["teams"]):
        return redirect("thread:together")
    present = present_codes(open_offers(Offer.objects.all(), clock.now()))
    context = {
        "board": board,
        "wanted": wanted,
        "is_filtered": is_filtered,
        "topics": _present(Topic.choices, present, wanted.topic),
        "themes": _present(Theme.choices, present, wanted.theme),
        "kinds": _present(OfferKind.choices, present, wanted.kind),
        "today": clock.today(),
    }
    return render(request, "network/offers.html", context)


@require_safe
@missing_is_404
def need(request: HttpRequest, public_id: str) -> HttpResponse:
    """A need: its description, the cities to which it matters, and matching offers."""
    page = need_page(
        get_need(public_id), actor_of(request), language=request.LANGUAGE_CODE, at=clock.now()
    )
    context = {
        **page,
        "discussion": _discussion(request, "need", public_id),
        "priorities": sorted(Priority.choices, reverse=True),
        "most_urgent": MOST_URGENT,
        "today": clock.today(),
    }
    return render(request, "network/need.html", context)


@require_safe
@missing_is_404
def offer(request: HttpRequest, public_id: str) -> HttpResponse:
    """An offer, and the needs that it matches."""
    page = offer_page(
        get_offer(public_id), actor_of(request), language=request.LANGUAGE_CODE, at=clock.now()
    )
    context = {
        **page,
        "discussion": _discussion(request, "offer", public_id),
        "today": clock.today(),
    }
    return render(request, "network/offer.html", context)


def _discussion(request: HttpRequest, kind: str, public_id: str) -> Discussion:
    return discussion_of(kind, public_id, actor_of(request), request.LANGUAGE_CODE)


class StatementActionView(PeopleActionView):
    """Base of the pages on which a city edits its needs and offers."""

    submit_label = _("Publish")
    team_getter = staticmethod(get_city_team)

    def get_object(self, public_id: str = "") -> Any:
        if public_id:
            return type(self).getter(self.actor, public_id)
        return self.team_getter(self.actor, self.request.GET.get("team", ""))

    def get_initial(self) -> dict[str, Any]:
        if isinstance(self.object, Organisation):
            return {"language": self.language}
        return self.form_class.initial_of(self.object)

    def execute(self, form: Any) -> Any:
        more = {}
        if not isinstance(self.object, Organisation):
            more = {"expected_revision": form.cleaned_data["revision"]}
        return type(self).service(self.object, form.as_data(), **self.by, **more)

    def get_breadcrumbs(self) -> list[Step]:
        return super().get_breadcrumbs()[:1]

    def get_context_data(self) -> dict[str, Any]:
        record = self.object
        team = record if isinstance(record, Organisation) else record.organisation
        return {"lead": self.lead % {"city": local_name(team.city, self.language)}}


class NeedNew(StatementActionView):
    """State a need of the city of the team `team`."""

    form_class = NeedForm
    service = services.state_need
    list_page = (_("City needs"), "network:needs")
    object_page = ("", "network:need")
    heading = _("Describe a need")
    lead = _(
        "You represent %(city)s. The need is public, and other cities can add that they "
        "have it too."
    )
    success_message = _("The need has been published.")


class NeedChange(NeedNew):
    getter = get_need_to_change
    service = services.change_need
    heading = _("Change need")
    success_message = _("Need saved.")


class NeedBecame(PeopleActionView):
    """Mark a need as answered or closed."""

    form_class = StateForm
    getter = get_need_to_change
    service = services.set_need_state
    list_page = NeedNew.list_page
    object_page = NeedNew.object_page
    heading = _("Follow-up of the need")
    lead = _("Other cities learn most from the result, even if no one could help.")
    success_message = _("Follow-up saved.")

    def get_initial(self) -> dict[str, Any]:
        state = self.object.state
        is_open = state == NeedState.OPEN
        return {
            "state": NeedState.ANSWERED.value if is_open else state,
            "outcome": self.object.outcome,
        }


class NeedPriority(PeoplePostView):
    """Set the priority of a need for the city of `team`."""

    object_page = NeedNew.object_page
    success_message = _("Your city’s rating has been saved.")

    def get_object(self, public_id: str) -> Need:
        return get_need(public_id)

    def execute(self, form: ActionForm) -> None:
        organisation = get_city_team(self.actor, self.request.POST.get("team", ""))
        value = self.request.POST.get("priority", "")
        known = value in {"", *map(str, Priority.values)}
        priority = (int(value) if value else None) if known else -1
        services.prioritise(self.object, organisation, priority=priority, **self.by)


class NeedHelping(PeoplePostView):
    """Answer that the city of `team` can help, or, with an empty `can`, that it cannot now."""

    object_page = NeedNew.object_page

    def get_object(self, public_id: str) -> Need:
        return get_need(public_id)

    def execute(self, form: ActionForm) -> Any:
        organisation = get_city_team(self.actor, self.request.POST.get("team", ""))
        can = bool(self.request.POST.get("can"))
        return helping.answer_need(self.object, organisation, can=can, **self.by)

    def get_success_message(self, made: Any) -> str:
        if made.answer == HelpAnswer.CAN:
            return gettext("The city with the need gets an email with your answer.")
        return gettext("Answer saved.")


class HelpDecline(PeoplePostView):
    """Decline help that another city offered."""

    object_page = NeedNew.object_page
    success_message = _("The other city gets an email. Thank you for your answer.")

    def get_object(self, public_id: str, city_id: str) -> Need:
        return get_need(public_id)

    def execute(self, form: ActionForm) -> None:
        helping.decline_help(self.object, self.kwargs["city_id"], **self.by)

    def get_url_ids(self, made: Any = None) -> list[str]:
        return [self.kwargs["public_id"]]


class OfferNew(StatementActionView):
    """Make an offer of the city of `team`."""

    form_class = OfferForm
    service = services.make_offer
    team_getter = staticmethod(get_offering_team)
    list_page = (_("City offers"), "network:offers")
    object_page = ("", "network:offer")
    heading = _("Make an offer")
    lead = _("You represent %(city)s. The offer is public and is shown with needs it may fit.")
    success_message = _("The offer has been published.")

    def get_context_data(self) -> dict[str, Any]:
        """The text above the form; a university acts in its own name."""
        record = self.object
        team = record if isinstance(record, Organisation) else record.organisation
        name = team.city if speaks_for_city(team) else team
        return {"lead": self.lead % {"city": local_name(name, self.language)}}


class OfferChange(OfferNew):
    getter = get_offer_to_change
    service = services.change_offer
    heading = _("Change offer")
    success_message = _("Offer saved.")


class OfferEnd(PeopleActionView):
    """End an offer, after confirmation."""

    getter = get_offer_to_change
    service = services.end_offer
    list_page = OfferNew.list_page
    object_page = OfferNew.object_page
    heading = _("End the offer?")
    breadcrumb = _("End offer")
    submit_label = _("End offer")
    lead = _(
        "It will no longer be shown to cities looking for help. Its page is kept and "
        "shows that the offer has ended."
    )
    success_message = _("The offer has ended.")


@require_safe
@for_people
def statement_draft(request: HttpRequest, public_id: str) -> HttpResponse:
    """A draft of a need or an offer, for the city's team and the secretariat only."""
    actor = actor_of(request)
    draft = get_statement_draft(actor, public_id)
    context = {
        "draft": draft,
        "city": draft.organisation.city,
        # The reader's own language comes first.
        "languages": [
            (code, local_field(draft, "title", code), local_field(draft, "text", code))
            for code in sorted(Language.values, key=lambda code: code != request.LANGUAGE_CODE)
        ],
        "may_confirm": may_speak_for(actor, draft.organisation),
    }
    return render(request, "network/statement_draft.html", context)


class DraftConfirm(PeoplePostView):
    """Make a draft the need or offer of the city."""

    getter = get_statement_draft
    service = services.confirm_draft
    success_message = _("Published on behalf of your city. You can change it at any time.")

    def get_success_url(self, made: Any = None) -> str:
        return reverse(f"network:{made._meta.model_name}", args=[made.public_id])


class DraftReject(PeoplePostView):
    getter = get_statement_draft
    service = services.reject_draft
    confirmation = _("Reject this draft?")
    consequence = _("No one will see it, and you cannot get it back.")
    success_message = _("Draft rejected. No one will see it.")

    def get_success_url(self, made: Any = None) -> str:
        return reverse("network:my-work")
