"""The list of challenges, the page of each, and the forms of the city that publishes them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.network.access import actor_of
from alliance.network.enums import Topic
from alliance.network.localise import local_name
from alliance.network.models import Organisation
from alliance.network.needs_offers_rules import city_of
from alliance.network.selectors.access import get_city_team
from alliance.network.views import missing_is_404, private
from alliance.network.views.actions import PeopleActionView
from alliance.testbeds.enums import AnswerState
from alliance.testbeds.forms.challenges import ChallengeForm, DecideForm, WithdrawForm
from alliance.testbeds.models import Challenge
from alliance.testbeds.selectors.access import CHANGE, DECIDE, get_challenge_for
from alliance.testbeds.selectors.challenges import (
    OPEN,
    SHOWN,
    Wanted,
    answer_lines,
    beds_to_name,
    challenge_list,
    challenge_page,
    for_businesses,
    needs_to_name,
)
from alliance.testbeds.services import challenges as services
from alliance.testbeds.services.decisions import decide
from alliance.web.actions import Step
from alliance.web.page_cache import shows
from alliance.web.paging import page_number


def _wanted(request: HttpRequest) -> Wanted:
    """The filters of an address. With a city or need, all parts are shown unless `show` names
    one."""
    city, need = (request.GET.get(name, "")[:80].replace("\x00", "") for name in ("city", "need"))
    shown = request.GET.get("show", "" if city or need else OPEN)
    if shown and shown not in SHOWN:
        raise Http404
    topic = request.GET.get("topic", "")
    return Wanted(shown, city, need, topic if topic in Topic.values else "")


@shows("challenge", "challenge answer", "city")
@require_safe
@missing_is_404
def challenges(request: HttpRequest) -> HttpResponse:
    """The list of challenges: open, waiting for a decision, decided, withdrawn."""
    actor, today = actor_of(request), clock.today()
    listing = challenge_list(
        actor,
        _wanted(request),
        number=page_number(request),
        language=request.LANGUAGE_CODE,
        today=today,
    )
    context = {"listing": listing, "parts": SHOWN, "today": today}
    response = render(request, "testbeds/challenges.html", context)
    return private(response) if actor.is_known else response


@shows("challenge", "challenge answer", "testbed", "city", "organisation", "need")
@require_safe
def businesses(request: HttpRequest) -> HttpResponse:
    """The page for businesses: open challenges, testbeds, the rules and their own results."""
    actor, today = actor_of(request), clock.today()
    context = for_businesses(actor, language=request.LANGUAGE_CODE, today=today)
    response = render(request, "testbeds/businesses.html", {**context, "today": today})
    return private(response) if actor.is_known else response


@require_safe
@missing_is_404
def challenge(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page of a challenge; once it is decided, with the answers and reasons."""
    actor, today = actor_of(request), clock.today()
    page = challenge_page(get_challenge_for(actor, public_id), actor, request.LANGUAGE_CODE, today)
    response = render(request, "testbeds/challenge.html", {**page, "today": today})
    return private(response) if actor.is_known else response


class ChallengeActionView(PeopleActionView):
    """Base of the actions of a city on its challenge."""

    list_page = (_("Challenges"), "testbeds:challenges")
    object_page = ("", "testbeds:challenge")

    def get_object(self, public_id: str) -> Challenge:
        return get_challenge_for(self.actor, public_id, CHANGE)


class ChallengeForming(ChallengeActionView):
    """The form of a challenge."""

    form_class = ChallengeForm
    submit_label = _("Publish")
    team: Organisation

    def get_form_kwargs(self) -> dict[str, Any]:
        city = city_of(self.team)
        return {"choices": {"need": needs_to_name(city), "testbed": beds_to_name(city)}}

    def get_breadcrumbs(self) -> list[Step]:
        """Only the link to the list."""
        return super().get_breadcrumbs()[:1]

    def get_context_data(self) -> dict[str, Any]:
        lead = gettext(
            "You represent %(city)s. The challenge is public. Once it has started, you "
            "can only move the last day to a later date."
        )
        return {"lead": lead % {"city": local_name(self.team.city, self.language)}}


class ChallengeNew(ChallengeForming):
    """Publishes a challenge of the city of `team`, prefilled with a need if its id is in the
    address."""

    heading = _("Create a challenge")
    success_message = _("The challenge is published.")

    def get_object(self) -> None:  # type: ignore[override]
        self.team = get_city_team(self.actor, self.request.GET.get("team", ""))

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.language, "need": self.request.GET.get("need", "")[:80]}

    def execute(self, form: ChallengeForm) -> Challenge:
        return services.state_challenge(self.team, form.words(), **self.by)


def _with(choices: list[tuple[str, str]], record: Any) -> list[tuple[str, str]]:
    """The choices with the current selection, which may have been closed in the meantime."""
    known = record is None or any(code == record.public_id for code, _title in choices)
    return choices if known else [*choices, (record.public_id, record.title)]


class ChallengeChange(ChallengeForming):
    """Changes a challenge before it opens; after that, moves its last day later."""

    heading = _("Edit the challenge")
    success_message = _("The challenge is saved.")

    def get_object(self, public_id: str) -> Challenge:
        record = super().get_object(public_id)
        self.team = record.organisation
        return record

    def get_initial(self) -> dict[str, Any]:
        return ChallengeForm.initial_of(self.object)

    def get_form_kwargs(self) -> dict[str, Any]:
        record = self.object
        return {
            "choices": {
                "need": _with(needs_to_name(record.city), record.need),
                "testbed": _with(beds_to_name(record.city), record.testbed),
            },
            "rows": {"criteria": list(record.criteria.values("text"))},
        }

    def execute(self, form: ChallengeForm) -> Challenge:
        return services.change_challenge(self.object, form.words(), **self.by)


class ChallengeWithdraw(ChallengeActionView):
    """Withdraws a challenge with a reason."""

    form_class = WithdrawForm
    service = services.withdraw_challenge
    heading = _("Withdraw the challenge")
    lead = _(
        "The page stays online with the reason. Answers stay sealed, and everyone who "
        "answered gets an email."
    )
    submit_label = _("Withdraw the challenge")
    success_message = _("The challenge is withdrawn.")


class ChallengeDecide(ChallengeActionView):
    """Decides a closed challenge: a reason for each answer, and the decider's declaration."""

    form_class = DecideForm
    template_name = "testbeds/challenge_decide.html"
    heading = _("Decide")
    lead = _(
        "Choose one answer, several or none, and give a reason for each. The decision "
        "cannot be changed and is published at once, with your declaration."
    )
    submit_label = _("Decide and publish")
    success_message = _("The decision is public.")

    def get_object(self, public_id: str) -> Challenge:
        return get_challenge_for(self.actor, public_id, DECIDE, today=clock.today())

    def get_initial(self) -> dict[str, Any]:
        return {"declared_name": self.actor.user.name if self.actor.user else ""}

    def get_form_kwargs(self) -> dict[str, Any]:
        lines = answer_lines(self.object, self.actor, self.language, clock.today())
        return {"lines": [line for line in lines if line.state != AnswerState.WITHDRAWN]}

    def execute(self, form: DecideForm) -> Challenge:
        return decide(
            self.object,
            form.verdicts(),
            outcome=form.cleaned_data["outcome"],
            conflict=form.conflict_words(),
            **self.by,
        )
