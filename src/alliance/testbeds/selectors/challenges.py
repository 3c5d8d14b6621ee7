"""The list of challenges, and the page of each as its reader may see it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet

from alliance.core.audit import Actor
from alliance.core.text import fold
from alliance.network.enums import NeedState, OrganisationKind
from alliance.network.models import City, Organisation
from alliance.network.selectors.needs_offers import city_teams
from alliance.testbeds import challenge_rules as rules
from alliance.testbeds import rules as pilot_rules
from alliance.testbeds.enums import AnswerState, ChallengePhase, ChallengeState, TestbedState
from alliance.testbeds.models import Answer, Challenge, Pilot, Testbed
from alliance.testbeds.selectors.lists import PilotLine, line, with_parts
from alliance.testbeds.selectors.testbeds import edited_teams
from alliance.web.paging import page_of

PAGE_SIZE = 25
#: Challenges and testbeds on the page for businesses.
ON_PAGE = 6
#: The parts of the list, as named in its address; the first is the default.
OPEN, CLOSED, WAITING, DECIDED, WITHDRAWN = "open", "closed", "waiting", "decided", "withdrawn"
SHOWN = (OPEN, CLOSED, WAITING, DECIDED, WITHDRAWN)


@dataclass(frozen=True)
class Wanted:
    """The filters of the list; empty `shown` for all. `city` and `need` are public ids."""

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
    """The matching challenges: by their last day if not decided, else the latest first."""
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
    """A page of a part of the list, with the count of each part. At most six queries.

    Raises Http404 for a missing page.
    """
    counts = Challenge.objects.aggregate(
        **{name: Count("pk", filter=_part(name, today)) for name in SHOWN}
    )
    rows = wanted_challenges(wanted, today).select_related(None).select_related("city")
    return {
        "wanted": wanted,
        "counts": counts,
        "page": page_of(Paginator(rows, PAGE_SIZE), number),
        "city": City.objects.filter(public_id=wanted.city).first() if wanted.city else None,
        "teams": city_teams(actor, language),
        "waiting_days": rules.WAITING_DAYS,
    }


def sealed_answers(today: dt.date) -> QuerySet[Answer]:
    """The answers that only their own teams may know of: the secretariat's part of
    `rules.may_read_answer` as a query condition.
    """
    opened = Q(challenge__state=ChallengeState.DECIDED) | Q(
        challenge__state=ChallengeState.PUBLISHED, challenge__closes_on__lt=today
    )
    return Answer.objects.exclude(opened, state=AnswerState.HANDED_IN)


def answer_lines(challenge: Challenge, actor: Actor, language: str, today: dt.date) -> list[Answer]:
    """The answers that the reader may read, chosen ones first. At most seven queries.

    `shown_pilot` is the line of the pilot of an answer, None if it is not public. `left_out`, for
    the deciders, are conflicts that the team or its declaring person made public in other
    challenges and did not declare in the same words here.

    While answers are sealed, only those of the reader's own teams are read from the database.
    """
    rows = challenge.answers.select_related("organisation").prefetch_related("claims")
    stands = rules.phase(challenge, today)
    if stands not in {ChallengePhase.CLOSED, ChallengePhase.DECIDED}:
        rows = rows.filter(organisation__public_id__in=list(actor.teams))
    answers = []
    for row in rows:
        row.challenge = challenge
        if rules.may_read_answer(actor, row, today):
            answers.append(row)
    _with_shown_pilots(answers, language, today)
    if rules.may_decide(actor, challenge, today):
        _with_left_out(challenge, answers)
    return sorted(answers, key=lambda row: (row.is_chosen is not True, row.pk))


def _with_shown_pilots(answers: list[Answer], language: str, today: dt.date) -> None:
    named = [answer.pilot_id for answer in answers if answer.pilot_id]
    public = Pilot.objects.filter(
        pk__in=named, state__in=[state.value for state in pilot_rules.PUBLIC]
    )
    rows = with_parts(public) if named else ()
    pilots = {pilot.pk: line(pilot, language, today) for pilot in rows}
    for row in answers:
        row.shown_pilot = pilots.get(row.pilot_id or 0)  # type: ignore[attr-defined]


def _with_left_out(challenge: Challenge, answers: list[Answer]) -> None:
    sent = [answer for answer in answers if answer.withdrawn_at is None]
    people = [answer.declared_by_id for answer in sent if answer.declared_by_id]
    elsewhere = Answer.objects.filter(
        Q(organisation__in=[answer.organisation_id for answer in sent]) | Q(declared_by__in=people),
        has_conflict=True,
        state=AnswerState.HANDED_IN,
        challenge__state=ChallengeState.DECIDED,
    ).exclude(challenge=challenge)
    rows = list(elsewhere.select_related("challenge").order_by("-declared_at")) if sent else []
    for answer in sent:
        named = _plain(answer.conflict)
        answer.left_out = [  # type: ignore[attr-defined]
            row
            for row in rows
            if _plain(row.conflict) not in named
            and (
                row.organisation_id == answer.organisation_id
                or (row.declared_by_id is not None and row.declared_by_id == answer.declared_by_id)
            )
        ]


def _plain(text: str) -> str:
    """A text normalised for comparison: accents, case and whitespace are ignored."""
    return " ".join(fold(text).casefold().split()).rstrip(".")


def challenge_page(
    challenge: Challenge, actor: Actor, language: str, today: dt.date
) -> dict[str, Any]:
    """The context of the page of a challenge. At most ten queries."""
    answers = answer_lines(challenge, actor, language, today)
    own = {answer.organisation.pk for answer in answers if answer.state != AnswerState.WITHDRAWN}
    may_change = rules.may_change(actor, challenge)
    return {
        "challenge": challenge,
        "answers": answers,
        "n_chosen": sum(answer.is_chosen is True for answer in answers),
        "teams": [
            row
            for row in edited_teams(actor)
            if row.pk not in own and rules.may_answer(actor, row, challenge, today)
        ],
        "may_change": may_change and rules.phase(challenge, today) != ChallengePhase.CLOSED,
        "may_withdraw": may_change,
        "may_decide": rules.may_decide(actor, challenge, today),
    }


def for_businesses(actor: Actor, *, language: str, today: dt.date) -> dict[str, Any]:
    """Open challenges and testbeds, and the answers and bookings of the actor's teams that are not
    municipalities. At most eleven queries.
    """
    challenges = wanted_challenges(Wanted(), today)
    beds = Testbed.objects.filter(state=TestbedState.OPEN).select_related("city")
    teams = [
        edited_team
        for edited_team in edited_teams(actor)
        if edited_team.kind != OrganisationKind.MUNICIPALITY
    ]
    answers: list[Answer] = []
    pilots: list[PilotLine] = []
    if teams:
        handed_in = Answer.objects.filter(organisation__in=teams, state=AnswerState.HANDED_IN)
        handed_in = handed_in.select_related("organisation", "challenge__city").order_by("-pk")
        answers = list(handed_in[:PAGE_SIZE])
        _with_shown_pilots(answers, language, today)
        public = [state.value for state in pilot_rules.PUBLIC]
        named = Pilot.objects.filter(organisation__in=teams, state__in=public).order_by("-pk")
        pilots = [line(pilot, language, today) for pilot in with_parts(named)[:PAGE_SIZE]]
    return {
        "n_open": challenges.count(),
        "challenges": list(challenges[:ON_PAGE]),
        "beds": list(beds.order_by("-changed_at", "-pk")[:ON_PAGE]),
        "teams": teams,
        "answers": answers,
        "pilots": pilots,
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
    public = [state.value for state in pilot_rules.PUBLIC]
    rows = Pilot.objects.filter(organisation__in=teams, state__in=public).order_by("-pk")
    return list(rows.values_list("public_id", "title")[:100])


def challenges_of(pilot: Pilot) -> list[Challenge]:
    """The challenges that a pilot resulted from: those that chose its answer."""
    rows = pilot.answers.filter(is_chosen=True).select_related("challenge__city")
    return [row.challenge for row in rows]
