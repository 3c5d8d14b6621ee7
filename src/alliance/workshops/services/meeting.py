"""Suggested meetings of participants, and the seating at tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.analysis import meeting
from alliance.analysis.errors import MethodError
from alliance.cases.enums import Outcome, Scheme
from alliance.cases.models import CaseClassification, CaseStudy
from alliance.cases.selectors.access import visible_cases
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed
from alliance.network.enums import NeedState, TagScheme
from alliance.network.models import Need, Offer
from alliance.workshops import rules
from alliance.workshops.enums import Attendance, SeatState, WorkshopState
from alliance.workshops.models import Meeting, Registration, Workshop
from alliance.workshops.services.registering import locked, write
from alliance.workshops.whom import meetings_of, to_meet

#: The number of people that a participant is suggested to meet.
MOST = 4
#: Reasons by weight: an offer that answers a need, a case on its theme, a theme that one wants to
#: learn about and the other can talk about, a theme that both want to learn about.
OFFER, CASE, TELLS, BOTH = "offer", "case", "tells", "both"
_WEIGHT = {OFFER: 4.0, CASE: 2.0, TELLS: 3.0, BOTH: 1.0}
_SHOWN = 3

#: `code`, `giver` (0: the first of the two, 1: the second, 2: both), and the subject.
Reason = Mapping[str, Any]


@dataclass(frozen=True)
class _Side:
    """The interests of a participant and of her city."""

    registration: Registration
    needs: Sequence[tuple[frozenset[str], Need]] = ()
    offers: Sequence[tuple[frozenset[str], Offer]] = ()
    cases: Mapping[str, Mapping[str, Any]] | None = None

    @property
    def wants(self) -> set[str]:
        """Themes that she wants to learn about, and those of the needs of her city."""
        return set(self.registration.learns).union(*(themes for themes, _need in self.needs))


def _sides(people: Sequence[Registration]) -> list[_Side]:
    """The needs, offers and cases of the participants’ cities, in four queries."""
    cities = {person.city_id for person in people if person.city_id}
    needs, offers = (
        list(rows.filter(city__in=cities).prefetch_related("tags").order_by("pk"))
        for rows in (
            Need.objects.filter(state=NeedState.OPEN),
            Offer.objects.filter(ended_at=None),
        )
    )

    def tagged(rows: Sequence[Any]) -> dict[int, list[tuple[frozenset[str], Any]]]:
        by_city: dict[int, list[tuple[frozenset[str], Any]]] = {}
        for row in rows:
            themes = frozenset(tag.code for tag in row.tags.all() if tag.scheme == TagScheme.THEME)
            by_city.setdefault(row.city_id, []).append((themes, row))
        return by_city

    of_needs, of_offers, of_cases = tagged(needs), tagged(offers), _cases(cities)
    return [
        _Side(
            person,
            of_needs.get(person.city_id or 0, ()),
            of_offers.get(person.city_id or 0, ()),
            of_cases.get(person.city_id or 0, {}),
        )
        for person in people
    ]


def _cases(cities: set[int]) -> dict[int, dict[str, dict[str, Any]]]:
    """One case of each city and theme, preferably one that worked."""
    rank = {Outcome.WORKED.value: 0, Outcome.MIXED.value: 1, Outcome.DID_NOT_WORK.value: 2}
    rows = visible_cases(None).filter(city__in=cities).prefetch_related("texts")
    cases: dict[int, CaseStudy] = {case.pk: case for case in rows}
    themes = CaseClassification.objects.filter(case__in=cases, scheme=Scheme.THEME)
    by_city: dict[int, dict[str, dict[str, Any]]] = {}
    for pk, code in sorted(
        themes.values_list("case", "code"),
        key=lambda row: (rank.get(cases[row[0]].outcome, 3), cases[row[0]].public_id),
    ):
        titles = {text.language: text.title for text in cases[pk].texts.all()}
        summary = {"id": cases[pk].public_id, "titles": titles}
        by_city.setdefault(cases[pk].city_id or 0, {}).setdefault(code, summary)
    return by_city


def _from(giver: _Side, taker: _Side, number: int) -> list[Reason]:
    """The reasons that one participant gives the other."""
    reasons: list[Reason] = []
    for wanted, need in taker.needs:
        for themes, offer in giver.offers:
            shares = wanted & themes or (need.topic and need.topic == offer.topic)
            if shares and not any(reason["code"] == OFFER for reason in reasons):
                reasons.append(
                    {
                        "code": OFFER,
                        "giver": number,
                        "offer": offer.public_id,
                        "offer_title": {offer.language: offer.title},
                        "need": need.public_id,
                        "need_title": {need.language: need.title},
                    }
                )
    shared_themes = sorted(set(giver.registration.tells) & taker.wants)
    if shared_themes:
        reasons.append({"code": TELLS, "giver": number, "themes": shared_themes[:_SHOWN]})
    tried = sorted(taker.wants & set(giver.cases or ()))
    if tried:
        case = (giver.cases or {})[tried[0]]
        reasons.append(
            {"code": CASE, "giver": number, "case": case["id"], "titles": case["titles"]}
        )
    return reasons


def reasons_of(first: _Side, second: _Side) -> list[Reason]:
    """Why two participants should meet; nothing for two of one city, who know each other."""
    own, other = first.registration, second.registration
    if own.city_id is not None and own.city_id == other.city_id:
        return []
    reasons = [*_from(first, second, 0), *_from(second, first, 1)]
    both = sorted(set(own.learns) & set(other.learns))
    if both:
        reasons.append({"code": BOTH, "giver": 2, "themes": both[:_SHOWN]})
    return sorted(reasons, key=lambda reason: -_WEIGHT[reason["code"]])


def weight(reasons: Sequence[Reason]) -> float:
    """The weight of the reasons of a pair."""
    return sum(_WEIGHT[reason["code"]] for reason in reasons)


def suggest(workshop: Workshop, *, at: dt.datetime) -> list[Meeting]:
    """Pair participants who agreed to it, up to `MOST` each; returns the new pairs.

    Existing pairs stay, and declined ones are not suggested again.
    """
    with transaction.atomic():
        current = locked(workshop)
        rows = current.registrations.filter(state=SeatState.IN, may_meet=True)
        people = list(rows.select_related("city").order_by("number"))
        place = {person.pk: at_row for at_row, person in enumerate(people)}
        n = len(people)
        score, taken = np.zeros((n, n)), np.zeros((n, n), dtype=bool)
        sides = _sides(people)
        why: dict[tuple[int, int], list[Reason]] = {}
        for at_row in range(n):
            for beside in range(at_row + 1, n):
                if reasons := reasons_of(sides[at_row], sides[beside]):
                    why[at_row, beside] = reasons
                    score[at_row, beside] = score[beside, at_row] = weight(reasons)
        for pairing in current.meetings.all():
            if pairing.first_id in place and pairing.second_id in place:
                both = place[pairing.first_id], place[pairing.second_id]
                if pairing.declined_at is None:
                    taken[both] = taken[both[::-1]] = True
                else:
                    score[both] = score[both[::-1]] = 0
        made = [
            _meeting(current, people[pair], people[other], why[pair, other], at)
            for pair, other in meeting.pairs(score, most=MOST, taken=taken)
        ]
        return Meeting.objects.bulk_create(made)


def _meeting(
    workshop: Workshop,
    registration: Registration,
    other: Registration,
    reasons: list[Reason],
    at: Any,
) -> Meeting:
    if registration.pk > other.pk:
        registration, other = other, registration
        reasons = [{**reason, "giver": (1, 0, 2)[reason["giver"]]} for reason in reasons]
    return Meeting(workshop=workshop, first=registration, second=other, reasons=reasons, made_at=at)


def pair_up(workshop: Workshop, *, actor: audit.Actor, at: dt.datetime) -> list[Meeting]:
    """Suggest meetings on request of those who run the workshop. Raises NotAllowed."""
    if not rules.may_run(actor, workshop):
        raise NotAllowed(
            _("Only the secretariat and the organiser’s editors can manage a workshop.")
        )
    made = suggest(workshop, at=at)
    audit.record("workshop", workshop, "pair", actor=actor, at=at, pairs=len(made))
    return made


def decline(own: Registration, meeting_id: str, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Decline a meeting; both get another suggestion."""
    for pairing in meetings_of(own):
        if pairing.public_id == meeting_id:
            pairing.declined_at, pairing.reasons = at, []
            pairing.save(update_fields=["declined_at", "reasons"])
            audit.record("registration", own, "decline", actor=actor, at=at)
            suggest(own.workshop, at=at)


