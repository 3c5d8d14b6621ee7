"""Personal data in adoptions, and in stated steps and links."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from alliance.adoption.models import Adoption, Link, Step

if TYPE_CHECKING:
    from alliance.accounts.models import User


def own_data(user: User) -> dict[str, Any]:
    """The adoptions in which the person acted, and the steps and links that she stated."""
    return {
        "agreements": [
            {
                "id": adoption.public_id,
                "source": adoption.source_city.public_id if adoption.source_city else None,
                "adopter": adoption.adopting_city.public_id,
                "proposed_by_you": adoption.started_by_id == user.pk,
                "contact": user.pk in (adoption.source_contact_id, adoption.adopter_contact_id),
                "agreed_by_you": user.pk
                in (adoption.source_agreed_by_id, adoption.adopter_agreed_by_id),
            }
            for adoption in _adoptions(user)
        ],
        "thread_steps": [
            {
                "id": step.public_id,
                "kind": step.kind,
                "title": step.title,
                "stated_at": step.stated_at.isoformat(),
            }
            for step in Step.objects.filter(stated_by=user)
        ],
        "thread_links": [
            {
                "id": link.public_id,
                "first": f"{link.first_kind} {link.first_id}",
                "second": f"{link.second_kind} {link.second_id}",
                "stated_at": link.stated_at.isoformat(),
            }
            for link in Link.objects.filter(stated_by=user)
        ],
    }


def _adoptions(user: User) -> QuerySet[Adoption]:
    """The distinct adoptions in which the person is named."""
    named = Q(steps__done_by=user)
    for name in ("started_by", "source_agreed_by", "adopter_agreed_by"):
        named |= Q(**{name: user})
    named |= Q(source_contact=user) | Q(adopter_contact=user)
    rows = Adoption.objects.filter(named).select_related("source_city", "adopting_city")
    return rows.order_by("id").distinct()


def forget(user: User, *, at: dt.datetime) -> None:
    """Removes the job titles of a contact. Adoptions, steps and links belong to the city."""
    Adoption.objects.filter(source_contact=user).update(source_contact_role="")
    Adoption.objects.filter(adopter_contact=user).update(adopter_contact_role="")
