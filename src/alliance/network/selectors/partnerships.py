"""Adoption agreements: the list that everybody reads, and the page of each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import one_by_id
from alliance.core.models import AuditEvent
from alliance.network import partnership_rules as rules
from alliance.network import rules as network_rules
from alliance.network.enums import PartnershipSide
from alliance.network.localise import Localised, local_name, localised
from alliance.network.models import City, Partnership, PartnershipStep
from alliance.network.services.partnerships import KIND

PAGE_SIZE = 25
HISTORY_SHOWN = 50


@dataclass(frozen=True)
class StepLine:
    """One step. `due_on` is None where no day was set."""

    number: int
    title: Localised
    side: str
    side_label: str
    due_on: dt.date | None
    done_on: dt.date | None
    is_overdue: bool


@dataclass(frozen=True)
class HistoryLine:
    """One act, by whom as the audit trail names it; `who` is for the two teams alone."""

    on: dt.date
    verb: str
    side: str
    step: int | None
    who: str


def get_agreement_for(actor: Actor, public_id: str) -> Partnership:
    """An agreement that the actor may read. Raises NotFound."""
    rows = Partnership.objects.select_related(
        "source__city", "adopter__city", "source_city", "adopting_city"
    )
    found = one_by_id(rows, "agreement", public_id)
    if not rules.may_read(actor, found):
        raise NotFound("agreement", public_id)
    return found


def visible_agreements(actor: Actor) -> QuerySet[Partnership]:
    """The agreements that `actor` may read: `partnership_rules.may_read` as a condition."""
    if network_rules.is_secretariat(actor):
        return Partnership.objects.all()
    seen = Q(first_agreed_at__isnull=False)
    if actor.teams:
        teams = list(actor.teams)
        seen |= Q(source__public_id__in=teams) | Q(adopter__public_id__in=teams)
    return Partnership.objects.filter(seen)


def get_own_agreement(actor: Actor, public_id: str) -> Partnership:
    """An agreement of which the actor speaks for a side. Raises NotFound."""
    found = get_agreement_for(actor, public_id)
    if rules.side_of(actor, found) is None:
        raise NotFound("agreement", public_id)
    return found


def counted(rows: QuerySet[Partnership], today: dt.date) -> QuerySet[Partnership]:
    """Agreements with the counts and cities that a line shows."""
    done = Q(steps__done_at__isnull=False)
    running = Q(ended_at=None)
    return rows.select_related("source_city", "adopting_city").annotate(
        n_steps=Count("steps"),
        n_done=Count("steps", filter=done),
        n_overdue=Count("steps", filter=~done & running & Q(steps__due_on__lt=today)),
    )


def public_agreements(city: str = "", state: str = "") -> QuerySet[Partnership]:
    """Those that both sides agreed to at least once, changed last first."""
    rows = Partnership.objects.filter(first_agreed_at__isnull=False)
    if city:
        rows = rows.filter(Q(source_city__public_id=city) | Q(adopting_city__public_id=city))
    if state:
        rows = rows.filter(state=state)
    return rows.order_by(F("ended_at").desc(nulls_first=True), "-changed_at", "-id")


def agreement_list(actor: Actor, *, city: str, number: int, today: dt.date) -> dict[str, Any]:
    """A page of the public ones, those changed last first, and the reader's own that are not
    public. Five queries at most.

    Raises NotFound for a page or a city that does not exist.
    """
    place = City.objects.filter(public_id=city).first() if city else None
    if city and place is None:
        raise NotFound("city", city)
    pages: Paginator[Any] = Paginator(counted(public_agreements(city), today), PAGE_SIZE)
    if number not in pages.page_range:
        raise NotFound("page", str(number))
    own: Any = ()
    if actor.teams or network_rules.is_secretariat(actor):
        own = counted(visible_agreements(actor).filter(first_agreed_at=None), today)[:PAGE_SIZE]
    return {"page": pages.page(number), "own": own, "city": place}


def step_line(
    step: PartnershipStep, agreement: Partnership, language: str, today: dt.date
) -> StepLine:
    """The line of a step; overdue where the agreement runs and its day is over."""
    open_ = step.done_at is None and agreement.ended_at is None
    return StepLine(
        number=step.number,
        title=localised(step.title, agreement.language, language),
        side=step.side,
        side_label=_side_name(agreement, step.side, language),
        due_on=step.due_on,
        done_on=step.done_at.date() if step.done_at else None,
        is_overdue=open_ and step.due_on is not None and step.due_on < today,
    )


def _side_name(agreement: Partnership, side: str, language: str) -> str:
    if side == PartnershipSide.SOURCE:
        return local_name(agreement.source_city, language)
    if side == PartnershipSide.ADOPTER:
        return local_name(agreement.adopting_city, language)
    return str(PartnershipSide.BOTH.label)


def _side(agreement: Partnership, side: str, is_party: bool) -> dict[str, Any]:
    """One of the two. Its contact is a person, for those of the two teams alone."""
    is_source = side == PartnershipSide.SOURCE
    return {
        "side": side,
        "city": agreement.source_city if is_source else agreement.adopting_city,
        "team": agreement.source if is_source else agreement.adopter,
        "agreed_at": getattr(agreement, f"{side}_agreed_at"),
        "contact": getattr(agreement, f"{side}_contact") if is_party else None,
        "contact_role": getattr(agreement, f"{side}_contact_role"),
    }


def _history(agreement: Partnership, language: str, is_party: bool) -> tuple[HistoryLine, ...]:
    events = AuditEvent.objects.filter(kind=KIND, public_id=agreement.public_id).order_by("-id")
    return tuple(
        HistoryLine(
            on=event.at.date(),
            verb=event.verb,
            side=_side_name(agreement, event.details.get("side", ""), language),
            step=event.details.get("step"),
            who=event.actor_label if is_party else "",
        )
        for event in events[:HISTORY_SHOWN]
    )


def agreement_page(
    agreement: Partnership, actor: Actor, *, language: str, today: dt.date
) -> dict[str, Any]:
    """What the page of an agreement reads, in at most six queries. `own_side` is the reader's."""
    is_party = rules.is_party(actor, agreement)
    own = rules.side_of(actor, agreement)
    is_running = agreement.ended_at is None
    sides = (PartnershipSide.SOURCE.value, PartnershipSide.ADOPTER.value)
    return {
        "agreement": agreement,
        "sides": [_side(agreement, side, is_party) for side in sides],
        "steps": [step_line(step, agreement, language, today) for step in agreement.steps.all()],
        "history": _history(agreement, language, is_party),
        "own_side": own.value if own else "",
        "may_write": own is not None and is_running,
        "may_agree": own is not None
        and is_running
        and actor.user is not None
        and getattr(agreement, f"{own.value}_agreed_at") is None,
        "is_party": is_party,
    }
