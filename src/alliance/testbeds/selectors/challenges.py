"""The list of challenges, and what the page of each shows to whom."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from alliance.core.audit import Actor
from alliance.knowledge.selectors.paging import page_of
from alliance.network.enums import NeedState
from alliance.network.localise import Localised, country_name, local_name, localised
from alliance.network.models import City, Organisation
from alliance.network.selectors.needs_offers import CityTeam, Coded, city_teams, topic_of
from alliance.testbeds import challenge_rules as rules
from alliance.testbeds import rules as pilot_rules
from alliance.testbeds.enums import AnswerState, ChallengePhase, ChallengeState, TestbedState
from alliance.testbeds.models import Answer, Challenge, Pilot, Testbed
from alliance.testbeds.selectors.lists import PilotLine, line, with_parts
from alliance.testbeds.selectors.testbeds import edited_teams

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


@dataclass(frozen=True)
class ChallengeLine:
    """A challenge in a list. `days_waiting` counts from its last day; 0 where it does not wait."""

    public_id: str
    title: Localised
    city_id: str
    city: str
    country: str
    topic: Coded | None
    opens_on: dt.date
    closes_on: dt.date
    phase: str
    phase_label: str
    days_waiting: int
    is_late: bool


@dataclass(frozen=True)
class ChallengeList:
    """A part of the list, with how many there are in each. `city` is the name filtered by."""

    wanted: Wanted
    counts: dict[str, int]
    page: Page[Any]
    lines: tuple[ChallengeLine, ...]
    city: str
    teams: tuple[CityTeam, ...]
    waiting_days: int


@dataclass(frozen=True)
class AnswerLine:
    """An answer that the reader may read. `is_chosen` is None until the decision."""

    public_id: str
    title: Localised
    text: Localised
    team_id: str
    team: str
    claims: tuple[tuple[str, str], ...]
    has_conflict: bool
    conflict: str
    declared_name: str
    declared_on: dt.date | None
    is_chosen: bool | None
    reason: str
    is_withdrawn: bool
    lang_attr: str
    pilot: PilotLine | None


@dataclass(frozen=True)
class ChallengePage:
    """One challenge. `answers` are all the reader may read; `own` says that they are only hers."""

    line: ChallengeLine
    challenge: Challenge
    text: Localised
    lang_attr: str
    team: str
    team_id: str
    offers: tuple[tuple[str, str], ...]
    criteria: tuple[str, ...]
    need: Localised
    need_id: str
    testbed: Localised
    testbed_id: str
    answers: tuple[AnswerLine, ...]
    n_chosen: int
    teams: tuple[Organisation, ...]
    may_change: bool
    may_withdraw: bool
    may_decide: bool


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


def challenge_line(row: Challenge, language: str, today: dt.date) -> ChallengeLine:
    """The line of a challenge whose city is fetched."""
    stands = rules.phase(row, today)
    waiting = rules.days_waiting(row, today)
    return ChallengeLine(
        public_id=row.public_id,
        title=localised(row.title, row.language, language),
        city_id=row.city.public_id,
        city=local_name(row.city, language),
        country=country_name(row.city.country, language),
        topic=topic_of(row.topic),
        opens_on=row.opens_on,
        closes_on=row.closes_on,
        phase=stands.value,
        phase_label=str(stands.label),
        days_waiting=waiting,
        is_late=waiting > rules.WAITING_DAYS,
    )


def challenge_list(
    actor: Actor, wanted: Wanted, *, number: int, language: str, today: dt.date
) -> ChallengeList:
    """A page of a part of the list. At most six queries. Raises NotFound for a page not there."""
    counts = Challenge.objects.aggregate(
        **{name: Count("pk", filter=_part(name, today)) for name in SHOWN}
    )
    page = page_of(Paginator(wanted_challenges(wanted, today), PAGE_SIZE), number)
    place = City.objects.filter(public_id=wanted.city).first() if wanted.city else None
    return ChallengeList(
        wanted=wanted,
        counts=counts,
        page=page,
        lines=tuple(challenge_line(row, language, today) for row in page.object_list),
        city=local_name(place, language) if place else "",
        teams=city_teams(actor, language),
        waiting_days=rules.WAITING_DAYS,
    )


def answer_line(
    row: Answer, actor: Actor, language: str, pilots: dict[int, PilotLine]
) -> AnswerLine:
    """The line of an answer that the reader may read, with its team and claims fetched."""
    return AnswerLine(
        public_id=row.public_id,
        title=localised(row.title, row.language, language),
        text=localised(row.text, row.language, language),
        team_id=row.organisation.public_id,
        team=local_name(row.organisation, language),
        claims=tuple((claim.text, claim.url) for claim in row.claims.all()),
        has_conflict=row.has_conflict is True,
        conflict=row.conflict,
        declared_name=row.declared_name,
        declared_on=row.declared_at.date() if row.declared_at else None,
        is_chosen=row.is_chosen,
        reason=row.reason,
        is_withdrawn=row.state == AnswerState.WITHDRAWN,
        lang_attr="" if row.language == language else row.language,
        pilot=pilots.get(row.pilot_id) if row.pilot_id else None,
    )


def answer_lines(
    challenge: Challenge, actor: Actor, language: str, today: dt.date
) -> tuple[AnswerLine, ...]:
    """The answers that the reader may read, chosen ones first. At most six queries.

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
    found.sort(key=lambda row: (row.is_chosen is not True, row.pk))
    return tuple(answer_line(row, actor, language, pilots) for row in found)


def challenge_page(
    challenge: Challenge, actor: Actor, language: str, today: dt.date
) -> ChallengePage:
    """The page of a challenge from its door. At most nine queries."""
    answers = answer_lines(challenge, actor, language, today)
    own = {one.team_id for one in answers if not one.is_withdrawn}
    need, testbed = challenge.need, challenge.testbed
    return ChallengePage(
        line=challenge_line(challenge, language, today),
        challenge=challenge,
        text=localised(challenge.text, challenge.language, language),
        lang_attr="" if challenge.language == language else challenge.language,
        team=local_name(challenge.organisation, language),
        team_id=challenge.organisation.public_id,
        offers=tuple(
            (name, value)
            for name, value in (
                ("place", challenge.offers_place),
                ("data", challenge.offers_data),
                ("budget", challenge.offers_budget),
            )
        ),
        criteria=tuple(challenge.criteria.values_list("text", flat=True)),
        need=localised(need.title, need.language, language) if need else Localised(""),
        need_id=need.public_id if need else "",
        testbed=localised(testbed.title, testbed.language, language) if testbed else Localised(""),
        testbed_id=testbed.public_id if testbed else "",
        answers=answers,
        n_chosen=sum(one.is_chosen is True for one in answers),
        teams=tuple(
            row
            for row in edited_teams(actor)
            if row.public_id not in own and rules.may_answer(actor, row, challenge, today)
        ),
        may_change=rules.may_change(actor, challenge)
        and rules.phase(challenge, today) != ChallengePhase.CLOSED,
        may_withdraw=rules.may_change(actor, challenge),
        may_decide=rules.may_decide(actor, challenge, today),
    )


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


def challenges_of(pilot: Pilot, language: str, today: dt.date) -> list[ChallengeLine]:
    """The challenges of which a pilot came: those that chose its answer."""
    rows = pilot.answers.filter(is_chosen=True).select_related("challenge__city")
    return [challenge_line(row.challenge, language, today) for row in rows]
