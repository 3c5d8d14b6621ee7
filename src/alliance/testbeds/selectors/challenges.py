"""The list of challenges, and what the page of each shows to whom."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet

from alliance.core.audit import Actor
from alliance.network.enums import NeedState
from alliance.network.models import City, Organisation
from alliance.network.selectors.needs_offers import city_teams
from alliance.testbeds import challenge_rules as rules
from alliance.testbeds import rules as pilot_rules
from alliance.testbeds.enums import AnswerState, ChallengePhase, ChallengeState, TestbedState
from alliance.testbeds.models import Answer, Challenge, Pilot, Testbed
from alliance.testbeds.selectors.lists import line, with_parts
from alliance.testbeds.selectors.testbeds import edited_teams
from alliance.web.paging import page_of

PAGE_SIZE = 25
#: The parts of the list by what the address asks for; the first is the one without asking.
OPEN, CLOSED, WAITING, DECIDED, WITHDRAWN = "open", "closed", "waiting", "decided", "withdrawn"
SHOWN = (OPEN, CLOSED, WAITING, DECIDED, WITHDRAWN)


@dataclass(frozen=True)
class Wanted:
    """What the list is filtered by; empty `shown` for all. `city` and `need` are public ids."""

    shown: str = OPEN
    city: str = ""
    need: str = ""
    topic: str = ""


def _part(shown: str, today: dt.date) -> Q:
    published = Q(state=ChallengeState.PUBLISHED)
    since = today - dt.timedelta(days=rules.WAITING_DAYS)
    return {
        OPEN: published & Q(closes_on__gte=today),
        CLOSED: published & Q(closes_on__lt=today),
        WAITING: published & Q(closes_on__lt=since),
        DECIDED: Q(state=ChallengeState.DECIDED),
        WITHDRAWN: Q(state=ChallengeState.WITHDRAWN),
    }[shown]


def wanted_challenges(wanted: Wanted, today: dt.date) -> QuerySet[Challenge]:
    """The challenges that fit: what is due first, or ended last, first."""
    rows = Challenge.objects.select_related("city", "organisation", "need", "testbed")
    if wanted.shown:
        rows = rows.filter(_part(wanted.shown, today))
    for name, value in (
        ("city__public_id", wanted.city),
        ("need__public_id", wanted.need),
        ("topic", wanted.topic),
    ):
        if value:
            rows = rows.filter(**{name: value})
    if wanted.shown in {OPEN, CLOSED, WAITING}:
        return rows.order_by("closes_on", "pk")
    return rows.order_by("-closes_on", "-pk")


def challenge_list(
    actor: Actor, wanted: Wanted, *, number: int, language: str, today: dt.date
) -> dict[str, Any]:
    """A page of a part of the list, with how many there are in each. At most six queries.

    Raises Http404 for a page not there.
    """
    counts = Challenge.objects.aggregate(
        **{name: Count("pk", filter=_part(name, today)) for name in SHOWN}
    )
    return {
        "wanted": wanted,
        "counts": counts,
        "page": page_of(Paginator(wanted_challenges(wanted, today), PAGE_SIZE), number),
        "city": City.objects.filter(public_id=wanted.city).first() if wanted.city else None,
        "teams": city_teams(actor, language),
        "waiting_days": rules.WAITING_DAYS,
    }


def answer_lines(challenge: Challenge, actor: Actor, language: str, today: dt.date) -> list[Answer]:
    """The answers that the reader may read, chosen ones first. At most six queries.

    `shown_pilot` is what is told of the pilot that came of one, None where it is not public.

    While they are sealed only those of the reader's own teams are read from the database.
    """
    rows = challenge.answers.select_related("organisation").prefetch_related("claims")
    stands = rules.phase(challenge, today)
    if stands not in {ChallengePhase.CLOSED, ChallengePhase.DECIDED}:
        rows = rows.filter(organisation__public_id__in=list(actor.teams))
    found = []
    for row in rows:
        row.challenge = challenge
        if rules.may_read_answer(actor, row, today):
            found.append(row)
    named = Pilot.objects.filter(pk__in=[row.pilot_id for row in found if row.pilot_id])
    pilots = {}
    if any(row.pilot_id for row in found):
        public = named.filter(state__in=[one.value for one in pilot_rules.PUBLIC])
        pilots = {one.pk: line(one, language, today) for one in with_parts(public)}
    for row in found:
        row.shown_pilot = pilots.get(row.pilot_id or 0)  # type: ignore[attr-defined]
    return sorted(found, key=lambda row: (row.is_chosen is not True, row.pk))


def challenge_page(
    challenge: Challenge, actor: Actor, language: str, today: dt.date
) -> dict[str, Any]:
    """What the page of a challenge reads. At most nine queries."""
    answers = answer_lines(challenge, actor, language, today)
    own = {one.organisation.pk for one in answers if one.state != AnswerState.WITHDRAWN}
    may_change = rules.may_change(actor, challenge)
    return {
        "challenge": challenge,
        "answers": answers,
        "n_chosen": sum(one.is_chosen is True for one in answers),
        "teams": [
            row
            for row in edited_teams(actor)
            if row.pk not in own and rules.may_answer(actor, row, challenge, today)
        ],
        "may_change": may_change and rules.phase(challenge, today) != ChallengePhase.CLOSED,
        "may_withdraw": may_change,
        "may_decide": rules.may_decide(actor, challenge, today),
    }


def needs_to_name(city: City) -> list[tuple[str, str]]:
    """The ids and titles of a city's open needs, the newest first."""
    rows = city.needs.filter(state=NeedState.OPEN).order_by("-pk")
    return list(rows.values_list("public_id", "title")[:100])


def beds_to_name(city: City) -> list[tuple[str, str]]:
    """The ids and titles of the open testbeds in a city."""
    rows = Testbed.objects.filter(city=city, state=TestbedState.OPEN).order_by("title", "pk")
    return list(rows.values_list("public_id", "title")[:100])


def pilots_to_name(*teams: Organisation) -> list[tuple[str, str]]:
    """The ids and titles of the registered pilots of some teams, the newest first."""
    public = [one.value for one in pilot_rules.PUBLIC]
    rows = Pilot.objects.filter(organisation__in=teams, state__in=public).order_by("-pk")
    return list(rows.values_list("public_id", "title")[:100])


def challenges_of(pilot: Pilot) -> list[Challenge]:
    """The challenges of which a pilot came: those that chose its answer."""
    rows = pilot.answers.filter(is_chosen=True).select_related("challenge__city")
    return [row.challenge for row in rows]