def send_meeting_suggestions(*, at: dt.datetime) -> int:
    """Send meeting suggestions for workshops that begin within a week; returns the number of
    emails.

    People who register later get theirs when there is somebody to meet.
    """
    due = Workshop.objects.filter(
        state=WorkshopState.ANNOUNCED,
        first_day__lte=(at + rules.AHEAD).date(),
        first_day__gte=at.date(),
    )
    n = 0
    for workshop in due:
        suggest(workshop, at=at)
        with transaction.atomic():
            current = locked(workshop)
            met = current.meetings.filter(declined_at=None)
            announced = met.filter(made_at__lte=current.told_at) if current.told_at else met.none()
            everybody, before = (
                set(chain.from_iterable(rows.values_list("first", "second")))
                for rows in (met, announced)
            )
            ids = everybody - before
            if not ids:
                continue
            current.told_at = at
            current.save(update_fields=["told_at"])
            for registration in current.registrations.filter(pk__in=ids).select_related("user"):
                registration.workshop = current
                with translation.override(registration.language):
                    met_by = to_meet(registration)
                write(registration, "workshop_meet", to_meet=met_by)
                n += 1
    return n


def seat(
    workshop: Workshop, *, size: int | None, rounds: int | None, actor: audit.Actor, at: dt.datetime
) -> Workshop:
    """Seat the participants at tables for several rounds, with the fewest repeated pairs found.

    Raises InvalidData, NotAllowed.
    """
    if not rules.may_run(actor, workshop):
        raise NotAllowed(
            _("Only the secretariat and the organiser’s editors can manage a workshop.")
        )
    faults = [
        Fault(name, "not-between", {"low": low, "high": high})
        for name, value, low, high in (("size", size, 2, 20), ("rounds", rounds, 1, 10))
        if value is None or not low <= value <= high
    ]
    if faults or size is None or rounds is None:
        raise InvalidData(faults)
    with transaction.atomic():
        current = locked(workshop)
        rows = current.registrations.filter(state=SeatState.IN, attendance=Attendance.ON_SITE)
        ids = list(rows.order_by("number").values_list("pk", "public_id"))
        place = {pk: at_row for at_row, (pk, _public) in enumerate(ids)}
        apart = np.zeros((len(ids), len(ids)), dtype=bool)
        for pairing in current.meetings.exclude(declined_at=None):
            if pairing.first_id in place and pairing.second_id in place:
                both = place[pairing.first_id], place[pairing.second_id]
                apart[both] = apart[both[::-1]] = True
        try:
            seating = meeting.seat(len(ids), size, rounds, seed=current.pk, apart=apart)
        except MethodError as error:
            raise InvalidData([Fault("size", "too-few-to-seat")]) from error
        current.tables = {
            "size": size,
            "rounds": rounds,
            "seed": seating.seed,
            "repeats": seating.repeats,
            "least": seating.least,
            "of": {
                public_id: (seating.tables[:, at_row] + 1).tolist()
                for at_row, (_pk, public_id) in enumerate(ids)
            },
        }
        current.save(update_fields=["tables"])
        audit.record("workshop", current, "seat", actor=actor, at=at, repeats=seating.repeats)
    return current
