"""The public list of missing follow-ups."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.adoption.enums import SHARED, Kind, Relation
from alliance.adoption.models import Adoption, Step, Tie
from alliance.core.audit import VISITOR
from alliance.core.ids import get_by_public_id
from alliance.network.enums import NeedState, PeerReviewState
from alliance.network.models import City, FollowUp, Need
from alliance.testbeds.enums import PilotState
from alliance.testbeds.models import Pilot, PilotCity
from alliance.thread.selectors.shapes import Key
from alliance.thread.selectors.walk import nodes

Waiting = list[tuple[str, dt.date]]
#: At most so many are listed for each rule.
MOST = 100

_OUTCOMES = frozenset({Kind.PILOT.value, Kind.CASE.value, Kind.AGREEMENT.value})
#: Kinds that a path from a decision to its outcome may include. Unrelated records share workshops
#: and solutions.
_BETWEEN = frozenset(
    {Kind.PROPOSAL.value, Kind.DECISION.value, Kind.NEED.value, Kind.OFFER.value}
)  # fmt: skip
_ANSWERS = (Kind.OFFER, Kind.SOLUTION, Kind.AGREEMENT, Kind.PILOT, Kind.CASE)


def decisions_past_their_day(until: dt.date, city: str) -> Waiting:
    """Decisions whose date for an outcome has passed without one."""
    rows = Step.objects.filter(kind=Kind.DECISION, expected_by__lte=until)
    return _without_outcome(_in(rows, "city", city).order_by("expected_by", "pk"), "expected_by")


def decisions_without_outcome(until: dt.date, city: str) -> Waiting:
    """Decisions without such a date and without an outcome."""
    rows = Step.objects.filter(kind=Kind.DECISION, expected_by=None, happened_on__lte=until)
    return _without_outcome(_in(rows, "city", city).order_by("happened_on", "pk"), "happened_on")


def _without_outcome(rows: object, day: str) -> Waiting:
    waiting: Waiting = list(rows.values_list("public_id", day))  # type: ignore[attr-defined]
    if not waiting:
        return []
    beside = _neighbours()
    return [row for row in waiting if not _reaches_outcome((Kind.DECISION.value, row[0]), beside)][
        : MOST + 1
    ]


def _neighbours() -> dict[Key, set[Key]]:
    """Publicly related records, in both directions. One query."""
    beside: dict[Key, set[Key]] = defaultdict(set)
    # Relations to shared records imply nothing; they are most of the table.
    rows = Tie.objects.filter(is_public=True).exclude(second_kind__in=SHARED)
    rows = rows.exclude(relation=Relation.ADAPTED_FROM)
    ends = ("first_kind", "first_id", "second_kind", "second_id")
    for first_kind, first_id, second_kind, second_id in rows.order_by().values_list(*ends):
        first, second = (first_kind, first_id), (second_kind, second_id)
        beside[first].add(second)
        beside[second].add(first)
    return beside


def _reaches_outcome(start: Key, beside: dict[Key, set[Key]]) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        for other in beside.get(waiting.pop(), ()):
            if other[0] in _OUTCOMES:
                return True
            if other[0] in _BETWEEN and other not in seen:
                seen.add(other)
                waiting.append(other)
    return False


def needs_unanswered(until: dt.date, city: str) -> Waiting:
    """Open needs whose date has passed, without a linked answer."""
    answered = Tie.objects.filter(
        first_kind=Kind.NEED,
        first_id=OuterRef("public_id"),
        second_kind__in=_ANSWERS,
        is_public=True,
    )
    rows = Need.objects.filter(state=NeedState.OPEN, deadline__lte=until)
    rows = rows.exclude(Exists(answered))
    rows = _in(rows, "city", city).order_by("deadline", "pk")
    return list(rows.values_list("public_id", "deadline")[: MOST + 1])


def agreements_past_their_steps(until: dt.date, city: str) -> Waiting:
    """Running agreements after the date of their last step, if each step has a date."""
    outcomes = Tie.objects.filter(
        first_kind=Kind.AGREEMENT,
        first_id=OuterRef("public_id"),
        second_kind__in=(Kind.PILOT, Kind.CASE),
    ).exclude(relation=Relation.ADOPTS)
    agreed = Q(source_agreed_at__isnull=False, adopter_agreed_at__isnull=False)
    rows = Adoption.objects.filter(agreed, public_at__isnull=False, ended_at=None)
    rows = rows.exclude(Exists(outcomes))
    if city:
        rows = rows.filter(Q(adopting_city__public_id=city) | Q(source_city__public_id=city))
    rows = rows.annotate(
        last=Max("steps__due_on"), n=Count("steps"), dated=Count("steps__due_on")
    ).filter(n=F("dated"), last__lte=until)
    return list(rows.order_by("last", "pk").values_list("public_id", "last")[: MOST + 1])


def pilots_overdue(until: dt.date, city: str) -> Waiting:
    """Registered pilots whose result is overdue."""
    rows = Pilot.objects.filter(state=PilotState.REGISTERED, result_due__lte=until)
    rows = _of_pilots(rows, city).order_by("result_due", "pk")
    return list(rows.values_list("public_id", "result_due")[: MOST + 1])


def pilots_without_case(until: dt.date, city: str) -> Waiting:
    """Pilots with results but no draft of a case, in any city.

    A draft is enough. If only published cases counted, a pilot missing from this list would reveal
    that it has a case which hides its city.
    """
    begun = PilotCity.objects.filter(pilot=OuterRef("pk"), draft__isnull=False)
    rows = (
        Pilot.objects.filter(state=PilotState.REPORTED, reported_at__isnull=False)
        .exclude(Exists(begun))
        .annotate(since=TruncDate("reported_at"))
        .filter(since__lte=until)
    )
    rows = _of_pilots(rows, city).order_by("since", "pk")
    return list(rows.values_list("public_id", "since")[: MOST + 1])


def follow_ups_overdue(until: dt.date, city: str) -> Waiting:
    """Reported peer reviews whose host has not reported what followed."""
    rows = FollowUp.objects.filter(
        published_at=None, due_on__lte=until, review__state=PeerReviewState.REPORTED
    )
    rows = _in(rows, "review__city", city).order_by()
    waiting = rows.values("review__public_id").annotate(since=Min("due_on"))
    return list(
        waiting.order_by("since", "review__public_id").values_list("review__public_id", "since")[
            : MOST + 1
        ]
    )


def _in(rows, column: str, city: str):  # type: ignore[no-untyped-def]
    return rows.filter(**{f"{column}__public_id": city}) if city else rows


def _of_pilots(rows, city: str):  # type: ignore[no-untyped-def]
    if not city:
        return rows
    here = PilotCity.objects.filter(pilot=OuterRef("pk"), city__public_id=city)
    return rows.filter(Exists(here))


@dataclass(frozen=True)
class BrokenRule:
    """A rule that lists a record of `kind` once its follow-up has been missing for `days` days."""

    code: str
    kind: str
    days: int
    title: str | Promise
    why: str | Promise
    find: Callable[[dt.date, str], Waiting]


RULES: tuple[BrokenRule, ...] = (
    BrokenRule(
        "decision-past-its-day",
        Kind.DECISION,
        1,
        _("Decisions past their deadline"),
        _(
            "The decision sets a date for an outcome. That date has passed and no pilot, "
            "case or agreement is linked, either directly or through a need, an offer or "
            "a proposal."
        ),
        decisions_past_their_day,
    ),
    BrokenRule(
        "decision-without-outcome",
        Kind.DECISION,
        400,
        _("Decisions without an outcome"),
        _(
            "The decision sets no date for an outcome. After 400 days, no pilot, case or "
            "agreement is linked, either directly or through a need, an offer or a "
            "proposal."
        ),
        decisions_without_outcome,
    ),
    BrokenRule(
        "need-unanswered",
        Kind.NEED,
        30,
        _("Unanswered needs"),
        _(
            "The deadline for answers passed at least 30 days ago, the need is still "
            "open, and no answer is linked. Needs with no deadline are not listed."
        ),
        needs_unanswered,
    ),
    BrokenRule(
        "agreement-past-its-steps",
        Kind.AGREEMENT,
        90,
        _("Agreements past their last deadline"),
        _(
            "Every step has a date and the last one was at least 90 days ago. The "
            "agreement has not ended, and no pilot or case is linked. Agreements with an "
            "undated step are not listed."
        ),
        agreements_past_their_steps,
    ),
    BrokenRule(
        "pilot-overdue",
        Kind.PILOT,
        1,
        _("Pilots with overdue results"),
        _("The registered due date for the result has passed."),
        pilots_overdue,
    ),
    BrokenRule(
        "pilot-without-case",
        Kind.PILOT,
        180,
        _("Pilots with results but no case started"),
        _(
            "The result was published at least 180 days ago, but none of the cities has "
            "started a case about it."
        ),
        pilots_without_case,
    ),
    BrokenRule(
        "follow-up-overdue",
        Kind.PEER_REVIEW,
        30,
        _("Peer reviews without follow-up"),
        _("The follow-up was due at least 30 days ago, but the host has not published it."),
        follow_ups_overdue,
    ),
)


def broken_chains(*, city: str = "", language: str, today: dt.date) -> dict[str, Any]:
    """Missing follow-ups as of `today`, of a city or of all, the longest waiting first.

    Each rule comes with its `lines`: the record, the date since which it waits, and the number of
    days; `is_cut`: there are more. At most ten queries. Raises NotFound for an unknown city.
    """
    place = get_by_public_id(City.objects.all(), "city", city) if city else None
    waiting = [(rule, rule.find(today - dt.timedelta(days=rule.days), city)) for rule in RULES]
    keys = {(rule.kind, public_id) for rule, entries in waiting for public_id, _day in entries}
    there = {node.key: node for node in nodes(VISITOR, list(keys), language)}
    parts: list[dict[str, Any]] = [
        {
            "rule": rule,
            "lines": [
                (there[rule.kind, public_id], since, (today - since).days)
                for public_id, since in entries[:MOST]
                if (rule.kind, public_id) in there
            ],
            "is_cut": len(entries) > MOST,
        }
        for rule, entries in waiting
    ]
    return {"parts": parts, "n": sum(len(part["lines"]) for part in parts), "city": place}
